"""The warehouse's days as a file of orders shows them: its weekend, days it was closed, and the end of its day.

A handover belongs to a shipping day: one ends at the hour of the day at which fewest orders are handed over, so that
numbers declared after midnight count for the day before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from fakemarket.rules.zones import MINUTES_A_DAY
from fakemarket.settings import Calendar
from redclock.planner.fit.moments import Flags, Floats, Ints, Moments, day, weekday
from redclock.planner.fit.shapes import Sample

DAY = 86_400
_OFF_BELOW = 0.25
"""A day of the week is off if it has less than this share of what the third busiest day has [A]."""
_FEWEST = 100
"""Handovers from which on days of the week are told apart [A]."""
_CLOSED_BELOW, _CLOSED_FROM = 0.1, 12.0
"""A working day was closed if it had less than this share of the usual day around it, and that at least so many rows:
by chance such a day comes once in ten thousand."""
_AROUND_DAYS = 10
_GONE_SHARE = 0.4
"""Of a day's handovers, before the pickup. Earlier, and orders of the same day come too late for it; later, and most
orders leave later than they did [A]."""
_LATEST_PICKUP_MINUTE = MINUTES_A_DAY - 30


@dataclass(frozen=True, slots=True)
class Days:
    """The working days of a stretch, numbered from 0."""

    first: int
    works: Flags
    before: Ints
    """Working days of the stretch before each day: the number of the day, if worked, else of the next one that is."""

    @classmethod
    def of(cls, calendar: Calendar, first: int, last: int) -> Days:
        working = calendar.working()
        works = np.array([working.is_working(day(it)) for it in range(first, last + 1)])
        return cls(first, works, np.cumsum(works) - works)

    def working(self, ordinals: Ints) -> Flags:
        found: Flags = self.works[ordinals - self.first]
        return found

    def number(self, ordinals: Ints) -> Ints:
        """Of each day, or of the next one that is worked."""
        found: Ints = self.before[ordinals - self.first]
        return found


@dataclass(frozen=True, slots=True)
class House:
    """What handovers say about days.

    Attributes:
        calendar: of the warehouse.
        pickup_minute: somewhat less than half of a day's orders were handed over by then.
        turn_seconds: a shipping day begins so long after midnight.
        shipped: the shipping day of each handover, and the seconds from that day's midnight.
        off_share: of all handovers, those of days off.
        judged: whether there were enough handovers to learn the weekend.
        closed_judged: working days on which a closed day would have shown.
    """

    calendar: Calendar
    pickup_minute: int
    turn_seconds: int
    shipped: Moments
    off_share: float
    judged: bool
    closed_judged: int


def house(approvals: Moments, handovers: Moments, weights: Floats, country: str) -> House:
    """Learns them from orders that were handed over; there is at least one."""
    turn = _quietest_hour(handovers.seconds) * 3600
    before = handovers.seconds < turn
    shipped = Moments(handovers.days - before, handovers.seconds + DAY * before)
    minute = int(Sample.of(shipped.seconds.astype(float), weights).quantiles((_GONE_SHARE,))[0] // 60)
    judged = len(weights) >= _FEWEST
    calendar = Calendar(country, "", _weekend(shipped.days, weights) if judged else (5, 6))
    # Before the first orders are ready, and after the last was approved, fewer leave whether it is closed or not.
    first = int(approvals.days.min() + np.median(shipped.days - approvals.days))
    closed, looked_at = _closed(shipped.days, calendar, first, int(approvals.days.max()))
    calendar = replace(calendar, closed=closed)
    off = ~Days.of(calendar, int(shipped.days.min()), int(shipped.days.max())).working(shipped.days)
    return House(
        calendar=calendar,
        pickup_minute=min(minute, _LATEST_PICKUP_MINUTE),
        turn_seconds=turn,
        shipped=shipped,
        off_share=float(weights[off].sum() / weights.sum()),
        judged=judged,
        closed_judged=looked_at,
    )


def _quietest_hour(seconds: Ints) -> int:
    """The middle of the three hours of the day in which fewest things happen; the first of several."""
    hours = np.bincount(seconds // 3600, minlength=24)
    three = hours + np.roll(hours, -1) + np.roll(hours, -2)
    return int(three.argmin() + 1) % 24


def _weekend(shipped: Ints, weights: Floats) -> tuple[int, ...]:
    every = np.arange(shipped.min(), shipped.max() + 1)
    days = np.bincount(weekday(every), minlength=7)
    rates = np.bincount(weekday(shipped), weights, 7) / np.maximum(days, 1)
    return tuple(np.flatnonzero(rates < _OFF_BELOW * np.sort(rates)[-3]).tolist())


def _closed(shipped: Ints, calendar: Calendar, first: int, last: int) -> tuple[tuple[date, ...], int]:
    """The working days from `first` to `last` on which nothing left, and how many could have shown it."""
    if first >= last:
        return (), 0
    ordinals = np.flatnonzero(Days.of(calendar, first, last).works) + first
    within = shipped[(shipped >= first) & (shipped <= last)]
    counts = np.bincount(within - first, minlength=last - first + 1)[ordinals - first]
    usual = np.array(
        [
            np.median(np.delete(counts[max(n - _AROUND_DAYS, 0) : n + _AROUND_DAYS + 1], min(n, _AROUND_DAYS)))
            if len(counts) > 1
            else 0.0
            for n in range(len(counts))
        ]
    )
    enough = usual >= _CLOSED_FROM
    closed = ordinals[enough & (counts < _CLOSED_BELOW * usual)]
    return tuple(day(it) for it in closed), int(enough.sum())

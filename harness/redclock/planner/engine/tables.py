"""Zones, calendars and rules as tables by day: what the passes look up where the world works it out order by order.

Everything is asked of the world's own rules, once for each day and not once for each order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from fakemarket.rules.deadlines import CountdownRules, DeadlineClock
from fakemarket.rules.zones import MINUTES_A_DAY, instant_at, local_date, zone_of
from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.fate import DAY_SLOTS, FateBook
from fakemarket.world.world import countdown_rules, warehouse_hours
from redclock.planner.engine.compiled import Ints
from redclock.planner.engine.draws import NEVER, Days
from redclock.planner.engine.passes import Deadlines
from redclock.planner.engine.warehouse import Clock, House, Marks

DAY = 86_400
_CELLS = 256
"""In which the hours of arrivals are looked for."""
_EPOCH = date(1970, 1, 1).toordinal()


def clock(zone: str, from_at: int, to_at: int) -> Clock:
    """A zone's offsets between two instants."""

    def offset(at: int) -> int:
        found = datetime.fromtimestamp(at, zone_of(zone)).utcoffset()
        assert found is not None
        return int(found.total_seconds())

    changes, offsets = [], [offset(from_at)]
    for low in range(from_at, to_at, DAY):
        before, after = low, min(low + DAY, to_at)
        if offset(after) != offsets[-1]:
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
            changes.append(after)
            offsets.append(offset(after))
    return Clock(np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64))


def arrival_days(settings: Settings, start_at: int, end_at: int) -> Days:
    """The days on which orders arrive, the first and the last one whole."""
    zone = settings.demand.zone
    days = dates(zone, start_at, end_at)
    edges = np.array(FateBook(settings, Streams(0)).hour_edges)
    guesses = np.searchsorted(edges, np.arange(_CELLS + 1) / _CELLS, side="right")
    begins = np.array([instant_at(day, 0, zone) for day in (*days, days[-1] + timedelta(1))], dtype=np.int64)
    return Days(
        np.array([day.toordinal() * DAY_SLOTS for day in days], dtype=np.uint64),
        begins[:-1].copy(),
        begins[1:] - begins[:-1],
        edges,
        guesses,
        int(np.diff(guesses).max()),
    )


def dates(zone: str, from_at: int, to_at: int) -> list[date]:
    """The dates that a zone has between two instants, both included."""
    first, last = local_date(from_at, zone).toordinal(), local_date(to_at, zone).toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]


def deadlines(settings: Settings, preparation_days: Sequence[int], from_at: int, to_at: int) -> Deadlines:
    """The ends of the countdowns whose anchor lies between two instants, a row a preparation time."""
    rules = countdown_rules(settings)
    days = dates(rules.zone, from_at, to_at)
    rows = [[_at(replace(rules, preparation_days=n), day) for day in days] for n in preparation_days]
    return Deadlines(
        # A countdown may end long after its anchor: the zone must be known until then.
        clock=clock(rules.zone, from_at, max((end_at for row in rows for _, end_at in row), default=to_at) + 2 * DAY),
        first_day=days[0].toordinal() - _EPOCH,
        same_clock_time=rules.deadline_clock is DeadlineClock.SAME_CLOCK_TIME,
        last_days=np.array([[last_day for last_day, _ in row] for row in rows], dtype=np.int64),
        ends_at=np.array([[end_at for _, end_at in row] for row in rows], dtype=np.int64),
        grace_seconds=settings.countdown.grace_minutes * 60,
    )


def _at(rules: CountdownRules, anchor_day: date) -> tuple[int, int]:
    last_day, end_at = rules.ending(anchor_day)
    return last_day.toordinal() - _EPOCH, end_at


def house(settings: Settings, from_at: int, end_at: int) -> House:
    """The warehouse's days and stretches of work between two instants."""
    ours, hours = settings.warehouse, warehouse_hours(settings)
    zone, calendar = hours.zone, hours.calendar
    days = dates(zone, from_at, end_at)

    def instants(minutes: Sequence[tuple[date, int]]) -> Ints:
        return np.array([instant_at(day, minute, zone) for day, minute in minutes], dtype=np.int64)

    def slowdown(day: date) -> float:
        return next((it.slowdown for it in ours.periods if it.first_day <= day <= it.last_day), 1.0)

    def cutoff(day: date) -> int:
        period = next((it for it in ours.periods if it.first_day <= day <= it.last_day), None)
        return ours.cutoff_minute if period is None or period.cutoff_minute is None else period.cutoff_minute

    called = [calendar.on_or_after(day) for day in days]
    worked = [day for day in days if calendar.is_working(day)]
    spans = [(instant_at(day, ours.opens_minute, zone), instant_at(day, ours.closes_minute, zone)) for day in worked]
    # Summer time may skip a short stretch whole.
    kept = [(day, *span) for day, span in zip(worked, spans, strict=True) if span[0] < span[1]]
    opens = np.array([opens for _, opens, _ in kept], dtype=np.int64)
    closes = np.array([closes for _, _, closes in kept], dtype=np.int64)
    works = np.concatenate([[0], np.cumsum(closes - opens)[:-1]]).astype(np.int64)
    return House(
        clock=clock(zone, from_at, end_at + DAY),
        first_day=days[0].toordinal() - _EPOCH,
        end_at=end_at,
        cutoff_at=instants([(day, cutoff(day)) for day in days]),
        restart_at=np.array([hours.next_open(instant_at(day, MINUTES_A_DAY, zone)) for day in days], dtype=np.int64),
        slowdowns=np.array([slowdown(day) for day in days], dtype=np.float64),
        call_at=instants([(day, ours.pickup_minute) for day in called]),
        later_call_at=instants([(calendar.add(day, 1), ours.pickup_minute) for day in called]),
        opens=opens,
        closes=closes,
        works=works,
        opening=marks(opens),
        working=marks(works),
        stretch_slowdowns=np.array([slowdown(day) for day, _, _ in kept], dtype=np.float64),
        slows=bool(ours.periods),
        day_seconds=(ours.closes_minute - ours.opens_minute) * 60,
        packers=ours.packers,
    )


def marks(numbers: Ints) -> Marks:
    """Rising numbers that are looked for often."""
    if len(numbers) < 2:
        return Marks(np.append(numbers, NEVER), int(numbers[0]) if len(numbers) else 0, 0, np.array([0, len(numbers)]))
    shift = int(np.diff(numbers).min()).bit_length() - 1
    cells = ((int(numbers[-1]) - int(numbers[0])) >> shift) + 2
    begins = int(numbers[0]) + (np.arange(cells) << shift)
    return Marks(np.append(numbers, NEVER), int(numbers[0]), shift, np.searchsorted(numbers, begins))


def utc(at: int) -> str:
    """An instant for a message."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"

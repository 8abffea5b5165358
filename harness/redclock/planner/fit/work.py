"""How long preparation takes in working days, learnt from nothing but approvals and shipping days.

The market's warehouse begins an order at once, or on the next working day if it comes after the cut-off or on a day
off. Work rests while the house is closed, and what is ready by the pickup leaves with it. So a shipping day says only
that the work was done between two pickups, a working day apart. The distribution that makes the shipping days seen most
likely is found by expectation maximisation over cells of a working day (Turnbull, 1976: censored to intervals),
smoothed at each step (Silverman and others, 1990), as what comes and goes with the day can't be seen. Hours and cut-off
are those under which that likelihood is greatest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from redclock.planner.fit.house import Days
from redclock.planner.fit.moments import Floats, Ints, Moments
from redclock.planner.fit.shapes import Sample

NO_CUTOFF_MINUTE = 1440
HOURS = ((9 * 60, 18 * 60), (8 * 60, 20 * 60), (0, 1440))
"""Opening hours that are tried; an order file can't tell finer ones."""
_CUTOFFS = tuple(range(8 * 60, 21 * 60, 60))
_CELLS = 24
_ROUNDS = 50
_IMPOSSIBLE = 1e-5
"""Likelihood of what can't be, such as a handover before the approval, so that one such order decides nothing."""
_WORTH = 6.0
"""Logarithms of likelihood that other hours than the usual, or a cut-off, must bring [A]."""
SLOW_SURE, SLOW_ROWS, SLOW_FROM = 5.0, 30, 1.25
"""A slow week is that many standard deviations slower, has so many orders, and takes so many times as long [A]."""
_SLOWDOWNS = np.arange(1.1, 4.05, 0.1)


@dataclass(frozen=True, slots=True)
class Slow:
    """A stretch of weeks in which work took longer: first and last ordinal, how many times as long, orders."""

    first: int
    last: int
    slowdown: float
    orders: int


@dataclass(frozen=True, slots=True)
class Work:
    """What was found.

    Attributes:
        opens_minute: minute of the day.
        closes_minute: the same.
        cutoff_minute: later orders begin on the next working day; `NO_CUTOFF_MINUTE` if none shows.
        preparation: working days.
        early: orders handed over before the first pickup that their approval allows; taken as the soonest possible.
        slow: weeks that stand out.
    """

    opens_minute: int
    closes_minute: int
    cutoff_minute: int
    preparation: Sample
    early: int
    slow: tuple[Slow, ...]


def work(approvals: Moments, shipped: Ints, weights: Floats, days: Days, pickup_minute: int) -> Work:
    """Learns it from orders that were handed over.

    Args:
        approvals: when each could begin.
        shipped: ordinals of the shipping days.
        weights: of the orders; their mean is taken as 1.
        days: the warehouse's, from before the first approval until after the last shipping day.
        pickup_minute: when parcels leave, minute of the day.
    """
    weights = weights / weights.mean()
    numbers = days.number(shipped)

    def ready_by(hours: tuple[int, int], cutoff_minute: int) -> tuple[Ints, Ints]:
        """The last cell of each order's work, and which orders were too early for that."""
        begins = _begins(approvals, days, *hours, cutoff_minute)
        pickup = min(max((pickup_minute - hours[0]) / (hours[1] - hours[0]), 0.0), 1.0)
        cells = np.rint((numbers + pickup - begins) * _CELLS).astype(np.int64)
        early = np.flatnonzero(cells <= 0)
        soonest = np.floor(begins - pickup + 1e-9) + 1 + pickup - begins
        cells[early] = np.maximum(np.rint(soonest[early] * _CELLS), 1)
        return cells, early

    def tried(hours: tuple[int, int], cutoff_minute: int) -> float:
        cells, early = ready_by(hours, cutoff_minute)
        likely = _between(_spread(cells, weights), cells)
        likely[early] = 0.0
        return float((weights * np.log(np.maximum(likely, _IMPOSSIBLE))).sum())

    usual = (HOURS[0], NO_CUTOFF_MINUTE)
    # A cut-off when the house is closed anyway is none.
    others = [it for it in product(HOURS, (*_CUTOFFS, NO_CUTOFF_MINUTE)) if it != usual and _matters(*it)]
    best = max(others, key=lambda it: tried(*it))
    hours, cutoff_minute = best if tried(*best) > tried(*usual) + _WORTH else usual
    cells, early = ready_by(hours, cutoff_minute)
    below = _spread(cells, weights)
    return Work(
        opens_minute=hours[0],
        closes_minute=hours[1],
        cutoff_minute=cutoff_minute,
        preparation=Sample((np.arange(1, len(below)) - 0.5) / _CELLS, below[1:]),
        early=len(early),
        slow=_slow(approvals.days, cells, weights, below),
    )


def _matters(hours: tuple[int, int], cutoff_minute: int) -> bool:
    return cutoff_minute == NO_CUTOFF_MINUTE or hours[0] < cutoff_minute < hours[1]


def _begins(approvals: Moments, days: Days, opens_minute: int, closes_minute: int, cutoff_minute: int) -> Floats:
    """When work on each order begins: the number of the working day, and the part of it that is gone."""
    numbers, works = days.number(approvals.days), days.working(approvals.days)
    gone = np.clip((approvals.seconds / 60 - opens_minute) / (closes_minute - opens_minute), 0.0, 1.0)
    gone = np.where(approvals.seconds >= cutoff_minute * 60, 1.0, gone)
    begins: Floats = numbers + works * gone
    return begins


def _spread(cells: Ints, weights: Floats) -> Floats:
    """The share of work that is done by the end of each cell, the first entry being none."""
    width = int(cells.max())
    seen = np.bincount(cells, weights, width + 1)
    ends = np.arange(width + 1)
    starts = np.maximum(ends - _CELLS, 0)
    after = np.minimum(np.arange(width) + _CELLS, width)
    density = np.full(width, 1 / width)
    for _ in range(_ROUNDS):
        below = np.concatenate([[0.0], np.cumsum(density)])
        due = np.concatenate([[0.0], np.cumsum(seen / np.maximum(below[ends] - below[starts], 1e-12))])
        density *= due[after + 1] - due[np.arange(1, width + 1)]
        edged = np.concatenate([density[:1], density, density[-1:]])
        density = (edged[:-2] + 2 * edged[1:-1] + edged[2:]) / 4
        density /= density.sum()
    return np.concatenate([[0.0], np.cumsum(density)])


def _between(below: Floats, cells: Ints) -> Floats:
    """The probability of each order's shipping day."""
    likely: Floats = below[cells] - below[np.maximum(cells - _CELLS, 0)]
    return likely


def _slow(approved: Ints, cells: Ints, weights: Floats, below: Floats) -> tuple[Slow, ...]:
    """Weeks whose orders lie too far up in the distribution for chance, neighbours as one."""
    middle = (below[cells] + below[np.maximum(cells - _CELLS, 0)]) / 2
    weeks = (approved - 1) // 7
    found: list[Slow] = []
    for week in np.unique(weeks).tolist():
        of_week = weeks == week
        mass = weights[of_week]
        lift = float((mass * (middle[of_week] - 0.5)).sum() / np.sqrt((mass**2).sum() / 12))
        if of_week.sum() < SLOW_ROWS or lift < SLOW_SURE:
            continue
        slowdown = _slowdown(cells[of_week], mass, below)
        if slowdown >= SLOW_FROM:
            first = week * 7 + 1
            found.append(Slow(first, first + 6, slowdown, int(of_week.sum())))
    merged: list[Slow] = []
    for each in found:
        last = merged[-1] if merged else None
        if last is not None and last.last + 1 == each.first:
            total = last.orders + each.orders
            mean = (last.slowdown * last.orders + each.slowdown * each.orders) / total
            merged[-1] = Slow(last.first, each.last, round(mean, 2), total)
        else:
            merged.append(each)
    return tuple(merged)


def _slowdown(cells: Ints, weights: Floats, below: Floats) -> float:
    """How many times as long the work must take to make these shipping days likeliest."""
    at = np.arange(len(below))

    def likelihood(times: float) -> float:
        high, low = (np.interp(it / times, at, below) for it in (cells, np.maximum(cells - _CELLS, 0)))
        return float((weights * np.log(np.maximum(high - low, _IMPOSSIBLE))).sum())

    return round(float(max(_SLOWDOWNS, key=likelihood)), 2)

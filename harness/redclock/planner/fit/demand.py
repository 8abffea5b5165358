"""How many orders came, and when: level, days of the week, hours, peaks, and how much days vary beyond chance.

Weights say how many real orders a row stands for. What varies slowly is a trend, not variation: every day is held
against the four weeks around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fakemarket.settings import Peak
from redclock.planner.fit.moments import Flags, Floats, Moments, day, weekday

RECENT_DAYS = 56
_AROUND_DAYS = 28
_LONGEST_PEAK_DAYS = 14
_PEAK_FROM, _PEAK_GOES_ON = 2.0, 1.5
"""A peak begins with a day of so many times the usual, and lasts while days have so many times [A]."""
_SURE = 4.0
"""Standard deviations that a peak's first day stands out by."""
_USUAL_CV = 0.25
_FEWEST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What the purchases of a file say.

    Attributes:
        orders_per_day: of the last `recent_days` days, peaks taken out.
        recent_days: over how many days that is the mean.
        overall_per_day: of all days, peaks taken out.
        weekday_shares: percent, Monday first.
        hour_shares: percent.
        day_cv: coefficient of variation of days about their level, beyond what chance alone gives.
        peaks: days that stand out.
        peak_orders: rows on those days.
    """

    orders_per_day: float
    recent_days: int
    overall_per_day: float
    weekday_shares: tuple[float, ...]
    hour_shares: tuple[float, ...]
    day_cv: float
    peaks: tuple[Peak, ...]
    peak_orders: int


def arrivals(purchases: Moments, weights: Floats) -> Arrivals:
    """Learns them; there is at least one purchase with a weight."""
    first = int(purchases.days.min())
    place = purchases.days - first
    count = int(place.max()) + 1
    came: Floats = np.bincount(place, weights, count).astype(np.float64)
    squares: Floats = np.bincount(place, weights**2, count).astype(np.float64)
    rows: Floats = np.bincount(place, minlength=count).astype(np.float64)
    ordinals = np.arange(first, first + count)
    if count > 2 * _AROUND_DAYS:
        # The first day and the last may be in the file in part only.
        came, squares, rows, ordinals = came[1:-1], squares[1:-1], rows[1:-1], ordinals[1:-1]
    weekdays = weekday(ordinals)
    usual: Flags = np.ones(len(came), dtype=np.bool_)
    for _ in range(3):
        level = _around(came, usual)
        factors = _by_weekday(came, level, weekdays, usual)
        expected = level * factors[weekdays]
        unit = squares.sum() / came.sum()
        peaks = _peaks(came, expected, rows, unit, usual)
        usual = np.ones(len(came), dtype=np.bool_)
        for begin, length in peaks:
            usual[begin : begin + length] = False
    excess = (came - expected) ** 2 - unit * expected
    shrunk = max(1 - 1 / min(_AROUND_DAYS, max(len(came), 2)), 0.5)
    cv = np.sqrt(max(excess[usual].sum() / shrunk / max((expected[usual] ** 2).sum(), 1e-9), 0.0))
    recent = usual.copy()
    recent[:-RECENT_DAYS] = False
    hours: Floats = np.bincount(purchases.seconds // 3600, weights, 24).astype(np.float64)
    return Arrivals(
        orders_per_day=_mean_level(came, factors, weekdays, recent if recent.any() else usual),
        recent_days=min(RECENT_DAYS, len(came)),
        overall_per_day=_mean_level(came, factors, weekdays, usual),
        weekday_shares=_percent(factors),
        hour_shares=_percent(hours),
        day_cv=round(float(min(cv, 1.0)), 3),
        peaks=tuple(
            Peak(day(ordinals[begin]), tuple(round(float(it), 2) for it in _times(came, expected, begin, length)))
            for begin, length in peaks
        ),
        peak_orders=int(rows[~usual].sum()),
    )


def _around(came: Floats, usual: Flags) -> Floats:
    """The mean of the usual days around each day."""
    half = _AROUND_DAYS // 2
    window = np.ones(2 * half + 1)
    window[[0, -1]] = 0.5  # so that each day of the week weighs the same
    sums, days = (np.convolve(it, window)[half : half + len(came)] for it in (came * usual, usual.astype(float)))
    mean: Floats = sums / np.maximum(days, 0.5)
    return mean


def _by_weekday(came: Floats, level: Floats, weekdays: Any, usual: Flags) -> Floats:
    tops = np.bincount(weekdays[usual], came[usual], 7)
    bottoms = np.bincount(weekdays[usual], level[usual], 7)
    factors: Floats = np.where(bottoms > 0, tops / np.maximum(bottoms, 1e-9), 1.0)
    scaled: Floats = factors * 7 / max(factors.sum(), 1e-9)
    return scaled


def _peaks(came: Floats, expected: Floats, rows: Floats, unit: float, usual: Flags) -> list[tuple[int, int]]:
    """(first day, days) of each; nothing stands out where there is hardly an order a day besides."""
    spread = np.sqrt(unit * expected + (_USUAL_CV * expected) ** 2)
    starts = (came >= _PEAK_FROM * expected) & (came - expected > _SURE * spread) & (rows >= _FEWEST_ROWS)
    starts &= _around(rows, usual & ~starts) >= 1
    found: list[tuple[int, int]] = []
    n = 0
    while n < len(came):
        length = 1
        if starts[n]:
            while (
                length < _LONGEST_PEAK_DAYS
                and n + length < len(came)
                and came[n + length] >= _PEAK_GOES_ON * expected[n + length]
            ):
                length += 1
            found.append((n, length))
        n += length
    return found


def _times(came: Floats, expected: Floats, begin: int, length: int) -> Floats:
    times: Floats = came[begin : begin + length] / np.maximum(expected[begin : begin + length], 1e-9)
    return times


def _mean_level(came: Floats, factors: Floats, weekdays: Any, among: Flags) -> float:
    """Orders of a day of an average day of the week."""
    return round(float(came[among].sum() / max(factors[weekdays[among]].sum(), 1e-9)), 2)


def _percent(numbers: Floats) -> tuple[float, ...]:
    return tuple(round(float(it), 2) for it in 100 * numbers / numbers.sum())

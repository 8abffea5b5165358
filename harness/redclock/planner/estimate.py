"""A rate with its interval, from independent units: replications of a world, or weeks of a history.

The unit is never the single order. Orders of one week share queues, slow days and dead tokens, so an interval from
pooled orders would be many times too narrow. This module knows no orders and no worlds, only numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, fsum, sqrt
from statistics import mean, stdev

from redclock.checks.student import student_t

CONFIDENCE = 0.95
FEW = 5
"""With fewer units than this that differ from the rest, the note says that the interval is rough [A]."""

_COCHRAN = 25
_ROUNDING = 1e-12
"""Residuals this small beside the whole are rounding, not spread."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and the bounds between which the true value lies, as sure as was asked.

    Attributes:
        mean: the best guess.
        low: lower bound; None when there is no interval.
        high: upper bound; None when there is no interval.
        note: why there is no interval, or why it is not the usual one; empty otherwise.
    """

    mean: float
    low: float | None
    high: float | None
    note: str = ""


def of_means(
    values: Sequence[float], unit: str, confidence: float = CONFIDENCE, lowest: float = 0.0, highest: float = 1.0
) -> Estimate:
    """The mean over units, with Student's t over them; bounds stay within what is possible.

    Where more than half of the units are alike, the rare others might have been more: bounds are wider then.

    Args:
        values: one number a unit, all in [lowest, highest].
        unit: what a unit is called in a note: `run`.
        confidence: how sure the interval shall be.
        lowest: least value that can be.
        highest: greatest value that can be.
    """
    middle = mean(values)
    if len(values) == 1:
        return _lonely(middle, unit)
    if min(values) == max(values):
        return _alike(values[0], len(values), unit, confidence, lowest, highest)
    half = student_t(len(values) - 1, confidence) * stdev(values) / sqrt(len(values))
    usual, alike = Counter(values).most_common(1)[0]
    low, high = middle - half, middle + half
    if 2 * alike > len(values):
        above, below = (sum(it > usual for it in values), sum(it < usual for it in values))
        high = max(high, usual + _believable_share(above, len(values), confidence) * (max(values) - usual))
        low = min(low, usual - _believable_share(below, len(values), confidence) * (usual - min(values)))
    note = _rough(len(values) - alike, len(values), unit) or _skewed(values, unit)
    return Estimate(middle, max(low, lowest), min(high, highest), note)


def _skewed(values: Sequence[float], unit: str) -> str:
    """Cochran's rule (Sampling Techniques, 1977, 2.15): n should be over 25 times the squared skewness."""
    middle, spread = mean(values), stdev(values)
    skewness = fsum((value - middle) ** 3 for value in values) / len(values) / spread**3
    wanted = ceil(_COCHRAN * skewness**2)
    if wanted <= len(values):
        return ""
    return f"skewed: a few bad {unit}s weigh much, so the bounds are rough with fewer than {wanted} {unit}s"


def _believable_share(seen: int, count: int, confidence: float) -> float:
    """The largest share of units that may differ if `seen` of `count` did (Clopper and Pearson, 1934).

    Where few runs have a miss at all, Student's t takes their number for certain and ends too low too often: in 14 to
    20 plans of 100 with three such runs in 100, by simulation. So there the bound is at least this share of the worst.
    """
    from scipy.special import betaincinv

    return float(betaincinv(seen + 1, count - seen, (1 + confidence) / 2))


def of_ratio(tops: Sequence[float], bottoms: Sequence[float], unit: str, confidence: float = CONFIDENCE) -> Estimate:
    """A share, sum(tops) / sum(bottoms), with an interval over units of unequal size.

    The ratio estimator of cluster sampling (Cochran, Sampling Techniques, 1977, chapter 6): what a unit has over its
    due, `top - share * bottom`, varies from unit to unit. With units of one size it is `of_means`,
    but that it doesn't widen the bounds where most units are alike.

    Args:
        tops: the weight of what is counted, unit by unit; from 0 to the unit's bottom.
        bottoms: the weight of everything, unit by unit; together more than 0.
        unit: what a unit is called in a note: `week`.
        confidence: how sure the interval shall be.
    """
    count, whole = len(bottoms), fsum(bottoms)
    share = fsum(tops) / whole
    if count == 1:
        return _lonely(share, unit)
    spread = fsum((top - share * bottom) ** 2 for top, bottom in zip(tops, bottoms, strict=True))
    if spread <= (_ROUNDING * whole) ** 2:
        return _alike(share, count, unit, confidence, 0, 1)
    half = student_t(count - 1, confidence) * sqrt(spread * count / (count - 1)) / whole
    touched = min(sum(top > 0 for top in tops), sum(t < b for t, b in zip(tops, bottoms, strict=True)))
    return Estimate(share, max(share - half, 0), min(share + half, 1), _rough(touched, count, unit))


def _lonely(middle: float, unit: str) -> Estimate:
    return Estimate(middle, None, None, f"one {unit} says nothing about chance, so there is no interval")


def _alike(value: float, count: int, unit: str, confidence: float, lowest: float, highest: float) -> Estimate:
    """Every unit gave the same value: no spread was seen, which does not mean that there is none.

    If a unit differed with probability q, then `count` alike would be seen with (1 - q)**count. Where that falls to
    1 - confidence lies the largest q that is still believable (3 / count: the rule of three), and at worst such a unit
    lies at the end of what is possible. Wide, and free of any assumption about how misses cluster.
    """
    q = 1 - (1 - confidence) ** (1 / count)
    note = f"all {count} {unit}s gave the same: the bound is how often another result may stay unseen in so many"
    return Estimate(value, value - q * (value - lowest), value + q * (highest - value), note)


def _rough(differing: int, count: int, unit: str) -> str:
    if differing >= min(FEW, count - 1):
        return ""
    return f"rough: only {differing} of {count} {unit}s {'differs' if differing == 1 else 'differ'} from the rest"

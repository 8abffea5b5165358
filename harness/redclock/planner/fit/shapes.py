"""Distributions made from what was observed: its own quantiles, or the formula that comes nearest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fakemarket.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Lognormal,
    QuickOrSlow,
    Triangular,
    Uniform,
    table,
)
from redclock.planner.fit.moments import Floats

SHARES = (
    *(0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8),
    *(0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1.0),
)
"""At which an empirical distribution is written down; misses live in the upper tail, so that is finer."""
SHOWN = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Quantiles set side by side for a reader."""
_GAP, _WORTH = 2e-5, 1.5
"""A mean squared gap as good as none, and how many times nearer each further number must bring a formula [A]."""
_GRID = np.linspace(0.0005, 0.9995, 1000)
_DIGITS = 4
_RAREST, _FAR = 1 - 1e-5, 10.0
"""A formula's rarest value may be so many times the longest seen [A]."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Values in rising order, and the share of all weight at or below each."""

    values: Floats
    below: Floats

    @classmethod
    def of(cls, values: Floats, weights: Floats) -> Sample:
        order = np.argsort(values, kind="stable")
        return cls(values[order], np.cumsum(weights[order]) / weights.sum())

    def quantiles(self, shares: Sequence[float]) -> list[float]:
        """The least values with at least such a share at or below them."""
        places = np.searchsorted(self.below, np.asarray(shares) - 1e-12)
        found: list[float] = self.values[np.minimum(places, len(self.values) - 1)].tolist()
        return found


def distance(one: Sample, other: Sample) -> float:
    """Kolmogorov and Smirnov's: the widest gap between the shares below any value, from 0 to 1."""
    at = np.concatenate([one.values, other.values])

    def share(it: Sample) -> Floats:
        return np.concatenate([[0.0], it.below])[np.searchsorted(it.values, at, side="right")]

    return float(np.abs(share(one) - share(other)).max())


def drawn(distribution: Distribution) -> Sample:
    """What a distribution gives, evenly over its table."""
    draw = table(distribution).at
    return Sample.of(np.array([draw(u) for u in _GRID.tolist()]), np.ones(len(_GRID)))


def observed(sample: Sample) -> Distribution:
    """The sample's own quantiles; a constant where they are all alike."""
    values = [_short(it) for it in sample.quantiles(SHARES)]
    if values[0] == values[-1]:
        return Constant(values[0])
    return Empirical(SHARES, tuple(values))


def nearest(sample: Sample) -> Distribution:
    """The formula whose shares lie nearest to the sample's, by the mean of the squared gaps (Cramér, von Mises).

    The rarest values of a formula may not lie far beyond everything seen, and one of more numbers must be worth it.
    """
    found = [(*_fitted(make, start, sample), len(start)) for make, start in _formulas(sample)]
    return min(found, key=lambda it: (it[0] + _GAP) * _WORTH ** it[2])[1]


_Make = Callable[[Sequence[float]], Distribution]


def _formulas(sample: Sample) -> Iterator[tuple[_Make, list[float]]]:
    """How each kind is made of unbounded numbers, and those to begin with."""
    low, quarter, middle, upper, high = (max(it, 1e-6) for it in sample.quantiles((0.01, 0.25, 0.5, 0.75, 0.99)))
    spread = float(np.log(upper / quarter)) / 1.35 + 0.05

    def exp(number: float) -> float:
        return _short(float(np.exp(min(max(number, -14.0), 14.0))))

    def lognormal(it: Sequence[float]) -> Distribution:
        return Lognormal(exp(it[0]), exp(it[1]))

    def exponential(it: Sequence[float]) -> Distribution:
        return Exponential(exp(it[0]))

    def uniform(it: Sequence[float]) -> Distribution:
        return Uniform(exp(it[0]), _short(exp(it[0]) + exp(it[1])))

    def triangular(it: Sequence[float]) -> Distribution:
        first = exp(it[0])
        mode = _short(first + exp(it[1]))
        return Triangular(first, mode, _short(mode + exp(it[2])))

    def quick_or_slow(it: Sequence[float]) -> Distribution:
        share = _short(0.02 + 0.96 / (1 + exp(-it[0])))
        begin = exp(it[3])
        return QuickOrSlow(share, exp(it[1]), exp(it[2]), begin, _short(begin + exp(it[4])))

    log: Any = np.log
    width = max(high - low, 1e-6)
    yield lognormal, [log(middle), log(spread)]
    yield exponential, [log(middle / 0.69)]
    yield uniform, [log(low), log(width)]
    yield triangular, [log(low), log(max(middle - low, 1e-6)), log(max(high - middle, 1e-6))]
    for share in (0.6, 0.8):
        turn = max(sample.quantiles((share,))[0], 1e-6)
        inner = max(sample.quantiles((share / 2,))[0], 1e-6)
        yield quick_or_slow, [log(share / (1 - share)), log(inner), log(spread), log(turn), log(max(high - turn, 1e-6))]


def _fitted(make: _Make, start: Sequence[float], sample: Sample) -> tuple[float, Distribution]:
    from scipy.optimize import minimize

    # Misses live in the upper tail, so that weighs more than its share.
    shares = np.array([*_GRID[5::20], *SHARES[-10:-1]])
    longest = _FAR * max(float(sample.values[-1]), 1e-6)

    def gap(numbers: Floats) -> float:
        distribution = make(numbers.tolist())
        values = np.array([distribution.quantile(p) for p in shares.tolist()])
        below = np.interp(values, sample.values, sample.below, left=0.0)
        beyond = max(distribution.quantile(_RAREST) / longest, 1.0)
        return float(((below - shares) ** 2).mean() + np.log(beyond))

    best = minimize(gap, np.array(start), method="Nelder-Mead", options={"maxiter": 120 * len(start), "fatol": 1e-8})
    return float(best.fun), make(best.x.tolist())


def _short(number: float) -> float:
    """Four digits that count: more would be more than orders can say."""
    return float(f"{number:.{_DIGITS}g}")

"""What chance may look like: small values that say a distribution, and the table that draws from it.

Every draw is the inversion of one uniform number through a table of quantiles with straight lines between them. A table
uses additions and multiplications only, so the reference world, arrays and compiled code give the same number to the
last bit, and a distribution learnt from a file is the same kind of thing as one from a formula.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from math import erf, exp, inf, log, sqrt
from statistics import NormalDist
from typing import Annotated, Literal

from fakemarket.bounds import Ge, Gt, Le, Lt, MinLen
from fakemarket.value import Value, value

_CELLS = 256
_EDGE = 0.5 / (_CELLS * _CELLS)
_BISECTIONS = 32
_SHARE_ERROR = 1e-13  # some hundred times what rounding does to a share
_LARGEST_EXPONENT = 700  # of those that `exp` takes
_inverse_normal = NormalDist().inv_cdf
_SQRT2 = sqrt(2)

NonNegative = Annotated[float, Ge(0), Lt(inf)]
Positive = Annotated[float, Gt(0), Lt(inf)]
Probability = Annotated[float, Gt(0), Lt(1)]


@value
class Constant(Value):
    """Always the same value."""

    value: NonNegative
    kind: Literal["constant"] = "constant"

    def quantile(self, p: float) -> float:
        return self.value


@value
class Uniform(Value):
    """Any value between two bounds alike."""

    low: NonNegative
    high: NonNegative
    kind: Literal["uniform"] = "uniform"

    def __post_init__(self) -> None:
        _in_order(self, "low", "high")

    def quantile(self, p: float) -> float:
        return self.low + (self.high - self.low) * p


@value
class Triangular(Value):
    """Between two bounds with one most likely value."""

    low: NonNegative
    mode: NonNegative
    high: NonNegative
    kind: Literal["triangular"] = "triangular"

    def __post_init__(self) -> None:
        _in_order(self, "low", "mode", "high")

    def quantile(self, p: float) -> float:
        width = self.high - self.low
        if width == 0:
            return self.low
        turn = (self.mode - self.low) / width
        if p < turn:
            return self.low + sqrt(p * width * (self.mode - self.low))
        return self.high - sqrt((1 - p) * width * (self.high - self.mode))


@value
class Exponential(Value):
    """Waiting for something that may come at any moment."""

    mean: NonNegative
    kind: Literal["exponential"] = "exponential"

    def quantile(self, p: float) -> float:
        return -self.mean * log(1 - p)


@value
class Lognormal(Value):
    """Skewed durations: `median`, and `sigma` of the logarithm."""

    median: Positive
    sigma: NonNegative
    kind: Literal["lognormal"] = "lognormal"

    def quantile(self, p: float) -> float:
        return self.median * exp(self.sigma * _inverse_normal(p))


@value
class QuickOrSlow(Value):
    """A lognormal bulk and, for the other share, a uniform tail: the shape of payment reviews."""

    quick_share: Probability
    median: Positive
    sigma: NonNegative
    slow_low: NonNegative
    slow_high: NonNegative
    kind: Literal["quick_or_slow"] = "quick_or_slow"

    def __post_init__(self) -> None:
        _in_order(self, "slow_low", "slow_high")

    def quantile(self, p: float) -> float:
        """By bisection: the two parts overlap, so no formula inverts their sum."""
        quick = self.median * exp(self.sigma * _inverse_normal(p))
        low, high = min(quick, self.slow_low), max(quick, self.slow_high)
        below, above = self._around(p, low, high)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            if middle <= below or (middle < above and self._share_below(middle) < p):
                low = middle
            else:
                high = middle
        return high

    def _around(self, p: float, low: float, high: float) -> tuple[float, float]:
        """Two values up to which, and from which on, the share is surely below `p` and above it.

        They lie closely around the quantile of one part alone, which is nearly that of both where the parts hardly
        overlap; elsewhere they are infinite. What rounding might decide is not taken for sure, so the bisection that
        goes by them works out few shares, which take longest, and ends where it would without.
        """
        if p < self.quick_share:
            near = self.median * exp(min(self.sigma * _inverse_normal(p / self.quick_share), _LARGEST_EXPONENT))
        else:
            near = self.slow_low + (self.slow_high - self.slow_low) * (p - self.quick_share) / (1 - self.quick_share)
        reach = (high - low) / 2 ** (_BISECTIONS + 2)
        below, above = near - reach, near + reach
        return (
            below if self._share_below(below) < p - _SHARE_ERROR else -inf,
            above if self._share_below(above) > p + _SHARE_ERROR else inf,
        )

    def _share_below(self, value: float) -> float:
        if self.sigma and value > 0:
            # Not `NormalDist.cdf`: its last digits are others from Python 3.14 on, and a seed means the same to all.
            quick = 0.5 * (1 + erf(log(value / self.median) / self.sigma / _SQRT2))
        else:
            quick = float(value >= self.median)
        if value >= self.slow_high:
            slow = 1.0
        elif value <= self.slow_low:
            slow = 0.0
        else:
            slow = (value - self.slow_low) / (self.slow_high - self.slow_low)
        return self.quick_share * quick + (1 - self.quick_share) * slow


@value
class Empirical(Value):
    """What was observed: below each of `values` lies the share of `shares` beside it, with straight lines between."""

    shares: Annotated[tuple[Annotated[float, Ge(0), Le(1)], ...], MinLen(2)]
    """From 0 to 1, rising."""
    values: Annotated[tuple[NonNegative, ...], MinLen(2)]
    """As many, never falling."""
    kind: Literal["empirical"] = "empirical"

    def __post_init__(self) -> None:
        shares = self.shares
        if not shares or len(shares) != len(self.values):
            count = f"{len(shares)} shares for {len(self.values)} values" if shares else "no shares"
            raise ValueError(f"Empirical has {count}, but needs pairs of them")
        if (shares[0], shares[-1]) != (0, 1):
            raise ValueError(f"Empirical.shares go from {shares[0]} to {shares[-1]}, but must go from 0 to 1")
        if any(low >= high for low, high in pairwise(shares)):
            raise ValueError("Empirical.shares must rise from each to the next")
        if any(low > high for low, high in pairwise(self.values)):
            raise ValueError("Empirical.values must never fall from one to the next")

    def quantile(self, p: float) -> float:
        place = min(max(bisect_right(self.shares, p), 1), len(self.shares) - 1)
        low, high = self.shares[place - 1], self.shares[place]
        part = (p - low) / (high - low)
        return self.values[place - 1] * (1 - part) + self.values[place] * part


def _in_order(distribution: object, *names: str) -> None:
    """Raises ValueError unless these fields rise."""
    for lower, upper in pairwise(names):
        low, high = getattr(distribution, lower), getattr(distribution, upper)
        if low > high:
            kind = type(distribution).__name__
            raise ValueError(f"{kind}.{lower} is {low}, but must not be above {upper}, which is {high}")


Distribution = Constant | Uniform | Triangular | Exponential | Lognormal | QuickOrSlow | Empirical


class Quantiles:
    """A distribution as a table: 256 cells, the first and the last cut in 256 again.

    The ends stop half a cell (2**-17) short of 0 and 1, so that an unbounded distribution stays finite. What few draws
    look at, the outermost cells, is worked out when one does.
    """

    __slots__ = ("_body", "_outer", "_quantile", "_rises")

    def __init__(self, quantile: Callable[[float], float]) -> None:
        self._quantile = quantile
        self._body = [quantile(_EDGE), *[quantile(i / _CELLS) for i in range(1, _CELLS)], quantile(1 - _EDGE)]
        self._rises = [high - low for low, high in pairwise(self._body)]
        self._outer: dict[float, float] = {}

    def _outer_value(self, p: float) -> float:
        if p not in self._outer:
            self._outer[p] = self._quantile(min(max(p, _EDGE), 1 - _EDGE))
        return self._outer[p]

    def cells(self) -> tuple[list[float], list[float]]:
        """The value at the start of every cell and at its end: those of cell 0, cells 1 to 254, those of cell 255."""
        width = 1 / _CELLS
        cells = [
            [self._outer_value(first + width * n / _CELLS) for n in range(_CELLS + 1)] for first in (0.0, 1 - width)
        ]
        lows = [*cells[0][:-1], *self._body[1:-2], *cells[1][:-1]]
        highs = [*cells[0][1:], *self._body[2:-1], *cells[1][1:]]
        return lows, highs

    def at(self, u: float) -> float:
        """The value below which the share `u` in [0, 1) lies."""
        place = u * _CELLS
        cell = int(place)
        if 0 < cell < _CELLS - 1:
            low, high = self._body[cell], self._body[cell + 1]
        else:
            first, place = cell / _CELLS, (place - cell) * _CELLS
            cell = int(place)
            width = 1 / _CELLS
            low = self._outer_value(first + width * cell / _CELLS)
            high = self._outer_value(first + width * (cell + 1) / _CELLS)
        return low + (high - low) * (place - cell)

    def whole(self, uniforms: Iterable[float], unit: int) -> list[int]:
        """The same of many shares, times a unit and cut to whole numbers."""
        body, rises, last, at = self._body, self._rises, _CELLS - 1, self.at
        return [
            int((body[cell] + rises[cell] * (place - cell)) * unit)
            if 0 < (cell := int(place := u * _CELLS)) < last
            else int(at(u) * unit)
            for u in uniforms
        ]


@cache
def table(distribution: Distribution) -> Quantiles:
    """The table of a distribution, made once in a process."""
    return Quantiles(distribution.quantile)

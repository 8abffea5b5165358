"""From values to places on a chart, and the round values that stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WHOLE_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values [low, high] to places [start, end]; a vertical one ends above where it starts.

    A range of one value only is placed at the start.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; beyond the ends for one out of range."""
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def held(self, value: float) -> float:
        """The place of a value, or the end that it is beyond."""
        return self(min(max(value, self.low), self.high))


def step_of(span: float, most: int, *, whole: bool = False) -> float:
    """The smallest round step that divides a span into at most so many parts.

    Args:
        whole: only steps that are integers.
    """
    if span <= 0:
        return 1.0
    rough = span / most
    size: float = 10.0 ** floor(log10(rough))
    steps = _WHOLE_STEPS if whole else _STEPS
    step = next(size * each for each in steps if size * each >= rough * (1 - 1e-9))
    return max(1.0, step) if whole else step


def round_ends(low: float, high: float, most: int = 5, *, whole: bool = False) -> tuple[float, float]:
    """The range of an axis: from the round value below to the round one above; never empty."""
    step = step_of(high - low or abs(high) or 1.0, most, whole=whole)
    first, last = floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step
    return first, last if last > first else first + step


def ticks(low: float, high: float, most: int = 5, *, whole: bool = False) -> tuple[float, ...]:
    """Round values from low to high, at most so many and one more."""
    step = step_of(high - low, most, whole=whole)
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    return tuple(each * step for each in range(first, last + 1))


def said(value: float) -> str:
    """A value as it stands beside a tick: no more digits than it needs."""
    return f"{value:,.6g}" if abs(value) < 1e15 else f"{value:g}"

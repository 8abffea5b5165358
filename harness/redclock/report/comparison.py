"""Several ways to look after the same worlds, side by side: how much of what goes wrong each of them lets through.

Each seed is one world that every row meets, so a difference between two rows is theirs, and is taken seed by seed: what
the worlds have in common falls out, which makes its interval narrower than those of the rows. Intervals are of the mean
over the seeds (Student's t), and need scipy, which the extra `plan` brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from rich.console import Console

from redclock.checks.judge import interval
from redclock.run import IDLE, Outcome

SIDE_BY_SIDE = (IDLE, "daily_manual_check", "reference")
"""Nobody, a person who compares both panels each working morning, and our logic."""
_SHOWN = ("accepted", "missed", "missed_share")
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Side:
    """One way: its name, and what came of it in each seed."""

    name: str
    outcomes: Sequence[Outcome]

    def values(self, measure: str) -> list[float]:
        """By seed; what can't be measured, such as a share of nothing, counts as 0."""
        return [it.measures[measure] or 0.0 for it in sorted(self.outcomes, key=lambda it: it.seed)]


def differences(side: Side, first: Side, measure: str) -> list[float]:
    """How much more one has than another, seed by seed."""
    return [more - less for more, less in zip(side.values(measure), first.values(measure), strict=True)]


def render_comparison(sides: Sequence[Side], console: Console) -> None:
    """A row for each side: means over the seeds, and between what they lie; then the differences from the first.

    Args:
        sides: of one scenario and the same seeds, two of those at least.
    """
    first = sides[0]
    scenario, seeds = first.outcomes[0].scenario.name, len(first.outcomes)
    rows = [("", *_SHOWN), *((it.name, *(_cell(name, it.values(name)) for name in _SHOWN)) for it in sides)]
    rows += [(it.name, *(_cell(name, differences(it, first, name), sign="+") for name in _SHOWN)) for it in sides[1:]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    console.print(f"{scenario}: means of {seeds} seeds and their {CONFIDENCE:.0%} intervals", soft_wrap=True)
    for number, (name, *cells) in enumerate(rows):
        if number == len(sides) + 1:
            console.print(
                f"beside {first.name}, seed by seed, + is more and - is less:", highlight=False, soft_wrap=True
            )
        line = "  ".join(
            [name.ljust(widths[0]), *(it.rjust(width) for it, width in zip(cells, widths[1:], strict=True))]
        )
        console.print(line, highlight=False, soft_wrap=True)


def _cell(measure: str, values: Sequence[float], sign: str = "") -> str:
    low, high = interval(values, CONFIDENCE)
    low = low if sign else max(low, 0.0)  # what is counted can't be fewer than none
    said = f"{sign}.{4 if measure.endswith('_share') else 1}f"
    return f"{format(fmean(values), said)} ({format(low, said)} to {format(high, said)})"

"""Several subjects in the same worlds, side by side: how much of what goes wrong each of them lets through.

Each seed is one world that every subject meets, so a difference between two rows is the subjects'. Intervals are of the
mean over the seeds (Student's t), and need scipy, which the extra `plan` brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from rich.console import Console

from redclock.checks.judge import interval
from redclock.run import IDLE, Outcome

SIDE_BY_SIDE = (IDLE, "daily_manual_check", "reference")
"""Nobody, a person who compares both panels each working morning, and our logic."""
_SHOWN = ("accepted", "missed", "missed_share")
CONFIDENCE = 0.95


def render_comparison(runs: Sequence[tuple[str, Sequence[Outcome]]], console: Console) -> None:
    """A row for each subject: means over the seeds, and between what they lie.

    Args:
        runs: each subject's name and its outcomes, two at least, of one scenario and the same seeds.
    """
    (_, first), *_ = runs
    console.print(f"{first[0].scenario.name}: means of {len(first)} seeds and their {CONFIDENCE:.0%} intervals")
    rows = [("", *_SHOWN), *((name, *(_cell(it, outcomes) for it in _SHOWN)) for name, outcomes in runs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        line = "  ".join(
            [name.ljust(widths[0]), *(it.rjust(width) for it, width in zip(cells, widths[1:], strict=True))]
        )
        console.print(line, highlight=False, soft_wrap=True)


def _cell(measure: str, outcomes: Sequence[Outcome]) -> str:
    values = [outcome.measures[measure] or 0.0 for outcome in outcomes]
    low, high = interval(values, CONFIDENCE)
    digits = 4 if measure.endswith("_share") else 1
    return f"{fmean(values):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"

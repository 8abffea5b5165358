"""How scenarios fared over time, for a person at a terminal; each line says what is otherwise than the time before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.history import Past

_MARKS_SHOWN = 20


def render_all(scenarios: Mapping[str, Sequence[Past]], console: Console) -> None:
    """A line for each scenario: its last runs, the oldest first, and since when it has been as it is."""
    table = Table("", "scenario", "runs", "", box=None, pad_edge=False)
    for name, pasts in scenarios.items():
        last = pasts[-1]
        same = _streak(pasts)
        word = "[green]pass[/]" if last.passed else "[bold red]FAIL[/]"
        marks = "".join("." if past.passed else "[red]F[/]" for past in pasts[-_MARKS_SHOWN:])
        since = f"since {_moment(pasts[-same])}" if same > 1 else _moment(last)
        table.add_row(word, name, marks, since)
    console.print(table, soft_wrap=True)


def render_one(pasts: Sequence[Past], console: Console) -> None:
    """A line for each run of one scenario, the newest first."""
    console.print(f"[bold]{pasts[-1].scenario}[/]  (newest first)")
    befores = [None, *(before for before, _ in pairwise(pasts))]
    table = Table("when", "", "seeds", "missed", "least left", "took", "what changed", box=None, pad_edge=False)
    for past, before in reversed(list(zip(pasts, befores, strict=True))):
        table.add_row(
            _moment(past),
            "[green]pass[/]" if past.passed else "[bold red]FAIL[/]",
            f"{len(past.passed_seeds)}/{len(past.digests)}",
            f"{past.missed:g}",
            "" if past.least_lead_seconds is None else f"{past.least_lead_seconds / 3600:.1f} h",
            f"{past.seconds:.1f} s",
            escape("; ".join(changes(past, before))),
        )
    console.print(table, soft_wrap=True)
    problems = (*pasts[-1].problems, *pasts[-1].over_seeds)
    for problem in problems:
        console.print(f"  [red]-[/] {escape(problem)}", soft_wrap=True, highlight=False)


def changes(past: Past, before: Past | None) -> Iterator[str]:
    """What is otherwise than in the run before."""
    if not past.ended:
        yield "broken off"
    if before is None:
        return
    if past.subject != before.subject:
        yield f"subject {past.subject}"
    if past.transport != before.transport:
        yield f"transport {past.transport}"
    if past.version != before.version:
        yield f"redclock {past.version}"
    if past.definition != before.definition:
        yield "the scenario"
    common = sorted(past.digests.keys() & before.digests.keys())
    otherwise = [seed for seed in common if past.digests[seed] != before.digests[seed]]
    if otherwise:
        yield f"what happens in {_seeds(otherwise)}"
    now_failing = [seed for seed in common if seed in before.passed_seeds - past.passed_seeds]
    now_passing = [seed for seed in common if seed in past.passed_seeds - before.passed_seeds]
    if now_failing:
        yield f"fails {_seeds(now_failing)}"
    if now_passing:
        yield f"passes {_seeds(now_passing)}"


def _seeds(numbers: Sequence[int]) -> str:
    return f"seed {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} seeds, first {numbers[0]}"


def _streak(pasts: Sequence[Past]) -> int:
    """How many of the last runs came out alike."""
    alike = 0
    for past in reversed(pasts):
        if past.passed != pasts[-1].passed:
            break
        alike += 1
    return alike


def _moment(past: Past) -> str:
    """In the time of whoever looks."""
    return f"{datetime.fromtimestamp(past.began_at).astimezone():%Y-%m-%d %H:%M}"

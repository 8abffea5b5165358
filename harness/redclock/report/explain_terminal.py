"""One order explained to a person, or to a program: its story, where its time went, why, and what would have helped."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.report.blame import Inquest
from redclock.report.story import story
from redclock.report.whereabouts import whereabouts


def explanation(inquest: Inquest, order: int) -> dict[str, Any]:
    """Everything that is known of one order, in JSON values; durations are seconds, instants market time."""
    outcome = inquest.outcome
    where = whereabouts(outcome.ledger, order)
    missed = order in inquest.missed
    return {
        "scenario": outcome.scenario.name,
        "seed": outcome.seed,
        "subject": outcome.subject,
        "order": order,
        "placed_at": where.placed_at,
        "ended_at": where.ended_at,
        "ended_by": where.ended_by,
        "missed": missed,
        "parts_seconds": {str(part): seconds for part, seconds in where.parts.items()},
        "total_seconds": where.ended_at - where.placed_at,
        "cause": inquest.cause(order) if missed else None,
        "saved_by": [change.says for change in inquest.saved_by(order)] if missed else [],
        "causes_of_all_misses": {str(cause): count for cause, count in inquest.causes().items()} if missed else {},
        "story": list(story(outcome.ledger, order, outcome.scenario.zone)),
    }


def render_explanation(told: dict[str, Any], console: Console) -> None:
    """The same for a person."""
    total = told["total_seconds"]
    ended = (told["ended_by"] or "the run's end").replace("_", " ")
    console.print(
        f"[bold]order {told['order']}[/] of {told['scenario']}, seed {told['seed']}: {_length(total)} to {ended}",
        soft_wrap=True,
    )
    for line in told["story"]:
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    table = Table("where its time went", "time", "share", box=None, pad_edge=False)
    for part, seconds in told["parts_seconds"].items():
        table.add_row(part, _length(seconds), f"{seconds / total:.0%}" if total else "")
    table.add_row("[bold]in all[/]", f"[bold]{_length(total)}[/]", "")
    console.print(table)
    if not told["missed"]:
        console.print("It was not missed.")
        return
    console.print(f"It was missed. The cause: [bold]{escape(told['cause'])}[/]")
    saved_by = "; ".join(told["saved_by"]) or "nothing that was tried"
    console.print(f"What would have saved it: {escape(saved_by)}", soft_wrap=True)
    render_causes(told["causes_of_all_misses"], console)


def render_causes(causes: dict[str, int], console: Console) -> None:
    """Why all the misses of a run were missed."""
    total = sum(causes.values())
    table = Table("causes of all misses", "orders", "share", box=None, pad_edge=False)
    for cause, count in causes.items():
        table.add_row(escape(cause), str(count), f"{count / total:.1%}")
    console.print(table)


def _length(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    return f"{days} d {rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"

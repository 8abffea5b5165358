"""The kill matrix for a person at a terminal: a line for each subject, with what noticed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from redclock.kills import Row

_SHOWN = 2
"""Of the scenarios that notice a subject, so many are named in its line."""


def render_row(row: Row, of: int, width: int, console: Console, *, sound: bool) -> None:
    """One subject.

    Args:
        of: in how many scenarios it was tried.
        width: of the longest subject's name.
        sound: it is to pass them all; else it is to fail one at least.
    """
    word = "[green]good[/]" if bool(row.noticed) != sound else "[bold red]BAD [/]"
    seen = [f"{name} ({', '.join(sorted(broken))})" for name, broken in list(row.noticed.items())[:_SHOWN]]
    more = len(row.noticed) - len(seen)
    where = "; ".join([*seen, *([f"and {more} more"] if more else [])]) or "nothing notices it"
    told = f"fails {len(row.noticed):>2} of {of}  {escape(where if row.noticed or not sound else 'passes them all')}"
    console.print(f"{word}  {escape(row.subject.ljust(width))}  {told}", highlight=False, soft_wrap=True)


def render_toothless(rows: Sequence[Row], scenarios: Sequence[str], console: Console) -> None:
    """The scenarios that none of the broken subjects fails."""
    noticing = {name for row in rows for name in row.noticed}
    toothless = [name for name in scenarios if name not in noticing]
    if toothless:
        console.print(f"[yellow]no subject fails[/] {', '.join(toothless)}", soft_wrap=True)


def kills_json(reference: Row, rows: Sequence[Row], scenarios: Sequence[str]) -> dict[str, Any]:
    """The whole matrix."""
    return {
        "scenarios": list(scenarios),
        "reference": _row_json(reference),
        "subjects": [_row_json(row) for row in rows],
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {"subject": row.subject, "noticed": {name: sorted(broken) for name, broken in row.noticed.items()}}

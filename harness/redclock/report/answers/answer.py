"""Any answer, shown by its own kind: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from redclock.planner.grid import Grid
from redclock.report.answers.grid import grid_json, render_grid

Answer = Grid


def render_answer(answer: Answer, console: Console) -> None:
    render_grid(answer, console)


def answers_json(answers: Iterable[Answer]) -> dict[str, Any]:
    """Each under the name of the option that asks for it."""
    return dict(_named(each) for each in answers)


def _named(answer: Answer) -> tuple[str, dict[str, Any]]:
    return "across", grid_json(answer)

"""Any answer, shown by its own kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from rich.console import Console

from redclock.planner.grid import Grid
from redclock.planner.search import Search
from redclock.report.answers.grid import grid_json, render_grid
from redclock.report.answers.search import render_search, search_json

Answer = Grid | Search


def render_answer(answer: Answer, console: Console) -> None:
    match answer:
        case Grid():
            render_grid(answer, console)
        case Search():
            render_search(answer, console)
        case never:
            assert_never(never)


def answers_json(answers: Iterable[Answer]) -> dict[str, Any]:
    """Each under the name of the option that asks for it."""
    return dict(_named(each) for each in answers)


def _named(answer: Answer) -> tuple[str, dict[str, Any]]:
    match answer:
        case Grid():
            return "across", grid_json(answer)
        case Search():
            return "find", search_json(answer)
        case never:
            assert_never(never)

"""Any answer, shown by its own kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from rich.console import Console

from redclock.planner.questions.cost import CostCurve
from redclock.planner.questions.grid import Grid
from redclock.planner.questions.search import Search
from redclock.planner.questions.sobol import Sobol
from redclock.planner.questions.tornado import Tornado
from redclock.report.answers.cost import cost_json, render_cost
from redclock.report.answers.grid import grid_json, render_grid
from redclock.report.answers.search import render_search, search_json
from redclock.report.answers.sensitivity import render_tornado, tornado_json
from redclock.report.answers.sobol import render_sobol, sobol_json

Answer = Grid | Search | Tornado | Sobol | CostCurve


def render_answer(answer: Answer, console: Console) -> None:
    match answer:
        case Grid():
            render_grid(answer, console)
        case Search():
            render_search(answer, console)
        case Tornado():
            render_tornado(answer, console)
        case Sobol():
            render_sobol(answer, console)
        case CostCurve():
            render_cost(answer, console)
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
        case Tornado():
            return "sensitivity", tornado_json(answer)
        case Sobol():
            return "sobol", sobol_json(answer)
        case CostCurve():
            return "costs", cost_json(answer)
        case never:
            assert_never(never)

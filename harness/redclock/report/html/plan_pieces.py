"""The parts of a plan's page that answer the questions beside it: one for each answer, with a template of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from redclock.planner.questions.cost import CostCurve
from redclock.planner.questions.grid import Grid
from redclock.planner.questions.search import Search
from redclock.planner.questions.sobol import Sobol
from redclock.planner.questions.tornado import Tornado
from redclock.report.answers.answer import Answer
from redclock.report.html.cost_piece import cost_values
from redclock.report.html.grid_piece import grid_values
from redclock.report.html.search_piece import search_values
from redclock.report.html.sobol_piece import sobol_values
from redclock.report.html.tornado_piece import tornado_values


@dataclass(frozen=True, slots=True)
class Piece:
    """One part.

    Attributes:
        name: of its place in the page, of its chart and of its template; words and hyphens.
        link: what leads to it.
        title: stands above it.
        values: what its template shows.
    """

    name: str
    link: str
    title: str
    values: Mapping[str, Any]


def piece(answer: Answer) -> Piece:
    match answer:
        case Grid():
            return Piece("grid", "Two factors", "Miss rate over two factors", grid_values("grid", answer))
        case Search():
            return Piece(
                "search", "Smallest setting", "The smallest setting that will do", search_values("search", answer)
            )
        case Tornado():
            return Piece("sensitivity", "Sensitivity", "What nobody is sure of", tornado_values("sensitivity", answer))
        case Sobol():
            return Piece("sobol", "Together", "What is uncertain together", sobol_values("sobol", answer))
        case CostCurve():
            return Piece("costs", "Costs", "What it costs", cost_values("costs", answer))
        case never:
            assert_never(never)

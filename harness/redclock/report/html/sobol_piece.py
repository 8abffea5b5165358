"""Sobol indices on a page: two rows a setting, and the same as a table. Every number is the planner's."""

from __future__ import annotations

from typing import Any

from redclock.planner.questions.sobol import Index, Sobol
from redclock.report.answers.setting import value_said
from redclock.report.answers.sobol import index, index_between, meaning, sentence, title
from redclock.report.charts.chart import Chart
from redclock.report.html.interval_rows import Line, interval_rows
from redclock.report.plan_words import given


def sobol_values(name: str, found: Sobol) -> dict[str, Any]:
    """What `plan_pieces/sobol.html` shows."""
    return {
        "chart": sobol_chart(name, found),
        "sentence": sentence(found),
        "meaning": meaning(found),
        "rows": [
            (
                it.name,
                f"{value_said(it.name, it.low)} to {value_said(it.name, it.high)}",
                *(text for each in (it.first, it.total) for text in (index(each), index_between(each))),
            )
            for it in found.indices
        ],
    }


def sobol_chart(name: str, found: Sobol) -> Chart:
    """The indices with their intervals: alone in blue, with the others in amber."""
    says = (
        f"Shares of the variance of the miss rate; a bar is where one lies, {given(found.confidence)} sure. Blue is "
        "what a setting brings alone, amber what it brings alone and with the others."
    )
    lines = [line for it in found.indices for line in _lines(it, found)]
    return interval_rows(name, title(found), says, lines)


def _lines(it: Index, found: Sobol) -> list[Line]:
    kinds = ((it.name, it.first, "alone", "blue"), ("with others", it.total, "with others", "amber"))
    return [
        Line(
            name,
            estimate,
            f"{index(estimate)} ({index_between(estimate)})",
            f"{it.name} {how}: {index(estimate)}\n{given(found.confidence)} sure: {index_between(estimate)}",
            hue,
        )
        for name, estimate, how, hue in kinds
    ]

"""A search on a page: a row for each value that was tried. Every number is the planner's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from redclock.planner.estimate import Estimate
from redclock.planner.questions.search import Search, Tried
from redclock.report.answers.search import called, sentence, title
from redclock.report.charts.chart import Chart
from redclock.report.html.interval_rows import Line, interval_rows
from redclock.report.plan_words import between, given, percent, within


def search_values(name: str, search: Search) -> dict[str, Any]:
    """What `plan_pieces/search.html` shows."""
    return {
        "chart": search_chart(name, search),
        "sentence": sentence(search),
        "called": called(search),
        "found": search.found,
        "rows": [
            (it.value, percent(it.row.rate.mean), between(it.row.rate), within(it.row.rate, search.target))
            for it in search.tried
        ],
    }


def search_chart(name: str, search: Search) -> Chart:
    """Rates and their intervals, from the smallest value tried to the largest, with the target as a line."""
    lines = [_line(search, it) for it in sorted(search.tried, key=lambda it: it.value)]
    says = (
        f"A bar is where the rate lies, {given(search.confidence)} sure; the dashed red line is the target. The search "
        "went from the largest value down, as far as values met it."
    )
    mark = (100 * search.target, f"target {given(search.target)}")
    return interval_rows(name, title(search), says, lines, unit=" %", mark=mark)


def _line(search: Search, it: Tried) -> Line:
    rate = it.row.rate
    chosen = ": the smallest" if it.value == search.found else ""
    tip = [
        f"{called(search)} {it.value}{chosen}",
        f"missed {percent(rate.mean)}: {it.row.misses:,} of {it.row.orders:,} orders",
        f"{given(search.confidence)} sure: {between(rate)}",
        f"within {given(search.target)}: {within(rate, search.target)}",
        *([rate.note] if rate.note else []),
    ]
    drawn = _hundredfold(rate)
    said = f"{percent(rate.mean)} ({between(rate)})"
    return Line(f"{it.value}{chosen}", drawn, said, "\n".join(tip), "teal" if it.meets else "red")


def _hundredfold(rate: Estimate) -> Estimate:
    """In percent, as the axis has it."""
    low, high = (None if it is None else 100 * it for it in (rate.low, rate.high))
    return replace(rate, mean=100 * rate.mean, low=low, high=high)

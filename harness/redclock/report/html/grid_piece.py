"""A grid of miss rates on a page: a heat map, and the same as a table. Every number is the planner's."""

from __future__ import annotations

from math import sqrt
from typing import Any

from redclock.planner.questions.grid import Factor, Grid
from redclock.planner.sweep import Row
from redclock.report.answers.grid import MARKED, bound, factor_name, meaning, sentence, title
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT
from redclock.report.charts.svg import fitted, hit, label, tag, text_width
from redclock.report.plan_words import between, given, percent, within

WIDTH = 1000
_MOST_LEFT, _ROW, _GAP = 210, 46, 2
_FAINTEST, _STRONGEST = 0.08, 0.5
_HUES = {"yes": "teal", "no": "red"}


def grid_values(name: str, grid: Grid) -> dict[str, Any]:
    """What `plan_pieces/grid.html` shows."""
    return {
        "chart": heat_map(name, grid),
        "sentence": sentence(grid),
        "meaning": meaning(grid),
        "down": factor_name(grid.down),
        "across": factor_name(grid.across),
        "columns": grid.across.values,
        "rows": [
            (value, [(percent(it.rate.mean), between(it.rate), within(it.rate, grid.target)) for it in cells])
            for value, cells in zip(grid.down.values, grid.cells, strict=True)
        ],
        "warnings": grid.warnings,
    }


def heat_map(name: str, grid: Grid) -> Chart:
    """A cell for each pair of values: its rate, its bound, and a mark if that meets the target."""
    top = TITLE_HEIGHT + 28.0
    left = min(_MOST_LEFT, max(text_width(it, TEXT) for it in (factor_name(grid.down), *grid.down.values)) + 20)
    pitch = (WIDTH - left) / len(grid.across.values)
    worst = max(cell.rate.mean for cells in grid.cells for cell in cells)
    body = [label(_shortened(factor_name(grid.across), WIDTH - left), left, TITLE_HEIGHT + 4, "quiet")]
    for column, value in enumerate(grid.across.values):
        middle = left + (column + 0.5) * pitch
        body.append(label(_shortened(value, pitch - 4), middle, top - 6, text_anchor="middle"))
    for line, (value, cells) in enumerate(zip(grid.down.values, grid.cells, strict=True)):
        at = top + line * _ROW
        body.append(label(_shortened(value, left - 20), left - 12, at + _ROW / 2 + 3, text_anchor="end"))
        for column, cell in enumerate(cells):
            tip = _tip(grid, value, grid.across.values[column], cell)
            body.append(hit(tip, _cell(grid, cell, left + column * pitch, at, pitch - _GAP, worst)))
    bottom = top + len(grid.down.values) * _ROW
    body.append(label(_shortened(factor_name(grid.down), left - 20), 0, TITLE_HEIGHT + 4, "quiet"))
    says = (
        f"{meaning(grid)} Green cells stay within it, red ones don't, amber ones are not sure; "
        "the stronger the colour, the more is missed."
    )
    return Chart(name, title(grid), says, WIDTH, bottom + 4, "".join(body))


def _cell(grid: Grid, cell: Row, left: float, top: float, width: float, worst: float) -> str:
    """As much as fits: mark, rate and bound, or the rate, or the mark, or colour alone."""
    strength = _FAINTEST + (_STRONGEST - _FAINTEST) * sqrt(cell.rate.mean / worst if worst else 0.0)
    hue = _HUES.get(within(cell.rate, grid.target), "amber")
    box = tag(
        "rect", x=left, y=top, width=width, height=_ROW - _GAP, class_=f"fill-{hue}", fill_opacity=f"{strength:.2f}"
    )
    middle, mark = left + width / 2, f"{MARKED} " if grid.meets(cell) else ""
    rate, limit = f"{mark}{percent(cell.rate.mean)}", bound(cell)
    if text_width(limit, TEXT) <= width and text_width(rate, TEXT) <= width:
        upper = label(rate, middle, top + 19, "strong", text_anchor="middle")
        return box + upper + label(limit, middle, top + 35, text_anchor="middle")
    short = next((it for it in (rate, mark.strip()) if text_width(it, TEXT) <= width), "")
    return box + (label(short, middle, top + 27, "strong", text_anchor="middle") if short else "")


def _tip(grid: Grid, down: str, across: str, cell: Row) -> str:
    return "\n".join(
        [
            f"{_told(grid.down, down)}, {_told(grid.across, across)}",
            f"missed {percent(cell.rate.mean)}: {cell.misses:,} of {cell.orders:,} orders",
            f"{given(grid.confidence)} sure: {between(cell.rate)}",
            f"within {given(grid.target)}: {within(cell.rate, grid.target)}",
            *([cell.rate.note] if cell.rate.note else []),
        ]
    )


def _told(factor: Factor, value: str) -> str:
    return f"{factor_name(factor)} {value}"


def _shortened(text: str, width: float) -> str:
    return fitted(text, max(width, TEXT), TEXT)

"""Why orders are missed, on the page of a plan: shares of the misses, a column a preparation time, and a table."""

from __future__ import annotations

from dataclasses import dataclass

from redclock.planner.causes import Cause
from redclock.planner.sweep import Plan, Row
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT
from redclock.report.charts.svg import fitted, hit, label, tag
from redclock.report.plan_words import count, percent

WIDTH = 1000
COLUMNS = 7
"""As many preparation times have room beside each other; of more, some are shown, and all are in the table."""
_LEFT, _HEAD, _ROW, _GAP = 350, 44, 34, 12


@dataclass(frozen=True, slots=True)
class CauseLine:
    """A cause in the table: misses and their share, of each preparation time."""

    cause: Cause
    cells: tuple[tuple[int, str], ...]


def chosen(plan: Plan, most: int = COLUMNS) -> tuple[Row, ...]:
    """At most so many preparation times, from the first to the last, the one that is advised or nearest among them."""
    rows = plan.rows
    if len(rows) <= most:
        return rows
    best = rows.index(plan.recommended or plan.nearest)
    places = {round(n * (len(rows) - 1) / (most - 2)) for n in range(most - 1)}
    return tuple(rows[place] for place in sorted(places | {best}))


def found_causes(plan: Plan) -> list[Cause]:
    """Every cause that there is, the most misses of all preparation times first."""
    sums: dict[Cause, int] = {}
    for row in plan.rows:
        for cause, misses in row.by_cause.items():
            sums[cause] = sums.get(cause, 0) + misses
    return sorted(sums, key=lambda cause: -sums[cause])


def cause_lines(plan: Plan) -> list[CauseLine]:
    return [
        CauseLine(cause, tuple((row.by_cause.get(cause, 0), _share(row, cause)) for row in plan.rows))
        for cause in found_causes(plan)
    ]


def causes_chart(name: str, plan: Plan) -> Chart | None:
    """The chart, if anything is missed."""
    causes, rows = found_causes(plan), chosen(plan)
    if not causes:
        return None
    pitch = (WIDTH - _LEFT) / len(rows)
    top = TITLE_HEIGHT + _HEAD
    body = []
    for number, row in enumerate(rows):
        left, style = _LEFT + number * pitch, "strong" if row is plan.recommended else ""
        body.append(label(count(row.preparation_days, "day"), left, TITLE_HEIGHT + 14, style))
        body.append(label(f"{percent(row.rate.mean)}", left, TITLE_HEIGHT + 31, "quiet"))
    for line, cause in enumerate(causes):
        at = top + line * _ROW
        body.append(tag("line", x1=0, x2=WIDTH, y1=at, y2=at, class_="grid"))
        body.append(label(fitted(cause, _LEFT - _GAP, TEXT), 0, at + 20))
        body += [_cell(row, cause, _LEFT + n * pitch, at, pitch) for n, row in enumerate(rows)]
    body.append(label("missed, of all orders", _LEFT - _GAP, TITLE_HEIGHT + 31, "quiet", text_anchor="end"))
    says = (
        "A bar is the share of the misses that have a cause; those of a column add up to 100 %. A miss by the packing "
        "queue or the cut-off would have been in time without it; one by a step of its way would have stood there "
        "even so."
    )
    return Chart(name, "Misses by cause", says, WIDTH, top + len(causes) * _ROW, "".join(body))


def _cell(row: Row, cause: Cause, left: float, top: float, pitch: float) -> str:
    misses, room = row.by_cause.get(cause, 0), pitch - _GAP
    days = count(row.preparation_days, "working day")
    if not row.misses:
        return hit(f"{days}: no order was missed", _ground(left, top, pitch), label("none", left, top + 16, "quiet"))
    share = misses / row.misses
    tip = (
        f"{days}: {cause}\n{percent(share)} of the misses: {misses:,} of {row.misses:,}\n"
        f"{percent(misses / row.orders)} of all orders"
    )
    bar = tag("rect", x=left, y=top + 22, width=max(share * room, 0.8), height=7, class_="fill-blue") if misses else ""
    return hit(
        tip,
        tag("rect", x=left, y=top + 22, width=room, height=7, class_="tint-soft"),
        bar,
        label(percent(share), left, top + 16, "" if misses else "quiet"),
        _ground(left, top, pitch),
    )


def _ground(left: float, top: float, pitch: float) -> str:
    return tag("rect", x=left - _GAP / 2, y=top, width=pitch, height=_ROW, class_="nothing")


def _share(row: Row, cause: Cause) -> str:
    return percent(row.by_cause.get(cause, 0) / row.misses) if row.misses else "none"

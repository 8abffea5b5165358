"""What the usual three would buy, on the page of a plan: a row a preparation time under each of them."""

from __future__ import annotations

from collections.abc import Sequence

from redclock.planner.questions.what_if import WhatIf
from redclock.planner.sweep import Plan
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import x_axis, x_grid
from redclock.report.charts.svg import label, tag
from redclock.report.html.plan_causes import chosen
from redclock.report.html.plan_charts import ROW, WIDTH, saving_row, savings_scale, sure
from redclock.report.plan_words import count, given, otherwise, otherwise_between, percent

_HEAD = 26


def what_if_lines(plan: Plan, three: Sequence[WhatIf]) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Of each preparation time what is missed, and how much more or fewer with each of the three, with bounds."""
    return [
        (row.preparation_days, percent(row.rate.mean), [(otherwise(it), otherwise_between(it)) for it in saved])
        for row, *saved in zip(plan.rows, *(each.saved for each in three), strict=True)
    ]


def what_if_chart(name: str, plan: Plan, three: Sequence[WhatIf]) -> Chart:
    """The chart; all rows have one axis."""
    places = [plan.rows.index(row) for row in chosen(plan)]
    shown = [(it, [(plan.rows[place], it.plan.rows[place], it.saved[place]) for place in places]) for it in three]
    x = savings_scale([saved for _, rows in shown for _, _, saved in rows])
    top = TITLE_HEIGHT + 4.0
    bottom = top + len(three) * (_HEAD + len(places) * ROW)
    body = [x_axis(x, bottom - len(places) * ROW, bottom, unit=" %")]
    at = top
    for it, rows in shown:
        body.append(label(f"With {it.text}", 0, at + 18, "strong halo"))
        at += _HEAD
        # Not through the headings, which may be longer than the names of the rows.
        end = at + len(rows) * ROW
        body += [x_grid(x, at, end)] if end < bottom else []
        body.append(tag("line", x1=x(0), x2=x(0), y1=at, y2=end, class_="ink"))
        for before, after, saved in rows:
            tip = [
                f"with {it.text}: {count(after.preparation_days, 'working day')}",
                f"missed {percent(after.rate.mean)} instead of {percent(before.rate.mean)}",
                f"that is {otherwise(saved)}",
                f"{given(plan.confidence)} sure: {otherwise_between(saved)}",
                *([saved.note] if saved.note else []),
            ]
            name_of_row = count(before.preparation_days, "working day")
            words = (otherwise(saved), otherwise_between(saved))
            body.append(saving_row(name_of_row, "\n".join(tip), saved, words, x, at + ROW / 2))
            at += ROW
    says = (
        f"{sure('A bar is where the saving lies', plan)}It is a share of all orders, left of 0 if more are missed, "
        "taken run by run in the same luck."
    )
    return Chart(name, "Saved, of all orders", says, WIDTH, bottom + 24, "".join(body))

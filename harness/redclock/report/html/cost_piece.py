"""A cost curve on a page: a column for each preparation time, and a table. Every number is the planner's."""

from __future__ import annotations

from typing import Any

from redclock.planner.questions.cost import Cost, CostCurve
from redclock.report.answers.cost import (
    check,
    fine,
    meaning,
    money,
    money_between,
    saving,
    sentence,
    title,
)
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT, y_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import hit, label, tag, text_width
from redclock.report.plan_words import count, given

WIDTH = 1000
_LEFT, _RIGHT, _TALL = 76, WIDTH - 24, 260
_WIDEST = 90.0
_CUT = " \N{UPWARDS ARROW}"
_SEEN = 4
"""Columns beyond so many times the cheapest are cut, or the differences that matter would be too small to see."""


def cost_values(name: str, curve: CostCurve) -> dict[str, Any]:
    """What `plan_pieces/costs.html` shows."""
    steps = [(saving(it), fine(it.needed), "yes" if it.pays else "no") for it in curve.steps]
    return {
        "chart": cost_chart(name, curve),
        "sentence": sentence(curve),
        "meaning": meaning(curve),
        "check": check(curve),
        "cheapest": curve.cheapest.preparation_days,
        "rows": [
            (
                it.preparation_days,
                money(it.whole.mean),
                money_between(it.whole),
                money(it.missed),
                money(it.lost),
                *step,
            )
            for it, step in zip(curve.costs, [*steps, ("", "", "")], strict=True)
        ],
    }


def cost_chart(name: str, curve: CostCurve) -> Chart:
    """Columns of what is lost, and on it what is missed, with the interval of both."""
    ceiling = _SEEN * curve.cheapest.whole.mean
    most = min(ceiling, max(it.whole.high or it.whole.mean for it in curve.costs)) / 100
    top = TITLE_HEIGHT + 22.0
    y = Scale(*round_ends(0, most), top + _TALL, top)
    pitch = (_RIGHT - _LEFT) / len(curve.costs)
    body = [y_axis(y, _LEFT, _RIGHT, most=5)]
    body += [_column(curve, it, _LEFT + n * pitch, pitch, y) for n, it in enumerate(curve.costs)]
    body.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=y.start, y2=y.start, class_="soft"))
    body.append(label("working days to prepare", _RIGHT, y.start + 36, "quiet", text_anchor="end"))
    says = (
        "A column is the cost: amber of orders that don't come, red of those that are missed. The thin line is where "
        f"it lies, {given(curve.confidence)} sure; an arrow means that a column is cut. The tinted one is the cheapest."
    )
    return Chart(name, title(curve), says, WIDTH, y.start + 46, "".join(body))


def _column(curve: CostCurve, it: Cost, left: float, pitch: float, y: Scale) -> str:
    best = it is curve.cheapest
    width, middle = min(0.6 * pitch, _WIDEST), left + pitch / 2
    drawn = tag("rect", x=left, y=y.end, width=pitch, height=y.start - y.end, class_="tint-teal") if best else ""
    for low, high, hue in ((0.0, it.lost, "amber"), (it.lost, it.whole.mean, "red")):
        upper, lower = y.held(high / 100), y.held(low / 100)
        box = {"x": middle - width / 2, "y": upper, "width": width, "height": lower - upper}
        drawn += tag("rect", **box, class_=f"tint-{hue} {hue}")
    cut = it.whole.mean / 100 > y.high
    if it.whole.low is not None and it.whole.high is not None and not cut:
        drawn += tag(
            "line", x1=middle, x2=middle, y1=y(it.whole.low / 100), y2=y.held(it.whole.high / 100), class_="ink thick"
        )
    said = f"{money(it.whole.mean)}{_CUT if cut else ''}"
    if text_width(said, TEXT) < pitch:
        at = y.held((it.whole.high or it.whole.mean) / 100) - 6
        drawn += label(said, middle, at, "strong halo" if best else "halo", text_anchor="middle")
    if text_width("00", TEXT) < pitch or best:
        drawn += label(str(it.preparation_days), middle, y.start + 17, "strong" if best else "", text_anchor="middle")
    tip = [
        f"{count(it.preparation_days, 'working day')}{': the cheapest' if best else ''}",
        f"{money(it.whole.mean)} {curve.currency} for 1,000 orders",
        f"{given(curve.confidence)} sure: {money_between(it.whole)}",
        f"{money(it.missed)} for missed orders, {money(it.lost)} for lost ones",
    ]
    area = tag("rect", x=left, y=TITLE_HEIGHT, width=pitch, height=y.start - TITLE_HEIGHT, class_="nothing")
    return hit("\n".join(tip), drawn, area)

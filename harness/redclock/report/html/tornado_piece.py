"""A tornado on a page: bars from the rate as it is, and the same as a table. Every number is the planner's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from redclock.planner.questions.tornado import Bar, Change, Tornado
from redclock.report.answers.sensitivity import left, meaning, sentence, title
from redclock.report.answers.setting import change_between, change_said, value_said
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT, x_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import fitted, hit, label, tag, text_width
from redclock.report.plan_words import given, percent

WIDTH = 1000
DRAWN = 12
"""Bars drawn; a table has the others."""
_MOST_LEFT, _RIGHT, _ROW = 360, WIDTH - 130, 34
_HUES = ("blue", "amber")
"""Of a setting's first value, which of numbers is the lower one, and of its others."""


def tornado_values(name: str, found: Tornado) -> dict[str, Any]:
    """What `plan_pieces/sensitivity.html` shows."""
    return {
        "chart": tornado_chart(name, found) if found.bars else None,
        "sentence": sentence(found),
        "meaning": meaning(found),
        "left": left(found),
        "still": found.still,
        "unmoved": found.unmoved,
        "drawn": [line for bar in found.bars[:DRAWN] for line in _lines(bar)],
        "smaller": [line for bar in found.bars[DRAWN:] for line in _lines(bar)],
    }


def tornado_chart(name: str, found: Tornado) -> Chart:
    """The settings with the greatest swings, from the greatest down."""
    bars = found.bars[:DRAWN]
    ends = [100 * end for bar in bars for it in bar.changes for end in _ends(it)]
    left_end = min(_MOST_LEFT, max(text_width(_named(it), TEXT) for it in bars) + 20)
    x = Scale(*round_ends(min(0.0, *ends), max(0.0, *ends), 8), left_end, _RIGHT)
    top = TITLE_HEIGHT + 4.0
    bottom = top + len(bars) * _ROW
    body = [x_axis(x, top, bottom, unit=" %")]
    body += [_bar(found, bar, x, top + n * _ROW) for n, bar in enumerate(bars)]
    body.append(tag("line", x1=x(0), x2=x(0), y1=top, y2=bottom, class_="ink"))
    body.append(label("swing", WIDTH, top - 6, "quiet", text_anchor="end"))
    says = (
        f"Zero is {percent(found.rate.mean)} missed, as it is. A bar is how many more of all orders are missed, or how "
        f"many fewer, the thin line where that lies, {given(found.confidence)} sure. Blue is a setting moved down, "
        "amber one moved up or to another word."
    )
    return Chart(name, title(found), says, WIDTH, bottom + 24, "".join(body))


def _lines(bar: Bar) -> Iterator[tuple[str, ...]]:
    """A row of the table for each other value."""
    for it in bar.changes:
        change = change_said(it.change.mean), change_between(it.change)
        yield bar.name, value_said(bar.name, bar.value), value_said(bar.name, it.value), *change, bar.mark


def _bar(found: Tornado, bar: Bar, x: Scale, top: float) -> str:
    height = (_ROW - 8) / len(bar.changes)
    marks = [_change(bar, n, it, x, top + 4 + n * height, height) for n, it in enumerate(bar.changes)]
    tip = [
        f"{bar.name}: {value_said(bar.name, bar.value)}",
        *(
            f"{value_said(bar.name, it.value)}: {change_said(it.change.mean)} ({given(found.confidence)} sure: "
            f"{change_between(it.change)})"
            for it in bar.changes
        ),
        f"{bar.meaning} [{bar.mark}]",
    ]
    return hit(
        "\n".join(tip),
        label(fitted(_named(bar), x.start - 12, TEXT), x.start - 12, top + _ROW / 2 + 4, text_anchor="end"),
        *marks,
        label(percent(bar.swing), WIDTH, top + _ROW / 2 + 4, "strong", text_anchor="end"),
        tag("rect", x=0, y=top, width=WIDTH, height=_ROW, class_="nothing"),
    )


def _change(bar: Bar, n: int, it: Change, x: Scale, top: float, height: float) -> str:
    hue = _HUES[0] if n == 0 and len(bar.changes) > 1 else _HUES[1]
    at, middle = x(100 * it.change.mean), top + height / 2
    box = {"x": min(x(0), at), "y": top, "width": max(abs(at - x(0)), 1.5), "height": height - 1}
    drawn = tag("rect", **box, class_=f"tint-{hue} {hue}")
    if it.change.low is None or it.change.high is None:
        return drawn
    return drawn + tag(
        "line", x1=x(100 * it.change.low), x2=x(100 * it.change.high), y1=middle, y2=middle, class_="ink"
    )


def _named(bar: Bar) -> str:
    return f"{bar.name} ({value_said(bar.name, bar.value)})"


def _ends(it: Change) -> tuple[float, ...]:
    return tuple(end for end in (it.change.low, it.change.mean, it.change.high) if end is not None)

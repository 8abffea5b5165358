"""A chart of estimates, a row each: a point, its interval as a bar, and both in words. Knows not what they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redclock.planner.estimate import Estimate
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT, x_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import fitted, hit, label, tag, text_width

WIDTH = 1000
_MOST_LEFT, _RIGHT, _ROW = 330, WIDTH - 220, 30


@dataclass(frozen=True, slots=True)
class Line:
    """One row.

    Attributes:
        name: to its left.
        estimate: as it is drawn, on the chart's axis.
        said: the estimate, to its right.
        tip: what pointing at it says.
        hue: of its marks.
    """

    name: str
    estimate: Estimate
    said: str
    tip: str
    hue: str = "blue"


def interval_rows(
    name: str, title: str, says: str, lines: Sequence[Line], *, unit: str = "", mark: tuple[float, str] | None = None
) -> Chart:
    """The chart.

    Args:
        unit: of the axis.
        mark: a value to draw a dashed line at, and its name.
    """
    ends = [
        it for line in lines for it in (line.estimate.low, line.estimate.high, line.estimate.mean) if it is not None
    ]
    ends += [0.0, *([mark[0]] if mark else [])]
    left = min(_MOST_LEFT, max(text_width(it.name, TEXT) for it in lines) + 20)
    x = Scale(*round_ends(min(ends), max(ends), 8), left, _RIGHT)
    top = TITLE_HEIGHT + (20.0 if mark else 4.0)
    bottom = top + len(lines) * _ROW
    body = [x_axis(x, top, bottom, unit=unit), tag("line", x1=x(0), x2=x(0), y1=top, y2=bottom, class_="ink")]
    body += [_line(it, x, top + (n + 0.5) * _ROW) for n, it in enumerate(lines)]
    if mark:
        at = x(mark[0])
        anchor = "start" if at < (left + _RIGHT) / 2 else "end"
        body.append(tag("line", x1=at, x2=at, y1=top - 4, y2=bottom, class_="red dashed thick"))
        body.append(label(mark[1], at, top - 9, "alarm halo", text_anchor=anchor))
    return Chart(name, title, says, WIDTH, bottom + 24, "".join(body))


def _line(it: Line, x: Scale, middle: float) -> str:
    bar = ""
    if it.estimate.low is not None and it.estimate.high is not None:
        left, right = x(it.estimate.low), x(it.estimate.high)
        box = {"x": left, "y": middle - 5, "width": max(right - left, 1.5), "height": 10.0}
        bar = tag("rect", **box, class_=f"tint-{it.hue} {it.hue}")
    return hit(
        it.tip,
        label(fitted(it.name, x.start - 12, TEXT), x.start - 12, middle + 4, text_anchor="end"),
        tag("line", x1=x.start, x2=x.end, y1=middle, y2=middle, class_="grid"),
        bar,
        tag("circle", cx=x(it.estimate.mean), cy=middle, r=3.5, class_=f"fill-{it.hue}"),
        label(fitted(it.said, WIDTH - _RIGHT - 20, TEXT), _RIGHT + 20, middle + 4),
        tag("rect", x=0, y=middle - _ROW / 2, width=WIDTH, height=_ROW, class_="nothing"),
    )

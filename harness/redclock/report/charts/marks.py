"""What charts are drawn with: axes, lines, steps, bands, bars. Places come from scales; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from redclock.report.charts.scale import Scale, said, ticks
from redclock.report.charts.svg import label, path, tag
from redclock.report.charts.time_axis import TimeAxis

TEXT = 12
_TICK_ROOM = 72
"""Between two moments on an axis, so that `Mon 30 Mar` keeps clear of the next one."""

Points = Sequence[tuple[float, float]]
"""Values, (x, y)."""


def y_axis(y: Scale, left: float, right: float, *, most: int = 4, whole: bool = False, unit: str = "") -> str:
    """Lines across at round values, and the values to their left."""
    found = []
    for value in ticks(y.low, y.high, most, whole=whole):
        at = y(value)
        found.append(tag("line", x1=left, x2=right, y1=at, y2=at, class_="grid"))
        found.append(label(f"{said(value)}{unit}", left - 8, at + 4, "quiet", text_anchor="end"))
    return "".join(found)


def x_axis(x: Scale, top: float, bottom: float, *, most: int = 8, whole: bool = False, unit: str = "") -> str:
    """Values under a chart, a short line above each."""
    found = [
        tag("line", x1=x.start, x2=x.end, y1=bottom, y2=bottom, class_="soft"),
        x_grid(x, top, bottom, most=most, whole=whole),
    ]
    found += [
        label(f"{said(value)}{unit}", x(value), bottom + 16, "quiet", text_anchor="middle")
        for value in ticks(x.low, x.high, most, whole=whole)
    ]
    return "".join(found)


def x_grid(x: Scale, top: float, bottom: float, *, most: int = 8, whole: bool = False) -> str:
    """The lines over those values alone, for a part of a chart that has its values further down."""
    places = [x(value) for value in ticks(x.low, x.high, most, whole=whole)]
    return "".join(tag("line", x1=at, x2=at, y1=top, y2=bottom, class_="grid") for at in places)


def time_axis(axis: TimeAxis, x: Scale, top: float, bottom: float) -> str:
    """Round moments under a chart, and a line up through it from each midnight. The zone is named at its end."""
    found = [tag("line", x1=x.start, x2=x.end, y1=bottom, y2=bottom, class_="soft")]
    for tick in axis.ticks(int((x.end - x.start) / _TICK_ROOM)):
        at = x(tick.at)
        found.append(tag("line", x1=at, x2=at, y1=top if tick.day else bottom, y2=bottom + 4, class_="grid"))
        style = "" if tick.day else "quiet"
        found.append(label(tick.words, at, bottom + 18, style, text_anchor="middle"))
    found.append(label(f"market time, {axis.zone}", x.end, bottom + 36, "quiet", text_anchor="end"))
    return "".join(found)


def line(points: Points, x: Scale, y: Scale, hue: str) -> str:
    """Straight from point to point."""
    return tag("path", d=path((x(a), y(b)) for a, b in points), class_=f"{hue} thick")


def steps(points: Points, until: float, x: Scale, y: Scale, hue: str) -> str:
    """Each value holds until the next one; the last one until `until`."""
    return tag("path", d=path(_stairs(points, until, x, y)), class_=f"{hue} thick")


def band(points: Sequence[tuple[float, float, float]], x: Scale, y: Scale, hue: str) -> str:
    """Between a lower and an upper line; (x, low, high) each."""
    upper = [(x(at), y(high)) for at, _, high in points]
    lower = [(x(at), y(low)) for at, low, _ in reversed(points)]
    return tag("path", d=path([*upper, *lower], closed=True), class_=f"tint-{hue}")


def step_band(points: Sequence[tuple[float, float, float]], until: float, x: Scale, y: Scale, hue: str) -> str:
    """The same where each pair of values holds until the next one."""
    upper = _stairs([(at, high) for at, _, high in points], until, x, y)
    lower = _stairs([(at, low) for at, low, _ in points], until, x, y)
    return tag("path", d=path([*upper, *reversed(lower)], closed=True), class_=f"tint-{hue}")


def bars(spans: Iterable[tuple[float, float, float]], x: Scale, y: Scale, hue: str) -> str:
    """A bar for each (from, until, value) above 0, as wide as its span, with a gap where there is room for one."""
    return "".join(_bar(x(start), x(end), y(0), y(value), hue) for start, end, value in spans if value)


def _bar(left: float, right: float, bottom: float, top: float, hue: str) -> str:
    gap = 1.0 if right - left > 4 else 0.0
    high = max(bottom - top, 0.8)
    return tag("rect", x=left, y=bottom - high, width=right - left - gap, height=high, class_=f"fill-{hue}")


def _stairs(points: Points, until: float, x: Scale, y: Scale) -> list[tuple[float, float]]:
    ends = [*(at for at, _ in points[1:]), until]
    return [
        place
        for (at, value), end in zip(points, ends, strict=True)
        for place in ((x(at), y(value)), (x(end), y(value)))
    ]

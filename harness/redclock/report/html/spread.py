"""Expectations and what each seed gave: dots, the mean's interval, and the bounds that were to be kept."""

from __future__ import annotations

from collections.abc import Sequence

from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT
from redclock.report.charts.scale import Scale, round_ends, said
from redclock.report.charts.svg import fitted, hit, label, tag
from redclock.report.html.summary import Expected
from redclock.scenario.expect import Expectation

WIDTH = 1000
_LEFT, _RIGHT = 420, WIDTH - 30
_ROW = 58
_ROOM = _LEFT - 30
_TALL = 22


def spread_chart(name: str, title: str, rows: Sequence[tuple[Expectation, Expected]], seeds: Sequence[int]) -> Chart:
    """A row for each expectation, on a scale of its own.

    Args:
        seeds: those that gave the values, in their order.
    """
    body = [_row(*row, seeds, TITLE_HEIGHT + number * _ROW) for number, row in enumerate(rows)]
    says = (
        "A dot for each seed, red where it breaks the bounds; the tinted part of a line keeps them. A bar is the "
        "interval of the mean."
    )
    return Chart(name, title, says, WIDTH, TITLE_HEIGHT + len(rows) * _ROW, "".join(body))


def _row(expectation: Expectation, row: Expected, seeds: Sequence[int], top: float) -> str:
    middle = top + 18
    style = "" if row.holds in (True, None) else "alarm"
    found = [label(fitted(row.name, _ROOM, TEXT), 0, middle, style)]
    found += [label(fitted(row.bounds, _ROOM, TEXT), 0, middle + 16, "quiet")]
    bounds = [it for it in (expectation.at_least, expectation.at_most) if it is not None]
    values = [it.value for it in row.measured if it.value is not None]
    reach = [0.0, *values, *bounds, *(row.interval or ())]
    x = Scale(*round_ends(min(reach), max(*reach, min(reach) + 1)), _LEFT, _RIGHT)
    low = x.start if expectation.at_least is None else x(expectation.at_least)
    high = x.end if expectation.at_most is None else x(expectation.at_most)
    if high > low:
        found.append(tag("rect", x=low, y=middle - _TALL / 2, width=high - low, height=_TALL, class_="tint-teal"))
    found.append(tag("line", x1=x.start, x2=x.end, y1=middle, y2=middle, class_="grid"))
    found += [label(said(x.low), x.start, middle + 26, "quiet", text_anchor="middle")]
    found += [label(said(x.high), x.end, middle + 26, "quiet", text_anchor="middle")]
    for bound in bounds:
        at = x(bound)
        found.append(tag("line", x1=at, x2=at, y1=middle - _TALL / 2, y2=middle + _TALL / 2, class_="teal thick"))
    if row.interval is not None:
        left, right = (x(it) for it in row.interval)
        bar = tag("rect", x=left, y=middle - 3, width=max(right - left, 2), height=6, class_="fill-soft")
        found.append(hit(f"{row.name}\nmean {row.mean_words}\n{row.interval_words}", bar))
    if not values:
        found.append(label("nothing to measure", x.start + 8, middle + 4, "alarm halo"))
    pitch = min(5.0, (_TALL - 6) / max(len(seeds) - 1, 1))
    for place, (seed, it) in enumerate(zip(seeds, row.measured, strict=True)):
        if it.value is not None:
            y = middle + (place - (len(seeds) - 1) / 2) * pitch
            hue = "ink" if it.holds or expectation.over_seeds else "red"
            dot = tag("circle", cx=x(it.value), cy=y, r=4, class_=f"fill-{hue}")
            found.append(hit(f"{row.name}\nseed {seed}: {said(it.value)}", dot))
    return "".join(found)

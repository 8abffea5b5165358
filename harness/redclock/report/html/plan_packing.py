"""How busy the packers are and how many parcels wait for them, day by day, on the page of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from redclock.planner.inside import Band, Inside
from redclock.planner.sweep import BUSY
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import band, line, time_axis, y_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import hit, label, tag
from redclock.report.charts.time_axis import TimeAxis
from redclock.report.plan_words import given, percent

WIDTH = 1000
_LEFT, _RIGHT = 76, WIDTH - 24
_TALL, _GAP = 130, 34


@dataclass(frozen=True, slots=True)
class PackingDay:
    """A working day of the packers, and the hour of it, to closing time, at which most parcels wait on average."""

    load: Band
    most: Band
    words: tuple[str, str, str, str, str, str]
    """Day, load, its band, most waiting, its band, when."""


def packing_days(inside: Inside) -> list[PackingDay]:
    """What the chart and its table say of each day; of equal hours the first."""
    axis = _axis(inside)
    found = []
    for load in inside.loads:
        hours = [it for it in inside.waiting if load.from_at <= it.from_at <= load.until_at] or [
            Band(load.from_at, load.from_at, 0.0, 0.0, 0.0)
        ]
        most = max(hours, key=lambda it: it.mean)
        day, at = axis.told(load.from_at).rpartition(",")[0], axis.told(most.from_at).rpartition(",")[2].strip()
        shares = percent(load.mean), f"{percent(load.low)} to {percent(load.high)}"
        parcels = f"{most.mean:.1f}", f"{most.low:.1f} to {most.high:.1f}"
        found.append(PackingDay(load, most, (day, *shares, *parcels, at)))
    return found


def packing_chart(name: str, inside: Inside) -> Chart:
    """Load above, queue below, on one axis of time."""
    axis, days = _axis(inside), packing_days(inside)
    x = Scale(axis.from_at, axis.until_at, _LEFT, _RIGHT)
    top = TITLE_HEIGHT + 22.0
    load = Scale(*round_ends(0, 100 * max([1.0, *(it.high for it in inside.loads)]), 4), top + _TALL, top)
    body = [label("work, of the time of the packers", 0, top - 10, "quiet"), y_axis(load, _LEFT, _RIGHT, unit=" %")]
    body += [_day(it.load, x, load) for it in days]
    busy = load(100 * BUSY)
    body.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=busy, y2=busy, class_="red dashed"))
    body.append(label(f"over {given(BUSY)} no queue settles", _RIGHT, top - 10, "alarm", text_anchor="end"))
    low = top + _TALL + _GAP
    most = max([1.0, *(it.high for it in inside.waiting)])
    queue = Scale(*round_ends(0, most, 4, whole=True), low + _TALL, low)
    points = [(float(it.from_at), it.low, it.high) for it in inside.waiting]
    body += [
        label("parcels that wait", 0, low - 10, "quiet"),
        y_axis(queue, _LEFT, _RIGHT, whole=True),
        band(points, x, queue, "blue"),
        line([(float(it.from_at), it.mean) for it in inside.waiting], x, queue, "blue"),
        time_axis(axis, x, top, queue.start),
    ]
    body += [_column(it, x, top, queue.start) for it in days]
    says = (
        "Lines are means over the runs; tinted is where nine of ten runs lie. Parcels wait that lie on the packing "
        f"table and that nobody has begun. Times are those of {axis.zone}."
    )
    return Chart(name, "Load and queue of the packers", says, WIDTH, queue.start + 46, "".join(body))


def _axis(inside: Inside) -> TimeAxis:
    return TimeAxis(inside.waiting[0].from_at, inside.waiting[-1].until_at, inside.zone)


def _day(it: Band, x: Scale, y: Scale) -> str:
    left, right = x.held(it.from_at), x.held(it.until_at)
    upper, lower, middle = y(100 * it.high), y(100 * it.low), y(100 * it.mean)
    box = tag("rect", x=left, y=upper, width=right - left, height=max(lower - upper, 1.0), class_="tint-blue")
    return box + tag("line", x1=left, x2=right, y1=middle, y2=middle, class_="blue thick")


def _column(it: PackingDay, x: Scale, top: float, bottom: float) -> str:
    day, load, loads, most, mosts, at = it.words
    tip = (
        f"{day}\nwork for {load} of the time of the packers\nnine of ten runs: {loads}\n"
        f"most parcels wait at {at}: {most}\nnine of ten runs: {mosts}"
    )
    left, right = x.held(it.load.from_at), x.held(it.load.until_at)
    return hit(tip, tag("rect", x=left, y=top, width=right - left, height=bottom - top, class_="nothing"))

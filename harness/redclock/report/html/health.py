"""A scenario over market time: orders that arrive, queues, calls, tokens and faults, over all its seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from redclock.figures import Hours
from redclock.figures.hours import HOUR, Counts
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.lanes import ROW, Lane, Span, draw_lanes
from redclock.report.charts.marks import bars, step_band, steps, time_axis, y_axis
from redclock.report.charts.scale import Scale, round_ends, said
from redclock.report.charts.svg import hit, label, tag
from redclock.report.charts.time_axis import TimeAxis

MOST_BINS = 96
_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 192, 384)
WIDTH = 1000
_LEFT, _RIGHT = 190, WIDTH - 48
_PANEL, _GAP = 84, 26


@dataclass(frozen=True, slots=True)
class Bin:
    """What was seen in a stretch of market time, over the seeds that still ran in it.

    Attributes:
        values: by name, one for each of these seeds.
    """

    from_at: int
    until_at: int
    values: dict[str, tuple[int, ...]]

    def mean(self, name: str) -> float:
        return fmean(self.values[name])

    def told(self, name: str) -> str:
        """The mean, and between what the seeds lie if they differ."""
        values = self.values[name]
        low, high = min(values), max(values)
        return said(high) if low == high else f"{fmean(values):.1f} ({low} to {high})"


_SUMMED = ("placed", "missed", "strikes", "calls", "failed")
_SERIES: dict[str, Callable[[Hours], Counts]] = {
    "placed": lambda it: it.placed,
    "missed": lambda it: it.missed,
    "waiting": lambda it: it.waiting,
    "table": lambda it: it.table,
    "calls": lambda it: _both(it.calls),
    "failed": lambda it: _both(it.failed),
    "strikes": lambda it: it.strikes,
}
_WORDS = {
    "placed": "orders placed",
    "missed": "countdowns missed",
    "waiting": "at most waiting to be shipped",
    "table": "at most on the packing table",
    "calls": "API calls",
    "failed": "calls failed",
    "strikes": "fault strikes",
}
COLUMNS = tuple(_WORDS.values())


def bins(runs: Sequence[Hours], width_hours: int) -> list[Bin]:
    """The hours of several runs in wider stretches: counts are added up, queues keep their peak."""
    found = []
    longest = max(len(run) for run in runs)
    for first in range(0, longest, width_hours):
        there = [run for run in runs if len(run) > first]
        values = {}
        for name, series in _SERIES.items():
            parts = [series(run)[first : first + width_hours] for run in there]
            values[name] = tuple(sum(part) if name in _SUMMED else max(part, default=0) for part in parts)
        from_at = runs[0].start_at + first * HOUR
        found.append(Bin(from_at, from_at + width_hours * HOUR, values))
    return found


def health_rows(runs: Sequence[Hours], zone: str) -> list[tuple[str, ...]]:
    """A row a day for a table: the day, then as `COLUMNS` say."""
    days = bins(runs, 24)
    axis = TimeAxis(days[0].from_at, days[-1].until_at, zone)
    return [(axis.told(day.from_at), *(day.told(name) for name in _WORDS)) for day in days]


def health_chart(name: str, title: str, runs: Sequence[Hours], zone: str) -> Chart:
    """All of it under each other, on one axis."""
    longest = max(len(run) for run in runs)
    width = next((it for it in _WIDTHS if longest / it <= MOST_BINS), _WIDTHS[-1])
    seen = bins(runs, width)
    axis = TimeAxis(seen[0].from_at, seen[-1].until_at, zone)
    x = Scale(axis.from_at, axis.until_at, _LEFT, _RIGHT)
    every = f"per {width} h" if width < 24 else f"per {width // 24} d"
    panels: list[str] = []
    top = float(TITLE_HEIGHT)
    for named, unit, draw in (
        ("orders placed", f"{every}; missed in red", _counted("placed", "missed")),
        ("waiting to", "be shipped, at most", _stood("waiting")),
        ("on the packing", "table, at most", _stood("table")),
        ("API calls", f"{every}; failed in red", _counted("calls", "failed")),
    ):
        panels.append(label(named, _LEFT - 56, top + _PANEL / 2, text_anchor="end"))
        panels.append(label(unit, _LEFT - 56, top + _PANEL / 2 + 16, "quiet", text_anchor="end"))
        panels.append(draw(seen, x, top))
        top += _PANEL + _GAP
    if not any(run.calls for run in runs):
        panels.append(label("not known: no calls over HTTP", _LEFT + 6, top - _GAP - 8, "quiet"))
    lanes = _lanes(runs, seen, axis)
    bottom = top - 8 + len(lanes) * ROW
    body = [
        time_axis(axis, x, TITLE_HEIGHT, bottom),
        *panels,
        _columns(seen, axis, x, bottom),
        draw_lanes(lanes, x, top - 8),
    ]
    seeds = "one seed" if len(runs) == 1 else f"{len(runs)} seeds: means, and the range between them as a band"
    return Chart(name, title, f"Market time runs to the right; {seeds}.", WIDTH, bottom + 44, "".join(body))


_Draw = Callable[[Sequence[Bin], Scale, float], str]


def _counted(all_of_them: str, bad: str) -> _Draw:
    """Bars of a count, the bad part of it in red before them."""

    def draw(seen: Sequence[Bin], x: Scale, top: float) -> str:
        y = _height((it.mean(name) for it in seen for name in (all_of_them, bad)), top)
        axis = y_axis(y, _LEFT, _RIGHT, most=4, whole=True)
        spans = {name: [(it.from_at, it.until_at, it.mean(name)) for it in seen] for name in (all_of_them, bad)}
        return axis + bars(spans[all_of_them], x, y, "blue") + bars(spans[bad], x, y, "red")

    return draw


def _stood(name: str) -> _Draw:
    """A line of the mean, and a band from the smallest seed to the largest."""

    def draw(seen: Sequence[Bin], x: Scale, top: float) -> str:
        y = _height((max(it.values[name]) for it in seen), top)
        until = seen[-1].until_at
        band = step_band([(it.from_at, min(it.values[name]), max(it.values[name])) for it in seen], until, x, y, "blue")
        mean = steps([(it.from_at, it.mean(name)) for it in seen], until, x, y, "blue")
        return y_axis(y, _LEFT, _RIGHT, most=4, whole=True) + band + mean

    return draw


def _height(values: Iterable[float], top: float) -> Scale:
    most = max(values, default=0.0)
    return Scale(*round_ends(0, max(most, 1), 4, whole=True), top + _PANEL, top)


def _columns(seen: Sequence[Bin], axis: TimeAxis, x: Scale, bottom: float) -> str:
    """What can be pointed at: each stretch from top to bottom."""
    found = []
    for it in seen:
        left, right = x(it.from_at), x(it.until_at)
        lines = [f"{axis.told(it.from_at)} to {axis.told(it.until_at)}"]
        lines += [f"{words}: {it.told(name)}" for name, words in _WORDS.items() if any(it.values[name])]
        height = bottom - TITLE_HEIGHT
        area = tag("rect", x=left, y=TITLE_HEIGHT, width=right - left, height=height, class_="nothing")
        found.append(hit("\n".join(lines), area))
    return "".join(found)


def _lanes(runs: Sequence[Hours], seen: Sequence[Bin], axis: TimeAxis) -> list[Lane]:
    struck = [
        Span(
            it.from_at,
            it.until_at,
            "tint-amber",
            f"{axis.told(it.from_at)} to {axis.told(it.until_at)}\nfault strikes: {it.told('strikes')}",
        )
        for it in seen
        if any(it.values["strikes"])
    ]
    lanes = [Lane("faults strike", tuple(struck), remark="" if struck else "never")]
    dead: dict[tuple[str, str], list[Span]] = {}
    for number, run in enumerate(runs):
        for it in run.outages:
            tip = f"app {it.app}, {it.seller}: dead\n{axis.told(it.from_at)} to {axis.told(it.until_at)}"
            if len(runs) > 1:
                tip += f"\nin run {number + 1} of {len(runs)}"
            dead.setdefault((it.app, it.seller), []).append(Span(it.from_at, it.until_at, "tint-red", tip))
    many = len({seller for _, seller in dead}) > 1
    for (app, seller), spans in sorted(dead.items()):
        lanes.append(Lane(f"{app} dead, {seller}" if many else f"token of {app} dead", tuple(spans)))
    if not dead:
        lanes.append(Lane("tokens dead", remark="never"))
    return lanes


def _both(calls: dict[str, Counts]) -> Counts:
    return tuple(map(sum, zip(*calls.values(), strict=True))) if calls else ()

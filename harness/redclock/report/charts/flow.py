"""A flow: how many went which way, as ribbons between stations, from left to right.

Ways are sequences of stations without a station twice. Nothing may lead back: among all ways together no two stations
come before each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT
from redclock.report.charts.svg import hit, label, number, tag, text_width

Ways = Mapping[tuple[str, ...], int]
"""How many went each way."""

_BAR = 12
_GAP = 40
_TALLEST = 220
_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Station:
    """How a station looks.

    Attributes:
        words: its name, in few letters.
        hue: its colour.
        ends: nobody goes on from it.
    """

    words: str
    hue: str = "ink"
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a station stands, and how many came to it."""

    station: str
    column: int
    count: int
    x: float
    y: float
    height: float


def links(ways: Ways) -> dict[tuple[str, str], int]:
    """How many went from one station straight to another."""
    found: dict[tuple[str, str], int] = {}
    for way, count in ways.items():
        for pair in pairwise(way):
            found[pair] = found.get(pair, 0) + count
    return found


def visits(ways: Ways) -> dict[str, int]:
    """How many came to each station."""
    found: dict[str, int] = {}
    for way, count in ways.items():
        for station in way:
            found[station] = found.get(station, 0) + count
    return found


def columns(ways: Ways) -> dict[str, int]:
    """The column of each station: one to the right of the last station that leads to it."""
    before: dict[str, set[str]] = {station: set() for station in visits(ways)}
    for start, end in links(ways):
        before[end].add(start)
    found: dict[str, int] = {}
    while len(found) < len(before):
        ready = [it for it in before if it not in found and before[it] <= found.keys()]
        if not ready:
            raise ValueError(f"these stations lead to each other: {', '.join(sorted(before.keys() - found))}")
        for station in ready:
            found[station] = max((found[it] + 1 for it in before[station]), default=0)
    return found


def draw_flow(name: str, title: str, says: str, ways: Ways, stations: Mapping[str, Station]) -> Chart:
    """The chart of a flow.

    Args:
        stations: every one that a way has, in the order in which they stand above each other.
    """
    places = _places(ways, stations)
    left = {station: it.y for station, it in places.items()}
    came = dict(left)
    unit = next(iter(places.values())).height / next(iter(places.values())).count if places else 0
    ribbons = []
    order = list(stations)
    flows = sorted(links(ways).items(), key=lambda row: (order.index(row[0][0]), order.index(row[0][1])))
    for (start, end), count in flows:
        a, b, thick = places[start], places[end], count * unit
        tip = f"{count} orders: {stations[start].words} to {stations[end].words}"
        ribbons.append(hit(tip, _ribbon(a.x + _BAR, left[start], b.x, came[end], thick, stations[end].hue)))
        left[start] += thick
        came[end] += thick
    gone = dict.fromkeys(places, 0)
    for (start, _), count in flows:
        gone[start] += count
    bars = [_station(it, stations[it.station], it.count - gone[it.station]) for it in places.values()]
    height = max((it.y + it.height for it in places.values()), default=TITLE_HEIGHT) + _GAP
    return Chart(name, title, says, _WIDTH, height, "".join([*ribbons, *bars]))


def _places(ways: Ways, stations: Mapping[str, Station]) -> dict[str, Place]:
    column_of, count_of = columns(ways), visits(ways)
    stacks: dict[int, list[str]] = {}
    for station in (it for it in stations if it in count_of):
        stacks.setdefault(column_of[station], []).append(station)
    tallest = max((sum(count_of[it] for it in stack) for stack in stacks.values()), default=1)
    last = max(stacks, default=0)
    widest = max((text_width(stations[it].words, TEXT) for it in stacks.get(last, [])), default=0)
    pitch = (_WIDTH - widest - _BAR - 8) / max(last, 1)
    led = links(ways)
    found: dict[str, Place] = {}
    for column, stack in sorted(stacks.items()):
        y = TITLE_HEIGHT + 22.0
        for station in stack:
            height = count_of[station] / tallest * _TALLEST
            y = max(y, min((found[it].y for it, end in led if end == station), default=y))
            found[station] = Place(station, column, count_of[station], column * pitch, y, height)
            y += height + _GAP
    return found


def _station(place: Place, station: Station, stay: int) -> str:
    stays = f"\n{stay} of them had gone no further at the end" if stay and not station.ends else ""
    bar = tag("rect", x=place.x, y=place.y, width=_BAR, height=max(place.height, 2), class_=f"fill-{station.hue}")
    style = "alarm halo" if station.hue == "red" else "halo"
    return hit(
        f"{place.count} orders: {station.words}{stays}",
        bar,
        label(station.words, place.x, place.y - 18, style),
        label(str(place.count), place.x, place.y - 5, f"{style} strong"),
    )


def _ribbon(x1: float, y1: float, x2: float, y2: float, thick: float, hue: str) -> str:
    middle, thick = (x1 + x2) / 2, max(thick, 1)
    points = [number(it) for it in (x1, y1, middle, x2, y2, y2 + thick, y1 + thick)]
    ax, ay, m, bx, by, by2, ay2 = points
    d = f"M{ax} {ay}C{m} {ay} {m} {by} {bx} {by}L{bx} {by2}C{m} {by2} {m} {ay2} {ax} {ay2}Z"
    return tag("path", d=d, class_=f"tint-{hue}")

"""A scenario over market time: hours of several seeds put together."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from redclock.figures import Hours
from redclock.figures.hours import HOUR, Outage
from redclock.report.html.health import MOST_BINS, bins, health_chart

MONDAY = 1_772_409_600


def hours(many: int, **series: Any) -> Hours:
    none = (0,) * many
    given: dict[str, Any] = dict.fromkeys(("placed", "missed", "waiting", "table", "strikes"), none)
    given |= {"calls": {}, "failed": {}, "outages": (), "start_at": MONDAY, "ended_at": MONDAY + many * HOUR - 1}
    return Hours(**(given | series))


def test_counts_are_added_up_and_queues_keep_their_peak() -> None:
    one = hours(4, placed=(1, 2, 3, 4), waiting=(5, 9, 2, 0))
    two = hours(2, placed=(10, 0), waiting=(1, 1))
    first, second = bins([one, two], 2)
    assert (first.values["placed"], first.values["waiting"]) == ((3, 10), (9, 1))
    assert (second.values["placed"], second.values["waiting"]) == ((7,), (2,)), "the second run was over by then"
    assert (first.told("placed"), second.told("placed")) == ("6.5 (3 to 10)", "7")
    assert (first.from_at, first.until_at, second.from_at) == (MONDAY, MONDAY + 2 * HOUR, MONDAY + 2 * HOUR)


def test_calls_to_both_platforms_are_counted_together() -> None:
    run = hours(2, calls={"aliexpress": (1, 2), "mip": (10, 20)}, failed={"aliexpress": (0, 1), "mip": (1, 0)})
    (seen,) = bins([run], 24)
    assert (seen.values["calls"], seen.values["failed"]) == ((33,), (2,))


def test_a_long_run_is_drawn_in_wider_stretches() -> None:
    for many in (1, 96, 97, 400, 24 * 400):
        chart = health_chart("h", "t", [hours(many)], "Europe/Madrid")
        columns = chart.body.count(" to ") - chart.body.count("waiting to")
        assert columns <= MOST_BINS
        assert len(chart.svg()) < 60_000


def test_tokens_of_several_sellers_have_lanes_of_their_own() -> None:
    dead = (Outage("mip", "shop-1", MONDAY, MONDAY + HOUR), Outage("own", "shop-2", MONDAY, MONDAY + HOUR))
    words = said(health_chart("h", "t", [hours(4, outages=dead)], "Europe/Madrid").svg())
    assert {"mip dead, shop-1", "own dead, shop-2"} <= words
    words = said(health_chart("h", "t", [hours(4)], "Europe/Madrid").svg())
    assert {"tokens dead", "never", "not known: no calls over HTTP"} <= words


def said(svg: str) -> set[str | None]:
    return {it.text for it in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}

"""The clock bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fakemarket.market import Market
from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings
from fakemarket.timeline import END_AT

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place, Visitor


@pytest.mark.parametrize(("go", "seconds"), [("900", 900), ("3600", 3600), ("86400", 86_400)])
def test_a_button_lets_that_much_time_pass(market: Market, visitor: Visitor, go: str, seconds: int) -> None:
    now = market.now()
    said = visitor.do("/clock", go=go)
    assert (market.now(), market.world.now) == (now + seconds, now + seconds)
    assert "Meanwhile: nothing." in said


def test_what_happened_meanwhile_is_counted(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    place(market, wait=False)
    assert order.ship_by_at is not None
    market.advance_to(order.ship_by_at - 60)
    assert "Meanwhile: 2 missed." in visitor.do("/clock", go="900")


def test_the_next_event_is_the_next_thing_that_the_ledger_hears_of(
    market: Market, visitor: Visitor, place: Place
) -> None:
    order = place(market, wait=False)
    now = market.now()
    assert f"The buyer pays ({order.id})." in visitor.do("/clock", go="next")
    assert market.now() == now + 60
    assert f"The payment goes to review ({order.id})." in visitor.do("/clock", go="next")
    assert order.status is Status.RISK_CONTROL


def test_the_next_event_of_a_market_where_nothing_happens_is_a_week_away(market: Market, visitor: Visitor) -> None:
    now = market.now()
    assert "Nothing happened for seven days." in visitor.do("/clock", go="next")
    assert market.now() == now + 7 * 86_400


@pytest.mark.parametrize("go", ["900", "86400", "next"])
@pytest.mark.parametrize("left_seconds", [0, 1, 899])
def test_at_the_end_of_time_the_clock_stops_and_says_so(visit: type[Visitor], go: str, left_seconds: int) -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=0)), start_at=END_AT - left_seconds)
    assert "Market time ends here." in visit(market).do("/clock", go=go)
    assert (market.now(), market.world.now) == (END_AT, END_AT)


def test_the_last_day_but_one_says_nothing_of_the_end(visit: type[Visitor]) -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=0)), start_at=END_AT - 86_401)
    assert "ends here" not in visit(market).do("/clock", go="86400")
    assert market.now() == END_AT - 1


@pytest.mark.parametrize("speed", [0, 1, 60, 3600])
def test_the_clock_runs_at_the_speed_that_is_chosen(market: Market, visitor: Visitor, speed: int) -> None:
    market.timeline.set_rate(60 if speed == 0 else 0)
    visitor.do("/clock", speed=str(speed))
    assert market.timeline.rate == speed
    assert f'value="{speed}" aria-pressed="true"' in visitor.source
    assert visitor.source.count('aria-pressed="true"') == 1
    assert ("Time goes on while you read." in visitor.text) is (speed > 0)


def test_a_running_clock_is_sent_ahead_and_runs_on(
    open_market: Callable[..., Market], visit: type[Visitor], place: Place
) -> None:
    market = open_market(rate=3600)
    place(market, wait=False)
    visitor = visit(market)
    now = market.now()
    visitor.do("/clock", go="86400")
    visitor.do("/clock", go="next")
    assert market.now() >= now + 86_400
    assert market.timeline.rate == 3600


@pytest.mark.parametrize(
    "fields", [{}, {"go": "-900"}, {"go": "1"}, {"go": ""}, {"speed": "-1"}, {"speed": "1e9"}, {"speed": ""}]
)
def test_what_the_bar_does_not_offer_is_refused(market: Market, visitor: Visitor, fields: dict[str, str]) -> None:
    now = market.now()
    assert visitor.post("/clock", {"back": "/", **fields}).status == 400
    assert (market.now(), market.timeline.rate) == (now, 0)


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/mip?kind=missing", "/panel/mip?kind=missing"),
        ("/?q=a%20b&page=2", "/panel/?q=a%20b&page=2"),
        ("//evil.example/", "/panel/"),
        ("/\\evil.example/", "/panel/"),
        ("https://evil.example/", "/panel/"),
        ("/x\r\nset-cookie: a=b", "/panel/x%0D%0Aset-cookie%3A%20a=b"),
        ("", "/panel/"),
    ],
)
def test_it_leads_back_to_the_page_it_stood_on_and_never_elsewhere(visitor: Visitor, back: str, location: str) -> None:
    assert visitor.post("/clock", {"go": "900", "back": back}).headers["location"] == location


@pytest.mark.parametrize("prefix", ["/panel", "", "/worlds/two/panel"])
def test_links_stay_below_the_place_where_the_panel_stands(market: Market, visit: type[Visitor], prefix: str) -> None:
    visitor = visit(market, prefix=prefix)
    visitor.get("/")
    assert all(link.startswith((f"{prefix}/", "#")) for link in visitor.links)
    assert visitor.post("/clock", {"go": "900", "back": "/mip"}).headers["location"] == f"{prefix}/mip"

"""Markets, servers and warps without pytest: in a `with`, or around a function."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from inspect import signature

import httpx
import pytest
import requests

from fakemarket.faults import Aim, Down
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from redclock.testing import AliExpress, MarketServer, Mip, Warp, failure_report, market, market_server, rehearsal, warp


def test_a_market_in_a_with_and_its_time_held() -> None:
    with market(seed=7) as shop, warp(shop) as held:
        order = shop.place(pays=True, review_rejects=False)
        held.run_until(lambda: order.status == "WAIT_SELLER_SEND_GOODS", days=2)
        assert datetime.now(UTC) == shop.moment() > datetime(2026, 3, 2, tzinfo=UTC)


def test_a_decorator_hands_the_object_to_a_parameter_of_its_name() -> None:
    @market(seed=7)
    def told(days: int, market: Market) -> tuple[int, int]:
        market.advance(days=days)
        return market.seed, market.now()

    @market(seed=7)
    def not_told(days: int) -> int:
        return requests.get("https://mip.example/v1/orders", timeout=5).status_code

    assert told(2) == (7, MONDAY + 2 * 86_400)
    assert told(days=1) == (7, MONDAY + 86_400), "each call has its own"
    assert not_told(1) == 401
    assert list(signature(told).parameters) == ["days"], "or pytest would ask for a fixture"


def test_a_decorator_of_a_coroutine_is_open_as_long_as_that_runs() -> None:
    @market()
    async def asked() -> int:
        async with httpx.AsyncClient(verify=False) as client:
            await asyncio.sleep(0)
            return (await client.get("https://mip.example/v1/orders")).status_code

    assert asyncio.run(asked()) == 401


def test_a_server_in_a_with_and_as_a_decorator() -> None:
    @market_server(seed=5)
    def told(market_server: MarketServer) -> tuple[int, int]:
        answer = httpx.get(f"{market_server.mip.url}/v1/orders", headers=market_server.mip.headers)
        return market_server.market.seed, answer.status_code

    assert told() == (5, 200)
    shop = Market(seed=8)
    with market_server(shop) as served:
        assert httpx.post(f"{served.control_url}/clock/advance", json={"hours": 1}).status_code == 200
        assert httpx.get(served.panel_url).status_code in (200, 302, 303)
        assert served.aliexpress.url == served.url
    assert shop.now() == MONDAY + 3600


def test_a_warp_as_a_decorator_opens_anew_for_each_call() -> None:
    shop = Market()

    @warp(shop)
    def told(warp: Warp) -> tuple[int, float]:
        time.sleep(60)
        return warp.slept_seconds, time.time()

    assert told() == (60, MONDAY + 60)
    assert told() == (60, MONDAY + 120)


def test_what_a_market_is_like_is_said_by_settings_a_mapping_or_a_scenario() -> None:
    few = Settings(demand=Demand(orders_per_day=5))
    with market(settings=few) as one, market(settings={"demand": {"orders_per_day": 5}}) as other:
        assert one.settings == other.settings == few
    with market(scenario="b1-silent-expiry", faults=[Down()], history_days=1) as shop:
        assert [fault.kind for fault in shop.faults.installed.values()] == ["token_dies", "down"]
        assert shop.now() - rehearsal("b1-silent-expiry").scenario.start_at == 86_400
    with pytest.raises(ValueError, match="a scenario has its own settings"):
        market(scenario="b1-silent-expiry", settings=few).__enter__()


def test_views_are_of_one_seller_and_show_tokens_as_they_are_now() -> None:
    shop = Market(seed=7, settings=Settings(sellers=("here", "there")))
    here = AliExpress(shop)
    there = here.of("there")
    order = there.place(pays=True, review_rejects=False, cancel_seconds=None)
    shop.advance(days=1)
    assert order in there.orders("WAIT_SELLER_SEND_GOODS")
    assert order not in here.orders()
    assert here.router_url == "https://api-sg.aliexpress.com/router/rest"
    assert here.access_token != there.access_token
    before = here.access_token
    shop.world.tokens.authorise("own", "here", cause="test")
    assert here.access_token != before
    mirror = Mip(shop).order(order.id)
    assert mirror in Mip(shop).orders()


def test_a_report_without_pytest() -> None:
    with market(seed=7, faults=[Down(Aim(nth=1))]) as shop:
        order = shop.place(pays=True, review_rejects=False)
        requests.get("https://mip.example/v1/orders", timeout=5)
    said = failure_report(shop, "make check").splitlines()
    assert said[0].startswith("seed 7, market time Mon 2026-03-02 00:00:00 UTC")
    assert said[1] == "fault 0 (down) struck once"
    assert f"order {order.id}, PLACE_ORDER_SUCCESS, by the clocks of Europe/Madrid:" in said
    assert said[-1] == "again: make check"
    assert shop.world.mip.api_key not in "\n".join(said)

"""How many calls are taken, how long the others are banned, and what they are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.market import Market
from fakemarket.settings import Demand, Settings, Wire
from fakemarket.world.limits import CallLimits, Layer

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

LIST = "aliexpress.solution.order.get"
SERVICES = "aliexpress.logistics.redefining.listlogisticsservice"
FIRST_PAGE = {"current_page": 1, "page_size": 5}
BEIJING_MIDNIGHT = int(datetime(2026, 3, 2, 16, tzinfo=UTC).timestamp())


def limited(client_of: MakeClient, wire: Wire, **how: Any) -> Client:
    market = Market(seed=5, settings=Settings(sellers=("shop-1", "shop-2"), demand=Demand(orders_per_day=0), wire=wire))
    return client_of(market, **how)


def test_a_quota_that_is_used_up_blocks_the_app_until_midnight_in_beijing(client_of: MakeClient) -> None:
    own = limited(client_of, Wire(app_calls_per_day=2))
    other = client_of(own.market, app="mip")
    own.call(LIST, param0=FIRST_PAGE)
    own.call(SERVICES)
    own.market.advance_to(BEIJING_MIDNIGHT - 1)
    error = own.error(LIST, param0=FIRST_PAGE)
    assert (error["code"], error["msg"]) == (7, "App Call Limited")
    assert error["sub_code"] == "accesscontrol.limited-by-app-access-count"
    assert error["sub_msg"] == "This ban will last for 1 more seconds"
    assert other.call(SERVICES)["result_success"] is True
    own.market.advance_to(BEIJING_MIDNIGHT)
    assert own.call(SERVICES)["result_success"] is True


@pytest.mark.parametrize(
    ("wire", "sub_code"),
    [
        (Wire(app_method_calls_per_second=2, ban_seconds=27), "accesscontrol.limited-by-app-api-access-count"),
        (Wire(method_calls_per_second=2, ban_seconds=27), "accesscontrol.limited-by-api-access-count"),
    ],
)
def test_too_many_calls_in_a_second_are_banned_for_as_long_as_they_are_told(
    client_of: MakeClient, wire: Wire, sub_code: str
) -> None:
    own = limited(client_of, wire)
    for _ in range(2):
        own.call(LIST, param0=FIRST_PAGE)
    assert own.error(LIST, param0=FIRST_PAGE)["sub_msg"] == "This ban will last for 27 more seconds"
    assert own.call(SERVICES)["result_success"] is True
    mip = client_of(own.market, app="mip").whole(LIST, param0=FIRST_PAGE)
    assert ("error_response" in mip) is (wire.method_calls_per_second is not None)
    own.market.advance(seconds=26)
    error = own.error(LIST, param0=FIRST_PAGE)
    assert (error["sub_code"], error["sub_msg"]) == (sub_code, "This ban will last for 1 more seconds")
    own.market.advance(seconds=1)
    assert own.call(LIST, param0=FIRST_PAGE)["result"]["success"] is True


def test_calls_spread_over_seconds_are_never_banned(client_of: MakeClient) -> None:
    own = limited(client_of, Wire(app_method_calls_per_second=1))
    for _ in range(5):
        own.call(SERVICES)
        own.market.advance(seconds=1)


def test_the_newer_gateway_says_it_in_its_own_words(client_of: MakeClient) -> None:
    own = limited(client_of, Wire(app_method_calls_per_second=1, app_calls_per_day=2), entrance="/sync")
    own.call(SERVICES)
    error = own.error(SERVICES)
    assert (error["code"], error["type"]) == ("ApiCallLimit", "ISV")
    assert error["msg"] == "Api access frequency exceeds the limit. this ban will last 1 seconds"
    own.market.advance(seconds=1)
    own.call(SERVICES)
    own.market.advance(seconds=1)
    assert own.error(SERVICES)["code"] == "AppCallLimit"


def test_a_limited_shipment_is_not_carried_out(client_of: MakeClient, ready: Any, unchanged: Any) -> None:
    own = limited(client_of, Wire(app_method_calls_per_second=1))
    order = ready(own.market)
    sent = {"out_ref": str(order.id), "send_type": "all", "service_name": "CORREOS_ES", "logistics_no": "x"}
    own.call("aliexpress.solution.order.fulfill", **sent)
    with unchanged(own.market):
        assert own.error("aliexpress.solution.order.fulfill", **sent)["code"] == 7


def test_nothing_is_limited_unless_the_market_says_so(client_of: MakeClient) -> None:
    own = limited(client_of, Wire())
    for _ in range(300):
        assert own.call(SERVICES)["result_success"] is True


@given(
    limit=st.integers(1, 4),
    ban_seconds=st.integers(1, 5),
    waits=st.lists(st.integers(0, 3), max_size=40),
)
def test_no_second_ever_has_more_calls_than_its_limit_and_no_ban_is_shortened(
    limit: int, ban_seconds: int, waits: list[int]
) -> None:
    limits = CallLimits(Wire(app_method_calls_per_second=limit, ban_seconds=ban_seconds))
    now, banned_until = 1000, 0
    taken: dict[int, int] = {}
    for wait in waits:
        now += wait
        ban = limits.take("own", LIST, now)
        if ban is None:
            assert now >= banned_until
            taken[now] = taken.get(now, 0) + 1
            assert taken[now] <= limit
        else:
            assert ban.layer is Layer.APP_METHOD_A_SECOND
            assert 0 < ban.seconds_left(now) <= ban_seconds
            assert banned_until <= now or ban.until_at == banned_until
            assert taken.get(now, 0) == limit or now < banned_until
            banned_until = ban.until_at

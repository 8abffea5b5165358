"""What an order list takes, how far back it goes, and what it gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Buyers, Demand, Settings, Tokens, Wire
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

LIST, SELLER_LIST = "aliexpress.solution.order.get", "aliexpress.trade.seller.orderlist.get"
SHORT_LIST = "aliexpress.trade.redefining.findorderlistsimplequery"
FIRST_PAGE = {"current_page": 1, "page_size": 50}
DAY = 86_400


@pytest.fixture
def aged(client_of: MakeClient) -> Client:
    """A market that may grow old enough for ranges to matter: its token and its buyers' patience last."""
    settings = Settings(
        demand=Demand(orders_per_day=0),
        buyers=Buyers(auto_confirm_days=400),
        tokens=Tokens(access_hours=24 * 900, refresh_hours=24 * 1000),
    )
    return client_of(Market(seed=5, settings=settings))


@pytest.mark.parametrize(("status", "days"), [("PLACE_ORDER_SUCCESS", 180), ("FINISH", 30)])
@pytest.mark.parametrize(("off_seconds", "taken"), [(-1, True), (0, True), (1, False)])
def test_a_range_of_creation_may_be_so_long_and_not_a_second_longer(
    aged: Client, status: str, days: int, off_seconds: int, taken: bool
) -> None:
    aged.market.advance(days=400)
    now = aged.market.now()
    query = {**FIRST_PAGE, "order_status": status, "create_date_start": pacific(now - days * DAY - off_seconds)}
    for end in ({}, {"create_date_end": pacific(now)}):
        body = aged.whole(LIST, param0={**query, **end})
        assert ("error_response" not in body) is taken
        if not taken:
            assert body["error_response"]["sub_code"] == "isv.invalid-parameter:create_date_start"


@pytest.mark.parametrize(("off_seconds", "listed"), [(-1, True), (0, True), (1, False)])
def test_without_a_range_a_list_goes_back_half_a_year_and_not_a_second_more(
    aged: Client, ready: Callable[..., Order], off_seconds: int, listed: bool
) -> None:
    order = ready(aged.market)
    aged.market.world.declare(order, carrier="CORREOS_ES", number="PQ000000001ES", whole=True, cause="test")
    aged.market.advance_to(order.placed_at + 180 * DAY + off_seconds)
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    assert bool(aged.orders()["target_list"]) is listed


def test_finished_orders_are_listed_for_a_month_where_nothing_else_is_said(
    aged: Client, ready: Callable[..., Order]
) -> None:
    order = ready(aged.market)
    aged.market.world.move(order, Move.SELLER_CANCELS, "seller")
    aged.market.advance_to(order.placed_at + 30 * DAY)
    assert aged.orders(order_status="FINISH")["total_count"] == 1
    aged.market.advance(seconds=1)
    assert aged.orders(order_status="FINISH")["total_count"] == 0
    past = {"create_date_start": pacific(order.placed_at), "create_date_end": pacific(order.placed_at + 30 * DAY)}
    assert aged.orders(order_status="FINISH", **past)["total_count"] == 1


def test_the_sellers_list_wants_a_range_of_creation_beside_one_of_modification(shop: Client) -> None:
    now = shop.market.now()
    modified = {**FIRST_PAGE, "modified_date_start": pacific(now - DAY)}
    error = shop.error(SELLER_LIST, param_aeop_order_query=modified)
    assert (error["code"], error["sub_code"]) == (40, "isv.missing-parameter:create_date_start")
    both = {**modified, "create_date_start": pacific(now - 21 * DAY)}
    assert shop.call(SELLER_LIST, param_aeop_order_query=both)["result"]["total_count"] > 0
    assert shop.orders(**modified)["total_count"] > 0


def test_the_short_list_has_the_same_orders_and_calls_its_page_otherwise(standing: Market, shop: Client) -> None:
    result = shop.call(SHORT_LIST, param1={"page": 2, "page_size": 7})["result"]
    rows = result["order_list"]["simple_order_item_vo"]
    long = shop.orders(current_page=2, page_size=7)
    assert [row["order_id"] for row in rows] == [row["order_id"] for row in long["target_list"]["order_dto"]]
    assert result["total_item"] == long["total_count"]
    (first, *_), (line, *_) = rows, rows[0]["product_list"]["simple_order_product_vo"]
    (same, *_) = long["target_list"]["order_dto"][0]["product_list"]["order_product_dto"]
    assert (line["product_unit_price"], line["product_unit_price_cur"]) == tuple(same["product_unit_price"].values())
    assert line["goods_prepare_time"] == same["goods_prepare_time"]
    assert "timeout_left_time" not in first
    assert shop.error(SHORT_LIST, param1={"current_page": 2, "page_size": 7})["sub_code"] == (
        "isv.missing-parameter:page"
    )


@pytest.mark.parametrize(
    ("method", "arguments", "name"),
    [
        (LIST, {"param0": {**FIRST_PAGE, "orderStatus": "FINISH"}}, "orderStatus"),
        (LIST, {"param0": FIRST_PAGE, "current_page": "1"}, "current_page"),
        ("aliexpress.solution.order.info.get", {"param1": {"order_id": 1, "orderId": 1}}, "orderId"),
        ("aliexpress.solution.merchant.profile.get", {"shop": "1"}, "shop"),
        ("taobao.top.auth.token.refresh", {"refresh_token": "x", "client_id": "1"}, "client_id"),
    ],
)
def test_a_parameter_that_a_method_does_not_have_is_refused_by_name(
    shop: Client, unchanged: Any, method: str, arguments: dict[str, Any], name: str
) -> None:
    with unchanged(shop.market):
        error = shop.error(method, **arguments)
    assert (error["code"], error["sub_code"]) == (41, f"isv.invalid-parameter:{name}")
    known = error["sub_msg"].partition("it is none of ")[2].split(", ")
    assert known
    assert name not in known


def test_a_lenient_market_lets_them_pass(client_of: MakeClient) -> None:
    wire = Wire(refuses_unknown_parameters=False)
    client = client_of(Market(settings=Settings(demand=Demand(orders_per_day=0), wire=wire)))
    assert client.orders(orderStatus="FINISH")["success"] is True


def test_what_some_clients_send_beside_the_arguments_is_known(shop: Client) -> None:
    shop.call(LIST, param0=FIRST_PAGE, partner_id="top-sdk-java", target_app_key="1", simplify="false")


def test_lists_of_cancellations_are_exact_unless_told_otherwise(
    client_of: MakeClient, ready: Callable[..., Order]
) -> None:
    listed: dict[float, tuple[set[int], set[int]]] = {}
    for share in (0.0, 0.5):
        wire = Wire(in_cancel_wrong_share=share)
        market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), wire=wire))
        orders = [ready(market) for _ in range(30)]
        for order in orders:
            market.world.move(order, Move.REQUEST_CANCEL, "buyer")
        client = client_of(market)
        before = {row["order_id"] for row in client.rows(order_status="IN_CANCEL")}
        for order in orders:
            market.world.answer_cancellation(order, accept=False, cause="test")
        listed[share] = before, {row["order_id"] for row in client.rows(order_status="IN_CANCEL")}
    assert [len(found) for found in listed[0.0]] == [30, 0]
    missing, stale = 30 - len(listed[0.5][0]), len(listed[0.5][1])
    assert missing == stale
    assert 5 < stale < 25


def test_two_sellers_with_apps_of_their_own_see_their_own_orders_only(standing: Market, client_of: MakeClient) -> None:
    seen = {
        (app, seller): {row["order_id"] for row in client_of(standing, app=app, seller=seller).rows()}
        for app in ("own", "mip")
        for seller in ("shop-1", "shop-2")
    }
    for seller in ("shop-1", "shop-2"):
        assert seen["own", seller] == seen["mip", seller] != set()
    assert not seen["own", "shop-1"] & seen["own", "shop-2"]

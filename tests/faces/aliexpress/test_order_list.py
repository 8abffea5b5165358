"""The order lists: paging, filters, omissions, the countdown, and the shape of a row."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faults import Aim, MissingFromList
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Countdown, Demand, Settings
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

LIST = "aliexpress.solution.order.get"
SELLER_LIST = "aliexpress.trade.seller.orderlist.get"
LEFT_OUT = {Status.FUND_PROCESSING, Status.FINISH, Status.ARCHIVE}


def ids(orders: list[Order]) -> list[int]:
    """What a list of these orders should show, newest first."""
    return [order.id for order in sorted(orders, key=lambda it: (it.placed_at, it.id), reverse=True)]


def row_ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["order_id"] for row in rows]


@settings(max_examples=20)
@given(st.integers(1, 50))
@example(1)
@example(50)
def test_pages_of_any_size_lose_and_repeat_nothing_while_nothing_moves(
    standing: Market, shop: Client, size: int
) -> None:
    expected = ids([it for it in standing.orders(seller="shop-1") if it.status not in LEFT_OUT])
    first = shop.orders(page_size=size)
    assert first["total_count"] == len(expected) > 50
    assert first["total_page"] == -(-len(expected) // size)
    assert row_ids(shop.rows(page_size=size)) == expected


def test_orders_of_one_second_are_told_apart_by_id(own: Client) -> None:
    placed = [own.market.place(pays=False, attempts_seconds=()).id for _ in range(7)]
    assert row_ids(own.rows(page_size=2)) == sorted(placed, reverse=True)


def test_a_page_past_the_end_is_empty_and_an_empty_list_is_an_empty_object(shop: Client) -> None:
    result = shop.orders(current_page=1000)
    assert result["target_list"] == {}
    assert result["total_count"] > 0
    none = shop.orders(buyer_login_id="nobody")
    assert (none["total_count"], none["total_page"], none["target_list"]) == (0, 0, {})


def test_finished_orders_are_left_out_unless_asked_for(standing: Market, shop: Client) -> None:
    finished = standing.orders("FINISH", "FUND_PROCESSING", seller="shop-1")
    assert {order.status for order in finished} == {Status.FINISH, Status.FUND_PROCESSING}
    assert not set(ids(finished)) & set(row_ids(shop.rows()))
    assert row_ids(shop.rows(order_status="FINISH")) == ids(finished)


@pytest.mark.parametrize("asked", ["FINISH", "FUND_PROCESSING"])
def test_a_list_cannot_tell_money_under_way_from_a_finished_order(standing: Market, shop: Client, asked: str) -> None:
    rows = shop.rows(order_status=asked)
    assert row_ids(rows) == ids(standing.orders("FINISH", "FUND_PROCESSING", seller="shop-1"))
    assert {row["order_status"] for row in rows} == {"FINISH"}
    under_way = standing.orders("FUND_PROCESSING", seller="shop-1")[0]
    detail = shop.call("aliexpress.solution.order.info.get", param1={"order_id": under_way.id})
    assert detail["result"]["data"]["order_status"] == "FUND_PROCESSING"


@pytest.mark.parametrize("status", Status)
def test_any_status_can_be_asked_for_alone(standing: Market, shop: Client, status: Status) -> None:
    wanted = LEFT_OUT - {Status.ARCHIVE} if status in (Status.FINISH, Status.FUND_PROCESSING) else {status}
    assert row_ids(shop.rows(order_status=status)) == ids(standing.orders(*wanted, seller="shop-1"))


@pytest.mark.parametrize("as_sent", [["WAIT_SELLER_SEND_GOODS", "PLACE_ORDER_SUCCESS"], "WAIT_SELLER_SEND_GOODS"])
def test_several_statuses_may_be_asked_for_and_a_bare_text_is_one(
    standing: Market, shop: Client, as_sent: list[str] | str
) -> None:
    wanted = [as_sent] if isinstance(as_sent, str) else as_sent
    assert row_ids(shop.rows(order_status_list=as_sent)) == ids(standing.orders(*wanted, seller="shop-1"))


BOUNDS = st.integers(MONDAY, MONDAY + 22 * 86_400)


@settings(max_examples=40)
@given(from_at=BOUNDS | st.none(), to_at=BOUNDS | st.none(), field=st.sampled_from(["create_date", "modified_date"]))
def test_ranges_hold_both_their_bounds(
    standing: Market, shop: Client, from_at: int | None, to_at: int | None, field: str
) -> None:
    bounds = {f"{field}_start": from_at, f"{field}_end": to_at}
    query = {name: pacific(at) for name, at in bounds.items() if at is not None}
    low, high = (from_at if from_at is not None else 0), (to_at if to_at is not None else 1 << 40)
    orders = [it for it in standing.orders(seller="shop-1") if it.status not in LEFT_OUT]
    instant = {"create_date": "placed_at", "modified_date": "modified_at"}[field]
    expected = ids([it for it in orders if low <= getattr(it, instant) <= high])
    assert row_ids(shop.rows(**query)) == expected


@pytest.mark.parametrize("off_seconds", [-1, 0, 1])
@pytest.mark.parametrize(("bound", "inside"), [("start", (-1, 0)), ("end", (0, 1))])
@pytest.mark.parametrize("field", ["create_date", "modified_date"])
def test_a_bound_is_inside_its_range_to_the_second(
    own: Client, ready: Callable[..., Order], off_seconds: int, bound: str, inside: tuple[int, int], field: str
) -> None:
    order = ready(own.market)
    at = {"create_date": order.placed_at, "modified_date": order.modified_at}[field]
    rows = own.rows(**{f"{field}_{bound}": pacific(at + off_seconds)})
    assert (row_ids(rows) == [order.id]) == (off_seconds in inside)


@pytest.mark.parametrize("name", ["create_date_start", "create_date_end", "modified_date_start", "modified_date_end"])
def test_a_bound_without_a_time_of_day_is_silently_ignored(shop: Client, name: str) -> None:
    everything = shop.orders()["total_count"]
    day = "2026-03-10"
    assert shop.orders(**{name: day})["total_count"] == everything
    assert 0 < shop.orders(**{name: f"{day} 00:00:00"})["total_count"] < everything


def test_one_buyer_can_be_asked_for(standing: Market, shop: Client) -> None:
    login = shop.orders()["target_list"]["order_dto"][0]["buyer_login_id"]
    orders = [it for it in standing.orders(seller="shop-1") if it.status not in LEFT_OUT]
    expected = [it for it in orders if standing.world.people.buyer(it).login == login]
    assert row_ids(shop.rows(buyer_login_id=login)) == ids(expected)


@pytest.mark.parametrize(
    ("changed", "code", "name"),
    [
        ({"page_size": 51}, 41, "page_size"),
        ({"page_size": 0}, 41, "page_size"),
        ({"page_size": True}, 41, "page_size"),
        ({"page_size": "many"}, 41, "page_size"),
        ({"page_size": None}, 40, "page_size"),
        ({"current_page": 0}, 41, "current_page"),
        ({"current_page": ""}, 40, "current_page"),
        ({"order_status": "SHIPPED"}, 41, "order_status"),
        ({"order_status_list": ["SHIPPED"]}, 41, "order_status_list"),
        ({"order_status_list": [1]}, 41, "order_status_list"),
        ({"order_status_list": ["FINISH"] * 21}, 41, "order_status_list"),
        ({"create_date_start": "yesterday"}, 41, "create_date_start"),
        ({"modified_date_end": 7}, 41, "modified_date_end"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_by_name(
    standing: Market, shop: Client, client_of: MakeClient, changed: dict[str, Any], code: int, name: str
) -> None:
    query = {"current_page": 1, "page_size": 50, **changed}
    error = shop.error(LIST, param0=query)
    word = {40: "missing", 41: "invalid"}[code]
    assert (error["code"], error["sub_code"]) == (code, f"isv.{word}-parameter:{name}")
    newer = client_of(standing, entrance="/sync").error(LIST, param0=query)
    assert (newer["code"], newer["type"]) == (f"{word.title()}Parameter", "ISV")
    assert name in newer["msg"]


@pytest.mark.parametrize("text", ["[1]", "{", "null", "7"])
def test_an_argument_that_is_no_json_object_is_refused(shop: Client, text: str) -> None:
    assert shop.error(LIST, param0=text)["sub_code"] == "isv.invalid-parameter:param0"


def test_the_fields_may_come_as_parameters_of_their_own(shop: Client) -> None:
    inside = shop.orders(order_status="PLACE_ORDER_SUCCESS")
    flat = shop.call(LIST, current_page="1", page_size="50", order_status="PLACE_ORDER_SUCCESS")["result"]
    assert flat == inside
    several = shop.call(LIST, current_page="1", page_size="50", order_status_list=["PLACE_ORDER_SUCCESS"])
    assert several["result"] == inside


def test_the_sellers_list_is_the_same_under_other_names(shop: Client) -> None:
    query = {"current_page": 2, "page_size": 7}
    theirs = shop.call(SELLER_LIST, param_aeop_order_query=query)["result"]
    ours = shop.orders(**query)
    rows = theirs["target_list"]["aeop_order_item_dto"]
    assert row_ids(rows) == row_ids(ours["target_list"]["order_dto"])
    lines = [row["product_list"]["aeop_order_product_dto"] for row in rows]
    assert lines == [row["product_list"]["order_product_dto"] for row in ours["target_list"]["order_dto"]]


def test_the_simple_form_has_no_outer_key_and_no_list_wrappers(standing: Market, client_of: MakeClient) -> None:
    query = {"current_page": 1, "page_size": 3}
    full = client_of(standing).call(LIST, param0=query)["result"]
    simple = client_of(standing, simplify=True).whole(LIST, param0=query)
    assert simple.keys() == {"result", "request_id"}
    rows = [
        {**row, "product_list": row["product_list"]["order_product_dto"]} for row in full["target_list"]["order_dto"]
    ]
    assert simple["result"]["target_list"] == rows
    assert client_of(standing, entrance="/sync", simplify=True).whole(LIST, param0=query)["code"] == "0"
    empty = client_of(standing, simplify=True).whole(LIST, param0={**query, "buyer_login_id": "nobody"})
    assert empty["result"]["target_list"] == []


def test_a_token_sees_its_own_seller_only(standing: Market, client_of: MakeClient) -> None:
    seen = {seller: row_ids(client_of(standing, seller=seller).rows()) for seller in ("shop-1", "shop-2")}
    for seller, numbers in seen.items():
        assert numbers
        assert {standing.order(number).seller for number in numbers} == {seller}


def test_a_row_tells_an_order_in_the_platforms_words(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market, goods=((12345, 2, 1250), (678, 1, 5)))
    (row,) = own.rows()
    buyer = own.market.world.people.buyer(order)
    assert row["order_id"] == order.id
    assert row["order_status"] == "WAIT_SELLER_SEND_GOODS"
    assert row["fund_status"] == "PAY_SUCCESS"
    assert row["logistics_status"] == "WAIT_SELLER_SEND_GOODS"
    assert (row["issue_status"], row["frozen_status"]) == ("NO_ISSUE", "NO_FROZEN")
    assert row["end_reason"] == ""
    assert row["gmt_create"] == "2026-03-01 16:00:00"
    assert row["gmt_pay_time"] == "2026-03-01 16:01:00"
    assert row["gmt_update"] == "2026-03-01 16:03:00"
    assert row["pay_amount"] == {"amount": "25.05", "currency_code": "EUR"}
    assert (row["buyer_login_id"], row["buyer_signer_fullname"]) == (buyer.login, buyer.name)
    assert "gmt_send_goods_time" not in row
    first, second = row["product_list"]["order_product_dto"]
    assert first["child_id"] == first["order_id"] == order.id + 1
    assert first["product_unit_price"]["amount"] == "12.50"
    assert first["total_product_amount"]["amount"] == "25.00"
    assert second["product_unit_price"]["amount"] == "0.05"
    assert first["sku_code"] == order.lines[0].sku
    assert first["goods_prepare_time"] == 5
    assert first["son_order_status"] == "WAIT_SELLER_SEND_GOODS"


def test_money_counts_as_paid_once_it_is_in(own: Client) -> None:
    market = own.market
    fate: dict[str, Any] = {"pays": True, "attempts_seconds": (60,), "processing_seconds": 60, "review_seconds": 3600}
    order = market.place(**fate, pays_offline=False, gives_up_seconds=None)
    seen = []
    for _ in range(3):
        (row,) = own.rows()
        seen.append((row["order_status"], row["fund_status"], "gmt_pay_time" in row))
        market.advance(seconds=60)
    assert seen == [
        ("PLACE_ORDER_SUCCESS", "NOT_PAY", False),
        ("PAYMENT_PROCESSING", "NOT_PAY", True),
        ("RISK_CONTROL", "PAY_SUCCESS", True),
    ]
    offline = market.place(**fate, pays_offline=True, gives_up_seconds=None, confirm_money_seconds=10**6)
    market.advance(seconds=60)
    (row,) = own.rows(order_status="WAIT_SELLER_EXAMINE_MONEY")
    assert row["fund_status"] == "WAIT_SELLER_CHECK"
    market.world.move(offline, Move.UNPAID_TIMEOUT, "platform")
    (row,) = own.rows(order_status="FINISH")
    assert (row["end_reason"], row["fund_status"]) == ("buyer_pay_timeout", "NOT_PAY")
    assert order.status is Status.RISK_CONTROL


def test_a_finished_order_does_not_say_when_it_was_sent(standing: Market, shop: Client) -> None:
    finished = [row for row in shop.rows(order_status="FINISH") if row["logistics_status"] == "BUYER_ACCEPT_GOODS"]
    assert finished
    assert not any("gmt_send_goods_time" in row for row in finished)
    assert all("gmt_send_goods_time" in row for row in shop.rows(order_status="WAIT_BUYER_ACCEPT_GOODS"))


def test_no_row_has_a_null(standing: Market, shop: Client) -> None:
    for status in Status:
        assert "null" not in json.dumps(shop.orders(order_status=status)["target_list"])


def test_an_ended_order_says_why(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market)
    own.market.advance(days=10)
    assert order.status is Status.FINISH
    assert own.rows() == []
    (row,) = own.rows(order_status="FINISH")
    assert row["end_reason"] == "seller_send_goods_timeout"
    assert not row.keys() & {"timeout_left_time", "left_send_good_day"}


@pytest.mark.parametrize(
    ("off_seconds", "left"),
    [
        (-90_061, ("1", "1", "1")),
        (-60, ("0", "0", "1")),
        (-1, ("0", "0", "0")),
        (0, ("0", "0", "0")),
        (1, ("0", "0", "0")),
    ],
)
def test_the_countdown_counts_down_to_its_end_and_below(
    client_of: MakeClient, ready: Callable[..., Order], off_seconds: int, left: tuple[str, str, str]
) -> None:
    late_job = Settings(demand=Demand(orders_per_day=0), countdown=Countdown(grace_minutes=5))
    own = client_of(Market(settings=late_job))
    order = ready(own.market)
    assert order.ship_by_at is not None
    own.market.advance_to(order.ship_by_at + off_seconds)
    (row,) = own.rows()
    assert row["timeout_left_time"] == -off_seconds * 1000
    assert (row["left_send_good_day"], row["left_send_good_hour"], row["left_send_good_min"]) == left
    detail = own.call("aliexpress.solution.order.info.get", param1={"order_id": order.id})["result"]["data"]
    assert detail["over_time_left"] == pacific(order.ship_by_at) == "2026-03-07 00:00:00"


@pytest.mark.parametrize("off_seconds", [-1, 0, 1])
def test_the_order_closes_on_the_second_its_countdown_ends(
    own: Client, ready: Callable[..., Order], off_seconds: int
) -> None:
    order = ready(own.market)
    assert order.ship_by_at is not None
    own.market.advance_to(order.ship_by_at + off_seconds)
    left = [row["timeout_left_time"] for row in own.rows()]
    assert left == ([1000] if off_seconds < 0 else [])


def test_other_states_count_down_too(own: Client, ready: Callable[..., Order]) -> None:
    unpaid = own.market.place(pays=False, attempts_seconds=(), gives_up_seconds=None)
    (row,) = own.rows()
    assert row["order_id"] == unpaid.id
    assert row["timeout_left_time"] == 20 * 86_400_000
    assert "left_send_good_day" not in row
    asking = ready(own.market)
    own.market.world.move(asking, Move.REQUEST_CANCEL, "buyer")
    own.market.advance(hours=1)
    (row,) = own.rows(order_status="IN_CANCEL")
    assert row["timeout_left_time"] == 47 * 3_600_000


def test_a_row_is_new_when_the_order_changed_within_the_same_second(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market, goods=((1, 1, 100), (2, 1, 100)))
    assert own.rows()[0]["order_status"] == "WAIT_SELLER_SEND_GOODS"
    for carrier, number in (("GLS_ES", "12345678901"), ("SEUR_ES", "12345678901234")):
        own.call(
            "aliexpress.solution.order.fulfill",
            out_ref=str(order.id),
            send_type="part",
            service_name=carrier,
            logistics_no=number,
        )
        (row,) = own.rows()
        assert {line["logistics_type"] for line in row["product_list"]["order_product_dto"]} == {carrier}
    world = own.market.world
    world.move(order, Move.DECLARE_ALL, "somebody")
    assert own.rows()[0]["issue_status"] == "NO_ISSUE"
    world.move(order, Move.OPEN_DISPUTE, "somebody")
    world.move(order, Move.SETTLE_DISPUTE, "somebody")
    (row,) = own.rows()
    assert (row["order_status"], row["issue_status"]) == ("WAIT_BUYER_ACCEPT_GOODS", "END_ISSUE")


def test_answers_of_one_second_share_their_page(shop: Client) -> None:
    request = shop.request(LIST, param0='{"current_page":1,"page_size":50}')
    once, again = shop.answer(request), shop.answer(request)
    assert once.content[1] is again.content[1], "a copy for each of them would fill the journal"
    assert once.content[0] == again.content[0]
    assert once.content[2] != again.content[2], "the id of the request"
    assert json.loads(once.body)["aliexpress_solution_order_get_response"]["result"]["success"] is True
    assert once.length == len(once.body)


def test_a_page_counts_down_second_by_second(own: Client, ready: Callable[..., Order]) -> None:
    ready(own.market)
    (before,) = own.rows()
    own.market.advance(seconds=1)
    (after,) = own.rows()
    assert before["timeout_left_time"] - after["timeout_left_time"] == 1000


def test_a_page_shows_no_order_that_a_fault_has_begun_to_hide(own: Client, ready: Callable[..., Order]) -> None:
    order, other = ready(own.market), ready(own.market)
    assert len(own.rows()) == 2
    fault = own.market.faults.add(MissingFromList(Aim(order=order.id)))
    assert row_ids(own.rows()) == [other.id]
    own.market.faults.remove(fault)
    assert len(own.rows()) == 2


def test_a_list_follows_the_market_as_it_moves(own: Client) -> None:
    market = Market(seed=9, settings=Settings(demand=Demand(orders_per_day=60)))
    client = type(own)(market, market.credentials())
    for _ in range(40):
        market.advance(hours=3)
        expected = ids([it for it in market.orders() if it.status not in LEFT_OUT])
        rows = client.rows()
        assert row_ids(rows) == expected
        assert [row["order_status"] for row in rows] == [market.order(number).status for number in expected]

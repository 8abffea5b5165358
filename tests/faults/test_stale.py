"""Reads that lag behind: they show what was, never what was not, and only reads do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.faults import Aim, LateVisibility, StaleRead
from fakemarket.market import MONDAY
from fakemarket.rules.status import Status
from fakemarket.settings import Mip
from fakemarket.world.carriers import CARRIERS, fits
from fakemarket.world.order import Order

Work = Callable[..., Order]
Open = Callable[..., Any]

HOUR = 3600
LIST, INFO = "aliexpress.solution.order.get", "aliexpress.solution.order.info.get"
TRADE, BRIEF = "aliexpress.trade.new.redefining.findorderbyid", "aliexpress.trade.redefining.findorderlistsimplequery"
SHIPMENTS, FULFILL = "aliexpress.logistics.querysellershipmentinfo", "aliexpress.solution.order.fulfill"
FIRST_PAGE = {"current_page": 1, "page_size": 10}


def ship(caller: Any, order: Order, number: str = "PQ123456789ES") -> Any:
    words = {"service_name": "CORREOS_ES", "logistics_no": number, "send_type": "all"}
    return inside(caller.ae(FULFILL, out_ref=str(order.id), **words))["result"]


def inside(answer: Any) -> Any:
    (content,) = answer.body.values()
    return content


def detail(caller: Any, order: Order) -> Any:
    return inside(caller.ae(INFO, param1={"order_id": order.id}))["result"]


def row(caller: Any, **query: Any) -> Any:
    """The first row of the list, if there is one."""
    rows = inside(caller.ae(LIST, param0={**FIRST_PAGE, **query}))["result"]["target_list"].get("order_dto", ())
    return rows[0] if rows else None


@pytest.mark.parametrize(("later_seconds", "fresh"), [(0, False), (599, False), (600, True), (601, True)])
def test_a_declaration_is_not_seen_for_so_many_seconds(
    later_seconds: int, fresh: bool, opened: Open, work: Work
) -> None:
    caller = opened(StaleRead(seconds=600))
    order = work(caller.market)
    caller.market.advance(hours=1)
    assert ship(caller, order)["result_success"] is True
    caller.market.advance(seconds=later_seconds)
    shown, listed = detail(caller, order)["data"], row(caller)
    shipments = inside(caller.ae(SHIPMENTS, trade_order_id=order.id))["sub_trade_order_list"]
    wait, sent = "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS"
    assert (shown["order_status"], listed["order_status"]) == ((sent, sent) if fresh else (wait, wait))
    assert bool(shown["logistic_info_list"]) is bool(shipments) is fresh
    assert ("gmt_send_goods_time" in listed) is fresh
    assert ("left_send_good_day" in listed) is not fresh
    assert caller.market.faults.struck == {"fault:0": 0 if fresh else 3}


def test_a_stale_row_is_the_row_that_was_shown_then(opened: Open, work: Work) -> None:
    """But for the time left, which is worked out when it is told."""
    caller = opened()
    order = work(caller.market)
    caller.market.advance(hours=1)
    before = row(caller), detail(caller, order)["data"]
    ship(caller, order)
    caller.market.faults.add(StaleRead(seconds=HOUR))
    caller.market.advance(hours=1, seconds=-1)
    left = {name: before[0].pop(name) for name in list(before[0]) if "left" in name}
    stale = row(caller)
    assert {name: value for name, value in stale.items() if name not in left} == before[0]
    assert left["timeout_left_time"] - stale["timeout_left_time"] == (HOUR - 1) * 1000
    assert detail(caller, order)["data"] == before[1]
    caller.market.advance(seconds=1)
    assert row(caller)["order_status"] == "WAIT_BUYER_ACCEPT_GOODS"


def test_filters_go_by_what_was(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(seconds=HOUR))
    order = work(caller.market)
    caller.market.advance(hours=2)
    ship(caller, order)
    assert row(caller, order_status="WAIT_SELLER_SEND_GOODS")["order_id"] == order.id
    assert row(caller, order_status="WAIT_BUYER_ACCEPT_GOODS") is None
    just_now = "2026-03-01 18:00:00"  # Pacific, minutes before the declaration
    assert row(caller, modified_date_start=just_now) is None
    caller.market.faults.remove(0)
    assert row(caller, modified_date_start=just_now)["order_id"] == order.id


def test_an_order_that_was_not_there_yet_is_not_found(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(seconds=HOUR))
    order = work(caller.market)
    assert row(caller) is None
    assert inside(caller.ae(BRIEF, param1={"page": 1, "page_size": 10}))["result"]["total_item"] == 0
    told = detail(caller, order)
    assert (told["result_success"], "data" in told) == (False, False)
    assert "error_response" in caller.ae(TRADE, param1={"order_id": order.id}).body
    caller.market.advance_to(order.placed_at + HOUR)
    assert detail(caller, order)["data"]["order_status"] == "PLACE_ORDER_SUCCESS"


def test_what_is_done_is_done_to_the_present(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(seconds=HOUR))
    order = work(caller.market)
    assert detail(caller, order)["result_success"] is False
    assert ship(caller, order)["result_success"] is True
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    assert ship(caller, order, "PQ987654321ES")["result_success"] is False
    assert len(caller.market.ledger.named("declare_all")) == 1


@pytest.mark.parametrize(("later_seconds", "known"), [(59, False), (60, True), (61, True)])
def test_a_carrier_s_words_are_not_known_before_they_were_said(later_seconds: int, known: bool, opened: Open) -> None:
    caller = opened()
    market = caller.market
    order = market.place(pays=True, cancel_seconds=None, freeze_after_seconds=None, out_of_stock=False)
    assert market.run_until(lambda: bool(market.ledger.named("delivered")), 40 * 86_400)
    market.faults.add(StaleRead(seconds=60))
    market.advance(seconds=later_seconds)
    (shipment,) = detail(caller, order)["data"]["logistic_info_list"]["global_aeop_tp_logistic_info_dto"]
    assert (shipment["receive_status"] == "received") is ("gmt_received" in shipment) is known
    assert market.faults.struck == {"fault:0": int(not known)}


@pytest.mark.parametrize(("later_seconds", "known"), [(59, False), (60, True), (61, True)])
def test_a_scan_is_not_known_before_it_was_made(later_seconds: int, known: bool, opened: Open) -> None:
    caller = opened(mip=Mip(push_every_minutes=100_000))
    market = caller.market
    order = market.place(pays=True, cancel_seconds=None, freeze_after_seconds=None, out_of_stock=False)
    assert market.run_until(lambda: bool(market.ledger.named("handed_over")), 40 * 86_400)
    (left,) = market.ledger.named("handed_over")
    carrier = next(each.key for each in CARRIERS if fits(each, left.facts["number"]))
    declared = market.world.declare(order, carrier=carrier, number=left.facts["number"], whole=True, cause="test")
    assert declared is None
    assert market.run_until(lambda: bool(market.ledger.named("first_scan")), 40 * 86_400)
    market.faults.add(StaleRead(seconds=60))
    market.advance(seconds=later_seconds)
    (shipment,) = detail(caller, order)["data"]["logistic_info_list"]["global_aeop_tp_logistic_info_dto"]
    assert shipment["have_tracking_info"] is known


def test_a_read_of_what_has_not_changed_is_not_struck(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(seconds=HOUR))
    old = work(caller.market)
    caller.market.advance(hours=2)
    row(caller)
    new = work(caller.market)
    detail(caller, old)
    assert caller.market.faults.struck == {"fault:0": 0}
    detail(caller, new)
    row(caller)
    assert caller.market.faults.struck == {"fault:0": 2}
    assert [event.order for event in caller.market.ledger.named("fault")] == [new.id, None]


def test_stale_reads_are_aimed_like_all_calls_and_go_with_other_faults(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(Aim(INFO, nth=2), seconds=HOUR), LateVisibility(least_minutes=600, most_minutes=600))
    order = work(caller.market)
    assert [detail(caller, order)["result_success"] for _ in range(3)] == [True, False, True]
    assert row(caller) is None
    assert caller.market.faults.struck == {"fault:0": 1, "fault:1": 1}
    assert caller.market.now() == MONDAY + 180


def test_the_longest_of_two_lags_is_seen(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(seconds=HOUR), StaleRead(seconds=60))
    order = work(caller.market)
    caller.market.advance(hours=2)
    ship(caller, order)
    caller.market.advance(minutes=30)
    assert detail(caller, order)["data"]["order_status"] == "WAIT_SELLER_SEND_GOODS"
    assert caller.market.faults.struck == {"fault:0": 1, "fault:1": 1}
    caller.market.advance(minutes=30)
    assert detail(caller, order)["data"]["order_status"] == "WAIT_BUYER_ACCEPT_GOODS"


# The integration platform


def imported(caller: Any, order: Order) -> Any:
    """The order as the platform tells it, None if it is told to have none."""
    answer = caller.mip(f"GET /v1/orders/M{order.id}")
    by_name = caller.mip(f"GET /v1/orders/by-marketplace/aliexpress-shop-1/{order.id}")
    assert answer.status == by_name.status
    assert answer.status != 200 or answer.body == by_name.body
    return answer.body if answer.status == 200 else None


@pytest.mark.parametrize(("later_seconds", "fresh"), [(0, False), (599, False), (600, True), (601, True)])
def test_a_number_that_the_platform_took_is_not_seen_for_so_many_seconds(
    later_seconds: int, fresh: bool, opened: Open, work: Work
) -> None:
    caller = opened(StaleRead(seconds=600))
    market, order = caller.market, work(caller.market)
    market.advance(hours=2)
    mirror = market.world.mip.orders[order.id]
    market.world.mip.add_shipment(mirror, order.lines, "correos", "PQ123456789ES", cause="test")
    market.advance(seconds=later_seconds)
    told = imported(caller, order)
    assert told["status"] == ("tracking_pending" if fresh else "pending_review")
    assert len(told["shipments"]) == int(fresh)
    (listed,) = caller.mip("GET /v1/orders").body["data"]
    assert listed == told
    assert bool(caller.mip(f"GET /v1/orders/M{order.id}/shipments").body["data"]) is fresh
    assert market.faults.struck == {"fault:0": 0 if fresh else 4}


def test_an_order_that_the_platform_had_not_imported_is_not_found(opened: Open, work: Work) -> None:
    caller = opened(StaleRead(seconds=600))
    order = work(caller.market)
    caller.market.advance_to(MONDAY + 900 + 599)
    assert imported(caller, order) is None
    assert caller.mip("GET /v1/orders").body["data"] == []
    assert caller.mip(f"POST /v1/orders/M{order.id}/acknowledge").status == 200, "what is done is done to the present"
    caller.market.advance(seconds=1)
    assert imported(caller, order)["process_state"] == "new"


def test_a_stale_listing_is_narrowed_and_paged_by_what_was(opened: Open, work: Work) -> None:
    caller = opened()
    market = caller.market
    orders = [work(market) for _ in range(3)]
    market.advance(hours=1)
    then = caller.mip("GET /v1/orders").body["data"]
    mip = market.world.mip
    mip.cancel(mip.orders[orders[0].id], cause="test")
    at, since = market.now(), market.moment().strftime("%Y-%m-%dT%H:%M:%SZ")
    market.advance(minutes=10)
    assert caller.mip("GET /v1/orders?status=canceled").body["data"]
    market.faults.add(StaleRead(seconds=601))
    assert market.now() - 601 == at - 1
    assert caller.mip("GET /v1/orders").body["data"] == then
    assert caller.mip("GET /v1/orders?status=canceled").body["data"] == []
    assert len(caller.mip("GET /v1/orders?status=pending_review").body["data"]) == 3
    assert caller.mip(f"GET /v1/orders?updated_since={since}").body["data"] == []
    first = caller.mip("GET /v1/orders?limit=2").body
    rest = caller.mip(f"GET /v1/orders?limit=2&cursor={first['next_cursor']}").body
    assert (first["data"] + rest["data"], rest["next_cursor"]) == (then, None)

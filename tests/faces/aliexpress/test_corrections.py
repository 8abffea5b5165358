"""Shipments line by line, corrected afterwards, and read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Carriers, Demand, Settings
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

SHIP = "aliexpress.logistics.sellershipmentfortop"
MODIFY = "aliexpress.logistics.sellermodifiedshipmentfortop"
BY_LINE = "aliexpress.logistics.sellershipmentsupportsubtradeorder"
NEWER = "aliexpress.logistics.order.shipment"
READ_BACK = "aliexpress.logistics.querysellershipmentinfo"
TRACK = "aliexpress.logistics.redefining.querytrackingresult"
FIRST, SECOND = "PQ000000001ES", "PQ000000002ES"
HOUR = 3600
TWO_LINES = ((11, 1, 1000), (22, 2, 500))


def ship(own: Client, order: Order, number: str = FIRST, send_type: str = "all") -> None:
    sent = {"out_ref": str(order.id), "send_type": send_type, "service_name": "CORREOS_ES", "logistics_no": number}
    assert own.call(SHIP, **sent)["result_success"] is True


def change(order: Order, **other: str) -> dict[str, str]:
    return {
        "out_ref": str(order.id),
        "send_type": "all",
        "old_service_name": "CORREOS_ES",
        "old_logistics_no": FIRST,
        "new_service_name": "CORREOS_ES",
        "new_logistics_no": SECOND,
        **other,
    }


def line(index: int, number: str, send_type: str = "all", carrier: str = "CORREOS_ES") -> dict[str, Any]:
    parcel = {"logistics_no": number, "service_name": carrier}
    return {"sub_trade_order_index": index, "send_type": send_type, "shipment_list": [parcel]}


def read_back(own: Client, order: Order, **asked: str) -> list[dict[str, Any]]:
    """What is told of each line."""
    lines = own.call(READ_BACK, trade_order_id=str(order.id), **asked)["sub_trade_order_list"]
    found: list[dict[str, Any]] = lines.get("aeop_seller_shipment_sub_trade_order_dto", [])
    return found


def test_a_correction_replaces_carrier_and_number_wherever_they_are_shown(
    own: Client, ready: Callable[..., Order]
) -> None:
    order = ready(own.market)
    ship(own, order)
    assert own.orders()["target_list"]["order_dto"][0]["product_list"]["order_product_dto"][0]["logistics_type"]
    other = change(order, new_service_name="GLS_ES", new_logistics_no="12345678901", locale="es_ES")
    assert own.call(MODIFY, **other)["result_success"] is True
    row = own.orders()["target_list"]["order_dto"][0]
    assert row["product_list"]["order_product_dto"][0]["logistics_type"] == "GLS_ES"
    told = own.call(READ_BACK, trade_order_id=str(order.id))
    assert (told["result_success"], told["trade_order_id"]) == (True, order.id)
    (shown,) = told["sub_trade_order_list"]["aeop_seller_shipment_sub_trade_order_dto"]
    assert (shown["sub_trade_order_index"], shown["send_type"]) == (1, "all")
    assert shown["shipment_list"]["aeop_shipment_dto"] == [{"logistics_no": "12345678901", "service_name": "GLS_ES"}]
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


@pytest.mark.parametrize(("off_seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_a_shipment_may_be_corrected_until_the_window_closes_and_not_a_second_longer(
    own: Client, ready: Callable[..., Order], unchanged: Any, off_seconds: int, taken: bool
) -> None:
    order = ready(own.market)
    ship(own, order)
    own.market.advance(seconds=72 * HOUR + off_seconds)
    if taken:
        assert own.call(MODIFY, **change(order))["result_success"] is True
    else:
        with unchanged(own.market):
            refused = own.call(MODIFY, **change(order))
        assert (refused["result_success"], refused["result_error_code"]) == (False, "F00-00-10001-908")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"old_logistics_no": SECOND}, "907"),
        ({"old_service_name": "GLS_ES"}, "907"),
        ({"new_logistics_no": "1"}, "904"),
        ({"new_service_name": "PIGEON"}, "903"),
        ({"new_service_name": "OTHER_ES_LOCAL"}, "905"),
        ({"send_type": "part"}, "909"),
        ({"out_ref": "1"}, "901"),
    ],
)
def test_a_refused_correction_changes_nothing(
    own: Client, ready: Callable[..., Order], unchanged: Any, other: dict[str, str], code: str
) -> None:
    order = ready(own.market)
    ship(own, order)
    with unchanged(own.market):
        refused = own.call(MODIFY, **change(order, **other))
    assert refused["result_error_code"] == f"F00-00-10001-{code}"
    assert [it.number for it in order.declarations] == [FIRST]


def test_a_corrected_number_is_no_false_shipment_any_more(client_of: MakeClient, ready: Callable[..., Order]) -> None:
    settings = Settings(demand=Demand(orders_per_day=0), carriers=Carriers(online_limit_days=1, edit_window_hours=500))
    market = Market(seed=5, settings=settings)
    order = ready(market)
    client = client_of(market)
    ship(client, order)
    assert client.call(MODIFY, **change(order))["result_success"] is True
    market.advance(days=7)
    assert [event.facts["number"] for event in market.ledger.named("false_shipment")] == [SECOND]


def test_an_order_is_shipped_once_each_of_its_lines_is(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market, goods=TWO_LINES)
    sent = own.call(BY_LINE, trade_order_id=str(order.id), sub_trade_order_list=[line(2, FIRST)])
    assert sent["is_success"] is True
    assert sent["trade_order_id"] == order.id
    (line_sent,) = sent["sub_trade_order_list"]["subtradeorderlist"]
    assert (line_sent["sub_trade_order_index"], line_sent["send_type"]) == (2, "all")
    assert line_sent["shipment_list"]["shipmentlist"] == [{"logistics_no": FIRST, "service_name": "CORREOS_ES"}]
    assert order.sent_at is None
    part = own.call(BY_LINE, trade_order_id=str(order.id), sub_trade_order_list=[line(1, SECOND, "part")])
    assert part["sub_trade_order_list"]["subtradeorderlist"][0]["send_type"] == "part"
    assert order.sent_at is None
    (unfinished,) = read_back(own, order, sub_trade_order_index="1")
    assert unfinished["send_type"] == "part"
    assert own.call(BY_LINE, trade_order_id=str(order.id), sub_trade_order_list=[line(1, "PQ000000003ES")])
    assert [it.whole for it in order.declarations] == [False, False, True]
    (first,) = read_back(own, order, sub_trade_order_index="1")
    numbers = [it["logistics_no"] for it in first["shipment_list"]["aeop_shipment_dto"]]
    assert (first["send_type"], numbers) == ("all", [SECOND, "PQ000000003ES"])
    assert [it["sub_trade_order_index"] for it in read_back(own, order)] == [1, 2]
    assert read_back(own, order, logistics_no=FIRST)[0]["sub_trade_order_index"] == 2
    assert read_back(own, order, sub_trade_order_index="3") == []


def test_a_shipment_that_names_no_line_is_read_back_with_each(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market, goods=TWO_LINES)
    assert read_back(own, order) == []
    ship(own, order, send_type="part")
    ship(own, order, SECOND)
    for each in read_back(own, order):
        assert each["send_type"] == "all"
        assert [it["logistics_no"] for it in each["shipment_list"]["aeop_shipment_dto"]] == [FIRST, SECOND]
    assert [it["send_type"] for it in read_back(own, order, logistics_no=FIRST)] == ["part", "part"]


def test_lines_are_taken_all_or_none(own: Client, ready: Callable[..., Order], unchanged: Any) -> None:
    order = ready(own.market, goods=TWO_LINES)
    for second, code in ((line(2, "1"), "904"), (line(3, SECOND), "906"), (line(2, SECOND, carrier="X"), "903")):
        with unchanged(own.market):
            told = own.call(BY_LINE, trade_order_id=str(order.id), sub_trade_order_list=[line(1, FIRST), second])
        assert (told["is_success"], told["code_of_error"]) == (False, f"F00-00-10001-{code}")
        assert told["error_msg"]
    both = [line(1, FIRST), line(2, SECOND)]
    assert own.call(BY_LINE, trade_order_id=str(order.id), sub_trade_order_list=both)["is_success"] is True
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


@pytest.mark.parametrize("lines", ["", [], "x", [1], [line(1, FIRST)] * 21, [{**line(1, FIRST), "shipment_list": 3}]])
def test_lines_that_cannot_be_meant_are_refused(
    own: Client, ready: Callable[..., Order], unchanged: Any, lines: Any
) -> None:
    order = ready(own.market)
    with unchanged(own.market):
        assert own.error(BY_LINE, trade_order_id=str(order.id), sub_trade_order_list=lines)["code"] in (40, 41)


def newer(order: Order, *lines: dict[str, Any]) -> dict[str, Any]:
    """The one argument of the newer call."""
    told = {"trade_order_id": order.id, "sub_trade_order_list": lines}
    return {"param_aeop_seller_shipment_sub_trade_order_request": told}


def test_the_newer_call_by_line_says_what_it_took(own: Client, ready: Callable[..., Order], unchanged: Any) -> None:
    order = ready(own.market, goods=TWO_LINES)
    with unchanged(own.market):
        refused = own.call(NEWER, **newer(order, line(1, FIRST), line(3, SECOND)))["result"]
    assert (refused["success"], refused["error_code"]) == (False, "F00-00-10001-906")
    told = own.call(NEWER, **newer(order, {**line(1, FIRST), "ioss": "x"}, line(2, SECOND)))["result"]
    assert (told["success"], told["trade_order_id"]) == (True, order.id)
    lines = told["sub_trade_order_list"]["aeop_seller_shipment_sub_trade_order_dto"]
    assert [(each["sub_trade_order_index"], each["send_type"]) for each in lines] == [(1, "all"), (2, "all")]
    parcels = [each["shipment_list"]["aeop_shipment_dto"] for each in lines]
    assert parcels == [[{"logistics_no": number, "service_name": "CORREOS_ES"}] for number in (FIRST, SECOND)]
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    assert own.error(NEWER)["sub_code"] == "isv.missing-parameter:param_aeop_seller_shipment_sub_trade_order_request"


def test_tracking_tells_what_the_carrier_has_seen(standing: Market, shop: Client) -> None:
    order = next(
        it
        for it in standing.orders(Status.FINISH, Status.FUND_PROCESSING, seller="shop-1")
        if it.declarations and it.received_at and standing.world.tracking.parcel(it.declarations[0].number)
    )
    sent = order.declarations[0]
    asked = {"out_ref": str(order.id), "origin": "ESP", "to_area": "ES", "service_name": sent.carrier}
    events = shop.call(TRACK, logistics_no=sent.number, **asked)["details"]["details"]
    assert [event["event_desc"] for event in events] == ["Delivered", "Accepted by carrier"]
    assert shop.call(TRACK, logistics_no=SECOND, **asked)["details"] == {}
    refused = shop.call(TRACK, logistics_no=SECOND, **{**asked, "out_ref": "1"})
    assert refused["result_success"] is False
    assert "no order 1" in refused["error_desc"]


def test_another_status_keeps_its_shipment(own: Client, ready: Callable[..., Order], unchanged: Any) -> None:
    order = ready(own.market)
    ship(own, order)
    own.market.world.move(order, Move.OPEN_DISPUTE, "buyer")
    with unchanged(own.market):
        assert own.call(MODIFY, **change(order))["result_error_code"] == "F00-00-10001-902"

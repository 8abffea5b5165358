"""The detail calls and the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from fakemarket.faces.aliexpress.moments import beijing, pacific
from fakemarket.market import Market
from fakemarket.rules.status import Status
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

SOLUTION = "aliexpress.solution.order.info.get"
TRADE = "aliexpress.trade.new.redefining.findorderbyid"
ADDRESS = "aliexpress.solution.order.receiptinfo.get"
FULFILL = "aliexpress.solution.order.fulfill"


def detail(client: Client, number: int) -> dict[str, Any]:
    data = client.call(SOLUTION, param1={"order_id": number, "ext_info_bit_flag": 11111})["result"]["data"]
    assert isinstance(data, dict)
    return data


def test_both_details_tell_the_same_under_their_own_wrappers(standing: Market, shop: Client) -> None:
    order = standing.orders("WAIT_SELLER_SEND_GOODS", seller="shop-1")[0]
    ours = detail(shop, order.id)
    theirs = shop.call(TRADE, param1={"order_id": order.id, "field_list": "1", "show_id": "x"})
    assert theirs["time_stamp"] == beijing(standing.now())
    target = theirs["target"]
    for name in ("child_order_list", "child_order_ext_info_list"):
        ((ours_wrapper, ours_items),) = ours.pop(name).items()
        ((theirs_wrapper, theirs_items),) = target.pop(name).items()
        assert ours_wrapper == f"global_{theirs_wrapper}"
        assert ours_items == theirs_items
    assert ours == target


@pytest.mark.parametrize("status", Status)
def test_every_order_there_is_can_be_shown(standing: Market, shop: Client, status: Status) -> None:
    for order in standing.orders(status, seller="shop-1"):
        shown = detail(shop, order.id)
        assert (shown["id"], shown["order_status"]) == (order.id, status)
        assert shown["order_end_reason"] == (order.end_reason or "")
        assert shown["opr_log_dto_list"] == {}
        assert shown["order_amount"]["cent"] == order.total_cents == shown["init_oder_amount"]["cent"]
        children = shown["child_order_list"]["global_aeop_tp_child_order_dto"]
        assert [child["order_sort_id"] for child in children] == list(range(1, len(order.lines) + 1))
        assert [child["child_order_id"] for child in children] == [str(line.child_id) for line in order.lines]


def test_a_detail_names_the_carrier_and_what_it_has_seen(standing: Market, shop: Client) -> None:
    delivered = standing.orders("FUND_PROCESSING", seller="shop-1")[0]
    (shipment, *_) = detail(shop, delivered.id)["logistic_info_list"]["global_aeop_tp_logistic_info_dto"]
    declared = delivered.declarations[0]
    assert shipment["logistics_no"] == declared.number
    assert shipment["logistics_type_code"] == declared.carrier
    assert shipment["gmt_send"] == pacific(declared.at)
    assert shipment["receive_status"] == "received"
    assert shipment["have_tracking_info"]
    assert shipment["gmt_received"] > shipment["gmt_send"]


def test_a_number_that_no_parcel_carries_is_shown_as_declared(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market)
    own.call(FULFILL, out_ref=str(order.id), send_type="all", service_name="GLS_ES", logistics_no="12345678901")
    (shipment,) = detail(own, order.id)["logistic_info_list"]["global_aeop_tp_logistic_info_dto"]
    assert shipment["receive_status"] == "not_received"
    assert not shipment["have_tracking_info"]
    assert shipment["logistics_service_name"] == "GLS Spain"
    assert detail(own, order.id)["over_time_left"] == "2026-05-30 17:03:00"  # 90 x 86,400 s on, an hour later shown


def test_the_address_is_the_buyers_and_all_text(standing: Market, shop: Client) -> None:
    order = standing.orders("WAIT_SELLER_SEND_GOODS", seller="shop-1")[0]
    buyer = standing.world.people.buyer(order)
    address = shop.call(ADDRESS, param1={"order_id": order.id})["result"]
    assert all(isinstance(value, str) for value in address.values())
    assert address["contact_person"] == buyer.name
    assert (address["zip"], address["city"], address["country"]) == (buyer.zip_code, buyer.city, buyer.country)
    assert address == detail(shop, order.id)["receipt_address"]


@pytest.mark.parametrize("which", ["nobody's", "another seller's", "a line's"])
def test_an_order_that_is_not_the_sellers_is_not_there(
    standing: Market, shop: Client, client_of: MakeClient, which: str
) -> None:
    mine, other = (standing.orders("WAIT_SELLER_SEND_GOODS", seller=it)[0].id for it in ("shop-1", "shop-2"))
    number = {"nobody's": 7, "another seller's": other, "a line's": mine + 1}[which]
    result = shop.call(SOLUTION, param1={"order_id": number})["result"]
    assert result["result_success"] is False
    assert result["error_code"]
    assert str(number) in result["error_message"]
    for method in (TRADE, ADDRESS):
        error = shop.error(method, param1={"order_id": str(number)})
        assert (error["code"], error["sub_code"]) == (15, "isv.order-not-found")
        newer = client_of(standing, entrance="/sync").error(method, param1={"order_id": number})
        assert newer["type"] == "ISP"
        assert str(number) in newer["msg"]


@pytest.mark.parametrize("method", [SOLUTION, TRADE, ADDRESS])
@pytest.mark.parametrize(("argument", "code"), [({}, 40), ({"order_id": "x"}, 41), ({"order_id": 1.5}, 41)])
def test_the_order_must_be_named(shop: Client, method: str, argument: dict[str, Any], code: int) -> None:
    assert shop.error(method)["sub_code"] == "isv.missing-parameter:param1"
    error = shop.error(method, param1=argument)
    assert error["code"] == code
    assert error["sub_code"].endswith(":order_id")

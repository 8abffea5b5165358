"""Declaring shipments over the wire, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from fakemarket.faces.aliexpress.refusals import INVENTED_CODES
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.world.carriers import CARRIERS
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

FULFILL = "aliexpress.solution.order.fulfill"
FOR_TOP = "aliexpress.logistics.sellershipmentfortop"
GOOD = {"send_type": "all", "service_name": "GLS_ES", "logistics_no": "12345678901"}


def ship(client: Client, method: str, **arguments: str) -> tuple[bool, str, str]:
    """Whether it was taken, and if not the code and the reason."""
    content = client.call(method, **{**GOOD, **arguments})
    if method == FULFILL:
        result = content["result"]
        return result["result_success"], result.get("error_code", ""), result.get("error_message", "")
    return content["result_success"], content.get("result_error_code", ""), content.get("result_error_desc", "")


@pytest.fixture(params=[FULFILL, FOR_TOP])
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_shipping_all_moves_the_order_on_to_the_buyer(own: Client, ready: Callable[..., Order], method: str) -> None:
    order = ready(own.market)
    assert ship(own, method, out_ref=str(order.id)) == (True, "", "")
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    (row,) = own.rows()
    assert row["order_status"] == "WAIT_BUYER_ACCEPT_GOODS"
    assert row["logistics_status"] == "SELLER_SEND_GOODS"
    assert row["gmt_send_goods_time"] == "2026-03-01 16:03:00"
    (line,) = row["product_list"]["order_product_dto"]
    assert line["logistics_type"] == "GLS_ES"
    assert line["can_submit_issue"]
    assert own.market.ledger.named("declare_all")[0].cause == "call"


def test_shipping_parts_keeps_the_countdown_until_the_rest_is_sent(
    own: Client, ready: Callable[..., Order], method: str
) -> None:
    order = ready(own.market, goods=((1, 1, 100), (2, 1, 100)))
    for _ in range(2):
        assert ship(own, method, out_ref=str(order.id), send_type="part")[0]
        (row,) = own.rows()
        # The near-twins: order status and logistics status spell it differently.
        assert (row["order_status"], row["logistics_status"]) == ("SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS")
        assert row["left_send_good_day"] == "5"
        assert {it["son_order_status"] for it in row["product_list"]["order_product_dto"]} == {row["order_status"]}
    assert ship(own, method, out_ref=str(order.id))[0]
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    assert len(order.declarations) == 3


@pytest.mark.parametrize("off_seconds", [-1, 0, 1])
def test_a_shipment_is_in_time_up_to_the_second_before_the_end(
    own: Client, ready: Callable[..., Order], method: str, off_seconds: int
) -> None:
    order = ready(own.market)
    assert order.ship_by_at is not None
    own.market.advance_to(order.ship_by_at + off_seconds)
    taken, code, _ = ship(own, method, out_ref=str(order.id))
    assert taken == (off_seconds < 0)
    assert taken or code == INVENTED_CODES["STATUS_NOT_ALLOWED"]


REFUSED = {
    "an unknown carrier": ({"service_name": "PIGEON"}, "CARRIER_NOT_AUTHORISED"),
    "a number in another format": ({"logistics_no": "12"}, "NUMBER_FORMAT"),
    "no website for a carrier that needs one": (
        {"service_name": "OTHER_ES_LOCAL", "logistics_no": "ABC123"},
        "WEBSITE_MISSING",
    ),
}


@pytest.mark.parametrize(("changed", "why"), REFUSED.values(), ids=REFUSED)
def test_a_refused_shipment_is_a_success_envelope_that_says_no(
    own: Client, ready: Callable[..., Order], unchanged: Any, method: str, changed: dict[str, str], why: str
) -> None:
    order = ready(own.market)
    with unchanged(own.market, but="declare_refused"):
        taken, code, message = ship(own, method, out_ref=str(order.id), **changed)
    assert (taken, code) == (False, INVENTED_CODES[why])
    assert message
    assert order.status is Status.WAIT_SELLER_SEND_GOODS
    assert not order.declarations


def test_a_website_is_what_such_a_carrier_needs(own: Client, ready: Callable[..., Order], method: str) -> None:
    order = ready(own.market)
    other = {"service_name": "OTHER_ES_LOCAL", "logistics_no": "ABC123"}
    assert ship(own, method, out_ref=str(order.id), **other, tracking_website="https://track.example/ABC123")[0]


def test_an_order_whose_buyer_asks_to_cancel_cannot_be_shipped(
    own: Client, ready: Callable[..., Order], unchanged: Any, method: str
) -> None:
    order = ready(own.market)
    own.market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    with unchanged(own.market, but="declare_refused"):
        taken, code, message = ship(own, method, out_ref=str(order.id))
    assert (taken, code) == (False, INVENTED_CODES["STATUS_NOT_ALLOWED"])
    assert "IN_CANCEL" in message
    assert own.rows()[0]["logistics_status"] == "WAIT_SELLER_SEND_GOODS"


@pytest.mark.parametrize("status", [it for it in Status if "SEND_GOODS" not in it])
def test_no_other_status_can_be_shipped(standing: Market, client_of: MakeClient, method: str, status: Status) -> None:
    for order in standing.orders(status)[:3]:
        client = client_of(standing, seller=order.seller)
        taken, code, _ = ship(client, method, out_ref=str(order.id))
        assert (taken, code) == (False, INVENTED_CODES["STATUS_NOT_ALLOWED"])
        assert order.status is status


def test_another_sellers_order_cannot_be_shipped(standing: Market, shop: Client, unchanged: Any, method: str) -> None:
    order = standing.orders("WAIT_SELLER_SEND_GOODS", seller="shop-2")[0]
    with unchanged(standing):
        assert ship(shop, method, out_ref=str(order.id))[:2] == (False, INVENTED_CODES["ORDER_NOT_FOUND"])


@pytest.mark.parametrize(
    ("changed", "code", "name"),
    [
        ({"out_ref": ""}, 40, "out_ref"),
        ({"out_ref": "A7"}, 41, "out_ref"),
        ({"send_type": ""}, 40, "send_type"),
        ({"send_type": "ALL"}, 41, "send_type"),
        ({"service_name": ""}, 40, "service_name"),
        ({"logistics_no": ""}, 40, "logistics_no"),
        ({"description": "x" * 513}, 41, "description"),
    ],
)
def test_what_a_shipment_needs_must_be_there(
    own: Client, ready: Callable[..., Order], unchanged: Any, method: str, changed: dict[str, str], code: int, name: str
) -> None:
    order = ready(own.market)
    with unchanged(own.market):
        error = own.error(method, **{**GOOD, "out_ref": str(order.id), **changed})
    assert error["code"] == code
    assert error["sub_code"].endswith(f"-parameter:{name}")


def test_the_longest_description_fits(own: Client, ready: Callable[..., Order], method: str) -> None:
    order = ready(own.market)
    assert ship(own, method, out_ref=str(order.id), description="x" * 512)[0]


def test_the_services_say_what_their_numbers_look_like(shop: Client) -> None:
    content = shop.call("aliexpress.logistics.redefining.listlogisticsservice")
    assert content["result_success"] is True
    services = content["result_list"]["aeop_logistics_service_result"]
    assert [it["service_name"] for it in services] == [it.key for it in CARRIERS]
    assert all(re.compile(it["tracking_no_regex"]) for it in services)


def test_every_refusal_of_the_world_has_a_code(own: Client, ready: Callable[..., Order]) -> None:
    assert len(set(INVENTED_CODES.values())) == len(INVENTED_CODES)
    why = {event.facts["why"] for event in own.market.ledger.named("declare_refused")}
    assert why <= INVENTED_CODES.keys()

"""What the supplier refuses, how each refusal is put right, and the orders that it took."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fakemarket.market import Market
from fakemarket.settings import Demand, Settings, Warehouse
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]

TWO_GOODS = ((0, 1, 1000), (1, 2, 500))
SHARES = {
    "out_of_stock": "out_of_stock_share",
    "invalid_address": "bad_address_share",
    "invalid_postcode": "bad_postcode_share",
    "no_carrier": "no_carrier_share",
    "supplier_error": "supplier_error_share",
    "unknown_sku": "unknown_sku_share",
    "export_invoice": "export_invoice_share",
}


def reason(ask: Ask, order: Order, body: object = None) -> str | None:
    """Why an order waits after it was sent again with `body`."""
    status, shown = ask(f"POST /v1/orders/M{order.id}/resend", body=body)
    assert status == 200
    code: str | None = shown["review"] and shown["review"]["reason_code"]
    return code


def test_an_address_is_right_once_somebody_put_it_right(market: Market, ask: Ask, place: Place) -> None:
    order = place(bad_address=True)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["review"]["reason_code"] == "invalid_address"
    assert reason(ask, order) == "invalid_address"
    assert reason(ask, order, {"address": {"postcode": "03001"}}) == "invalid_address"
    assert reason(ask, order, {"address": {"street": "Calle Mayor 1"}}) is None
    (ordered,) = ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1]["data"]
    assert ordered["address"] == {"postcode": "03001", "street": "Calle Mayor 1"}


def test_a_postcode_is_right_once_somebody_gave_another(market: Market, ask: Ask, place: Place) -> None:
    order = place(bad_postcode=True)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["review"]["reason_code"] == "invalid_postcode"
    assert reason(ask, order, {"address": {"street": "Calle Mayor 1"}}) == "invalid_postcode"
    assert reason(ask, order, {"address": {"postcode": "03001"}}) is None


def test_an_order_that_no_usual_carrier_takes_leaves_with_the_one_that_was_chosen(
    market: Market, ask: Ask, place: Place
) -> None:
    order = place(no_carrier=True)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["review"]["reason_code"] == "no_carrier"
    assert reason(ask, order) == "no_carrier"
    assert reason(ask, order, {"carrier": "dhl"}) is None
    assert ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1]["data"][0]["carrier"] == "dhl"
    market.advance(days=9)
    shipments = ask(f"GET /v1/orders/M{order.id}/shipments")[1]["data"]
    assert [(it["carrier"], it["tracking_number"][:3], it["push_status"]) for it in shipments] == [
        ("dhl", "JJD", "accepted")
    ]


@pytest.mark.parametrize("body", [{"carrier": "yoke"}, {"carrier": ""}, {"address": {}}, {"address": {"planet": "x"}}])
def test_what_can_not_put_an_order_right_is_refused_and_the_order_is_not_sent(
    market: Market, ask: Ask, place: Place, body: object
) -> None:
    order = place(no_carrier=True)
    market.advance(minutes=15)
    before = market.ledger.digest()
    assert ask(f"POST /v1/orders/M{order.id}/resend", body=body)[0] == 422
    assert market.ledger.digest() == before


def test_what_the_supplier_failed_on_once_works_the_next_time(market: Market, ask: Ask, place: Place) -> None:
    order = place(supplier_fails=True)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["review"]["reason_code"] == "supplier_error"
    assert reason(ask, order) is None


@pytest.mark.parametrize(
    ("trouble", "code"), [({"unknown_sku": True}, "unknown_sku"), ({"needs_invoice": True}, "export_invoice")]
)
def test_what_a_person_does_with_the_supplier_is_done_when_the_order_is_sent_again(
    market: Market, ask: Ask, place: Place, trouble: dict[str, bool], code: str
) -> None:
    order = place(**trouble)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["review"]["reason_code"] == code
    assert ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1] == {"data": []}
    assert reason(ask, order) is None
    assert len(ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1]["data"]) == 1


def test_of_several_refusals_each_is_met_with_and_put_right_in_turn(market: Market, ask: Ask, place: Place) -> None:
    order = place(unknown_sku=True, needs_invoice=True, supplier_fails=True)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["review"]["reason_code"] == "unknown_sku"
    assert [reason(ask, order) for _ in range(3)] == ["export_invoice", "supplier_error", None]


@pytest.mark.parametrize(("cents", "cost"), [(600, None), (601, "6.01")])
def test_an_order_below_the_minimum_is_taken_once_somebody_agrees_to_pay_it(
    ask_of: Callable[[Market], Ask], cents: int, cost: str | None
) -> None:
    house = Warehouse(minimum_order_cents=cents)
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), warehouse=house))
    ask = ask_of(market)
    luck: dict[str, Any] = {"attempts_seconds": (60,), "pays": True, "review_rejects": False, "review_holds": False}
    order = market.place(**luck, goods=((0, 1, 1000),), review_seconds=60, processing_seconds=60, out_of_stock=False)
    market.advance(minutes=15)
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (shown["review"] and shown["review"]["reason_code"]) == (cost and "below_minimum")
    if cost:
        assert reason(ask, order) is None
    (ordered,) = ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1]["data"]
    assert ordered["cost"] == (cost or "6.00")
    (movement,) = ask("GET /v1/wallet")[1]["movements"]
    assert movement["amount"] == f"-{ordered['cost']}"


def test_of_an_order_in_two_warehouses_each_part_must_reach_the_minimum(ask_of: Callable[[Market], Ask]) -> None:
    house = Warehouse(minimum_order_cents=700, refuses_split=True)
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), warehouse=house))
    ask = ask_of(market)
    luck: dict[str, Any] = {"attempts_seconds": (60,), "pays": True, "review_rejects": False, "review_holds": False}
    two = market.place(
        **luck, goods=((0, 1, 1000), (1, 2, 1000)), review_seconds=60, processing_seconds=60, out_of_stock=False
    )
    parcel = two.fate.parcels[0]
    two.fate = two.fate._replace(parcels=(parcel, parcel))
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{two.id}")[1]["review"]["reason_code"] == "below_minimum"
    assert [reason(ask, two) for _ in range(2)] == ["warehouse_split", None]
    costs = [it["cost"] for it in ask(f"GET /v1/orders/M{two.id}/supplier-orders")[1]["data"]]
    assert costs == ["7.00", "12.00"]


def test_stock_that_is_gone_stays_gone(market: Market, ask: Ask, place: Place) -> None:
    order = place(out_of_stock=True)
    market.advance(minutes=15)
    assert reason(ask, order) == "out_of_stock"


def test_goods_in_two_warehouses_are_ordered_from_each(ask_of: Callable[[Market], Ask]) -> None:
    settings = Settings(demand=Demand(orders_per_day=0), warehouse=Warehouse(refuses_split=True))
    market = Market(seed=5, settings=settings)
    ask = ask_of(market)
    luck: dict[str, Any] = {"goods": TWO_GOODS, "attempts_seconds": (60,), "pays": True, "review_rejects": False}
    one = market.place(**luck, review_holds=False, review_seconds=60, processing_seconds=60)
    two_parcels = tuple(one.fate.parcels[0]._replace(preparation_days=days) for days in (0.5, 3.0))
    two = market.place(**luck, parcels=two_parcels, review_holds=False, review_seconds=60, processing_seconds=60)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{one.id}")[1]["status"] == "sent_to_supplier"
    assert ask(f"GET /v1/orders/M{two.id}")[1]["review"]["reason_code"] == "warehouse_split"
    assert ask(f"GET /v1/orders/M{two.id}/supplier-orders")[1] == {"data": []}
    assert reason(ask, two) is None
    status, shown = ask(f"GET /v1/orders/M{two.id}/supplier-orders")
    assert status == 200
    assert shown["data"] == [
        {
            "id": f"AE-{two.id}-{number}",
            "order_id": f"M{two.id}",
            "lines": [{"child_id": str(line.child_id), "quantity": line.quantity}],
            "status": "preparing",
            "cost": "6.00",
            "carrier": None,
            "address": None,
            "sent_at": "2026-03-02T00:15:00Z",
            "canceled_at": None,
        }
        for number, line in enumerate(two.lines, start=1)
    ]
    assert ask(f"GET /v1/orders/M{two.id}")[1]["supplier"]["order_ids"] == [it["id"] for it in shown["data"]]
    for _ in range(24 * 20):
        market.advance(hours=1)
        states = [it["status"] for it in ask(f"GET /v1/orders/M{two.id}/supplier-orders")[1]["data"]]
        if "shipped" in states:
            break
    assert states == ["shipped", "preparing"]
    assert ask(f"GET /v1/orders/M{two.id}")[1]["supplier"]["status"] == "preparing"
    market.advance(days=5)
    assert ask(f"GET /v1/orders/M{two.id}")[1]["supplier"]["status"] == "shipped"


@pytest.mark.parametrize(("expected", "share"), SHARES.items())
def test_each_refusal_can_be_had_from_the_settings(ask_of: Callable[[Market], Ask], expected: str, share: str) -> None:
    only: dict[str, Any] = {"out_of_stock_share": 0.0, share: 1.0}
    market = Market(seed=5, settings=Settings(warehouse=replace(Warehouse(), **only)), history_days=2)
    shown = ask_of(market)("GET /v1/orders", status="pending_review")[1]["data"]
    assert {it["review"]["reason_code"] for it in shown} == {expected}


def test_a_canceled_order_has_canceled_supplier_orders(market: Market, ask: Ask, place: Place) -> None:
    order = place()
    market.advance(minutes=15)
    ask(f"POST /v1/orders/M{order.id}/cancel")
    (ordered,) = ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1]["data"]
    assert (ordered["status"], ordered["canceled_at"]) == ("canceled", "2026-03-02T00:15:00Z")

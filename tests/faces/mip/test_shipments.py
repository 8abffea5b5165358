"""Numbers that a caller enters, and what becomes of pushing them."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.market import Market
from fakemarket.settings import Demand, Mip, Settings
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]

TWO_LINES: dict[str, Any] = {"goods": ((1, 2, 1000), (2, 1, 500))}
NUMBER = "12345678901"


def parcel(order: Order, *quantities: int, number: str = NUMBER, carrier: str = "gls") -> dict[str, Any]:
    """A shipment of the first lines of an order, so many pieces of each; all of it if none are named."""
    pieces = quantities or tuple(line.quantity for line in order.lines)
    lines = [
        {"child_id": str(line.child_id), "quantity": quantity}
        for line, quantity in zip(order.lines, pieces, strict=False)
    ]
    return {"lines": lines, "carrier": carrier, "tracking_number": number}


@pytest.fixture
def order(market: Market, place: Place) -> Order:
    """Accepted, imported, and out of stock: no parcel of the supplier's comes between."""
    order = place(out_of_stock=True, **TWO_LINES)
    market.advance(minutes=15)
    return order


def test_a_number_is_queued_until_the_next_round_pushes_it(market: Market, ask: Ask, order: Order) -> None:
    status, entered = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order))
    assert status == 201
    assert entered == {
        "id": "S000001",
        "order_id": f"M{order.id}",
        "lines": [
            {"child_id": str(order.lines[0].child_id), "quantity": 2},
            {"child_id": str(order.lines[1].child_id), "quantity": 1},
        ],
        "carrier": "gls",
        "tracking_number": NUMBER,
        "shipped_at": "2026-03-02T00:15:00Z",
        "push_status": "queued",
        "push_error": None,
        "pushed_at": None,
    }
    assert ask(f"GET /v1/orders/M{order.id}")[1]["status"] == "tracking_pending"
    market.advance(minutes=14, seconds=59)
    assert (order.status, order.declarations) == ("WAIT_SELLER_SEND_GOODS", ())
    market.advance(seconds=1)
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"
    assert order.declarations[0].carrier == "GLS_ES"
    pushed = {**entered, "push_status": "accepted", "pushed_at": "2026-03-02T00:30:00Z"}
    assert ask(f"GET /v1/orders/M{order.id}/shipments") == (200, {"data": [pushed]})
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (shown["status"], shown["shipments"]) == ("tracking_pushed", [pushed])
    assert [line["status"] for line in shown["lines"]] == ["shipped", "shipped"]


def test_pushing_now_does_not_wait_for_the_round_and_pushing_again_changes_nothing(
    market: Market, ask: Ask, order: Order
) -> None:
    entered = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order))[1]
    status, pushed = ask(f"POST /v1/shipments/{entered['id']}/push")
    assert (status, pushed["push_status"], order.status) == (200, "accepted", "WAIT_BUYER_ACCEPT_GOODS")
    events = len(market.ledger)
    assert ask(f"POST /v1/shipments/{entered['id']}/push") == (200, pushed)
    assert len(market.ledger) == events
    market.advance(hours=1)
    assert len(order.declarations) == 1


def test_part_of_a_line_ships_part_of_the_order_and_the_rest_completes_it(
    market: Market, ask: Ask, order: Order
) -> None:
    first = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order, 1))[1]
    ask(f"POST /v1/shipments/{first['id']}/push")
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (order.status, shown["status"]) == ("SELLER_PART_SEND_GOODS", "partially_shipped")
    assert [(line["shipped_quantity"], line["status"]) for line in shown["lines"]] == [
        (1, "partially_shipped"),
        (0, "open"),
    ]
    rest = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order, 1, 1, number="10987654321"))[1]
    ask(f"POST /v1/shipments/{rest['id']}/push")
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (order.status, shown["status"]) == ("WAIT_BUYER_ACCEPT_GOODS", "tracking_pushed")
    assert [line["status"] for line in shown["lines"]] == ["shipped", "shipped"]


def test_one_of_two_pieces_is_a_part_though_it_is_the_only_line(market: Market, ask: Ask, place: Place) -> None:
    order = place(out_of_stock=True, goods=((1, 2, 1000),))
    market.advance(minutes=15)
    ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order, 1))
    market.advance(minutes=15)
    assert order.status == "SELLER_PART_SEND_GOODS"


def test_the_same_key_twice_is_one_shipment(market: Market, ask: Ask, order: Order) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    first = ask(what, body=parcel(order), key="a")
    market.advance(minutes=30)
    status, again = ask(what, body=parcel(order), key="a")
    assert first[0] == status == 201
    assert again == {**first[1], "push_status": "accepted", "pushed_at": "2026-03-02T00:30:00Z"}
    assert len(order.declarations) == len(market.ledger.named("tracking_known")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"tracking_number": "10987654321"},
        {"carrier": "seur"},
        {"shipped_at": "2026-03-02T00:14:59Z"},
    ],
)
def test_the_same_key_with_another_body_is_refused(
    market: Market, ask: Ask, order: Order, change: dict[str, str]
) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    ask(what, body=parcel(order, 1), key="a")
    events = len(market.ledger)
    status, said = ask(what, body=parcel(order, 1) | change, key="a")
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert "Idempotency-Key a " in said["error"]["message"]
    assert len(market.ledger) == events


def test_the_same_key_on_another_order_is_refused(market: Market, ask: Ask, order: Order, place: Place) -> None:
    other = place(out_of_stock=True, goods=((1, 2, 1000),))
    market.advance(minutes=15)
    assert ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order, 1), key="a")[0] == 201
    assert ask(f"POST /v1/orders/M{other.id}/shipments", body=parcel(other, 1), key="a")[0] == 409


def test_a_refused_call_does_not_use_its_key_up(ask: Ask, order: Order) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    assert ask(what, body=parcel(order, 3), key="a")[0] == 422
    assert ask(what, body=parcel(order, 2), key="a")[0] == 201


def test_a_key_has_255_characters_at_most(ask: Ask, order: Order) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    assert ask(what, body=parcel(order, 1), key="k" * 256)[0] == 422
    assert ask(what, body=parcel(order, 1), key="k" * 255)[0] == 201


def test_without_a_key_the_same_call_twice_is_two_shipments_while_there_is_something_left(
    ask: Ask, order: Order
) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    assert [ask(what, body=parcel(order, 1))[1].get("id") for _ in range(3)] == ["S000001", "S000002", None]
    status, said = ask(what, body=parcel(order, 1))
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert "0 left to ship, 1 given" in said["error"]["message"]


@pytest.mark.parametrize(("mip", "arrived"), [(Mip(push_lost_share=1), False), (Mip(push_answer_lost_share=1), True)])
def test_a_push_that_nobody_answers_is_shown_as_sent_and_then_as_unknown(
    ask_of: Callable[[Market], Ask], mip: Mip, arrived: bool
) -> None:
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), mip=mip))
    ask = ask_of(market)
    luck: dict[str, Any] = {"pays": True, "review_rejects": False, "review_holds": False, "out_of_stock": True}
    order = market.place(**luck, attempts_seconds=(60,), processing_seconds=60, review_seconds=60, **TWO_LINES)
    market.advance(minutes=15)
    entered = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order))[1]
    sent = {**entered, "push_status": "sent", "pushed_at": "2026-03-02T00:15:00Z"}
    push = f"POST /v1/shipments/{entered['id']}/push"
    assert ask(push) == (200, sent)
    assert ask(push) == (200, sent), "its answer may yet come"
    market.advance(seconds=60)
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (shown["status"], shown["shipments"]) == ("tracking_pending", [{**sent, "push_status": "unknown"}])
    assert [line["shipped_quantity"] for line in shown["lines"]] == [2, 1]
    assert ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order, 1))[0] == 409, "it may have arrived"
    assert (order.status == "WAIT_BUYER_ACCEPT_GOODS") is arrived
    again = ask(push)[1]
    assert (again["push_status"], again["pushed_at"]) == (
        ("accepted", "2026-03-02T00:15:00Z") if arrived else ("sent", "2026-03-02T00:16:00Z")
    )


def test_a_rejected_number_can_be_followed_by_a_right_one(market: Market, ask: Ask, order: Order) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    wrong = ask(what, body=parcel(order, number="not-a-gls-number"))[1]
    status, pushed = ask(f"POST /v1/shipments/{wrong['id']}/push")
    assert (status, pushed["push_status"], pushed["push_error"]) == (200, "rejected", "NUMBER_FORMAT")
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (shown["status"], order.status) == ("tracking_rejected", "WAIT_SELLER_SEND_GOODS")
    assert {line["status"] for line in shown["lines"]} == {"open"}
    assert ask(what, body=parcel(order))[0] == 201
    market.advance(minutes=15)
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"


def test_an_unknown_carrier_is_taken_by_the_platform_and_refused_by_the_marketplace(ask: Ask, order: Order) -> None:
    entered = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order, carrier="pigeon"))
    assert entered[0] == 201
    pushed = ask(f"POST /v1/shipments/{entered[1]['id']}/push")[1]
    assert (pushed["push_status"], pushed["push_error"]) == ("rejected", "CARRIER_NOT_AUTHORISED")


def test_a_push_with_a_dead_token_leaves_the_number_queued(market: Market, ask: Ask, order: Order) -> None:
    entered = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order))[1]
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    status, said = ask(f"POST /v1/shipments/{entered['id']}/push")
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert "IllegalAccessToken" in said["error"]["message"]
    assert ask(f"GET /v1/orders/M{order.id}/shipments")[1]["data"] == [entered]
    ask("POST /v1/channels/aliexpress-shop-1/reset-credentials")
    assert ask(f"POST /v1/shipments/{entered['id']}/push")[1]["push_status"] == "accepted"


def test_a_canceled_order_takes_no_shipment(ask: Ask, order: Order) -> None:
    ask(f"POST /v1/orders/M{order.id}/cancel")
    status, said = ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order))
    assert (status, said["error"]["code"]) == (409, "conflict")
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (shown["status"], shown["review"], shown["shipments"]) == ("canceled", None, [])


def test_an_order_with_a_number_is_not_canceled_though_nothing_has_left(ask: Ask, order: Order) -> None:
    ask(f"POST /v1/orders/M{order.id}/shipments", body=parcel(order))
    assert ask(f"POST /v1/orders/M{order.id}/cancel")[0] == 409
    assert ask(f"GET /v1/orders/M{order.id}")[1]["status"] == "tracking_pending"


def test_shipped_at_may_be_now_and_not_a_second_later(ask: Ask, order: Order) -> None:
    what = f"POST /v1/orders/M{order.id}/shipments"
    at = {"shipped_at": "2026-03-02T01:15:01+01:00"}
    assert ask(what, body=parcel(order, 1) | at)[0] == 422
    at = {"shipped_at": "2026-03-02T01:15:00+01:00"}
    assert ask(what, body=parcel(order, 1) | at)[1]["shipped_at"] == "2026-03-02T00:15:00Z"


def test_everything_wrong_with_a_shipment_is_said_at_once(market: Market, ask: Ask, order: Order) -> None:
    first = str(order.lines[0].child_id)
    body = {
        "lines": [
            {"child_id": "1", "quantity": 1},
            {"child_id": first, "quantity": 3},
            {"child_id": first, "quantity": 0},
            {"child_id": first},
        ],
        "carrier": "",
        "shipped_at": "yesterday",
        "weight": 3,
    }
    events = len(market.ledger)
    status, said = ask(f"POST /v1/orders/M{order.id}/shipments", body=body)
    assert (status, said["error"]["code"]) == (422, "validation")
    found = {each["field"]: each["message"] for each in said["error"]["details"]}
    assert sorted(found) == [
        "carrier",
        "lines.0",
        "lines.1",
        "lines.2.quantity",
        "lines.3.quantity",
        "shipped_at",
        "tracking_number",
        "weight",
    ]
    assert first in found["lines.0"], "what was allowed"
    assert found["lines.1"] == "quantity 3 is more than the 2 ordered"
    assert found["weight"] == "is not known here; known: lines, carrier, tracking_number, shipped_at"
    assert len(market.ledger) == events


def test_a_line_named_twice_is_refused(ask: Ask, order: Order) -> None:
    line = {"child_id": str(order.lines[0].child_id), "quantity": 1}
    body = {"lines": [line, line], "carrier": "gls", "tracking_number": NUMBER}
    assert ask(f"POST /v1/orders/M{order.id}/shipments", body=body)[0] == 422


def test_an_unknown_shipment_is_not_found(ask: Ask, order: Order) -> None:
    status, said = ask("POST /v1/shipments/S000001/push")
    assert (status, said["error"]["code"]) == (404, "not_found")

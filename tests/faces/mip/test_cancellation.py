"""Answering, through the platform, a buyer who asks the marketplace to cancel."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.market import Market
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]


@pytest.fixture
def asked_to_cancel(market: Market, place: Place) -> Order:
    """Accepted after twelve minutes, asked to cancel an hour later, imported since."""
    order = place(cancel_seconds=3600)
    market.advance(hours=2)
    assert order.status == "IN_CANCEL"
    return order


def test_an_accepted_cancellation_ends_the_order_and_the_supplier_hears_nothing(
    market: Market, ask: Ask, asked_to_cancel: Order
) -> None:
    status, shown = ask(f"POST /v1/orders/M{asked_to_cancel.id}/cancellation/accept")
    assert (status, shown["marketplace_status"], shown["status"]) == (200, "FINISH", "sent_to_supplier")
    assert asked_to_cancel.end_reason == "cancel_order_close_trade"
    assert market.ledger.named("accept_cancel")[0].cause == "call"
    assert shown["supplier"]["status"] == "preparing"


def test_a_refused_cancellation_lets_the_countdown_go_on(market: Market, ask: Ask, asked_to_cancel: Order) -> None:
    before = asked_to_cancel.ship_by_at
    assert before is not None
    status, shown = ask(f"POST /v1/orders/M{asked_to_cancel.id}/cancellation/refuse")
    assert (status, shown["marketplace_status"]) == (200, "WAIT_SELLER_SEND_GOODS")
    asked_at = market.ledger.named("request_cancel")[0].at
    assert asked_to_cancel.ship_by_at == before + market.now() - asked_at
    market.advance(days=9)
    assert asked_to_cancel.sent_at is not None


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_where_nobody_asks_there_is_nothing_to_answer(market: Market, ask: Ask, place: Place, verb: str) -> None:
    order = place()
    market.advance(minutes=15)
    before = market.ledger.digest()
    status, said = ask(f"POST /v1/orders/M{order.id}/cancellation/{verb}")
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert "STATUS_NOT_ALLOWED" in said["error"]["message"]
    assert market.ledger.digest() == before


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 409), (1, 409)])
def test_an_answer_is_in_time_until_the_marketplace_grants_it_by_itself(
    market: Market, ask: Ask, asked_to_cancel: Order, seconds: int, status: int
) -> None:
    due_at = market.world.platform.times_out_at(asked_to_cancel)
    assert due_at is not None
    market.advance_to(due_at + seconds)
    assert ask(f"POST /v1/orders/M{asked_to_cancel.id}/cancellation/refuse")[0] == status


def test_a_dead_token_answers_nobody(market: Market, ask: Ask, asked_to_cancel: Order) -> None:
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    status, said = ask(f"POST /v1/orders/M{asked_to_cancel.id}/cancellation/accept")
    assert (status, said["error"]["code"]) == (409, "conflict")
    assert "IllegalAccessToken" in said["error"]["message"]
    assert asked_to_cancel.status == "IN_CANCEL"

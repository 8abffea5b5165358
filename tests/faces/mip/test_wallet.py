"""A seller's money with the supplier: what it pays for, what happens when it runs out, and paying in."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.market import Market
from fakemarket.settings import Demand, Mip, Settings
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]

TEN_EUROS = {"goods": ((0, 1, 1000),)}
"""It costs six: three fifths of its value."""


@pytest.fixture
def market() -> Market:
    """Ten euros in the wallet, and nobody orders but the test."""
    return Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), mip=Mip(wallet_cents=1000)))


def balance(ask: Ask) -> str | None:
    status, shown = ask("GET /v1/wallet")
    assert status == 200
    found: str | None = shown["balance"]
    return found


def test_an_order_costs_its_goods_and_a_canceled_one_gives_them_back(market: Market, ask: Ask, place: Place) -> None:
    order = place(**TEN_EUROS)
    market.advance(minutes=15)
    assert balance(ask) == "4.00"
    ask(f"POST /v1/orders/M{order.id}/cancel")
    assert ask("GET /v1/wallet") == (
        200,
        {
            "channel": "aliexpress-shop-1",
            "currency": "EUR",
            "balance": "10.00",
            "movements": [
                {
                    "id": 1,
                    "at": "2026-03-02T00:15:00Z",
                    "kind": "supplier_order",
                    "amount": "-6.00",
                    "supplier_order_id": f"AE-{order.id}-1",
                    "balance": "4.00",
                },
                {
                    "id": 2,
                    "at": "2026-03-02T00:15:00Z",
                    "kind": "refund",
                    "amount": "6.00",
                    "supplier_order_id": f"AE-{order.id}-1",
                    "balance": "10.00",
                },
            ],
            "more": False,
        },
    )


@pytest.mark.parametrize(("cents", "status"), [(1667, "sent_to_supplier"), (1669, "pending_review")])
def test_a_wallet_pays_to_its_last_cent_and_not_beyond(
    market: Market, ask: Ask, place: Place, cents: int, status: str
) -> None:
    """Three fifths of 16.67 are 10.00 and those of 16.69 are 10.01, the rest of a cent dropped."""
    order = place(goods=((0, 1, cents),))
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["status"] == status


def test_an_order_that_ran_out_of_money_waits_until_it_is_sent_again(market: Market, ask: Ask, place: Place) -> None:
    place(**TEN_EUROS)
    late = place(**TEN_EUROS)
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{late.id}")[1]["review"]["reason_code"] == "wallet_empty"
    status, movement = ask("POST /v1/wallet/top-up", body={"amount": "2"})
    assert (status, movement["amount"], movement["balance"]) == (201, "2.00", "6.00")
    market.advance(hours=1)
    assert ask(f"GET /v1/orders/M{late.id}")[1]["status"] == "pending_review"
    assert ask(f"POST /v1/orders/M{late.id}/resend")[1]["status"] == "sent_to_supplier"
    assert balance(ask) == "0.00"


def test_an_emptied_wallet_shows_nothing_and_has_money_again_once_somebody_pays_in(
    ask_of: Callable[[Market], Ask],
) -> None:
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))
    ask = ask_of(market)
    assert balance(ask) is None, "this one has no end"
    market.world.mip.empty_wallets.add("shop-1")
    assert balance(ask) == "0.00"
    assert ask("POST /v1/wallet/top-up", body={"amount": "0.01"})[0] == 201
    assert balance(ask) is None


def test_the_same_key_twice_pays_once(market: Market, ask: Ask) -> None:
    first = ask("POST /v1/wallet/top-up", body={"amount": "5.5"}, key="k")
    market.advance(hours=1)
    assert ask("POST /v1/wallet/top-up", body={"amount": "5.5"}, key="k") == first
    assert ask("POST /v1/wallet/top-up", body={"amount": "5.6"}, key="k")[0] == 409
    assert balance(ask) == "15.50"
    ask("POST /v1/wallet/top-up", body={"amount": "5.5"})
    assert balance(ask) == "21.00", "without a key each call pays"


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "1.234", "1e3", "", " 1", "12345678", 5, None, "\u0661"])
def test_only_money_can_be_paid_in(market: Market, ask: Ask, amount: object) -> None:
    before = market.ledger.digest()
    assert ask("POST /v1/wallet/top-up", body={"amount": amount})[0] == 422
    assert (market.ledger.digest(), balance(ask)) == (before, "10.00")


def test_movements_come_in_pages_behind_the_last_one_seen(ask: Ask) -> None:
    for _ in range(5):
        ask("POST /v1/wallet/top-up", body={"amount": "1"})
    pages = [ask("GET /v1/wallet", limit=2, after=after)[1] for after in (0, 2, 4, 5)]
    assert [[it["id"] for it in page["movements"]] for page in pages] == [[1, 2], [3, 4], [5], []]
    assert [page["more"] for page in pages] == [True, True, False, False]


def test_each_seller_has_a_wallet_and_must_be_named_where_there_are_several(
    ask_of: Callable[[Market], Ask],
) -> None:
    ask = ask_of(Market(seed=5, settings=Settings(sellers=("one", "two"), mip=Mip(wallet_cents=0))))
    assert ask("GET /v1/wallet")[0] == 422
    assert ask("POST /v1/wallet/top-up", body={"amount": "1"})[0] == 422
    assert ask("POST /v1/wallet/top-up", body={"amount": "1", "channel": "aliexpress-two"})[0] == 201
    balances = [ask("GET /v1/wallet", channel=f"aliexpress-{seller}")[1]["balance"] for seller in ("one", "two")]
    assert balances == ["0.00", "1.00"]

"""What the reference subject's hands do where the supplier or the marketplace answers in more than one way."""

from typing import Any

import pytest

from fakemarket.faults import Aim
from fakemarket.faults.kinds import Down
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Mip, Settings
from redclock.run import Transport, ports_to
from redclock.subject.actions import Resend
from redclock.subject.hands import Hands
from redclock.subject.picture import Picture
from redclock.subject.policy import Policy
from redclock.subject.ports import Alert, AlertKind, Declaration

SMOOTH: dict[str, Any] = {
    "pays": True,
    "review_rejects": False,
    "review_seconds": 600,
    "cancel_seconds": None,
    "out_of_stock": False,
}
PENNILESS = Settings(mip=Mip(wallet_cents=0))


def refused(market: Market, *orders: dict[str, Any]) -> list[str]:
    """The platform's copies of some orders, each refused for want of money."""
    placed = [market.place(**{**SMOOTH, **order}).id for order in orders]
    market.advance(hours=6)
    copies = [market.world.mip.orders[it] for it in placed]
    assert {copy.review for copy in copies} == {"wallet_empty"}
    return [copy.id for copy in copies]


def sent_again(market: Market, copies: list[str]) -> list[str]:
    """Of these the ones that the supplier has once all were sent again."""
    ports = ports_to(market, Transport.DIRECT)
    (channel,) = ports.shops
    seen = Picture(channel, market.now())
    seen.mirror(ports.mip.orders(updated_since_at=0))
    Hands(ports, Policy()).do(Resend(tuple(copies), "wallet_empty"), seen)
    return [it.id for it in market.world.mip.orders.values() if it.id in copies and it.review is None]


def test_money_is_spent_on_the_next_order_when_the_first_is_out_of_stock_by_now() -> None:
    market = Market(seed=1, settings=PENNILESS, start_at=MONDAY, orders_until_at=MONDAY)
    gone, there = refused(market, {"out_of_stock": True}, {})
    market.world.mip.supplier.top_up("shop-1", 100_000, key=None, cause="person:0")
    assert sent_again(market, [gone, there]) == [there]


@pytest.mark.parametrize(
    ("kind", "minutes"), [(AlertKind.API_DOWN, 60), (AlertKind.IMPORT_STALLED, 60), (AlertKind.TOKEN_EXPIRING, 360)]
)
@pytest.mark.parametrize(("more", "times"), [(-1, 1), (0, 1), (1, 2)])
def test_a_cause_that_was_away_is_told_of_again_an_outage_the_soonest(
    kind: AlertKind, minutes: int, more: int, times: int
) -> None:
    market = Market(seed=1, start_at=MONDAY, orders_until_at=MONDAY)
    hands = Hands(ports_to(market, Transport.DIRECT), Policy())
    seen = Picture("shop-1", market.now())
    hands.tell(Alert(kind, "it is so", ()), "cause", seen)
    seen.now += minutes * 60 + more
    hands.tell(Alert(kind, "it is so", ()), "cause", seen)
    assert len(market.ledger.named("alert")) == times


def test_no_cheap_order_goes_before_a_dear_one_that_has_less_time_left() -> None:
    market = Market(seed=1, settings=PENNILESS, start_at=MONDAY, orders_until_at=MONDAY)
    copies = refused(market, *[{}] * 8)
    cents = {f"M{it.order}": it.facts["cents"] for it in market.ledger.named("place")}
    dear, cheap = max(copies, key=cents.__getitem__), min(copies, key=cents.__getitem__)
    assert cents[dear] > 3 * cents[cheap]
    market.world.mip.supplier.top_up("shop-1", cents[cheap], key=None, cause="person:0")
    assert sent_again(market, [dear, cheap]) == []
    assert sent_again(market, [cheap]) == [cheap]


def test_two_parcels_of_one_order_make_two_messages_that_differ_in_what_they_say_of_them() -> None:
    market = Market(seed=1, start_at=MONDAY, orders_until_at=MONDAY)
    order = market.place(**SMOOTH)
    market.advance(hours=6)
    ports = ports_to(market, Transport.DIRECT)
    (channel,) = ports.shops
    hands, seen = Hands(ports, Policy()), Picture(channel, market.now())
    for number in ("PQ000000001ES", "PQ000000002ES"):
        hands.declare(Declaration(order.id, "CORREOS_ES", number, whole=False), seen, read_back_first=False)
    told = [it.facts for it in market.ledger.named("alert")]
    assert {it["kind"] for it in told} == {AlertKind.DECLARED_BY_HAND}
    assert [(it["number"], it["carrier"]) for it in told] == [
        ("PQ000000001ES", "CORREOS_ES"),
        ("PQ000000002ES", "CORREOS_ES"),
    ]


def test_what_goes_on_failing_is_told_in_words_once_it_is_no_hiccup() -> None:
    down = Down(Aim("POST /v1/orders/{id}/resend"))
    market = Market(seed=1, settings=PENNILESS, faults=(down,), start_at=MONDAY, orders_until_at=MONDAY)
    copies = refused(market, {})
    ports = ports_to(market)
    (channel,) = ports.shops
    hands, seen = Hands(ports, Policy()), Picture(channel, market.now())
    for minutes, told in ((0, 0), (14, 0), (1, 1), (1, 1)):
        seen.now += minutes * 60
        hands.do(Resend(tuple(copies), "wallet_empty"), seen)
        assert len(market.ledger.named("alert")) == told
    (alert,) = market.ledger.named("alert")
    assert alert.facts["message"].startswith(
        f"{channel}: each try to resend has failed for 15 min, the last one because "
    )

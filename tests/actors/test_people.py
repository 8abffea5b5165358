"""People do what they read about, in their hours and not outside them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fakemarket.faults import TokenDies, WalletEmpty
from fakemarket.market import Market
from fakemarket.rules.status import Move
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order
from fakemarket.world.tokens import MIP_APP, OWN_APP
from redclock.actors.people import Person
from redclock.drive import drive
from redclock.scenario.actors import PersonTable

MADRID = ZoneInfo("Europe/Madrid")
FRIDAY_18 = int(datetime(2026, 3, 6, 18, tzinfo=MADRID).timestamp())
MONDAY_9 = int(datetime(2026, 3, 9, 9, tzinfo=MADRID).timestamp())
CALM: dict[str, Any] = {"cancel_seconds": None, "freeze_after_seconds": None, "review_rejects": False}
QUIET = Settings(demand=Demand(orders_per_day=0))


def person(market: Market, **said: Any) -> Person:
    return Person(PersonTable.model_validate_json(json.dumps(said)), 0, market, "Europe/Madrid")


def tell(market: Market, kind: str, **facts: Any) -> None:
    market.world.note(None, "alert", {"kind": kind, "message": "", "orders": [], **facts}, "subject")


def work(market: Market, one: Person, until_at: int) -> None:
    drive(market, one, until_at, done=lambda _: False)


def by_hand(market: Market) -> list[tuple[int, str]]:
    return [(event.at, event.what) for event in market.ledger if event.cause == "person:0"]


@pytest.fixture
def market() -> Market:
    return Market(seed=3, settings=QUIET, start_at=FRIDAY_18)


def waiting(market: Market) -> Order:
    """An order that is accepted, and then left alone by its buyer and the platform."""
    order = market.place(pays=True, review_seconds=60, review_holds=False, out_of_stock=False, **CALM)
    market.advance(hours=30)
    assert order.status == "WAIT_SELLER_SEND_GOODS"
    return order


def test_a_dead_token_waits_for_monday_nine_and_for_the_work_it_takes(market: Market) -> None:
    one = person(market, does="renew_token", reads="token_dead", takes="20 min")
    market.faults.add(TokenDies(FRIDAY_18 + 60))
    market.advance(hours=1)
    tell(market, "token_dead", channel="aliexpress-shop-1")
    work(market, one, MONDAY_9 + 20 * 60 - 1)
    assert not market.world.tokens.alive(MIP_APP, "shop-1")
    work(market, one, MONDAY_9 + 3600)
    assert by_hand(market) == [(MONDAY_9 + 20 * 60, "token_authorised")]
    assert market.world.tokens.alive(MIP_APP, "shop-1")


@pytest.mark.parametrize(
    ("puts_off", "safe_at", "done_at"),
    [
        (True, MONDAY_9 + 5000, MONDAY_9 + 5000),
        (True, MONDAY_9, MONDAY_9 + 1200),
        (False, MONDAY_9 + 5000, MONDAY_9 + 1200),
    ],
)
def test_what_can_wait_is_put_off_until_the_moment_that_the_message_calls_the_last(
    market: Market, puts_off: bool, safe_at: int, done_at: int
) -> None:
    one = person(market, does="renew_token", reads="token_dead", takes="20 min", at_the_last_moment=puts_off)
    market.faults.add(TokenDies(FRIDAY_18 + 60))
    market.advance(hours=1)
    tell(market, "token_dead", channel="aliexpress-shop-1", last_safe_at=safe_at)
    work(market, one, MONDAY_9 + 8 * 3600)
    assert by_hand(market) == [(done_at, "token_authorised")]


@pytest.mark.parametrize(("dead", "shop", "renewed"), [(True, 0, True), (True, 1, False), (False, 0, False)])
def test_the_seller_s_own_access_is_authorised_anew_where_the_message_says_and_it_is_dead(
    dead: bool, shop: int, renewed: bool
) -> None:
    market = Market(seed=3, settings=replace(QUIET, sellers=("one", "two")), start_at=MONDAY_9)
    tokens = market.world.tokens
    for seller in ("one", "two") if dead else ():
        tokens.revoke(OWN_APP, seller, cause="test")
    channel = market.world.mip.channels[("one", "two")[shop]]
    tell(market, "token_dead", channel="own", shop=channel.id)
    work(market, person(market, does="renew_token", reads="token_dead", seller="one", takes="1 min"), MONDAY_9 + 3600)
    assert by_hand(market) == [(MONDAY_9 + 60, "token_authorised")] * renewed
    assert tokens.alive(OWN_APP, "one") is (renewed or not dead)


@pytest.mark.parametrize(
    ("reads", "named", "revoked", "renewed"),
    [
        ("token_dead", "two", {"one", "two"}, ["two"]),
        ("token_dead", None, {"two"}, ["two"]),
        ("token_expiring", None, set(), ["one", "two"]),
        (None, None, {"one"}, ["one"]),
    ],
)
def test_the_platform_is_logged_in_where_the_message_says_or_else_where_that_is_needed(
    reads: str | None, named: str | None, revoked: set[str], renewed: list[str]
) -> None:
    market = Market(seed=3, settings=replace(QUIET, sellers=("one", "two")), start_at=MONDAY_9)
    for seller in revoked:
        market.world.tokens.revoke(MIP_APP, seller, cause="test")
    if reads:
        tell(market, reads, channel=named and market.world.mip.channels[named].id)
    said = {"reads": reads} if reads else {}
    work(market, person(market, does="renew_token", takes="1 min", **said), MONDAY_9 + 900)
    logins = [it for it in market.ledger.named("token_authorised") if it.cause == "person:0"]
    assert [it.facts["seller"] for it in logins] == renewed


def test_only_messages_of_a_dead_token_have_a_last_moment() -> None:
    with pytest.raises(ValueError, match="token_dead"):
        PersonTable.model_validate_json(json.dumps({"does": "renew_token", "at_the_last_moment": True}))


@pytest.mark.parametrize(("agrees", "status"), [(1.0, "IN_CANCEL"), (0.0, "WAIT_SELLER_SEND_GOODS")])
def test_a_buyer_who_is_asked_and_agrees_asks_to_cancel_once(market: Market, agrees: float, status: str) -> None:
    one = person(market, does="ask_to_cancel", reads="out_of_stock", agrees=agrees)
    named, other = waiting(market), waiting(market)
    for _ in range(2):
        tell(market, "out_of_stock", orders=[named.id])
    work(market, one, MONDAY_9 + 60)
    assert (named.status, other.status) == (status, "WAIT_SELLER_SEND_GOODS")
    assert by_hand(market) == [(MONDAY_9, Move.REQUEST_CANCEL)] * int(agrees)


def test_what_is_read_once_is_done_once_and_other_messages_not_at_all(market: Market) -> None:
    one = person(market, does="top_up_wallet", reads="pending_review", cents=5000)
    tell(market, "token_dead")
    tell(market, "pending_review")
    work(market, one, MONDAY_9 + 8 * 3600)
    assert by_hand(market) == [(MONDAY_9, "topped_up")]


def test_a_top_up_is_what_the_message_asks_for(market: Market) -> None:
    market.faults.add(WalletEmpty())
    one = person(market, does="top_up_wallet", reads="pending_review")
    tell(market, "pending_review", needed_cents=777)
    work(market, one, MONDAY_9 + 3600)
    assert market.ledger.named("topped_up")[0].facts["cents"] == 777


def test_numbers_are_entered_in_the_list_s_order_and_never_twice(market: Market) -> None:
    first, second = waiting(market), waiting(market)
    one = person(market, does="enter_numbers", reads="declared_by_hand")
    entries = [
        {"order": str(it.id), "carrier": "OTHER_ES_LOCAL", "number": f"N{it.id}", "website": "w", "send_type": "part"}
        for it in (second, first)
    ]
    for _ in range(2):
        tell(market, "declared_by_hand", entries=entries)
    work(market, one, MONDAY_9 + 60)
    taken = [(event.order, event.what) for event in market.ledger if event.cause == "person:0"]
    assert taken == [(second.id, Move.DECLARE_PART), (first.id, Move.DECLARE_PART)]


def test_a_slip_swaps_two_numbers_and_the_ledger_knows(market: Market) -> None:
    orders = [waiting(market), waiting(market)]
    one = person(market, does="enter_numbers", reads="declared_by_hand", slips=1.0)
    entries = [{"order": o.id, "carrier": "OTHER_ES_LOCAL", "number": f"N{o.id}", "website": "w"} for o in orders]
    tell(market, "declared_by_hand", entries=entries)
    work(market, one, MONDAY_9 + 60)
    assert [event.order for event in market.ledger.named("slip")] == [orders[0].id]
    assert [order.declarations[0].number for order in orders] == [f"N{orders[1].id}", f"N{orders[0].id}"]


def test_what_the_form_refuses_after_a_slip_is_looked_up_again(market: Market) -> None:
    orders = [waiting(market), waiting(market)]
    one = person(market, does="enter_numbers", reads="manual_entry", slips=1.0)
    said = (("CORREOS_ES", "PQ123456789ES"), ("GLS_ES", "12345678901"))
    entries = [{"order": o.id, "carrier": it[0], "number": it[1]} for o, it in zip(orders, said, strict=True)]
    tell(market, "manual_entry", entries=entries)
    work(market, one, MONDAY_9 + 60)
    assert len(market.ledger.named("declare_refused")) == 2
    assert [order.declarations[0].number for order in orders] == [number for _, number in said]


def test_what_the_panel_has_already_is_neither_entered_nor_swapped(market: Market) -> None:
    done, left = waiting(market), waiting(market)
    market.world.declare(done, carrier="OTHER_ES_LOCAL", number="N11111", whole=True, website="w", cause="mip")
    one = person(market, does="enter_numbers", reads="manual_entry", slips=1.0)
    numbers = {done.id: "N11111", left.id: "N22222"}
    entries = [{"order": o, "carrier": "OTHER_ES_LOCAL", "number": n, "website": "w"} for o, n in numbers.items()]
    tell(market, "manual_entry", entries=entries)
    work(market, one, MONDAY_9 + 60)
    assert not market.ledger.named("slip")
    assert [it.number for it in left.declarations] == ["N22222"]


def test_a_part_may_be_taken_for_all_and_the_ledger_knows(market: Market) -> None:
    order = waiting(market)
    one = person(market, does="enter_numbers", reads="manual_entry", forgets_parts=1.0)
    entry = {"order": order.id, "carrier": "OTHER_ES_LOCAL", "number": "N11111", "website": "w", "send_type": "part"}
    tell(market, "manual_entry", entries=[entry])
    work(market, one, MONDAY_9 + 60)
    assert by_hand(market) == [(MONDAY_9, "slip"), (MONDAY_9, Move.DECLARE_ALL)]


def test_a_cancellation_is_granted_while_the_goods_are_in_the_house_and_refused_once_they_left(market: Market) -> None:
    inside, gone = waiting(market), waiting(market)
    market.world.warehouse._parcels[gone.id][0].handed_over_at = market.now()
    for order in (inside, gone):
        market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    one = person(market, does="answer_cancellations", hours="00:00-24:00", days="Mon-Sun")
    work(market, one, market.now() + 3600)
    assert (inside.status, gone.status) == ("FINISH", "WAIT_SELLER_SEND_GOODS")

"""Orders as they were, against what was noted of them at the time."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest

from fakemarket.rules.status import Move, Status
from fakemarket.settings import Buyers, Demand, Settings
from fakemarket.streams import Streams
from fakemarket.world.desk import LineShipment, correct, declare_lines, extend_receipt, rate
from fakemarket.world.order import Order
from fakemarket.world.past import Past
from fakemarket.world.refund import line_to_spare
from fakemarket.world.world import World

START_AT = 1_772_409_600
HOUR, DAY = 3600, 86_400
SHOWN = [each.name for each in fields(Order) if each.name != "paused_at"]


def noted(order: Order) -> dict[str, Any]:
    """What an order is like, apart from what happens to it later."""
    return {name: getattr(order, name) for name in SHOWN} | {"declarations": list(order.declarations)}


def busy(seed: int) -> World:
    """Orders that freeze, cancel and dispute a lot, and a seller who does all that a seller can."""
    buyers = replace(Buyers(), cancel_share=0.2, dispute_share=0.3, frozen_share=0.2)
    settings = Settings(sellers=("one", "two"), demand=Demand(orders_per_day=8), buyers=buyers)
    return World(settings, Streams(seed), START_AT)


def meddle(world: World, dice: Random) -> None:
    """Does one of a seller's things to a few orders."""
    for order in dice.sample(list(world.orders.values()), min(6, len(world.orders))):
        match order.status:
            case Status.WAIT_SELLER_SEND_GOODS if line_to_spare(order) and dice.random() < 0.5:
                world.force(order, Move.PARTIAL_REFUND, "test")
            case Status.WAIT_SELLER_SEND_GOODS | Status.SELLER_PART_SEND_GOODS:
                line = dice.choice(order.lines).number
                number = f"PQ{dice.randrange(10**9):09d}ES"
                shipment = LineShipment(line, dice.random() < 0.7, "CORREOS_ES", number)
                declare_lines(world, order, [shipment], cause="test")
            case Status.WAIT_BUYER_ACCEPT_GOODS:
                extend_receipt(world, order, 1, cause="test")
            case Status.IN_CANCEL:
                world.answer_cancellation(order, accept=dice.random() < 0.5, cause="test")
            case _:
                rate(world, order, 5, cause="test")
        for it in list(order.declarations):
            if dice.random() < 0.5:
                new = f"PQ{dice.randrange(10**9):09d}ES"
                old = (it.carrier, it.number)
                correct(world, order, old, carrier="CORREOS_ES", number=new, website="", whole=it.whole, cause="test")


@pytest.mark.parametrize("seed", range(3))
def test_every_order_is_as_it_was_at_every_instant_that_is_asked_for(seed: int) -> None:
    world, dice = busy(seed), Random(seed)
    then: dict[int, dict[int, dict[str, Any]]] = {}
    for _ in range(120):
        world.advance_to(world.now + dice.choice((1, 60, 7 * HOUR, 29 * HOUR)))
        meddle(world, dice)
        then[world.now] = {order.id: noted(order) for order in world.orders.values()}
    world.advance_to(world.now + 40 * DAY)
    statuses = set()
    for at, orders in then.items():
        shown = {order.id: noted(order) for order in Past(at, world.ledger, lambda: None).orders(world.orders.values())}
        assert shown == orders
        statuses |= {order["status"] for order in orders.values()}
    what = {event.what for event in world.ledger}
    assert {
        "shipment_corrected",
        "receipt_extended",
        "seller_feedback",
        "declare_part",
        "unfreeze",
        "partial_refund",
    } <= what
    assert {Status.IN_ISSUE, Status.IN_CANCEL, Status.IN_FROZEN, Status.FINISH} <= statuses


@pytest.mark.parametrize(("offset", "there"), [(-1, False), (0, True), (1, True)])
def test_an_order_is_there_from_the_second_it_was_placed_in(offset: int, there: bool) -> None:
    world = busy(1)
    world.advance_to(START_AT + DAY)
    order = next(iter(world.orders.values()))
    found = Past(order.placed_at + offset, world.ledger, lambda: None).orders([order])
    assert [each.id for each in found] == ([order.id] if there else [])


def test_what_no_call_shows_makes_no_difference() -> None:
    world = busy(1)
    while not world.ledger.named("packed"):
        world.advance_to(world.next_event_at() or 0)
    packed = world.ledger.named("packed")[0]
    order = world.order(packed.order or 0)
    told: list[str] = []
    assert Past(packed.at - 1, world.ledger, lambda: told.append("differs")).orders([order]) == [order]
    assert told == []


def test_looking_at_the_past_changes_nothing_and_says_whether_it_differs() -> None:
    world = busy(2)
    world.advance_to(START_AT + 5 * DAY)
    before = world.ledger.digest(), {order.id: noted(order) for order in world.orders.values()}
    told: list[str] = []
    present = list(world.orders.values())
    assert Past(world.now, world.ledger, lambda: told.append("now")).orders(present) == present
    Past(world.now - DAY, world.ledger, lambda: told.append("yesterday")).orders(present)
    assert told == ["yesterday"]
    assert (world.ledger.digest(), {order.id: noted(order) for order in world.orders.values()}) == before

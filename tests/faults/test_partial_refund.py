"""Some buyers are paid a piece back: when, whom, and that nothing else moves."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from fakemarket.faults import Aim, BadFault, CarrierRefused, Fault, Faults, PartialRefund, Window
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Demand, Settings
from fakemarket.streams import Streams
from fakemarket.world.order import Order
from fakemarket.world.world import World

START_AT = 1_772_438_400
"""Monday 2 March 2026, 09:00 in Madrid."""
HOUR, DAY = 3600, 86_400
TEN_MINUTES: dict[str, Any] = {"least_minutes": 10, "most_minutes": 10}


def market(*faults: Fault, orders_per_day: float = 0) -> tuple[World, Faults]:
    world = World(Settings(demand=Demand(orders_per_day=orders_per_day)), Streams(1), START_AT)
    return world, Faults(faults, world, lambda _: None)


def accepted(world: World, *, pieces: int = 2) -> Order:
    """An order that is the seller's work within three seconds, and leaves in a day or so."""

    def simple(fate: Any) -> Any:
        smooth = {"attempts_seconds": (1,), "pays": True, "pays_offline": False, "processing_seconds": 1}
        review = {"review_seconds": 1, "review_rejects": False, "review_holds": False, "freeze_after_seconds": None}
        return fate._replace(goods=((0, pieces, 1000),), cancel_seconds=None, **smooth, **review)

    return world.place_by_hand("shop-1", simple, "test")


@pytest.mark.parametrize(("offset", "pieces"), [(-1, 2), (0, 1), (1, 1)])
def test_a_piece_is_paid_back_so_long_after_the_order_was_accepted(offset: int, pieces: int) -> None:
    world, _ = market(PartialRefund(**TEN_MINUTES))
    order = accepted(world)
    world.advance_to(START_AT + 10)
    assert order.accepted_at is not None
    world.advance_to(order.accepted_at + 600 + offset)
    assert order.lines[0].quantity == pieces


def test_it_strikes_an_order_once_and_says_so() -> None:
    world, faults = market(PartialRefund(**TEN_MINUTES))
    order = accepted(world, pieces=3)
    world.advance_to(START_AT + HOUR)
    assert order.lines[0].quantity == 2
    told = [(event.what, event.cause) for event in world.ledger.of(order.id) if event.cause == "fault:0"]
    assert told == [("fault", "fault:0"), ("partial_refund", "fault:0")]
    assert faults.struck == {"fault:0": 1}


def test_an_order_of_one_piece_or_one_that_no_longer_waits_is_not_struck() -> None:
    world, faults = market(PartialRefund(**TEN_MINUTES))
    single, gone = accepted(world, pieces=1), accepted(world)
    world.advance_to(START_AT + 100)
    world.declare(gone, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    world.advance_to(START_AT + HOUR)
    assert (single.lines[0].quantity, gone.lines[0].quantity) == (1, 2)
    assert faults.struck == {"fault:0": 0}


def test_a_fault_that_was_taken_away_or_whose_time_is_over_pays_nothing_back() -> None:
    world, faults = market(PartialRefund(Aim(window=Window(until_at=START_AT + 300)), **TEN_MINUTES), PartialRefund())
    order = accepted(world)
    world.advance_to(START_AT + 100)
    faults.remove(1)
    world.advance_to(START_AT + DAY)
    assert order.lines[0].quantity == 2


def test_the_nth_of_the_orders_that_it_could_strike_is_struck() -> None:
    world, _ = market(PartialRefund(Aim(nth=2), **TEN_MINUTES))
    orders = [accepted(world, pieces=pieces) for pieces in (1, 2, 2, 2)]
    world.advance_to(START_AT + HOUR)
    assert [order.lines[0].quantity for order in orders] == [1, 2, 1, 2]


def test_an_order_that_comes_back_from_a_request_to_cancel_is_not_struck_a_second_time() -> None:
    world, faults = market(PartialRefund(**TEN_MINUTES))
    order = accepted(world, pieces=5)
    world.advance_to(START_AT + HOUR)
    world.at(world.now + 1, partial(world.move, order, Move.REQUEST_CANCEL), "test")
    world.advance_to(world.now + 1)
    assert order.status is Status.IN_CANCEL
    world.answer_cancellation(order, accept=False, cause="test")
    world.advance_to(world.now + HOUR)
    assert order.lines[0].quantity == 4
    assert faults.struck == {"fault:0": 1}


def test_refunds_hang_on_no_other_fault_and_move_nothing_else() -> None:
    def lived(*faults: Fault) -> World:
        world, _ = market(*faults, orders_per_day=60)
        world.advance_to(START_AT + 3 * DAY)
        return world

    def refunds(world: World) -> list[tuple[int, int | None]]:
        return [(event.at, event.order) for event in world.ledger.named("partial_refund")]

    alone = lived(PartialRefund(Aim(share=0.5)))
    assert len(refunds(alone)) > 3
    # Refused carriers hold orders back, so that one may still wait when its refund is due.
    assert set(refunds(lived(PartialRefund(Aim(share=0.5)), CarrierRefused()))) >= set(refunds(alone))
    story = [
        event[2:] for event in alone.ledger if not event.cause.startswith("fault") and event.what != "partial_refund"
    ]
    assert story == [event[2:] for event in lived().ledger]


def test_delays_in_the_wrong_order_are_no_fault() -> None:
    with pytest.raises(BadFault, match="least_minutes"):
        PartialRefund(least_minutes=2, most_minutes=1)

"""After shipment: delivery, confirmation, disputes, money, feedback, archive."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import EndReason, Move, Status
from fakemarket.settings import Buyers
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
Events = Callable[..., list[Any]]
DAY = 86_400
SENT = "2026-03-03T18:30+01:00"
"""When the plain order's tracking is pushed, an hour after it was handed over; it is scanned an hour later."""
DELIVERED = "2026-03-05T19:30+01:00"


def test_a_buyer_confirms_when_fated_and_the_money_moves_a_day_later(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world()
    order = place(world, confirm_seconds=3 * DAY + 5, feedback_seconds=DAY)
    world.advance_to(world.start_at + 300 * DAY)
    told = [(str(it.what), it.at) for it in events(world, order) if it.at >= at(SENT)]
    assert told.pop(0) == ("tracking_known", at(SENT))
    confirmed_at = at(DELIVERED) + 3 * DAY + 5
    assert told == [
        ("declare_all", at(SENT)),
        ("first_scan", at("2026-03-03T19:30+01:00")),
        ("delivered", at(DELIVERED)),
        ("confirm_receipt", confirmed_at),
        ("release_funds", confirmed_at + DAY),
        ("buyer_feedback", confirmed_at + 2 * DAY),
        ("archive", confirmed_at + 181 * DAY),
    ]
    assert (order.sent_at, order.received_at, order.ended_at) == (at(SENT), confirmed_at, confirmed_at + DAY)
    assert (order.end_reason, order.status) == (EndReason.BUYER_ACCEPT_GOODS, Status.ARCHIVE)
    assert order.buyer_feedback_at == confirmed_at + 2 * DAY


@pytest.mark.parametrize(("later_seconds", "confirmed"), [(-1, False), (0, True), (1, True)])
def test_silence_is_taken_as_receipt_after_ninety_days_of_elapsed_time(
    open_world: Open, place: Place, at: At, later_seconds: int, confirmed: bool
) -> None:
    world = open_world()
    order = place(world)
    due_at = at(SENT) + 90 * DAY
    assert due_at == at("2026-06-01T19:30+02:00"), "summer time began meanwhile, and elapsed time doesn't care"
    world.advance_to(due_at + later_seconds)
    assert (order.status is Status.FUND_PROCESSING) == confirmed
    if confirmed:
        assert order.end_reason is EndReason.BUYER_ACCEPT_GOODS_TIMEOUT
    else:
        assert world.platform.times_out_at(order) == due_at


def test_a_parcel_delivered_before_it_was_declared_is_received_when_it_is(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world()
    order = place(world, confirm_seconds=100, parcels=({"tracking_seconds": 3 * DAY, "transit_seconds": 3600},))
    world.advance_to(world.start_at + 20 * DAY)
    assert (order.sent_at, order.received_at) == (at("2026-03-06T17:30+01:00"), at("2026-03-06T17:31:40+01:00"))


def test_the_buyer_has_it_all_when_the_last_parcel_is_at_the_door(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(
        world,
        goods=((0, 1, 1000), (1, 1, 500)),
        parcels=({}, {"preparation_days": 1.2, "transit_seconds": 5 * DAY}),
        confirm_seconds=100,
    )
    world.advance_to(world.start_at + 20 * DAY)
    deliveries = [event.at for event in events(world, order, "delivered")]
    assert len(deliveries) == 2
    assert order.received_at == max(deliveries) + 100


def test_a_false_number_among_the_declared_ones_is_never_received(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, confirm_seconds=100)
    world.advance_to(world.start_at + 3600)
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=False, cause="test")
    world.advance_to(world.start_at + 60 * DAY)
    assert world.ledger.named("delivered")
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


@pytest.mark.parametrize("refunds", [True, False])
def test_a_dispute_ends_once_in_a_refund_or_in_a_settlement(
    open_world: Open, place: Place, at: At, events: Events, refunds: bool
) -> None:
    world = open_world()
    order = place(
        world, dispute_seconds=DAY, dispute_open_seconds=4 * DAY, dispute_refunds=refunds, confirm_seconds=2 * DAY
    )
    world.advance_to(at(DELIVERED) + DAY - 1)
    assert (order.status, order.disputed) == (Status.WAIT_BUYER_ACCEPT_GOODS, None)
    world.advance_to(at(DELIVERED) + DAY)
    assert (order.status, order.disputed) == (Status.IN_ISSUE, True)
    world.advance_to(at(DELIVERED) + 5 * DAY)
    assert order.disputed is False
    world.advance_to(at(DELIVERED) + 60 * DAY)
    assert len(events(world, order, Move.OPEN_DISPUTE)) == 1
    if refunds:
        assert order.end_reason is EndReason.SELLER_ACCEPT_ISSUE_NO_GOODS_RETURN
        assert order.ended_at == at(DELIVERED) + 5 * DAY
    else:
        assert order.end_reason is EndReason.BUYER_ACCEPT_GOODS
        assert order.received_at == at(DELIVERED) + 7 * DAY


def test_a_settled_dispute_without_a_word_of_the_buyer_ends_with_the_ninety_days(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world()
    order = place(world, dispute_seconds=DAY, dispute_open_seconds=100 * DAY)
    world.advance_to(at(SENT) + 95 * DAY)
    assert order.status is Status.IN_ISSUE
    world.advance_to(at(DELIVERED) + 101 * DAY)
    # The ninety days went by in the meantime, so they end with the dispute.
    assert (order.end_reason, order.received_at) == (EndReason.BUYER_ACCEPT_GOODS_TIMEOUT, at(DELIVERED) + 101 * DAY)


def test_a_freeze_under_way_delays_the_receipt_and_loses_nothing(open_world: Open, place: Place, at: At) -> None:
    world = open_world()
    # Frozen from a day before the delivery to a day after it.
    freeze_after_seconds = at("2026-03-04T19:30+01:00") - at("2026-03-02T09:12+01:00")
    order = place(world, confirm_seconds=3600, freeze_after_seconds=freeze_after_seconds, freeze_seconds=2 * DAY)
    world.advance_to(world.start_at + 30 * DAY)
    assert order.received_at == at("2026-03-06T20:30+01:00")


def test_a_freeze_between_delivery_and_dispute_makes_no_second_dispute(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world()
    freeze_after_seconds = at(DELIVERED) + 3600 - at("2026-03-02T09:12+01:00")
    order = place(
        world,
        freeze_after_seconds=freeze_after_seconds,
        freeze_seconds=3600,
        dispute_seconds=DAY,
        dispute_open_seconds=600,
    )
    world.advance_to(at(DELIVERED) + 10 * DAY)
    assert events(world, order, Move.UNFREEZE)
    assert [event.at for event in events(world, order, Move.OPEN_DISPUTE)] == [at(DELIVERED) + DAY]


@pytest.mark.parametrize(
    ("fate", "rated"),
    [
        ({"confirm_seconds": 60}, True),
        ({}, True),
        ({"dispute_seconds": 60, "dispute_open_seconds": 60, "dispute_refunds": True}, False),
        ({"cancel_seconds": 60}, False),
        ({"pays": False, "gives_up_seconds": 60}, False),
        ({"out_of_stock": True}, False),
    ],
    ids=["confirmed", "taken as confirmed", "refunded", "cancelled", "unpaid", "missed"],
)
def test_feedback_comes_only_after_a_good_end(
    open_world: Open, place: Place, events: Events, fate: dict[str, Any], rated: bool
) -> None:
    world = open_world(buyers=Buyers(auto_confirm_days=15))
    order = place(world, feedback_seconds=1000, **fate)
    world.advance_to(world.start_at + 40 * DAY)
    assert order.status is Status.FINISH
    assert bool(events(world, order, "buyer_feedback")) == rated
    if rated:
        assert order.ended_at is not None
        assert order.buyer_feedback_at == order.ended_at + 1000


@pytest.mark.parametrize(("later_seconds", "status"), [(-1, Status.FINISH), (0, Status.ARCHIVE)])
def test_every_ended_order_is_archived_when_its_time_is_over(
    open_world: Open, place: Place, later_seconds: int, status: Status
) -> None:
    world = open_world()
    order = place(world, pays=False, gives_up_seconds=60)
    world.advance_to(world.start_at + 60 + 180 * DAY + later_seconds)
    assert order.status is status
    assert order.end_reason is EndReason.BUYER_CANCEL_NOTPAY_ORDER

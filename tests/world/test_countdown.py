"""The red clock in motion: when it starts, what stops it, what makes it rest, and what its end costs."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from fakemarket.rules.deadlines import Anchor, DeadlineClock, ExtensionWindow
from fakemarket.rules.status import EndReason, Move, Status
from fakemarket.settings import Calendar, Countdown, Mip, Penalties
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
Events = Callable[..., list[Any]]
DAY = 86_400
NUMBER = "PQ123456789ES"


def declare(world: World, order: Order, *, whole: bool = True, number: str = NUMBER) -> object:
    return world.declare(order, carrier="CORREOS_ES", number=number, whole=whole, cause="test")


@pytest.fixture
def waiting(open_world: Open, place: Place) -> Callable[..., tuple[World, Order]]:
    """A world with an order that waits for its shipment, and that no supplier will ever send."""

    def opened(*, start: str = "2026-03-02T09:00+01:00", fate: Any = None, **settings: Any) -> tuple[World, Order]:
        world = open_world(start, **settings)
        order = place(world, out_of_stock=True, **(fate or {}))
        world.advance_to(world.start_at + 720)
        assert order.status is Status.WAIT_SELLER_SEND_GOODS
        return world, order

    return opened


Waiting = Callable[..., tuple[World, Order]]


def test_it_ends_with_the_last_day_of_the_preparation_time(waiting: Waiting, at: At) -> None:
    # Monday 2 March in Los Angeles is day 1 of 5, Friday the 6th is the last.
    _, order = waiting()
    assert order.ship_by_at == at("2026-03-07T00:00-08:00")


@pytest.mark.parametrize(("later_seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_a_declaration_is_in_time_until_the_second_before_the_end(
    waiting: Waiting, later_seconds: int, taken: bool
) -> None:
    world, order = waiting()
    assert order.ship_by_at is not None
    world.advance_to(order.ship_by_at + later_seconds)
    refusal = declare(world, order)
    assert (refusal is None) == taken
    world.advance_to(order.ship_by_at + DAY)
    assert (order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT) == (not taken)


def test_a_missed_order_closes_uncharged_on_the_second_and_is_blamed_once(waiting: Waiting, events: Events) -> None:
    penalties = Penalties(points_per_violation=(3, 12), penalty_cents=500)
    world, order = waiting(penalties=penalties, fate={"goods": ((0, 2, 1500),)})
    world.advance_to(world.start_at + 60 * DAY)
    ended, violation = events(world, order, Move.COUNTDOWN_ENDS, "violation")
    assert ended.at == violation.at == order.ship_by_at == order.ended_at
    assert ended.facts == {"from": Status.WAIT_SELLER_SEND_GOODS, "to": Status.FINISH}
    # The sale of 30.00 and the penalty; nothing was packed, so no goods and no label are lost.
    assert violation.facts == {"kind": "seller_not_shipped", "points": 3, "lost_cents": 3500}
    assert order.status is Status.FINISH


def test_goods_and_label_are_lost_too_when_the_parcel_was_packed(
    open_world: Open, place: Place, events: Events
) -> None:
    penalties = Penalties(goods_share=0.5, label_cents=450)
    world = open_world(penalties=penalties, mip=Mip(push_every_minutes=60 * 24 * 60))
    order = place(world)
    world.advance_to(world.start_at + 10 * DAY)
    assert events(world, order, "handed_over")
    (violation,) = events(world, order, "violation")
    assert violation.facts["lost_cents"] == 1000 + 500 + 450


def test_points_grow_with_a_sellers_misses_and_one_seller_does_not_pay_for_another(
    open_world: Open, place: Place
) -> None:
    world = open_world(sellers=("one", "two"), penalties=Penalties(points_per_violation=(1, 5)))
    for seller in ("one", "one", "one", "two"):
        place(world, seller=seller, out_of_stock=True)
    world.advance_to(world.start_at + 10 * DAY)
    blames = [(world.order(it.order or 0).seller, it.facts["points"]) for it in world.ledger.named("violation")]
    assert sorted(blames) == [("one", 1), ("one", 5), ("one", 5), ("two", 1)]


@pytest.mark.parametrize(("later_seconds", "status"), [(-1, Status.WAIT_SELLER_SEND_GOODS), (0, Status.FINISH)])
def test_a_late_job_closes_the_order_when_its_grace_is_over(
    waiting: Waiting, later_seconds: int, status: Status
) -> None:
    world, order = waiting(countdown=Countdown(grace_minutes=5))
    assert order.ship_by_at is not None
    world.advance_to(order.ship_by_at + 300 + later_seconds)
    assert order.status is status


def test_a_rest_shorter_than_the_grace_moves_the_closing_too(waiting: Waiting) -> None:
    world, order = waiting(countdown=Countdown(grace_minutes=60), fate=freeze(1800))
    first = order.ship_by_at
    assert first is not None
    world.advance_to(first + 30 * DAY)
    assert order.ended_at == first + 1800 + 3600


def test_a_declaration_within_the_grace_is_taken(waiting: Waiting) -> None:
    world, order = waiting(countdown=Countdown(grace_minutes=5))
    assert order.ship_by_at is not None
    world.advance_to(order.ship_by_at + 299)
    assert declare(world, order) is None
    (told,) = world.ledger.named("countdown")
    assert told.facts == {"ship_by_at": order.ship_by_at, "closes_at": order.ship_by_at + 300}


@pytest.mark.parametrize(
    ("anchor", "ends"),
    [
        # Placed and paid on Friday evening in Los Angeles, accepted on Saturday, so that Monday is day 1.
        (Anchor.ORDER_CREATED, "2026-03-12T00:00-07:00"),
        (Anchor.PAID, "2026-03-12T00:00-07:00"),
        (Anchor.REVIEW_PASSED, "2026-03-13T00:00-07:00"),
    ],
)
def test_the_anchor_starts_it(open_world: Open, place: Place, at: At, anchor: Anchor, ends: str) -> None:
    world = open_world("2026-03-06T22:00-08:00", countdown=Countdown(preparation_days=4, anchor=anchor))
    order = place(world, review_seconds=6 * 3600)
    world.advance_to(world.start_at + DAY)
    assert order.ship_by_at == at(ends)


def test_placing_and_paying_on_two_days_makes_two_anchors(open_world: Open, place: Place, at: At) -> None:
    ends = {}
    for anchor in (Anchor.ORDER_CREATED, Anchor.PAID):
        world = open_world("2026-03-03T22:00-08:00", countdown=Countdown(preparation_days=2, anchor=anchor))
        order = place(world, attempts_seconds=(3 * 3600,))
        world.advance_to(world.start_at + 4 * 3600)
        ends[anchor] = order.ship_by_at
    assert ends == {
        Anchor.ORDER_CREATED: at("2026-03-05T00:00-08:00"),
        Anchor.PAID: at("2026-03-06T00:00-08:00"),
    }


def test_the_same_clock_time_and_a_free_order_day_are_settings(waiting: Waiting, at: At) -> None:
    countdown = Countdown(count_anchor_day=False, deadline_clock=DeadlineClock.SAME_CLOCK_TIME, zone="Europe/Madrid")
    world, order = waiting(countdown=countdown)
    assert order.accepted_at == world.start_at + 720
    assert order.ship_by_at == at("2026-03-09T09:12+01:00")


def test_holidays_of_the_calendar_and_extensions_of_the_platform_give_more_time(waiting: Waiting, at: At) -> None:
    window = ExtensionWindow("a bad week", date(2026, 4, 1), date(2026, 4, 1), extra_days=2)
    countdown = Countdown(zone="Europe/Madrid", calendar=Calendar(region="VC"), extensions=(window,))
    _, order = waiting(start="2026-04-01T09:00+02:00", countdown=countdown)
    # Without the extension Thu 9 April: Good Friday and Easter Monday are off in the Valencian calendar.
    assert order.ship_by_at == at("2026-04-14T00:00+02:00")


def test_a_clock_that_leaves_no_time_closes_the_order_at_once(open_world: Open, place: Place, events: Events) -> None:
    countdown = Countdown(preparation_days=1, deadline_clock=DeadlineClock.SAME_CLOCK_TIME)
    world = open_world(countdown=countdown)
    order = place(world)
    world.advance_to(world.start_at + 720)
    assert order.ended_at == order.accepted_at == order.ship_by_at
    assert len(events(world, order, "violation")) == 1


# Rests


def freeze(seconds: int, after_seconds: int = 3600) -> dict[str, Any]:
    return {"freeze_after_seconds": after_seconds, "freeze_seconds": seconds}


def test_a_freeze_gives_back_the_seconds_it_took(waiting: Waiting, events: Events) -> None:
    world, order = waiting(fate=freeze(7654))
    first = order.ship_by_at
    assert first is not None
    world.advance_to(world.start_at + 720 + 3600)
    assert (order.status, world.platform.times_out_at(order)) == (Status.IN_FROZEN, None)
    world.advance_to(world.start_at + DAY)
    assert (order.status, order.ship_by_at) == (Status.WAIT_SELLER_SEND_GOODS, first + 7654)
    world.advance_to(first + 7653)
    assert order.status is Status.WAIT_SELLER_SEND_GOODS
    world.advance_to(first + 7654)
    assert order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT
    assert len(events(world, order, "violation")) == 1


def test_an_order_is_frozen_once(waiting: Waiting, events: Events) -> None:
    world, order = waiting(fate={**freeze(3600), "cancel_seconds": 2 * 3600 + 60}, start="2026-03-02T00:00-08:00")
    world.advance_to(world.start_at + 720 + 2 * 3600 + 60)
    assert order.status is Status.IN_CANCEL
    world.move(order, Move.REFUSE_CANCEL, "test")
    world.advance_to(world.start_at + 30 * DAY)
    assert len(events(world, order, Move.FREEZE)) == 1
    assert len(events(world, order, Move.REQUEST_CANCEL)) == 1


def test_a_freeze_over_the_end_of_the_countdown_lets_it_end_later(waiting: Waiting) -> None:
    world, order = waiting(fate=freeze(3 * DAY, after_seconds=3 * DAY))
    first = order.ship_by_at
    assert first is not None
    world.advance_to(first)
    assert order.status is Status.IN_FROZEN
    world.advance_to(first + 3 * DAY)
    assert (order.status, order.ended_at) == (Status.FINISH, first + 3 * DAY)


def test_a_request_to_cancel_gives_back_the_seconds_it_took(waiting: Waiting) -> None:
    world, order = waiting(fate={"cancel_seconds": 100})
    first = order.ship_by_at
    assert first is not None
    world.advance_to(world.start_at + 720 + 100 + 5000)
    assert order.status is Status.IN_CANCEL
    assert declare(world, order) is not None
    world.move(order, Move.REFUSE_CANCEL, "test")
    assert (order.status, order.ship_by_at) == (Status.WAIT_SELLER_SEND_GOODS, first + 5000)
    world.advance_to(first + 5000)
    assert order.ended_at == first + 5000


def test_a_request_over_the_end_of_the_countdown_lets_it_end_later(waiting: Waiting) -> None:
    world, order = waiting(fate={"cancel_seconds": 4 * DAY})
    first = order.ship_by_at
    assert first is not None
    world.advance_to(first + 3600)
    assert order.status is Status.IN_CANCEL
    rested = world.now - (world.start_at + 720 + 4 * DAY)
    world.move(order, Move.REFUSE_CANCEL, "test")
    world.advance_to(first + 10 * DAY)
    assert order.ended_at == first + rested


def test_two_rests_add_up(waiting: Waiting) -> None:
    world, order = waiting(fate={"cancel_seconds": 100, **freeze(1000, after_seconds=10_000)})
    first = order.ship_by_at
    assert first is not None
    world.advance_to(world.start_at + 720 + 100 + 400)
    world.move(order, Move.REFUSE_CANCEL, "test")
    world.advance_to(world.start_at + DAY)
    assert order.ship_by_at == first + 400 + 1000


def test_a_clock_that_goes_on_during_a_request_ends_in_it(waiting: Waiting, events: Events) -> None:
    world, order = waiting(countdown=Countdown(pauses_in_cancel=False), fate={"cancel_seconds": 4 * DAY})
    first = order.ship_by_at
    assert first is not None
    world.advance_to(first - 1)
    assert order.status is Status.IN_CANCEL
    world.advance_to(first)
    assert (order.status, order.end_reason) == (Status.FINISH, EndReason.SELLER_SEND_GOODS_TIMEOUT)
    assert len(events(world, order, "violation")) == 1


def test_a_clock_that_goes_on_during_a_request_keeps_its_end_when_the_request_is_refused(waiting: Waiting) -> None:
    world, order = waiting(countdown=Countdown(pauses_in_cancel=False), fate={"cancel_seconds": 100})
    first = order.ship_by_at
    assert first is not None
    world.advance_to(world.start_at + 5000)
    world.move(order, Move.REFUSE_CANCEL, "test")
    world.advance_to(first)
    assert (order.ship_by_at, order.ended_at) == (first, first)


def test_a_partial_declaration_neither_stops_nor_extends_it(waiting: Waiting, events: Events) -> None:
    world, order = waiting()
    first = order.ship_by_at
    assert first is not None
    assert declare(world, order, whole=False) is None
    assert (order.status, order.ship_by_at) == (Status.SELLER_PART_SEND_GOODS, first)
    world.advance_to(first)
    assert order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT
    assert len(events(world, order, "violation")) == 1


@pytest.mark.parametrize(("later_seconds", "taken"), [(-1, True), (0, False)])
def test_the_rest_of_a_partial_order_has_the_same_end(waiting: Waiting, later_seconds: int, taken: bool) -> None:
    world, order = waiting()
    assert order.ship_by_at is not None
    declare(world, order, whole=False)
    world.advance_to(order.ship_by_at + later_seconds)
    assert (declare(world, order, number="PQ987654321ES") is None) == taken


def test_a_dispute_over_a_part_makes_the_clock_rest_and_leaves_no_order_behind(waiting: Waiting) -> None:
    world, order = waiting(fate={"dispute_open_seconds": 10 * DAY})
    first = order.ship_by_at
    assert first is not None
    declare(world, order, whole=False)
    world.advance_to(world.start_at + DAY)
    world.move(order, Move.OPEN_DISPUTE, "test")
    assert world.platform.times_out_at(order) is None
    world.advance_to(world.start_at + 11 * DAY)
    assert (order.status, order.ship_by_at) == (Status.SELLER_PART_SEND_GOODS, first + 10 * DAY)
    world.advance_to(first + 10 * DAY)
    assert order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT


def test_everything_declared_stops_it_for_good(waiting: Waiting, events: Events) -> None:
    world, order = waiting(fate=freeze(DAY, after_seconds=DAY))
    first = order.ship_by_at
    declare(world, order)
    world.advance_to(world.start_at + 30 * DAY)
    assert len(events(world, order, Move.FREEZE)) == 1
    assert (order.status, order.ship_by_at) == (Status.WAIT_BUYER_ACCEPT_GOODS, first)
    assert not events(world, order, "violation")


def test_the_world_goes_first_however_lately_the_end_was_set(waiting: Waiting, at: At, events: Events) -> None:
    """A push of tracking and the end of the countdown in one second: too late, though the push was planned before."""
    ends = at("2026-03-07T00:00-08:00")
    opens = at("2026-03-02T09:00+01:00")
    # Frozen until ten minutes before the end, which is therefore set after the push round of its second.
    world, order = waiting(fate=freeze(4 * DAY, after_seconds=ends - 600 - opens - 720))
    ends += 4 * DAY
    assert (ends - opens) % (30 * 60) == 0
    world.advance_to(ends - 60)
    assert (order.status, order.ship_by_at) == (Status.WAIT_SELLER_SEND_GOODS, ends)
    mirror = world.mip.orders[order.id]
    world.mip.add_shipment(mirror, order.lines, "correos", NUMBER, cause="test")
    world.advance_to(ends)
    assert order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT
    assert [event.facts["why"] for event in events(world, order, "push_rejected")] == ["STATUS_NOT_ALLOWED"]


def test_a_seller_who_cancels_is_blamed_unless_the_settings_say_otherwise(waiting: Waiting, events: Events) -> None:
    for counts in (True, False):
        world, order = waiting(penalties=Penalties(seller_cancel_counts=counts))
        world.move(order, Move.SELLER_CANCELS, "test")
        assert order.end_reason is EndReason.SELLER_CANCEL_ORDER
        kinds = [event.facts["kind"] for event in events(world, order, "violation")]
        assert kinds == (["seller_cancelled"] if counts else [])

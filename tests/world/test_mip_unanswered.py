"""Pushes that nobody answers: waited for, taken for unknown, tried again, and found where they had arrived."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fakemarket.rules.status import Status
from fakemarket.settings import Mip, Settings
from fakemarket.streams import Streams
from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import MipStatus, PushStatus
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
Events = Callable[..., list[Any]]
HOUR, DAY = 3600, 86_400
TWO_PRODUCTS = ((0, 1, 1000), (1, 2, 500))
PUSHED_AT = "2026-03-03T18:30+01:00"
"""The first round after the plain parcel's number is known."""
LOST, HEARD = Mip(push_lost_share=1.0), Mip(push_answer_lost_share=1.0)
PENDING = MipStatus.TRACKING_PENDING
SENT, UNKNOWN, ACCEPTED, REJECTED = PushStatus.SENT, PushStatus.UNKNOWN, PushStatus.ACCEPTED, PushStatus.REJECTED


def answer_all(world: World) -> None:
    """From now on every push is answered."""
    world.mip.pushes.unheard = None


@pytest.mark.parametrize(
    ("mip", "shown"), [(LOST, Status.WAIT_SELLER_SEND_GOODS), (HEARD, Status.WAIT_BUYER_ACCEPT_GOODS)]
)
def test_a_push_is_sent_until_its_wait_is_over_and_unknown_from_then_on_whether_it_arrived_or_not(
    open_world: Open, place: Place, at: At, events: Events, mip: Mip, shown: Status
) -> None:
    world = open_world(mip=replace(mip, push_timeout_seconds=90))
    order = place(world)
    world.advance_to(at(PUSHED_AT) + 89)
    mirror = world.mip.orders[order.id]
    (shipment,) = mirror.shipments
    assert (shipment.push_status, shipment.pushed_at, mirror.status) == (SENT, at(PUSHED_AT), PENDING)
    assert (order.status, mirror.updated_at) == (shown, at(PUSHED_AT))
    assert events(world, order, "push_unanswered") == []
    world.advance_to(at(PUSHED_AT) + 90)
    assert (shipment.push_status, shipment.push_error, mirror.status) == (UNKNOWN, "", PENDING)
    assert mirror.updated_at == world.now
    (told,) = events(world, order, "push_unanswered")
    assert (told.facts, told.cause) == ({"number": shipment.number}, "mip")
    assert {it.type for it in world.mip.journal.page(0, 1000)[0]} == {
        Happening.ORDER_IMPORTED,
        Happening.ORDER_UPDATED,
        Happening.SHIPMENT_CREATED,
    }, "a push that nobody answered has not failed"


def test_a_push_that_arrived_is_found_by_the_next_round_and_not_declared_again(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world(mip=HEARD)
    order = place(world)
    world.advance_to(at(PUSHED_AT) + 1799)
    mirror = world.mip.orders[order.id]
    assert mirror.shipments[0].push_status is UNKNOWN
    world.advance_to(at(PUSHED_AT) + 1800)
    assert (mirror.shipments[0].push_status, mirror.status) == (ACCEPTED, MipStatus.TRACKING_PUSHED)
    assert mirror.shipments[0].pushed_at == at(PUSHED_AT)
    assert len(order.declarations) == len(events(world, order, "push_found")) == 1
    assert not events(world, order, "declare_refused")


def test_a_push_that_never_arrived_is_pushed_again_with_each_round(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world(mip=LOST)
    order = place(world)
    world.advance_to(at(PUSHED_AT) + 1800 + 59)
    shipment = world.mip.orders[order.id].shipments[0]
    assert (shipment.push_status, shipment.pushed_at) == (SENT, at(PUSHED_AT) + 1800)
    answer_all(world)
    world.advance_to(at(PUSHED_AT) + 3600)
    assert (shipment.push_status, shipment.pushed_at, order.sent_at) == (ACCEPTED, world.now, world.now)
    assert len(events(world, order, "push_unanswered")) == 2


def test_a_push_that_never_arrived_is_refused_the_next_time_if_somebody_declared_another_number_since(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world(mip=LOST)
    order = place(world)
    world.advance_to(at(PUSHED_AT) + 600)
    answer_all(world)
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    world.advance_to(at(PUSHED_AT) + 1800)
    mirror = world.mip.orders[order.id]
    assert (mirror.shipments[0].push_status, mirror.shipments[0].push_error) == (REJECTED, "STATUS_NOT_ALLOWED")
    assert mirror.status is MipStatus.TRACKING_REJECTED


@pytest.mark.parametrize("mip", [LOST, HEARD])
def test_a_push_that_is_waited_for_is_not_pushed_again(open_world: Open, place: Place, at: At, mip: Mip) -> None:
    world = open_world(mip=replace(mip, push_timeout_seconds=2 * HOUR, push_every_minutes=1))
    order = place(world)
    world.advance_to(at(PUSHED_AT) + HOUR)
    (shipment,) = world.mip.orders[order.id].shipments
    assert (shipment.push_status, shipment.pushed_at) == (SENT, at("2026-03-03T18:30+01:00"))


def test_somebody_who_pushes_it_now_learns_that_it_had_arrived(open_world: Open, place: Place, at: At) -> None:
    world = open_world(mip=HEARD)
    order = place(world)
    world.advance_to(at(PUSHED_AT) + 60)
    mirror = world.mip.orders[order.id]
    assert world.mip.push(mirror, mirror.shipments[0], cause="test") is None
    assert mirror.shipments[0].push_status is ACCEPTED


def test_a_rejected_number_whose_second_push_nobody_answers_waits_for_the_next_round_again(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world(mip=LOST)
    answer_all(world)
    world.refuses_carrier = lambda _: True
    order = place(world)
    world.advance_to(at(PUSHED_AT))
    mirror = world.mip.orders[order.id]
    (shipment,) = mirror.shipments
    world.refuses_carrier = None
    world.mip.pushes.unheard = lambda _mirror: False
    assert world.mip.push(mirror, shipment, cause="test") is None
    assert (shipment.push_status, shipment.push_error) == (SENT, "")
    answer_all(world)
    world.advance_to(at(PUSHED_AT) + 1800)
    assert (shipment.push_status, order.sent_at) == (ACCEPTED, world.now)


def test_a_world_in_which_answers_are_waited_for_can_be_pickled_and_goes_on_the_same() -> None:
    mip = Mip(push_lost_share=0.3, push_answer_lost_share=0.3, push_timeout_seconds=HOUR)
    world = World(Settings(mip=mip), Streams(3), 1_772_409_600)
    world.advance_to(world.start_at + 4 * DAY + 20 * HOUR)
    waited_for = [it for _, it in world.mip.shipments.values() if it.push_status is SENT]
    assert waited_for
    other = pickle.loads(pickle.dumps(world))
    for each in (world, other):
        each.advance_to(world.start_at + 9 * DAY)
    assert other.ledger.digest() == world.ledger.digest()


@pytest.mark.parametrize("mip", [LOST, HEARD])
def test_an_order_in_two_parcels_is_declared_whole_though_the_first_push_was_not_answered(
    open_world: Open, place: Place, at: At, mip: Mip
) -> None:
    world = open_world(mip=mip)
    order = place(world, goods=TWO_PRODUCTS, parcels=({}, {}))
    world.advance_to(at(PUSHED_AT) + 60)
    answer_all(world)
    world.advance_to(at(PUSHED_AT) + 1800)
    mirror = world.mip.orders[order.id]
    assert [it.push_status for it in mirror.shipments] == [ACCEPTED, ACCEPTED]
    assert (order.status, mirror.status) == (Status.WAIT_BUYER_ACCEPT_GOODS, MipStatus.TRACKING_PUSHED)
    assert {it.number for it in order.declarations} == {it.number for it in mirror.shipments}


def test_the_second_of_two_parcels_is_declared_whole_though_the_answer_to_the_first_was_lost_for_long(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world(mip=HEARD)
    order = place(world, goods=TWO_PRODUCTS, parcels=({}, {}))
    lost = iter((True, None))
    world.mip.pushes.unheard = lambda _mirror: next(lost, None)
    world.advance_to(at(PUSHED_AT) + 60)
    mirror = world.mip.orders[order.id]
    assert [it.push_status for it in mirror.shipments] == [UNKNOWN, ACCEPTED]
    world.advance_to(at(PUSHED_AT) + 1800)
    assert [it.push_status for it in mirror.shipments] == [ACCEPTED, ACCEPTED]
    assert (order.status, mirror.status) == (Status.WAIT_BUYER_ACCEPT_GOODS, MipStatus.TRACKING_PUSHED)


def test_each_push_has_luck_of_its_own_and_none_of_it_moves_any_other_luck() -> None:
    def counted(mip: Mip) -> tuple[int, int, int]:
        world = World(Settings(mip=mip), Streams(3), 1_772_409_600, orders_until_at=1_772_409_600 + 10 * DAY)
        world.advance_to(world.start_at + 20 * DAY)
        known = len(world.ledger.named("tracking_known"))
        return known, len(world.ledger.named("push_unanswered")), len(world.ledger.named("push_found"))

    known, unanswered, found = counted(Mip(push_lost_share=0.2, push_answer_lost_share=0.1))
    assert counted(Mip()) == (known, 0, 0)
    assert 0.2 * known < unanswered < 0.5 * known
    assert 0.05 * known < found < 0.2 * known

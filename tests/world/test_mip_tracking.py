"""The numbers that the platform pushes to the marketplace, and those that are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import Move, Status
from fakemarket.world.mip_order import MipStatus, PushStatus
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
Events = Callable[..., list[Any]]
HOUR, DAY = 3600, 86_400
TWO_PRODUCTS = ((0, 1, 1000), (1, 2, 500))


@pytest.mark.parametrize(
    ("known", "pushed"),
    [("18:29:59", "18:30"), ("18:30:00", "18:30"), ("18:30:01", "19:00")],
)
def test_a_number_is_pushed_with_the_round_after_it_is_known(
    open_world: Open, place: Place, at: At, events: Events, known: str, pushed: str
) -> None:
    world = open_world("2026-03-02T09:00+01:00")
    seconds = at(f"2026-03-03T{known}+01:00") - at("2026-03-03T17:30+01:00")
    order = place(world, parcels=({"tracking_seconds": seconds},))
    world.advance_to(world.start_at + 3 * DAY)
    (declared,) = events(world, order, Move.DECLARE_ALL)
    assert declared.at == at(f"2026-03-03T{pushed}+01:00")
    shipment = world.mip.orders[order.id].shipments[0]
    assert (shipment.push_status, shipment.pushed_at) == (PushStatus.ACCEPTED, declared.at)
    assert declared.facts["number"] == shipment.number
    assert declared.cause == "mip"


@pytest.mark.parametrize("first_known", [0, 1])
def test_a_split_order_is_declared_in_part_and_then_whole_whichever_number_comes_first(
    open_world: Open, place: Place, events: Events, first_known: int
) -> None:
    world = open_world()
    waits: tuple[dict[str, Any], dict[str, Any]] = ({"tracking_seconds": HOUR}, {"tracking_seconds": 20 * HOUR})
    order = place(world, goods=TWO_PRODUCTS, parcels=waits if first_known == 0 else waits[::-1])
    world.advance_to(world.start_at + 2 * DAY)
    mirror = world.mip.orders[order.id]
    assert (order.status, mirror.status) == (Status.SELLER_PART_SEND_GOODS, MipStatus.PARTIALLY_SHIPPED)
    assert [line.number for line in mirror.shipments[0].lines] == [1 + first_known]
    world.advance_to(world.start_at + 4 * DAY)
    assert (order.status, mirror.status) == (Status.WAIT_BUYER_ACCEPT_GOODS, MipStatus.TRACKING_PUSHED)
    assert [str(event.what) for event in events(world, order, "declare_part", "declare_all")] == [
        "declare_part",
        "declare_all",
    ]


def test_two_numbers_of_one_round_are_pushed_as_part_and_whole(open_world: Open, place: Place, events: Events) -> None:
    world = open_world()
    order = place(world, goods=TWO_PRODUCTS, parcels=({}, {}))
    world.advance_to(world.start_at + 4 * DAY)
    part, whole = events(world, order, "declare_part", "declare_all")
    assert (str(part.what), str(whole.what), part.at) == ("declare_part", "declare_all", whole.at)


def test_a_rejected_push_stays_rejected_until_somebody_pushes_it_again(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    world.refuses_carrier = lambda _: True
    order = place(world)
    world.advance_to(world.start_at + 3 * DAY)
    mirror = world.mip.orders[order.id]
    (shipment,) = mirror.shipments
    assert (mirror.status, shipment.push_status) == (MipStatus.TRACKING_REJECTED, PushStatus.REJECTED)
    assert shipment.push_error == "CARRIER_NOT_AUTHORISED"
    assert len(events(world, order, "push_rejected")) == len(events(world, order, "declare_refused")) == 1
    world.refuses_carrier = lambda _: False
    world.advance_to(world.now + DAY // 2)
    assert order.status is Status.WAIT_SELLER_SEND_GOODS
    assert world.mip.push(mirror, shipment, cause="test") is None
    assert (order.status, shipment.push_status) == (Status.WAIT_BUYER_ACCEPT_GOODS, PushStatus.ACCEPTED)


def test_a_rejected_part_does_not_count_as_sent(open_world: Open, place: Place, events: Events) -> None:
    world = open_world()
    order = place(world, goods=TWO_PRODUCTS, parcels=({}, {"tracking_seconds": 20 * HOUR}))
    world.refuses_carrier = lambda _: True
    world.advance_to(world.start_at + 2 * DAY)
    assert events(world, order, "push_rejected")
    world.refuses_carrier = lambda _: False
    world.advance_to(world.start_at + 4 * DAY)
    assert order.status is Status.SELLER_PART_SEND_GOODS
    assert not events(world, order, "declare_all")


def test_a_number_that_comes_too_late_is_rejected(open_world: Open, place: Place, events: Events) -> None:
    world = open_world()
    order = place(world, parcels=({"tracking_seconds": 20 * DAY},))
    world.advance_to(world.start_at + 30 * DAY)
    assert [event.facts["why"] for event in events(world, order, "push_rejected")] == ["STATUS_NOT_ALLOWED"]
    assert world.mip.orders[order.id].status is MipStatus.TRACKING_REJECTED

"""Orders that the supplier refused, and those that are cancelled on their way."""

from collections.abc import Callable
from typing import Any

from fakemarket.rules.status import EndReason, Status
from fakemarket.world.mip_order import MipStatus, ReviewReason
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
Events = Callable[..., list[Any]]
HOUR, DAY = 3600, 86_400


def test_with_an_empty_wallet_an_order_waits_for_a_person(open_world: Open, place: Place, events: Events) -> None:
    world = open_world(sellers=("one", "two"))
    world.mip.empty_wallets.add("one")
    order, other = place(world, seller="one"), place(world, seller="two")
    world.advance_to(world.start_at + HOUR)
    mirror = world.mip.orders[order.id]
    expected = [MipStatus.PENDING_REVIEW, ReviewReason.WALLET_EMPTY, world.start_at + 900]
    assert [mirror.status, mirror.review, mirror.review_since] == expected
    assert world.mip.orders[other.id].status is MipStatus.PREPARING
    world.mip.empty_wallets.clear()
    world.advance_to(world.start_at + DAY)
    assert [mirror.status, len(events(world, order, "pending_review"))] == [MipStatus.PENDING_REVIEW, 1]
    world.mip.send(mirror, cause="test")
    assert (mirror.status, mirror.review, mirror.review_since) == (MipStatus.PREPARING, None, None)
    world.advance_to(world.start_at + 4 * DAY)
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


def test_what_is_out_of_stock_stays_refused_however_often_it_is_sent(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, out_of_stock=True)
    for days in range(3):
        world.advance_to(world.start_at + HOUR + days * DAY)
        mirror = world.mip.orders[order.id]
        assert (mirror.status, mirror.review) == (MipStatus.PENDING_REVIEW, ReviewReason.OUT_OF_STOCK)
        assert mirror.supplier_orders == ()
        world.mip.send(mirror, cause="test")


def test_a_bad_address_is_mended_by_the_person_who_sends_it_again(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, bad_address=True)
    world.advance_to(world.start_at + HOUR)
    mirror = world.mip.orders[order.id]
    assert mirror.review is ReviewReason.INVALID_ADDRESS
    world.mip.send(mirror, cause="test")
    assert mirror.status is MipStatus.PENDING_REVIEW, "sent again as it was"
    world.mip.send(mirror, address={"address": "Calle Mayor 1"}, cause="test")
    assert [mirror.status] == [MipStatus.PREPARING]


def test_an_order_cancelled_with_the_supplier_in_time_never_leaves(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world)
    world.advance_to(world.start_at + HOUR)
    mirror = world.mip.orders[order.id]
    assert world.mip.cancel(mirror, cause="test")
    world.advance_to(world.start_at + 5 * DAY)
    assert (mirror.status, mirror.shipments) == (MipStatus.CANCELED, ())


def test_the_supplier_goes_on_with_an_order_that_its_buyer_cancelled(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(world, cancel_seconds=1800)
    world.advance_to(world.start_at + 5 * DAY)
    assert order.end_reason is EndReason.CANCEL_ORDER_CLOSE_TRADE
    assert events(world, order, "handed_over")
    assert events(world, order, "push_rejected")

"""A piece of an order is paid back before it is sent, and the platform goes on with what it imported."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import IllegalMove, Move, Status
from fakemarket.settings import Mip
from fakemarket.world.mip_order import MipStatus
from fakemarket.world.order import Order
from fakemarket.world.refund import NothingToSpare
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
Events = Callable[..., list[Any]]
HOUR, DAY = 3600, 86_400
TWO = ((0, 2, 1000),)


def sent(open_world: Open, place: Place, **fate: Any) -> tuple[World, Order]:
    """An order of two pieces that the supplier has, of a seller with 100.00 to spend."""
    world = open_world(mip=Mip(wallet_cents=10_000))
    order = place(world, **{"goods": TWO, **fate})
    world.advance_to(world.now + HOUR)
    assert world.mip.orders[order.id].status is MipStatus.PREPARING
    return world, order


def test_a_refund_leaves_one_piece_less_of_the_first_line_that_has_two(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(world, goods=((0, 1, 700), (1, 3, 1000), (2, 2, 10)))
    world.advance_to(world.now + HOUR)
    before = order.lines
    world.force(order, Move.PARTIAL_REFUND, "test")
    assert [line.quantity for line in order.lines] == [1, 2, 2]
    assert order.total_cents == 700 + 2000 + 20
    assert (order.status, order.modified_at) == (Status.WAIT_SELLER_SEND_GOODS, world.now)
    (told,) = events(world, order, Move.PARTIAL_REFUND)
    assert (told.facts["line"], told.facts["pieces"], told.facts["cents"]) == (before[1].child_id, 1, 1000)


def test_an_order_of_single_pieces_has_nothing_to_pay_back_and_stays_as_it_is(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, goods=((0, 1, 700), (1, 1, 1000)))
    world.advance_to(world.now + HOUR)
    lines, digest = order.lines, world.ledger.digest()
    with pytest.raises(NothingToSpare, match=str(order.id)):
        world.force(order, Move.PARTIAL_REFUND, "test")
    assert (order.lines, world.ledger.digest()) == (lines, digest)


def test_only_an_order_that_waits_to_be_sent_is_paid_back_in_part(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, goods=TWO)
    with pytest.raises(IllegalMove):
        world.force(order, Move.PARTIAL_REFUND, "test")
    world.advance_to(world.now + HOUR)
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    with pytest.raises(IllegalMove):
        world.force(order, Move.PARTIAL_REFUND, "test")
    assert order.lines[0].quantity == 2


def test_what_the_supplier_has_no_import_changes_and_the_parcel_goes_as_ordered(open_world: Open, place: Place) -> None:
    world, order = sent(open_world, place, freeze_seconds=2 * HOUR)
    world.force(order, Move.PARTIAL_REFUND, "test")
    world.advance_to(world.now + HOUR)
    world.mip.import_window(order.seller, order.placed_at, world.now, cause="test")
    mirror = world.mip.orders[order.id]
    assert mirror.lines[0].quantity == 2
    world.force(order, Move.FREEZE, "test")
    for status in (Status.IN_FROZEN, Status.WAIT_SELLER_SEND_GOODS):
        world.advance_to(world.now + HOUR + HOUR // 2)
        assert (mirror.marketplace_status, mirror.lines[0].quantity) == (status, 2)
    world.advance_to(world.now + 5 * DAY)
    assert [line.quantity for line in mirror.shipments[0].lines] == [2]
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


def test_what_the_supplier_does_not_have_yet_the_next_round_puts_right(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world(mip=Mip(wallet_cents=0))
    order = place(world, goods=TWO)
    world.advance_to(world.now + HOUR)
    mirror = world.mip.orders[order.id]
    assert mirror.status is MipStatus.PENDING_REVIEW
    reviewed_at = mirror.updated_at
    world.force(order, Move.PARTIAL_REFUND, "test")
    world.advance_to(world.now + HOUR)
    assert mirror.lines[0].quantity == 1
    assert mirror.updated_at > reviewed_at
    assert [event.facts for event in events(world, order, "lines_changed")] == [{"pieces": 1}]


def test_canceled_with_the_supplier_it_is_put_right_by_an_import_and_sent_again_once(
    open_world: Open, place: Place, events: Events
) -> None:
    world, order = sent(open_world, place)
    mirror, wallet = world.mip.orders[order.id], world.mip.supplier.wallets[order.seller]
    first_cents = mirror.supplier_orders[0].cost_cents
    world.force(order, Move.PARTIAL_REFUND, "test")
    assert world.mip.cancel(mirror, cause="test")
    world.mip.import_window(order.seller, order.modified_at, world.now, cause="test")
    world.mip.send(mirror, cause="test")
    assert [it.cost_cents for it in mirror.supplier_orders] == [first_cents, first_cents // 2]
    assert wallet.balance_cents == 10_000 - first_cents // 2
    world.advance_to(world.now + 5 * DAY)
    (shipment,) = mirror.shipments
    assert [line.quantity for line in shipment.lines] == [1]
    assert [event.facts["parcel"] for event in events(world, order, "preparing")] == [0, 1]
    assert [event.facts["parcel"] for event in events(world, order, "handed_over")] == [1]
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


def test_canceled_with_the_supplier_it_is_put_right_by_the_next_round(open_world: Open, place: Place) -> None:
    world, order = sent(open_world, place)
    mirror = world.mip.orders[order.id]
    world.force(order, Move.PARTIAL_REFUND, "test")
    world.advance_to(world.now + HOUR)
    assert mirror.lines[0].quantity == 2, "rounds leave alone what the supplier has"
    assert world.mip.cancel(mirror, cause="test")
    world.advance_to(world.now + HOUR)
    assert mirror.lines[0].quantity == 1


def test_what_comes_back_for_a_second_canceled_order_is_what_that_one_cost(open_world: Open, place: Place) -> None:
    world, order = sent(open_world, place)
    mirror, wallet = world.mip.orders[order.id], world.mip.supplier.wallets[order.seller]
    for _ in range(2):
        assert world.mip.cancel(mirror, cause="test")
        world.mip.send(mirror, cause="test")
    assert wallet.balance_cents == 10_000 - mirror.supplier_orders[0].cost_cents


def test_work_that_was_spent_on_a_parcel_that_was_stopped_stays_spent(open_world: Open, place: Place) -> None:
    world, order = sent(open_world, place, parcels=({"preparation_days": 0.1},))
    mirror = world.mip.orders[order.id]
    while not world.warehouse.has_packed(order):
        world.advance_to(world.now + 600)
    assert world.mip.cancel(mirror, cause="test")
    world.mip.send(mirror, cause="test")
    assert world.warehouse.has_packed(order)

"""How far the supplier is with an order, as the platform's status says it: until a number is known, and no longer."""

from collections.abc import Callable

import pytest

from fakemarket.rules.status import Status
from fakemarket.settings import Warehouse
from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import MipOrder, MipStatus
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
HOUR, DAY = 3600, 86_400
TWO_PRODUCTS = ((0, 1, 1000), (1, 2, 500))
IMPORTED, SENT, PREPARING, SHIPPED = (
    MipStatus.IMPORTED,
    MipStatus.SENT_TO_SUPPLIER,
    MipStatus.PREPARING,
    MipStatus.SHIPPED,
)
PARTLY, PENDING, PUSHED = MipStatus.PARTIALLY_SHIPPED, MipStatus.TRACKING_PENDING, MipStatus.TRACKING_PUSHED


def copy_of(world: World, order: Order) -> MipOrder:
    return world.mip.orders[order.id]


def statuses(world: World, order: Order) -> list[tuple[int, str]]:
    """When the platform's journal first told each status of an order, one after the other."""
    told = [it for it in world.mip.journal.page(0, 1000)[0] if it.order == f"M{order.id}" and it.shipment is None]
    assert {it.type for it in told} <= {Happening.ORDER_IMPORTED, Happening.ORDER_UPDATED, Happening.ORDER_CANCELED}
    found = [(it.at, str(it.facts["status"])) for it in told]
    return [it for n, it in enumerate(found) if n == 0 or found[n - 1][1] != it[1]]


@pytest.mark.parametrize(
    ("placed", "sent", "begun"),
    [
        ("2026-03-02T05:00+01:00", "2026-03-02T05:15+01:00", "2026-03-02T09:00+01:00"),
        ("2026-03-02T10:00+01:00", "2026-03-02T10:15+01:00", "2026-03-02T10:15+01:00"),
        ("2026-03-02T14:00+01:00", "2026-03-02T14:15+01:00", "2026-03-03T09:00+01:00"),
        ("2026-03-06T14:00+01:00", "2026-03-06T14:15+01:00", "2026-03-09T09:00+01:00"),
    ],
    ids=["before it opens", "in its hours", "after the cut-off", "on a Friday after the cut-off"],
)
def test_an_order_is_in_preparation_from_when_the_warehouse_begins_on_it(
    open_world: Open, place: Place, at: At, placed: str, sent: str, begun: str
) -> None:
    world = open_world(placed)
    order = place(world)
    world.advance_to(at(begun) - 1)
    assert [it.id for it in world.mip.changes(status=PREPARING)] == []
    world.advance_to(at(begun))
    (mirror,) = world.mip.changes(status=PREPARING, since_at=at(begun))
    assert (mirror.status, mirror.updated_at) == (PREPARING, at(begun))
    assert statuses(world, order)[-2:] == [(at(sent), SENT), (at(begun), PREPARING)]
    (told,) = world.ledger.named("preparing")
    assert told.facts["starts_at"] == at(begun)


def test_an_order_has_shipped_from_its_handover_until_its_number_is_known(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    order = place(world, parcels=({"preparation_days": 0.5, "tracking_seconds": HOUR + 1},))
    calls_at = at("2026-03-02T17:30+01:00")
    world.advance_to(calls_at - 1)
    assert copy_of(world, order).status is PREPARING
    world.advance_to(calls_at)
    assert (copy_of(world, order).status, copy_of(world, order).updated_at) == (SHIPPED, calls_at)
    assert not copy_of(world, order).shipments
    world.advance_to(calls_at + HOUR)
    assert copy_of(world, order).status is SHIPPED
    world.advance_to(calls_at + HOUR + 1)
    assert copy_of(world, order).status is PENDING
    world.advance_to(calls_at + DAY)
    assert [status for _, status in statuses(world, order)] == [IMPORTED, SENT, PREPARING, SHIPPED, PENDING, PUSHED]


def test_of_two_parcels_the_first_ships_a_part_and_the_second_the_rest(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    slow = {"preparation_days": 0.5, "tracking_seconds": 30 * HOUR}
    order = place(world, goods=TWO_PRODUCTS, parcels=(slow, {**slow, "preparation_days": 1.2}))
    calls_at = at("2026-03-02T17:30+01:00")
    world.advance_to(calls_at + 3 * DAY)
    assert statuses(world, order)[2:] == [
        (at("2026-03-02T09:00+01:00"), PREPARING),
        (calls_at, PARTLY),
        (calls_at + DAY, SHIPPED),
        (calls_at + 30 * HOUR, PENDING),
        (calls_at + 30 * HOUR, PARTLY),
        (calls_at + 54 * HOUR, PENDING),
        (calls_at + 54 * HOUR, PUSHED),
    ]


def test_from_the_first_number_on_the_status_goes_by_the_pushes(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    slow = {"preparation_days": 0.5, "tracking_seconds": HOUR}
    order = place(world, goods=TWO_PRODUCTS, parcels=(slow, {**slow, "preparation_days": 1.2}))
    called_at = at("2026-03-03T17:30+01:00")
    world.advance_to(called_at - 1)
    assert copy_of(world, order).status is PARTLY
    world.advance_to(called_at)
    assert (copy_of(world, order).status, copy_of(world, order).updated_at) == (PARTLY, called_at)
    world.advance_to(called_at + HOUR)
    assert copy_of(world, order).status is PUSHED


@pytest.mark.parametrize(("entered", "left"), [("2026-03-02T08:00+01:00", False), ("2026-03-02T12:00+01:00", True)])
def test_a_number_that_somebody_entered_early_is_not_forgotten_when_work_begins_or_the_parcel_leaves(
    open_world: Open, place: Place, at: At, entered: str, left: bool
) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    order = place(world, parcels=({"preparation_days": 0.5},))
    world.advance_to(at(entered))
    mirror = copy_of(world, order)
    world.mip.add_shipment(mirror, mirror.lines, "correos", "PQ123456789ES", cause="test")
    world.advance_to(at("2026-03-02T17:30+01:00"))
    assert mirror.status is PUSHED
    assert (PREPARING in [status for _, status in statuses(world, order)]) is left


def test_what_was_stopped_before_work_began_is_never_in_preparation(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    order = place(world)
    world.advance_to(at("2026-03-02T08:00+01:00"))
    assert world.mip.cancel(copy_of(world, order), cause="test")
    world.advance_to(world.now + DAY)
    assert copy_of(world, order).status is MipStatus.CANCELED


def test_what_was_stopped_and_ordered_anew_is_in_preparation_when_work_begins_on_the_new_one(
    open_world: Open, place: Place, at: At
) -> None:
    world = open_world("2026-03-02T05:00+01:00", warehouse=Warehouse(cutoff_minute=8 * 60))
    order = place(world)
    world.advance_to(at("2026-03-02T08:00+01:00"))
    mirror = copy_of(world, order)
    assert world.mip.cancel(mirror, cause="test")
    world.mip.send(mirror, cause="test")
    begins_at = at("2026-03-03T09:00+01:00")
    world.advance_to(begins_at - 1)
    assert mirror.status is SENT, "the parcel that was stopped is not the new one"
    world.advance_to(begins_at)
    assert mirror.status is PREPARING


@pytest.mark.parametrize(("when", "status"), [("2026-03-02T08:00+01:00", SENT), ("2026-03-02T10:00+01:00", PREPARING)])
def test_an_order_that_the_supplier_has_stands_where_it_stood_when_it_is_sent_again(
    open_world: Open, place: Place, at: At, when: str, status: MipStatus
) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    order = place(world)
    world.advance_to(at(when))
    mirror = copy_of(world, order)
    world.mip.empty_wallets.add(order.seller)
    world.mip.send(mirror, cause="test")
    assert mirror.status is MipStatus.PENDING_REVIEW
    world.mip.empty_wallets.clear()
    world.mip.send(mirror, cause="test")
    assert mirror.status is status


def test_work_that_begins_and_ends_leaves_an_order_in_review_alone(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    order = place(world, parcels=({"preparation_days": 0.5, "tracking_seconds": DAY},))
    world.advance_to(at("2026-03-02T08:00+01:00"))
    mirror = copy_of(world, order)
    world.mip.empty_wallets.add(order.seller)
    world.mip.send(mirror, cause="test")
    world.advance_to(at("2026-03-02T17:30+01:00"))
    assert mirror.status is MipStatus.PENDING_REVIEW
    world.mip.empty_wallets.clear()
    world.mip.send(mirror, cause="test")
    assert (mirror.status, mirror.may_be_sent) == (SHIPPED, False)


def test_what_has_left_can_not_be_sent_again(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T05:00+01:00")
    order = place(world, parcels=({"preparation_days": 0.5},))
    calls_at = at("2026-03-02T17:30+01:00")
    world.advance_to(calls_at - 1)
    assert copy_of(world, order).may_be_sent
    world.advance_to(calls_at)
    assert not copy_of(world, order).may_be_sent
    assert order.status is Status.WAIT_SELLER_SEND_GOODS

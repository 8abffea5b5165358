"""Orders: their ids, their one place of change, and the queries that read them."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import IllegalMove, Move, Status
from fakemarket.world.order import Order
from fakemarket.world.world import UnknownOrder, World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
HOUR, DAY = 3600, 86_400
NOBODY_PAYS = {"pays": False, "attempts_seconds": ()}


def test_an_id_has_16_digits_and_tells_day_seller_number_and_line(open_world: Open, place: Place) -> None:
    world = open_world("2026-03-02T09:00+01:00", sellers=("one", "two"))
    first = place(world, seller="two", goods=((0, 1, 100), (1, 1, 100)))
    second = place(world, seller="two")
    # 2 March 2026 is day 9557 since 2000; numbers from 900000 on were placed by hand.
    assert (first.id, second.id) == (91_09557_01_900000_0, 91_09557_01_900001_0)
    assert [line.child_id for line in first.lines] == [first.id + 1, first.id + 2]
    assert [line.number for line in first.lines] == [1, 2]
    assert len(str(first.id)) == 16


def test_an_order_costs_the_sum_of_its_lines(open_world: Open, place: Place) -> None:
    assert place(open_world(), goods=((0, 3, 1099), (1, 1, 250))).total_cents == 3547


def test_an_illegal_move_changes_nothing(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world)
    world.advance_to(world.start_at + 10)
    before = (order.status, order.modified_at, world.changes_of(order.seller), world.ledger.digest())
    with pytest.raises(IllegalMove):
        world.move(order, Move.RELEASE_FUNDS, "test")
    assert (order.status, order.modified_at, world.changes_of(order.seller), world.ledger.digest()) == before


def test_an_unknown_order_is_said_to_be_with_the_time_and_the_seed(open_world: Open, place: Place) -> None:
    world = open_world(seed=77, sellers=("one", "two"))
    order = place(world, seller="one")
    assert world.order(order.id) is world.order(order.id, "one") is order
    for number, seller in ((order.id + 10, None), (order.id, "two"), (0, None)):
        with pytest.raises(UnknownOrder, match=f"no order {number} in this market at {world.now} \\(seed 77\\)"):
            world.order(number, seller)


def test_orders_are_found_by_seller_and_status(open_world: Open, place: Place) -> None:
    world = open_world(sellers=("one", "two"))
    paid, unpaid, other = (
        place(world, seller="one"),
        place(world, seller="one", **NOBODY_PAYS),
        place(world, seller="two"),
    )
    world.advance_to(world.start_at + HOUR)
    assert list(world.orders_of("one")) == [paid, unpaid]
    assert list(world.orders_of("two", [Status.WAIT_SELLER_SEND_GOODS])) == [other]
    assert list(world.orders_of("one", [Status.PLACE_ORDER_SUCCESS])) == [unpaid]
    assert list(world.orders_of("one", [])) == []
    # A status named twice counts once.
    assert list(world.orders_of("one", [Status.PLACE_ORDER_SUCCESS, Status.PLACE_ORDER_SUCCESS])) == [unpaid]


@pytest.mark.parametrize(
    ("from_late", "until_late", "found"), [(0, 0, True), (1, 5, False), (-5, -1, False), (-1, 1, True)]
)
def test_changes_are_found_with_both_ends_of_a_window(
    open_world: Open, place: Place, from_late: int, until_late: int, found: bool
) -> None:
    world = open_world()
    world.advance_to(world.start_at + 100)
    order = place(world, **NOBODY_PAYS)
    world.advance_to(world.start_at + 200)
    window = (order.placed_at + from_late, order.placed_at + until_late)
    assert world.changed_between(order.seller, *window) == ([order] if found else [])


def test_only_the_last_change_of_an_order_counts_and_the_oldest_comes_first(open_world: Open, place: Place) -> None:
    world = open_world()
    early, quick, late = place(world, review_seconds=HOUR), place(world), place(world, **NOBODY_PAYS)
    world.advance_to(world.start_at + 2 * HOUR)
    everything = (world.start_at, world.now)
    assert world.changed_between(early.seller, *everything) == [late, quick, early]
    # Paid and reviewed in the window, but changed after it.
    assert world.changed_between(early.seller, world.start_at, world.start_at + 1000) == [late, quick]
    assert world.changed_between(early.seller, world.now, world.now - 1) == []


def test_two_changes_in_one_second_make_one_entry(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(60,), processing_seconds=0, review_seconds=0)
    world.advance_to(world.start_at + 120)
    assert world.changed_between(order.seller, world.start_at + 60, world.now) == [order]


def test_a_change_moves_the_stamp_of_its_seller_only(open_world: Open, place: Place) -> None:
    world = open_world(sellers=("one", "two"))
    stamps: list[Any] = [(world.changes_of("one"), world.changes_of("two"))]
    place(world, seller="two", **NOBODY_PAYS)
    stamps.append((world.changes_of("one"), world.changes_of("two")))
    assert stamps[0][0] == stamps[1][0]
    assert stamps[0][1] < stamps[1][1]

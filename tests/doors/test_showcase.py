"""A market that has just opened has an order in every status, and goes on like any other."""

from collections import Counter

import pytest

from fakemarket.market import Market
from fakemarket.rules.status import MOVES, Move, Status, after
from fakemarket.settings import Settings
from fakemarket.showcase import CAUSE, PATHS, place_in, show_every_status


def statuses(market: Market, seller: str) -> set[Status]:
    return {order.status for order in market.orders(seller=seller)}


@pytest.mark.parametrize("history_days", [0, 10])
def test_every_seller_has_an_order_in_every_status(history_days: int) -> None:
    market = Market(seed=3, settings=Settings(sellers=("a", "b")), history_days=history_days)
    show_every_status(market.world)
    assert statuses(market, "a") == statuses(market, "b") == set(Status)


def test_a_status_that_history_filled_is_left_alone() -> None:
    market = Market(seed=3, history_days=10)
    had = Counter(order.status for order in market.orders())
    placed = show_every_status(market.world)
    assert len(placed) == len(set(Status) - set(had))
    assert not {order.status for order in placed} & set(had)
    assert not show_every_status(market.world)


def test_they_stay_for_an_hour() -> None:
    market = Market(seed=3, orders_until_at=0)
    show_every_status(market.world)
    market.advance(seconds=3599)
    assert statuses(market, "shop-1") == set(Status)


def test_then_the_clockwork_takes_over_and_nothing_breaks() -> None:
    market = Market(seed=3, orders_until_at=0)
    placed = {order.status: order for order in show_every_status(market.world)}
    market.advance(days=400)
    without_end = {Status.WAIT_GROUP_SUCCESS, Status.IN_PRESELL_PROMOTION}
    assert {began for began, order in placed.items() if order.status is began} == {Status.ARCHIVE, *without_end}
    ended = {order.status for began, order in placed.items() if began not in without_end}
    assert ended == {Status.ARCHIVE}


@pytest.mark.parametrize("status", Status)
def test_the_ledger_tells_a_legal_way_to_each_status(status: Status) -> None:
    market = Market(seed=3)
    order = place_in(market.world, "shop-1", status)
    moves = [event for event in market.ledger.of(order.id) if event.what in set(Move)]
    assert {event.cause for event in moves} == {CAUSE}
    here: Status | None = None
    for event in moves:
        here = after(here, Move(event.what))
    assert here is order.status is status
    assert len(order.declarations) == sum(event.what in (Move.DECLARE_ALL, Move.DECLARE_PART) for event in moves)


def test_the_paths_are_the_shortest() -> None:
    lengths = {status: len(path) for status, path in PATHS.items()}
    assert lengths[Status.FINISH] == 2
    assert lengths[Status.WAIT_SELLER_SEND_GOODS] == 3  # placed, paid offline, confirmed
    for (home, _), there in MOVES.items():
        if isinstance(there, Status):
            assert lengths[there] <= lengths[home] + 1

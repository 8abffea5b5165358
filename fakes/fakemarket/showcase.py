"""An order in every status, so that a market just opened has one of each to look at.

Where history happens to have left no order, one is placed by hand and walked there, move by legal move, so
the ledger tells it like anything else, with `showcase` as the cause. From there the market's own clockwork
takes over, except that these orders don't hurry: each stays in its status for an hour at least. Nobody ends
a group or a presale, so those two stay.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from fakemarket.rules.status import BACK, MOVES, Move, Status
from fakemarket.world.carriers import OF_SUPPLIER, number_for
from fakemarket.world.fate import Fate
from fakemarket.world.order import Order
from fakemarket.world.world import World

HOUR = 3600
DAY = 24 * HOUR
CAUSE = "showcase"


def _shortest_paths() -> dict[Status | None, tuple[Move, ...]]:
    """The fewest moves from an order not yet placed to each status; the table's order settles ties."""
    paths: dict[Status | None, tuple[Move, ...]] = {None: ()}
    frontier: deque[Status | None] = deque(paths)
    while frontier:
        here = frontier.popleft()
        for (home, move), there in MOVES.items():
            if home is here and there is not BACK and there not in paths:
                paths[there] = (*paths[here], move)
                frontier.append(there)
    return paths


PATHS: Final = _shortest_paths()


def show_every_status(world: World) -> list[Order]:
    """Gives every seller an order in each status that none of theirs is in; the orders it took."""
    return [
        place_in(world, seller, status)
        for seller in world.settings.sellers
        for status in Status
        if not world.orders_of(seller, [status])
    ]


def place_in(world: World, seller: str, status: Status) -> Order:
    """An order placed now that has already come as far as `status`."""
    placing, *moves = PATHS[status]
    order = world.place_by_hand(seller, _unhurried, CAUSE, by=placing)
    for move in moves:
        if move in (Move.DECLARE_PART, Move.DECLARE_ALL):
            carrier = OF_SUPPLIER[0]
            number = number_for(carrier, order.id)
            world.declare(order, carrier=carrier.key, number=number, whole=move is Move.DECLARE_ALL, cause=CAUSE)
        else:
            world.move(order, move, CAUSE)
    return order


def _unhurried(fate: Fate) -> Fate:
    """Nothing takes the order out of any status within the hour; two pieces, so that one can leave alone."""
    return fate._replace(
        goods=tuple((product, 2, cents) for product, _, cents in fate.goods),
        attempts_seconds=(),
        gives_up_seconds=None,
        pays=False,
        pays_offline=False,
        processing_seconds=HOUR,
        confirm_money_seconds=DAY,
        review_seconds=6 * HOUR,
        review_rejects=False,
        review_holds=False,
        appeal_passes=True,
        appeal_seconds=DAY,
        cancel_seconds=None,
        freeze_after_seconds=None,
        freeze_seconds=DAY,
        dispute_open_seconds=3 * DAY,
    )

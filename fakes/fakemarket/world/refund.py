"""Partial refunds: before an order is sent its buyer is paid one piece of a line back, and the rest is to be sent [A].

The marketplace shows the smaller quantity and total from then on. Nobody else is told: who has copied the order before
must look again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakemarket.rules.status import Move

if TYPE_CHECKING:
    from fakemarket.world.order import Line, Order
    from fakemarket.world.world import World


class NothingToSpare(ValueError):
    """No line of the order has two pieces or more; nothing has changed."""


def line_to_spare(order: Order) -> Line | None:
    """The first line of which a piece can be paid back and one is left; None if there is none."""
    return next((line for line in order.lines if line.quantity > 1), None)


def pay_piece_back(world: World, order: Order, cause: str) -> None:
    """Takes one piece out of an order and pays it back.

    Raises:
        IllegalMove: the order's status has no partial refund; nothing has changed.
        NothingToSpare: it has no line of two pieces.
    """
    line = line_to_spare(order)
    if line is None:
        raise NothingToSpare(
            f"order {order.id} has one piece of each line at {world.now}; refund all of it, or nothing"
        )
    world.move(order, Move.PARTIAL_REFUND, cause, {"line": line.child_id, "pieces": 1, "cents": line.price_cents})
    rest = line._replace(quantity=line.quantity - 1)
    order.lines = tuple(rest if it is line else it for it in order.lines)
    order.revisions += 1

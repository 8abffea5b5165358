"""The disputes there have been, as the ledger tells them: at most one an order, opened once and ended at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakemarket.rules.status import Move

if TYPE_CHECKING:
    from fakemarket.world.order import Order
    from fakemarket.world.world import World

_ENDS = (Move.SETTLE_DISPUTE, Move.REFUND_DISPUTE, Move.DISPUTE_TIMEOUT)


class Dispute(NamedTuple):
    """A buyer's complaint about an order; `ended_at` is None while it is open."""

    order: Order
    opened_at: int
    ended_at: int | None = None
    refunded: bool = False


def disputes_of(world: World, seller: str) -> list[Dispute]:
    """A seller's disputes, the latest first."""
    found: dict[int, Dispute] = {}
    for event in world.ledger.named(Move.OPEN_DISPUTE, *_ENDS):
        order = world.order(event.order or 0)
        if order.seller != seller:
            continue
        if event.what == Move.OPEN_DISPUTE:
            found[order.id] = Dispute(order, event.at)
        else:
            refunded = event.what != Move.SETTLE_DISPUTE
            found[order.id] = Dispute(order, found[order.id].opened_at, event.at, refunded)
    return sorted(found.values(), key=lambda it: (it.opened_at, it.order.id), reverse=True)

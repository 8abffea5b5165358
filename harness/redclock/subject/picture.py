"""What a subject knows at a moment: both sides side by side. Facts only; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from redclock.subject.ports import ListedOrder, MipOrder, MipShipment, SyncStatus

WAITING = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
"""Statuses in which the countdown runs and a declaration is taken."""
ASKED = "IN_CANCEL"
LEFT = ("WAIT_BUYER_ACCEPT_GOODS", "IN_FROZEN", "FINISH")
"""Statuses that an order may have gone to when it no longer waits."""


@dataclass(slots=True)
class Picture:
    """The seller's open orders, the platform's copies of them, and the platform's health."""

    now: int = 0
    open: dict[int, ListedOrder] = field(default_factory=dict)
    """Waiting for shipment or for an answer to a cancellation request, by order id."""
    mip: dict[int, MipOrder] = field(default_factory=dict)
    """What the platform has, by the marketplace's order id."""
    channels: list[SyncStatus] = field(default_factory=list)
    declared: dict[int, set[str]] = field(default_factory=dict)
    """Numbers that the marketplace took from the subject itself, by order id: the call doesn't say which lines went."""
    waiting: tuple[ListedOrder, ...] = ()
    """The orders whose countdown runs, least time left first."""
    missing_since: dict[int, int] = field(default_factory=dict)
    """When an open order was first seen to be missing on the platform."""

    def see(self, orders: list[ListedOrder]) -> None:
        """Takes in what the marketplace listed."""
        for order in orders:
            if order.status in (*WAITING, ASKED):
                self.open[order.order_id] = order
            else:
                self.open.pop(order.order_id, None)

    def compare(self) -> None:
        """Ranks the open orders by time left, and notes which of them the platform lacks, and since when."""
        ranked = [(order.ship_by_at or 0, order.order_id) for order in self.open.values() if order.status in WAITING]
        self.waiting = tuple(self.open[order_id] for _, order_id in sorted(ranked))
        missing = [order_id for order_id in self.open if order_id not in self.mip]
        self.missing_since = {order_id: self.missing_since.get(order_id, self.now) for order_id in missing}

    def seconds_left(self, order: ListedOrder) -> int:
        return (order.ship_by_at or self.now) - self.now

    def failing(self) -> list[SyncStatus]:
        """Channels whose last round failed for want of a live token."""
        return [it for it in self.channels if it.consecutive_errors and "AccessToken" in it.last_error]

    def sent(self, mirror: MipOrder) -> tuple[list[MipShipment], list[MipShipment]]:
        """The platform's shipments of an order that the marketplace knows, and those it doesn't."""
        own = self.declared.get(mirror.order_id, ())
        known = [it for it in mirror.shipments if it.push_status == "accepted" or it.number in own]
        return known, [it for it in mirror.shipments if it not in known]

    def undeclared(self) -> Iterator[tuple[ListedOrder, MipShipment]]:
        """Numbers that the platform knows and the marketplace doesn't, least time left first."""
        for order in self.waiting:
            mirror = self.mip.get(order.order_id)
            if mirror is not None and mirror.shipments:
                yield from ((order, shipment) for shipment in self.sent(mirror)[1])

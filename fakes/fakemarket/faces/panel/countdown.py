"""The clock that an order shows: what it waits for, and how long that may still take.

The red clock proper is the one to shipment. A cancellation request has one too that ends against the seller's will; in
other statuses somebody else's time runs. Derived from the order and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fakemarket.faces.panel.moments import duration
from fakemarket.rules.status import EndReason, Status

if TYPE_CHECKING:
    from fakemarket.world.order import Order
    from fakemarket.world.world import World

URGENT_SECONDS = 24 * 3600
"""Less than this and the clock is red [A]: one day, as the panel's first figure is in days."""


class Awaited(StrEnum):
    """What a countdown counts down to, in the words beside it."""

    SHIPMENT = "to ship"
    ANSWER = "to answer the buyer"
    PAYMENT = "for the buyer to pay"
    RECEIPT = "for the buyer to confirm"


_SELLERS = (Awaited.SHIPMENT, Awaited.ANSWER)
_RESTING = (Status.IN_FROZEN, Status.IN_ISSUE)
_AWAITED = {
    Status.PLACE_ORDER_SUCCESS: Awaited.PAYMENT,
    Status.IN_CANCEL: Awaited.ANSWER,
    Status.WAIT_BUYER_ACCEPT_GOODS: Awaited.RECEIPT,
}


@dataclass(frozen=True, slots=True)
class Countdown:
    """One countdown as it stands at `now`.

    Attributes:
        ends_at: the first instant too late.
        stopped_at: when it was stopped or ended; None while it runs.
    """

    awaited: Awaited
    ends_at: int
    now: int
    stopped_at: int | None = None

    @property
    def left_seconds(self) -> int:
        """Elapsed time that is left; 0 or less at the end."""
        return self.ends_at - (self.now if self.stopped_at is None else self.stopped_at)

    @property
    def sellers(self) -> bool:
        """It is the seller's own time that runs out."""
        return self.awaited in _SELLERS

    @property
    def ended(self) -> bool:
        return self.left_seconds <= 0

    @property
    def resting(self) -> bool:
        return self.stopped_at is not None and not self.ended

    @property
    def urgent(self) -> bool:
        """The seller has less than a day, or none at all."""
        return self.sellers and not self.resting and self.left_seconds < URGENT_SECONDS

    @property
    def text(self) -> str:
        return "ended" if self.ended else duration(self.left_seconds)

    @property
    def words(self) -> str:
        return f"{self.awaited}, at rest" if self.resting else self.awaited


def countdown(world: World, order: Order) -> Countdown | None:
    """The clock an order shows now; None if nothing is awaited within a known time."""
    now = world.now
    if order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT and order.ship_by_at is not None:
        return Countdown(Awaited.SHIPMENT, order.ship_by_at, now, max(order.ended_at or now, order.ship_by_at))
    if order.status in _RESTING and order.paused_at is not None and order.ship_by_at is not None:
        return Countdown(Awaited.SHIPMENT, order.ship_by_at, now, order.paused_at)
    ends_at = world.platform.times_out_at(order)
    if ends_at is None:
        return None
    both_run = order.status is Status.IN_CANCEL and order.paused_at is None
    if both_run and order.ship_by_at is not None and order.ship_by_at < ends_at:
        return Countdown(Awaited.SHIPMENT, order.ship_by_at, now)
    return Countdown(_AWAITED.get(order.status, Awaited.SHIPMENT), ends_at, now)


def urgency(shown: Countdown | None) -> tuple[int, int]:
    """For sorting, least time left first: the seller's clocks, those at rest, other people's, then no clock at all."""
    if shown is None or (shown.ended and shown.stopped_at is not None):
        return 3, 0
    if shown.resting:
        return 1, shown.left_seconds
    return (0 if shown.sellers else 2), shown.ends_at

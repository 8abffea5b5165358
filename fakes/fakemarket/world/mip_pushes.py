"""The platform's pushes: getting the numbers that it knows to the marketplace, first in, first out.

Knows no supplier and no import. What a push makes of an order is told to `mip`, which alone changes orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from fakemarket.world.carriers import BY_KEY, SUPPLIER_CARRIERS
from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import Channel, MipOrder, MipStatus, PushStatus, Shipment
from fakemarket.world.tokens import Refused

if TYPE_CHECKING:
    from fakemarket.world.mip_access import Access
    from fakemarket.world.world import World

_CARRIERS = {**SUPPLIER_CARRIERS, **BY_KEY}
"""What the marketplace knows by the names that the supplier and callers use."""
_TRACKING_PUSHED, _PARTIALLY_SHIPPED = MipStatus.TRACKING_PUSHED, MipStatus.PARTIALLY_SHIPPED
_ACCEPTED = PushStatus.ACCEPTED


class Pushes:
    """Every number that is to be pushed.

    Args:
        access: the platform's to the marketplace.
        update: writes down that an order has changed to a status.
        tell_of: writes down what has become of a shipment.
    """

    def __init__(
        self,
        world: World,
        access: Access,
        update: Callable[[MipOrder, MipStatus], None],
        tell_of: Callable[[Shipment, MipOrder, Happening], None],
    ) -> None:
        self._world = world
        self._clock = world.env
        self._access = access
        self._update = update
        self._tell_of = tell_of
        self.waiting: dict[str, dict[str, tuple[MipOrder, Shipment]]] = {it: {} for it in world.settings.sellers}
        """By seller and by the shipment's id."""

    def round(self, channel: Channel) -> None:
        """Pushes what waits, as a simple platform does it."""
        waiting = self.waiting[channel.seller]
        if not waiting or isinstance(self._access.use(channel), Refused):
            return
        channel.last_push_at = self._clock.now
        for mirror, shipment in list(waiting.values()):
            self.push(mirror, shipment, "mip")

    def push(self, mirror: MipOrder, shipment: Shipment, cause: str) -> None:
        """Pushes one number, with a token that is alive."""
        carrier = _CARRIERS.get(shipment.carrier)
        whole = shipment.lines is mirror.lines or _completes(mirror, shipment)
        refusal = self._world.declare(
            mirror.order,
            carrier=carrier.key if carrier else shipment.carrier,
            number=shipment.number,
            whole=whole,
            website=f"https://track.example/{shipment.number}",
            cause=cause,
        )
        self.waiting[mirror.order.seller].pop(shipment.id, None)
        shipment.pushed_at = self._clock.now
        if refusal is None:
            shipment.push_status, shipment.push_error = _ACCEPTED, ""
            self._update(mirror, _TRACKING_PUSHED if whole else _PARTIALLY_SHIPPED)
        else:
            shipment.push_status, shipment.push_error = PushStatus.REJECTED, refusal.code
            self._world.note(mirror.order.id, "push_rejected", {"why": refusal.code}, cause)
            self._update(mirror, MipStatus.TRACKING_REJECTED)
            self._tell_of(shipment, mirror, Happening.SHIPMENT_PUSH_FAILED)


def _completes(mirror: MipOrder, shipment: Shipment) -> bool:
    """Whether nothing is left to ship of an order once a shipment is accepted too."""
    sent = Counter(mirror.shipped(_ACCEPTED))
    for line in shipment.lines:
        sent[line.child_id] += line.quantity
    return all(sent[line.child_id] >= line.quantity for line in mirror.lines)

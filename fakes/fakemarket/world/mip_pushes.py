"""The platform's pushes: getting the numbers that it knows to the marketplace, first in, first out.

Knows no supplier and no import. What a push makes of an order is told to `mip`, which alone changes orders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from fakemarket.world.carriers import BY_KEY, SUPPLIER_CARRIERS
from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import Channel, Earlier, MipOrder, MipStatus, PushStatus, Shipment
from fakemarket.world.tokens import Refused

if TYPE_CHECKING:
    from fakemarket.world.mip_access import Access
    from fakemarket.world.order import OrderId
    from fakemarket.world.world import World

_CARRIERS = {**SUPPLIER_CARRIERS, **BY_KEY}
"""What the marketplace knows by the names that the supplier and callers use."""
_TRACKING_PUSHED, _PARTIALLY_SHIPPED = MipStatus.TRACKING_PUSHED, MipStatus.PARTIALLY_SHIPPED
_QUEUED, _ACCEPTED = PushStatus.QUEUED, PushStatus.ACCEPTED


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
        self._settings = settings = world.settings.mip
        self.unheard: Callable[[MipOrder], bool | None] | None = None
        """Of a push that is not answered, whether it arrives; None: it is answered, as all are if nobody is asked."""
        if settings.push_lost_share or settings.push_answer_lost_share:
            self.unheard = self._unheard
        self._pushed: Counter[OrderId] = Counter()
        """How many pushes of each order luck was asked about."""
        self.waiting: dict[str, dict[str, tuple[MipOrder, Shipment]]] = {it: {} for it in world.settings.sellers}
        """By seller and by the shipment's id: what was not pushed, or not answered."""

    def round(self, channel: Channel) -> None:
        """Pushes what waits, as a simple platform does it."""
        waiting = self.waiting[channel.seller]
        if not waiting or isinstance(self._access.use(channel), Refused):
            return
        channel.last_push_at = self._clock.now
        for mirror, shipment in list(waiting.values()):
            self.push(mirror, shipment, "mip")

    def push(self, mirror: MipOrder, shipment: Shipment, cause: str) -> None:
        """Pushes one number, with a token that is alive; not while an answer is waited for."""
        carrier = _CARRIERS.get(shipment.carrier)
        whole = shipment.lines is mirror.lines or _completes(mirror, shipment)
        if shipment.push_status is not _QUEUED and self._is_settled(mirror, shipment, whole, cause):
            return
        arrives = None if self.unheard is None else self.unheard(mirror)
        refusal = None
        if arrives is not False:
            refusal = self._world.declare(
                mirror.order,
                carrier=carrier.key if carrier else shipment.carrier,
                number=shipment.number,
                whole=whole,
                website=f"https://track.example/{shipment.number}",
                cause=cause,
            )
        if arrives is not None:
            self._await_answer(mirror, shipment)
            return
        self.waiting[mirror.order.seller].pop(shipment.id, None)
        if shipment.push_status is not _QUEUED:
            _remember(shipment, self._clock.now)
        shipment.pushed_at = self._clock.now
        if refusal is None:
            shipment.push_status, shipment.push_error = _ACCEPTED, ""
            self._update(mirror, _TRACKING_PUSHED if whole else _PARTIALLY_SHIPPED)
        else:
            shipment.push_status, shipment.push_error = PushStatus.REJECTED, refusal.code
            self._world.note(mirror.order.id, "push_rejected", {"why": refusal.code}, cause)
            self._update(mirror, MipStatus.TRACKING_REJECTED)
            self._tell_of(shipment, mirror, Happening.SHIPMENT_PUSH_FAILED)

    def _is_settled(self, mirror: MipOrder, shipment: Shipment, whole: bool, cause: str) -> bool:
        """Whether an answer may yet come, or the marketplace shows the number of a push that had none."""
        if shipment.push_status is PushStatus.SENT:
            return True
        shown = any(it.number == shipment.number and (it.whole or not whole) for it in mirror.order.declarations)
        if shipment.push_status is not PushStatus.UNKNOWN or not shown:
            return False
        del self.waiting[mirror.order.seller][shipment.id]
        _remember(shipment, self._clock.now)
        shipment.push_status = _ACCEPTED
        self._world.note(mirror.order.id, "push_found", {"number": shipment.number}, cause)
        self._update(mirror, _TRACKING_PUSHED if whole else _PARTIALLY_SHIPPED)
        return True

    def _await_answer(self, mirror: MipOrder, shipment: Shipment) -> None:
        self.waiting[mirror.order.seller][shipment.id] = mirror, shipment
        if shipment.push_status is not _QUEUED:
            _remember(shipment, self._clock.now)
        shipment.push_status, shipment.push_error, shipment.pushed_at = PushStatus.SENT, "", self._clock.now
        self._update(mirror, MipStatus.TRACKING_PENDING)
        self._clock.later(self._settings.push_timeout_seconds, self._give_up, (mirror, shipment))

    def _give_up(self, pushed: tuple[MipOrder, Shipment]) -> None:
        """No answer came: it has the number, or it has not."""
        mirror, shipment = pushed
        _remember(shipment, self._clock.now)
        shipment.push_status = PushStatus.UNKNOWN
        self._world.note(mirror.order.id, "push_unanswered", {"number": shipment.number}, "mip")
        self._update(mirror, MipStatus.TRACKING_PENDING)

    def _unheard(self, mirror: MipOrder) -> bool | None:
        """By luck of each push's own."""
        order, settings = mirror.order, self._settings
        stream = self._world.streams.child(order.seller).stream(f"push-{self._pushed[order.id]}")
        self._pushed[order.id] += 1
        u = stream.uniform(order.fate.key)
        if u < settings.push_lost_share:
            return False
        return True if u < settings.push_lost_share + settings.push_answer_lost_share else None


def _completes(mirror: MipOrder, shipment: Shipment) -> bool:
    """Whether nothing is left to ship of an order once a shipment is accepted too."""
    sent = Counter(mirror.shipped(_ACCEPTED))
    for line in shipment.lines:
        sent[line.child_id] += line.quantity
    return all(sent[line.child_id] >= line.quantity for line in mirror.lines)


def _remember(shipment: Shipment, now: int) -> None:
    """Keeps what was known of a push until now."""
    shipment.earlier += (Earlier(now, shipment.push_status, shipment.push_error, shipment.pushed_at),)

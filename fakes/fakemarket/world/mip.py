"""The integration platform: imports orders, passes them to the supplier, pushes tracking back, and says little.

It works on fixed rounds with its own token. A dead token makes rounds fail without a word to anybody; parcels of orders
already imported go on leaving. It mirrors orders of every status and sends a paid one to the supplier by itself; a
caller who sends one by hand is trusted, paid or not [A].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.rules.status import RECEIVED, Status
from fakemarket.world.mip_access import Access
from fakemarket.world.mip_changes import Changes
from fakemarket.world.mip_journal import Happening, Journal
from fakemarket.world.mip_order import Channel, MipOrder, MipStatus, Shipment
from fakemarket.world.mip_pushes import Pushes
from fakemarket.world.mip_supplier import Supplying
from fakemarket.world.mip_webhooks import Webhooks
from fakemarket.world.tokens import MIP_APP, Grant, Refused

if TYPE_CHECKING:
    from fakemarket.world.carriers import Carrier
    from fakemarket.world.ledger import Facts
    from fakemarket.world.order import Line, Order, OrderId
    from fakemarket.world.warehouse import Parcel
    from fakemarket.world.world import Refusal, World

HOUR = 3600
_TO_BE_SENT, _OVER = Status.WAIT_SELLER_SEND_GOODS, Status.FINISH
_IMPORTED, _SENT, _TRACKING_PENDING = MipStatus.IMPORTED, MipStatus.SENT_TO_SUPPLIER, MipStatus.TRACKING_PENDING
_PREPARING, _SHIPPED, _PARTIALLY_SHIPPED = MipStatus.PREPARING, MipStatus.SHIPPED, MipStatus.PARTIALLY_SHIPPED
_WITH_SUPPLIER = (_PREPARING, _SENT, _PARTIALLY_SHIPPED)
_ORDER_IMPORTED, _ORDER_UPDATED = Happening.ORDER_IMPORTED, Happening.ORDER_UPDATED
_IMPORTED_AS: Mapping[Status, Facts] = {status: {"status": status} for status in Status}
"""What is told of an import: one for each status and not for each order, as of whatever is told of many."""
_SHIPMENT_CREATED = Happening.SHIPMENT_CREATED


class _Rounds(NamedTuple):
    every_seconds: int
    do: Callable[[Channel], None]
    channel: Channel


class Mip:
    """The platform with a channel for each seller."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clock = world.env
        self._settings = world.settings.mip
        self._window_seconds = int(self._settings.import_window_hours * HOUR)
        self._overlap_seconds = self._settings.overlap_minutes * 60
        self.channels = {seller: Channel(f"aliexpress-{seller}", seller) for seller in world.settings.sellers}
        self.api_key = world.streams.child("mip").token("api-key", 0)
        """What a caller of the platform's own API shows."""
        self.orders: dict[OrderId, MipOrder] = {}
        self.shipments: dict[str, tuple[MipOrder, Shipment]] = {}
        self.shipment_keys: dict[str, tuple[str, Shipment]] = {}
        """By idempotency key: what was asked with it, and the shipment that came of it."""
        self._changes = Changes()
        self.empty_wallets: set[str] = set()
        """Sellers whose money with the supplier is gone, whatever their wallet held."""
        self.webhooks = Webhooks(world)
        self.journal = Journal({seller: channel.id for seller, channel in self.channels.items()}, self._changes)
        self._told = self.journal.told
        self._access = Access(world, self._tell)
        self.pushes = Pushes(world, self._access, self._update, self._tell_of)
        self.supplier = Supplying(world, self.empty_wallets)
        self.skips: Callable[[Order], bool] | None = None
        """Whether a round of imports never sees an order."""
        self.misprints: Callable[[Order], bool] | None = None
        """Whether the supplier reports an order's numbers without their last character."""
        self._begin_with: dict[int, list[MipOrder]] = {}
        """What the supplier has not begun on, by when it will."""
        # Bound once: all that is to come holds these, and not a method bound anew for each parcel and round.
        self.then_learn_number, self._then_again, self._then_begin = self.learn_number, self._again, self._begin

    def start(self, channel: Channel) -> None:
        """From now on a round of imports and one of tracking pushes every few minutes, at the end of their second."""
        for minutes, a_round in (
            (self._settings.import_every_minutes, self._import_round),
            (self._settings.push_every_minutes, self.pushes.round),
        ):
            rounds = _Rounds(minutes * 60, a_round, channel)
            self._clock.after_others(self._clock.now + rounds.every_seconds, self._then_again, rounds)

    def _again(self, rounds: _Rounds) -> None:
        rounds.do(rounds.channel)
        self._clock.after_others(self._clock.now + rounds.every_seconds, self._then_again, rounds)

    def import_window(self, seller: str, from_at: int, to_at: int, *, cause: str) -> int | Refused:
        """Imports by hand what changed in a window; how many orders were new, or why the token is refused."""
        access = self._access.use(self.channels[seller])
        if isinstance(access, Refused):
            return access
        orders = self._world.changed_between(seller, from_at, to_at)
        return self._take_in(orders, cause, missing_too=True)

    def reset_credentials(self, seller: str, *, cause: str) -> Grant:
        """The manual renewal: a person logs in again and the platform gets a new pair."""
        return self._world.tokens.authorise(MIP_APP, seller, cause=cause)

    def send(
        self,
        mirror: MipOrder,
        *,
        carrier: Carrier | None = None,
        address: Mapping[str, str] | None = None,
        cause: str,
    ) -> None:
        """Sends an order to the supplier, again if it was refused, and trusts the caller that it should be.

        `carrier` and `address` are put right first and stay so.
        """
        order = mirror.order
        mirror.carrier = carrier or mirror.carrier
        if address:
            mirror.address = {**(mirror.address or {}), **address}
        refusal = self.supplier.refusal(mirror)
        if refusal is not None:
            mirror.review, mirror.review_since = refusal, self._clock.now
            mirror.reviewed |= {refusal}
            self._world.note(order.id, "pending_review", {"reason": refusal}, "supplier")
            self._update(mirror, MipStatus.PENDING_REVIEW, Happening.ORDER_PENDING_REVIEW)
            return
        mirror.review = mirror.review_since = None
        known = mirror.is_ordered
        self.supplier.order(mirror)
        facts = _sent_facts(order.status, len(mirror.supplier_orders))
        self._world.tell((self._clock.now, order.id, "sent_to_supplier", facts, cause))
        if known:
            self._update(mirror, _at_supplier(mirror, self._clock.now))
            return
        self._update(mirror, _SENT)
        mirror.parcels = self._world.warehouse.order(order, mirror.lines, mirror.carrier)
        begins_at = mirror.parcels[0].begins_at
        if begins_at == self._clock.now:
            self._update(mirror, _PREPARING)
        elif begins_at in self._begin_with:
            self._begin_with[begins_at].append(mirror)
        else:
            self._begin_with[begins_at] = [mirror]
            self._clock.at(begins_at, self._then_begin, begins_at)

    def cancel(self, mirror: MipOrder, *, cause: str) -> bool:
        """Cancels an order with the supplier, if nothing of it has left yet; whether it did."""
        stopped = self._world.warehouse.stop(mirror.order)
        self._world.note(mirror.order.id, "supplier_stopped", {"stopped": stopped}, cause)
        if stopped:
            self.supplier.cancel(mirror)
            self.channels[mirror.order.seller].looks_back = True
            mirror.review = mirror.review_since = None
            self._update(mirror, MipStatus.CANCELED, Happening.ORDER_CANCELED)
        return stopped

    def answer_cancellation(self, mirror: MipOrder, *, accept: bool, cause: str) -> Refused | Refusal | None:
        """Answers, with the channel's token, a buyer who asks the marketplace to cancel; why it failed, if it did.

        The supplier hears nothing of it.
        """
        channel = self.channels[mirror.order.seller]
        access = self._access.use(channel)
        if isinstance(access, Refused):
            return access
        refusal = self._world.answer_cancellation(mirror.order, accept=accept, cause=cause)
        if refusal is None:
            self._take_in([mirror.order], cause, missing_too=True)
        return refusal

    def acknowledge(self, mirror: MipOrder, *, cause: str) -> None:
        """The consumer of the platform's API has the order; no change that a listing shows again."""
        if not mirror.acknowledged:
            mirror.acknowledged = True
            self._world.note(mirror.order.id, "acknowledged", {}, cause)

    def add_shipment(
        self,
        mirror: MipOrder,
        lines: tuple[Line, ...],
        carrier: str,
        number: str,
        *,
        shipped_at: int | None = None,
        key: tuple[str, str] | None = None,
        cause: str,
    ) -> Shipment:
        """A number that the supplier reported or somebody entered; pushed with the next round.

        `key`: the idempotency key under which it was entered, and what was asked with it.
        """
        order, now = mirror.order, self._clock.now
        name = f"S{len(self.shipments) + 1:06d}"
        shipment = Shipment(name, lines, carrier, number, now if shipped_at is None else shipped_at)
        mirror.shipments += (shipment,)
        self.shipments[name] = self.pushes.waiting[order.seller][name] = mirror, shipment
        if key is not None:
            self.shipment_keys[key[0]] = (key[1], shipment)
        self._world.tell((now, order.id, "tracking_known", {"number": number, "carrier": carrier}, cause))
        self._update(mirror, _TRACKING_PENDING)
        self._tell_of(shipment, mirror, _SHIPMENT_CREATED)
        return shipment

    def push(self, mirror: MipOrder, shipment: Shipment, *, cause: str) -> Refused | None:
        """Pushes one number now; why the token is refused, if it is.

        What the marketplace says to the number stands in the shipment.
        """
        channel = self.channels[mirror.order.seller]
        access = self._access.use(channel)
        if isinstance(access, Refused):
            return access
        self.pushes.push(mirror, shipment, cause)
        return None

    def see_off(self, parcel: Parcel) -> None:
        """The supplier says that a parcel has left."""
        mirror = self.orders[parcel.order.id]
        if mirror.status is _PREPARING and len(mirror.parcels) == 1:
            self._update(mirror, _SHIPPED)  # as nearly every order
        else:
            follows = mirror.status in _WITH_SUPPLIER and not mirror.shipments
            self._update(mirror, _at_supplier(mirror, self._clock.now) if follows else mirror.status)

    def learn_number(self, parcel: Parcel) -> None:
        """The supplier reports a tracking number."""
        mirror, number = self.orders[parcel.order.id], parcel.number
        if self.misprints is not None and self.misprints(parcel.order):
            number = number[:-1]
        self.add_shipment(mirror, parcel.lines, parcel.carrier.supplier_name, number, cause="supplier")

    def mirror(self, marketplace_order: OrderId) -> MipOrder | None:
        return self.orders.get(marketplace_order)

    def changes(
        self, *, status: MipStatus | None = None, since_at: int | None = None, after: int = -1
    ) -> Iterator[MipOrder]:
        """Every order, of a status if asked, by its last change, oldest first, each once.

        Only changes at or after `since_at`, and only those whose version is greater than `after`.
        """
        self._changes.take(self.journal.told)
        if status is not None:
            return self._changes.of(status, since_at, after)
        return self._changes.since(since_at, after)

    def _import_round(self, channel: Channel) -> None:
        now = self._clock.now
        channel.last_import_at = now
        if isinstance(self._access.use(channel), Refused):
            self._notice_stall(channel)
            return
        channel.stalled = False
        since_at, looked_at = now - self._window_seconds, channel.last_successful_import_at
        if looked_at:
            # It asks for all of the overlap. What it finds that didn't change since the last round it has, but for what
            # that one missed, or what may change in its copy again: then all of it is looked at.
            since_at = max(since_at, looked_at - self._overlap_seconds if channel.looks_back else looked_at)
        channel.looks_back = False
        changed = self._world.changed_between(channel.seller, since_at, now)
        if changed:
            self._take_in(changed, "mip")
        channel.last_successful_import_at = now

    def _notice_stall(self, channel: Channel) -> None:
        """Writes, once a stall, that imports have failed for too long."""
        imported_at = channel.last_successful_import_at
        since_at = self._world.start_at if imported_at is None else imported_at
        if not channel.stalled and self._clock.now - since_at >= self._settings.stalled_after_minutes * 60:
            channel.stalled = True
            self._tell(Happening.IMPORT_STALLED, channel, {"last_successful_import_at": imported_at})

    def _take_in(self, orders: Iterable[Order], cause: str, *, missing_too: bool = False) -> int:
        new, skips = 0, None if missing_too else self.skips
        for order in orders:
            mirror, status = self.orders.get(order.id), order.status
            if (
                mirror
                and mirror.marketplace_status is status
                and mirror.ship_by_at == order.ship_by_at
                and (mirror.lines is order.lines or mirror.is_ordered)
            ):
                continue  # seen before
            if skips is not None and skips(order):
                self.channels[order.seller].looks_back = True
                continue
            if mirror is None:
                mirror = self._mirror_new(order, cause)
                new += 1
            else:
                mirror.marketplace_status, mirror.ship_by_at, mirror.paid_at = status, order.ship_by_at, order.paid_at
                if mirror.lines is not order.lines and not mirror.is_ordered:
                    self._take_lines(mirror, cause)
                canceled = status is _OVER and order.end_reason not in RECEIVED
                self._update(mirror, mirror.status, Happening.ORDER_CANCELED if canceled else _ORDER_UPDATED)
            if mirror.status is _IMPORTED:
                if status is _TO_BE_SENT:
                    self.send(mirror, cause="mip")
                elif status is _OVER:
                    self._update(mirror, MipStatus.CLOSED)
        return new

    def _mirror_new(self, order: Order, cause: str) -> MipOrder:
        now = self._clock.now
        mirror = MipOrder(
            f"M{order.id}",
            order,
            order.lines,
            marketplace_status=order.status,
            imported_at=now,
            paid_at=order.paid_at,
            ship_by_at=order.ship_by_at,
            updated_at=now,
        )
        self.orders[order.id] = mirror
        self._world.tell((now, order.id, "imported", _IMPORTED_AS[order.status], cause))
        self._update(mirror, mirror.status, _ORDER_IMPORTED)
        return mirror

    def _take_lines(self, mirror: MipOrder, cause: str) -> None:
        """Takes over what the marketplace shows of an order's lines, which has changed."""
        mirror.lines = mirror.order.lines
        self._world.note(mirror.order.id, "lines_changed", {"pieces": mirror.pieces}, cause)

    def _begin(self, at: int) -> None:
        """The house begins on what came while it was closed, but for what was canceled since, or even ordered anew."""
        for mirror in self._begin_with.pop(at):
            if mirror.status is _SENT and mirror.parcels[0].begins_at == at:
                self._update(mirror, _PREPARING)

    def _update(self, mirror: MipOrder, status: MipStatus, what: Happening = _ORDER_UPDATED) -> None:
        """Writes down that an order has changed, perhaps to another status: in the journal, and nothing else."""
        now = self._clock.now
        mirror.status, mirror.updated_at = status, now
        shown, review, paid_at, ship_by_at = mirror.marketplace_status, mirror.review, mirror.paid_at, mirror.ship_by_at
        self._told += (now, what, mirror, status, shown, review, paid_at, ship_by_at, mirror.lines)
        if self.webhooks.registered:
            self.webhooks.tell(self.journal.last())

    def _tell_of(self, shipment: Shipment, mirror: MipOrder, what: Happening) -> None:
        number, error = shipment.number, shipment.push_error
        self._told += (self._clock.now, what, mirror, shipment.id, number, error, None, None, None)
        if self.webhooks.registered:
            self.webhooks.tell(self.journal.last())

    def _tell(self, what: Happening, channel: Channel, facts: Mapping[str, str | int | None]) -> None:
        self.journal.write(self._clock.now, what, channel.id, facts)
        if self.webhooks.registered:
            self.webhooks.tell(self.journal.last())


def _at_supplier(mirror: MipOrder, now: int) -> MipStatus:
    """How far the supplier says to be with an order that it has."""
    left = [parcel.handed_over_at is not None for parcel in mirror.parcels]
    if any(left):
        return _SHIPPED if all(left) else _PARTIALLY_SHIPPED
    return _PREPARING if mirror.parcels[0].begins_at <= now else _SENT


@cache
def _sent_facts(status: Status, number: int) -> Facts:
    """What is told of an order to the supplier, the `number`-th of its order."""
    return {"status": status, "number": number}

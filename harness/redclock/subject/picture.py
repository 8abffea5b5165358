"""What a subject knows of one shop at a moment: both sides beside each other, and what was done. Nothing is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from redclock.subject.ports import CallsBanned, ListedOrder, MipOrder, MipShipment, OrderDetail, SyncStatus, Wallet
from redclock.subject.store import Store

WAITING = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
"""Statuses in which the countdown runs and a declaration is taken."""
PART = "SELLER_PART_SEND_GOODS"
ASKED = "IN_CANCEL"
SENT = "WAIT_BUYER_ACCEPT_GOODS"
FROZEN = "IN_FROZEN"
OVER = "FINISH"
OPEN = (*WAITING, ASKED)
LEFT = (SENT, FROZEN, "IN_ISSUE", OVER)
"""Statuses that an order may have gone to when it no longer waits; ended ones are listed only if asked for."""
GONE = (OVER, "FUND_PROCESSING", "ARCHIVE")
SENT_TO_SUPPLIER, PREPARING = "sent_to_supplier", "preparing"
_AT_SUPPLIER = (SENT_TO_SUPPLIER, PREPARING, "partially_shipped", "shipped")
_LIVE = ("imported", "pending_review", *_AT_SUPPLIER)
"""Statuses of the platform while it knows no number; of an order that was shipped in part it may know one."""
CANCELED = "canceled"
STOPPED = (CANCELED, "closed")
"""Statuses of the platform in which nothing will leave the warehouse."""
RECEIVED = ("buyer_accept_goods", "buyer_accept_goods_timeout", "buyer_confirm_goods")
"""End reasons of orders that went well."""
ACCEPTED, REJECTED = "accepted", "rejected"


class DifferenceKind(StrEnum):
    """How the two sides can differ on an order."""

    MISSING_IN_MIP = "missing_in_mip"
    MISSING_IN_MARKETPLACE = "missing_in_marketplace"
    STALE_STATUS = "stale_status"
    TRACKING_MISSING_ON_MARKETPLACE = "tracking_missing_on_marketplace"
    TRACKING_MISMATCH = "tracking_mismatch"
    DUPLICATE_IN_MIP = "duplicate_in_mip"
    CANCELED_ON_MARKETPLACE_OPEN_IN_MIP = "canceled_on_marketplace_open_in_mip"
    PARTIAL_MISMATCH = "partial_mismatch"
    DEADLINE_MISMATCH = "deadline_mismatch"


@dataclass(frozen=True, slots=True)
class Difference:
    """One order on which the sides differ."""

    order_id: int
    kind: DifferenceKind
    first_seen_at: int
    ship_by_at: int | None
    action: str

    def age_seconds(self, now: int) -> int:
        return now - self.first_seen_at

    def seconds_left(self, now: int) -> int | None:
        return None if self.ship_by_at is None else self.ship_by_at - now


@dataclass(slots=True)
class Picture:
    """One shop: its orders on the marketplace, the platform's copies of them, and how well both can be reached."""

    channel: str = ""
    now: int = 0
    store: Store = field(default_factory=Store)
    listed: dict[int, ListedOrder] = field(default_factory=dict)
    """Every order the marketplace has listed in a status of interest, by id."""
    open: dict[int, ListedOrder] = field(default_factory=dict)
    """Those waiting for shipment or for an answer to a cancellation request."""
    mip: dict[int, MipOrder] = field(default_factory=dict)
    """What the platform has, by the marketplace's order id."""
    turned: dict[int, int] = field(default_factory=dict)
    """By order: when the platform was first seen to have the status and the deadline that it has of it."""
    twins: set[int] = field(default_factory=set)
    """Orders that the platform has twice."""
    details: dict[int, OrderDetail] = field(default_factory=dict)
    """Orders that were read back on the marketplace, until they change."""
    parcels: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By order: when it was imported and when its first number became known."""
    unknown: set[int] = field(default_factory=set)
    """Orders that the marketplace says it doesn't have."""
    health: SyncStatus | None = None
    wallet: Wallet | None = None
    """Looked up only while orders wait for money."""
    marketplace_down_since: int | None = None
    own_access_dead: bool = False
    mip_down_since: int | None = None
    marketplace_back_at: int | None = None
    """When calls are taken again, while none are."""
    banned_call: str = ""
    """What was asked when that was said."""
    short_of_calls: bool = False
    """What is left of the day's calls is kept for declarations and answers."""
    looked_at: int | None = None
    """When the marketplace last said what changed: nothing in the picture is of later than that."""
    compared_at: int | None = None
    """When both sides were last compared."""
    differences: tuple[Difference, ...] = ()
    waiting: tuple[ListedOrder, ...] = ()
    """The orders whose countdown runs, least time left first."""
    numbered: tuple[ListedOrder, ...] = ()
    """Those of them of which the platform knows a number."""
    refused: tuple[ListedOrder, ...] = ()
    """Those of them that the supplier had refused when they were ranked."""

    def see(self, orders: list[ListedOrder]) -> None:
        """Takes in what the marketplace listed."""
        for order in orders:
            known = self.listed.get(order.order_id)
            if known is not None and known.modified_at != order.modified_at:
                self.details.pop(order.order_id, None)
            self.listed[order.order_id] = order
            self.unknown.discard(order.order_id)
            if order.status in OPEN:
                self.open[order.order_id] = order
                continue
            self.open.pop(order.order_id, None)
            if order.status == SENT and (known is None or known.status != SENT):
                self._await_scan(order)

    def read_back(self, order_id: int, detail: OrderDetail | None) -> None:
        """Takes in what reading an order back showed; None: the marketplace doesn't have it."""
        if detail is None:
            self.unknown.add(order_id)
            self.open.pop(order_id, None)
            return
        known, mirror = self.listed.get(order_id), self.mip.get(order_id)
        lines = known.lines if known else mirror.lines if mirror else {}
        answer_by_at = known.answer_by_at if known and known.status == detail.status else None
        end = detail.end_reason
        told = ListedOrder(
            order_id, detail.status, detail.ship_by_at, lines, detail.modified_at, answer_by_at, end_reason=end
        )
        self.see([told])
        self.details[order_id] = detail
        if detail.parcels:
            declared = {it.number: it.carrier for it in detail.parcels}
            if (self.store.declared.get(order_id) or {}).keys() - declared.keys():
                self.store.tried.put(f"replaced:{order_id}", self.now)
            self.store.declared.put(order_id, declared)

    def mirror(self, orders: list[MipOrder]) -> None:
        """Takes in what the platform changed."""
        for order in orders:
            known = self.mip.get(order.order_id)
            if known is not None and known.id != order.id:
                self.twins.add(order.order_id)
            if known is None or _as_listed(known) != _as_listed(order):
                self.turned[order.order_id] = self.now
            self.mip[order.order_id] = order
            if order.shipments:
                self.parcels[order.order_id] = (order.imported_at, order.shipments[0].shipped_at)

    def forget(self, before_at: int) -> None:
        """Drops what is over on both sides, and parcels from before an instant."""
        done = [
            order_id
            for order_id, order in self.listed.items()
            if order.status == OVER
            and (order_id not in self.mip or self.mip[order_id].marketplace_status in GONE)
            and (order_id not in self.mip or not is_live(self.mip[order_id]))
        ]
        for order_id in done:
            for known in (self.listed, self.mip, self.turned, self.details):
                known.pop(order_id, None)
            self.store.unscanned.drop(order_id)
        self.parcels = {it: times for it, times in self.parcels.items() if times[1] >= before_at}

    def ban(self, ban: CallsBanned) -> None:
        """Takes in that no calls are taken for a while."""
        self.marketplace_back_at, self.banned_call = ban.until_at, ban.call

    def rank(self) -> None:
        """Ranks the open orders by time left; while the marketplace can't be read, with those that came since then."""
        waiting = [order for order in self.open.values() if order.status in WAITING]
        if not self.can_declare:
            waiting += self._seen_by_the_platform_only()
        self.waiting = tuple(sorted(waiting, key=lambda order: (order.ship_by_at or 0, order.order_id)))
        both = [(order, self.mip[order.order_id]) for order in self.waiting if order.order_id in self.mip]
        self.numbered = tuple([order for order, mirror in both if mirror.shipments])
        self.refused = tuple([order for order, mirror in both if mirror.review_reason])

    def known_at(self, order: ListedOrder) -> int | None:
        """Of when is what is known of an order.

        The platform's word counts from when it was first heard: its rounds may have left the order out since.
        """
        return self.looked_at if order.order_id in self.open else self.turned.get(order.order_id, self.looked_at)

    def seconds_left(self, order: ListedOrder) -> int:
        return (order.ship_by_at or self.now) - self.now

    @property
    def failing(self) -> bool:
        """The platform's last round failed for want of a live token."""
        health = self.health
        return health is not None and health.consecutive_errors > 0 and "AccessToken" in health.last_error

    @property
    def can_import(self) -> bool:
        """Whether the platform can look at orders again."""
        return not self.failing and self.mip_down_since is None

    @property
    def can_declare(self) -> bool:
        return not self.own_access_dead and self.marketplace_down_since is None and self.marketplace_back_at is None

    def sent(self, mirror: MipOrder) -> tuple[list[MipShipment], list[MipShipment]]:
        """The platform's shipments of an order that the marketplace knows, and those it doesn't."""
        known_numbers = self.store.declared.get(mirror.order_id) or ()
        known: list[MipShipment] = []
        rest: list[MipShipment] = []
        for it in mirror.shipments:
            (known if it.push_status == ACCEPTED or it.number in known_numbers else rest).append(it)
        return known, rest

    def undeclared(self) -> Iterator[tuple[ListedOrder, MipShipment]]:
        """Numbers that the platform knows and the marketplace doesn't, least time left first."""
        for order in self.numbered:
            mirror = self.mip.get(order.order_id)
            if mirror is not None:
                yield from ((order, shipment) for shipment in self.sent(mirror)[1])

    def _seen_by_the_platform_only(self) -> Iterator[ListedOrder]:
        """Orders that wait as far as the platform knows, of which the marketplace could not be asked.

        One that was frozen when it was asked has thawed only if the platform has heard of it since.
        """
        for it in self.mip.values():
            if it.marketplace_status not in WAITING or not it.ship_by_at:
                continue
            known = self.listed.get(it.order_id)
            if known is None or (known.status == FROZEN and self.turned[it.order_id] > (self.looked_at or 0)):
                yield ListedOrder(it.order_id, it.marketplace_status, it.ship_by_at, it.lines, it.imported_at)

    def _await_scan(self, order: ListedOrder) -> None:
        self.store.unscanned.put(order.order_id, order.modified_at)


def _as_listed(mirror: MipOrder) -> tuple[str, int | None]:
    """What a copy has from the marketplace and may change there."""
    return mirror.marketplace_status, mirror.ship_by_at


def is_at_supplier(mirror: MipOrder) -> bool:
    """The supplier has it, and no number is known."""
    return mirror.status in _AT_SUPPLIER and not mirror.shipments


def is_live(mirror: MipOrder) -> bool:
    """The platform goes on with it, and knows no number."""
    return mirror.status in _LIVE and not mirror.shipments

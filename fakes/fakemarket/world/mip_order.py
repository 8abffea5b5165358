"""What the integration platform keeps: its copy of an order, the shipments it knows, the health of its channels.

Values and words only; `mip` alone changes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.rules.status import Status
from fakemarket.value import Record, Shown

if TYPE_CHECKING:
    from fakemarket.world.carriers import Carrier
    from fakemarket.world.order import Line, Order
    from fakemarket.world.warehouse import Parcel


class MipStatus(StrEnum):
    """How far the platform has got with an order.

    Until it knows a number, it goes by what the supplier says: `sent_to_supplier`, then `preparing` once the warehouse
    has begun on it, `partially_shipped` once a part is with the carrier, and `shipped` once all of it is. From then on
    it goes by the pushes: `tracking_pending` until the marketplace has answered, `partially_shipped` once that has
    taken the number of a part, and `tracking_pushed` or `tracking_rejected`.
    """

    IMPORTED = "imported"
    PENDING_REVIEW = "pending_review"
    SENT_TO_SUPPLIER = "sent_to_supplier"
    PREPARING = "preparing"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    TRACKING_PENDING = "tracking_pending"
    TRACKING_PUSHED = "tracking_pushed"
    TRACKING_REJECTED = "tracking_rejected"
    CANCELED = "canceled"
    CLOSED = "closed"


_GONE = (MipStatus.PARTIALLY_SHIPPED, MipStatus.SHIPPED, MipStatus.CLOSED)


class ReviewReason(StrEnum):
    """Why an order waits for a person: the supplier's refusals, by names of ours but for the first two [A]."""

    WALLET_EMPTY = "wallet_empty"
    INVALID_ADDRESS = "invalid_address"
    INVALID_POSTCODE = "invalid_postcode"
    UNKNOWN_SKU = "unknown_sku"
    OUT_OF_STOCK = "out_of_stock"
    NO_CARRIER = "no_carrier"
    BELOW_MINIMUM = "below_minimum"
    EXPORT_INVOICE = "export_invoice"
    WAREHOUSE_SPLIT = "warehouse_split"
    SUPPLIER_ERROR = "supplier_error"


class PushStatus(StrEnum):
    """What is known of a tracking push.

    `sent`: pushed, and the answer is waited for. `unknown`: it never came, so the marketplace may have the number or
    not; the next round looks whether it shows it, and pushes it again if not.
    """

    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


NOT_REJECTED = (PushStatus.QUEUED, PushStatus.SENT, PushStatus.ACCEPTED, PushStatus.UNKNOWN)


class Earlier(NamedTuple):
    """What was known of a push before `until_at`."""

    until_at: int
    status: PushStatus
    error: str
    pushed_at: int | None


@dataclass(slots=True, eq=False, repr=False)
class Shipment(Record):
    """A number the platform knows and what became of pushing it."""

    id: str
    lines: tuple[Line, ...]
    """What is in it: of each line as many pieces as its quantity says."""
    carrier: str
    """As the supplier or the caller named it."""
    number: str
    shipped_at: int
    push_status: PushStatus = PushStatus.QUEUED
    push_error: str = ""
    pushed_at: int | None = None
    earlier: tuple[Earlier, ...] = ()
    """What else was known of its push once it had been pushed, oldest first."""


@dataclass(slots=True, eq=False, repr=False)
class SupplierOrder(Record):
    """An order that the supplier took: one for all lines, or one for each warehouse."""

    id: str
    lines: tuple[Line, ...]
    cost_cents: int
    sent_at: int
    carrier: Carrier | None
    """Whom it was to leave with, if somebody said so."""
    canceled_at: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class MipOrder(Record):
    """The platform's own copy of an order, as of its last successful look."""

    id: str
    order: Order
    lines: tuple[Line, ...]
    """As they were imported: once the supplier has the order, no look at the marketplace changes them."""
    marketplace_status: Status
    imported_at: int
    paid_at: int | None
    ship_by_at: int | None
    updated_at: int
    version: int = -1
    """Number of its last change among all changes of the platform, as of when somebody last asked for them."""
    status: MipStatus = MipStatus.IMPORTED
    review: ReviewReason | None = None
    review_since: int | None = None
    reviewed: frozenset[ReviewReason] = frozenset()
    """What the supplier has already refused it for."""
    carrier: Carrier | None = None
    """The supplier's carrier that somebody chose."""
    address: Mapping[str, str] | None = None
    """What somebody put right in the buyer's address, if anybody did."""
    supplier_orders: tuple[SupplierOrder, ...] = ()
    parcels: Sequence[Parcel] = ()
    """Of the supplier orders that were not canceled."""
    shipments: tuple[Shipment, ...] = ()
    acknowledged: bool = False

    @property
    def pieces(self) -> int:
        """How many pieces of its lines it has."""
        return sum(line.quantity for line in self.lines)

    @property
    def is_ordered(self) -> bool:
        """The supplier has an order for it that was not canceled."""
        return bool(self.supplier_orders) and any(it.canceled_at is None for it in self.supplier_orders)

    @property
    def may_be_sent(self) -> bool:
        """The supplier may be asked for it: nothing has left, and it is not over.

        One that was canceled with the supplier is not over while it waits on the marketplace, as far as is known [A].
        """
        if self.status is MipStatus.CANCELED:
            return self.marketplace_status is Status.WAIT_SELLER_SEND_GOODS
        return self.status not in _GONE and not self.shipments

    def shipped(self, *statuses: PushStatus) -> dict[int, int]:
        """Pieces of each line, by its child id, in shipments of some push statuses; no entry where none are."""
        pieces: dict[int, int] = {}
        for shipment in self.shipments:
            if shipment.push_status in statuses:
                for line in shipment.lines:
                    pieces[line.child_id] = pieces.get(line.child_id, 0) + line.quantity
        return pieces


@dataclass(slots=True, eq=False, repr=False)
class Channel(Shown):
    """One seller account as the platform sees it."""

    id: str
    seller: str
    last_import_at: int | None = None
    last_successful_import_at: int | None = None
    last_push_at: int | None = None
    consecutive_errors: int = 0
    last_error: str = ""
    warned_of: int | None = None
    """Number of the token grant whose end it has announced."""
    looks_back: bool = True
    """The next round may find what the last one had before it and left."""
    stalled: bool = False
    """It has announced that imports fail, and none has worked since."""

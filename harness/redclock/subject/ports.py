"""What a subject needs of the outside world, as Protocols, and the values that go through them.

Over HTTP these ports are `aliexpress_http` and `mip_http`; without HTTP the harness has its own (`redclock.direct`).
Instants are seconds since the epoch; the clients translate from each API's own way of writing time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol


class CallFailed(Exception):
    """A call was not answered as it should be; nothing is known to have happened."""


class TokenDead(CallFailed):
    """The API says that the access token is invalid or expired, and refreshing it did not help."""


class OutcomeUnknown(CallFailed):
    """A call got no answer that can be read: if it changes something, it may have been carried out."""


class CallsBanned(CallFailed):
    """Too many calls: none is taken before `until_at`.

    Attributes:
        call: what was asked, the same words for the same question.
    """

    def __init__(self, message: str, until_at: int, call: str) -> None:
        super().__init__(message)
        self.until_at = until_at
        self.call = call


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order as the marketplace's list shows it."""

    order_id: int
    status: str
    ship_by_at: int | None
    """The marketplace's own countdown as an instant, the first second too late; None unless it runs."""
    lines: Mapping[int, int]
    """Pieces by the line's child id."""
    modified_at: int
    answer_by_at: int | None = None
    """When a request to cancel is granted unanswered; None unless there is one."""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredParcel:
    """A shipment that the marketplace was told of."""

    carrier: str
    """The marketplace's key."""
    number: str
    declared_at: int
    scanned: bool
    """A carrier has seen it."""


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """What reading one order back shows."""

    order_id: int
    status: str
    parcels: tuple[DeclaredParcel, ...]
    modified_at: int
    ship_by_at: int | None = None
    end_reason: str = ""

    @property
    def declared_numbers(self) -> tuple[str, ...]:
        return tuple(parcel.number for parcel in self.parcels)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A shipment to be declared."""

    order_id: int
    carrier: str
    number: str
    whole: bool
    website: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Another carrier and number for a shipment that was declared."""

    order_id: int
    old_carrier: str
    old_number: str
    carrier: str
    number: str
    whole: bool
    """As it was declared: that can't be changed."""
    website: str = ""


class Why(StrEnum):
    """Why the marketplace said no, as far as it makes a difference."""

    CARRIER = "carrier"
    NUMBER = "number"
    STATUS = "status"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The marketplace said no."""

    why: Why
    message: str


class AliExpressPort(Protocol):
    """One seller's side of the marketplace.

    Every call raises `TokenDead`, `CallsBanned`, `OutcomeUnknown` or another `CallFailed` when it isn't answered as it
    should be; after `OutcomeUnknown` of a call that changes something, read the order back before trying again.
    """

    calls_made: int
    """Calls so far, refused ones too."""

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        """Every order in some statuses, changed since an instant if asked; all pages, until they are stable."""
        ...

    def order(self, order_id: int) -> OrderDetail | None:
        """One order read back; None if there is none."""
        ...

    def declare(self, declaration: Declaration) -> Refusal | None:
        """Declares a shipment; None if it was accepted."""
        ...

    def correct(self, correction: Correction) -> Refusal | None:
        """Replaces a declared number; None if that was accepted."""
        ...

    def answer_cancellation(self, order_id: int, *, accept: bool) -> Refusal | None:
        """Answers a buyer who wants to cancel; None if the marketplace took the answer."""
        ...


@dataclass(frozen=True, slots=True)
class MipShipment:
    """A tracking number the integration platform knows."""

    carrier: str
    """The supplier's name of it, or the marketplace's key."""
    number: str
    lines: Mapping[int, int]
    """Pieces by the line's child id."""
    push_status: str
    shipped_at: int = 0
    refused_for: Why | None = None
    """Why the marketplace refused its push."""


@dataclass(frozen=True, slots=True)
class MipOrder:
    """An order as the integration platform sees it."""

    id: str
    channel: str
    order_id: int
    status: str
    marketplace_status: str
    review_reason: str | None
    shipments: tuple[MipShipment, ...]
    lines: Mapping[int, int]
    """Pieces by the line's child id."""
    imported_at: int
    ship_by_at: int | None


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """A channel's health as the platform reports it."""

    channel: str
    consecutive_errors: int
    last_error: str
    last_successful_import_at: int | None
    token_expires_at: int | None = None
    """What the platform was told; it may be wrong."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """A seller's money with the supplier."""

    balance_cents: int | None
    """None: it has no end."""
    mean_order_cents: int | None
    """What orders have cost so far, on the average of the first ones; None before there was one."""


class MipPort(Protocol):
    """The integration platform, with every channel. Its calls raise `OutcomeUnknown` or another `CallFailed`."""

    def orders(self, *, updated_since_at: int) -> list[MipOrder]:
        """Every order the platform changed since an instant; all pages."""
        ...

    def channels(self) -> list[SyncStatus]: ...

    def wallet(self, channel: str) -> Wallet: ...

    def import_window(self, channel: str, from_at: int, to_at: int) -> None:
        """Asks for a manual import of what changed in a window."""
        ...

    def resend(self, mip_order: str, carrier: str | None = None) -> str | None:
        """Sends an order to the supplier again, by another carrier if named; None, or why the supplier refuses it."""
        ...

    def cancel(self, mip_order: str) -> bool:
        """Stops an order in the warehouse; False if some of it has left."""
        ...

    def reset_credentials(self, channel: str) -> None:
        """Renews the platform's authorisation by hand."""
        ...


class AlertKind(StrEnum):
    """What people are told about."""

    TOKEN_DEAD = "token_dead"
    TOKEN_EXPIRING = "token_expiring"
    IMPORT_STALLED = "import_stalled"
    MISSING_IMPORT = "missing_import"
    RUNNING_OUT = "running_out"
    WILL_MISS = "will_miss"
    PENDING_REVIEW = "pending_review"
    OUT_OF_STOCK = "out_of_stock"
    TRACKING_REJECTED = "tracking_rejected"
    DECLARED_BY_HAND = "declared_by_hand"
    MANUAL_ENTRY = "manual_entry"
    WRONG_NUMBER = "wrong_number"
    FALSE_SHIPMENT_RISK = "false_shipment_risk"
    CANCELLATION_REQUEST = "cancellation_request"
    CLOSED_AFTER_HANDOVER = "closed_after_handover"
    DIFFERENCE = "difference"
    QUOTA_GONE = "quota_gone"
    API_DOWN = "api_down"


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to a person; `orders` by time left."""

    kind: AlertKind
    message: str
    orders: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


class AlertPort(Protocol):
    """Where people read messages."""

    def send(self, alert: Alert) -> None: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What a seller knows of the surroundings without asking any API."""

    holidays: frozenset[date] = frozenset()
    """Weekdays on which the seller's people don't work."""
    calls_per_day: int | None = None
    """The marketplace's quota for the seller's app, of all its shops; None: none is known."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a subject is given."""

    shops: Mapping[str, AliExpressPort]
    """The seller accounts, by the integration platform's channel."""
    mip: MipPort
    alerts: AlertPort
    facts: Facts = Facts()
    memory: str = ":memory:"
    """Where to keep what must not be forgotten when the process ends: a file of SQLite; in memory if it never does."""

    @property
    def aliexpress(self) -> AliExpressPort:
        """The first shop; the only one of most subjects."""
        return next(iter(self.shops.values()))


class Subject(Protocol):
    """Logic under test. It is woken, acts, and says when it wants to be woken next."""

    def wake(self, now: int) -> int: ...

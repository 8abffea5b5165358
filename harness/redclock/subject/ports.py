"""What a subject needs of the outside world, as Protocols, and the values that go through them.

Over HTTP these ports are `aliexpress_http` and `mip_http`; without HTTP the harness has its own (`redclock.direct`).
Instants are seconds since the epoch; the clients translate from each API's own way of writing time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class CallFailed(Exception):
    """A call was not answered as it should be; nothing is known to have happened."""


class TokenDead(CallFailed):
    """The API says that the access token is invalid or expired, and refreshing it did not help."""


class OutcomeUnknown(CallFailed):
    """A call that changes something got no answer: it may have been carried out."""


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order as the marketplace's list shows it."""

    order_id: int
    status: str
    ship_by_at: int | None
    """The marketplace's own countdown as an instant: the first second too late."""
    lines: tuple[int, ...]
    modified_at: int


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """What reading one order back shows."""

    order_id: int
    status: str
    declared_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A shipment to be declared."""

    order_id: int
    carrier: str
    number: str
    whole: bool
    website: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The marketplace said no."""

    code: str
    message: str


class AliExpressPort(Protocol):
    """The seller's side of the marketplace."""

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        """Every order in some statuses, changed since an instant if asked; all pages."""
        ...

    def order(self, order_id: int) -> OrderDetail: ...

    def declare(self, declaration: Declaration) -> Refusal | None:
        """Declares a shipment; None if it was accepted.

        Raises:
            OutcomeUnknown: no answer came; read the order back before trying again.
        """
        ...


@dataclass(frozen=True, slots=True)
class MipShipment:
    """A tracking number the integration platform knows."""

    carrier: str
    number: str
    lines: tuple[int, ...]
    push_status: str


@dataclass(frozen=True, slots=True)
class MipOrder:
    """An order as the integration platform sees it."""

    id: str
    order_id: int
    status: str
    marketplace_status: str
    review_reason: str | None
    shipments: tuple[MipShipment, ...]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """A channel's health as the platform reports it."""

    channel: str
    consecutive_errors: int
    last_error: str
    last_successful_import_at: int | None


class MipPort(Protocol):
    """The integration platform."""

    def orders(self, *, updated_since_at: int) -> list[MipOrder]:
        """Every order the platform changed since an instant; all pages."""
        ...

    def channels(self) -> list[SyncStatus]: ...

    def import_window(self, channel: str, from_at: int, to_at: int) -> None:
        """Asks for a manual import of what changed in a window."""
        ...

    def resend(self, mip_order: str) -> bool:
        """Sends an order to the supplier again; whether the supplier took it."""
        ...

    def reset_credentials(self, channel: str) -> None:
        """Renews the platform's authorisation by hand."""
        ...


class AlertKind(StrEnum):
    """What people are told about."""

    TOKEN_DEAD = "token_dead"
    MISSING_IMPORT = "missing_import"
    RUNNING_OUT = "running_out"
    PENDING_REVIEW = "pending_review"
    TRACKING_REJECTED = "tracking_rejected"
    DECLARED_BY_HAND = "declared_by_hand"
    CANCELLATION_REQUEST = "cancellation_request"
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
class Ports:
    """Everything a subject is given."""

    aliexpress: AliExpressPort
    mip: MipPort
    alerts: AlertPort


class Subject(Protocol):
    """Logic under test. It is woken, acts, and says when it wants to be woken next."""

    def wake(self, now: int) -> int: ...

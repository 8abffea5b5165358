"""What a decision may ask for. Values only: `hands` carries them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from redclock.subject.picture import Picture
from redclock.subject.policy import Policy
from redclock.subject.ports import Alert, Correction, Declaration


@dataclass(frozen=True, slots=True)
class Renew:
    """Renew a channel's authorisation, then import what it missed."""

    channel: str
    from_at: int


@dataclass(frozen=True, slots=True)
class Import:
    """Have a channel import a window by hand, for the sake of some orders."""

    channel: str
    from_at: int
    to_at: int
    orders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Declare:
    """Declare a shipment on the marketplace without the platform.

    Attributes:
        read_back_first: somebody else may have declared it meanwhile.
    """

    declaration: Declaration
    read_back_first: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Read a shipped order back: what was declared, and whether a carrier has seen it."""

    order_id: int


@dataclass(frozen=True, slots=True)
class Correct:
    """Replace a wrong number."""

    correction: Correction


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop an order in the warehouse."""

    order_id: int
    mip_order: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a buyer who wants to cancel."""

    order_id: int
    accept: bool


@dataclass(frozen=True, slots=True)
class Resend:
    """Send orders to the supplier again, in this order, until it refuses one."""

    mip_orders: tuple[str, ...]
    reason: str
    """What it refused them for."""
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell a person of a cause, unless it is known already.

    Attributes:
        key: the cause's name.
        by_order: each order is told of once, those that are new together; else a cause is told of once, whatever orders
            join it.
    """

    alert: Alert
    key: str
    by_order: bool = False


Action = Renew | Import | Declare | Check | Correct | Stop | Answer | Resend | Tell
Decision = Callable[[Picture, Policy], Iterable[Action]]

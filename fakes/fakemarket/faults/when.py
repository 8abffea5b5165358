"""When a fault is on: in a window of market time, after something has happened, while something is so.

Knows no kind. What has happened is what the ledger says, by its own words; what is so is the status of orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

from fakemarket.bounds import Ge, Le
from fakemarket.rules.status import Move, Status
from fakemarket.world.order import OrderId

if TYPE_CHECKING:
    from fakemarket.world.ledger import Event
    from fakemarket.world.world import World

_LONGEST_SECONDS = 400 * 86_400

HAPPENINGS: tuple[str, ...] = (
    *Move,
    "acknowledged",
    "buyer_feedback",
    "code_issued",
    "countdown",
    "declare_refused",
    "default_template",
    "delivered",
    "false_shipment",
    "first_scan",
    "handed_over",
    "imported",
    "laid_out",
    "lines_changed",
    "mip_failing",
    "mip_recovered",
    "packed",
    "packing",
    "pending_review",
    "preparing",
    "push_found",
    "push_rejected",
    "push_unanswered",
    "receipt_extended",
    "seller_feedback",
    "sent_to_supplier",
    "shipment_corrected",
    "supplier_stopped",
    "token_authorised",
    "token_expired",
    "token_refreshed",
    "token_revoked",
    "topped_up",
    "tracking_known",
    "violation",
    "webhook_given_up",
    "webhook_registered",
    "webhook_removed",
)
"""The ledger's words for what a fault may wait for: all that the market writes by itself, but not faults."""


class BadFault(ValueError):
    """A fault that can't be: it contradicts itself or aims at what this market hasn't."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a fault is on: [from_at, until_at), market time in seconds since the epoch; None is open."""

    from_at: int | None = None
    until_at: int | None = None

    def __post_init__(self) -> None:
        if self.from_at is not None and self.until_at is not None and self.from_at >= self.until_at:
            raise BadFault(f"`until` must be later than `from`; it is {self.until_at} and `from` is {self.from_at}")

    def holds(self, at: int) -> bool:
        return (self.from_at is None or at >= self.from_at) and (self.until_at is None or at < self.until_at)


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class After:
    """A fault is on once something has happened: from right behind it, or a while later, for good or for a while.

    Counted from when the fault is put to work. It happens once: a fault that is over doesn't come on again.

    Attributes:
        what: a word of the ledger, e.g. `declare_all` or `token_revoked`; `HAPPENINGS` has them all.
        order: only of this order.
        seller: only of this seller, or of an order of his.
        nth: the how manieth time it happens, from 1.
        wait_seconds: how long after it the fault comes on.
        for_seconds: how long it is on then; None is for good.
    """

    what: str
    order: int | None = None
    seller: str | None = None
    nth: Annotated[int, Ge(1)] = 1
    wait_seconds: Annotated[int, Ge(0), Le(_LONGEST_SECONDS)] = 0
    for_seconds: Annotated[int, Ge(1), Le(_LONGEST_SECONDS)] | None = None

    def __post_init__(self) -> None:
        if self.what not in HAPPENINGS:
            near = get_close_matches(self.what, HAPPENINGS, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise BadFault(f"nothing that happens is called {self.what!r}; allowed: {', '.join(HAPPENINGS)}{hint}")
        if self.nth < 1:
            raise BadFault(f"nth is {self.nth}; what happens is counted from 1")
        if self.wait_seconds < 0 or (self.for_seconds is not None and self.for_seconds < 1):
            raise BadFault(f"a fault can't wait {self.wait_seconds} s and then be on for {self.for_seconds} s")

    def means(self, event: Event, seller: str | None) -> bool:
        """Whether an event of the ledger, and the seller whom it concerns, is what is waited for."""
        return self.what == event.what and self.order in (None, event.order) and self.seller in (None, seller)

    def window(self, happened_at: int) -> Window:
        """When the fault is on, once it has happened."""
        from_at = happened_at + self.wait_seconds
        return Window(from_at, None if self.for_seconds is None else from_at + self.for_seconds)


@dataclass(frozen=True, slots=True)
class During:
    """A fault is on while one order, or while so many orders at least, are in a status.

    Attributes:
        status: which.
        order: the one order.
        at_least: how many orders.
        seller: only his orders are counted.
    """

    status: Status
    order: int | None = None
    at_least: Annotated[int, Ge(1)] | None = None
    seller: str | None = None

    def __post_init__(self) -> None:
        if (self.order is None) == (self.at_least is None):
            raise BadFault("`during` takes either `order` or `at_least`, how many orders are in the status")
        if self.at_least is not None and self.at_least < 1:
            raise BadFault(f"at_least is {self.at_least}; orders are counted from 1")
        if self.order is not None and self.seller is not None:
            raise BadFault("`during` takes a seller only with `at_least`; an order has its own")

    def holds(self, world: World) -> bool:
        if self.order is not None:
            order = world.orders.get(OrderId(self.order))
            return order is not None and order.status is self.status
        assert self.at_least is not None
        sellers = (self.seller,) if self.seller else world.settings.sellers
        return sum(world.count(seller, self.status) for seller in sellers) >= self.at_least

"""An order as the marketplace keeps it, and the parts it is made of.

Only `World` changes an order; everybody else reads. What can be derived is derived where it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NewType

from fakemarket.rules.status import EndReason, Status
from fakemarket.value import Record
from fakemarket.world.goods import product

if TYPE_CHECKING:
    from fakemarket.world.fate import Fate

OrderId = NewType("OrderId", int)
"""16 digits: 91, day, seller, number within the day; the last is 0 for the order and 1 to 9 for its lines."""


class Line(NamedTuple):
    """One product of an order. A tuple, as declarations are: they take a sixth of a frozen dataclass's time to make."""

    child_id: int
    product: int
    """64 bits that stand for an article of the catalogue in `goods`."""
    quantity: int
    price_cents: int

    @property
    def number(self) -> int:
        """Position in the order, from 1: the last digit of the child id."""
        return self.child_id % 10

    @property
    def sku(self) -> str:
        """The seller's own code of the product, the same on the marketplace and everywhere else."""
        return product(self.product).sku


class Declaration(NamedTuple):
    """A shipment as told to the marketplace; what the countdown waits for."""

    at: int
    carrier: str
    number: str
    whole: bool
    """`send_type` was `all`: nothing is left to send."""
    line: int | None = None
    """The line that it is about, if the call said so."""
    completes_line: bool = False
    """Nothing of that line is left to send."""


@dataclass(slots=True, eq=False, repr=False)
class Order(Record):
    """One marketplace order. Instants are market time; None means that it has not happened."""

    id: OrderId
    seller: str
    fate: Fate
    lines: tuple[Line, ...]
    placed_at: int
    status: Status
    modified_at: int
    preparation_days: int
    """Working days, as promised when it was placed."""
    came_from: Status | None = None
    paid_at: int | None = None
    accepted_at: int | None = None
    """Payment accepted: the order became the seller's work."""
    ship_by_at: int | None = None
    """The first instant too late for a declaration."""
    paused_at: int | None = None
    sent_at: int | None = None
    """Everything declared."""
    received_at: int | None = None
    ended_at: int | None = None
    end_reason: EndReason | None = None
    declarations: tuple[Declaration, ...] = ()
    disputed: bool | None = None
    """None: never; True: a dispute is open; False: one has ended."""
    buyer_feedback_at: int | None = None
    seller_feedback_at: int | None = None
    seller_stars: int | None = None
    receipt_extension_days: int = 0
    """What the seller has added to the buyer's time to confirm receipt."""
    revisions: int = 0
    """How often it changed in a way that its status doesn't show."""

    @property
    def came_back(self) -> bool:
        """Its status is one that it had held before: a freeze, a dispute or a request to cancel is over."""
        return self.came_from in (Status.IN_FROZEN, Status.IN_ISSUE, Status.IN_CANCEL)

    @property
    def total_cents(self) -> int:
        return total_cents(self.lines)


line_of: Callable[[tuple[Any, ...]], Line] = partial(tuple.__new__, Line)
declaration_of: Callable[[tuple[Any, ...]], Declaration] = partial(tuple.__new__, Declaration)
"""As the classes make one, of all its fields in their order, in half the time."""


def total_cents(lines: tuple[Line, ...]) -> int:
    """What some lines cost together; nearly every order has one."""
    if len(lines) == 1:
        return lines[0].price_cents * lines[0].quantity
    return sum([line.price_cents * line.quantity for line in lines])

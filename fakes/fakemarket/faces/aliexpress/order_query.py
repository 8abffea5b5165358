"""What an order list is asked for, and which orders answer it.

Newest first; orders of one second by id, so pages never repeat or lose an order while nothing moves. Finished orders
are left out unless asked for [C]. A bound without a time of day is silently ignored [C]. Several statuses may be asked
for at once. Changes nothing, and knows no rendering.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import pacific_instant
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.wording import LISTED_AS_FINISHED
from fakemarket.rules.status import Status
from fakemarket.world.order import Order
from fakemarket.world.world import World

_UNLESS_ASKED = tuple(status for status in Status if status not in LISTED_AS_FINISHED | {Status.ARCHIVE})
_MOST_STATUSES = 20
_BEGINNING, _END = 0, 1 << 40
_newest_first = attrgetter("placed_at", "id")


@dataclass(frozen=True, slots=True)
class Range:
    """Both bounds belong to it; seconds since the epoch."""

    from_at: int = _BEGINNING
    to_at: int = _END

    def holds(self, at: int) -> bool:
        return self.from_at <= at <= self.to_at


_ALWAYS = Range()


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """The filters of a list."""

    statuses: tuple[Status, ...]
    created: Range
    modified: Range
    buyer_login: str | None

    def select(self, world: World, seller: str) -> list[Order]:
        """The seller's orders that pass, newest first."""
        if self.modified is _ALWAYS:
            orders = world.orders_of(seller, self.statuses)
        else:
            changed = world.changed_between(seller, self.modified.from_at, self.modified.to_at)
            orders = [order for order in changed if order.status in self.statuses]
        if self.created is not _ALWAYS:
            orders = [order for order in orders if self.created.holds(order.placed_at)]
        if self.buyer_login is not None:
            orders = [order for order in orders if world.people.buyer(order).login == self.buyer_login]
        return sorted(orders, key=_newest_first, reverse=True)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list; numbers count from 1."""

    number: int
    size: int

    def of(self, orders: list[Order], up: int = 0) -> list[Order]:
        """The rows of the page, of a list that has moved up by so many since the caller began."""
        first = max((self.number - 1) * self.size + up, 0)
        return orders[first : first + self.size]

    def count(self, total: int) -> int:
        """How many pages there are."""
        return -(-total // self.size)


def read_query(arguments: Arguments) -> OrderQuery:
    """The filters that a list call names.

    Raises:
        PlatformError: one of them is mistyped or names a status that there is not.
    """
    return OrderQuery(
        statuses=_statuses(arguments),
        created=_range(arguments, "create_date"),
        modified=_range(arguments, "modified_date"),
        buyer_login=arguments.maybe_text("buyer_login_id"),
    )


def read_page(arguments: Arguments, most: int) -> Page:
    """The page that a list call names; both numbers must be there. Over `most` is refused [A]."""
    number = arguments.integer("current_page", at_least=1)
    return Page(number, arguments.integer("page_size", at_least=1, at_most=most))


def _statuses(arguments: Arguments) -> tuple[Status, ...]:
    asked: list[Status] = []
    for name in ("order_status", "order_status_list"):
        texts = arguments.texts(name)
        if len(texts) > _MOST_STATUSES:
            raise PlatformError(Problem.INVALID_ARGUMENT, name, f"at most {_MOST_STATUSES} may be asked for")
        for text in texts:
            try:
                asked.append(Status(text))
            except ValueError:
                why = f"there is no status {text!r}; there are {', '.join(Status)}"
                raise PlatformError(Problem.INVALID_ARGUMENT, name, why) from None
    if not asked:
        return _UNLESS_ASKED
    if not LISTED_AS_FINISHED.isdisjoint(asked):
        asked += sorted(LISTED_AS_FINISHED)
    return tuple(dict.fromkeys(asked))


def _range(arguments: Arguments, name: str) -> Range:
    from_at, to_at = (_bound(arguments, f"{name}_{end}") for end in ("start", "end"))
    if from_at is None and to_at is None:
        return _ALWAYS
    return Range(_BEGINNING if from_at is None else from_at, _END if to_at is None else to_at)


def _bound(arguments: Arguments, name: str) -> int | None:
    text = arguments.maybe_text(name)
    if text is None:
        return None
    try:
        return pacific_instant(text)
    except ValueError as error:
        raise PlatformError(Problem.INVALID_ARGUMENT, name, str(error)) from None

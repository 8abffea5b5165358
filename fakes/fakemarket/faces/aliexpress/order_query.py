"""What an order list is asked for, and which orders answer it.

Newest first; orders of one second by id, so pages never repeat or lose an order while nothing moves. Finished orders
are left out unless asked for [C]. A bound without a time of day is silently ignored [C]. Several statuses may be asked
for at once. A range of creation may be so long and no longer, and where a bound is left out the list goes back just as
far [1]. Changes nothing, and knows no rendering.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, TypeVar

from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import pacific_instant
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.wording import LISTED_AS_FINISHED
from fakemarket.rules.status import Status
from fakemarket.settings import Wire
from fakemarket.world.order import Order
from fakemarket.world.world import World

_UNLESS_ASKED = tuple(status for status in Status if status not in LISTED_AS_FINISHED | {Status.ARCHIVE})
_MOST_STATUSES = 20
_STATUSES = frozenset(str(status) for status in Status)
DAY = 86_400
_BEGINNING, _END = 0, 1 << 40
Item = TypeVar("Item")
_newest_first = attrgetter("placed_at", "id")


class Range(NamedTuple):
    """Both bounds belong to it; seconds since the epoch."""

    from_at: int = _BEGINNING
    to_at: int = _END

    def holds(self, at: int) -> bool:
        return self.from_at <= at <= self.to_at


_ALWAYS = Range()


class OrderQuery(NamedTuple):
    """The filters of a list; `most_days` is how long its range of creation may be."""

    statuses: tuple[Status, ...]
    created: Range
    modified: Range
    buyer_login: str | None
    most_days: int

    def limited(self, world: World) -> OrderQuery:
        """With the bounds that the platform gives a range of creation at present where the caller gave none.

        Raises:
            PlatformError: the caller's range is too long.
        """
        created = self.created
        earliest_at = min(created.to_at, world.now) - self.most_days * DAY
        if created.from_at == _BEGINNING:
            # In a market younger than that, the whole list stays the same list from one second to the next.
            return self if earliest_at <= world.start_at else self._replace(created=Range(earliest_at, created.to_at))
        if created.from_at < earliest_at:
            why = f"orders of {self.most_days} days may be asked for at once"
            raise PlatformError(Problem.INVALID_ARGUMENT, "create_date_start", why)
        return self

    def select(self, world: World, seller: str) -> list[Order]:
        """The seller's orders that pass, newest first."""
        wrong_share = world.settings.wire.in_cancel_wrong_share
        past = world.lens.past
        there = world.orders_of(seller) if past is None else past.orders(list(world.orders_of(seller)))
        if wrong_share and self.statuses == (Status.IN_CANCEL,):
            roughly = _roughly_in_cancel(world, seller, there, wrong_share)
            orders: Iterable[Order] = [order for order in roughly if self.modified.holds(order.modified_at)]
        elif past is not None:
            orders = [it for it in there if it.status in self.statuses and self.modified.holds(it.modified_at)]
        elif self.modified is _ALWAYS:
            orders = world.orders_of(seller, self.statuses)
        else:
            changed = world.changed_between(seller, self.modified.from_at, self.modified.to_at)
            orders = [order for order in changed if order.status in self.statuses]
        if self.created is not _ALWAYS:
            orders = [order for order in orders if self.created.holds(order.placed_at)]
        if self.buyer_login is not None:
            orders = [order for order in orders if world.people.buyer(order).login == self.buyer_login]
        return sorted(orders, key=_newest_first, reverse=True)


def _roughly_in_cancel(world: World, seller: str, orders: Iterable[Order], wrong_share: float) -> list[Order]:
    """What the platform says is in cancellation: some that are, are missing; some that were, still there [1]."""
    luck = world.streams.child(seller).stream("in-cancel")
    found = []
    for order in orders:
        is_wrong = luck.uniform(order.fate.key) < wrong_share
        is_in, was_in = order.status is Status.IN_CANCEL, order.came_from is Status.IN_CANCEL
        if (is_in and not is_wrong) or (was_in and is_wrong):
            found.append(order)
    return found


class Page(NamedTuple):
    """Which part of a list; numbers count from 1."""

    number: int
    size: int

    def of(self, items: list[Item], up: int = 0) -> list[Item]:
        """The rows of the page, of a list that has moved up by so many since the caller began."""
        first = max((self.number - 1) * self.size + up, 0)
        return items[first : first + self.size]

    def pages_of(self, total: int) -> int:
        """How many pages there are."""
        return -(-total // self.size)


def read_query(arguments: Arguments, wire: Wire, *, creation_needed: bool = False) -> OrderQuery:
    """The filters that a list call names.

    Args:
        arguments: the call's.
        wire: how long its ranges may be.
        creation_needed: a range of modification needs one of creation beside it.

    Raises:
        PlatformError: one of them is mistyped, or names a status that there is not.
    """
    statuses = _statuses(arguments)
    created = read_range(arguments, "create_date_start", "create_date_end")
    modified = read_range(arguments, "modified_date_start", "modified_date_end")
    if creation_needed and modified is not _ALWAYS and created is _ALWAYS:
        raise PlatformError(Problem.MISSING_ARGUMENT, "create_date_start", "a range of modification needs it too")
    most_days = wire.list_range_days if LISTED_AS_FINISHED.isdisjoint(statuses) else wire.finished_range_days
    return OrderQuery(statuses, created, modified, arguments.maybe_text("buyer_login_id"), most_days)


def read_page(arguments: Arguments, most: int, *, number: str = "current_page") -> Page:
    """The page that a list call names; both numbers must be there. Over `most` is refused [A]."""
    return Page(arguments.integer(number, at_least=1), arguments.integer("page_size", at_least=1, at_most=most))


def _statuses(arguments: Arguments) -> tuple[Status, ...]:
    asked: list[str] = []
    for name in ("order_status", "order_status_list"):
        texts = arguments.texts(name)
        if len(texts) > _MOST_STATUSES:
            raise PlatformError(Problem.INVALID_ARGUMENT, name, f"at most {_MOST_STATUSES} may be asked for")
        for text in texts:
            if text not in _STATUSES:
                why = f"there is no status {text!r}; there are {', '.join(Status)}"
                raise PlatformError(Problem.INVALID_ARGUMENT, name, why)
        asked += texts
    return _statuses_of(tuple(asked))


@lru_cache(maxsize=256)
def _statuses_of(asked: tuple[str, ...]) -> tuple[Status, ...]:
    """The statuses that a list has which is asked for some."""
    if not asked:
        return _UNLESS_ASKED
    statuses = [Status(text) for text in asked]
    if not LISTED_AS_FINISHED.isdisjoint(statuses):
        statuses += sorted(LISTED_AS_FINISHED)
    return tuple(dict.fromkeys(statuses))


def read_range(arguments: Arguments, start: str, end: str) -> Range:
    """The range between two bounds, either of which may be left out."""
    from_at, to_at = _bound(arguments, start), _bound(arguments, end)
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

"""One seller's orders: all of them, by status, and by when they last changed.

A change is written down and nothing else; the orders are sorted by status when somebody asks for them so. Most worlds
change much more often than anybody looks. Knows no moves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from fakemarket.rules.status import Status
from fakemarket.world.order import Order, OrderId


class Shelves:
    """The orders of one seller."""

    __slots__ = ("_asked", "_by_status", "_changed", "_changed_at", "_sorted", "_sorted_to", "_stayed", "all")

    def __init__(self) -> None:
        self.all: list[Order] = []
        """In the order in which they were placed."""
        self._changed_at: list[int] = []
        self._changed: list[Order] = []
        self._by_status: dict[Status, dict[OrderId, Order]] = {status: {} for status in Status}
        self._sorted: dict[OrderId, Status] = {}
        """Where each order stands in `_by_status`."""
        self._sorted_to = 0
        """How many changes that takes in."""
        self._stayed: set[int] = set()
        """Which of the later ones left the order in its status."""
        self._asked = (0, 0)
        """From when on changes were asked for last, and which was the first of them."""

    @property
    def changes(self) -> int:
        """How often any order has changed."""
        return len(self._changed)

    def move(self, order: Order, at: int) -> None:
        """Writes down that an order has just come into another status."""
        self._changed_at.append(at)
        self._changed.append(order)

    def stay(self, order: Order, at: int) -> None:
        """Writes down that an order has just changed otherwise."""
        self._stayed.add(len(self._changed))
        self.move(order, at)

    def of(self, status: Status) -> dict[OrderId, Order]:
        """The orders in a status, by how long they have been in it."""
        if self._sorted_to < len(self._changed):
            self._sort()
        return self._by_status[status]

    def between(self, from_at: int, to_at: int) -> list[Order]:
        """The orders whose last change lies in [from_at, to_at], oldest change first, each once."""
        if not self._changed_at or self._changed_at[-1] < from_at:
            return []
        # Rounds ask for the end of it again and again, so the last answer's first change is near.
        asked_at, first = self._asked
        first = bisect_left(self._changed_at, from_at, first if asked_at <= from_at else 0)
        self._asked = from_at, first
        end = len(self._changed) if self._changed_at[-1] <= to_at else bisect_right(self._changed_at, to_at)
        changes = zip(self._changed_at[first:end], self._changed[first:end], strict=True)
        return list(dict.fromkeys([order for at, order in changes if order.modified_at == at]))

    def _sort(self) -> None:
        # The last time counts, so the last come last.
        changed = enumerate(self._changed[self._sorted_to :], self._sorted_to)
        moved = [order for number, order in changed if number not in self._stayed]
        self._sorted_to = len(self._changed)
        self._stayed.clear()
        last = dict.fromkeys(reversed(moved))
        for order in reversed(last):
            stood_in = self._sorted.get(order.id)
            if stood_in is not None:
                del self._by_status[stood_in][order.id]
            self._by_status[order.status][order.id] = order
            self._sorted[order.id] = order.status

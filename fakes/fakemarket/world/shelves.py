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

    __slots__ = ("_by_status", "_changed", "_changed_at", "_sorted", "_unsorted", "all")

    def __init__(self) -> None:
        self.all: list[Order] = []
        """In the order in which they were placed."""
        self._changed_at: list[int] = []
        self._changed: list[Order] = []
        self._by_status: dict[Status, dict[OrderId, Order]] = {status: {} for status in Status}
        self._sorted: dict[OrderId, Status] = {}
        """Where each order stands in `_by_status`."""
        self._unsorted: list[Order] = []
        """Orders that have come into another status since then, again for each time."""

    @property
    def changes(self) -> int:
        """How often any order has changed."""
        return len(self._changed)

    def change(self, order: Order, at: int, *, moved: bool) -> None:
        """Writes down that an order has just changed, and whether it has come into another status."""
        self._changed_at.append(at)
        self._changed.append(order)
        if moved:
            self._unsorted.append(order)

    def of(self, status: Status) -> dict[OrderId, Order]:
        """The orders in a status, by how long they have been in it."""
        if self._unsorted:
            self._sort()
        return self._by_status[status]

    def between(self, from_at: int, to_at: int) -> list[Order]:
        """The orders whose last change lies in [from_at, to_at], oldest change first, each once."""
        if not self._changed_at or self._changed_at[-1] < from_at:
            return []
        part = slice(bisect_left(self._changed_at, from_at), bisect_right(self._changed_at, to_at))
        changes = zip(self._changed_at[part], self._changed[part], strict=True)
        return list({order.id: order for at, order in changes if order.modified_at == at}.values())

    def _sort(self) -> None:
        # The last time counts, so the last come last.
        last = dict.fromkeys(reversed(self._unsorted))
        self._unsorted.clear()
        for order in reversed(last):
            stood_in = self._sorted.get(order.id)
            if stood_in is not None:
                del self._by_status[stood_in][order.id]
            self._by_status[order.status][order.id] = order
            self._sorted[order.id] = order.status

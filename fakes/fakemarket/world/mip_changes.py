"""The order in which the platform's orders last changed, which its listings follow.

Each change has a number, the order's version; an order that changes moves to the end. Knows nothing of why.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from fakemarket.world.mip_order import MipOrder, MipStatus

_SLICE = 500


class Changes:
    """Every change so far, and which of them are still the last of their order."""

    def __init__(self) -> None:
        self._changed: list[MipOrder | None] = []
        """By version; None once the order has changed again."""
        self._changed_at: list[int] = []
        self._by_status: dict[MipStatus, dict[str, MipOrder]] = {status: {} for status in MipStatus}
        """Each by its last change: as of the first `_sorted` changes, for nobody may ever ask."""
        self._sorted = 0
        self._stands_in: dict[str, MipStatus] = {}
        """Where each order stands in `_by_status`."""

    def add(self, mirror: MipOrder, status: MipStatus, at: int) -> None:
        """The order has changed, perhaps to another status."""
        if mirror.version >= 0:
            self._changed[mirror.version] = None
        mirror.status, mirror.updated_at, mirror.version = status, at, len(self._changed)
        self._changed.append(mirror)
        self._changed_at.append(at)

    def of(self, status: MipStatus, since_at: int | None, after: int) -> Iterator[MipOrder]:
        """The orders of a status that changed at or after `since_at` and behind version `after`, oldest first."""
        self._sort()
        for mirror in self._by_status[status].values():
            if mirror.version > after and (since_at is None or mirror.updated_at >= since_at):
                yield mirror

    def since(self, since_at: int | None, after: int) -> Iterator[MipOrder]:
        """All orders that changed at or after `since_at` and behind version `after`, oldest first."""
        start = after + 1
        if since_at is not None:
            start = bisect_left(self._changed_at, since_at, min(start, len(self._changed)))
        # Old changes are nearly all overtaken: they are passed over a slice at a time.
        for first in range(start, len(self._changed), _SLICE):
            yield from filter(None, self._changed[first : first + _SLICE])

    def _sort(self) -> None:
        for mirror in filter(None, self._changed[self._sorted :]):
            stood_in = self._stands_in.get(mirror.id)
            if stood_in is not None:
                del self._by_status[stood_in][mirror.id]
            self._by_status[mirror.status][mirror.id] = mirror
            self._stands_in[mirror.id] = mirror.status
        self._sorted = len(self._changed)

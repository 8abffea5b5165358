"""The order in which the platform's orders last changed, which its listings follow.

Each change has a number, the order's version; an order that changes moves to the end. What changed stands in what the
journal is told; it is taken from there when somebody asks. Knows nothing of why.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from fakemarket.world.mip_order import MipOrder, MipStatus

PARTS = 9
"""Of what the journal is told of each event. The first are when it was, what it is and whom it is about: an order that
has changed, if the fourth is a status."""
_SLICE = 500


class Changes:
    """Every change so far, and which of them are still the last of their order."""

    def __init__(self) -> None:
        self._taken = 0
        """How many parts have been taken of what the journal was told."""
        self._changed: list[MipOrder | None] = []
        """By version; None once the order has changed again."""
        self._changed_at: list[int] = []
        self._by_status: dict[MipStatus, dict[str, MipOrder]] = {status: {} for status in MipStatus}
        """Each by its last change: as of the first `_sorted` changes, for nobody may ever ask."""
        self._sorted = 0
        self._stands_in: dict[str, MipStatus] = {}
        """Where each order stands in `_by_status`."""

    def take(self, told: Sequence[Any], *, last: bool = False) -> None:
        """Takes in the changes of orders among what the journal was told since; `last`: it is told anew from now on."""
        new = [told[part::PARTS] for part in range(self._taken, self._taken + 4)]
        self._taken = 0 if last else len(told)
        for at, _, mirror, status in zip(*new, strict=True):
            if isinstance(status, MipStatus):
                if mirror.version >= 0:
                    self._changed[mirror.version] = None
                mirror.version = len(self._changed)
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

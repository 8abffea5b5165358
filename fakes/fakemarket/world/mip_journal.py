"""The platform's journal: what it noticed, in order, each with a number.

It holds what the platform can know and nothing else: a token's death appears when a round fails, a new order when an
import finds it. A change of an order is one event, the most telling one, so a caller who wants them all asks for all
`order.` types.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fakemarket.world.order import Line


class Happening(StrEnum):
    """What an event of the journal says."""

    ORDER_IMPORTED = "order.imported"
    ORDER_UPDATED = "order.updated"
    ORDER_PENDING_REVIEW = "order.pending_review"
    ORDER_CANCELED = "order.canceled"
    SHIPMENT_CREATED = "shipment.created"
    SHIPMENT_PUSH_FAILED = "shipment.push_failed"
    TOKEN_EXPIRING = "token.expiring"
    TOKEN_EXPIRED = "token.expired"
    IMPORT_STALLED = "import.stalled"


class Noticed(NamedTuple):
    """One event.

    Attributes:
        id: from 1, without gaps.
        order: the platform's id of it, if it is about one; `shipment` likewise.
        facts: what else is known; names that end in `_at` are instants.
        paid_at: what the platform knew of the order then, which the event doesn't show; `ship_by_at` and `lines`
            likewise.
    """

    id: int
    at: int
    type: Happening
    channel: str
    order: str | None
    shipment: str | None
    facts: Mapping[str, str | int | None]
    paid_at: int | None = None
    ship_by_at: int | None = None
    lines: tuple[Line, ...] = ()


class Journal:
    """Every event so far. `tell` hears of each as it is written."""

    def __init__(self, tell: Callable[[Noticed], None]) -> None:
        self._events: list[Noticed] = []
        self._tell = tell

    def write(
        self,
        at: int,
        what: Happening,
        channel: str,
        *,
        order: str | None = None,
        shipment: str | None = None,
        facts: Mapping[str, str | int | None],
        paid_at: int | None = None,
        ship_by_at: int | None = None,
        lines: tuple[Line, ...] = (),
    ) -> None:
        event = Noticed(len(self._events) + 1, at, what, channel, order, shipment, facts, paid_at, ship_by_at, lines)
        self._events.append(event)
        self._tell(event)

    def around(self, at: int) -> tuple[list[Noticed], list[Noticed]]:
        """The events up to and including second `at`, and those behind it."""
        end = bisect_right(self._events, at, key=attrgetter("at"))
        return self._events[:end], self._events[end:]

    def page(self, after: int, limit: int) -> tuple[list[Noticed], bool]:
        """At most `limit` events behind number `after`, and whether there are more."""
        return self._events[after : after + limit], len(self._events) > after + limit

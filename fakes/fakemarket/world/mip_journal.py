"""The platform's journal: what it noticed, in order, each with a number.

It holds what the platform can know and nothing else: a token's death appears when a round fails, a new order when an
import finds it. A change of an order is one event, the most telling one, so a caller who wants them all asks for all
`order.` types.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from fakemarket.world.mip_changes import PARTS, Changes
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


_OF_SHIPMENTS = (Happening.SHIPMENT_CREATED, Happening.SHIPMENT_PUSH_FAILED)
_OF_CHANNELS = (Happening.TOKEN_EXPIRING, Happening.TOKEN_EXPIRED, Happening.IMPORT_STALLED)


class Journal:
    """Every event so far. They are put into words when somebody reads them.

    Args:
        channels: the ids by seller.
        changes: takes in what is told of orders before it is forgotten here.
    """

    def __init__(self, channels: Mapping[str, str], changes: Changes) -> None:
        self._channels = channels
        self._changes = changes
        self._events: list[Noticed] = []
        self.told: list[Any] = []
        """What nobody has read yet, one event behind the other, as the ledger has it: when, what it is told as, whom it
        is about, and how that was then: of an order that has changed the copy's status, the marketplace's, why it waits
        for a person, when it was paid, its deadline and its lines; of a shipment its id, its number and why it was not
        pushed. To be appended to only."""

    def write(self, at: int, what: Happening, channel: str, facts: Mapping[str, str | int | None]) -> None:
        """A channel has changed."""
        self.told += (at, what, channel, facts, None, None, None, None, None)

    def last(self) -> Noticed:
        """The latest event."""
        return self._read()[-1]

    def around(self, at: int) -> tuple[list[Noticed], list[Noticed]]:
        """The events up to and including second `at`, and those behind it."""
        events = self._read()
        end = bisect_right(events, at, key=attrgetter("at"))
        return events[:end], events[end:]

    def page(self, after: int, limit: int) -> tuple[list[Noticed], bool]:
        """At most `limit` events behind number `after`, and whether there are more."""
        events = self._read()
        return events[after : after + limit], len(events) > after + limit

    def _read(self) -> list[Noticed]:
        if self.told:
            parts = iter(self.told)
            rows = zip(*[parts] * PARTS, strict=True)
            self._events += [self._worded(number, *row) for number, row in enumerate(rows, len(self._events) + 1)]
            self._changes.take(self.told, last=True)
            self.told.clear()
        return self._events

    def _worded(self, number: int, at: int, what: Happening, about: Any, *then: Any) -> Noticed:
        if what in _OF_CHANNELS:
            return Noticed(number, at, what, about, None, None, then[0])
        channel = self._channels[about.order.seller]
        if what in _OF_SHIPMENTS:
            shipment, tracking_number, error, *_ = then
            facts = {"tracking_number": tracking_number, "push_error": error or None}
            return Noticed(number, at, what, channel, about.id, shipment, facts)
        status, marketplace_status, review, *copy = then
        facts = {"status": status, "marketplace_status": marketplace_status, "reason_code": review}
        return Noticed(number, at, what, channel, about.id, None, facts, *copy)

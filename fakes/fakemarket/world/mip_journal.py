"""The platform's journal: what it noticed, in order, each with a number.

It holds what the platform can know and nothing else: a token's death appears when a round fails, a new order when an
import finds it. A change of an order is one event, the most telling one, so a caller who wants them all asks for all
`order.` types.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from fakemarket.world.mip_order import MipOrder, Shipment
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


_Row = tuple[Any, ...]
"""What the journal keeps of an order's change until it is read: when, what it is told as, whose, and the copy as it
was then. Of a shipment: its id, its number and what the marketplace said against it."""
_OF_SHIPMENT = 6


class Journal:
    """Every event so far. A change of an order is put into words when somebody reads it.

    Args:
        channels: the ids by seller.
    """

    def __init__(self, channels: Mapping[str, str]) -> None:
        self._channels = channels
        self._rows: list[Noticed | _Row] = []

    def change(self, at: int, what: Happening, mirror: MipOrder) -> None:
        """An order has changed: to what it is now."""
        status, paid_at, ship_by_at = mirror.marketplace_status, mirror.paid_at, mirror.ship_by_at
        self._rows.append((at, what, mirror, mirror.status, status, mirror.review, paid_at, ship_by_at, mirror.lines))

    def shipment(self, at: int, what: Happening, mirror: MipOrder, shipment: Shipment) -> None:
        """Something has become of a shipment: what stands in it now."""
        self._rows.append((at, what, mirror, shipment.id, shipment.number, shipment.push_error))

    def write(self, at: int, what: Happening, channel: str, facts: Mapping[str, str | int | None]) -> None:
        """A channel has changed."""
        self._rows.append(Noticed(len(self._rows) + 1, at, what, channel, None, None, facts))

    def last(self) -> Noticed:
        """The latest event."""
        return self._told(len(self._rows) - 1)

    def around(self, at: int) -> tuple[list[Noticed], list[Noticed]]:
        """The events up to and including second `at`, and those behind it."""
        end = bisect_right(self._rows, at, key=_happened_at)
        places = range(len(self._rows))
        return [self._told(place) for place in places[:end]], [self._told(place) for place in places[end:]]

    def page(self, after: int, limit: int) -> tuple[list[Noticed], bool]:
        """At most `limit` events behind number `after`, and whether there are more."""
        places = range(len(self._rows))[after : after + limit]
        return [self._told(place) for place in places], len(self._rows) > after + limit

    def _told(self, place: int) -> Noticed:
        row = self._rows[place]
        if isinstance(row, Noticed):
            return row
        at, what, mirror, *then = row
        channel = self._channels[mirror.order.seller]
        if len(row) == _OF_SHIPMENT:
            shipment, number, error = then
            facts = {"tracking_number": number, "push_error": error or None}
            told = Noticed(place + 1, at, what, channel, mirror.id, shipment, facts)
        else:
            status, marketplace_status, review, *copy = then
            facts = {"status": status, "marketplace_status": marketplace_status, "reason_code": review}
            told = Noticed(place + 1, at, what, channel, mirror.id, None, facts, *copy)
        self._rows[place] = told  # so that it is put into words once
        return told


def _happened_at(row: Noticed | _Row) -> int:
    return row.at if isinstance(row, Noticed) else row[0]

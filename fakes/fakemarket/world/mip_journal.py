"""The platform's journal: what it noticed, in order, each with a number.

It holds what the platform can know and nothing else: a token's death appears when a round fails, a new order when an
import finds it. A change of an order is one event, the most telling one, so a caller who wants them all asks for all
`order.` types.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from fakemarket.rules.status import Status
from fakemarket.world.mip_order import MipOrder, MipStatus, ReviewReason
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


_Change = tuple[
    int, Happening, MipOrder, MipStatus, Status, ReviewReason | None, int | None, int | None, tuple[Line, ...]
]
"""What the journal keeps of a change of an order: when, what it is told as, and the order's copy as it was then."""


class Journal:
    """Every event so far. A change of an order is put into words when somebody reads it.

    Args:
        channels: the ids by seller.
    """

    def __init__(self, channels: Mapping[str, str]) -> None:
        self._channels = channels
        self._rows: list[Noticed | _Change] = []

    def change(self, at: int, what: Happening, mirror: MipOrder) -> None:
        """An order has changed: to what it is now."""
        copy = (
            mirror.status,
            mirror.marketplace_status,
            mirror.review,
            mirror.paid_at,
            mirror.ship_by_at,
            mirror.lines,
        )
        self._rows.append((at, what, mirror, *copy))

    def write(
        self,
        at: int,
        what: Happening,
        channel: str,
        *,
        order: str | None = None,
        shipment: str | None = None,
        facts: Mapping[str, str | int | None],
    ) -> None:
        """Something else has happened."""
        self._rows.append(Noticed(len(self._rows) + 1, at, what, channel, order, shipment, facts))

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
        at, what, mirror, status, marketplace_status, review, paid_at, ship_by_at, lines = row
        facts = {"status": status, "marketplace_status": marketplace_status, "reason_code": review}
        channel = self._channels[mirror.order.seller]
        told = Noticed(place + 1, at, what, channel, mirror.id, None, facts, paid_at, ship_by_at, lines)
        self._rows[place] = told  # so that it is put into words once
        return told


def _happened_at(row: Noticed | _Change) -> int:
    return row.at if isinstance(row, Noticed) else row[0]

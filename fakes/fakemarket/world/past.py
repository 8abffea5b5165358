"""Orders as they were: what a read that lags behind shows.

Worked out from the ledger, and from the instants that an order keeps for good; nothing is copied ahead of need.
Whatever happened in a second is part of it. Changes nothing in the world.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.rules.status import END_REASONS, Move, Status

if TYPE_CHECKING:
    from fakemarket.world.ledger import Event, Ledger
    from fakemarket.world.order import Declaration, Line, Order

_REVISIONS = ("shipment_corrected", "receipt_extended")
"""What `World.revise` tells the ledger."""
_MOVES = frozenset(Move)
_TOLD = _MOVES | {*_REVISIONS, "countdown", "buyer_feedback", "seller_feedback", "first_scan", "delivered"}
"""What happens to an order that some answer shows."""


class Past(NamedTuple):
    """The world as a call sees it that is shown an earlier instant.

    Attributes:
        at: the instant, with everything that happened in its second.
        ledger: the world's.
        differs: called when something is shown otherwise than it is.
    """

    at: int
    ledger: Ledger
    differs: Callable[[], None]

    def orders(self, present: Collection[Order]) -> list[Order]:
        """Some orders as they were, without those that were not there yet. They are for reading only.

        When a clock was stopped, `paused_at`, is left out: no call shows it.
        """
        told = (event for event in self.later() if event.what in _TOLD)
        later = _by_order(told, {order.id for order in present})
        if not later:
            return list(present)
        self.differs()
        before = _by_order(islice(self.ledger, self._end()), set(later))
        return [
            _as_it_was(order, before[order.id], later[order.id], self.at) if order.id in later else order
            for order in present
            if order.placed_at <= self.at
        ]

    def later(self) -> list[Event]:
        """What has happened since."""
        return self.ledger.since(self._end())

    def _end(self) -> int:
        """How much of the ledger was written by then."""
        return bisect_right(self.ledger, self.at, key=attrgetter("at"))

    def known(self, instant: int | None) -> int | None:
        """An instant, or None if it was still to come."""
        return None if instant is None or instant > self.at else instant


def _by_order(events: Iterable[Event], wanted: set[int]) -> dict[int, list[Event]]:
    stories: dict[int, list[Event]] = {}
    for event in events:
        if event.order in wanted:
            stories.setdefault(event.order, []).append(event)
    return stories


def _as_it_was(order: Order, before: Sequence[Event], later: Sequence[Event], at: int) -> Order:
    def known(instant: int | None) -> int | None:
        return None if instant is None or instant > at else instant

    moves = [event for event in before if event.what in _MOVES]
    steps = [event for event in moves if event.facts.get("from") not in (None, event.facts["to"])]
    revisions = [event for event in before if event.what in _REVISIONS]
    refunds = [event for event in later if event.what == Move.PARTIAL_REFUND]
    ends = [END_REASONS[Move(event.what)] for event in moves if event.what in END_REASONS]
    countdowns = [event.facts["ship_by_at"] for event in before if event.what == "countdown"]
    status = Status(moves[-1].facts["to"])
    ever_disputed = any(Status.IN_ISSUE in (event.facts["from"], event.facts["to"]) for event in steps)
    seller_feedback_at = known(order.seller_feedback_at)
    return replace(
        order,
        lines=tuple(_whole(line, refunds) for line in order.lines),
        status=status,
        came_from=Status(steps[-1].facts["from"]) if steps else None,
        modified_at=max(event.at for event in (*moves, *revisions)),
        paid_at=known(order.paid_at),
        accepted_at=known(order.accepted_at),
        ship_by_at=countdowns[-1] if countdowns else None,
        paused_at=None,
        sent_at=known(order.sent_at),
        received_at=known(order.received_at),
        ended_at=known(order.ended_at),
        end_reason=ends[-1] if ends else None,
        declarations=_declared(order, later, at),
        disputed=status is Status.IN_ISSUE if ever_disputed else None,
        buyer_feedback_at=known(order.buyer_feedback_at),
        seller_feedback_at=seller_feedback_at,
        seller_stars=None if seller_feedback_at is None else order.seller_stars,
        receipt_extension_days=sum(it.facts["days"] for it in revisions if it.what == "receipt_extended"),
        revisions=len(revisions) + sum(event.what == Move.PARTIAL_REFUND for event in before),
    )


def _whole(line: Line, refunds: Sequence[Event]) -> Line:
    """A line with the pieces that were paid back."""
    pieces = sum(event.facts["pieces"] for event in refunds if event.facts["line"] == line.child_id)
    return line._replace(quantity=line.quantity + pieces) if pieces else line


def _declared(order: Order, later: Sequence[Event], at: int) -> tuple[Declaration, ...]:
    """An order's declarations, with what was corrected since put back."""
    declared = list(order.declarations)
    for event in reversed(later):
        if event.what == "shipment_corrected":
            facts = event.facts
            place = next(
                place
                for place, it in enumerate(declared)
                if (it.carrier, it.number) == (facts["carrier"], facts["number"])
            )
            declared[place] = declared[place]._replace(carrier=facts["old_carrier"], number=facts["old_number"])
    return tuple(it for it in declared if it.at <= at)

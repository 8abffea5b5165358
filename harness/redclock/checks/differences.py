"""What the two sides disagree about, worked out from the ledger event by event.

A difference is of an order that is still open on the marketplace, or of goods that go to nobody. It opens with the
event that makes it and closes with the one that mends it. A few minutes' difference is no fault: each number and each
order makes one on its way. How old the oldest one gets is what tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event
from redclock.scenario.difference import Kind

_OURS = (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS, Status.IN_CANCEL, Status.IN_FROZEN)
"""Statuses in which an accepted order is the seller's work."""


@dataclass(slots=True)
class _Story:
    """What the ledger has told of one order so far."""

    status: str = ""
    imported: bool = False
    sent: bool = False
    ended: bool = False
    gone: bool = False
    """Stopped, or with the carrier."""
    refunds: int = 0
    """Pieces paid back."""
    heard: int = 0
    """How many of them the platform has heard of."""
    ordered: int = 0
    """How many of them it had heard of when it asked the supplier."""
    known: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)


Difference = tuple[int, Kind]


class Differences:
    """The differences there are at a moment, and since when."""

    def __init__(self) -> None:
        self._stories: dict[int, _Story] = {}
        self.open: dict[Difference, int] = {}

    def see(self, events: Iterable[Event]) -> None:
        """Goes on with what has happened."""
        for event in events:
            if event.order is not None and self._tell(event):
                self._compare(event.order, event.at)

    def courses(self, events: Iterable[Event]) -> Iterator[tuple[int, Mapping[Difference, int]]]:
        """(market time, what is open since when) after each event that may change it."""
        for event in events:
            self.see((event,))
            yield event.at, self.open

    def _tell(self, event: Event) -> bool:
        """Whether an event changes what is known of its order."""
        assert event.order is not None
        story = self._stories.setdefault(event.order, _Story())
        if "to" in event.facts:
            story.status = event.facts["to"]
            story.ended = story.ended or story.status == Status.FINISH
        match event.what:
            case "imported" | "lines_changed":
                story.imported, story.heard = True, story.refunds
            case Move.PARTIAL_REFUND:
                story.refunds += event.facts["pieces"]
            case "sent_to_supplier":
                story.sent, story.gone, story.ordered = True, False, story.heard
            case "supplier_stopped":
                story.gone = story.gone or event.facts["stopped"]
            case "handed_over":
                story.gone = True
            case "tracking_known":
                story.known.add(event.facts["number"])
            case Move.DECLARE_ALL | Move.DECLARE_PART:
                story.declared.add(event.facts["number"])
            case "shipment_corrected":
                story.declared.discard(event.facts.get("old_number", ""))
                story.declared.add(event.facts["number"])
            case _:
                return "to" in event.facts
        return True

    def _compare(self, order: int, at: int) -> None:
        story = self._stories[order]
        ours, shipped = story.status in _OURS, bool(story.declared) and not story.ended
        there = {
            Kind.MISSING_IN_MIP: ours and not story.imported,
            Kind.NOT_SENT: ours and story.imported and not story.sent,
            Kind.TRACKING_MISSING: (ours or shipped) and not story.known <= story.declared,
            Kind.TRACKING_MISMATCH: shipped and bool(story.known) and not story.declared <= story.known,
            Kind.PARTIAL_MISMATCH: ours and story.sent and not story.gone and story.ordered < story.refunds,
            Kind.CANCELED_OPEN: story.ended and not story.declared and story.sent and not story.gone,
        }
        for kind, holds in there.items():
            if holds:
                self.open.setdefault((order, kind), at)
            else:
                self.open.pop((order, kind), None)

"""What checks and measures go by: the ledger of a run, found quickly, and how many calls were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fakemarket.world.ledger import Event, Ledger
from redclock.checks.invariants import PLACED

Calls = Mapping[tuple[str, str, int], int]
"""How many calls there were, by face, operation and hour since 1970."""


@dataclass(frozen=True)
class About:
    """What a measure is asked about; None: everything."""

    alert: str | None = None
    fault: int | None = None
    operation: str | None = None
    seller: str | None = None


ALL = About()


@dataclass(frozen=True)
class Evidence:
    """One run as it can be looked at.

    Attributes:
        ledger: everything that happened.
        calls: the calls that the subject made over HTTP; none if it made them otherwise.
        calls_a_day: the quota of an app, if there is one.
        without: the same world looked after by another subject, if there is one to compare with.
    """

    ledger: Ledger
    calls: Calls = field(default_factory=dict)
    calls_a_day: int | None = None
    without: Evidence | None = None

    @cached_property
    def by_word(self) -> Mapping[str, list[Event]]:
        """The events by what they are."""
        found: dict[str, list[Event]] = {}
        for event in self.ledger:
            found.setdefault(event.what, []).append(event)
        return found

    @cached_property
    def sellers(self) -> Mapping[int, str]:
        """Whose each order is."""
        placed = (event for word in PLACED for event in self.by_word.get(word, ()))
        return {event.order: event.facts["seller"] for event in placed if event.order is not None}

    def named(self, *words: str, about: About = ALL) -> list[Event]:
        """The events of some kinds, of one seller if asked, in the order in which they happened."""
        lists = [self.by_word[word] for word in dict.fromkeys(words) if word in self.by_word]
        found = lists[0] if len(lists) == 1 else sorted((it for each in lists for it in each), key=_seq)
        return [it for it in found if self.is_of(it, about.seller)] if about.seller else found

    def alerts(self, about: About) -> list[Event]:
        """The messages to people, of one kind if asked."""
        return [it for it in self.by_word.get("alert", ()) if about.alert in (None, it.facts["kind"])]

    def is_of(self, event: Event, seller: str) -> bool:
        """Whether an event concerns a seller."""
        return bool(event.facts.get("seller", self.sellers.get(event.order or 0)) == seller)


def _seq(event: Event) -> int:
    return event.seq

"""Where an order's time went: each second between placing and its end belongs to one part. Reads the ledger only.

The end is the declaration of the whole order, the end of its countdown, or whatever else closed it; failing these, the
last event of the run. Of an order in several parcels the slowest one is followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise
from typing import Any

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event, Ledger
from fakemarket.world.tokens import MIP_APP
from redclock.planner.causes import Cause


class Part(StrEnum):
    """What an order waits for, in the planner's words for its causes where those say the same.

    Preparation and packing have the nights and holidays in them that they last over.
    """

    GATHERING = "waiting for its group or presale"
    PAYMENT = "waiting for payment"
    ACCEPTING = "payment being accepted"
    MONEY = "waiting for the money to be confirmed"
    REVIEW = "payment in review"
    HOLD = "payment on hold"
    CANCELLING = Cause.CANCELLING
    FROZEN = "frozen"
    DISPUTED = "in dispute"
    IMPORT = Cause.IMPORT
    IMPORT_LOCKED = Cause.IMPORT_LOCKED
    SENDING = "waiting to be sent to the supplier"
    SUPPLIER = Cause.SUPPLIER
    OPENING = "waiting for the warehouse to open"
    PREPARATION = Cause.PREPARATION
    QUEUE = Cause.QUEUE
    PACKING = Cause.PACKING
    CARRIER = Cause.CARRIER
    NUMBER = Cause.NUMBER
    PUSH = Cause.PUSH
    PUSH_LOCKED = Cause.PUSH_LOCKED
    REFUSED = Cause.REFUSED
    STOPPED = "stopped at the supplier"


_OF_STATUS: Mapping[str, Part] = {
    Status.WAIT_GROUP_SUCCESS: Part.GATHERING,
    Status.IN_PRESELL_PROMOTION: Part.GATHERING,
    Status.PLACE_ORDER_SUCCESS: Part.PAYMENT,
    Status.PAYMENT_PROCESSING: Part.ACCEPTING,
    Status.WAIT_SELLER_EXAMINE_MONEY: Part.MONEY,
    Status.RISK_CONTROL: Part.REVIEW,
    Status.RISK_CONTROL_HOLD: Part.HOLD,
    Status.IN_CANCEL: Part.CANCELLING,
    Status.IN_FROZEN: Part.FROZEN,
    Status.IN_ISSUE: Part.DISPUTED,
}
_OF_PARCEL: Mapping[str, Part] = {
    "preparing": Part.OPENING,
    "preparing_begins": Part.PREPARATION,
    "laid_out": Part.QUEUE,
    "packing": Part.OPENING,
    "packing_begins": Part.PACKING,
    "packed": Part.CARRIER,
    "handed_over": Part.NUMBER,
}
_ENDS = (Status.WAIT_BUYER_ACCEPT_GOODS, Status.FINISH)
_TOKEN = {"token_revoked": False, "token_expired": False, "token_authorised": True, "token_refreshed": True}
_STAGES = ("preparing", "laid_out", "packing", "packed", "handed_over")
_NEVER = 1 << 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds that an order spent in one part, market time [from_at, until_at)."""

    part: Part
    from_at: int
    until_at: int

    @property
    def seconds(self) -> int:
        return self.until_at - self.from_at


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One order's time, from placing to its end.

    Attributes:
        ended_by: the move that ended it; None if the run did.
        stretches: without gaps.
    """

    order: int
    placed_at: int
    ended_at: int
    ended_by: str | None
    stretches: tuple[Stretch, ...]

    @property
    def parts(self) -> dict[Part, int]:
        """Seconds in each part, in the order in which they were first entered; they add up to the whole."""
        sums: dict[Part, int] = {}
        for stretch in self.stretches:
            sums[stretch.part] = sums.get(stretch.part, 0) + stretch.seconds
        return sums

    @property
    def last(self) -> Part:
        """Where it stood when it ended."""
        return self.stretches[-1].part if self.stretches else Part.PAYMENT


class BadQuestion(LookupError):
    """Nothing can be told about what was asked for; says what can."""


def whereabouts(ledger: Ledger, order: int) -> Whereabouts:
    """Where an order's time went.

    Raises:
        BadQuestion: the ledger has no such order.
    """
    own = ledger.of(order)
    if not own or "to" not in own[0].facts:
        missed = ", ".join(map(str, islice(missed_orders(ledger), 10))) or "none"
        raise BadQuestion(f"there is no order {order} in this run; missed were {missed}")
    placed = own[0]
    end = next((it for it in own if it.facts.get("to") in _ENDS), None)
    ended_at = ledger[len(ledger) - 1].at if end is None else end.at
    told = _told(ledger, own, str(placed.facts["seller"]), end)
    state = _State(*_slowest(own))
    stretches: list[Stretch] = []
    changes = [*told, (ended_at, _NEVER, "end", {})]
    for (at, _, what, facts), (next_at, *_rest) in pairwise(changes):
        state.hear(what, facts)
        from_at, until_at = max(at, placed.at), min(next_at, ended_at)
        if from_at < until_at:
            part = state.part()
            if stretches and stretches[-1].part is part:
                from_at = stretches.pop().from_at
            stretches.append(Stretch(part, from_at, until_at))
    return Whereabouts(order, placed.at, ended_at, None if end is None else end.what, tuple(stretches))


_Change = tuple[int, int, str, Mapping[str, Any]]


def _told(ledger: Ledger, own: list[Event], seller: str, end: Event | None) -> list[_Change]:
    """What an order's state hangs on, by time: its own events, work that begins later than told, the token's fate."""
    last_seq = _NEVER if end is None else end.seq
    token = (it for it in ledger.named(*_TOKEN) if it.facts.get("app") == MIP_APP and it.facts.get("seller") == seller)
    changes: list[_Change] = [(it.at, it.seq, it.what, it.facts) for it in (*token, *own) if it.seq < last_seq]
    for at, seq, what, facts in list(changes):
        if "starts_at" in facts:
            changes.append((max(int(facts["starts_at"]), at), seq, f"{what}_begins", facts))
    return sorted(changes, key=lambda change: change[:2])


def _slowest(own: list[Event]) -> tuple[int, frozenset[str]]:
    """The parcel that the others wait for, or waited for, and the numbers of the others."""
    reached: dict[int, dict[str, int]] = {}
    numbers: dict[str, int] = {}
    stopped, given_up = False, set[int]()
    for event in own:
        if event.what == "supplier_stopped":
            stopped = event.facts["stopped"]
        elif event.what == "sent_to_supplier" and stopped:
            given_up |= reached.keys()  # what is ordered anew leaves in other parcels
            stopped = False
        if event.what in _STAGES:
            parcel = int(event.facts["parcel"])
            reached.setdefault(parcel, {})[event.what] = event.at
            if event.what == "handed_over":
                numbers[str(event.facts["number"])] = parcel
        elif event.what == "tracking_known" and event.facts["number"] in numbers:
            reached[numbers[str(event.facts["number"])]]["tracking_known"] = event.at
    late = ("tracking_known", *reversed(_STAGES))
    slowest = max(
        reached.keys() - given_up, key=lambda it: tuple(reached[it].get(stage, _NEVER) for stage in late), default=0
    )
    return slowest, frozenset(number for number, parcel in numbers.items() if parcel != slowest)


@dataclass(slots=True)
class _State:
    """What is known of an order at an instant, as far as its part hangs on it."""

    parcel: int
    """The one that is followed."""
    numbers_of_others: frozenset[str]
    status: str = ""
    token_lives: bool = True
    imported: bool = False
    refused: bool = False
    stage: Part | None = None
    known: bool = False
    rejected: bool = False

    def hear(self, what: str, facts: Mapping[str, Any]) -> None:
        """Takes in what happened."""
        self.status = facts.get("to", self.status)
        match what:
            case "token_revoked" | "token_expired" | "token_authorised" | "token_refreshed":
                self.token_lives = _TOKEN[what]
            case "imported":
                self.imported = True
            case "pending_review" | "sent_to_supplier":
                self.refused = what == "pending_review"
                kept = None if self.stage is Part.STOPPED else self.stage
                self.stage = kept or (None if self.refused else Part.OPENING)
            case "supplier_stopped" if facts["stopped"]:
                self.stage = Part.STOPPED
            case "tracking_known":
                self.known = self.known or facts["number"] not in self.numbers_of_others
            case "push_rejected" | "declare_refused" | Move.DECLARE_PART:
                self.rejected = what != Move.DECLARE_PART
            case _ if facts.get("parcel") == self.parcel and self.stage is not Part.STOPPED:
                self.stage = _OF_PARCEL.get(what, self.stage)

    def part(self) -> Part:
        """What the order waits for."""
        if self.status in _OF_STATUS:
            return _OF_STATUS[self.status]
        if not self.imported:
            return Part.IMPORT if self.token_lives else Part.IMPORT_LOCKED
        if self.known and self.rejected:
            return Part.REFUSED
        if self.known:
            return Part.PUSH if self.token_lives else Part.PUSH_LOCKED
        return Part.SUPPLIER if self.refused else self.stage or Part.SENDING


def missed_orders(ledger: Ledger) -> Iterator[int]:
    """The orders whose countdown ended, in the order in which they did."""
    for event in ledger.named(Move.COUNTDOWN_ENDS):
        if event.order is not None:
            yield event.order

"""One order's story as lines of text: what happened, when, who did it, and how much of its countdown was left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from shlex import join
from zoneinfo import ZoneInfo

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event, Ledger
from redclock.figures import first_concerned
from redclock.run import Outcome, Transport

_WORDS = {
    Move.PLACE: "ordered",
    Move.PAYMENT_FAILS: "a payment attempt fails",
    Move.PAY: "pays",
    Move.START_REVIEW: "payment goes to review",
    Move.PASS_REVIEW: "payment accepted: pending shipment",
    "countdown": "the countdown runs",
    "imported": "imported by the MIP",
    "sent_to_supplier": "sent to the supplier",
    "pending_review": "stops in pending review",
    "preparing": "the warehouse has it to prepare",
    "laid_out": "its goods lie on the packing table",
    "packing": "a packer takes it",
    "packed": "packed",
    "handed_over": "handed to the carrier",
    "tracking_known": "the MIP knows the tracking number",
    "push_rejected": "the MIP's push is refused",
    "push_unanswered": "the MIP's push is not answered",
    "push_found": "the MIP finds its number on the marketplace",
    "declare_refused": "a declaration is refused",
    Move.DECLARE_PART: "part declared",
    Move.DECLARE_ALL: "tracking declared: the countdown stops",
    Move.COUNTDOWN_ENDS: "THE COUNTDOWN ENDS: closed uncharged",
    "violation": "penalised",
    "first_scan": "first carrier scan",
    "delivered": "delivered",
    "fault": "a fault strikes",
    "alert": "the subject tells a person",
}
_SHOWN = ("status", "reason", "number", "carrier", "why", "kind", "lost_cents", "message")


def replay_line(outcome: Outcome) -> str:
    """The command that repeats a trial exactly."""
    words = ["redclock", "run", outcome.source or outcome.scenario.name, "--seeds", str(outcome.seed)]
    words += [] if outcome.subject.endswith("caretaker:Caretaker") else ["--subject", outcome.subject]
    words += [] if outcome.transport is Transport.HTTP else ["--transport", outcome.transport]
    return join(words)


def first_failing_order(outcome: Outcome) -> int | None:
    """The order to look at first: one that broke a check, missed, was never imported, or went wrong in another way."""
    return first_concerned(outcome.ledger, outcome.violations)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of an order's story.

    Attributes:
        left: on its countdown; empty before that starts.
        words: what happened.
        cause: who or what did it, as the ledger names them.
    """

    event: Event
    left: str
    words: str
    cause: str


def lines(ledger: Ledger, order: int, zone: str) -> Iterator[Line]:
    """One order's story, event by event."""
    local = ZoneInfo(zone)
    ends_at: int | None = None
    for event in ledger.of(order):
        if event.what == "countdown":
            ends_at = event.facts["ship_by_at"]
        yield Line(event, _left(event.at, ends_at), _words(event, local), event.cause)


def story(ledger: Ledger, order: int, zone: str) -> Iterator[str]:
    """The same as text."""
    local = ZoneInfo(zone)
    for line in lines(ledger, order, zone):
        moment = datetime.fromtimestamp(line.event.at, local).strftime("%a %d %b %H:%M:%S")
        cause = "" if line.event.what == "countdown" else f"  [{line.cause}]"
        yield f"{moment}  {line.left:>9}  {line.words}{cause}"


def failure_lines(outcome: Outcome) -> Iterator[str]:
    """The story of the first order concerned, if there is one, and how to see the trial again."""
    order = first_failing_order(outcome)
    if order is not None:
        yield ""
        yield f"order {order}  (times in {outcome.scenario.zone}; second column: time left)"
        yield from story(outcome.ledger, order, outcome.scenario.zone)
    yield ""
    yield f"again: {replay_line(outcome)}"


def _words(event: Event, zone: ZoneInfo) -> str:
    words = _WORDS.get(event.what, event.what.replace("_", " "))
    if event.what == "countdown":
        ends = datetime.fromtimestamp(event.facts["ship_by_at"], zone)
        return f"{words} until {ends.strftime('%a %d %b %H:%M')}"
    facts = [f"{key} {event.facts[key]}" for key in _SHOWN if key in event.facts]
    if event.facts.get("parcel"):  # counted from 0; most orders have one, of which nothing need be said
        facts.insert(0, f"parcel {event.facts['parcel'] + 1}")
    return f"{words} ({', '.join(facts)})" if facts else words


def _left(at: int, ends_at: int | None) -> str:
    """Time left on the countdown as days, hours and minutes; empty before it starts."""
    if ends_at is None:
        return ""
    left = ends_at - at
    sign, left = ("-", -left) if left < 0 else ("", left)
    return f"{sign}{left // 86400}d{left % 86400 // 3600:02d}h{left % 3600 // 60:02d}"

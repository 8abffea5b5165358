"""What must hold in every run, whatever goes wrong. Each check reads the ledger and returns what broke it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from fakemarket.rules.penalties import ViolationKind
from fakemarket.rules.status import MOVES, Move, Status
from fakemarket.world.ledger import Event, Ledger

PAID = (Move.PASS_REVIEW, Move.CONFIRM_MONEY)
DECLARED = (Move.DECLARE_PART, Move.DECLARE_ALL)


@dataclass(frozen=True, slots=True)
class Violation:
    """One check broken."""

    check: str
    message: str
    order: int | None = None
    at: int | None = None


def no_supplier_order_for_an_unpaid_order(ledger: Ledger) -> Iterator[Event]:
    """Goods are ordered only for orders whose payment was accepted."""
    accepted: set[int | None] = set()
    for event in ledger:
        if event.what in PAID:
            accepted.add(event.order)
        elif event.what == "sent_to_supplier" and event.order not in accepted:
            yield event


def one_supplier_order_each(ledger: Ledger) -> Iterator[Event]:
    """No order is sent to the supplier twice."""
    seen: set[int | None] = set()
    for event in ledger.named("sent_to_supplier"):
        if event.order in seen:
            yield event
        seen.add(event.order)


def no_declaration_repeated(ledger: Ledger) -> Iterator[Event]:
    """The subject doesn't declare a number that the marketplace already took, or send a refused one unchanged."""
    known: set[tuple[int | None, str, str]] = set()
    for event in ledger.named(*DECLARED, "declare_refused"):
        said = (event.order, event.facts["number"], event.facts["carrier"])
        if said in known and event.cause not in ("mip", "supplier"):
            yield event
        if event.facts.get("why") != "STATUS_NOT_ALLOWED":  # of the order's state at the time, not of the number
            known.add(said)


def every_miss_is_closed_uncharged(ledger: Ledger) -> Iterator[Event]:
    """A countdown that ends closes the order and is booked as a violation, once, and nothing is declared after it."""
    ended = {event.order: event for event in ledger.named(Move.COUNTDOWN_ENDS)}
    booked = Counter(
        event.order for event in ledger.named("violation") if event.facts["kind"] == ViolationKind.NOT_SHIPPED
    )
    for order, event in ended.items():
        if booked[order] != 1 or event.facts["to"] != Status.FINISH:
            yield event
    for event in ledger.named(*DECLARED):
        if event.order in ended and event.seq > ended[event.order].seq:
            yield event


def nothing_is_declared_late(ledger: Ledger) -> Iterator[Event]:
    """A declaration is taken only before the countdown's end (unless closings are set to be late)."""
    ends: dict[int | None, int] = {}
    for event in ledger.named("countdown", *DECLARED):
        if event.what == "countdown":
            ends[event.order] = event.facts["ship_by_at"]
        elif event.at >= ends.get(event.order, event.at + 1):
            yield event


def moves_are_legal_and_time_goes_on(ledger: Ledger) -> Iterator[Event]:
    """Each move starts where the last one ended, is in the table, and no event comes before the one before it."""
    status: dict[int | None, str] = {}
    last_at = 0
    for event in ledger:
        if event.at < last_at:
            yield event
        last_at = event.at
        if "to" not in event.facts:
            continue
        left = status.get(event.order)
        row = (Status(left) if left else None, Move(event.what))
        if event.facts.get("from") != left or row not in MOVES:
            yield event
        status[event.order] = event.facts["to"]


Invariant = Callable[[Ledger], Iterator[Event]]
INVARIANTS: MappingProxyType[str, Invariant] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            no_supplier_order_for_an_unpaid_order,
            one_supplier_order_each,
            no_declaration_repeated,
            every_miss_is_closed_uncharged,
            nothing_is_declared_late,
            moves_are_legal_and_time_goes_on,
        )
    }
)


def broken(ledger: Ledger) -> list[Violation]:
    """Every invariant that doesn't hold, with the first event that breaks it and how many do."""
    found = []
    for name, check in INVARIANTS.items():
        events = list(check(ledger))
        if events:
            first = events[0]
            more = f" ({len(events)} times in all)" if len(events) > 1 else ""
            sentence = (check.__doc__ or name).strip().rstrip(".")
            message = f"broken: {sentence}{more}; first by {first.what} {dict(first.facts)}"
            found.append(Violation(name, message, first.order, first.at))
    return found

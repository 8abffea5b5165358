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
PLACED = (Move.PLACE, Move.PLACE_IN_GROUP, Move.PLACE_PRESALE)
_SAID = ("alert", "slip")
"""Words about an order that are no part of its story."""
_ENDS = frozenset(move for (_, move), to in MOVES.items() if to is Status.FINISH)


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


def one_live_supplier_order_each(ledger: Ledger) -> Iterator[Event]:
    """No order is sent to the supplier again while what was ordered for it is on its way."""
    live: set[int | None] = set()
    for event in ledger.named("sent_to_supplier", "supplier_stopped"):
        if event.what == "supplier_stopped":
            if event.facts["stopped"]:
                live.discard(event.order)
        elif event.order in live:
            yield event
        else:
            live.add(event.order)


def never_both_declared_and_seller_cancelled(ledger: Ledger) -> Iterator[Event]:
    """An order that was declared, in part or in full, is not cancelled by the seller, nor the other way round."""
    declared: set[int | None] = set()
    cancelled: set[int | None] = set()
    for event in ledger.named(*DECLARED, Move.SELLER_CANCELS):
        mine, other = (cancelled, declared) if event.what == Move.SELLER_CANCELS else (declared, cancelled)
        if event.order in other:
            yield event
        mine.add(event.order)


def no_declaration_repeated(ledger: Ledger) -> Iterator[Event]:
    """The subject doesn't declare a number that the marketplace already took, or send one unchanged that it refused.

    What the marketplace refused the platform may not have reached the subject, whose look at the platform can fail, and
    what it refused a person at the panel is told nobody else; a person may act on a message from before. A refusal
    whose answer is lost, which the ledger says right before it, is told nobody; nor is what was taken so, once reading
    the order back showed it as it was before. What was refused in a round in which the subject's process was killed may
    be written down nowhere.
    """
    known: set[tuple[int | None, str, str]] = set()
    refused_at: dict[tuple[int | None, str, str], int] = {}
    unsure: dict[int | None, tuple[int | None, str, str]] = {}
    lost: tuple[int, int | None] | None = None
    for event in ledger.named(*DECLARED, "declare_refused", "fault", "killed"):
        if event.what == "killed":
            known -= {said for said, at in refused_at.items() if at >= event.facts["woken_at"]}
            continue
        if event.what == "fault":
            lost = (event.at, event.order) if event.facts["kind"] == "answer_lost" else lost
            if event.facts["kind"] == "stale_read" and event.order in unsure:
                known.discard(unsure.pop(event.order))
            continue
        said = (event.order, event.facts["number"], event.facts["carrier"])
        by_another = event.cause in ("mip", "supplier") or event.cause.startswith("person:")
        if said in known and not by_another:
            yield event
        unheard, lost = lost == (event.at, event.order), None
        told = not by_another and not unheard and event.facts.get("why") != "STATUS_NOT_ALLOWED"
        if told or event.what != "declare_refused":
            known.add(said)
            refused_at.pop(said, None)
        if told and event.what == "declare_refused":
            refused_at[said] = event.at
        if unheard and event.what != "declare_refused":
            unsure[event.order] = said
        else:
            unsure.pop(event.order, None)


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
    """A declaration is taken only before the countdown's end, or before the closing where that is set to be later."""
    ends: dict[int | None, int] = {}
    for event in ledger.named("countdown", *DECLARED):
        if event.what == "countdown":
            ends[event.order] = event.facts.get("closes_at", event.facts["ship_by_at"])
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


def each_order_ends_in_one_class(ledger: Ledger) -> Iterator[Event]:
    """An order is open, or it has ended in one way and no other."""
    ends: dict[int | None, set[str]] = {}
    last: dict[int | None, Event] = {}
    for event in ledger:
        if "to" in event.facts:
            last[event.order] = event
            if event.what in _ENDS:
                ends.setdefault(event.order, set()).add(event.what)
    for order, event in last.items():
        ended = event.facts["to"] in (Status.FINISH, Status.ARCHIVE)
        if len(ends.get(order, ())) != ended:
            yield event


def nothing_vanishes(ledger: Ledger) -> Iterator[Event]:
    """Each order is placed before all else, and each parcel ordered, then packed once, then handed over once."""
    done: set[tuple[int, str, object]] = set()
    for event in ledger:
        if event.order is None or event.what in _SAID:
            continue
        parcel = event.facts.get("parcel")
        match event.what:
            case "packed":
                needs = (event.order, "sent_to_supplier", None)
            case "handed_over":
                needs = (event.order, "packed", parcel)
            case _:
                needs = (event.order, "placed", None)
        this = (event.order, "placed" if event.what in PLACED else event.what, parcel)
        once = event.what in PLACED or parcel is not None
        if (once and this in done) or (event.what not in PLACED and needs not in done):
            yield event
        done.add(this)


def money_adds_up(ledger: Ledger) -> Iterator[Event]:
    """A wallet holds what it held, what was paid in and what came back, less what was ordered; and a missed sale costs
    the seller no less than its price, less what was paid back."""
    paid_in: Counter[str] = Counter()
    cents: dict[int | None, int] = {}
    for event in ledger.named(*PLACED, Move.PARTIAL_REFUND, "topped_up", "violation", "books"):
        facts = event.facts
        match event.what:
            case Move.PARTIAL_REFUND:
                cents[event.order] -= facts["cents"]
            case "topped_up":
                paid_in[facts["seller"]] += facts["cents"]
            case "violation":
                if facts["kind"] == ViolationKind.NOT_SHIPPED and facts["lost_cents"] < cents.get(event.order, 0):
                    yield event
            case "books":
                kept = facts["opening_cents"] + facts["paid_in_cents"] + facts["back_cents"] - facts["ordered_cents"]
                if kept != facts["balance_cents"] or facts["paid_in_cents"] != paid_in[facts["seller"]]:
                    yield event
            case _:
                cents[event.order] = facts["cents"]


Invariant = Callable[[Ledger], Iterator[Event]]
INVARIANTS: MappingProxyType[str, Invariant] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            no_supplier_order_for_an_unpaid_order,
            one_live_supplier_order_each,
            never_both_declared_and_seller_cancelled,
            no_declaration_repeated,
            every_miss_is_closed_uncharged,
            nothing_is_declared_late,
            moves_are_legal_and_time_goes_on,
            each_order_ends_in_one_class,
            nothing_vanishes,
            money_adds_up,
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

"""What became of the orders: missed, shipped in time, packed for nothing, imported late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event
from redclock.checks import invariants
from redclock.checks.evidence import About, Evidence
from redclock.checks.measures.measure import Course, quantile

DECLARED, PAID, PLACED = invariants.DECLARED, invariants.PAID, invariants.PLACED
ENDS_UNSHIPPED = (
    Move.COUNTDOWN_ENDS,
    Move.ACCEPT_CANCEL,
    Move.CANCEL_TIMEOUT,
    Move.SELLER_CANCELS,
    Move.REJECT_REVIEW,
    Move.BUYER_CANCELS_IN_REVIEW,
    Move.UNPAID_TIMEOUT,
    Move.BUYER_CANCELS_UNPAID,
)


def orders(evidence: Evidence, about: About) -> Iterator[Event]:
    """Orders placed."""
    yield from evidence.named(*PLACED, about=about)


def accepted(evidence: Evidence, about: About) -> Iterator[Event]:
    """Orders that became the seller's work."""
    yield from evidence.named(*PAID, about=about)


def missed(evidence: Evidence, about: About) -> Iterator[Event]:
    """Orders whose countdown ended without tracking."""
    yield from evidence.named(Move.COUNTDOWN_ENDS, about=about)


def missed_share(evidence: Evidence, about: About) -> float | None:
    """Missed orders among accepted ones."""
    total = len(evidence.named(*PAID, about=about))
    return len(evidence.named(Move.COUNTDOWN_ENDS, about=about)) / total if total else None


def saved(evidence: Evidence, about: About) -> float | None:
    """Orders not missed that the other subject missed in the same world."""
    if evidence.without is None:
        return None
    lost = {event.order for event in evidence.without.named(Move.COUNTDOWN_ENDS, about=about)}
    return len(lost - {event.order for event in evidence.named(Move.COUNTDOWN_ENDS, about=about)})


def lost_cents(evidence: Evidence, about: About) -> Course:
    """What penalised orders cost the seller, in cents."""
    total = 0.0
    for event in evidence.named("violation", about=about):
        total += event.facts["lost_cents"]
        yield event.at, total


def false_shipments(evidence: Evidence, about: About) -> Iterator[Event]:
    """Declared numbers that no carrier scanned in time."""
    yield from evidence.named("false_shipment", about=about)


def shipped(evidence: Evidence, about: About) -> Iterator[Event]:
    """Orders declared in full."""
    yield from evidence.named(Move.DECLARE_ALL, about=about)


def part_shipped(evidence: Evidence, about: About) -> Course:
    """Orders of which a part is declared and the rest is not."""
    parts: set[int | None] = set()
    for event in evidence.named(*DECLARED, Move.COUNTDOWN_ENDS, Move.ACCEPT_CANCEL, Move.CANCEL_TIMEOUT, about=about):
        (parts.add if event.what == Move.DECLARE_PART else parts.discard)(event.order)
        yield event.at, len(parts)


def seller_cancels(evidence: Evidence, about: About) -> Iterator[Event]:
    """Paid orders that the seller cancelled."""
    yield from evidence.named(Move.SELLER_CANCELS, about=about)


def unpaid_sent(evidence: Evidence, about: About) -> Iterator[Event]:
    """Unpaid orders sent to the supplier."""
    yield from invariants.no_supplier_order_for_an_unpaid_order(evidence.ledger)


def duplicates(evidence: Evidence, about: About) -> Iterator[Event]:
    """Supplier orders for an order that has a live one already."""
    yield from invariants.one_live_supplier_order_each(evidence.ledger)


def repeated_declarations(evidence: Evidence, about: About) -> Iterator[Event]:
    """Declarations sent again although the marketplace had answered them."""
    yield from invariants.no_declaration_repeated(evidence.ledger)


def refused_declarations(evidence: Evidence, about: About) -> Iterator[Event]:
    """Declarations that the marketplace refused, whoever made them."""
    yield from evidence.named("declare_refused", about=about)


def rejected_pushes(evidence: Evidence, about: About) -> Iterator[Event]:
    """Numbers that the marketplace refused to the integration platform."""
    yield from evidence.named("push_rejected", about=about)


def wasted(evidence: Evidence, about: About) -> float:
    """Parcels packed for orders that ended unshipped or were never paid."""
    ended = {event.order for event in evidence.named(*ENDS_UNSHIPPED)}
    paid = {event.order for event in evidence.named(*PAID)}
    packed = evidence.named("packed", about=about)
    return sum(event.order in ended or event.order not in paid for event in packed)


def wrongly_packed(evidence: Evidence, about: About) -> Iterator[Event]:
    """Parcels packed with a piece in them that was paid back before."""
    yield from _with_too_much(evidence, about, "packed")


def wrongly_sent(evidence: Evidence, about: About) -> Iterator[Event]:
    """Parcels handed to the carrier with a piece in them that was paid back before."""
    yield from _with_too_much(evidence, about, "handed_over")


def _with_too_much(evidence: Evidence, about: About, word: str) -> Iterator[Event]:
    """Events of parcels that were ordered before a piece was paid back, or before the platform had heard of it."""
    refunds: Counter[int | None] = Counter()
    heard: Counter[int | None] = Counter()
    ordered: dict[tuple[int | None, int], int] = {}
    words = (Move.PARTIAL_REFUND, "imported", "lines_changed", "preparing", word)
    for event in evidence.named(*words, about=about) if Move.PARTIAL_REFUND in evidence.by_word else ():
        match event.what:
            case Move.PARTIAL_REFUND:
                refunds[event.order] += event.facts["pieces"]
            case "imported" | "lines_changed":
                heard[event.order] = refunds[event.order]
            case "preparing":
                ordered[event.order, event.facts["parcel"]] = heard[event.order]
            case _ if ordered[event.order, event.facts["parcel"]] < refunds[event.order]:
                yield event


def sent_after_the_end(evidence: Evidence, about: About) -> Iterator[Event]:
    """Parcels handed to the carrier after their order had ended."""
    ended: set[int | None] = set()
    for event in evidence.named(*ENDS_UNSHIPPED, "handed_over", about=about):
        if event.what != "handed_over":
            ended.add(event.order)
        elif event.order in ended:
            yield event


def unanswered_cancellations(evidence: Evidence, about: About) -> Iterator[Event]:
    """Requests to cancel that were granted because nobody answered."""
    yield from evidence.named(Move.CANCEL_TIMEOUT, about=about)


def wrong_refusals(evidence: Evidence, about: About) -> Iterator[Event]:
    """Requests to cancel refused though no parcel had left."""
    left: set[int | None] = set()
    for event in evidence.named("handed_over", Move.REFUSE_CANCEL, about=about):
        if event.what == "handed_over":
            left.add(event.order)
        elif event.order not in left:
            yield event


def never_imported(evidence: Evidence, about: About) -> Course:
    """Accepted orders that the integration platform doesn't have; at the end, that it never got."""
    imported: set[int | None] = set()
    lacking: set[int | None] = set()
    for event in evidence.named("imported", *PAID, about=about):
        if event.what == "imported":
            imported.add(event.order)
            lacking.discard(event.order)
        elif event.order not in imported:
            lacking.add(event.order)
        yield event.at, len(lacking)


def import_minutes_max(evidence: Evidence, about: About) -> float | None:
    """The longest that an accepted order waited for its import."""
    return max(_import_minutes(evidence, about), default=None)


def import_minutes_p95(evidence: Evidence, about: About) -> float | None:
    """Minutes from acceptance to import: one order in twenty waited longer."""
    return quantile(_import_minutes(evidence, about), 0.95)


def _import_minutes(evidence: Evidence, about: About) -> list[float]:
    paid_at = {event.order: event.at for event in evidence.named(*PAID, about=about)}
    imports = [event for event in evidence.named("imported", about=about) if event.order in paid_at]
    return [max(0, event.at - paid_at[event.order]) / 60 for event in imports]


def lead_hours_p05(evidence: Evidence, about: About) -> float | None:
    """Hours left when tracking was accepted: one order in twenty had less."""
    return quantile(_leads(evidence, about), 0.05)


def lead_hours_p50(evidence: Evidence, about: About) -> float | None:
    """Hours left when tracking was accepted: half of the orders had less."""
    return quantile(_leads(evidence, about), 0.5)


def _leads(evidence: Evidence, about: About) -> list[float]:
    ends: dict[int | None, int] = {}
    leads = []
    for event in evidence.named("countdown", Move.DECLARE_ALL, about=about):
        if event.what == "countdown":
            ends[event.order] = event.facts["ship_by_at"]
        elif event.order in ends:
            leads.append((ends[event.order] - event.at) / 3600)
    return leads


def resend_inversions(evidence: Evidence, about: About) -> float:
    """Orders once refused by the supplier that went out behind one with more time left, in the same second."""
    ends: dict[int | None, int] = {}
    refused: set[int | None] = set()
    found, before = 0, (-1, 0)
    for event in evidence.named("countdown", "pending_review", "sent_to_supplier", about=about):
        match event.what:
            case "countdown":
                ends[event.order] = event.facts["ship_by_at"]
            case "pending_review":
                refused.add(event.order)
            case _ if event.order in refused and event.order in ends:
                found += before[0] == event.at and before[1] > ends[event.order]
                before = event.at, ends[event.order]
    return found


def declaration_inversions(evidence: Evidence, about: About) -> float:
    """Numbers that a call declared behind one of the same seller's with more time left, in the same second."""
    ends: dict[int | None, int] = {}
    found, before = 0, dict.fromkeys(evidence.sellers.values(), (-1, 0))
    for event in evidence.named("countdown", *DECLARED, about=about):
        if event.what == "countdown":
            ends[event.order] = event.facts["ship_by_at"]
        elif event.order in ends and event.cause.startswith("call"):
            seller, this = evidence.sellers[event.order or 0], (event.at, ends[event.order])
            found += before[seller][0] == this[0] and before[seller][1] > this[1]
            before[seller] = this
    return found


def unpaid(evidence: Evidence, about: About) -> Course:
    """Orders whose payment is pending."""
    yield from _in_status(evidence, about, {Status.PLACE_ORDER_SUCCESS})


def waiting(evidence: Evidence, about: About) -> Course:
    """Orders that wait to be shipped."""
    yield from _in_status(evidence, about, {Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS})


def _in_status(evidence: Evidence, about: About, statuses: set[Status]) -> Course:
    there: set[int | None] = set()
    for event in evidence.ledger:
        if "to" in event.facts and (about.seller is None or evidence.is_of(event, about.seller)):
            size = len(there)
            (there.add if event.facts["to"] in statuses else there.discard)(event.order)
            if len(there) != size:
                yield event.at, len(there)


def manual(evidence: Evidence, about: About) -> Iterator[Event]:
    """What people did by hand: logins, numbers entered, payments, answers."""
    for event in evidence.ledger:
        by_hand = event.cause.startswith("person:") and event.what in _BY_HAND
        if by_hand and (about.seller is None or evidence.is_of(event, about.seller)):
            yield event


_BY_HAND = (
    *DECLARED,
    "declare_refused",
    "token_authorised",
    "topped_up",
    "supplier_stopped",
    "sent_to_supplier",
    "pending_review",
    Move.REQUEST_CANCEL,
    Move.ACCEPT_CANCEL,
    Move.REFUSE_CANCEL,
)

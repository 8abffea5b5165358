"""What happened to an order, in plain words, from the ledger.

A word of the ledger that isn't in the table is told as it stands, so that new kinds of events are never hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fakemarket.faces.panel.moments import Local, money
from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event

WORDS = {
    Move.PLACE: "The buyer orders",
    Move.PLACE_IN_GROUP: "The buyer orders as one of a group",
    Move.PLACE_PRESALE: "The buyer orders in a presale",
    Move.GROUP_SUCCEEDS: "The group is complete",
    Move.GROUP_FAILS: "The group never came about: closed",
    Move.PRESALE_OPENS: "The presale opens for payment",
    Move.PAY: "The buyer pays",
    Move.PAY_OFFLINE: "The buyer pays offline; the amount must be confirmed",
    Move.PAYMENT_FAILS: "A payment attempt fails",
    Move.CONFIRM_MONEY: "The amount received is confirmed",
    Move.UNPAID_TIMEOUT: "Nobody paid in time: closed",
    Move.BUYER_CANCELS_UNPAID: "The buyer cancels before paying",
    Move.START_REVIEW: "The payment goes to review",
    Move.PASS_REVIEW: "Payment accepted: the order is to be shipped",
    Move.HOLD_REVIEW: "The review holds the payment; the buyer must appeal",
    Move.REJECT_REVIEW: "The review rejects the payment: closed",
    Move.BUYER_CANCELS_IN_REVIEW: "The buyer cancels during the review",
    Move.PARTIAL_REFUND: "The buyer is paid a piece back: less is to be sent",
    Move.DECLARE_PART: "A part is declared as sent; the countdown goes on",
    Move.DECLARE_ALL: "Declared as sent: the countdown stops",
    Move.REQUEST_CANCEL: "The buyer asks to cancel",
    Move.ACCEPT_CANCEL: "The cancellation is accepted: closed",
    Move.CANCEL_TIMEOUT: "The request was not answered in time and is granted: closed",
    Move.REFUSE_CANCEL: "The cancellation is refused",
    Move.COUNTDOWN_ENDS: "The countdown ends: closed, not charged",
    Move.SELLER_CANCELS: "The seller cancels the order",
    Move.FREEZE: "The order is frozen",
    Move.UNFREEZE: "The order is released again",
    Move.OPEN_DISPUTE: "The buyer opens a dispute",
    Move.SETTLE_DISPUTE: "The dispute is settled",
    Move.REFUND_DISPUTE: "The dispute ends in a refund",
    Move.DISPUTE_TIMEOUT: "The dispute is lost: it was not answered in time",
    Move.CONFIRM_RECEIPT: "The buyer confirms receipt",
    Move.AUTO_CONFIRM: "Receipt counts as confirmed",
    Move.RELEASE_FUNDS: "The money is released: the order is over",
    Move.ARCHIVE: "Archived",
    "countdown": "The countdown runs",
    "violation": "A breach of the platform's rules is booked",
    "declare_refused": "A declaration is refused",
    "imported": "The MIP imports the order",
    "pending_review": "The supplier refuses it: pending review in the MIP",
    "lines_changed": "The MIP takes over what the order's lines are now",
    "sent_to_supplier": "The MIP sends the order to the supplier",
    "supplier_stopped": "The MIP stops the order at the supplier",
    "acknowledged": "A consumer of the MIP acknowledges the order",
    "tracking_known": "The MIP learns a tracking number",
    "push_rejected": "The MIP's tracking is refused by AliExpress",
    "push_unanswered": "The MIP gets no answer to its tracking",
    "push_found": "The MIP finds its tracking at AliExpress",
    "preparing": "The warehouse has it to prepare",
    "laid_out": "Its goods lie on the packing table",
    "packing": "A packer takes it",
    "packed": "Packed",
    "handed_over": "Handed to the carrier",
    "first_scan": "The carrier scans the parcel for the first time",
    "delivered": "Delivered",
    "false_shipment": "Booked as a false shipment",
    "buyer_feedback": "The buyer leaves feedback",
    "fault": "A fault strikes",
}

_WHO = {
    "platform": "AliExpress",
    "mip": "the MIP",
    "call": "a client of the API",
    "panel": "a person at the panel",
    "opening": "the market's opening",
}
_SHOWN = ("carrier", "number", "attempt", "why", "reason", "kind", "points", "stopped")
_BAD = (Move.COUNTDOWN_ENDS, "violation", "false_shipment", "declare_refused", "push_rejected", "fault")
_COUNTED = {
    Move.PLACE: "ordered",
    Move.PAY: "paid",
    Move.PASS_REVIEW: "ready to ship",
    Move.DECLARE_ALL: "declared as sent",
    Move.REQUEST_CANCEL: "asked to cancel",
    Move.COUNTDOWN_ENDS: "missed",
    "delivered": "delivered",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event for a person.

    Attributes:
        who: whose doing it was.
        details: what else is known, `name value` each.
        bad: the seller lost something by it.
    """

    at: int
    words: str
    who: str
    details: tuple[str, ...] = ()
    bad: bool = False


def told(event: Event, local: Local, currency: str) -> Told:
    """An event in plain words."""
    facts = event.facts
    words = WORDS.get(event.what, event.what.replace("_", " ").capitalize())
    details = [f"{name} {facts[name]}" for name in _SHOWN if name in facts]
    if event.what == "sent_to_supplier":
        details = [f"order {facts['number']} to the supplier"]
    if "ship_by_at" in facts:
        words = f"{words} until {local.short(facts['ship_by_at'])}"
    if "parcel" in facts:
        details.append(f"parcel {facts['parcel'] + 1}")
    if "cents" in facts:
        details.append(money(facts["cents"], currency))
    if "lost_cents" in facts:
        details.append(f"lost {money(facts['lost_cents'], currency)}")
    return Told(event.at, words, who(event.cause), tuple(details), event.what in _BAD)


def who(cause: str) -> str:
    """Whose doing an event was."""
    return _WHO.get(cause, cause.replace(":", " ") if cause.startswith("fault:") else f"the {cause}")


def summary(events: Iterable[Event]) -> str:
    """What happened meanwhile, counted: `3 ordered, 1 missed`; the main things only."""
    counts = Counter(event.what for event in events)
    said = ", ".join(f"{counts[what]} {words}" for what, words in _COUNTED.items() if counts[what])
    if said:
        return said
    return "nothing of note" if counts.total() else "nothing"

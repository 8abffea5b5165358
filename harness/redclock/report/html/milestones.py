"""Short words for what happens to an order, and colours for what it waits for, as charts need them."""

from __future__ import annotations

from typing import assert_never

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event
from redclock.report.whereabouts import Part

_WORDS: dict[str, str] = {
    Move.PLACE: "ordered",
    Move.PLACE_IN_GROUP: "ordered in a group",
    Move.PLACE_PRESALE: "ordered in a presale",
    Move.PAYMENT_FAILS: "payment fails",
    Move.PAY: "paid",
    Move.PAY_OFFLINE: "paid offline",
    Move.CONFIRM_MONEY: "money confirmed",
    Move.START_REVIEW: "in review",
    Move.HOLD_REVIEW: "on hold",
    Move.PASS_REVIEW: "accepted",
    Move.REJECT_REVIEW: "rejected",
    Move.REQUEST_CANCEL: "cancellation asked",
    Move.ACCEPT_CANCEL: "cancelled",
    Move.CANCEL_TIMEOUT: "cancelled unanswered",
    Move.REFUSE_CANCEL: "cancellation refused",
    Move.SELLER_CANCELS: "cancelled by the seller",
    Move.FREEZE: "frozen",
    Move.UNFREEZE: "released",
    Move.OPEN_DISPUTE: "dispute",
    Move.DECLARE_PART: "part declared",
    Move.DECLARE_ALL: "declared",
    Move.COUNTDOWN_ENDS: "COUNTDOWN ENDS",
    "imported": "imported",
    "sent_to_supplier": "sent to the supplier",
    "pending_review": "refused by the supplier",
    "supplier_stopped": "stopped at the supplier",
    "laid_out": "on the packing table",
    "packed": "packed",
    "handed_over": "with the carrier",
    "tracking_known": "number known",
    "push_rejected": "push refused",
    "push_unanswered": "push not answered",
    "push_found": "push found to have arrived",
    "declare_refused": "declaration refused",
    "violation": "penalised",
    "false_shipment": "false shipment",
    "first_scan": "first scan",
}


def milestone(event: Event) -> str | None:
    """What to write beside an event of an order; None for one that a picture has no room for."""
    return _WORDS.get(event.what)


def fill_of(part: Part) -> str:
    """By whom an order waits: buyer and marketplace, platform, supplier, warehouse; red is what is out of order."""
    match part:
        case (
            Part.GATHERING
            | Part.PAYMENT
            | Part.ACCEPTING
            | Part.MONEY
            | Part.REVIEW
            | Part.HOLD
            | Part.CANCELLING
            | Part.FROZEN
            | Part.DISPUTED
        ):
            return "tint-soft"
        case Part.IMPORT | Part.SENDING | Part.NUMBER | Part.PUSH:
            return "tint-blue"
        case Part.IMPORT_LOCKED | Part.PUSH_LOCKED | Part.REFUSED | Part.STOPPED:
            return "tint-red"
        case Part.SUPPLIER:
            return "tint-amber"
        case Part.OPENING | Part.PREPARATION | Part.QUEUE | Part.PACKING | Part.CARRIER:
            return "tint-teal"
        case _:
            assert_never(part)

"""A difference opens with the event that makes it and closes with the one that mends it."""

from __future__ import annotations

from typing import Any

from fakemarket.world.ledger import Event
from redclock.checks.differences import Differences
from redclock.scenario.difference import Kind

Told = tuple[str, dict[str, Any]]
ACCEPTED: Told = ("pass_review", {"to": "WAIT_SELLER_SEND_GOODS"})
IMPORTED: Told = ("imported", {})
SENT: Told = ("sent_to_supplier", {})
MISSED: Told = ("countdown_ends", {"to": "FINISH"})


def known(number: str) -> Told:
    return "tracking_known", {"number": number}


def declared(number: str, *, whole: bool = True) -> Told:
    if whole:
        return "declare_all", {"to": "WAIT_BUYER_ACCEPT_GOODS", "number": number}
    return "declare_part", {"to": "SELLER_PART_SEND_GOODS", "number": number}


def left(*told: Told) -> list[tuple[Kind, int]]:
    """Kinds and since when, after events at 1, 2, 3, ..."""
    there = Differences()
    there.see(Event(at, at, 1, what, facts, "test") for at, (what, facts) in enumerate(told, start=1))
    return [(kind, since_at) for (_, kind), since_at in there.open.items()]


def test_an_accepted_order_is_to_be_imported_then_sent() -> None:
    assert left(ACCEPTED) == [(Kind.MISSING_IN_MIP, 1)]
    assert left(ACCEPTED, IMPORTED) == [(Kind.NOT_SENT, 2)]
    assert left(ACCEPTED, IMPORTED, SENT) == []


def test_a_number_is_to_reach_the_marketplace_every_part_of_it() -> None:
    assert left(ACCEPTED, IMPORTED, SENT, known("A")) == [(Kind.TRACKING_MISSING, 4)]
    assert left(ACCEPTED, IMPORTED, SENT, known("A"), declared("A")) == []
    assert left(ACCEPTED, IMPORTED, SENT, known("A"), declared("A"), known("B")) == [(Kind.TRACKING_MISSING, 6)]


def test_a_wrong_number_differs_until_it_is_corrected() -> None:
    wrong = (ACCEPTED, IMPORTED, SENT, known("A"), declared("X"))
    assert dict(left(*wrong)) == {Kind.TRACKING_MISSING: 4, Kind.TRACKING_MISMATCH: 5}
    assert left(*wrong, ("shipment_corrected", {"old_number": "X", "number": "A"})) == []


def test_a_piece_paid_back_differs_until_what_was_ordered_is_stopped_gone_or_ordered_anew() -> None:
    refund: Told = ("partial_refund", {"to": "WAIT_SELLER_SEND_GOODS", "pieces": 1})
    heard: Told = ("lines_changed", {"pieces": 1})
    stopped: Told = ("supplier_stopped", {"stopped": True})
    sent = (ACCEPTED, IMPORTED, SENT, refund)
    assert left(*sent) == [(Kind.PARTIAL_MISMATCH, 4)]
    assert left(*sent, stopped) == []
    assert left(*sent, ("handed_over", {})) == []
    assert left(*sent, stopped, SENT) == [(Kind.PARTIAL_MISMATCH, 6)], "the platform has not heard of it"
    assert left(*sent, stopped, heard, SENT) == []
    assert left(ACCEPTED, IMPORTED, refund, heard, SENT) == []
    assert left(*sent, stopped, heard, SENT, refund) == [(Kind.PARTIAL_MISMATCH, 8)]


def test_a_missed_order_s_goods_are_to_be_stopped_unless_they_have_left() -> None:
    assert left(ACCEPTED, IMPORTED, SENT, MISSED) == [(Kind.CANCELED_OPEN, 4)]
    assert left(ACCEPTED, IMPORTED, SENT, MISSED, ("supplier_stopped", {"stopped": True})) == []
    assert left(ACCEPTED, IMPORTED, SENT, ("handed_over", {}), MISSED) == []
    assert left(ACCEPTED, MISSED) == [], "an order that has ended is nobody's work"

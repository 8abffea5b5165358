"""Each invariant is broken by a planted event and by nothing a healthy run does."""

from typing import Any

import pytest

from fakemarket.world.ledger import Ledger
from redclock.checks.evidence import About, Evidence
from redclock.checks.invariants import INVARIANTS, broken
from redclock.checks.measures import MEASURES

HEALTHY: list[tuple[int, int, str, dict[str, Any], str]] = [
    (10, 1, "place", {"to": "PLACE_ORDER_SUCCESS", "seller": "shop-1", "cents": 5}, "buyer"),
    (20, 1, "pay", {"from": "PLACE_ORDER_SUCCESS", "to": "PAYMENT_PROCESSING"}, "buyer"),
    (30, 1, "start_review", {"from": "PAYMENT_PROCESSING", "to": "RISK_CONTROL"}, "platform"),
    (40, 1, "pass_review", {"from": "RISK_CONTROL", "to": "WAIT_SELLER_SEND_GOODS"}, "platform"),
    (40, 1, "countdown", {"ship_by_at": 100}, "platform"),
    (50, 1, "sent_to_supplier", {"number": 1}, "mip"),
]
WAITS = "WAIT_SELLER_SEND_GOODS"
DECLARED = (
    99,
    1,
    "declare_all",
    {"from": "WAIT_SELLER_SEND_GOODS", "to": "WAIT_BUYER_ACCEPT_GOODS", "number": "N", "carrier": "C"},
    "call",
)
MISSED = (100, 1, "countdown_ends", {"from": "WAIT_SELLER_SEND_GOODS", "to": "FINISH"}, "platform")
BOOKED = (100, 1, "violation", {"kind": "seller_not_shipped", "lost_cents": 5}, "platform")
PART = (60, 1, "declare_part", {"from": WAITS, "to": "SELLER_PART_SEND_GOODS", "number": "N", "carrier": "C"}, "call")
CANCELLED = (70, 1, "seller_cancels", {"from": "SELLER_PART_SEND_GOODS", "to": "FINISH"}, "call")
ARCHIVED = {"from": "FINISH", "to": "ARCHIVE"}
GRANTED = (102, 1, "accept_cancel", {"from": "ARCHIVE", "to": "FINISH"}, "call")


def ledger(*events: tuple[int, int | None, str, dict[str, Any], str]) -> Ledger:
    made = Ledger()
    for event in events:
        made.append(*event)
    return made


STATUS = "STATUS_NOT_ALLOWED"


def measured(name: str, history: Ledger, alert: str | None = None) -> float | None:
    return MEASURES[name].of(Evidence(history), About(alert=alert))


def test_healthy_histories_break_nothing() -> None:
    assert broken(ledger(*HEALTHY, DECLARED)) == []
    assert broken(ledger(*HEALTHY, MISSED, BOOKED)) == []


REFUND = (55, 1, "partial_refund", {"from": WAITS, "to": WAITS, "pieces": 1, "cents": 2}, "fault:0")


@pytest.mark.parametrize(("lost_cents", "adds_up"), [(2, False), (3, True), (4, True)])
def test_what_was_paid_back_is_not_lost_with_a_missed_sale(lost_cents: int, adds_up: bool) -> None:
    booked = (100, 1, "violation", {**BOOKED[3], "lost_cents": lost_cents}, "platform")
    assert (broken(ledger(*HEALTHY, REFUND, MISSED, booked)) == []) == adds_up


def test_a_parcel_is_wrong_if_it_was_ordered_before_a_piece_of_it_was_paid_back() -> None:
    def wrong(*events: Any) -> tuple[float | None, float | None]:
        left = (80, 1, "handed_over", {"parcel": 0, "number": "N"}, "warehouse")
        history = ledger(*HEALTHY, *events, left)
        return measured("wrongly_packed", history), measured("wrongly_sent", history)

    prepared = (50, 1, "preparing", {"parcel": 0, "starts_at": 50}, "warehouse")
    packed = (60, 1, "packed", {"parcel": 0}, "warehouse")
    heard = (56, 1, "lines_changed", {"pieces": 1}, "mip")
    assert wrong(prepared, packed) == (0, 0)
    assert wrong(prepared, REFUND, packed) == (1, 1)
    assert wrong(prepared, REFUND, heard, packed) == (1, 1)
    assert wrong(prepared, packed, (65, *REFUND[1:])) == (0, 1)
    assert wrong(REFUND, heard, (57, *prepared[1:]), packed) == (0, 0)
    assert wrong(REFUND, (57, *prepared[1:]), packed) == (1, 1)


@pytest.mark.parametrize(
    ("who", "why", "repeated"),
    [("call", "x", True), ("mip", "x", False), ("person:1", "x", False), ("call", STATUS, False)],
)
def test_a_refusal_is_repeated_by_whom_it_was_told_to(who: str, why: str, repeated: bool) -> None:
    refusal = {"number": "N", "carrier": "C", "why": why}
    told = ledger(*HEALTHY, (60, 1, "declare_refused", refusal, who), (61, 1, "declare_refused", refusal, "call"))
    assert bool(broken(told)) == repeated


@pytest.mark.parametrize(
    ("kind", "seconds", "repeated"), [("answer_lost", 0, False), ("answer_lost", 1, True), ("latency", 0, True)]
)
def test_a_refusal_whose_answer_is_lost_was_told_nobody(kind: str, seconds: int, repeated: bool) -> None:
    refusal = {"number": "N", "carrier": "C", "why": "x"}
    lost = (60, 1, "fault", {"kind": kind}, "fault:0")
    refused, again, third = ((at, 1, "declare_refused", refusal, "call") for at in (60 + seconds, 90, 99))
    why = (60 + seconds, 1, "fault", {"kind": "carrier_refused"}, "fault:1")
    assert bool(broken(ledger(*HEALTHY, lost, why, refused, again))) == repeated
    assert broken(ledger(*HEALTHY, lost, why, refused, again, third))


@pytest.mark.parametrize(("woken_at", "repeated"), [(59, False), (60, False), (61, True)])
def test_what_was_refused_in_a_round_that_a_death_cut_short_is_forgotten(woken_at: int, repeated: bool) -> None:
    refusal = {"number": "N", "carrier": "C", "why": "x"}
    refused, again, third = ((at, 1, "declare_refused", refusal, "call") for at in (60, 90, 99))
    killed = (61, None, "killed", {"woken_at": woken_at}, "subject")
    assert bool(broken(ledger(*HEALTHY, refused, killed, again))) == repeated
    assert broken(ledger(*HEALTHY, refused, killed, again, third))
    assert broken(ledger(*HEALTHY, PART, killed, (90, *PART[1:]))), "what was taken shows"


def test_a_person_may_enter_what_was_refused_since_the_message_was_sent() -> None:
    refusal = {"number": "N", "carrier": "C", "why": "x"}
    for who, repeated in (("call", True), ("person:0", False)):
        told = ledger(*HEALTHY, (60, 1, "declare_refused", refusal, "call"), (61, 1, "declare_refused", refusal, who))
        assert bool(broken(told)) == repeated


def test_what_was_taken_unheard_is_unknown_once_its_order_was_shown_as_before() -> None:
    lost, stale, of_another = (
        (60, order, "fault", {"kind": kind}, "fault:0")
        for kind, order in (("answer_lost", 1), ("stale_read", 1), ("stale_read", 2))
    )

    def repeats(*events: tuple[int, int, str, dict[str, Any], str]) -> int:
        return len(list(INVARIANTS["no_declaration_repeated"](ledger(*HEALTHY, *events))))

    assert repeats(lost, PART, PART) == 1
    assert repeats(lost, PART, stale, PART) == 0
    assert repeats(lost, PART, stale, PART, PART) == 1
    assert repeats(lost, PART, of_another, PART) == 1
    assert repeats(PART, stale, PART) == 1, "it was told"
    assert repeats(lost, PART, PART, stale, PART) == 2, "it was told the second time"
    assert repeats(stale, lost, PART, PART) == 1, "what was read before tells nothing"


def test_an_answer_that_is_lost_is_that_of_one_order_and_of_one_call() -> None:
    refused = (60, 1, "declare_refused", {"number": "N", "carrier": "C", "why": "x"}, "call")
    of_another = (60, 2, "fault", {"kind": "answer_lost"}, "fault:0")
    of_it = (60, 1, "fault", {"kind": "answer_lost"}, "fault:0")
    assert broken(ledger(*HEALTHY, of_another, refused, refused))
    assert broken(ledger(*HEALTHY, of_it, refused, refused, refused))
    assert not broken(ledger(*HEALTHY, of_it, refused, of_it, refused, refused))


@pytest.mark.parametrize(
    ("check", "events"),
    [
        ("no_supplier_order_for_an_unpaid_order", [HEALTHY[0], (15, 1, "sent_to_supplier", {}, "call")]),
        ("one_live_supplier_order_each", [*HEALTHY, (60, 1, "sent_to_supplier", {"number": 2}, "call")]),
        (
            "no_declaration_repeated",
            [*HEALTHY, DECLARED, (99, 1, "declare_refused", {"number": "N", "carrier": "C", "why": "x"}, "call")],
        ),
        ("every_miss_is_closed_uncharged", [*HEALTHY, MISSED]),
        ("every_miss_is_closed_uncharged", [*HEALTHY, MISSED, BOOKED, BOOKED]),
        ("nothing_is_declared_late", [*HEALTHY, (100, *DECLARED[1:])]),
        ("moves_are_legal_and_time_goes_on", [HEALTHY[0], HEALTHY[2]]),
        ("moves_are_legal_and_time_goes_on", [*HEALTHY, (45, 1, "acknowledged", {}, "call")]),
        ("nothing_vanishes", [*HEALTHY, (60, 1, "packed", {"parcel": 0}, "w"), (61, 1, "packed", {"parcel": 0}, "w")]),
        ("nothing_vanishes", [*HEALTHY, (60, 1, "handed_over", {"parcel": 0, "number": "N"}, "warehouse")]),
        ("nothing_vanishes", [*HEALTHY[:5], (60, 1, "packed", {"parcel": 0}, "warehouse")]),
        ("money_adds_up", [*HEALTHY, MISSED, (100, 1, "violation", {**BOOKED[3], "lost_cents": 4}, "platform")]),
    ],
)
def test_a_planted_event_breaks_just_its_check(check: str, events: list[Any]) -> None:
    found = broken(ledger(*events))
    assert [violation.check for violation in found] == [check]
    assert found[0].order == 1


@pytest.mark.parametrize(
    ("check", "events"),
    [
        ("never_both_declared_and_seller_cancelled", [*HEALTHY, PART, CANCELLED]),
        ("each_order_ends_in_one_class", [*HEALTHY, MISSED, BOOKED, (101, 1, "archive", ARCHIVED, "p"), GRANTED]),
    ],
)
def test_what_no_table_of_moves_allows_either_is_found_by_its_own_check_too(check: str, events: list[Any]) -> None:
    found = {violation.check for violation in broken(ledger(*events))}
    assert found == {check, "moves_are_legal_and_time_goes_on"}


def test_a_repeat_by_the_platform_is_not_the_subjects() -> None:
    refused = (99, 1, "declare_refused", {"number": "N", "carrier": "C", "why": "x"}, "mip")
    assert broken(ledger(*HEALTHY, DECLARED, refused)) == []


def test_every_check_and_measure_says_what_it_looks_at() -> None:
    for said in (*(check.__doc__ or "" for check in INVARIANTS.values()), *(it.says for it in MEASURES.values())):
        assert said.strip().endswith(".")


@pytest.mark.parametrize(("at", "late"), [(109, False), (110, True), (111, True)])
def test_what_is_declared_before_a_late_job_closes_the_order_is_in_time(at: int, late: bool) -> None:
    grace = (50, 1, "countdown", {"ship_by_at": 100, "closes_at": 110}, "platform")
    found = {it.check for it in broken(ledger(*HEALTHY, grace, (at, *DECLARED[1:])))}
    assert ("nothing_is_declared_late" in found) == late


def test_the_minutes_to_an_alert_count_from_the_first_trouble() -> None:
    alert = (460, 1, "alert", {"kind": "token_dead", "orders": [1], "message": ""}, "subject")
    told = ledger(*HEALTHY, (100, 1, "fault", {"kind": "token_dies"}, "fault:0"), alert)
    assert measured("minutes_to_alert", told, "token_dead") == 6
    assert measured("minutes_to_alert", told, "running_out") is None
    assert measured("minutes_to_alert", ledger(*HEALTHY), "token_dead") is None


def test_the_deadline_error_compares_with_the_markets_own_countdown() -> None:
    alert = (60, 1, "alert", {"kind": "running_out", "orders": [1], "message": "", "ship_by_at": 220}, "subject")
    assert measured("deadline_error_minutes", ledger(*HEALTHY, alert)) == 2


def test_a_deadline_named_before_a_pause_is_judged_by_the_countdown_of_its_moment() -> None:
    alert = (60, 1, "alert", {"kind": "running_out", "orders": [1], "message": "", "ship_by_at": 100}, "subject")
    longer = (80, 1, "countdown", {"ship_by_at": 700}, "platform")
    assert measured("deadline_error_minutes", ledger(*HEALTHY, alert, longer)) == 0


@pytest.mark.parametrize(("as_of_at", "minutes"), [(79, 0), (80, 10), (81, 10), (-1, 0)])
def test_a_deadline_is_judged_by_the_moment_at_which_it_was_read_if_the_alert_says_so(
    as_of_at: int, minutes: float
) -> None:
    longer = (80, 1, "countdown", {"ship_by_at": 700}, "platform")
    facts = {"kind": "running_out", "orders": [1], "message": "", "ship_by_at": 100, "as_of_at": as_of_at}
    assert measured("deadline_error_minutes", ledger(*HEALTHY, longer, (90, 1, "alert", facts, "subject"))) == minutes


@pytest.mark.parametrize(("balance", "paid_in", "holds"), [(130, 50, True), (129, 50, False), (130, 49, False)])
def test_a_wallet_s_books_are_added_up_with_what_the_ledger_saw_paid_in(
    balance: int, paid_in: int, holds: bool
) -> None:
    books = {"seller": "s", "opening_cents": 100, "paid_in_cents": 50, "back_cents": 10, "ordered_cents": 30}
    events = (
        (1, 0, "topped_up", {"seller": "s", "cents": paid_in}, "person:0"),
        (2, 0, "books", {**books, "balance_cents": balance}, "run"),
    )
    made = Ledger()
    for at, _, what, facts, cause in events:
        made.append(at, None, what, facts, cause)
    assert (broken(made) == []) is holds


def test_an_order_stopped_at_the_supplier_may_be_ordered_again() -> None:
    stopped = (60, 1, "supplier_stopped", {"stopped": True}, "call")
    again = (70, 1, "sent_to_supplier", {"number": 2}, "call")
    assert broken(ledger(*HEALTHY, stopped, again)) == []

"""Where time went adds up, each miss has one cause, and what would have saved an order really does."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Ledger
from redclock.cli import main
from redclock.hunt.space import OF_THE_WORLD
from redclock.hunt.strategies import scenarios
from redclock.report.blame import Inquest, changes
from redclock.report.whereabouts import BadQuestion, Part, whereabouts
from redclock.run import REFERENCE, Transport, run
from redclock.scenario.expect import Expectation
from redclock.scenario.model import Scenario
from redclock.scenario.write import written

MISSED = (Expectation(measure="missed", at_most=0.0),)
NEVER_RENEWS = "redclock.subject.broken:never_renews"
IDLE = "redclock.subject.broken:Idle"


def tight(**other: Any) -> Scenario:
    """Three days to ship in, one slow packer: many are missed."""
    document = {
        "name": "tight",
        "title": "Tight",
        "proves": "Much is missed.",
        "start": "2026-03-02",
        "days": 2,
        "market": {
            "demand": {"orders_per_day": 30.0},
            "countdown": {"preparation_days": 3},
            "warehouse": {"packers": 1, "packing_minutes": {"kind": "constant", "value": 20.0}},
        },
        "faults": [{"kind": "token_dies", "at": "2026-03-03T10:00:00"}, {"kind": "carrier_refused", "share": 0.2}],
        "expect": [{"measure": "missed", "at_most": 0.0}],
    }
    return Scenario.model_validate({**document, **other}, strict=False)


def inquest(scenario: Scenario, seed: int = 0, subject: str = NEVER_RENEWS) -> Inquest:
    outcome = run(scenario, seed, subject=subject, transport=Transport.DIRECT)
    return Inquest(outcome, Transport.DIRECT)


@settings(max_examples=25)
@given(
    scenarios(expect=MISSED, kinds=OF_THE_WORLD, most_days=2),
    st.integers(0, 99),
    st.sampled_from((REFERENCE, IDLE, NEVER_RENEWS)),
)
def test_parts_add_up_to_the_whole_for_every_order(scenario: Scenario, seed: int, subject: str) -> None:
    ledger = run(scenario, seed, subject=subject, transport=Transport.DIRECT).ledger
    for placed in ledger.named(Move.PLACE):
        assert placed.order is not None
        where = whereabouts(ledger, placed.order)
        assert sum(where.parts.values()) == where.ended_at - where.placed_at
        assert all(stretch.seconds > 0 for stretch in where.stretches)
        for event in ledger.of(placed.order):
            if event.what in (Move.DECLARE_ALL, Move.COUNTDOWN_ENDS):
                assert (event.at, event.what) == (where.ended_at, where.ended_by)


def told(*events: tuple[int, str, dict[str, Any]]) -> Ledger:
    ledger = Ledger()
    for at, what, facts in events:
        order = None if what.startswith("token") else 7
        ledger.append(at, order, what, facts, "test")
    return ledger


def test_each_second_belongs_to_what_the_order_waited_for() -> None:
    mip = {"app": "mip", "seller": "shop-1"}
    ledger = told(
        (0, Move.PLACE, {"to": "PLACE_ORDER_SUCCESS", "seller": "shop-1"}),
        (10, Move.PAY, {"to": "PAYMENT_PROCESSING"}),
        (30, Move.START_REVIEW, {"to": "RISK_CONTROL"}),
        (60, Move.PASS_REVIEW, {"to": "WAIT_SELLER_SEND_GOODS"}),
        (65, "token_revoked", mip),
        (70, "token_authorised", mip),
        (75, "imported", {}),
        (75, "pending_review", {"reason": "wallet_empty"}),
        (80, "sent_to_supplier", {}),
        (80, "preparing", {"parcel": 0, "starts_at": 100}),
        (200, "laid_out", {"parcel": 0}),
        (230, "packing", {"parcel": 0, "starts_at": 230}),
        (270, "packed", {"parcel": 0}),
        (320, "handed_over", {"parcel": 0, "number": "A"}),
        (380, "tracking_known", {"number": "A"}),
        (450, "token_expired", mip),
        (530, "token_expired", {"app": "own", "seller": "shop-1"}),
        (600, Move.DECLARE_ALL, {"to": "WAIT_BUYER_ACCEPT_GOODS"}),
        (900, "delivered", {}),
    )
    where = whereabouts(ledger, 7)
    assert where.parts == {
        Part.PAYMENT: 10,
        Part.ACCEPTING: 20,
        Part.REVIEW: 30,
        Part.IMPORT: 10,
        Part.IMPORT_LOCKED: 5,
        Part.SUPPLIER: 5,
        Part.OPENING: 20,
        Part.PREPARATION: 100,
        Part.QUEUE: 30,
        Part.PACKING: 40,
        Part.CARRIER: 50,
        Part.NUMBER: 60,
        Part.PUSH: 70,
        Part.PUSH_LOCKED: 150,
    }
    assert where.last is Part.PUSH_LOCKED


def test_of_two_parcels_the_slower_one_is_followed() -> None:
    ledger = told(
        (0, Move.PLACE, {"to": "WAIT_SELLER_SEND_GOODS", "seller": "shop-1"}),
        (0, "imported", {}),
        (0, "sent_to_supplier", {}),
        (0, "preparing", {"parcel": 0, "starts_at": 0}),
        (0, "preparing", {"parcel": 1, "starts_at": 0}),
        (10, "laid_out", {"parcel": 0}),
        (11, "packing", {"parcel": 0, "starts_at": 11}),
        (12, "packed", {"parcel": 0}),
        (13, "handed_over", {"parcel": 0, "number": "A"}),
        (14, "tracking_known", {"number": "A"}),
        (20, "laid_out", {"parcel": 1}),
        (50, Move.COUNTDOWN_ENDS, {"to": "FINISH"}),
    )
    assert whereabouts(ledger, 7).parts == {Part.PREPARATION: 20, Part.QUEUE: 30}


def test_of_an_order_that_was_stopped_and_sent_again_the_new_parcel_is_followed() -> None:
    ledger = told(
        (0, Move.PLACE, {"to": "WAIT_SELLER_SEND_GOODS", "seller": "shop-1"}),
        (0, "imported", {}),
        (0, "sent_to_supplier", {}),
        (0, "preparing", {"parcel": 0, "starts_at": 0}),
        (10, "supplier_stopped", {"stopped": True}),
        (13, "sent_to_supplier", {}),
        (13, "preparing", {"parcel": 1, "starts_at": 20}),
        (25, "laid_out", {"parcel": 0}),
        (40, "laid_out", {"parcel": 1}),
        (41, "packing", {"parcel": 1, "starts_at": 41}),
        (45, "packed", {"parcel": 1}),
        (50, Move.COUNTDOWN_ENDS, {"to": "FINISH"}),
    )
    assert whereabouts(ledger, 7).parts == {
        Part.OPENING: 17,
        Part.STOPPED: 3,
        Part.PREPARATION: 20,
        Part.QUEUE: 1,
        Part.PACKING: 4,
        Part.CARRIER: 5,
    }


def test_every_miss_has_one_cause_and_they_sum_to_all() -> None:
    asked = inquest(tight())
    assert len(asked.missed) > 10
    causes = asked.causes()
    assert sum(causes.values()) == len(asked.missed)
    assert set(causes) == {asked.cause(order) for order in asked.missed}
    assert "fault 0: token_dies" in causes
    assert set(causes) & set(Part), "some are missed with or without faults"


def test_what_would_have_saved_an_order_does() -> None:
    asked = inquest(tight())
    order = next(it for it in asked.missed if asked.cause(it) == "fault 0: token_dies")
    change = next(each for each in asked.saved_by(order) if each.cause)
    again = run(change.scenario, 0, subject=NEVER_RENEWS, transport=Transport.DIRECT).ledger
    assert Move.DECLARE_ALL in {event.what for event in again.of(order)}


def test_a_fault_taken_away_leaves_the_others_their_luck() -> None:
    scenario = tight(
        faults=[{"kind": "wallet_empty", "until": "2026-03-02T01:00:00"}, {"kind": "carrier_refused", "share": 0.5}]
    )
    without = next(changes(scenario)).scenario

    def struck(each: Scenario) -> set[int | None]:
        ledger = run(each, 3, subject=IDLE, transport=Transport.DIRECT).ledger
        return {event.order for event in ledger.named("fault") if event.cause == "fault:1"}

    assert struck(scenario) == struck(without) != set()


def test_an_order_that_nobody_placed_is_a_bad_question() -> None:
    with pytest.raises(BadQuestion, match="no order 5 in this run; missed were 9"):
        whereabouts(inquest(tight()).outcome.ledger, 5)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "tight.toml"
    path.write_text(written(tight()))
    return str(path)


def test_explain_tells_a_program_what_it_tells_a_person(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", file, "--seed", "1", "--subject", NEVER_RENEWS, "--transport", "direct"]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert sum(answer["parts_seconds"].values()) == answer["total_seconds"]
    assert answer["missed"]
    assert answer["cause"]
    assert main([*words, str(answer["order"])]) == 0
    said = capsys.readouterr().out
    assert answer["cause"] in said
    assert "THE COUNTDOWN ENDS" in said


def test_explain_says_what_it_can_tell_about(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", file, "5", "--transport", "direct"]) == 2
    assert "missed were" in capsys.readouterr().err
    assert main(["explain", "a1-pending-payment-is-not-work", "--transport", "direct"]) == 2
    assert "no order was missed; name one of" in capsys.readouterr().err
    assert main(["explain", "a1-pending-paiment-is-not-work"]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_a_replay_has_the_same_digest_and_another_seed_has_not(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["replay", file, "--transport", "direct", "--seed", "4"]
    assert main(words) == 0
    digest = capsys.readouterr().out.strip()
    assert main([*words, "--expect", digest]) == 0
    assert capsys.readouterr().err == ""
    assert main(["replay", file, "--transport", "direct", "--seed", "5", "--expect", digest]) == 1
    assert f"expected was {digest}: not the same happened" in capsys.readouterr().err

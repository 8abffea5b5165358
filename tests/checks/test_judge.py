"""Expectations are kept or broken where they say: at the end, always, in time after something, over the seeds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.world.ledger import Ledger
from redclock.checks.evidence import Evidence
from redclock.checks.judge import Measured, interval, judge, judge_seeds
from redclock.scenario.expect import Expectation


def told(*events: tuple[int, int | None, str, dict[str, Any]]) -> Evidence:
    ledger = Ledger()
    for at, order, what, facts in events:
        ledger.append(at, order, what, facts, "test")
    return Evidence(ledger)


PLACED = {"seller": "shop-1", "to": "PLACE_ORDER_SUCCESS", "cents": 1}
WAITING = {"from": "RISK_CONTROL", "to": "WAIT_SELLER_SEND_GOODS"}
SENT = {"from": "WAIT_SELLER_SEND_GOODS", "to": "WAIT_BUYER_ACCEPT_GOODS", "number": "N", "carrier": "C"}
BUSY = told(
    (0, 1, "place", PLACED),
    (0, 2, "place", PLACED),
    (100, 1, "pass_review", WAITING),
    (100, 2, "pass_review", WAITING),
    (100, None, "token_revoked", {"app": "mip", "seller": "shop-1"}),
    (3700, 1, "declare_all", SENT),
    (7300, 2, "declare_all", SENT),
    (9000, None, "topped_up", {"seller": "shop-1", "cents": 1}),
)


def test_at_the_end_only_the_last_value_counts() -> None:
    measured = judge(Expectation(measure="waiting", at_most=0), BUSY)
    assert (measured.value, measured.holds) == (0, True)


def test_always_is_broken_by_one_moment_and_says_which() -> None:
    measured = judge(Expectation(measure="waiting", at_most=1, always=True), BUSY)
    assert (measured.value, measured.holds, measured.broken_at) == (2, False, 100)
    assert judge(Expectation(measure="waiting", at_most=2, always=True), BUSY).value == 2


@pytest.mark.parametrize(("within", "holds"), [("7199 s", False), ("7200 s", True), ("7201 s", True)])
def test_eventually_ends_on_its_last_second(within: str, holds: bool) -> None:
    bound = {"after": "token_revoked", "within": within}
    expectation = Expectation.model_validate({"measure": "waiting", "at_most": 0, "eventually": bound})
    assert judge(expectation, BUSY).holds is holds


@pytest.mark.parametrize(
    ("after", "value", "holds"),
    [
        ("token_revoked", 2, True),  # the later of its two is not over, and breaks nothing
        ("topped_up", None, False),  # its time was not over when the run ended
        ("token_expired", None, False),  # never happened
    ],
)
def test_eventually_shows_nothing_without_an_event_after_which_it_was_kept(
    after: str, value: int | None, holds: bool
) -> None:
    late = told(*((it.at, it.order, it.what, dict(it.facts)) for it in BUSY.ledger), (9000, None, "token_revoked", {}))
    bound = {"measure": "waiting", "at_least": 1, "eventually": {"after": after, "within": "1 h"}}
    measured = judge(Expectation.model_validate(bound), late)
    assert (measured.value, measured.holds, measured.broken_at) == (value, holds, None)
    found = "has nothing to measure" if value is None else "is 2"
    assert measured.problem().startswith(f"waiting {found}, expected")


def test_against_another_subject_the_difference_counts() -> None:
    missed = told((5, 1, "countdown_ends", {}), (6, 2, "countdown_ends", {}))
    evidence = Evidence(told((5, 1, "countdown_ends", {})).ledger, without=missed)
    assert judge(Expectation(measure="missed", at_most=-1, against="idle"), evidence).value == -1
    assert judge(Expectation(measure="saved", at_least=1), evidence).value == 1


def over(values: list[float], **said: Any) -> tuple[float | None, bool]:
    expectation = Expectation(measure="missed", at_most=2, **said)
    found = judge_seeds(expectation, [Measured(expectation, value, expectation.holds(value)) for value in values])
    return found.value, found.holds


def test_sometimes_asks_for_one_seed_or_for_a_share_of_them() -> None:
    assert over([5, 5, 1], sometimes=True) == (1 / 3, True)
    assert over([5, 5, 5], sometimes=True) == (0, False)
    assert over([1, 1, 5, 1], sometimes=0.75) == (0.75, True)
    assert over([1, 1, 5, 5], sometimes=0.75) == (0.5, False)


def test_an_interval_is_student_s_and_wholly_within_the_bound() -> None:
    low, high = interval([1.0, 2.0, 3.0], 0.95)
    assert low == pytest.approx(2 - 2.4841, abs=1e-4)
    assert high == pytest.approx(2 + 2.4841, abs=1e-4)
    assert over([1, 2, 3], interval=0.95) == (high, False)
    assert over([1, 1.1, 1.2], interval=0.95)[1]
    least = Expectation(measure="missed", at_least=1, interval=0.95)
    values = [Measured(least, value, holds=True) for value in (1.0, 2.0, 3.0)]
    assert (judge_seeds(least, values).value, judge_seeds(least, values).holds) == (low, False)
    assert over([1], interval=0.95) == (None, False), "one seed has no interval"
    for bounds, broken in (({"at_least": 1, "at_most": 9}, low), ({"at_least": -9, "at_most": 3}, high)):
        both = judge_seeds(Expectation(measure="missed", **bounds, interval=0.95), values)  # type: ignore[arg-type]
        assert (both.value, both.holds) == (broken, False), "the bound that isn't kept"
    for too_few in (values[:1], [*values, replace(values[0], value=None)]):
        assert "missed has no interval, which takes two seeds or more" in judge_seeds(least, too_few).problem()


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20))
def test_a_surer_interval_is_wider_and_holds_the_mean(values: list[float]) -> None:
    low, high = interval(values, 0.9)
    wide_low, wide_high = interval(values, 0.99)
    assert wide_low <= low <= sum(values) / len(values) + 1e-9
    assert high <= wide_high


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "needs `at_most`"),
        ({"at_most": 1, "always": True, "against": "idle"}, "take the value at the end"),
        ({"at_most": 1, "sometimes": True, "interval": 0.9}, "either `sometimes` or `interval`"),
        (
            {"at_most": 1, "always": True, "eventually": {"after": "pay", "within": "1 h"}},
            "either `always` or `eventually`",
        ),
    ],
)
def test_what_contradicts_itself_is_no_expectation(said: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Expectation.model_validate({"measure": "missed", **said})

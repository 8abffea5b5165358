"""A run ends with nothing going wrong any more: what both sides still disagree about then is told apart from safety."""

from __future__ import annotations

import orjson
import pytest

from fakemarket.faults import After, TokenDies
from redclock.run import open_market, run
from redclock.scenario.model import Scenario
from redclock.settling import LIVENESS, begin_settling


def scenario(**changes: object) -> Scenario:
    fields: dict[str, object] = {
        "name": "small",
        "title": "small",
        "proves": "small",
        "start": "2026-03-02",
        "days": 4,
        "market": {"demand": {"orders_per_day": 25.0}, "warehouse": {"out_of_stock_share": 0.0}},
        "faults": [{"kind": "missing_from_import", "share": 0.1}],
        "expect": [{"measure": "missed", "at_most": 1000.0}],
    }
    return Scenario.model_validate_json(orjson.dumps({**fields, **changes}))


MIDWAY = {"from": "2026-03-05T12:00:00", "within": "6 h"}


def test_a_subject_that_compares_has_both_sides_agree_again_in_time() -> None:
    outcome = run(scenario(settle=MIDWAY), 0)
    assert (outcome.violations, outcome.unsettled) == ((), ())


def test_one_that_never_compares_leaves_differences_which_are_no_breach_of_safety() -> None:
    outcome = run(scenario(settle=MIDWAY), 0, subject="redclock.subject.broken:trusts_the_platform")
    assert outcome.violations == ()
    assert [violation.check for violation in outcome.unsettled] == [LIVENESS]
    assert "missing_in_mip" in outcome.unsettled[0].message
    assert not outcome.passed


def test_what_the_scenario_says_may_be_left_is_no_verdict() -> None:
    leaves = {**MIDWAY, "leaves": ["missing_in_mip", "not_sent", "tracking_missing_on_marketplace"]}
    outcome = run(scenario(settle=leaves), 0, subject="redclock.subject.broken:trusts_the_platform")
    assert outcome.unsettled == ()


def test_the_run_goes_on_after_settling_midway_to_its_last_countdown() -> None:
    outcome = run(scenario(settle=MIDWAY), 0)
    shipped = outcome.ledger.named("declare_all", "countdown_ends", "accept_cancel", "cancel_timeout")
    assert len(shipped) == outcome.measures["accepted"]


def test_settling_takes_faults_away_and_gives_access_and_money_back() -> None:
    faults = [{"kind": "token_dies", "at": "2026-03-02T10:00:00"}, {"kind": "wallet_empty"}, {"kind": "down"}]
    market = open_market(scenario(faults=faults), 0)
    market.faults.add(TokenDies(app="own", after=After("token_revoked")))
    market.advance(days=1)
    tokens = market.world.tokens
    assert not tokens.alive("mip", "shop-1")
    assert not tokens.alive("own", "shop-1")
    begin_settling(market)
    assert tokens.alive("mip", "shop-1")
    assert tokens.alive("own", "shop-1")
    assert market.faults.installed == {}
    assert market.world.mip.supplier.balance_cents("shop-1") is None


def test_a_phase_promises_otherwise_from_its_first_second_until_its_last() -> None:
    phase = {"from": "2026-03-03T00:00:00", "until": "2026-03-04T00:00:00", "preparation_days": 7}
    market = open_market(scenario(faults=[], phases=[phase]), 0)
    market.advance(days=3)
    promised = {order.placed_at: order.preparation_days for order in market.orders()}
    first, last = 1772492400, 1772578800  # 3 and 4 March 2026, midnight in Madrid
    assert {days for at, days in promised.items() if first <= at < last} == {7}
    assert {days for at, days in promised.items() if not first <= at < last} == {5}
    chosen = [event.at for event in market.ledger.named("default_template")]
    assert chosen == [first, last]


@pytest.mark.parametrize("other", ["idle", "daily_manual_check"])
def test_the_reference_saves_orders_that_others_miss(other: str) -> None:
    faults = [{"kind": "token_dies", "at": "2026-03-03T18:00:00"}]
    expect = [{"measure": measure, "against": other, "at_most": 1000} for measure in ("missed", "saved")]
    outcome = run(scenario(faults=faults, expect=expect), 0)
    difference, saved = (each.value for each in outcome.measured)
    assert difference is not None
    assert saved is not None
    assert -difference == saved, "the reference misses none of these orders itself"
    assert (saved > 20) is (other == "idle")

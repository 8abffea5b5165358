"""What each uncertain setting alone changes: each bar is the difference of two plans, run by run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakemarket.distributions import Constant
from fakemarket.settings import Settings
from redclock.planner.estimate import of_means
from redclock.planner.questions.moves import movables
from redclock.planner.questions.tornado import FIRST_RUNS, Bar, Tornado, tornado
from redclock.planner.sweep import BadPlan, Plan, plan

USUAL = Settings()
RUNS = FIRST_RUNS + 2


def asked(settings: Settings, runs: int = RUNS) -> Plan:
    return plan(settings, [5, 6], 0.02, seed=3, runs=runs, days=7, warm_up_days=3, confidence=0.9, processes=1)


@pytest.fixture(scope="module")
def base() -> Plan:
    return asked(USUAL)


@pytest.fixture(scope="module")
def found(base: Plan) -> Tornado:
    return tornado(base, USUAL, processes=1)


def bar(found: Tornado, name: str) -> Bar:
    return next(it for it in found.bars if it.name == name)


@pytest.mark.parametrize(
    "name", ["warehouse.preparation_working_days", "mip.tracking_hours", "countdown.anchor", "warehouse.refuses_split"]
)
def test_a_bar_is_the_paired_difference_of_direct_plans(name: str, base: Plan, found: Tornado) -> None:
    usual = base.rows[1]
    assert found.preparation_days == usual.preparation_days == 6
    moves = {it.name: it.moves for it in movables(USUAL)}[name]
    assert [it.value for it in bar(found, name).changes] == [it.value for it in moves]
    for move, it in zip(moves, bar(found, name).changes, strict=True):
        other = asked(move.settings).rows[1]
        more = [b - a for a, b in zip(usual.rates, other.rates, strict=True)]
        assert it.change == of_means(more, "run", 0.9, lowest=-1.0)
        assert any(more)


def test_the_longest_bar_comes_first_and_is_as_long_as_the_rates_lie_apart(found: Tornado) -> None:
    swings = [it.swing for it in found.bars]
    assert swings == sorted(swings, reverse=True)
    down, up = (it.change.mean for it in bar(found, "warehouse.preparation_working_days").changes)
    assert down < 0 < up
    assert bar(found, "warehouse.preparation_working_days").swing == pytest.approx(up - down)
    one = replace(found.bars[0], changes=found.bars[0].changes[:1])
    assert one.swing == abs(one.changes[0].change.mean), "as it is counts too"


def test_every_uncertain_setting_is_told_of_once(found: Tornado) -> None:
    told = [*(it.name for it in found.bars), *found.still, *found.unmoved]
    assert sorted(told) == sorted(it.name for it in movables(USUAL))
    assert {"carriers.scan_hours", "buyers.confirm_share", "wire.ban_seconds"} <= set(found.still)
    assert {"countdown.zone", "payments.offline_share"} <= set(found.unmoved)
    assert (found.runs, found.first_runs, found.confidence) == (RUNS, FIRST_RUNS, 0.9)


def test_what_was_learnt_from_own_orders_is_not_uncertain(base: Plan) -> None:
    name = "mip.tracking_hours"
    learnt = tuple(replace(it, mark="fitted") if it.name == name else it for it in base.assumptions)
    few = tornado(replace(base, runs=2, assumptions=learnt), USUAL, processes=1)
    assert name not in {*(it.name for it in few.bars), *few.still, *few.unmoved}


def test_what_alone_breaks_the_target_is_named(base: Plan, found: Tornado) -> None:
    worst = {it.name: max(each.change.mean for each in it.changes) for it in found.bars}
    assert found.breaking == tuple(
        it.name for it in found.bars if base.rows[1].rate.mean + worst[it.name] > base.target
    )
    assert "warehouse.preparation_working_days" in found.breaking
    assert replace(found, target=0.999).breaking == ()
    assert replace(found, target=0.0001).breaking == (), "broken already"


def test_so_few_runs_as_are_looked_at_first_are_enough_and_processes_change_no_number() -> None:
    base = asked(USUAL, runs=2)
    few = tornado(base, USUAL, processes=1)
    assert (few.runs, few.first_runs) == (2, 2)
    assert bar(few, "warehouse.preparation_working_days").swing > 0.02
    assert tornado(base, USUAL, processes=2) == few


def test_markets_that_the_engine_does_not_cover_are_refused_at_once(base: Plan) -> None:
    slow = replace(USUAL, mip=replace(USUAL.mip, wallet_cents=10**9))
    with pytest.raises(BadPlan, match=r"hundreds of markets.*mip\.wallet_cents"):
        tornado(base, slow)
    with pytest.raises(BadPlan, match="one run tells nothing"):
        tornado(replace(base, runs=1), USUAL)


def test_a_move_into_a_market_without_an_order_is_no_bar(base: Plan) -> None:
    rare = replace(USUAL, demand=replace(USUAL.demand, orders_per_day=1.6, day_cv=0.0))
    rare = replace(rare, payments=replace(rare.payments, delay_minutes=Constant(1)))
    found = tornado(asked(rare, runs=2), rare, processes=1)
    told = [*(it.name for it in found.bars), *found.still, *found.unmoved]
    assert sorted(told) == sorted(it.name for it in movables(rare))

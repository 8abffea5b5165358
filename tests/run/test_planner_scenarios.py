"""What scenarios of the planner claim beyond one market: two markets that differ in one thing, and a prediction."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.run.overrides import otherwise

from fakemarket.rules.status import Move
from redclock.checks.invariants import PAID
from redclock.checks.measures import MEASURES
from redclock.planner.replication import Horizon, replicate
from redclock.run import run
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read

SEEDS = range(4)
PACIFIC = ZoneInfo("America/Los_Angeles")
SATURDAY = 5


def named(name: str) -> Scenario:
    (scenario,) = read(find([name]), measures=MEASURES)
    return scenario


def miss_rate(scenario: Scenario) -> float:
    """Of all orders of some seeds together."""
    figures = [run(scenario, seed).measures for seed in SEEDS]
    return sum(each["missed"] or 0 for each in figures) / sum(each["accepted"] or 0 for each in figures)


def promised(days: int, *, counted: bool) -> Scenario:
    scenario = otherwise(named("c1-the-extra-day"), "market.countdown.preparation_days", days)
    return otherwise(scenario, "market.countdown.count_anchor_day", counted)


def missed_of_working_days(scenario: Scenario) -> set[int | None]:
    """The missed orders among those that were accepted from Monday to Friday in California."""
    ledger = run(scenario, 0).ledger
    at = {event.order: datetime.fromtimestamp(event.at, PACIFIC) for event in ledger.named(*PAID)}
    return {it.order for it in ledger.named(Move.COUNTDOWN_ENDS) if at[it.order].weekday() < SATURDAY}


def test_the_miss_rate_falls_with_every_day_that_is_promised() -> None:
    rates = [miss_rate(promised(days, counted=True)) for days in (3, 4, 5)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 2 * rates[1] > 4 * rates[2] > 0


@pytest.mark.parametrize("days", [3, 4])
def test_counting_the_order_s_own_day_is_as_good_as_a_day_less(days: int) -> None:
    with_it = missed_of_working_days(promised(days + 1, counted=True))
    assert with_it == missed_of_working_days(promised(days, counted=False))
    assert with_it


def test_the_planner_predicts_what_moving_the_cut_off_costs() -> None:
    scenario = named("c2-cut-off-at-eleven")
    usual = otherwise(scenario, "market.warehouse.periods", [])
    predicted = []
    for each in (scenario, usual):
        horizon = Horizon(each.start_at, warm_up_days=0, days=each.days)
        tallies = [replicate(each.market, 100 + seed, horizon) for seed in SEEDS]
        predicted.append(sum(it.misses for it in tallies) / sum(it.orders for it in tallies))
    moved, before = miss_rate(scenario), miss_rate(usual)
    assert moved > before + 0.05
    assert predicted == pytest.approx([moved, before], abs=0.04)


@pytest.mark.parametrize(("anchor", "days_later"), [("order_created", 0), ("review_passed", 1)])
def test_a_review_of_a_day_costs_a_working_day_where_the_order_s_own_day_counts(anchor: str, days_later: int) -> None:
    scenario = otherwise(named("a2-review-ends-on-a-saturday"), "market.countdown.anchor", anchor)
    ends = {event.facts["ship_by_at"] for event in run(scenario, 0, subject="idle").ledger.named("countdown")}
    # Friday is day 1 of three, or Monday is: midnight in California after Tuesday, or after Wednesday.
    assert ends == {1_773_212_400 + days_later * 86_400}

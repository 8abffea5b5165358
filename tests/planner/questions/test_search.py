"""The smallest setting that meets a target: what is named, and how seldom that is wrong, where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from fakemarket.settings import Settings
from redclock.planner.estimate import of_means
from redclock.planner.questions.question import Ask, same_as
from redclock.planner.questions.search import Search, smallest
from redclock.planner.sweep import BadPlan, Plan, plan

TARGET = 0.1
BASE = plan(preparation_days=[5], runs=2, days=7, processes=1)
NAME = "market.warehouse.packers"


def known(true_rate: float, chance: Random, runs: int = 12) -> Plan:
    """A plan of a market whose true miss rate is known; its runs differ by luck, skewed as miss rates are."""
    rates = tuple(true_rate * chance.gammavariate(25, 1 / 25) for _ in range(runs))
    row = replace(BASE.rows[0], preparation_days=5, rate=of_means(rates, "run"), rates=rates)
    return replace(BASE, rows=(row,), runs=runs, target=TARGET)


def of_packers(packers: int) -> Settings:
    return replace(Settings(), warehouse=replace(Settings().warehouse, packers=packers))


def searched(true_rates: Sequence[float], chance: Random) -> Search:
    """A search over values from 1 on with these true rates."""

    def ask(settings: Settings, preparation_days: Sequence[int]) -> Plan:
        assert preparation_days == [5]
        return known(true_rates[settings.warehouse.packers - 1], chance)

    return smallest(known(0.5, chance), NAME, range(1, len(true_rates) + 1), of_packers, ask)


def wrong_share(true_rates: Sequence[float], many: int = 500) -> float:
    """How often a search names a value that truly fails."""
    chance = Random(7)
    found = [searched(true_rates, chance).found for _ in range(many)]
    return sum(it is not None and true_rates[it - 1] > TARGET for it in found) / many


@pytest.mark.parametrize(
    "true_rates",
    [
        [1.01 * TARGET] * 20,
        [*[1.01 * TARGET] * 10, *[0.5 * TARGET] * 10],
        [1.01 * TARGET, 0.2 * TARGET] * 6,
    ],
    ids=["nothing meets it", "half of them do", "more does not help"],
)
def test_a_value_that_fails_is_named_as_seldom_as_is_promised_however_many_are_tried(true_rates: list[float]) -> None:
    promised = searched(true_rates, Random(1)).risk
    assert promised == pytest.approx(0.025)
    assert wrong_share(true_rates) < promised + 0.02, "skewed rates of 12 runs take about a hundredth more"


def test_going_up_from_the_smallest_would_break_that_promise() -> None:
    chance = Random(7)
    upwards = [any(known(1.01 * TARGET, chance).recommended for _ in range(20)) for _ in range(100)]
    assert sum(upwards) / 100 > 0.25


def test_the_search_goes_down_from_the_largest_and_ends_at_the_first_that_fails() -> None:
    found = searched([0.5, 0.4, 0.02, 0.015, 0.01], Random(3))
    assert [(it.value, it.meets) for it in found.tried] == [(5, True), (4, True), (3, True), (2, False)]
    assert found.found == 3
    assert found.preparation_days == 5
    everything = searched([0.02, 0.01], Random(3))
    assert (everything.found, [it.value for it in everything.tried]) == (1, [2, 1])


def test_where_nothing_meets_it_both_ends_are_compared() -> None:
    found = searched([0.9, 0.5, 0.4, 0.3], Random(3))
    assert found.found is None
    assert [it.value for it in found.tried] == [4, 1]
    assert found.nearest.value == 4
    assert searched([0.3, 0.9], Random(3)).nearest.value == 1
    assert [it.value for it in searched([0.9], Random(3)).tried] == [1]


def test_a_mean_within_the_target_is_not_enough() -> None:
    chance = Random(5)
    found = searched([0.98 * TARGET], chance)
    assert found.tried[0].row.rate.mean < TARGET
    assert found.found is None


@pytest.fixture(scope="module")
def busy() -> tuple[Plan, Ask]:
    settings = replace(Settings(), demand=replace(Settings().demand, orders_per_day=100.0))
    base = plan(settings, [6], seed=2, runs=6, days=7)
    ask = same_as(base)
    return base, lambda market, days: ask(replace(market, demand=settings.demand), days)


def test_on_the_engine_each_value_is_the_plan_of_its_market(busy: tuple[Plan, Ask]) -> None:
    base, ask = busy
    found = smallest(base, NAME, range(1, 5), of_packers, ask)
    assert found.found == 2
    for it in found.tried:
        assert (it.row,) == ask(of_packers(it.value), [6]).rows
        assert it.meets is (it.row.rate.high is not None and it.row.rate.high <= 0.02)
    many = ask(of_packers(1), [6]).rows[0].rate
    assert many.low is not None
    assert many.low > 0.02


def test_several_preparation_times_or_one_run_cannot_be_searched(busy: tuple[Plan, Ask]) -> None:
    base, ask = busy
    for impossible, said in (
        (replace(base, rows=base.rows * 2), "needs one preparation time"),
        (replace(base, runs=1), "no bound"),
    ):
        with pytest.raises(BadPlan, match=said):
            smallest(impossible, NAME, range(1, 3), of_packers, ask)

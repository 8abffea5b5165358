"""What preparation times cost: by hand, by all of them compared, and by the newsvendor's ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redclock.planner.estimate import of_means
from redclock.planner.questions.cost import CostCurve, Prices, cost_curve
from redclock.planner.sweep import BadPlan, Difference, Plan, plan

PRICES = Prices(miss_cents=2500, lost_share_a_day=0.01, margin_cents=600)
BASE = plan(preparation_days=[5], runs=2, days=7, processes=1)


def of_rates(*rates: Sequence[float], first: int = 3) -> Plan:
    """A plan whose runs had these miss rates, a list for each preparation time."""
    rows = tuple(
        replace(BASE.rows[0], preparation_days=first + n, rate=of_means(each, "run"), rates=tuple(each))
        for n, each in enumerate(rates)
    )
    differences = tuple(
        Difference(
            one.preparation_days,
            other.preparation_days,
            of_means([a - b for a, b in zip(one.rates, other.rates, strict=True)], "run", lowest=-1.0),
        )
        for one, other in pairwise(rows)
    )
    return replace(BASE, rows=rows, differences=differences, runs=len(rates[0]))


def curve(*means: float, prices: Prices = PRICES) -> CostCurve:
    """Of rates that hardly vary."""
    return cost_curve(of_rates(*([it * 0.999, it, it * 1.001] for it in means)), prices)


def test_a_cost_is_what_is_missed_and_what_did_not_come() -> None:
    found = cost_curve(of_rates([0.20, 0.24], [0.05, 0.07], [0.01, 0.01]), PRICES)
    assert [it.preparation_days for it in found.costs] == [3, 4, 5]
    missed, lost = 1000 * 0.06 * 2500, 1000 * 0.01 * 600
    assert found.costs[1].missed == pytest.approx(missed)
    assert found.costs[1].lost == pytest.approx(lost)
    assert found.costs[1].whole.mean == pytest.approx(missed + lost)
    assert found.costs[2].lost == pytest.approx(2 * lost)
    assert found.costs[0].lost == 0
    rate = of_means([0.05, 0.07], "run")
    assert rate.low is not None
    assert rate.high is not None
    whole = found.costs[1].whole
    assert (whole.low, whole.high) == pytest.approx((1000 * rate.low * 2500 + lost, 1000 * rate.high * 2500 + lost))
    assert found.currency == "EUR"


def test_a_step_must_save_the_ratio_of_a_days_cost_to_that_of_a_miss() -> None:
    assert PRICES.ratio == pytest.approx(0.01 * 600 / 2500)
    found = curve(0.2, 0.2 - 0.0025, 0.2 - 0.0025 - 0.0023)
    assert [it.needed for it in found.steps] == pytest.approx([0.0024, 0.0024])
    assert [it.pays for it in found.steps] == [True, False]
    assert found.by_ratio == found.cheapest.preparation_days == 4


def test_a_step_of_several_days_must_save_as_many_times_as_much() -> None:
    base = of_rates([0.2, 0.2], [0.1, 0.11])
    far = replace(
        base,
        rows=(base.rows[0], replace(base.rows[1], preparation_days=7)),
        differences=(replace(base.differences[0], longer_days=7),),
    )
    found = cost_curve(far, PRICES)
    assert found.steps[0].needed == pytest.approx(4 * PRICES.ratio)
    assert found.costs[1].lost == pytest.approx(1000 * 0.04 * 600)


@given(
    st.lists(st.floats(0.0005, 0.1), min_size=1, max_size=9),
    st.integers(100, 10_000),
    st.floats(0.001, 0.05),
    st.integers(0, 5000),
)
def test_where_steps_save_less_and_less_the_ratio_finds_the_cheapest(
    savings: list[float], miss_cents: int, lost: float, margin_cents: int
) -> None:
    falling = sorted(savings, reverse=True)
    rates = [sum(falling[n:]) for n in range(len(falling) + 1)]
    prices = Prices(miss_cents, lost, margin_cents)
    found = cost_curve(of_rates(*([it, it] for it in rates)), prices)
    by_hand = [1000 * (rate * miss_cents + lost * n * margin_cents) for n, rate in enumerate(rates)]
    assert [it.whole.mean for it in found.costs] == pytest.approx(by_hand)
    best = min(by_hand)
    assert found.cheapest.whole.mean == pytest.approx(best)
    assert by_hand[found.by_ratio - 3] == pytest.approx(best)


def test_where_a_later_step_saves_more_the_two_may_differ_and_the_curve_is_right() -> None:
    found = curve(0.2, 0.1, 0.0999, 0.0974, prices=replace(PRICES, miss_cents=2500))
    assert [it.pays for it in found.steps] == [True, False, True]
    assert found.by_ratio == 6
    assert found.cheapest.preparation_days == 4


def test_it_is_sure_when_the_intervals_of_both_neighbouring_steps_say_so() -> None:
    clear = of_rates([0.2, 0.21, 0.2], [0.1, 0.11, 0.1], [0.0995, 0.1095, 0.0994])
    assert cost_curve(clear, PRICES).cheapest.preparation_days == 4
    assert cost_curve(clear, PRICES).sure
    before = of_rates([0.103, 0.13, 0.1], [0.1, 0.11, 0.1], [0.0995, 0.1095, 0.0994])
    assert cost_curve(before, PRICES).cheapest.preparation_days == 4
    assert not cost_curve(before, PRICES).sure, "whether the step to it pays hangs on luck"
    after = of_rates([0.2, 0.21, 0.2], [0.1, 0.11, 0.1], [0.0995, 0.1065, 0.1])
    assert cost_curve(after, PRICES).cheapest.preparation_days == 4
    assert not cost_curve(after, PRICES).sure, "whether the step beyond it pays hangs on luck"
    assert not cost_curve(of_rates([0.2], [0.1]), PRICES).sure, "one run"


@pytest.mark.parametrize(
    ("prices", "said"),
    [((0, 0.01, 600), "must be above 0"), ((2500, 0.01, -1), "at least 0"), ((2500, 0.0, 600), "between 0 and 1")],
)
def test_impossible_prices_are_refused(prices: tuple[int, float, int], said: str) -> None:
    with pytest.raises(BadPlan, match=said):
        Prices(*prices)


def test_days_that_would_lose_more_than_all_orders_are_refused() -> None:
    assert curve(0.3, 0.2, 0.1, prices=replace(PRICES, lost_share_a_day=0.5)).costs[-1].lost == 1000 * 600
    with pytest.raises(BadPlan, match="more than all orders"):
        curve(0.3, 0.2, 0.1, prices=replace(PRICES, lost_share_a_day=0.51))


def test_one_preparation_time_makes_no_curve() -> None:
    with pytest.raises(BadPlan, match="two preparation times or more"):
        curve(0.1)


def test_on_the_engine_the_cheapest_is_the_least_of_costs_counted_again() -> None:
    asked = plan(preparation_days=range(3, 9), runs=6, processes=1)
    found = cost_curve(asked, PRICES)
    again = {row.preparation_days: 2500 * sum(row.rates) / 6 + 6 * (row.preparation_days - 3) for row in asked.rows}
    assert found.cheapest.preparation_days == min(again, key=again.__getitem__) == found.by_ratio
    assert found.cheapest.whole.mean == pytest.approx(1000 * min(again.values()))

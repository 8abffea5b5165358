"""Intervals: do they hold the truth as often as they say, and do they stay honest where no spread was seen?"""

import sys
from math import sqrt
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redclock.checks.student import MissingExtra, student_t
from redclock.planner.estimate import of_means, of_ratio

rates = st.floats(0, 1)


def test_student_t_agrees_with_the_printed_table() -> None:
    table = {(1, 0.95): 12.706, (11, 0.95): 2.201, (19, 0.95): 2.093, (19, 0.99): 2.861}
    for (degrees, confidence), printed in table.items():
        assert student_t(degrees, confidence) == pytest.approx(printed, abs=0.0005)


def test_an_interval_over_runs_holds_the_truth_in_95_of_100_plans() -> None:
    """Misses come in bad weeks: a run's own rate varies around 5 %, and 500 orders are drawn from it."""
    chance, plans, runs, orders = Random(1), 1000, 12, 500
    held = pooled_held = 0
    for _ in range(plans):
        own = [chance.betavariate(10, 190) for _ in range(runs)]
        seen = [sum(chance.random() < rate for _ in range(orders)) / orders for rate in own]
        found = of_means(seen, "run")
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.05 <= found.high
        pooled = mean(seen)
        pooled_held += abs(pooled - 0.05) <= 1.96 * sqrt(pooled * (1 - pooled) / (runs * orders))
    assert 0.93 <= held / plans <= 0.97
    assert pooled_held / plans < 0.8, "pooled orders promise too much; or else this model can't tell the two apart"


@pytest.mark.parametrize("misses_a_run", [0.03, 0.06, 0.1, 0.3])
def test_rare_misses_are_held_by_95_of_100_intervals_though_most_runs_have_none(misses_a_run: float) -> None:
    chance, plans, runs, orders = Random(2), 400, 100, 500
    held = student_held = 0
    for _ in range(plans):
        seen = [sum(chance.random() < misses_a_run / 3 for _ in range(3)) / orders for _ in range(runs)]
        found = of_means(seen, "run")
        assert found.low is not None
        assert found.high is not None
        held += found.low <= misses_a_run / orders <= found.high
        half = student_t(runs - 1, 0.95) * stdev(seen) / sqrt(runs)
        student_held += abs(mean(seen) - misses_a_run / orders) <= half
    assert held / plans >= 0.95
    assert student_held <= held
    if misses_a_run == 0.03:
        assert student_held / plans < 0.93, "Student's t alone would do; or else this can't tell the two apart"


def test_a_few_bad_runs_among_many_good_ones_are_said_to_make_the_bounds_rough() -> None:
    even = [0.02 + n / 10_000 for n in range(40)]
    assert of_means(even, "run").note == ""
    note = of_means([*even, 0.2, 0.3], "run").note
    assert note.startswith("skewed: a few bad runs weigh much")
    assert "fewer than" in note


def test_the_half_width_is_t_times_the_standard_error() -> None:
    values = [0.02, 0.03, 0.05, 0.04]
    found = of_means(values, "run")
    assert found.mean == pytest.approx(0.035)
    assert found.high == pytest.approx(0.035 + 3.18245 * stdev(values) / 2, rel=1e-5)
    assert found.low == pytest.approx(0.035 - 3.18245 * stdev(values) / 2, rel=1e-5)


def test_one_unit_gives_no_interval_and_says_why() -> None:
    for found in (of_means([0.1], "run"), of_ratio([1], [10], "run")):
        assert (found.mean, found.low, found.high) == (0.1, None, None)
        assert "one run says nothing about chance" in found.note


def test_without_a_single_miss_the_bound_is_not_zero() -> None:
    """Were one run in 7.2 a bad one, 20 good ones in a row would still be seen once in twenty times."""
    found = of_means([0.0] * 20, "run")
    assert (found.mean, found.low) == (0, 0)
    assert found.high == pytest.approx(0.1391, abs=1e-4)
    assert pytest.approx(0.05, abs=1e-4) == (1 - 0.1391) ** 20
    assert "all 20 runs gave the same" in found.note
    assert of_ratio([0] * 20, [3, 5] * 10, "run") == found


def test_where_every_order_is_missed_the_lower_bound_is_not_one() -> None:
    found = of_means([1.0] * 20, "run")
    assert found.low == pytest.approx(1 - 0.1391, abs=1e-4)
    assert found.high == 1


def test_few_units_that_differ_make_a_rough_interval() -> None:
    assert of_means([0.0] * 19 + [0.1], "run").note == "rough: only 1 of 20 runs differs from the rest"
    assert of_means([0.0] * 18 + [0.1, 0.1], "run").note == "rough: only 2 of 20 runs differ from the rest"
    assert of_means([n / 100 for n in range(20)], "run").note == ""
    assert of_means([0.1, 0.2], "run").note == ""
    assert of_ratio([0] * 18 + [1, 2], [10] * 20, "week").note == "rough: only 2 of 20 weeks differ from the rest"


@given(st.lists(rates, min_size=2, max_size=30))
def test_bounds_hold_the_mean_and_stay_within_what_is_possible(values: list[float]) -> None:
    found = of_means(values, "run")
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1


@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=2, max_size=30))
def test_a_share_over_units_of_one_size_is_the_mean_over_units(values: list[float]) -> None:
    by_mean, by_ratio = of_means(values, "run"), of_ratio(values, [1.0] * len(values), "run")
    assert None not in (by_mean.low, by_mean.high, by_ratio.low, by_ratio.high)
    assert by_ratio.mean == pytest.approx(by_mean.mean)
    if max(map(values.count, values)) in (*range(len(values) // 2 + 1), len(values)):
        assert by_ratio.low == pytest.approx(by_mean.low, abs=1e-9)
        assert by_ratio.high == pytest.approx(by_mean.high, abs=1e-9)
    else:  # where most runs are alike a mean's bounds allow for more of the rare others
        assert by_mean.low <= by_ratio.low + 1e-9  # type: ignore[operator]
        assert by_mean.high >= by_ratio.high - 1e-9  # type: ignore[operator]


@given(st.lists(st.tuples(rates, st.floats(0.1, 50)), min_size=2, max_size=20), st.floats(0.01, 100))
def test_a_share_does_not_depend_on_the_unit_of_weight(units: list[tuple[float, float]], scale: float) -> None:
    tops, bottoms = [rate * size for rate, size in units], [size for _, size in units]
    one, other = (
        of_ratio(tops, bottoms, "week"),
        of_ratio([t * scale for t in tops], [b * scale for b in bottoms], "week"),
    )
    assert one.mean == pytest.approx(other.mean)
    assert min(bottoms) * 0 <= one.mean <= 1 + 1e-12


def test_without_scipy_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(MissingExtra, match=r"pip install 'redclock\[plan\]'"):
        of_means([0.1, 0.2], "run")

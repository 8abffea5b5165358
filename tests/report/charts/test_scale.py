"""Places of values, and the round values beside them."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from redclock.report.charts.scale import Scale, round_ends, said, step_of, ticks

RANGES = st.tuples(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9)).map(lambda it: (it[0], it[0] + it[1]))


def test_a_scale_leads_its_ends_to_its_ends_and_the_middle_to_the_middle() -> None:
    y = Scale(0, 10, 200, 100)
    assert (y(0), y(5), y(10)) == (200, 150, 100)
    assert (y(15), y.held(11), y.held(-3)) == (50, 100, 200)


def test_a_range_of_one_value_has_one_place() -> None:
    assert Scale(3, 3, 10, 20)(3) == 10


@given(RANGES, st.integers(2, 12), st.booleans())
@example((0.0, 0.3), 3, False)
def test_ticks_are_few_even_and_within(ends: tuple[float, float], most: int, whole: bool) -> None:
    low, high = ends
    found = ticks(low, high, most, whole=whole)
    assert len(found) <= most + 1
    slack = 1e-6 * max(abs(low), abs(high), 1)
    assert all(low - slack <= it <= high + slack for it in found)
    step = step_of(high - low, most, whole=whole)
    gaps = [b - a for a, b in pairwise(found)]
    assert all(abs(gap - step) <= slack for gap in gaps)


def test_counts_have_no_half_ticks() -> None:
    assert ticks(0, 2, 5, whole=True) == (0, 1, 2)
    assert ticks(0, 1, 4) == (0, 0.25, 0.5, 0.75, 1)


@given(RANGES)
def test_an_axis_ends_beyond_its_values(ends: tuple[float, float]) -> None:
    low, high = round_ends(*ends)
    slack = 1e-6 * max(abs(ends[0]), abs(ends[1]), 1)
    assert low <= ends[0] + slack
    assert high >= ends[1] - slack


def test_an_axis_of_nothing_is_not_empty() -> None:
    assert round_ends(0, 0, whole=True) == (0, 1)


def test_values_are_said_without_needless_digits() -> None:
    assert [said(it) for it in (0, 0.1 + 0.2, 1200, 2.5)] == ["0", "0.3", "1,200", "2.5"]

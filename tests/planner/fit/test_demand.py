"""Purchases: what is a trend, a habit, chance, or a day that stands out."""

from datetime import date

import numpy as np
import pytest

from redclock.planner.fit.demand import Arrivals, arrivals
from redclock.planner.fit.moments import Moments

MONDAY = date(2026, 1, 5).toordinal()


def learnt(counts: list[int], weight: float = 1.0, first: int = MONDAY) -> Arrivals:
    """Of so many orders on each day from a Monday on, an hour apart or less."""
    days = np.repeat(np.arange(len(counts)) + first, counts)
    seconds = np.concatenate([np.arange(it) % 24 * 3600 for it in counts])
    return arrivals(Moments(days.astype(np.int64), seconds.astype(np.int64)), np.full(len(days), weight))


def by_chance(mean: float, days: int, seed: int = 3, cv: float = 0.0) -> list[int]:
    luck = np.random.default_rng(seed)
    levels = luck.gamma(1 / cv**2, cv**2, days) if cv else np.ones(days)
    found: list[int] = luck.poisson(mean * levels).tolist()
    return found


def test_a_habit_of_the_week_is_found() -> None:
    found = learnt([70, *[10] * 6] * 12)
    assert found.weekday_shares == pytest.approx((53.85, *[7.69] * 6), abs=0.1)
    assert found.orders_per_day == pytest.approx(130 / 7, abs=0.01)
    assert found.day_cv == 0
    assert found.peaks == ()


def test_hours_are_shares_of_the_day() -> None:
    assert learnt([24] * 30).hour_shares == (4.17,) * 24
    assert learnt([1] * 30).hour_shares == (100.0, *[0.0] * 23)


def test_chance_alone_is_no_variation_of_days() -> None:
    assert learnt(by_chance(40, 200)).day_cv < 0.04
    assert learnt(by_chance(40, 200), weight=18.65).day_cv < 0.04, "a row that stands for many brings more chance"


@pytest.mark.parametrize("cv", [0.15, 0.3, 0.5])
def test_variation_beyond_chance_is_found(cv: float) -> None:
    assert learnt(by_chance(60, 400, cv=cv)).day_cv == pytest.approx(cv, rel=0.2)


def test_a_trend_is_no_variation_and_the_level_is_that_of_the_end() -> None:
    found = learnt([20 + day // 2 for day in range(240)])
    assert found.day_cv < 0.03
    assert found.overall_per_day == pytest.approx(80, rel=0.03)
    assert found.orders_per_day == pytest.approx(20 + 210 / 2, rel=0.03)


def test_a_day_that_stands_out_begins_a_peak_that_lasts_while_days_are_busy() -> None:
    counts = [30] * 100
    counts[50:54] = [180, 60, 50, 40]
    (peak,) = learnt(counts).peaks
    assert peak.first_day == date.fromordinal(MONDAY + 50)
    assert peak.factors == pytest.approx((6.0, 2.0, 1.67), rel=0.02), "40 are no longer half as many again as 30"
    assert learnt(counts).orders_per_day == pytest.approx(30, rel=0.01)
    assert learnt(counts).peak_orders == 290


def test_twice_next_to_nothing_is_no_peak() -> None:
    counts = [0, 1] * 30 + [9] + [0, 1] * 30
    assert learnt(counts).peaks == ()
    sparse = [0] * 60 + [12, 14, 11] + [0] * 80 + [40] * 60
    assert all(it.first_day > date.fromordinal(MONDAY + 100) for it in learnt(sparse).peaks)


def test_a_day_cut_short_by_the_file_s_ends_is_not_counted() -> None:
    assert learnt([3, *[40] * 70, 5]).orders_per_day == 40


@pytest.mark.parametrize("counts", [[1], [5, 0, 1], [40]])
def test_a_file_of_a_day_or_some_is_enough(counts: list[int]) -> None:
    found = learnt(counts)
    assert found.orders_per_day == pytest.approx(sum(counts) / len(counts), rel=0.5)
    assert sum(found.weekday_shares) == pytest.approx(100, abs=0.1)

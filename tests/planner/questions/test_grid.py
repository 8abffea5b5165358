"""Miss rates over two factors: each cell is the plan of its own market, in the same luck as the others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from fakemarket.settings import Settings
from redclock.planner.questions.grid import Asked, Factor, Grid, over_days, over_settings
from redclock.planner.questions.question import same_as
from redclock.planner.sweep import BadPlan, Plan, plan

PACKERS = Factor("market.warehouse.packers", ("1", "5"))
CUTOFF = Factor("market.warehouse.cutoff_minute", ("600", "840", "1000"))


def market(packers: int, cutoff_minute: int = 840) -> Settings:
    usual = Settings()
    demand = replace(usual.demand, orders_per_day=200.0)
    return replace(
        usual, demand=demand, warehouse=replace(usual.warehouse, packers=packers, cutoff_minute=cutoff_minute)
    )


def asked(of: Settings, days: range = range(4, 7)) -> Plan:
    return plan(of, days, 0.1, seed=3, runs=4, days=7, warm_up_days=3, confidence=0.9, processes=1)


def asks(base: Plan, *markets: Settings) -> list[Asked]:
    return [partial(same_as(base), each) for each in markets]


@pytest.fixture(scope="module")
def base() -> Plan:
    return asked(market(4))


@pytest.fixture(scope="module")
def by_days(base: Plan) -> Grid:
    return over_days(base, PACKERS, asks(base, market(1), market(5)))


def test_a_line_of_preparation_times_is_the_plan_of_that_market_in_the_same_luck(by_days: Grid) -> None:
    assert by_days.cells == (asked(market(1)).rows, asked(market(5)).rows)
    assert by_days.down == PACKERS
    assert by_days.across.values == ("4", "5", "6")
    assert by_days.preparation_days is None
    assert (by_days.target, by_days.confidence) == (0.1, 0.9)


def test_a_cell_meets_the_target_by_its_upper_bound_not_by_its_mean(by_days: Grid) -> None:
    cell = by_days.cells[1][0]
    assert cell.rate.high is not None
    assert cell.rate.mean < cell.rate.high
    for target, meets in ((cell.rate.high, True), ((cell.rate.mean + cell.rate.high) / 2, False)):
        assert replace(by_days, target=target).meets(cell) is meets
    alone = replace(cell, rate=replace(cell.rate, low=None, high=None))
    assert not by_days.meets(alone)


def test_one_warning_names_all_values_that_saturate_the_packers(base: Plan, by_days: Grid) -> None:
    assert asked(market(1)).warnings
    assert not asked(market(5)).warnings
    (warning,) = by_days.warnings
    assert warning.startswith("the packers have work for over 90 % of their time with 1: near saturation")
    both = over_days(base, PACKERS, asks(base, market(1), market(1)))
    assert "with 1, 5: near saturation" in both.warnings[0]
    assert over_days(base, PACKERS, asks(base, market(5), market(5))).warnings == ()


def test_two_settings_are_crossed_under_the_recommended_time(base: Plan) -> None:
    markets = [market(packers, minute) for packers in (1, 5) for minute in (600, 840, 1000)]
    found = over_settings(base, PACKERS, CUTOFF, asks(base, *markets))
    assert base.recommended is not None
    days = base.recommended.preparation_days
    assert found.preparation_days == days
    for packers, cells in zip((1, 5), found.cells, strict=True):
        for minute, cell in zip((600, 840, 1000), cells, strict=True):
            assert (cell,) == asked(market(packers, minute), range(days, days + 1)).rows
    assert len({cell.misses for cells in found.cells for cell in cells}) > 3


def test_a_setting_cannot_be_crossed_with_itself(base: Plan) -> None:
    with pytest.raises(BadPlan, match=r"market\.warehouse\.packers is both factors"):
        over_settings(base, PACKERS, PACKERS, asks(base, *[market(1)] * 4))

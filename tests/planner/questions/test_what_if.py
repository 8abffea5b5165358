"""What one more packer, a later cut-off and one more day would buy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fakemarket.distributions import Constant
from fakemarket.settings import Demand, Period, Settings, Warehouse
from redclock.planner.questions.question import same_as
from redclock.planner.questions.what_if import WhatIf, what_ifs
from redclock.planner.sweep import Plan, plan

MARKET = Settings(
    demand=Demand(orders_per_day=30),
    warehouse=Warehouse(packers=1, packing_minutes=Constant(22), cutoff_minute=11 * 60),
)
ASKED: dict[str, Any] = {"preparation_days": (3, 5), "runs": 6, "days": 7, "seed": 3}


@pytest.fixture(scope="module")
def found() -> Plan:
    return plan(MARKET, **ASKED)


@pytest.fixture(scope="module")
def three(found: Plan) -> tuple[WhatIf, ...]:
    return what_ifs(MARKET, found, same_as(found))


def test_each_is_the_plan_of_a_market_that_is_otherwise_in_the_same_luck(three: tuple[WhatIf, ...]) -> None:
    house = MARKET.warehouse
    more = plan(replace(MARKET, warehouse=replace(house, packers=2)), **ASKED)
    later = plan(replace(MARKET, warehouse=replace(house, cutoff_minute=12 * 60)), **ASKED)
    longer = plan(MARKET, **{**ASKED, "preparation_days": (4, 6)})
    assert [it.text for it in three] == [
        *("one more packer", "a cut-off one hour later", "one more working day to prepare")
    ]
    for it, expected in zip(three, (more, later, longer), strict=True):
        assert [row.rates for row in it.plan.rows] == [row.rates for row in expected.rows]


def test_what_is_saved_is_taken_run_by_run(found: Plan, three: tuple[WhatIf, ...]) -> None:
    for it in three:
        for before, after, saved in zip(found.rows, it.plan.rows, it.saved, strict=True):
            each = [was - is_now for was, is_now in zip(before.rates, after.rates, strict=True)]
            assert saved.mean == pytest.approx(sum(each) / 6)
            assert saved.low is not None
            assert saved.high is not None
            assert saved.low <= saved.mean <= saved.high
    assert three[0].saved[0].mean > 0.05, "the test needs a warehouse that one packer is too few for"


def test_the_cut_offs_of_busy_times_are_later_too_and_none_after_midnight(found: Plan) -> None:
    def asked(market: Settings, _: object) -> Plan:
        markets.append(market)
        return found

    markets: list[Settings] = []
    christmas = Period(date(2026, 12, 1), date(2026, 12, 24), slowdown=1.5, cutoff_minute=600)
    usual = Period(date(2026, 5, 1), date(2026, 5, 2), slowdown=1.5)
    house = replace(MARKET.warehouse, cutoff_minute=1410, periods=(christmas, usual))
    what_ifs(replace(MARKET, warehouse=house), found, asked)
    assert markets[1].warehouse.cutoff_minute == 1440
    assert [it.cutoff_minute for it in markets[1].warehouse.periods] == [660, None]

    open_end = replace(MARKET.warehouse, cutoff_minute=1440)
    some = what_ifs(replace(MARKET, warehouse=open_end), found, asked)
    assert [it.text for it in some] == ["one more packer", "one more working day to prepare"]

"""Many markets in the same luck: each counts what it counts alone, whoever does the work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakemarket.settings import Settings
from redclock.planner.care import Care
from redclock.planner.questions.side_by_side import SameLuck
from redclock.planner.replication import Horizon
from redclock.planner.replications import Replications
from redclock.planner.sweep import START_AT, BadPlan

USUAL = Settings()
HORIZON = Horizon(START_AT, warm_up_days=2, days=5)
MARKETS = [replace(USUAL, demand=replace(USUAL.demand, orders_per_day=each)) for each in (10.0, 30.0, 20.0)]
SLOW = replace(USUAL, mip=replace(USUAL.mip, wallet_cents=100))


@pytest.mark.parametrize("processes", [None, 1, 2])
def test_each_market_counts_what_it_counts_alone(processes: int | None) -> None:
    luck = SameLuck(HORIZON, 5, processes)
    alone = [Replications(each, HORIZON, [5], 1).tallies([7, 8])[0] for each in MARKETS]
    assert luck.tallies(MARKETS, [7, 8]) == alone
    assert len({each[0].orders for each in alone}) == 3


def test_one_that_the_engine_does_not_cover_counts_nothing() -> None:
    luck = SameLuck(HORIZON, 5)
    first, slow = luck.tallies([USUAL, SLOW], [7])
    assert first is not None
    assert slow is None
    luck.check(USUAL)
    with pytest.raises(BadPlan, match=r"hundreds of markets.*mip\.wallet_cents"):
        luck.check(SLOW)
    with pytest.raises(BadPlan, match=r"hundreds of markets.*somebody looks after the orders"):
        replace(luck, care=Care("reference")).check(USUAL)


def test_it_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    SameLuck(HORIZON, 5, 1, lambda done, wanted: told.append((done, wanted))).tallies(MARKETS, [7, 8])
    assert told == [(2, 6), (4, 6), (6, 6)]


def test_no_markets_take_no_work() -> None:
    assert SameLuck(HORIZON, 5).tallies([], [7]) == []

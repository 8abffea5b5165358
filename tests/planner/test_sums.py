"""What many replications come to: the same sums however few of them are in memory at a time."""

from __future__ import annotations

import pytest

from fakemarket.settings import Demand, Settings
from redclock.planner import sums
from redclock.planner.causes import CAUSES
from redclock.planner.replication import Tally
from redclock.planner.replications import Replications
from redclock.planner.sums import Sums
from redclock.planner.sweep import plan


def test_the_sums_and_each_rate_are_those_of_the_tallies() -> None:
    found = Sums()
    first, second = ([0] * len(CAUSES) for _ in range(2))
    first[0], second[0], second[1] = 3, 1, 1
    found.add(7, Tally(10, 3, tuple(first)))
    found.add(8, Tally(4, 2, tuple(second)))
    assert (found.orders, found.misses, list(found.rates), found.empty_seed) == (14, 5, [0.3, 0.5], None)
    assert found.causes[:3] == [4, 1, 0]
    found.add(9, Tally(0, 0, (0,) * len(CAUSES)))
    assert found.empty_seed == 9


def test_a_plan_of_few_at_a_time_is_the_plan_and_tells_how_far_it_is_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[int, int]] = []
    asked: list[int] = []
    usual = Replications.tallies

    def small() -> object:
        told.clear()
        market = Settings(demand=Demand(orders_per_day=25))
        return plan(market, (3, 4), runs=7, days=3, warm_up_days=2, told=lambda *it: told.append(it))

    def counted(self: Replications, seeds: range, **more: int) -> list[list[Tally]]:
        asked.append(len(seeds))
        return usual(self, seeds, **more)

    whole = small()
    assert told == [(0, 14), (14, 14)]
    monkeypatch.setattr(sums, "_AT_A_TIME", 3)
    monkeypatch.setattr(Replications, "tallies", counted)
    assert small() == whole
    assert asked == [3, 3, 1]
    assert told == [(0, 14), (6, 14), (6, 14), (12, 14), (12, 14), (14, 14)]

"""What each uncertain setting alone does to the miss rate: a tornado, the longest bar first.

One setting is moved at a time, in the same worlds (common random numbers), so a change is known better than the rate. A
setting whose moves leave every count of the first runs as it was isn't run further: most belong to what happens after a
shipment. Together settings may do more than alone; `sobol` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fakemarket.settings import Settings
from redclock.planner.estimate import Estimate, of_means
from redclock.planner.questions.moves import MOVED_MINUTES, MOVED_SHARE, UNCERTAIN, movables
from redclock.planner.questions.side_by_side import SameLuck
from redclock.planner.replication import Tally
from redclock.planner.replications import Told
from redclock.planner.sweep import BadPlan, Plan

FIRST_RUNS = 10
"""Runs after which a setting that changed no count is left."""


@dataclass(frozen=True, slots=True)
class Change:
    """What another value of a setting does to the miss rate: share of orders, more than 0 if more are missed."""

    value: Any
    change: Estimate


@dataclass(frozen=True, slots=True)
class Bar:
    """One uncertain setting, with what its moves do."""

    name: str
    value: Any
    mark: str
    meaning: str
    changes: tuple[Change, ...]

    @property
    def swing(self) -> float:
        """From the lowest to the highest rate that its values give, share of orders."""
        means = [0.0, *(it.change.mean for it in self.changes)]
        return max(means) - min(means)


@dataclass(frozen=True, slots=True)
class Tornado:
    """All uncertain settings.

    Attributes:
        preparation_days: under which they were moved.
        rate: the miss rate with every setting as it is.
        bars: those that changed a count, the greatest swing first.
        still: names of those that changed none in the first runs.
        unmoved: names of those that were not moved: words, lists, zeros, or where no order would be left to judge.
        moved_share: how far numbers and durations were moved.
        moved_minutes: how far times of the day were.
    """

    preparation_days: int
    rate: Estimate
    bars: tuple[Bar, ...]
    still: tuple[str, ...]
    unmoved: tuple[str, ...]
    target: float
    runs: int
    first_runs: int
    confidence: float
    moved_share: float
    moved_minutes: int

    @property
    def breaking(self) -> tuple[str, ...]:
        """Names of those that alone bring the rate over the target, at one of their values."""
        worst = ((bar.name, max(it.change.mean for it in bar.changes)) for bar in self.bars)
        return tuple(name for name, change in worst if self.rate.mean <= self.target < self.rate.mean + change)


def tornado(plan: Plan, settings: Settings, *, processes: int | None = None, told: Told | None = None) -> Tornado:
    """Moves every uncertain setting, under the preparation time that a plan recommends, or else the nearest.

    Args:
        settings: the market that the plan is of.
        processes: worker processes; by default one a core if that pays. The numbers don't depend on it.
        told: is told how far it is.

    Raises:
        BadPlan: the engine can't be asked about the market, or there is one run only.
        NoWorkers: a process died.
    """
    row = plan.recommended or plan.nearest
    luck = SameLuck(plan.horizon, row.preparation_days, processes, told, plan.care)
    if plan.runs == 1:
        raise BadPlan("one run tells nothing of what a setting changes; ask for 2 runs or more")
    luck.check(settings)
    seeds = range(plan.seed, plan.seed + plan.runs)
    first, others = seeds[:FIRST_RUNS], seeds[FIRST_RUNS:]
    uncertain = {it.name for it in plan.assumptions if it.mark in UNCERTAIN}
    asked = [it for it in movables(settings) if it.name in uncertain]
    moves = [(it, move) for it in asked for move in it.moves]
    begun = luck.tallies([move.settings for _, move in moves], first)
    (usual,) = luck.tallies([settings], seeds)
    assert usual is not None
    differ = [n for n, found in enumerate(begun) if found is not None and found != usual[: len(first)]]
    ended = luck.tallies([moves[n][1].settings for n in differ], others) if others else [[] for _ in differ]
    changes: dict[str, list[Change]] = {}
    for n, more in zip(differ, ended, strict=True):
        it, move = moves[n]
        found = [*(begun[n] or ()), *(more or ())]
        if all(each.orders for each in found):
            changes.setdefault(it.name, []).append(Change(move.value, changed(usual, found, plan.confidence)))
    same = {it.name for n, (it, _) in enumerate(moves) if begun[n] == usual[: len(first)]}
    bars = (Bar(it.name, it.value, it.mark, it.meaning, tuple(changes[it.name])) for it in asked if it.name in changes)
    return Tornado(
        preparation_days=row.preparation_days,
        rate=row.rate,
        bars=tuple(sorted(bars, key=lambda it: -it.swing)),
        still=tuple(it.name for it in asked if it.name in same and it.name not in changes),
        unmoved=tuple(it.name for it in asked if it.name not in same and it.name not in changes),
        target=plan.target,
        runs=plan.runs,
        first_runs=len(first),
        confidence=plan.confidence,
        moved_share=MOVED_SHARE,
        moved_minutes=MOVED_MINUTES,
    )


def changed(usual: Sequence[Tally], other: Sequence[Tally], confidence: float) -> Estimate:
    """How much more another market misses than the usual one, run by run in the same luck: share of orders."""
    pairs = zip(usual, other, strict=True)
    return of_means(
        [b.misses / b.orders - a.misses / a.orders for a, b in pairs], "run", confidence, lowest=-1.0, highest=1.0
    )

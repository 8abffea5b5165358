"""Many markets under one preparation time in the same luck, over all cores: for questions that take hundreds of them.

A plan of each would say more than they need. The engine alone is asked: the world itself would take hours.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fakemarket.settings import Settings
from redclock.planner.executors import as_done, own_processes
from redclock.planner.replication import Horizon, Tally
from redclock.planner.replications import Replications, Told
from redclock.planner.sweep import BadPlan

if TYPE_CHECKING:
    from redclock.planner.care import Care

_REPLICATIONS_A_PROCESS = 300
"""More processes than one are worth their start, and numba is worth its, from about so many replications on."""

_Market = tuple[int, Settings]


@dataclass(frozen=True, slots=True)
class SameLuck:
    """What all markets share.

    Attributes:
        horizon: which orders count.
        preparation_days: working days.
        processes: by default one a core, if that pays. The numbers don't depend on it.
        told: is told, again and again, how many replications are there and how many are wanted.
        care: who looks after the orders; None if nobody does.
    """

    horizon: Horizon
    preparation_days: int
    processes: int | None = None
    told: Told | None = None
    care: Care | None = None

    def check(self, settings: Settings) -> None:
        """Whether hundreds of markets like this one can be asked about.

        Raises:
            BadPlan: the engine can't be asked about that market.
        """
        asked = Replications(settings, self.horizon, [self.preparation_days], 1, care=self.care)
        if why := asked.slow_because:
            raise BadPlan(f"a sensitivity asks hundreds of markets, which takes hours where {why}")

    def tallies(self, markets: Sequence[Settings], seeds: Sequence[int]) -> list[list[Tally] | None]:
        """What each market counts, in the order of the seeds; None of one that the engine doesn't cover.

        Raises:
            NoWorkers: a process died.
        """
        wanted = len(markets) * len(seeds)
        pays = wanted // _REPLICATIONS_A_PROCESS
        workers = min(self.processes or max(min(os.cpu_count() or 1, pays), 1), len(markets))
        work = partial(_tallies, self.horizon, self.preparation_days, seeds, pays > 0, self.care)
        found: dict[int, list[Tally] | None] = {}
        with own_processes(workers) as executor, closing(as_done(executor, work, enumerate(markets))) as pieces:
            for (number, _), counted in pieces:
                found[number] = counted
                if self.told is not None:
                    self.told(len(found) * len(seeds), wanted)
        return [found[number] for number in range(len(markets))]


def _tallies(
    horizon: Horizon, preparation_days: int, seeds: Sequence[int], compiled: bool, care: Care | None, market: _Market
) -> list[Tally] | None:
    from redclock.planner.engine.compiled import compile_if_possible

    asked = Replications(market[1], horizon, [preparation_days], 1, care=care)
    if asked.slow_because:
        return None
    if compiled:
        compile_if_possible()
    return asked.tallies(seeds)[0]

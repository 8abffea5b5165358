"""Many markets under one preparation time in the same luck, over all cores: for questions that take hundreds of them.

A plan of each would say more than they need. The engine alone is asked: the world itself would take hours.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from fakemarket.settings import Settings
from redclock.planner.replication import Horizon, Tally
from redclock.planner.replications import Replications

_REPLICATIONS_A_PROCESS = 300
"""More processes than one are worth their start when each has about so many replications."""


@dataclass(frozen=True, slots=True)
class SameLuck:
    """What all markets share.

    Attributes:
        horizon: which orders count.
        preparation_days: working days.
        processes: by default one a core, if that pays. The numbers don't depend on it.
    """

    horizon: Horizon
    preparation_days: int
    processes: int | None = None

    def uncovered(self, settings: Settings) -> str:
        """Why the engine can't be asked about a market; empty if it can."""
        return Replications(settings, self.horizon, [self.preparation_days], 1).slow_because

    def tallies(self, markets: Sequence[Settings], seeds: Sequence[int]) -> list[list[Tally] | None]:
        """What each market counts, in the order of the seeds; None of one that the engine doesn't cover."""
        pays = len(markets) * len(seeds) // _REPLICATIONS_A_PROCESS
        workers = min(self.processes or max(min(os.cpu_count() or 1, pays), 1), max(len(markets), 1))
        work = partial(_tallies, self.horizon, self.preparation_days, seeds)
        if workers == 1:
            return [work(each) for each in markets]
        with ProcessPoolExecutor(workers, initializer=_start_worker) as pool:
            return list(pool.map(work, markets, chunksize=max(len(markets) // (4 * workers), 1)))


def _tallies(horizon: Horizon, preparation_days: int, seeds: Sequence[int], settings: Settings) -> list[Tally] | None:
    asked = Replications(settings, horizon, [preparation_days], 1)
    return None if asked.slow_because else asked.tallies(seeds)[0]


def _start_worker() -> None:
    from redclock.planner.engine.compiled import compile_if_possible

    compile_if_possible()

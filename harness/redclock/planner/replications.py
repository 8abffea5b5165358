"""Many replications of one question, by the engine where it covers the market and by the world itself where not.

Both give the same counts, so which of them it was decides only how long it took. Knows no intervals.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import chain, starmap
from statistics import fmean
from typing import TYPE_CHECKING

from fakemarket.settings import Settings
from redclock.planner.replication import Horizon, Tally, replicate

if TYPE_CHECKING:
    from redclock.planner.engine.engine import Engine

_ORDERS_A_PROCESS = 1_000_000
"""More processes than one are worth their start when each has about so many orders to work on: some second."""
_ORDERS_TO_COMPILE = 500_000
"""numba is worth its half second from about so many orders on."""
_LOOKED_AT = 12
"""Replications from which the packers' load is taken."""
_GC_THRESHOLD = 100_000
"""A world makes many objects and drops few while it lives: the collector's usual 700 costs a fifth of the time."""


class Replications:
    """A market, the days that count and the preparation times to judge by, ready for any number of seeds.

    Args:
        settings: what the market is like; its own preparation time is not used.
        horizon: which orders count.
        preparation_days: working days to judge by.
        processes: worker processes; by default as many as there are cores, if that pays.
    """

    def __init__(
        self, settings: Settings, horizon: Horizon, preparation_days: Sequence[int], processes: int | None = None
    ) -> None:
        self._question = settings, horizon, tuple(preparation_days)
        self._processes = processes
        self.slow_because = ""
        """Why the world itself has to be asked, some hundred times as slow; empty if the engine answers."""
        self._engine: Engine | None = None
        try:
            from redclock.planner.engine.covered import NotCovered

            try:
                self._engine = engine_of(*self._question)
            except NotCovered as why:
                self.slow_because = f"the engine doesn't cover {why}"
        except ModuleNotFoundError as missing:
            self.slow_because = f"the engine needs {missing.name}, which the extra `plan` brings"

    def tallies(self, seeds: Sequence[int]) -> list[list[Tally]]:
        """What each replication counts: a list a preparation time, in the order of the seeds.

        Raises:
            Undecided: some order never gets a verdict.
        """
        settings, horizon, preparation_days = self._question
        if self._engine is not None:
            return self._by_engine(seeds)
        variants = [
            replace(settings, countdown=replace(settings.countdown, preparation_days=it)) for it in preparation_days
        ]
        tasks = [(variant, seed, horizon) for variant in variants for seed in seeds]
        workers = min(self._processes or os.cpu_count() or 1, len(tasks))
        if workers == 1:
            found = list(starmap(replicate, tasks))
        else:
            with ProcessPoolExecutor(workers, initializer=_start_worker) as pool:
                found = list(pool.map(replicate, *zip(*tasks, strict=True)))
        return [found[n : n + len(seeds)] for n in range(0, len(found), len(seeds))]

    def load(self, seeds: Sequence[int]) -> float | None:
        """What the days that count give the packers to do, as a share of their time; None if not known."""
        return None if self._engine is None else fmean(self._engine.load(seed) for seed in seeds[:_LOOKED_AT])

    def _by_engine(self, seeds: Sequence[int]) -> list[list[Tally]]:
        assert self._engine is not None
        pays = int(self._engine.orders_a_replication * len(seeds) / _ORDERS_A_PROCESS)
        workers = min(self._processes or max(min(os.cpu_count() or 1, pays), 1), len(seeds))
        if workers == 1:
            found = _of_seeds(*self._question, seeds)
        else:
            shares = [seeds[len(seeds) * n // workers : len(seeds) * (n + 1) // workers] for n in range(workers)]
            with ProcessPoolExecutor(workers) as pool:
                parts = pool.map(_of_seeds, *([it] * workers for it in self._question), shares)
                found = list(chain.from_iterable(parts))
        return [list(row) for row in zip(*found, strict=True)]


@lru_cache(maxsize=4)
def engine_of(settings: Settings, horizon: Horizon, preparation_days: tuple[int, ...]) -> Engine:
    """The engine for a question, made once in a process: its tables take longer than a replication."""
    from redclock.planner.engine.engine import Engine

    return Engine(settings, horizon, preparation_days)


def _of_seeds(
    settings: Settings, horizon: Horizon, preparation_days: tuple[int, ...], seeds: Sequence[int]
) -> list[list[Tally]]:
    from redclock.planner.engine.compiled import compile_if_possible

    engine = engine_of(settings, horizon, preparation_days)
    if engine.orders_a_replication * len(seeds) > _ORDERS_TO_COMPILE:
        compile_if_possible()
    return [engine.replicate(seed) for seed in seeds]


def _start_worker() -> None:
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)

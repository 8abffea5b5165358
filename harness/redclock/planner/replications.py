"""Many replications of one question, by the engine where it covers the market and by the world itself where not.

Both give the same counts, so which of them it was decides only how long it took; and so does who did the work, and
whether it was done now or is kept in a store. Knows no intervals.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING

from fakemarket.settings import Settings
from redclock.planner.engine.habits import NOBODY, Habits
from redclock.planner.executors import NoWorkers, as_done, own_processes
from redclock.planner.model_version import model_version
from redclock.planner.replication import Horizon, Tally, replicate

if TYPE_CHECKING:
    from redclock.planner.care import Care
    from redclock.planner.engine.engine import Engine
    from redclock.planner.store import Store

Told = Callable[[int, int], None]
"""Is told how many replications are there and how many are wanted, each preparation time counting as one."""

_ORDERS_A_PROCESS = 2_000_000
"""More processes than one are worth their start when each has about so many orders to work on: some second."""
_ORDERS_TO_COMPILE = 2_000_000
"""numba is worth its start, most of a second with what it kept, from about so many orders on [D]."""
_ORDERS_A_BATCH = 400_000
"""What is handed out at a time: some tenths of a second's work, a second's with numpy alone. A kill loses no more."""
_LOOKED_AT = 12
"""Replications from which the packers' load is taken."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is handed out at a time: replications of one market.

    Attributes:
        by_engine: whether the engine covers the market, and knows who looks after it.
        compiled: whether the engine shall be compiled.
        care: who looks after the orders, if anybody does.
        habits: the same for the engine.
    """

    settings: Settings
    horizon: Horizon
    preparation_days: tuple[int, ...]
    seeds: tuple[int, ...]
    by_engine: bool
    compiled: bool
    care: Care | None = None
    habits: Habits = NOBODY

    def counted(self) -> list[list[Tally]]:
        """What each replication counts: a list a seed, with a tally a preparation time.

        Raises:
            Undecided: some order never gets a verdict.
            CareFailed: whoever looks after the orders did what can't be.
        """
        if not self.by_engine:
            return [self._by_world(seed) for seed in self.seeds]
        from redclock.planner.engine.compiled import compile_if_possible

        engine = engine_of(self.settings, self.horizon, self.preparation_days, self.habits)
        if self.compiled:
            compile_if_possible()
        return self._by_engine(engine, self.seeds)

    def _by_engine(self, engine: Engine, seeds: Sequence[int]) -> list[list[Tally]]:
        from redclock.planner.engine.covered import NotCovered

        try:
            return engine.replicate(seeds)
        except NotCovered:  # what only shows as it happens, and hardly ever does
            if len(seeds) == 1:
                return [self._by_world(seeds[0])]
            return [each for seed in seeds for each in self._by_engine(engine, [seed])]

    def _by_world(self, seed: int) -> list[Tally]:
        return [self._of_world(days, seed) for days in self.preparation_days]

    def _of_world(self, preparation_days: int, seed: int) -> Tally:
        market = replace(self.settings, countdown=replace(self.settings.countdown, preparation_days=preparation_days))
        if self.care is None:
            return replicate(market, seed, self.horizon)
        from redclock.planner.care import cared_for

        return cared_for(market, seed, self.horizon, self.care)


class Replications:
    """A market, the days that count and the preparation times to judge by, ready for any number of seeds.

    Args:
        settings: what the market is like; its own preparation time is not used.
        horizon: which orders count.
        preparation_days: working days to judge by.
        processes: worker processes; by default as many as there are cores, if that pays.
        executor: who does the work instead of them.
        store: where finished replications are looked for and kept; not those with `strangers`.
        told: is told how far it is.
        care: who looks after the orders; nobody unless given.
    """

    def __init__(
        self,
        settings: Settings,
        horizon: Horizon,
        preparation_days: Sequence[int],
        processes: int | None = None,
        *,
        executor: Executor | None = None,
        store: Store | None = None,
        told: Told | None = None,
        care: Care | None = None,
    ) -> None:
        self._care = care
        self._question = settings, horizon, tuple(preparation_days)
        self._habits = NOBODY
        self._processes, self._executor, self._store = processes, executor, store
        self._told = told or (lambda _done, _wanted: None)
        self.slow_because = ""
        """Why the world itself has to be asked, some hundred times as slow; empty if the engine answers."""
        self._engine: Engine | None = None
        self.strangers = False
        """Somebody looks after the orders whose habits nobody knows, but for asking them."""
        if care is not None:
            from redclock.planner.care import habits_of

            habits = habits_of(care, settings)
            if habits is None:
                self.strangers = True
                self.slow_because = "somebody looks after the orders, whom the engine doesn't know"
                return
            self._habits = habits
        try:
            from redclock.planner.engine.covered import NotCovered

            try:
                self._engine = engine_of(*self._question, self._habits)
            except NotCovered as why:
                self.slow_because = f"the engine doesn't cover {why}"
        except ModuleNotFoundError as missing:
            self.slow_because = f"the engine needs {missing.name}, which the extra `plan` brings"

    def tallies(self, seeds: Sequence[int], *, before: int = 0, after: int = 0) -> list[list[Tally]]:
        """What each replication counts: a list a preparation time, in the order of the seeds.

        Args:
            before: replications that were run already, in what is told.
            after: those that will be run.

        Raises:
            Undecided: some order never gets a verdict.
            CareFailed: whoever looks after the orders did what can't be.
            NoWorkers: whoever did the work is gone.
            NoStore: the store can't be read or written.
        """
        settings, horizon, preparation_days = self._question
        found: dict[int, dict[int, Tally]] = {days: {} for days in preparation_days}
        if self._store is not None:
            found = {
                days: self._store.tallies(settings, horizon, days, seeds, self._habits) for days in preparation_days
            }
        wanted = len(preparation_days) * (before + len(seeds) + after)
        there = len(preparation_days) * before + sum(map(len, found.values()))
        self._told(there, wanted)
        batches = list(self._batches(seeds, found))
        hands = nullcontext(self._executor) if self._executor else own_processes(self._workers(batches))
        work = partial(_counted_alike, model=model_version()) if self._executor else Batch.counted
        with hands as executor, closing(as_done(executor, work, batches)) as pieces:
            for batch, counted in pieces:
                done = [
                    (days, seed, tally)
                    for seed, tallies in zip(batch.seeds, counted, strict=True)
                    for days, tally in zip(batch.preparation_days, tallies, strict=True)
                ]
                if self._store is not None:
                    self._store.keep(settings, horizon, done, self._habits)
                for days, seed, tally in done:
                    found[days][seed] = tally
                there += len(done)
                self._told(there, wanted)
        return [[found[days][seed] for seed in seeds] for days in preparation_days]

    def load(self, seeds: Sequence[int]) -> float | None:
        """What the days that count give the packers to do, as a share of their time; None if not known."""
        if self._engine is None:
            return None
        from redclock.planner.engine.covered import NotCovered

        try:
            return fmean(self._engine.load(seed) for seed in seeds[:_LOOKED_AT])
        except NotCovered:
            return None

    def _batches(self, seeds: Sequence[int], found: dict[int, dict[int, Tally]]) -> Iterator[Batch]:
        """What is still to be done: the engine takes preparation times together, the world one at a time."""
        settings, horizon, preparation_days = self._question
        if self._engine is None:
            for days in preparation_days:
                for seed in seeds:
                    if seed not in found[days]:
                        yield Batch(settings, horizon, (days,), (seed,), False, False, self._care)
            return
        orders = self._engine.orders_a_replication
        compiled = orders * sum(any(it not in each for each in found.values()) for it in seeds) > _ORDERS_TO_COMPILE
        most = max(int(_ORDERS_A_BATCH / max(orders, 1)), 1)
        for missing, alike in groupby(seeds, lambda it: tuple(days for days in found if it not in found[days])):
            to_do = tuple(alike) if missing else ()
            for n in range(0, len(to_do), most):
                some = to_do[n : n + most]
                yield Batch(settings, horizon, missing, some, True, compiled, self._care, self._habits)

    def _workers(self, batches: Sequence[Batch]) -> int:
        cores = os.cpu_count() or 1
        if self._engine is not None:
            pays = int(self._engine.orders_a_replication * sum(len(it.seeds) for it in batches) / _ORDERS_A_PROCESS)
            cores = max(min(cores, pays), 1)
        return min(self._processes or cores, len(batches))


def _counted_alike(batch: Batch, model: str) -> list[list[Tally]]:
    """What `Batch.counted` gives, unless this process has another version of the market than the one that asks."""
    if model_version() != model:
        raise NoWorkers(
            "a worker has another version of redclock, or of its calendars, than this one, and would count otherwise: "
            "install the same there"
        )
    return batch.counted()


@lru_cache(maxsize=4)
def engine_of(settings: Settings, horizon: Horizon, preparation_days: tuple[int, ...], habits: Habits) -> Engine:
    """The engine for a question, made once in a process: its tables take longer than a replication."""
    from redclock.planner.engine.engine import Engine

    return Engine(settings, horizon, preparation_days, habits)

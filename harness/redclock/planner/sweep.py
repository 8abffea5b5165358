"""The deadline miss rate for each preparation time, by independent replications of the market's world.

Replication r has the seed `seed + r` for every preparation time (common random numbers): the same buyers order the same
things and the same parcels wait for the same packers, so that what differs is the preparation time alone. A longer one
then doesn't miss an order that a shorter one kept (but for days without a token, when orders that close before they are
imported never reach the warehouse's queue), and differences are known better than the rates themselves.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise, starmap
from typing import Any

from fakemarket.knobs import described
from fakemarket.settings import Settings
from redclock.checks.student import student_t
from redclock.planner.estimate import CONFIDENCE, Estimate, of_means
from redclock.planner.replication import Horizon, Tally, replicate

RUNS = 12
DAYS = 14
WARM_UP_DAYS = 7
START_AT = 1_772_409_600
"""Monday 2 March 2026, 00:00 UTC, where markets start unless told otherwise."""

_GC_THRESHOLD = 100_000
"""A world makes many objects and drops few while it lives: the collector's usual 700 costs a fifth of the time."""


class BadPlan(ValueError):
    """The question cannot be answered as it was put."""


@dataclass(frozen=True, slots=True)
class Row:
    """One preparation time.

    Attributes:
        preparation_days: working days in the delivery template.
        rate: share of orders whose countdown ended; mean and interval over replications.
        orders: orders counted in all replications.
        misses: of these, countdowns that ended.
        rates: the miss rate of each replication, in the order of their seeds.
    """

    preparation_days: int
    rate: Estimate
    orders: int
    misses: int
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the longer of two neighbouring preparation times saves: share of orders, by paired replications."""

    shorter_days: int
    longer_days: int
    saved: Estimate


@dataclass(frozen=True, slots=True)
class Assumption:
    """A setting that rests on one source (`1`) or on none (`A`), with the value that was used."""

    name: str
    value: Any
    mark: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer for every preparation time asked, shortest first."""

    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    target: float
    seed: int
    runs: int
    horizon: Horizon
    confidence: float
    assumptions: tuple[Assumption, ...]

    @property
    def recommended(self) -> Row | None:
        """The shortest preparation time whose upper bound meets the target, if one does."""
        return next((row for row in self.rows if row.rate.high is not None and row.rate.high <= self.target), None)

    @property
    def nearest(self) -> Row:
        """The row whose upper bound, or mean if it has none, is lowest; of several the one with the lowest mean."""
        return min(self.rows, key=lambda row: (row.rate.high or row.rate.mean, row.rate.mean))


def plan(
    settings: Settings | None = None,
    preparation_days: Iterable[int] = range(3, 9),
    target: float = 0.02,
    *,
    seed: int = 0,
    runs: int = RUNS,
    days: int = DAYS,
    warm_up_days: int = WARM_UP_DAYS,
    start_at: int = START_AT,
    confidence: float = CONFIDENCE,
    processes: int | None = None,
) -> Plan:
    """Simulates every preparation time and compares.

    Args:
        settings: what the market is like; its own preparation time is not used.
        preparation_days: working days to try, each 1 or more.
        target: miss rate that shall not be exceeded, between 0 and 1.
        seed: of the first replication; the others have the following ones.
        runs: replications; one alone gives no interval.
        days: orders are counted for this long; whole weeks, or some weekday weighs more.
        warm_up_days: before that, for the warehouse to fill.
        start_at: first market time, seconds since the epoch; decides which holidays are met.
        confidence: how sure intervals shall be, two-sided.
        processes: worker processes, one a core by default; the numbers don't depend on it.

    Raises:
        BadPlan: an argument is impossible, or a replication has no order to judge.
        MissingExtra: scipy is not installed.
        Undecided: some order never gets a verdict.
    """
    settings = settings or Settings()
    tried = distinct_days(preparation_days)
    _check(target, runs, days, warm_up_days, confidence)
    if runs > 1:
        student_t(runs - 1, confidence)  # without scipy, better to fail now than after the work
    horizon = Horizon(start_at, warm_up_days, days)
    tallies = _tallies(settings, tried, range(seed, seed + runs), horizon, processes)
    rows = _rows(tried, [tallies[n : n + runs] for n in range(0, len(tallies), runs)], seed, confidence)
    return Plan(
        rows=rows,
        differences=tuple(_difference(*pair, confidence) for pair in pairwise(rows)),
        target=target,
        seed=seed,
        runs=runs,
        horizon=horizon,
        confidence=confidence,
        assumptions=assumptions(settings),
    )


def assumptions(settings: Settings) -> tuple[Assumption, ...]:
    """The settings that no second source confirms, with their values."""
    return tuple(
        Assumption(name, value, each.metadata["mark"], each.metadata["doc"])
        for name, value, each in described(settings)
        if each.metadata["mark"] in {"A", "1"}
    )


def distinct_days(preparation_days: Iterable[int]) -> list[int]:
    """The preparation times asked, shortest first and each once.

    Raises:
        BadPlan: there are none, or one is less than a day.
    """
    tried = sorted(set(preparation_days))
    if not tried or tried[0] < 1:
        raise BadPlan(f"preparation days are {tried}, but must be 1 or more, such as 3..8")
    return tried


def _check(target: float, runs: int, days: int, warm_up_days: int, confidence: float) -> None:
    for name, value in (("target", target), ("confidence", confidence)):
        if not 0 < value < 1:
            raise BadPlan(f"{name} is {value}, but must lie between 0 and 1, such as 0.02 for 2 %")
    for name, value, least in (("runs", runs, 1), ("days", days, 1), ("warm_up_days", warm_up_days, 0)):
        if value < least:
            raise BadPlan(f"{name} is {value}, but must be at least {least}")


def _tallies(
    settings: Settings, tried: list[int], seeds: Sequence[int], horizon: Horizon, processes: int | None
) -> list[Tally]:
    """All replications of the first preparation time, then of the second, and so on."""
    variants = [replace(settings, countdown=replace(settings.countdown, preparation_days=days)) for days in tried]
    tasks = [(variant, seed, horizon) for variant in variants for seed in seeds]
    workers = min(processes or os.cpu_count() or 1, len(tasks))
    if workers == 1:
        return list(starmap(replicate, tasks))
    with ProcessPoolExecutor(workers, initializer=_start_worker) as pool:
        return list(pool.map(replicate, *zip(*tasks, strict=True)))


def _start_worker() -> None:
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)


def _rows(tried: list[int], tallies: list[list[Tally]], seed: int, confidence: float) -> tuple[Row, ...]:
    rows: list[Row] = []
    for days, of_days in zip(tried, tallies, strict=True):
        empty = next((n for n, each in enumerate(of_days) if not each.orders), None)
        if empty is not None:
            raise BadPlan(
                f"the replication with seed {seed + empty} has no order to judge; ask for more days or a market with "
                "more orders a day"
            )
        rates = tuple(each.misses / each.orders for each in of_days)
        rate = of_means(rates, "run", confidence)
        if rows and not any(rates):
            rate = _capped(rate, rows[-1])
        orders, misses = sum(each.orders for each in of_days), sum(each.misses for each in of_days)
        rows.append(Row(days, rate, orders, misses, rates))
    return tuple(rows)


def _difference(shorter: Row, longer: Row, confidence: float) -> Difference:
    saved = [before - after for before, after in zip(shorter.rates, longer.rates, strict=True)]
    estimate = of_means(saved, "run", confidence, lowest=0.0 if min(saved) >= 0 else -1.0)
    return Difference(
        shorter.preparation_days, longer.preparation_days, estimate if any(saved) else _capped(estimate, shorter)
    )


def _capped(unseen: Estimate, shorter: Row) -> Estimate:
    """A longer time neither misses nor saves more than a shorter one misses: a bound for what was seen in no run."""
    if unseen.high is None or shorter.rate.high is None or shorter.rate.high >= unseen.high:
        return unseen
    note = f"seen in no run: the bound is that of {shorter.preparation_days} days"
    return replace(unseen, high=shorter.rate.high, note=note)

"""The deadline miss rate for each preparation time, by independent replications of the market's world.

Replication r has the seed `seed + r` for every preparation time (common random numbers): the same buyers order the same
things and the same parcels wait for the same packers, so that what differs is the preparation time alone. A longer one
then doesn't miss an order that a shorter one kept (but for days without a token, when orders that close before they are
imported never reach the warehouse's queue), and differences are known better than the rates themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fakemarket.knobs import described
from fakemarket.settings import Settings
from redclock.checks.student import student_t
from redclock.planner.causes import CAUSES, Cause
from redclock.planner.estimate import CONFIDENCE, Estimate, of_means
from redclock.planner.replication import Horizon
from redclock.planner.replications import Replications, Told
from redclock.planner.sums import Sums, add_replications

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from redclock.planner.care import Care
    from redclock.planner.store import Store

RUNS = 100
SLOW_RUNS = 12
"""Where the world itself has to be asked, which takes a hundred times as long."""
MOST_RUNS = 1_000_000
MOST_PREPARATION_DAYS = 500
"""Two years: an order is followed for less than three."""
BUSY = 0.9
"""Packers busier than this make queues whose length hangs on luck for weeks [A]: a plan then warns."""
DAYS = 14
WARM_UP_DAYS = 7
START_AT = 1_772_409_600
"""Monday 2 March 2026, 00:00 UTC, where markets start unless told otherwise."""


FITTED = "fitted"
"""The mark of a setting that was learnt from a seller's own orders."""


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
        causes: the misses by cause, in the order of `Cause`.
    """

    preparation_days: int
    rate: Estimate
    orders: int
    misses: int
    rates: tuple[float, ...]
    causes: tuple[int, ...]

    @property
    def by_cause(self) -> dict[Cause, int]:
        """The causes that there are, the most misses first; they add up to the misses."""
        found = [(cause, count) for cause, count in zip(CAUSES, self.causes, strict=True) if count]
        return dict(sorted(found, key=lambda it: -it[1]))


@dataclass(frozen=True, slots=True)
class Difference:
    """What the longer of two neighbouring preparation times saves: share of orders, by paired replications."""

    shorter_days: int
    longer_days: int
    saved: Estimate


@dataclass(frozen=True, slots=True)
class Assumption:
    """A setting that rests on one source (`1`), on none (`A`) or on own orders (`FITTED`), with the value used."""

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
    load: float | None
    """How busy the packers were, as a share of their time; None if not known."""
    warnings: tuple[str, ...]
    """Why the figures are less sure than they look, or were slow to come."""
    care: Care | None = None
    """Who looks after the orders; None: nobody, and the platforms work by themselves."""

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
    runs: int | None = None,
    half_width: float | None = None,
    days: int = DAYS,
    warm_up_days: int = WARM_UP_DAYS,
    start_at: int = START_AT,
    confidence: float = CONFIDENCE,
    processes: int | None = None,
    executor: Executor | None = None,
    store: Store | None = None,
    told: Told | None = None,
    care: Care | None = None,
) -> Plan:
    """Simulates every preparation time and compares.

    Args:
        settings: what the market is like; its own preparation time is not used.
        preparation_days: working days to try, each 1 or more.
        target: miss rate that shall not be exceeded, between 0 and 1.
        seed: of the first replication; the others have the following ones.
        runs: replications; one alone gives no interval. By default as many as take a second or some.
        half_width: go on beyond `runs` until no rate's interval reaches further than this from its middle.
        days: orders are counted for this long; whole weeks, or some weekday weighs more.
        warm_up_days: before that, for the warehouse to fill.
        start_at: first market time, seconds since the epoch; decides which holidays are met.
        confidence: how sure intervals shall be, two-sided.
        processes: worker processes; by default one a core if that pays. The numbers don't depend on it.
        executor: who runs replications instead of them. The numbers don't depend on it.
        store: where finished replications are kept; those that are there are not run again, and the numbers are those
            of a plan without it.
        told: is told, again and again, how many replications are there and how many are wanted.
        care: who looks after the orders; by default nobody. The world itself has to be asked about others than
            `care.habits_of` knows.

    Raises:
        BadPlan: an argument is impossible, or a replication has no order to judge.
        MissingExtra: scipy is not installed.
        Undecided: some order never gets a verdict.
        CareFailed: whoever looks after the orders did what can't be.
        NoWorkers: whoever ran replications is gone.
        NoStore: the store can't be read or written.
    """
    settings = settings or Settings()
    tried = distinct_days(preparation_days)
    _check(target, runs, half_width, days, warm_up_days, confidence)
    horizon = Horizon(start_at, warm_up_days, days)
    replications = Replications(
        settings, horizon, tried, processes, executor=executor, store=store, told=told, care=care
    )
    if replications.strangers and store is not None:
        raise BadPlan(
            f"a store knows the market's code, but not when that of {care} changes: it keeps the runs of "
            "daily_manual_check and of people who renew tokens unasked; leave out one of them"
        )
    if runs is None:
        runs = SLOW_RUNS if replications.slow_because else RUNS
    if runs > 1:
        student_t(runs - 1, confidence)  # without scipy, better to fail now than after the work
    sums = [Sums() for _ in tried]
    add_replications(sums, replications, range(seed, seed + runs))
    rows = _rows(tried, sums, confidence)
    while half_width is not None and runs < MOST_RUNS and (more := _wanted(rows, half_width, runs)):
        add_replications(sums, replications, range(seed + runs, seed + runs + more))
        runs += more
        rows = _rows(tried, sums, confidence)
    load = replications.load(range(seed, seed + runs))
    return Plan(
        rows=rows,
        differences=tuple(_difference(*pair, confidence) for pair in pairwise(rows)),
        target=target,
        seed=seed,
        runs=runs,
        horizon=horizon,
        confidence=confidence,
        assumptions=assumptions(settings),
        load=load,
        warnings=tuple(_warnings(load, replications.slow_because)),
        care=care,
    )


def paired(before: Plan, after: Plan) -> tuple[Estimate, ...]:
    """What the market of one plan saves against that of another, for each preparation time: share of orders.

    Replications are paired by their seeds, so that luck falls out as far as both markets share it.

    Args:
        before: as it is.
        after: as it would be; for the same preparation times, seeds and days.
    """
    return tuple(_saved(row, other, before.confidence) for row, other in zip(before.rows, after.rows, strict=True))


def _saved(before: Row, after: Row, confidence: float) -> Estimate:
    """Where every run gave the same, no more is saved than was missed, and no more is lost than is missed then."""
    saved = [was - is_now for was, is_now in zip(before.rates, after.rates, strict=True)]
    estimate = of_means(saved, "run", confidence, lowest=-1.0)
    if min(saved) < max(saved) or before.rate.high is None or after.rate.high is None:
        return estimate
    low, high = max(estimate.low or 0.0, -after.rate.high), min(estimate.high or 1.0, before.rate.high)
    return replace(estimate, low=low, high=high)


def _wanted(rows: tuple[Row, ...], half_width: float, runs: int) -> int:
    """How many more replications the widest interval asks for; 0 if none is too wide.

    A tenth more than its spread says, and never more than three times as many as there are, as the spread is a guess.
    """
    widest = max(max(row.rate.high - row.rate.mean, row.rate.mean - row.rate.low) for row in rows)  # type: ignore[operator]
    if widest <= half_width:
        return 0
    needed = ceil(1.1 * runs * (widest / half_width) ** 2)
    return min(max(needed, runs + 1), 4 * runs, MOST_RUNS) - runs


def _warnings(load: float | None, slow_because: str) -> Iterable[str]:
    if load is not None and load > BUSY:
        yield (
            f"the packers have work for {load * 100:.0f} % of their time: near saturation no queue settles, so the "
            "rates hang on how long is counted and how long is warmed up; try one packer more"
        )
    if slow_because:
        yield f"the market's world itself was asked, order by order, which takes long: {slow_because}"


def assumptions(settings: Settings, fitted: Mapping[str, str] = MappingProxyType({})) -> tuple[Assumption, ...]:
    """The settings that no second source confirms, and those learnt from somebody's own orders, with their values.

    Args:
        settings: what the market is like.
        fitted: in words where those come from that come from orders, by dotted name.
    """
    return tuple(
        Assumption(name, value, FITTED, f"{each.metadata['doc']}; {fitted[name]}")
        if name in fitted
        else Assumption(name, value, each.metadata["mark"], each.metadata["doc"])
        for name, value, each in described(settings)
        if name in fitted or each.metadata["mark"] in {"A", "1"}
    )


def distinct_days(preparation_days: Iterable[int]) -> list[int]:
    """The preparation times asked, shortest first and each once.

    Raises:
        BadPlan: there are none, or one is less than a day, or so long that calendars end before it.
    """
    tried = sorted(set(preparation_days))
    if not tried or tried[0] < 1:
        raise BadPlan(f"preparation days are {tried}, but must be 1 or more, such as 3..8")
    if tried[-1] > MOST_PREPARATION_DAYS:
        raise BadPlan(f"{tried[-1]} preparation days are asked for, but {MOST_PREPARATION_DAYS} are the most")
    return tried


def _check(
    target: float, runs: int | None, half_width: float | None, days: int, warm_up_days: int, confidence: float
) -> None:
    for name, value in (("target", target), ("confidence", confidence)):
        if not 0 < value < 1:
            raise BadPlan(f"{name} is {value}, but must lie between 0 and 1, such as 0.02 for 2 %")
    if half_width is not None and not 0 < half_width < 1:
        raise BadPlan(f"half_width is {half_width}, but must lie between 0 and 1, such as 0.002 for 0.2 %")
    if half_width is not None and runs == 1:
        raise BadPlan("one run has no interval whose half width could be asked for; ask for 2 runs or more")
    for name, count, least in (("runs", runs, 1), ("days", days, 1), ("warm_up_days", warm_up_days, 0)):
        if count is not None and count < least:
            raise BadPlan(f"{name} is {count}, but must be at least {least}")


def _rows(tried: list[int], sums: list[Sums], confidence: float) -> tuple[Row, ...]:
    rows: list[Row] = []
    for days, each in zip(tried, sums, strict=True):
        if each.empty_seed is not None:
            raise BadPlan(
                f"the replication with seed {each.empty_seed} has no order to judge; ask for more days or a market "
                "with more orders a day"
            )
        rates = tuple(each.rates)
        rate = of_means(rates, "run", confidence)
        if rows and not any(rates):
            rate = _capped(rate, rows[-1])
        rows.append(Row(days, rate, each.orders, each.misses, rates, tuple(each.causes)))
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

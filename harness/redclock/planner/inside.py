"""What goes on inside a plan's market: the time left when orders are declared, and the packers' load and queue.

Few replications are looked at for it, the plan's first ones, because it is to be seen and not to be decided by. What is
shown is pooled from them or their mean; a band is where nine of ten of them lie, and no interval of the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redclock.planner.engine.habits import NOBODY, Habits
from redclock.planner.replication import DAY

if TYPE_CHECKING:
    from fakemarket.settings import Settings
    from redclock.planner.engine.compiled import Floats, Ints
    from redclock.planner.engine.engine import Engine
    from redclock.planner.sweep import Plan

RUNS = 40
"""Looked at, or fewer if the plan has no more: enough for a band of nine in ten."""
FOLLOWED_DAYS = 7
"""For how long after its countdown's end a missed order is followed; what is later still is never."""
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of slack."""
BIN_SECONDS = 6 * 3600
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Slack:
    """Time left in the countdowns of one preparation time's orders when they were declared, in seconds.

    An order that is 0 or less was missed: that is how long after the end its number was to be pushed.

    Attributes:
        orders: all that count.
        missed: of these, how many were.
        never: of these, how many had no number to be pushed in the days after.
        quantiles: as `SHARES` names them: the greatest slack that no more than that share of orders lie under; None
            where it is never.
        bins: how many orders have a slack from so many seconds on to `BIN_SECONDS` later, rising, without gaps.
    """

    preparation_days: int
    orders: int
    missed: int
    never: int
    quantiles: tuple[int | None, ...]
    bins: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A figure of some stretch of time: mean over runs, and between what nine of ten of them lie."""

    from_at: int
    until_at: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Inside:
    """What the first runs of a plan show.

    Attributes:
        seed: of the first one.
        runs: how many.
        zone: of the warehouse, by whose clock its days are told.
        slacks: a preparation time each.
        loads: the share of the packers' time that is work, for each of their days that counts.
        waiting: parcels on the packing table that nobody has begun, at each whole hour from the start of the days that
            count; `until_at` is the hour after.
    """

    seed: int
    runs: int
    zone: str
    slacks: tuple[Slack, ...]
    loads: tuple[Band, ...]
    waiting: tuple[Band, ...]


def inside(settings: Settings, plan: Plan) -> Inside | None:
    """Looks at the first runs of a plan, `RUNS` at most; None where the engine doesn't cover the market, or doesn't
    know who looks after it.

    Args:
        settings: of the market that was planned for.
    """
    from redclock.planner.engine.covered import NotCovered
    from redclock.planner.engine.engine import Engine

    habits: Habits | None = NOBODY
    if plan.care is not None:
        from redclock.planner.care import habits_of

        habits = habits_of(plan.care, settings)
    if habits is None:
        return None
    days = [row.preparation_days for row in plan.rows]
    try:
        engine = Engine(settings, plan.horizon, days, habits, beyond_days=1 + FOLLOWED_DAYS)
        return _looked_at(engine, plan, days, settings.warehouse.zone)
    except NotCovered:
        return None


def _looked_at(engine: Engine, plan: Plan, preparation_days: list[int], zone: str) -> Inside:
    import numpy as np

    from redclock.planner.engine.inside import busy_shares, slacks, waiting

    house, from_at, until_at = engine.house, plan.horizon.counts_from_at, plan.horizon.counts_until_at
    days = np.flatnonzero((house.opens >= from_at) & (house.opens < until_at))
    hours = np.arange(from_at, until_at, HOUR)
    seeds = range(plan.seed, plan.seed + min(plan.runs, RUNS))
    left: list[list[Ints]] = []
    loads: list[Floats] = []
    queues: list[Ints] = []
    for each in seeds:
        left.append(slacks(engine, each))
        parcels, begun, done = engine.packing(each)
        loads.append(busy_shares(house, begun, done)[days])
        queues.append(waiting(house, parcels.ready_at, begun, hours))
    rows = [np.concatenate(row) for row in zip(*left, strict=True)]
    return Inside(
        seed=plan.seed,
        runs=len(seeds),
        zone=zone,
        slacks=tuple(_slack(*each) for each in zip(preparation_days, rows, strict=True)),
        loads=_bands(house.opens[days], house.closes[days], np.array(loads)),
        waiting=_bands(hours, hours + HOUR, np.array(queues)),
    )


def _slack(preparation_days: int, left: Ints) -> Slack:
    import numpy as np

    left = np.sort(left)
    known = left[left >= -FOLLOWED_DAYS * DAY]
    never = len(left) - len(known)
    places = [min(int(share * len(left)), len(left) - 1) for share in SHARES]
    counts = np.bincount((known + FOLLOWED_DAYS * DAY) // BIN_SECONDS) if len(known) else np.zeros(0, dtype=np.int64)
    first = int(np.argmax(counts > 0)) if len(counts) else 0
    return Slack(
        preparation_days=preparation_days,
        orders=len(left),
        missed=int(np.count_nonzero(left <= 0)),
        never=never,
        quantiles=tuple(int(left[place]) if place >= never else None for place in places),
        bins=tuple((n * BIN_SECONDS - FOLLOWED_DAYS * DAY, int(count)) for n, count in enumerate(counts) if n >= first),
    )


def _bands(from_at: Ints, until_at: Ints, values: Floats | Ints) -> tuple[Band, ...]:
    """A band for each column; the rows are runs."""
    import numpy as np

    low, high = np.quantile(values, (0.05, 0.95), axis=0)
    columns = (from_at.tolist(), until_at.tolist(), values.mean(axis=0).tolist(), low.tolist(), high.tolist())
    return tuple(Band(*each) for each in zip(*columns, strict=True))

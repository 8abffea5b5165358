"""What one replication of the engine shows besides its verdicts: the time left in countdowns, and the packers' days."""

from __future__ import annotations

import numpy as np

from redclock.planner.causes import CAUSES, Cause
from redclock.planner.engine.compiled import Floats, Ints
from redclock.planner.engine.draws import NEVER
from redclock.planner.engine.engine import Engine
from redclock.planner.engine.passes import both
from redclock.planner.engine.warehouse import House

_REFUSED = CAUSES.index(Cause.REFUSED)


def slacks(engine: Engine, seed: int) -> list[Ints]:
    """Seconds left in the countdown of each order that counts when it was declared whole, an array a preparation time.

    What was missed has how long after the end its last number was to be pushed, as 0 or less, and -NEVER if no round
    was to push it, for want of a number, a token, or because it was rejected.
    """
    rows = []
    for it, cause in zip(engine.judged([seed]), engine.outcomes([seed]).causes, strict=True):
        story, (_, later) = it.past.story, both(it.orders, it.past.pushed_at)
        # A freeze that was to come no longer does once part of an order is declared.
        unfrozen = (story.frozen_at < NEVER) & (it.declared.first_at < story.frozen_at)
        ends_at = story.closes_at - unfrozen * it.orders.freeze_seconds
        late = (later >= it.missed_at) & (later < NEVER) & (cause != _REFUSED)
        left = np.where(it.sent_at < NEVER, ends_at - it.sent_at, np.where(late, it.missed_at - later, -NEVER))
        rows.append(left[it.cancelled_at == NEVER])
    return rows


def busy_shares(house: House, begun: Ints, done: Ints) -> Floats:
    """The share of the packers' time that is work, for each stretch of opening hours."""
    edges = np.append(house.works, house.works[-1] + house.closes[-1] - house.opens[-1])
    worked = _since(np.sort(begun), edges) - _since(np.sort(done), edges)
    shares: Floats = np.diff(worked) / (house.packers * np.diff(edges))
    return shares


def _since(sorted_work: Ints, edges: Ints) -> Ints:
    """Working time from each of some instants to an edge, where that is later, summed up; for each edge."""
    sums = np.concatenate([[0], np.cumsum(sorted_work)])
    before = np.searchsorted(sorted_work, edges)
    summed: Ints = before * edges - sums[before]
    return summed


def waiting(house: House, ready_at: Ints, begun: Ints, at: Ints) -> Ints:
    """How many parcels lay on the table and were not begun, at each of some instants."""
    stretch = np.maximum(np.searchsorted(house.opens, at, side="right") - 1, 0)
    work = house.works[stretch] + np.clip(at - house.opens[stretch], 0, (house.closes - house.opens)[stretch])
    is_open = (at >= house.opens[stretch]) & (at < house.closes[stretch])
    begun = np.sort(begun)
    gone = np.where(is_open, np.searchsorted(begun, work, side="right"), np.searchsorted(begun, work))
    found: Ints = np.searchsorted(np.sort(ready_at), at, side="right") - gone
    return found

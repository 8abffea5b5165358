"""Why orders missed their countdowns: the rule of `planner.causes` over whole arrays of orders.

A way is what would be if no other parcel lay before one's own. It hangs on when an order was sent to the supplier, not
on its countdown, so preparation times share it. Arrays of few orders cost by the call, not by the order: so everything
is done for all preparation times at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from redclock.planner.causes import CAUSES, Cause
from redclock.planner.engine.compiled import Ints
from redclock.planner.engine.draws import NEVER, Orders
from redclock.planner.engine.passes import House, Rounds, Story, begins, both, called, next_round, packed, ready

_CODES = {cause: code for code, cause in enumerate(CAUSES)}
_STANDS = np.array(
    [_CODES[it] for it in (Cause.PREPARATION, Cause.PACKING, Cause.CARRIER, Cause.NUMBER, Cause.PUSH, Cause.IMPORT)]
)
"""By how many steps of a way are over in time; with all of them it was the import that took too long."""


class Missed(NamedTuple):
    """The missed orders of a preparation time."""

    places: Ints
    """Of these among all orders, rising."""
    ends_at: Ints
    """When their countdowns ended."""
    first_at: Ints
    """When the first of their numbers was declared."""
    story: Story


def _ways(places: Ints, here: Ints, sent_at: Ints, orders: Orders, house: House, rounds: Rounds) -> tuple[Ints, Ints]:
    """What would have become of some orders with the queue away, then the cut-off too, then the wait for import too.

    Args:
        places: of these orders, rising.
        here: the place of each of all orders among these; -1 for the others.
        sent_at: when each of these was sent to the supplier.

    Returns:
        when each would have been pushed, a row for each hindrance less; and when its last parcel would have been laid
        out, packed, called for, known and pushed with all of them away. Later than of interest is no matter when.
    """
    h, count = house, len(places)
    split = np.flatnonzero(here[orders.split] >= 0)
    firsts = here[orders.split[split]]
    days = np.concatenate([orders.preparation_days[places], orders.second_days[split]])
    packing = np.concatenate([orders.packing_seconds[places], orders.second_packing_seconds[split]])
    tracking = np.concatenate([orders.tracking_seconds[places], orders.second_tracking_seconds[split]])

    starts_at = np.array([begins(sent_at, h), sent_at, orders.accepted_at[places]])
    several, shape = np.concatenate([starts_at, starts_at[:, firsts]], axis=1), (3, -1)
    laid_out_at, work = ready(several.ravel(), np.tile(days, 3), h)
    packing = np.tile(packing, 3)
    if h.slows:
        stretch = np.maximum(np.searchsorted(h.works, work, side="right") - 1, 0)
        packing = (packing * h.stretch_slowdowns[stretch]).astype(np.int64)
    packed_at = np.maximum(packed(work, work + packing, h), np.minimum(laid_out_at, h.end_at))
    called_at = called(packed_at, h)
    known_at = called_at + np.tile(tracking, 3)
    steps = np.array([it.reshape(shape) for it in (laid_out_at, packed_at, called_at, known_at)])
    last = steps[:, :, :count]
    last[:, :, firsts] = np.maximum(last[:, :, firsts], steps[:, :, count:])
    pushed_at = next_round(last[-1].ravel(), rounds.start_at, rounds.push_seconds).reshape(shape)
    return pushed_at, np.array([*last[:, -1], pushed_at[-1]])


def causes(
    missed: Sequence[Missed],
    orders: Orders,
    due_at: Ints,
    pushed_at: Ints,
    failing_at: Ints,
    house: House,
    rounds: Rounds,
) -> list[Ints]:
    """The causes of missed orders, as their places in `Cause`, for each preparation time.

    Args:
        missed: of preparation times under which all orders were sent to the supplier at the same instants.
        due_at: the rounds that have every order's first and second parcel to push, whether the token works or not.
        pushed_at: the rounds that push them.
        failing_at: when the platform first noticed that the token of every order's seller was dead.
    """
    some = np.concatenate([it.places for it in missed])
    ends = np.concatenate([it.ends_at for it in missed])
    s = Story(*(np.concatenate(each) for each in zip(*(it.story for it in missed), strict=True)))
    here = np.full(len(orders.keys), -1)
    here[some] = 0
    places = np.flatnonzero(here == 0)
    here[places] = np.arange(len(places))
    at, sent_at = here[some], np.empty(len(places), dtype=np.int64)
    sent_at[at] = s.sent_at
    alone_at, steps = _ways(places, here, sent_at, orders, house, rounds)
    accepted_at = orders.accepted_at[some]
    first_at = np.concatenate([it.first_at for it in missed])
    _, later = both(orders, due_at)
    unsent = s.sent_at == NEVER
    failed_at = next_round(np.maximum(accepted_at, failing_at[some]), rounds.start_at, rounds.import_seconds)

    alone, at_once, _ = alone_at[:, at] < ends
    found = _STANDS[np.count_nonzero(steps[:, at] < ends, axis=0)]
    for cause, applies in (
        (Cause.CUT_OFF, at_once),
        (Cause.QUEUE, alone),
        (Cause.PUSH_LOCKED, later[some] < ends),
        (Cause.REFUSED, pushed_at[:, some].min(axis=0) < np.minimum(first_at, ends)),
        (Cause.IMPORT, unsent),
        (Cause.IMPORT_LOCKED, unsent & (failed_at < ends)),
        (Cause.SUPPLIER, (orders.refusals[some] > 0) & ~unsent),
        (Cause.CANCELLING, (s.asks_at < NEVER) & (first_at == NEVER)),
        (Cause.ACCEPTED, ends <= accepted_at),
    ):
        found[applies] = _CODES[cause]
    return np.split(found, np.cumsum([len(it.places) for it in missed])[:-1])

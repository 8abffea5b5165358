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
from redclock.planner.engine.compiled import Ints, each, where
from redclock.planner.engine.draws import NEVER, Orders
from redclock.planner.engine.passes import Rounds, Story, both, next_round
from redclock.planner.engine.warehouse import House, begins, way

_STEPS = (Cause.PREPARATION, Cause.PACKING, Cause.CARRIER, Cause.NUMBER, Cause.PUSH, Cause.IMPORT)
"""By how many steps of a way are over in time; with all of them it was the import that took too long."""
_OTHERS = (
    *(Cause.CUT_OFF, Cause.QUEUE, Cause.PUSH_LOCKED, Cause.REFUSED, Cause.IMPORT, Cause.IMPORT_LOCKED),
    *(Cause.SUPPLIER, Cause.CANCELLING, Cause.ACCEPTED),
)
_CODES = (np.array([CAUSES.index(it) for it in (*_STEPS, *_OTHERS)]),)
_CUT_OFF, _QUEUE, _PUSH_LOCKED, _REFUSED, _IMPORT, _IMPORT_LOCKED, _SUPPLIER, _CANCELLING, _ACCEPTED = range(6, 15)
"""Their places among those codes."""


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
    of_parcels = np.concatenate([starts_at, starts_at[:, firsts]], axis=1)
    steps = np.array(way(of_parcels.ravel(), np.tile(days, 3), np.tile(packing, 3), np.tile(tracking, 3), h))
    steps = steps.reshape(4, 3, -1)
    last = steps[:, :, :count]
    last[:, :, firsts] = np.maximum(last[:, :, firsts], steps[:, :, count:])
    pushed_at = next_round(last[-1].ravel(), rounds.start_at, rounds.push_seconds).reshape(3, -1)
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
    failed_at = np.maximum(accepted_at, failing_at[some])
    _, later_at = both(orders, due_at)
    laid_out_at, packed_at, called_at, known_at, push_at = steps[:, at]
    found = _cause(
        ends,
        accepted_at,
        np.concatenate([it.first_at for it in missed]),
        s.sent_at,
        s.asks_at,
        orders.refusals[some],
        later_at[some],
        pushed_at[:, some].min(axis=0),
        next_round(failed_at, rounds.start_at, rounds.import_seconds),
        alone_at[0, at],
        alone_at[1, at],
        laid_out_at,
        packed_at,
        called_at,
        known_at,
        push_at,
        _CODES,
    )
    return np.split(found, np.cumsum([len(it.places) for it in missed])[:-1])


@each
def _cause(
    ends_at: Ints,
    accepted_at: Ints,
    first_at: Ints,
    sent_at: Ints,
    asks_at: Ints,
    refusals: Ints,
    due_at: Ints,
    pushed_at: Ints,
    failed_at: Ints,
    alone_at: Ints,
    at_once: Ints,
    laid_out_at: Ints,
    packed_at: Ints,
    called_at: Ints,
    known_at: Ints,
    push_at: Ints,
    codes: tuple[Ints],
) -> Ints:
    """The place in `Cause` of each missed order's. The last that applies here comes first in the rule."""
    over = (laid_out_at < ends_at) * 1 + (packed_at < ends_at) + (called_at < ends_at) + (known_at < ends_at)
    cause = over + (push_at < ends_at)
    cause = where(at_once < ends_at, _CUT_OFF, cause)
    cause = where(alone_at < ends_at, _QUEUE, cause)
    cause = where(due_at < ends_at, _PUSH_LOCKED, cause)
    cause = where(pushed_at < np.minimum(first_at, ends_at), _REFUSED, cause)
    cause = where(sent_at == NEVER, where(failed_at < ends_at, _IMPORT_LOCKED, _IMPORT), cause)
    cause = where((refusals > 0) & (sent_at < NEVER), _SUPPLIER, cause)
    cause = where((asks_at < NEVER) & (first_at == NEVER), _CANCELLING, cause)
    found: Ints = codes[0][where(ends_at <= accepted_at, _ACCEPTED, cause)]
    return found

"""A seller's orders drawn as arrays and taken to their acceptance: what `FateBook` and the platform's first moves do.

A stream's number is a mix of its key and an index, and a value is a straight line in a cell of a table: integer
arithmetic, additions and multiplications, which arrays and compiled code do to the last bit as the world does. No
logarithm or root is taken here; those are in the tables, which the world itself makes, and in `poisson`'s arguments.

What is compiled calls nothing of another module, because numba looks for changes only in the file of the function that
it keeps.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

import numpy as np

from redclock.planner.engine.compiled import Floats, Ints, Words, compiled

NEVER = 1 << 60
_STEP, _MIX_1, _MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ONE, _S11, _S27, _S30, _S31 = np.uint64(1), np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_UNIT = 2.0**-53

# Purposes: where a stream's key stands among a seller's. Retries of payments come last, one after the other.
ARRIVAL, NEVER_PAYS, ATTEMPTS, OFFLINE, PAY_DELAY, PROCESSING, CONFIRM_MONEY, VERDICT, REVIEW = range(9)
APPEAL, APPEAL_TIME, CANCELS, CANCEL, FROZEN, FREEZE_AFTER, FREEZE = range(9, 16)
NO_STOCK, BAD_ADDRESS, BAD_POSTCODE, NO_CARRIER, SUPPLIER_ERROR, SEVERAL, SPLITS, SECOND = range(16, 24)
PREPARATION, PACKING, TRACKING, PACKING_2, TRACKING_2, RETRY = range(24, 30)

# Distributions: their rows in the tables.
(
    T_PAY_DELAY,
    T_RETRY,
    T_PROCESSING,
    T_CONFIRM_MONEY,
    T_REVIEW,
    T_APPEAL,
    T_CANCEL,
    T_FREEZE,
    T_PREPARATION,
    T_PACKING,
    T_TRACKING,
    T_SECOND,
) = range(12)


class Chances(NamedTuple):
    """What chance may do to an order: shares, and tables of quantiles by distribution."""

    lows: Floats
    rises: Floats
    never_share: float
    failures: Floats
    """The share of orders with more than 0, 1, ... failed attempts, as far as the buyer goes on trying."""
    unpaid_close_seconds: int
    offline_share: float
    rejected_share: float
    hold_share: float
    appeal_passes_share: float
    cancel_share: float
    frozen_share: float
    refusal_shares: Floats
    """Of the supplier's refusals, in the order of their purposes."""
    refuses_split: bool
    several_share: float
    split_share: float


class Days(NamedTuple):
    """The days in the buyers' zone on which orders arrive."""

    first_keys: Words
    begins: Ints
    lengths: Ints
    hour_edges: Floats


class Orders(NamedTuple):
    """Accepted orders by key. Waits are seconds, or NEVER; the parcels of one order stand beside each other."""

    keys: Words
    placed_at: Ints
    paid_at: Ints
    accepted_at: Ints
    cancel_seconds: Ints
    freeze_after_seconds: Ints
    freeze_seconds: Ints
    refusals: Ints
    """How often the supplier refuses it before taking it; NEVER or more: always."""
    preparation_days: Floats
    packing_seconds: Ints
    tracking_seconds: Ints
    split: Ints
    """Places of the orders with a second parcel, whose three figures follow."""
    second_days: Floats
    second_packing_seconds: Ints
    second_tracking_seconds: Ints


@compiled
def uniforms(stream_key: np.uint64, steps: Words) -> Floats:
    """A stream's numbers in [0, 1). `steps` are (index + 1) times the stream's step."""
    z = steps + stream_key
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return ((z ^ (z >> _S31)) >> _S11).astype(np.float64) * _UNIT


def steps_of(indices: Words) -> Words:
    """What `uniforms` wants for the numbers with these indices."""
    return (indices + _ONE) * _STEP


@compiled
def drawn(lows: Floats, rises: Floats, u: Floats) -> Floats:
    """Values by inversion through the cells of a table: `Quantiles.at`."""
    place = u * 256.0
    cell = place.astype(np.int64)
    rest = place - cell
    at = cell + 255
    values = lows[at] + rises[at] * rest
    outer = np.flatnonzero((cell == 0) | (cell == 255))
    fine = rest[outer] * 256.0
    inner = fine.astype(np.int64)
    at = np.where(cell[outer] == 0, inner, inner + 510)
    values[outer] = lows[at] + rises[at] * (fine - inner)
    return values


@compiled
def poisson(us: Sequence[float], means: Sequence[float], nones: Sequence[float], counts: MutableSequence[int]) -> None:
    """Poisson numbers by inversion, into `counts`. `nones` are exp(-mean), taken where the world takes them."""
    for n in range(len(us)):
        count, probability = 0, nones[n]
        reached = probability
        while us[n] > reached and probability > 0:
            count += 1
            probability *= means[n] / count
            reached += probability
        counts[n] = count


def waits(row: int, unit_seconds: float, u: Floats, chances: Chances) -> Ints:
    """Whole seconds of a distribution, by its row in the tables."""
    return (drawn(chances.lows[row], chances.rises[row], u) * unit_seconds).astype(np.int64)


def accepted_orders(start_at: int, days: Days, counts: Ints, luck: Words, chances: Chances) -> Orders:
    """Draws a seller's orders and takes them to acceptance: `FateBook`, and the platform's moves up to it."""
    keys, steps, placed_at = _placed(days, counts, luck)
    some, paid_at = _paid(start_at, steps, placed_at, luck, chances)
    keys, steps, placed_at = keys[some], steps[some], placed_at[some]
    some, accepted_at = _reviewed(steps, paid_at, luck, chances)
    some = some[paid_at[some] < placed_at[some] + chances.unpaid_close_seconds]
    return _endowed(keys[some], steps[some], placed_at[some], paid_at[some], accepted_at[some], luck, chances)


def _placed(days: Days, counts: Ints, luck: Words) -> tuple[Words, Words, Ints]:
    """Keys, steps and instants of all orders placed: `FateBook.arrivals`."""
    day = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(day)) - (np.cumsum(counts) - counts)[day]
    keys = days.first_keys[day] + number.astype(np.uint64)
    steps = steps_of(keys)
    edges = days.hour_edges
    u = uniforms(luck[ARRIVAL], steps)
    hour = np.minimum(np.searchsorted(edges, u, side="right"), len(edges) - 1) - 1
    width = edges[hour + 1] - edges[hour]
    inside = np.where(width > 0, (u - edges[hour]) / np.where(width > 0, width, 1.0), 0.0)
    placed_at = days.begins[day] + ((hour + inside) / (len(edges) - 1) * days.lengths[day]).astype(np.int64)
    return keys, steps, placed_at


def _paid(start_at: int, steps: Words, placed_at: Ints, luck: Words, chances: Chances) -> tuple[Ints, Ints]:
    """Which orders are paid for, if they stay open for so long, and when."""
    c = chances
    tries = uniforms(luck[ATTEMPTS], steps)
    failed = np.zeros(len(tries), dtype=np.int64)
    for n in range(len(c.failures)):
        failed += tries < c.failures[n]
    pays = (uniforms(luck[NEVER_PAYS], steps) >= c.never_share) & (failed < len(c.failures)) & (placed_at >= start_at)
    payers = np.flatnonzero(pays)
    steps, failed = steps[payers], failed[payers]
    paid_at = placed_at[payers] + waits(T_PAY_DELAY, 60.0, uniforms(luck[PAY_DELAY], steps), c)
    for n in range(len(c.failures) - 1):
        some = np.flatnonzero(failed > n)
        paid_at[some] += waits(T_RETRY, 60.0, uniforms(luck[RETRY + n], steps[some]), c)
    return payers, paid_at


def _reviewed(steps: Words, paid_at: Ints, luck: Words, chances: Chances) -> tuple[Ints, Ints]:
    """Which paid orders are accepted, after review, appeal, or the seller's look at the account, and when."""
    c = chances
    accepted_at = paid_at + waits(T_PROCESSING, 60.0, uniforms(luck[PROCESSING], steps), c)
    accepted_at += waits(T_REVIEW, 3600.0, uniforms(luck[REVIEW], steps), c)
    verdict = uniforms(luck[VERDICT], steps)
    passes = verdict >= c.rejected_share
    held = np.flatnonzero(passes & (verdict < c.rejected_share + c.hold_share))
    accepted_at[held] += waits(T_APPEAL, 3600.0, uniforms(luck[APPEAL_TIME], steps[held]), c)
    passes[held] = uniforms(luck[APPEAL], steps[held]) < c.appeal_passes_share
    offline = np.flatnonzero(uniforms(luck[OFFLINE], steps) < c.offline_share)
    accepted_at[offline] = paid_at[offline] + waits(
        T_CONFIRM_MONEY, 3600.0, uniforms(luck[CONFIRM_MONEY], steps[offline]), c
    )
    passes[offline] = True
    return np.flatnonzero(passes), accepted_at


def _endowed(
    keys: Words, steps: Words, placed_at: Ints, paid_at: Ints, accepted_at: Ints, luck: Words, chances: Chances
) -> Orders:
    """Accepted orders with the rest of their fates."""
    c = chances
    cancel_seconds = np.full(len(keys), NEVER)
    some = np.flatnonzero(uniforms(luck[CANCELS], steps) < c.cancel_share)
    cancel_seconds[some] = waits(T_CANCEL, 3600.0, uniforms(luck[CANCEL], steps[some]), c)
    freeze_after_seconds = np.full(len(keys), NEVER)
    freeze_seconds = np.zeros(len(keys), dtype=np.int64)
    some = np.flatnonzero(uniforms(luck[FROZEN], steps) < c.frozen_share)
    freeze_after_seconds[some] = (uniforms(luck[FREEZE_AFTER], steps[some]) * 3.0 * 86_400.0).astype(np.int64)
    freeze_seconds[some] = waits(T_FREEZE, 3600.0, uniforms(luck[FREEZE], steps[some]), c)
    refusals = np.zeros(len(keys), dtype=np.int64)
    for n in range(len(c.refusal_shares)):
        if c.refusal_shares[n] > 0:
            refused = uniforms(luck[NO_STOCK + n], steps) < c.refusal_shares[n]
            refusals[refused] += 1 if NO_STOCK + n == SUPPLIER_ERROR else NEVER
    split = np.flatnonzero(uniforms(luck[SEVERAL], steps) < c.several_share)
    split = split[uniforms(luck[SPLITS], steps[split]) < c.split_share]
    if c.refuses_split:
        refusals[split] += 1
    days = drawn(c.lows[T_PREPARATION], c.rises[T_PREPARATION], uniforms(luck[PREPARATION], steps))
    late = drawn(c.lows[T_SECOND], c.rises[T_SECOND], uniforms(luck[SECOND], steps[split]))
    return Orders(
        keys,
        placed_at,
        paid_at,
        accepted_at,
        cancel_seconds,
        freeze_after_seconds,
        freeze_seconds,
        refusals,
        days,
        np.maximum(waits(T_PACKING, 60.0, uniforms(luck[PACKING], steps), c), 1),
        waits(T_TRACKING, 3600.0, uniforms(luck[TRACKING], steps), c),
        split,
        days[split] + late,
        np.maximum(waits(T_PACKING, 60.0, uniforms(luck[PACKING_2], steps[split]), c), 1),
        waits(T_TRACKING, 3600.0, uniforms(luck[TRACKING_2], steps[split]), c),
    )

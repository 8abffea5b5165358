"""Orders drawn as arrays and taken to their acceptance: what `FateBook` and the platform's first moves do.

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

from redclock.planner.engine.compiled import Flags, Floats, Ints, Words, compiled, each, where, whole

NEVER = 1 << 60
_STEP, _MIX_1, _MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ONE, _S11, _S27, _S30, _S31 = np.uint64(1), np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_UNIT = 2.0**-53

# Purposes: where a stream's key stands among a seller's. Retries of payments come last, one after the other.
ARRIVAL, NEVER_PAYS, ATTEMPTS, OFFLINE, PAY_DELAY, PROCESSING, CONFIRM_MONEY, VERDICT, REVIEW = range(9)
APPEAL, APPEAL_TIME, CANCELS, CANCEL, FROZEN, FREEZE_AFTER, FREEZE = range(9, 16)
NO_STOCK, BAD_ADDRESS, BAD_POSTCODE, NO_CARRIER, SUPPLIER_ERROR, UNKNOWN_SKU, EXPORT_INVOICE = range(16, 23)
SEVERAL, SPLITS, SECOND = range(23, 26)
PREPARATION, PACKING, TRACKING, PACKING_2, TRACKING_2, RETRY = range(26, 32)

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


class Tables(NamedTuple):
    """The value at the start of each cell and how far it rises in it; a row a distribution."""

    lows: Floats
    rises: Floats


class Chances(NamedTuple):
    """What chance may do to an order."""

    tables: Tables
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
    hour_guesses: Ints
    """How many of the edges lie up to each cell's start; the cells cut [0, 1) in equal parts."""
    most_in_cell: int

    def until(self, at: int) -> Days:
        """The first of them, up to the one that an instant lies in, and one in any case."""
        count = max(int(np.searchsorted(self.begins, at, side="right")), 1)
        return Days(self.first_keys[:count], self.begins[:count], self.lengths[:count], *self[3:])


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


class StreamKeys(NamedTuple):
    """The streams of some shops."""

    keys: Words
    """A row a purpose, a column a shop."""


@each
def uniforms(streams: StreamKeys, purpose: int, shops: Ints, steps: Words) -> Floats:
    """Numbers in [0, 1) of a purpose, each of its shop's stream. `steps` are (index + 1) times the stream's step."""
    z = streams.keys[purpose, shops] + steps
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    found: Floats = ((z ^ (z >> _S31)) >> _S11) * _UNIT
    return found


@each
def falls(streams: StreamKeys, purpose: int, shops: Ints, steps: Words, share: float) -> Flags:
    """Whether they lie below a share."""
    return uniforms(streams, purpose, shops, steps) < share


def steps_of(indices: Words) -> Words:
    """What `uniforms` wants for the numbers with these indices."""
    return (indices + _ONE) * _STEP


@each
def drawn(row: int, u: Floats, tables: Tables) -> Floats:
    """Values by inversion through the cells of a distribution's table: `Quantiles.at`."""
    place = u * 256.0
    cell = whole(place)
    rest = place - cell
    fine = rest * 256.0
    inner = whole(fine)
    outer = (cell == 0) | (cell == 255)
    at = where(outer, inner + (cell == 255) * 510, cell + 255)
    found: Floats = tables.lows[row, at] + tables.rises[row, at] * where(outer, fine - inner, rest)
    return found


@each
def values(streams: StreamKeys, purpose: int, shops: Ints, steps: Words, row: int, tables: Tables) -> Floats:
    """Values of a distribution, each drawn from its shop's stream of a purpose."""
    return drawn(row, uniforms(streams, purpose, shops, steps), tables)


@each
def waits(
    streams: StreamKeys, purpose: int, shops: Ints, steps: Words, row: int, tables: Tables, unit_seconds: float
) -> Ints:
    """The same in whole seconds."""
    return whole(values(streams, purpose, shops, steps, row, tables) * unit_seconds)


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


class Luck(NamedTuple):
    """The streams of some shops: those of one seller in one replication are one shop's."""

    streams: StreamKeys
    shops: Ints
    """Of each order."""
    keys: Words
    """Likewise."""
    steps: Words
    """The same as `uniforms` wants them."""
    tables: Tables

    def of(self, purpose: int) -> Floats:
        """The orders' numbers."""
        return uniforms(self.streams, purpose, self.shops, self.steps)

    def among(self, places: Ints) -> Luck:
        """That of some of the orders."""
        return Luck(self.streams, self.shops[places], self.keys[places], self.steps[places], self.tables)

    def falls_on(self, purpose: int, share: float) -> Ints:
        """The places of that share of the orders."""
        if not share:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(falls(self.streams, purpose, self.shops, self.steps, share))

    def values(self, purpose: int, row: int) -> Floats:
        """Values of a distribution, by its row in the tables."""
        return values(self.streams, purpose, self.shops, self.steps, row, self.tables)

    def waits(self, purpose: int, row: int, unit_seconds: float) -> Ints:
        """The same in whole seconds."""
        return waits(self.streams, purpose, self.shops, self.steps, row, self.tables, unit_seconds)


def accepted_orders(
    start_at: int, days: Days, counts: Ints, streams: StreamKeys, sellers: int, chances: Chances
) -> tuple[Orders, Ints]:
    """Draws orders and takes them to acceptance, with whose they are: `FateBook`, and the platform's moves up to it.

    Args:
        counts: how many are placed, a row a shop, a column a day.
        sellers: how many of the shops belong to one replication. Its orders lie together, by key and then by shop.
    """
    shops, day, keys = _placed(days, counts, sellers)
    luck = Luck(streams, shops, keys, steps_of(keys), chances.tables)
    placed_at = _placed_at(streams, shops, luck.steps, day, days)
    some, paid_at = _paid(start_at, placed_at, luck, chances)
    luck, placed_at = luck.among(some), placed_at[some]
    passes, accepted_at = _reviewed(paid_at, luck, chances)
    some = np.flatnonzero(passes & (paid_at < placed_at + chances.unpaid_close_seconds))
    luck = luck.among(some)
    return _endowed(placed_at[some], paid_at[some], accepted_at[some], luck, chances), luck.shops


def _placed(days: Days, counts: Ints, sellers: int) -> tuple[Ints, Ints, Words]:
    """Shops, days by their place, and keys of all orders placed."""
    shops = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    flat = counts.ravel()
    day = np.repeat(np.tile(np.arange(counts.shape[1]), len(counts)), flat)
    number = np.arange(len(day)) - np.repeat(np.cumsum(flat) - flat, flat)
    keys = days.first_keys[day] + number.astype(np.uint64)
    if sellers == 1:
        return shops, day, keys
    queue = np.lexsort((keys, shops // sellers))
    return shops[queue], day[queue], keys[queue]


@each
def _placed_at(streams: StreamKeys, shops: Ints, steps: Words, day: Ints, days: Days) -> Ints:
    """When orders are placed: `FateBook.arrivals`."""
    edges = days.hour_edges
    hours = len(edges) - 1
    u = uniforms(streams, ARRIVAL, shops, steps)
    hour = days.hour_guesses[whole(u * (len(days.hour_guesses) - 1))]
    for _ in range(days.most_in_cell):
        hour = hour + (u >= edges[np.minimum(hour, hours)])
    hour = np.minimum(hour, hours) - 1
    width = edges[hour + 1] - edges[hour]
    inside = where(width > 0, (u - edges[hour]) / where(width > 0, width, 1.0), 0.0)
    return days.begins[day] + whole((hour + inside) / hours * days.lengths[day])


def _paid(start_at: int, placed_at: Ints, luck: Luck, chances: Chances) -> tuple[Ints, Ints]:
    """Which orders are paid for, if they stay open for so long, and when."""
    c = chances
    tries = luck.of(ATTEMPTS)
    pays = (tries >= c.failures[-1]) & (luck.of(NEVER_PAYS) >= c.never_share) & (placed_at >= start_at)
    payers = np.flatnonzero(pays)
    tries, luck = tries[payers], luck.among(payers)
    paid_at = placed_at[payers] + luck.waits(PAY_DELAY, T_PAY_DELAY, 60.0)
    for n in range(len(c.failures) - 1):
        some = np.flatnonzero(tries < c.failures[n])
        paid_at[some] += luck.among(some).waits(RETRY + n, T_RETRY, 60.0)
    return payers, paid_at


def _reviewed(paid_at: Ints, luck: Luck, chances: Chances) -> tuple[Flags, Ints]:
    """Which paid orders are accepted, after review, appeal, or the seller's look at the account, and when."""
    c = chances
    accepted_at = paid_at + luck.waits(PROCESSING, T_PROCESSING, 60.0)
    accepted_at += luck.waits(REVIEW, T_REVIEW, 3600.0)
    verdict = luck.of(VERDICT)
    passes = verdict >= c.rejected_share
    held = np.flatnonzero(passes & (verdict < c.rejected_share + c.hold_share))
    theirs = luck.among(held)
    accepted_at[held] += theirs.waits(APPEAL_TIME, T_APPEAL, 3600.0)
    passes[held] = theirs.of(APPEAL) < c.appeal_passes_share
    offline = luck.falls_on(OFFLINE, c.offline_share)
    accepted_at[offline] = paid_at[offline] + luck.among(offline).waits(CONFIRM_MONEY, T_CONFIRM_MONEY, 3600.0)
    passes[offline] = True
    return passes, accepted_at


def _endowed(placed_at: Ints, paid_at: Ints, accepted_at: Ints, luck: Luck, chances: Chances) -> Orders:
    """Accepted orders with the rest of their fates."""
    c, count = chances, len(placed_at)
    cancel_seconds = np.full(count, NEVER)
    some = luck.falls_on(CANCELS, c.cancel_share)
    cancel_seconds[some] = luck.among(some).waits(CANCEL, T_CANCEL, 3600.0)
    freeze_after_seconds = np.full(count, NEVER)
    freeze_seconds = np.zeros(count, dtype=np.int64)
    some = luck.falls_on(FROZEN, c.frozen_share)
    theirs = luck.among(some)
    freeze_after_seconds[some] = (theirs.of(FREEZE_AFTER) * 3.0 * 86_400.0).astype(np.int64)
    freeze_seconds[some] = theirs.waits(FREEZE, T_FREEZE, 3600.0)
    refusals = np.zeros(count, dtype=np.int64)
    for n, share in enumerate(c.refusal_shares):
        refusals[luck.falls_on(NO_STOCK + n, share)] += 1 if NO_STOCK + n >= SUPPLIER_ERROR else NEVER
    several = luck.falls_on(SEVERAL, c.several_share)
    split = several[luck.among(several).falls_on(SPLITS, c.split_share)]
    if c.refuses_split:
        refusals[split] += 1
    theirs = luck.among(split)
    days = luck.values(PREPARATION, T_PREPARATION)
    return Orders(
        keys=luck.keys,
        placed_at=placed_at,
        paid_at=paid_at,
        accepted_at=accepted_at,
        cancel_seconds=cancel_seconds,
        freeze_after_seconds=freeze_after_seconds,
        freeze_seconds=freeze_seconds,
        refusals=refusals,
        preparation_days=days,
        packing_seconds=np.maximum(luck.waits(PACKING, T_PACKING, 60.0), 1),
        tracking_seconds=luck.waits(TRACKING, T_TRACKING, 3600.0),
        split=split,
        second_days=days[split] + theirs.values(SECOND, T_SECOND),
        second_packing_seconds=np.maximum(theirs.waits(PACKING_2, T_PACKING, 60.0), 1),
        second_tracking_seconds=theirs.waits(TRACKING_2, T_TRACKING, 3600.0),
    )


def chosen(orders: Orders, places: Ints) -> Orders:
    """Some of the orders; `places` rise."""
    here = np.full(len(orders.keys), -1)
    here[places] = np.arange(len(places))
    seconds = np.flatnonzero(here[orders.split] >= 0)
    kept = {
        name: each[seconds if name.startswith("second_") else places]
        for name, each in orders._asdict().items()
        if name != "split"
    }
    return Orders(**kept, split=here[orders.split[seconds]])

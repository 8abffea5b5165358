"""The warehouse over whole arrays of orders: cut-off and preparation, the packing queue, the carrier's calls.

Each function says what of the world it repeats. Zones and calendars come as tables by day, settings as plain numbers.
Instants are seconds since the epoch, and `NEVER` is the instant of what does not happen. In one second the packing
queue comes last.

What is compiled calls nothing of another module, because numba looks for changes only in the file of the function that
it keeps.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from heapq import heapreplace
from typing import NamedTuple

import numpy as np

from redclock.planner.engine.compiled import Flags, Floats, Ints, compiled, each, where, whole
from redclock.planner.engine.draws import NEVER, Orders

_DAY = 86_400


class Clock(NamedTuple):
    """A zone's offsets from UTC in seconds: the first, and those from each change on."""

    changes_at: Ints
    offsets: Ints


class Marks(NamedTuple):
    """Rising numbers, and what finds a place among them at once: no two lie in one cell of `1 << shift`."""

    at: Ints
    """With NEVER behind them."""
    first: int
    shift: int
    guesses: Ints
    """How many of them lie before each cell; the first cell starts at `first`."""


class House(NamedTuple):
    """The warehouse by day of its zone and by working stretch; `works` is the work done before each stretch."""

    clock: Clock
    first_day: int
    end_at: int
    """What happens later is of no interest."""
    cutoff_at: Ints
    restart_at: Ints
    slowdowns: Floats
    call_at: Ints
    """The carrier's call on the working day that this day is or that comes next."""
    later_call_at: Ints
    """The call on the working day after that."""
    opens: Ints
    closes: Ints
    works: Ints
    opening: Marks
    """`opens`."""
    working: Marks
    """`works`."""
    stretch_slowdowns: Floats
    slows: bool
    day_seconds: int
    packers: int


class Parcels(NamedTuple):
    """What lies on the packing tables, one replication's behind the other's and each in the order of its queue."""

    owners: Ints
    """Place of the order."""
    seconds: Flags
    """It is the order's second parcel."""
    ready_at: Ints
    ready_work: Ints
    packing_seconds: Ints
    tracking_seconds: Ints


@each
def local(at: Ints, clock: Clock) -> Ints:
    """Clock time in a zone: the seconds from 1970 to it on that zone's clocks."""
    told = at + clock.offsets[0]
    for n in range(len(clock.changes_at)):
        told = told + where(at >= clock.changes_at[n], clock.offsets[n + 1] - clock.offsets[n], 0)
    found: Ints = told
    return found


@each
def before(at: Ints, marks: Marks) -> Ints:
    """How many marks are less."""
    cell = (np.maximum(at, marks.first) - marks.first) >> marks.shift
    guess = marks.guesses[np.minimum(cell, len(marks.guesses) - 1)]
    found: Ints = guess + (marks.at[guess] < at)
    return found


def laid_out(
    orders: Orders,
    runs: Ints,
    taken_at: Ints,
    house: House,
    by_hand: Flags | None,
    wanted: Flags,
    until_at: int,
) -> Parcels:
    """Cut-off and preparation, to the packing table: `Warehouse.order` and the order of its queue.

    Args:
        runs: the replication that each order belongs to; they rise.
        taken_at: when the supplier took each order.
        by_hand: where that was somebody's doing, who comes after all else in a second; None if nobody's.
        wanted: whose parcels are followed. What comes to the table after all of them, and after `until_at`, is left
            out.
    """
    o, h, count = orders, house, len(taken_at)
    starts_at = begins(taken_at, h)
    firsts, seconds = ready(starts_at, o.preparation_days, h), ready(starts_at[o.split], o.second_days, h)
    ready_at, work = (np.concatenate(each) for each in zip(firsts, seconds, strict=True))
    owners, is_second = np.concatenate([np.arange(count), o.split]), np.repeat([0, 1], [count, len(o.split)])
    last_at = ready_at[np.concatenate([wanted, wanted[o.split]]) & (ready_at < NEVER)].max(initial=until_at)
    some = np.flatnonzero(ready_at <= last_at)
    of, at = owners[some], ready_at[some]
    from_at = at.min(initial=last_at)
    place = runs[of] * (last_at + 1 - from_at) + (at - from_at)
    if by_hand is not None:
        place = 2 * place + (by_hand[of] & (at == taken_at[of]))
    # Of those in one place the older order goes first. Numbers are sorted faster than what orders them is found.
    bits = count.bit_length() + 1
    queue = np.sort((place << bits) + 2 * of + is_second[some]) & ((1 << bits) - 1)
    owners, are_seconds = queue >> 1, (queue & 1) == 1
    some = owners.copy()
    some[are_seconds] = count + np.searchsorted(o.split, owners[are_seconds])
    return Parcels(
        owners,
        are_seconds,
        ready_at[some],
        work[some],
        np.concatenate([o.packing_seconds, o.second_packing_seconds])[some],
        np.concatenate([o.tracking_seconds, o.second_tracking_seconds])[some],
    )


@each
def begins(sent_at: Ints, house: House) -> Ints:
    """From when on orders are worked on: `Warehouse._starts_at`. NEVER after the end of interest."""
    h = house
    by_then = np.minimum(sent_at, h.end_at)
    day = local(by_then, h.clock) // _DAY - h.first_day
    found: Ints = where(sent_at > h.end_at, NEVER, where(by_then >= h.cutoff_at[day], h.restart_at[day], by_then))
    return found


@each
def ready(starts_at: Ints, days: Floats, house: House) -> tuple[Ints, Ints]:
    """When goods lie on the packing table, by the clock and in working time: `Warehouse._ready_at`.

    What begins, or would be ready, only after the end of interest has NEVER and the last of all working time.

    Args:
        days: of preparation.
    """
    h = house
    begins_at = np.minimum(starts_at, h.end_at)
    day = local(begins_at, h.clock) // _DAY - h.first_day
    stretch = np.maximum(before(begins_at + 1, h.opening) - 1, 0)
    gone = np.minimum(begins_at, h.closes[stretch]) - h.opens[stretch]
    begun = h.works[stretch] + np.maximum(gone, 0)
    work, last = begun + whole(days * h.slowdowns[day] * h.day_seconds), h.works[-1] + h.closes[-1] - h.opens[-1]
    late = (work > last) | (starts_at > h.end_at)
    work = np.minimum(work, last)
    then = before(work, h.working) - 1
    ready_at = where(work > begun, h.opens[then] + work - h.works[then], begins_at)
    return where(late, NEVER, ready_at), work


@compiled
def pack(
    ends: Sequence[int],
    ready: Sequence[int],
    seconds: Sequence[int],
    packers: int,
    works: Sequence[int],
    slowdowns: Sequence[float],
    slows: bool,
    begun: MutableSequence[int],
    done: MutableSequence[int],
) -> None:
    """First in, first out, by whoever is free first: `Warehouse._pack`, in working time, into `begun` and `done`.

    Args:
        ends: where each replication's parcels end.
    """
    first = 0
    for end in ends:
        free = [0] * packers
        stretch = 0
        for n in range(first, end):
            start = max(ready[n], free[0])
            work = seconds[n]
            if slows:
                while stretch + 1 < len(works) and works[stretch + 1] <= start:
                    stretch += 1
                work = int(work * slowdowns[stretch])
            heapreplace(free, start + work)
            begun[n] = start
            done[n] = start + work
        first = end


@each
def packed(begun: Ints, done: Ints, house: House) -> Ints:
    """The clock's instants at which packing from and to some working time is over, or the end of interest."""
    h = house
    # What takes no time is packed when the house is open again, so never in the last second of the last day.
    by_work = where(done > begun, done, done + 1)
    stretch = np.maximum(before(by_work, h.working) - 1, 0)
    packed_at = h.opens[stretch] + done - h.works[stretch]
    known = by_work <= h.works[-1] + h.closes[-1] - h.opens[-1]
    by_then: Ints = np.minimum(where(known, packed_at, h.end_at), h.end_at)
    return by_then


@each
def called(packed_at: Ints, house: House) -> Ints:
    """The carrier's next call: `Warehouse._pickup_at`."""
    h = house
    day = local(packed_at, h.clock) // _DAY - h.first_day
    found: Ints = where(h.call_at[day] >= packed_at, h.call_at[day], h.later_call_at[day])
    return found


@each
def known(begun: Ints, done: Ints, tracking_seconds: Ints, house: House) -> Ints:
    """When the number of each parcel is known, or NEVER: pickup, and the supplier's report."""
    packed_at = packed(begun, done, house)
    found: Ints = where(packed_at < house.end_at, called(packed_at, house) + tracking_seconds, NEVER)
    return found


def way(
    starts_at: Ints, days: Floats, packing_seconds: Ints, tracking_seconds: Ints, house: House
) -> tuple[Ints, Ints, Ints, Ints]:
    """When a parcel would be laid out, packed, called for and known if no other one lay before it: `Warehouse.way`.

    Later than of interest is no matter when.
    """
    h = house
    laid_out_at, work = ready(starts_at, days, h)
    if h.slows:
        stretch = np.maximum(before(work + 1, h.working) - 1, 0)
        packing_seconds = (packing_seconds * h.stretch_slowdowns[stretch]).astype(np.int64)
    packed_at = packed(work, work + packing_seconds, h)
    packed_at = np.maximum(packed_at, np.minimum(laid_out_at, h.end_at))
    called_at = called(packed_at, h)
    return laid_out_at, packed_at, called_at, called_at + tracking_seconds


def among(parcels: Parcels, places: Ints) -> Parcels:
    """Some of the parcels."""
    p = parcels
    return Parcels(
        p.owners[places],
        p.seconds[places],
        p.ready_at[places],
        p.ready_work[places],
        p.packing_seconds[places],
        p.tracking_seconds[places],
    )


def by_order(values: Ints, parcels: Parcels, orders: int) -> Ints:
    """Of each order's first parcel (row 0) and its second (row 1), or NEVER where there is none."""
    found = np.full((2, orders), NEVER)
    first = np.flatnonzero(~parcels.seconds)
    found[0][parcels.owners[first]] = values[first]
    second = np.flatnonzero(parcels.seconds)
    found[1][parcels.owners[second]] = values[second]
    return found

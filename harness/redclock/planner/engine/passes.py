"""From acceptance to verdict: the rules of platform, MIP and warehouse over whole arrays of orders.

Each function says what of the world it repeats. Zones and calendars come as tables by day, settings as plain numbers.
Instants are seconds since the epoch, and `NEVER` is the instant of what does not happen. In one second, countdowns end
first, rounds come after what else happens, and the packing queue last.

What is compiled calls nothing of another module, because numba looks for changes only in the file of the function that
it keeps.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from heapq import heapreplace
from typing import NamedTuple

import numpy as np

from redclock.planner.engine.access import Access, live_import
from redclock.planner.engine.compiled import Flags, Floats, Ints, compiled, each, where, whole
from redclock.planner.engine.draws import NEVER, Orders, chosen

_DAY = 86_400


class Clock(NamedTuple):
    """A zone's offsets from UTC in seconds: the first, and those from each change on."""

    changes_at: Ints
    offsets: Ints


class Deadlines(NamedTuple):
    """When a countdown ends by the day of its anchor, a row a preparation time; days since the epoch in a zone."""

    clock: Clock
    first_day: int
    same_clock_time: bool
    last_days: Ints
    ends_at: Ints
    grace_seconds: int


class Rounds(NamedTuple):
    """The MIP's rounds: from `start_at`, but not then."""

    start_at: int
    import_seconds: int
    push_seconds: int
    window_seconds: int


class Marks(NamedTuple):
    """Rising numbers, and what finds a place among them at once: no two lie in the same of the cells of `1 << shift`."""

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


class Story(NamedTuple):
    """What becomes of orders that nobody ships, and when each is first sent to the supplier."""

    frozen_at: Ints
    thawed_at: Ints
    asks_at: Ints
    """Its buyer asks to cancel."""
    closes_at: Ints
    """The countdown ends, a freeze included."""
    sent_at: Ints


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
def before(at: Ints, marks: Marks) -> Ints:
    """How many marks are less."""
    cell = (np.maximum(at, marks.first) - marks.first) >> marks.shift
    guess = marks.guesses[np.minimum(cell, len(marks.guesses) - 1)]
    return guess + (marks.at[guess] < at)


@each
def local(at: Ints, clock: Clock) -> Ints:
    """Clock time in a zone: the seconds from 1970 to it on that zone's clocks."""
    told = at + clock.offsets[0]
    for n in range(len(clock.changes_at)):
        told = told + where(at >= clock.changes_at[n], clock.offsets[n + 1] - clock.offsets[n], 0)
    return told


@each
def closings(told: Ints, deadlines: Deadlines, row: int) -> Ints:
    """When the countdowns end that start at this clock time in their zone: `ship_by_at`, and the grace."""
    d = deadlines
    day = told // _DAY - d.first_day
    closes_at = d.ends_at[row, day] + d.grace_seconds
    if d.same_clock_time:
        wanted = d.last_days[row, day] * _DAY + told % _DAY
        closes_at = wanted - d.clock.offsets[0] + d.grace_seconds
        for n in range(len(d.clock.changes_at)):
            # A clock time that is skipped or comes twice is read with the offset from before the change.
            before, after = d.clock.offsets[n], d.clock.offsets[n + 1]
            closes_at = closes_at - where(wanted >= d.clock.changes_at[n] + max(before, after), after - before, 0)
    return closes_at


@each
def next_round(at: Ints, start_at: int, every_seconds: int) -> Ints:
    """The first round that sees what has happened by `at`."""
    return start_at + np.maximum((at - start_at + every_seconds - 1) // every_seconds, 1) * every_seconds


@each
def imports(import_at: Ints, accepted_at: Ints, closes_at: Ints, window_seconds: int) -> Ints:
    """When a round sends orders to the supplier that nothing happens to, or NEVER: it sees them if their acceptance lies
    in its window."""
    return where((import_at < closes_at) & (import_at - window_seconds <= accepted_at), import_at, NEVER)


@each
def awaits(at: Ints, frozen_at: Ints, thawed_at: Ints, asks_at: Ints, closes_at: Ints) -> Flags:
    """Whether orders are WAIT_SELLER_SEND_GOODS when a round at `at` looks, if nothing was declared before."""
    return (at < closes_at) & (at < asks_at) & ((at < frozen_at) | (at >= thawed_at))


def waits(at: Ints, story: Story) -> Flags:
    """The same of a story."""
    return awaits(at, story.frozen_at, story.thawed_at, story.asks_at, story.closes_at)


def stories(
    orders: Orders, shops: Ints, import_at: Ints, closes_at: Ints, rounds: Rounds, access: Access
) -> Story:
    """Freezes, requests to cancel and rounds of imports, before anything is declared.

    An import sees an order whose last change lies in its window.

    Args:
        import_at: the first round with access since each order was accepted.
    """
    sent_at = imports(import_at, orders.accepted_at, closes_at, rounds.window_seconds)
    frozen_at, thawed_at, asks_at = np.full((3, len(closes_at)), NEVER)
    story = Story(frozen_at, thawed_at, asks_at, closes_at.copy(), sent_at)
    some = np.flatnonzero(np.minimum(orders.freeze_after_seconds, orders.cancel_seconds) < NEVER)
    few = chosen(orders, some)
    theirs = _unquiet(few, shops[some], import_at[some], closes_at[some], rounds, access)
    for whole, part in zip(story, theirs, strict=True):
        whole[some] = part
    return story


def _unquiet(
    orders: Orders, shops: Ints, import_at: Ints, closes_at: Ints, rounds: Rounds, access: Access
) -> Story:
    """The same for orders that may be frozen, or whose buyers may ask to cancel.

    Of a freeze and a request in one second the freeze goes first, of a request and the end of a freeze the request; an
    order that is frozen hears no request.
    """
    o = orders
    freeze_at, ask_at = o.accepted_at + o.freeze_after_seconds, o.accepted_at + o.cancel_seconds
    freezes = (freeze_at < closes_at) & (freeze_at <= ask_at) & (freeze_at < NEVER)
    frozen_at = np.where(freezes, freeze_at, NEVER)
    thawed_at = np.where(freezes, freeze_at + o.freeze_seconds, NEVER)
    ends_at = np.where(freezes, closes_at + o.freeze_seconds, closes_at)
    asks = (ask_at < ends_at) & np.where(freezes, ask_at > thawed_at, ask_at < NEVER)
    story = Story(frozen_at, thawed_at, np.where(asks, ask_at, NEVER), ends_at, thawed_at)

    at = import_at
    changed_at = np.where(thawed_at <= at, thawed_at, o.accepted_at)
    seen = waits(at, story) & (at - rounds.window_seconds <= changed_at)
    sent_at = np.where(seen, at, NEVER)
    some = np.flatnonzero(freezes & ~seen)
    at = np.full(len(sent_at), NEVER)
    at[some] = next_round(thawed_at[some], rounds.start_at, rounds.import_seconds)
    at[some] = live_import(at[some], shops[some], access)
    seen = waits(at, story) & (at - rounds.window_seconds <= thawed_at)
    return Story(frozen_at, thawed_at, story.asks_at, ends_at, np.where(seen, at, sent_at))


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
        wanted: whose parcels are followed; what comes to the table after all of them, and after `until_at`, is left out.
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
    return where(sent_at > h.end_at, NEVER, where(by_then >= h.cutoff_at[day], h.restart_at[day], by_then))


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
def known(begun: Ints, done: Ints, tracking_seconds: Ints, house: House) -> Ints:
    """When the number of each parcel is known, or NEVER: pickup, and the supplier's report."""
    packed_at = packed(begun, done, house)
    return where(packed_at < house.end_at, called(packed_at, house) + tracking_seconds, NEVER)


@each
def pushes(known_at: Ints, ready_at: Ints, start_at: int, every_seconds: int) -> Ints:
    """The round that has each parcel to push.

    One that is known in the very second in which its parcel was laid out comes after that second's round, as the queue
    does.
    """
    at = next_round(known_at, start_at, every_seconds)
    return np.minimum(at + ((known_at == ready_at) & (at == known_at)) * every_seconds, NEVER)


def by_order(values: Ints, parcels: Parcels, orders: int) -> Ints:
    """Of each order's first parcel (row 0) and its second (row 1), or NEVER where there is none."""
    found = np.full((2, orders), NEVER)
    first = np.flatnonzero(~parcels.seconds)
    found[0][parcels.owners[first]] = values[first]
    second = np.flatnonzero(parcels.seconds)
    found[1][parcels.owners[second]] = values[second]
    return found


@each
def packed(begun: Ints, done: Ints, house: House) -> Ints:
    """The clock's instants at which packing from and to some working time is over, or the end of interest."""
    h = house
    # What takes no time is packed when the house is open again, so never in the last second of the last day.
    by_work = where(done > begun, done, done + 1)
    stretch = np.maximum(before(by_work, h.working) - 1, 0)
    packed_at = h.opens[stretch] + done - h.works[stretch]
    known = by_work <= h.works[-1] + h.closes[-1] - h.opens[-1]
    return np.minimum(where(known, packed_at, h.end_at), h.end_at)


@each
def called(packed_at: Ints, house: House) -> Ints:
    """The carrier's next call: `Warehouse._pickup_at`."""
    h = house
    day = local(packed_at, h.clock) // _DAY - h.first_day
    return where(h.call_at[day] >= packed_at, h.call_at[day], h.later_call_at[day])


def both(orders: Orders, at: Ints) -> tuple[Ints, Ints]:
    """The earlier and the later of the two rows of orders with a second parcel, and of the others the first row twice."""
    earlier, later = at[0].copy(), at[0].copy()
    two = at[:, orders.split]
    earlier[orders.split], later[orders.split] = two.min(axis=0), two.max(axis=0)
    return earlier, later


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


class Declared(NamedTuple):
    """When the marketplace had the first of an order's numbers, and when all; NEVER is what did not happen."""

    first_at: Ints
    whole_at: Ints
    """Had the countdown not ended before."""


@each
def pushed(
    earlier_at: Ints, later_at: Ints, frozen_at: Ints, thawed_at: Ints, asks_at: Ints, closes_at: Ints
) -> tuple[Ints, Ints]:
    """When the marketplace has the first of an order's numbers, and when all, by pushes alone.

    A number that comes while its order waits for nothing is rejected for good, and then the order is never whole.
    """
    taken = awaits(earlier_at, frozen_at, thawed_at, asks_at, closes_at)
    then = where(awaits(later_at, frozen_at, thawed_at, asks_at, closes_at), later_at, NEVER)
    return where(taken, earlier_at, then), where(taken, later_at, NEVER)


@each
def verdicts(
    first_at: Ints,
    whole_at: Ints,
    frozen_at: Ints,
    asks_at: Ints,
    closes_at: Ints,
    freeze_seconds: Ints,
    accepted_at: Ints,
    pauses: bool,
    answer_seconds: int,
) -> tuple[Ints, Ints, Ints]:
    """When each order was declared whole, missed, and cancelled by its buyer; two of the three are NEVER.

    Once part of an order is declared, it is neither frozen nor cancelled any more.
    """
    # What is left of the countdown once part was declared: a freeze that was to come no longer does.
    unfrozen = (first_at < frozen_at) & (frozen_at < NEVER)
    ends_at = where(unfrozen, closes_at - freeze_seconds, closes_at)
    declared = whole_at < ends_at
    cancelled = (first_at == NEVER) & (asks_at < NEVER) & (pauses | (asks_at + answer_seconds < closes_at))
    # A countdown that is over before it begins ends the order as soon as it is accepted.
    missed_at = np.maximum(ends_at, accepted_at)
    return (
        where(declared, whole_at, NEVER),
        where(declared | cancelled, NEVER, missed_at),
        where(cancelled, asks_at + answer_seconds, NEVER),
    )

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
from redclock.planner.engine.compiled import Flags, Floats, Ints, compiled
from redclock.planner.engine.draws import NEVER, Orders, chosen

_DAY = 86_400
_LONG = 1 << 40
"""Far more than any instant, and than two."""


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


def local(at: Ints, changes_at: Ints, offsets: Ints) -> Ints:
    """Clock time in a zone: the seconds from 1970 to it on that zone's clocks."""
    clock: Ints = at + offsets[0]
    for n in range(len(changes_at)):
        clock += np.where(at >= changes_at[n], offsets[n + 1] - offsets[n], 0)
    return clock


def closings(anchor_at: Ints, deadlines: Deadlines) -> Ints:
    """When the countdowns end that start from these instants, a row a preparation time: `ship_by_at`, and the grace."""
    d = deadlines
    clock = local(anchor_at, d.clock.changes_at, d.clock.offsets)
    day = clock // _DAY - d.first_day
    closes_at: Ints = d.ends_at[:, day] + d.grace_seconds
    if not d.same_clock_time:
        return closes_at
    wanted = d.last_days[:, day] * _DAY + clock % _DAY
    closes_at = wanted - d.clock.offsets[0] + d.grace_seconds
    for n in range(len(d.clock.changes_at)):
        # A clock time that is skipped or comes twice is read with the offset from before the change.
        before, after = d.clock.offsets[n], d.clock.offsets[n + 1]
        closes_at -= np.where(wanted >= d.clock.changes_at[n] + max(before, after), after - before, 0)
    return closes_at


def next_round(at: Ints, start_at: int, every_seconds: int) -> Ints:
    """The first round that sees what has happened by `at`."""
    rounds: Ints = np.maximum((at - start_at + every_seconds - 1) // every_seconds, 1)
    return start_at + rounds * every_seconds


def waits(at: Ints, story: Story) -> Flags:
    """Whether orders are WAIT_SELLER_SEND_GOODS when a round at `at` looks, if nothing was declared before."""
    s = story
    return (at < s.closes_at) & (at < s.asks_at) & ((at < s.frozen_at) | (at >= s.thawed_at))


def stories(
    orders: Orders, shops: Ints, import_at: Ints, closes_at: Ints, rounds: Rounds, access: Access
) -> Story:
    """Freezes, requests to cancel and rounds of imports, before anything is declared.

    An import sees an order whose last change lies in its window.

    Args:
        import_at: the first round with access since each order was accepted.
    """
    seen = (import_at < closes_at) & (import_at - rounds.window_seconds <= orders.accepted_at)
    frozen_at, thawed_at, asks_at = np.full((3, len(closes_at)), NEVER)
    story = Story(frozen_at, thawed_at, asks_at, closes_at.copy(), np.where(seen, import_at, NEVER))
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
    o, h = orders, house
    several = np.zeros(len(taken_at), dtype=np.int64)
    several[o.split] = 1
    first = np.arange(len(taken_at)) + np.cumsum(several) - several
    count = len(taken_at) + len(o.split)
    owners = np.empty(count, dtype=np.int64)
    seconds = np.zeros(count, dtype=np.bool_)
    days = np.empty(count)
    packing = np.empty(count, dtype=np.int64)
    tracking = np.empty(count, dtype=np.int64)
    owners[first], days[first] = np.arange(len(taken_at)), o.preparation_days
    packing[first], tracking[first] = o.packing_seconds, o.tracking_seconds
    second = first[o.split] + 1
    owners[second], days[second], seconds[second] = o.split, o.second_days, True
    packing[second], tracking[second] = o.second_packing_seconds, o.second_tracking_seconds

    some = np.flatnonzero((taken_at <= h.end_at)[owners])
    starts_at = begins(taken_at[owners[some]], h)
    soon = starts_at <= h.end_at
    some, starts_at = some[soon], starts_at[soon]
    ready_at, work = ready(starts_at, days[some], h)
    last_at = np.max(ready_at, initial=until_at, where=wanted[owners[some]] & (ready_at < NEVER))
    soon = ready_at <= last_at
    some, ready_at, work = some[soon], ready_at[soon], work[soon]
    place = ready_at.copy()
    if by_hand is not None:
        place = 2 * place + (by_hand[owners[some]] & (ready_at == taken_at[owners[some]]))
    place += runs[owners[some]] * _LONG
    queue = np.argsort(place, kind="mergesort")
    some = some[queue]
    return Parcels(owners[some], seconds[some], ready_at[queue], work[queue], packing[some], tracking[some])


def begins(sent_at: Ints, house: House) -> Ints:
    """From when on orders are worked on: `Warehouse._starts_at`."""
    h = house
    day = local(sent_at, h.clock.changes_at, h.clock.offsets) // _DAY - h.first_day
    return np.where(sent_at >= h.cutoff_at[day], h.restart_at[day], sent_at)


def ready(starts_at: Ints, days: Floats, house: House) -> tuple[Ints, Ints]:
    """When goods lie on the packing table, by the clock and in working time: `Warehouse._ready_at`.

    Args:
        starts_at: up to the end of interest; what would be ready only later has NEVER and the last of all working time.
        days: of preparation.
    """
    h = house
    day = local(starts_at, h.clock.changes_at, h.clock.offsets) // _DAY - h.first_day
    seconds_of_work = (days * h.slowdowns[day] * h.day_seconds).astype(np.int64)
    stretch = np.maximum(np.searchsorted(h.opens, starts_at, side="right") - 1, 0)
    gone = np.minimum(starts_at, h.closes[stretch]) - h.opens[stretch]
    begun = h.works[stretch] + np.maximum(gone, 0)
    work, last = begun + seconds_of_work, h.works[-1] + h.closes[-1] - h.opens[-1]
    late = work > last
    work = np.minimum(work, last)
    stretch = np.searchsorted(h.works, work) - 1
    ready_at = np.where(work > begun, h.opens[stretch] + work - h.works[stretch], starts_at)
    return np.where(late, NEVER, ready_at), work


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


def known(parcels: Parcels, begun: Ints, done: Ints, house: House) -> Ints:
    """When the number of each parcel is known, or NEVER: pickup, and the supplier's report."""
    packed_at = packed(begun, done, house)
    return np.where(packed_at < house.end_at, called(packed_at, house) + parcels.tracking_seconds, NEVER)


def pushes(known_at: Ints, parcels: Parcels, rounds: Rounds) -> Ints:
    """The round that has each parcel to push.

    One that is known in the very second in which its parcel was laid out comes after that second's round, as the queue
    does.
    """
    at = next_round(known_at, rounds.start_at, rounds.push_seconds)
    at = np.where((known_at == parcels.ready_at) & (at == known_at), at + rounds.push_seconds, at)
    return np.minimum(at, NEVER)


def by_order(values: Ints, parcels: Parcels, orders: int) -> Ints:
    """Of each order's first parcel (row 0) and its second (row 1), or NEVER where there is none."""
    found = np.full((2, orders), NEVER)
    first = np.flatnonzero(~parcels.seconds)
    found[0][parcels.owners[first]] = values[first]
    second = np.flatnonzero(parcels.seconds)
    found[1][parcels.owners[second]] = values[second]
    return found


def packed(begun: Ints, done: Ints, house: House) -> Ints:
    """The clock's instants at which packing from and to some working time is over, or the end of interest."""
    h = house
    worked = done > begun
    stretch = np.searchsorted(h.works, done)
    if not worked.all():
        stretch = np.where(worked, stretch, np.searchsorted(h.works, done, side="right"))
    stretch = np.maximum(stretch - 1, 0)
    packed_at = h.opens[stretch] + done - h.works[stretch]
    # What takes no time is packed when the house is open again, so never in the last second of the last day.
    known = np.where(worked, done, done + 1) <= h.works[-1] + h.closes[-1] - h.opens[-1]
    by_then: Ints = np.minimum(np.where(known, packed_at, h.end_at), h.end_at)
    return by_then


def called(packed_at: Ints, house: House) -> Ints:
    """The carrier's next call: `Warehouse._pickup_at`."""
    h = house
    day = local(packed_at, h.clock.changes_at, h.clock.offsets) // _DAY - h.first_day
    return np.where(h.call_at[day] >= packed_at, h.call_at[day], h.later_call_at[day])


class Declared(NamedTuple):
    """When the marketplace had the first of an order's numbers, and when all; NEVER is what did not happen."""

    first_at: Ints
    whole_at: Ints
    """Had the countdown not ended before."""


def pushed(orders: Orders, story: Story, pushed_at: Ints) -> Declared:
    """What is declared by pushes alone.

    A number that comes while its order waits for nothing is rejected for good, and then the order is never whole.
    """
    one = np.ones(len(story.closes_at), dtype=np.bool_)
    one[orders.split] = False
    earlier = np.where(one, pushed_at[0], np.minimum(pushed_at[0], pushed_at[1]))
    later = np.where(one, pushed_at[0], np.maximum(pushed_at[0], pushed_at[1]))
    taken = waits(earlier, story)
    first_at = np.where(taken, earlier, np.where(waits(later, story), later, NEVER))
    return Declared(first_at, np.where(taken, later, NEVER))


def verdicts(
    orders: Orders, story: Story, declared: Declared, pauses: bool, answer_seconds: int
) -> tuple[Ints, Ints, Ints]:
    """When each order was declared whole, missed, and cancelled by its buyer; two of the three are NEVER.

    Once part of an order is declared, it is neither frozen nor cancelled any more.
    """
    s, first_at = story, declared.first_at
    # What is left of the countdown once part was declared: a freeze that was to come no longer does.
    unfrozen = first_at < s.frozen_at
    ends_at = np.where(unfrozen, s.closes_at - (s.frozen_at < NEVER) * orders.freeze_seconds, s.closes_at)
    whole = declared.whole_at < ends_at
    asked = (first_at == NEVER) & (s.asks_at < NEVER)
    cancelled = asked & (pauses | (s.asks_at + answer_seconds < s.closes_at))
    sent_at = np.where(whole, declared.whole_at, NEVER)
    cancelled_at = np.where(cancelled, s.asks_at + answer_seconds, NEVER)
    # A countdown that is over before it begins ends the order as soon as it is accepted.
    missed_at = np.maximum(ends_at, orders.accepted_at)
    missed_at = np.where(whole | cancelled, NEVER, missed_at)
    return sent_at, missed_at, cancelled_at

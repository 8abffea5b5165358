"""From acceptance to verdict: the rules of platform and MIP over whole arrays of orders.

Each function says what of the world it repeats. Zones and calendars come as tables by day, settings as plain numbers.
Instants are seconds since the epoch, and `NEVER` is the instant of what does not happen. In one second, countdowns end
first, rounds come after what else happens, and the packing queue last.

What is compiled calls nothing of another module, because numba looks for changes only in the file of the function that
it keeps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from redclock.planner.engine.access import Access, live_import
from redclock.planner.engine.compiled import Flags, Ints, each, where
from redclock.planner.engine.draws import NEVER, Orders, chosen
from redclock.planner.engine.warehouse import Clock

_DAY = 86_400


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


class Story(NamedTuple):
    """What becomes of orders that nobody ships, and when each is first sent to the supplier."""

    frozen_at: Ints
    thawed_at: Ints
    asks_at: Ints
    """Its buyer asks to cancel."""
    closes_at: Ints
    """The countdown ends, a freeze included."""
    sent_at: Ints


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
    found: Ints = closes_at
    return found


@each
def next_round(at: Ints, start_at: int, every_seconds: int) -> Ints:
    """The first round that sees what has happened by `at`."""
    rounds: Ints = np.maximum((at - start_at + every_seconds - 1) // every_seconds, 1)
    return start_at + rounds * every_seconds


@each
def imports(import_at: Ints, accepted_at: Ints, closes_at: Ints, window_seconds: int) -> Ints:
    """When a round sends orders that nothing happens to, or NEVER: it sees those accepted in its window."""
    sent_at: Ints = where((import_at < closes_at) & (import_at - window_seconds <= accepted_at), import_at, NEVER)
    return sent_at


@each
def awaits(at: Ints, frozen_at: Ints, thawed_at: Ints, asks_at: Ints, closes_at: Ints) -> Flags:
    """Whether orders are WAIT_SELLER_SEND_GOODS when a round at `at` looks, if nothing was declared before."""
    return (at < closes_at) & (at < asks_at) & ((at < frozen_at) | (at >= thawed_at))


def waits(at: Ints, story: Story) -> Flags:
    """The same of a story."""
    return awaits(at, story.frozen_at, story.thawed_at, story.asks_at, story.closes_at)


def stories(orders: Orders, shops: Ints, import_at: Ints, closes_at: Ints, rounds: Rounds, access: Access) -> Story:
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
    for all_of_them, part in zip(story, theirs, strict=True):
        all_of_them[some] = part
    return story


def _unquiet(orders: Orders, shops: Ints, import_at: Ints, closes_at: Ints, rounds: Rounds, access: Access) -> Story:
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


@each
def pushes(known_at: Ints, ready_at: Ints, start_at: int, every_seconds: int) -> Ints:
    """The round that has each parcel to push.

    One that is known in the very second in which its parcel was laid out comes after that second's round, as the queue
    does.
    """
    at = next_round(known_at, start_at, every_seconds)
    found: Ints = np.minimum(at + ((known_at == ready_at) & (at == known_at)) * every_seconds, NEVER)
    return found


def both(orders: Orders, at: Ints) -> tuple[Ints, Ints]:
    """The earlier and the later of an order's two parcels; of one that has one only, that one's twice."""
    earlier, later = at[0].copy(), at[0].copy()
    two = at[:, orders.split]
    earlier[orders.split], later[orders.split] = two.min(axis=0), two.max(axis=0)
    return earlier, later


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

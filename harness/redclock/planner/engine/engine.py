"""The market's world without its events: every order that counts gets the verdict that the world gives it.

The same fates, the same rules, whole arrays at a time: draw, accept, import, lay out, pack, pick up, push, judge. A
preparation time decides only when countdowns end, so several share all that comes before, unless an order closes before
it is imported under one and not under another. Knows no intervals and no sweeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import numpy as np

from fakemarket.distributions import table
from fakemarket.rules.deadlines import Anchor
from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.fate import DAY_SLOTS, FIRST_PLACED_BY_HAND, POISSON_PIECE, FateBook, day_level
from redclock.planner.causes import CAUSES
from redclock.planner.engine import checked, draws, passes, tables
from redclock.planner.engine.access import Access, live_push
from redclock.planner.engine.causes import Missed
from redclock.planner.engine.causes import causes as causes_of
from redclock.planner.engine.chance import chances, key
from redclock.planner.engine.compiled import Flags, Ints, looped
from redclock.planner.engine.covered import NotCovered, uncovered
from redclock.planner.engine.draws import NEVER, Orders
from redclock.planner.engine.habits import NOBODY, Habits
from redclock.planner.engine.passes import Declared, Parcels, Rounds, Story
from redclock.planner.engine.tending import Tending
from redclock.planner.replication import DAY, FOLLOWED_DAYS, Horizon, Tally

_PURPOSES = (
    *("arrival", "never-pays", "attempts", "offline", "pay-delay", "pay-processing", "confirm-money"),
    *("review-verdict", "review", "appeal", "appeal-time", "cancels", "cancel", "frozen", "freeze-after", "freeze"),
    *("no-stock", "bad-address", "bad-postcode", "no-carrier", "supplier-error", "several", "splits", "second"),
)
"""In the order of `draws`; the parcels' and the retries' follow."""
_PARCELS = (
    ("parcel-1", "preparation"),
    ("parcel-1", "packing"),
    ("parcel-1", "tracking"),
    ("parcel-2", "packing"),
    ("parcel-2", "tracking"),
)


NO_CAUSE = -1
_LARGE_BYTES = 30 << 20
"""Just under the largest piece that it learns from."""


class Past(NamedTuple):
    """What became of orders until they were declared, or not."""

    story: Story
    taken_at: Ints
    """When the supplier took each order."""
    by_hand: Flags | None
    """Where that was somebody's doing; None if nobody looks after orders."""
    access: Access
    known_at: Ints | None
    """When the number of each order's first parcel (row 0) and of its second (row 1) is known, if somebody looks."""
    due_at: Ints
    """The rounds that have them to push."""
    pushed_at: Ints
    """The rounds that push them: the first with a live token."""


class Judged(NamedTuple):
    """What became of orders under a preparation time; NEVER is what did not happen."""

    past: Past
    declared: Declared
    sent_at: Ints
    missed_at: Ints
    cancelled_at: Ints


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of every accepted order of a replication, a row a preparation time; NEVER is what did not happen.

    Certain for the orders that count; of later ones only as far as it had happened when those had their verdicts.
    """

    orders: Orders
    sellers: Ints
    sent_at: Ints
    missed_at: Ints
    cancelled_at: Ints
    causes: Ints
    """The place in `Cause`, and NO_CAUSE for what was not missed or does not count."""


class Engine:
    """One question: a market, the days that count, and the preparation times to judge.

    Args:
        settings: what the market is like; its own preparation time is not used.
        horizon: which orders count.
        preparation_days: working days to judge by, each 1 or more.
        habits: who looks after the orders.
        beyond_days: for how long after the last countdown's end parcels are followed; no verdict depends on it.

    Raises:
        NotCovered: the engine would not repeat the world exactly.
    """

    def __init__(
        self,
        settings: Settings,
        horizon: Horizon,
        preparation_days: Sequence[int],
        habits: Habits = NOBODY,
        *,
        beyond_days: int = 1,
    ) -> None:
        if why := uncovered(settings):
            raise NotCovered(why)
        self._settings, self._horizon, self._days = settings, horizon, tuple(preparation_days)
        self._sellers = sorted(settings.sellers)
        start_at, counts_until_at = horizon.start_at, horizon.counts_until_at
        try:
            counted = tables.deadlines(settings, self._days, start_at, counts_until_at)
            longest_freeze = int(table(settings.buyers.frozen_hours).at(1 - 2**-53) * 3600) + 1
            # A clock time on the last day comes before the midnight after it, but for a change of the clocks.
            end_at = int(counted.ends_at.max()) + counted.grace_seconds + beyond_days * DAY
            end_at += longest_freeze if settings.buyers.frozen_share else 0
            if end_at > counts_until_at + FOLLOWED_DAYS * DAY:
                raise NotCovered(f"a countdown that ends only at {tables.utc(end_at)}")
            self._deadlines = tables.deadlines(settings, self._days, start_at, end_at)
            self.house = tables.house(settings, start_at - DAY, end_at)
        except ValueError as wrong:
            raise NotCovered(str(wrong)) from wrong
        self._end_at = end_at
        self._arrivals = tables.arrival_days(settings, start_at, end_at)
        ordinals = [int(first) // DAY_SLOTS for first in self._arrivals.first_keys]
        book = FateBook(settings, Streams(0))
        self._usual = [book.usual(ordinal) for ordinal in ordinals]
        self._level_steps = draws.steps_of(np.array(ordinals, dtype=np.uint64))
        self._chances = chances(settings)
        self.orders_a_replication = sum(self._usual) * len(self._sellers)
        """Orders that are placed, on average."""
        mip = settings.mip
        window_seconds = int(mip.import_window_hours * 3600)
        self._rounds = Rounds(start_at, mip.import_every_minutes * 60, mip.push_every_minutes * 60, window_seconds)
        self._tending = Tending(settings, habits, start_at, end_at)
        self._tended = habits != NOBODY
        # glibc gives memory back to the system, and takes it anew page by page with every replication, unless it has
        # once seen a large piece come and go: a third of the time with many orders. None of this piece is touched.
        np.empty(_LARGE_BYTES, dtype=np.uint8)

    def replicate(self, seed: int) -> list[Tally]:
        """What `replication.replicate` counts, a tally a preparation time."""
        found = self.outcomes(seed)
        judged = np.count_nonzero(self.counted(found.orders) & (found.cancelled_at == NEVER), axis=1)
        tallies = []
        for orders, causes in zip(judged, found.causes, strict=True):
            each = np.bincount(causes - NO_CAUSE, minlength=len(CAUSES) + 1)[1:].tolist()
            tallies.append(Tally(int(orders), sum(each), tuple(each)))
        return tallies

    def counted(self, orders: Orders) -> Flags:
        """Which orders count, unless they were cancelled."""
        accepted_at = orders.accepted_at
        return (accepted_at >= self._horizon.counts_from_at) & (accepted_at < self._horizon.counts_until_at)

    def outcomes(self, seed: int) -> Outcomes:
        """Every accepted order of a replication, with what becomes of it under each preparation time.

        Of what led to the verdicts only what is asked for stays: memory that is given back is dear to have again.
        """
        orders, sellers = self._orders(seed)
        counted = self.counted(orders)
        results: list[tuple[Ints, Ints, Ints]] = []
        groups: list[tuple[Past, list[Missed]]] = []
        for past, declared, sent_at, missed_at, cancelled_at in self.judged(seed, orders, sellers):
            results.append((sent_at, missed_at, cancelled_at))
            if not groups or groups[-1][0].due_at is not past.due_at:
                groups.append((past, []))
            places = np.flatnonzero(counted & (missed_at < NEVER))
            story = Story(*(it[places] for it in past.story))
            groups[-1][1].append(Missed(places, missed_at[places], declared.first_at[places], story))
        sent_at, missed_at, cancelled_at = (np.array(rows) for rows in zip(*results, strict=True))
        causes = np.full(missed_at.shape, NO_CAUSE)
        row = 0
        for past, missed in groups:
            failing_at = past.access.failing_at[sellers]
            found = causes_of(missed, orders, past.due_at, past.pushed_at, failing_at, self.house, self._rounds)
            for each, of_row in zip(missed, found, strict=True):
                causes[row, each.places] = of_row
                row += 1
        return Outcomes(orders, sellers, sent_at, missed_at, cancelled_at, causes)

    def judged(self, seed: int, orders: Orders, sellers: Ints) -> Iterator[Judged]:
        """One preparation time after the other. They share the rounds to push in where nothing makes them differ."""
        anchor_at = np.minimum(self._anchors(orders), self._end_at)
        buyers = self._settings.buyers
        pauses, answer_seconds = self._settings.countdown.pauses_in_cancel, int(buyers.cancel_answer_hours * 3600)
        past: Past | None = None
        for row in range(len(self._days)):
            closes_at = passes.closings(anchor_at, self._deadlines, row)
            past = self._past(seed, orders, sellers, closes_at, past)
            if past.known_at is None:
                declared = passes.pushed(orders, past.story, past.pushed_at)
            else:
                declared = checked.declared(orders, sellers, past.story, past.known_at, past.pushed_at, past.access)
            yield Judged(past, declared, *passes.verdicts(orders, past.story, declared, pauses, answer_seconds))

    def _orders(self, seed: int) -> tuple[Orders, Ints]:
        """The accepted orders of all sellers by key and name of the seller, and whose each is."""
        drawn = [self._drawn(seed, seller) for seller in self._sellers]
        sellers = np.repeat(np.arange(len(drawn)), [len(orders.keys) for orders in drawn])
        return (drawn[0], sellers) if len(drawn) == 1 else _merged(drawn, sellers)

    def _drawn(self, seed: int, seller: str) -> Orders:
        retries = (f"retry-{n}" for n in range(1, self._settings.payments.retries + 1))
        words = [*((it,) for it in _PURPOSES), *_PARCELS, *((it,) for it in retries)]
        luck = np.array([key(seed, seller, *each) for each in words], dtype=np.uint64)
        return draws.accepted_orders(
            self._horizon.start_at, self._arrivals, self._counts(seed, seller), luck, self._chances
        )

    def _counts(self, seed: int, seller: str) -> Ints:
        """Orders of each day: `FateBook`'s, with roots and logarithms taken where it takes them."""
        cv = self._settings.demand.day_cv
        means = self._usual
        if cv:
            levels = draws.uniforms(np.uint64(key(seed, seller, "day-level")), self._level_steps).tolist()
            means = [usual * day_level(u, cv) for usual, u in zip(means, levels, strict=True)]
        # Whole pieces first, as the world draws them; nearly every day has one piece.
        parts = [divmod(mean, POISSON_PIECE) for mean in means]
        pieces = [[POISSON_PIECE] * int(whole) + [rest] for whole, rest in parts]
        place = np.repeat(np.arange(len(pieces)), [len(it) for it in pieces])
        number = np.arange(len(place)) - np.searchsorted(place, place)
        us = draws.uniforms(
            np.uint64(key(seed, seller, "day-count")),
            draws.steps_of(self._arrivals.first_keys[place] + number.astype(np.uint64)),
        )
        flat = [piece for it in pieces for piece in it]
        found = looped(np.zeros(len(flat), dtype=np.int64))
        draws.poisson(looped(us), looped(np.array(flat)), looped(np.array([exp(-piece) for piece in flat])), found)
        counts = np.bincount(place, weights=found, minlength=len(pieces)).astype(np.int64)
        return np.minimum(counts, FIRST_PLACED_BY_HAND)

    def _anchors(self, orders: Orders) -> Ints:
        match self._settings.countdown.anchor:
            case Anchor.REVIEW_PASSED:
                return orders.accepted_at
            case Anchor.PAID:
                return orders.paid_at
            case Anchor.ORDER_CREATED:
                return orders.placed_at

    def _past(self, seed: int, orders: Orders, sellers: Ints, closes_at: Ints, before: Past | None) -> Past:
        """What becomes of orders before they are pushed, and in which round they are.

        Whether a token works can hang on what there is to push, and that on whether it works: tried until they agree.
        They do, because each answer that is wrong is right for longer than the one before.
        """
        sure = self._tending.sure
        tended = None if sure else self._tending.tended(seed, [()] * len(self._sellers))
        while True:
            access = self._tending.always() if tended is None else self._tending.arrays(tended)
            story, taken_at, by_hand = self._taken(orders, sellers, closes_at, access)
            if (
                sure
                and before is not None
                and np.array_equal(story.sent_at, before.story.sent_at)
                and (not self._tended or np.array_equal(taken_at, before.taken_at))
            ):
                return before._replace(story=story)
            parcels, begun, done = self._packed(orders, taken_at, by_hand)
            known_at = passes.known(parcels, begun, done, self.house)
            due_at = passes.by_order(passes.pushes(known_at, parcels, self._rounds), parcels, len(orders.keys))
            again = None if sure else self._tending.tended(seed, self._new_pushes(due_at, sellers))
            if again == tended:
                pushed_at = live_push(due_at, sellers, access)
                seen_at = self._seen(known_at, parcels, taken_at, by_hand)
                return Past(story, taken_at, by_hand, access, seen_at, due_at, pushed_at)
            tended = again

    def _new_pushes(self, due_at: Ints, sellers: Ints) -> list[list[int]]:
        """The rounds that first have something to push, by seller."""
        return [np.unique(due_at[:, sellers == place]).tolist() for place in range(len(self._sellers))]

    def _taken(
        self, orders: Orders, sellers: Ints, closes_at: Ints, access: Access
    ) -> tuple[Story, Ints, Flags | None]:
        """What becomes of orders that nobody ships, when the supplier has them, and where that is somebody's doing."""
        story = passes.stories(orders, sellers, closes_at, self._rounds, access)
        by_round_at = np.where(orders.refusals > 0, NEVER, story.sent_at)
        if not self._tended:
            return story, by_round_at, None
        story = story._replace(sent_at=checked.imported(orders, sellers, story, access))
        taken_at = checked.taken(orders, sellers, story, access)
        return story, taken_at, taken_at < by_round_at

    def _seen(self, known_at: Ints, parcels: Parcels, taken_at: Ints, by_hand: Flags | None) -> Ints | None:
        """From when on somebody who looks sees each order's numbers; None if nobody looks."""
        if by_hand is None:
            return None
        # What is known in the very second in which somebody ordered it is known after he looked.
        late = by_hand[parcels.owners] & (known_at == taken_at[parcels.owners])
        return passes.by_order(known_at + late, parcels, len(taken_at))

    def load(self, seed: int) -> float:
        """What the orders of the days that count give the packers to do, as a share of their time in those days."""
        orders, (parcels, begun, done) = self.packing(seed)
        house, from_at, until_at = self.house, self._horizon.counts_from_at, self._horizon.counts_until_at
        open_seconds = (house.closes - house.opens)[(house.opens >= from_at) & (house.opens < until_at)]
        work_seconds = (done - begun)[self.counted(orders)[parcels.owners]]
        return float(work_seconds.sum() / (house.packers * max(open_seconds.sum(), 1)))

    def packing(self, seed: int) -> tuple[Orders, tuple[Parcels, Ints, Ints]]:
        """The accepted orders and what was packed of them under the last preparation time: parcels, begun, done."""
        orders, sellers = self._orders(seed)
        anchor_at = np.minimum(self._anchors(orders), self._end_at)
        past = self._past(seed, orders, sellers, passes.closings(anchor_at, self._deadlines, -1), None)
        return orders, self._packed(orders, past.taken_at, past.by_hand)

    def _packed(self, orders: Orders, taken_at: Ints, by_hand: Flags | None) -> tuple[Parcels, Ints, Ints]:
        """The parcels in the order of the queue, and when each is begun and done, in working time."""
        house = self.house
        parcels = passes.laid_out(orders, taken_at, house, by_hand)
        begun, done = (looped(np.empty(len(parcels.owners), dtype=np.int64)) for _ in range(2))
        passes.pack(
            looped(parcels.ready_work),
            looped(parcels.packing_seconds),
            house.packers,
            looped(house.works),
            looped(house.stretch_slowdowns),
            house.slows,
            begun,
            done,
        )
        return parcels, np.asarray(begun, dtype=np.int64), np.asarray(done, dtype=np.int64)


def _merged(drawn: list[Orders], sellers: Ints) -> tuple[Orders, Ints]:
    """The orders of several sellers, given by name, as one, by key and name."""
    order = np.argsort(np.concatenate([each.keys for each in drawn]), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    starts = np.cumsum([0, *(len(each.keys) for each in drawn)])
    split = np.concatenate([place[each.split + start] for each, start in zip(drawn, starts, strict=False)])
    seconds = np.argsort(split)
    merged = {}
    for name in Orders._fields:
        joined = np.concatenate([getattr(each, name) for each in drawn])
        merged[name] = joined[seconds if name.startswith("second_") else order] if name != "split" else split[seconds]
    return Orders(**merged), sellers[order]

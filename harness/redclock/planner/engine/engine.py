"""The market's world without its events: every order that counts gets the verdict that the world gives it.

The same fates, the same rules, whole arrays at a time: draw, accept, import, lay out, pack, pick up, push, judge.
Several replications go through together, because arrays of few orders cost by the call and not by the order; they share
nothing, so what each counts doesn't depend on which others are there. A preparation time decides only when countdowns
end, so several share all that comes before, unless an order closes before it is imported under one and not under
another. Knows no intervals and no sweeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from fakemarket.distributions import table
from fakemarket.rules.deadlines import Anchor
from fakemarket.settings import Settings
from redclock.planner.causes import CAUSES
from redclock.planner.engine import checked, passes, tables, warehouse
from redclock.planner.engine.access import Access, live_import, live_push
from redclock.planner.engine.arrivals import Arrivals
from redclock.planner.engine.causes import Missed
from redclock.planner.engine.causes import causes as causes_of
from redclock.planner.engine.compiled import Flags, Ints, looped
from redclock.planner.engine.covered import NotCovered, uncovered
from redclock.planner.engine.draws import NEVER, Orders, chosen
from redclock.planner.engine.habits import NOBODY, Habits
from redclock.planner.engine.passes import Declared, Rounds, Story
from redclock.planner.engine.tending import Tended, Tending
from redclock.planner.engine.warehouse import Parcels
from redclock.planner.replication import DAY, FOLLOWED_DAYS, Horizon, Tally

NO_CAUSE = -1
_LARGE_BYTES = 30 << 20
"""Just under the largest piece that it learns from."""
_ORDERS_TOGETHER = 40_000
"""So many go through together: a call is little beside its work then, and the arrays stay in the cache [D]."""


class Drawn(NamedTuple):
    """Orders of some replications."""

    orders: Orders
    shops: Ints
    """Whose each is: one seller's in one replication."""
    runs: Ints
    """By place among the replications."""
    closes_at: list[Ints]
    """When countdowns would end that nothing interrupts, a row a preparation time."""
    counted: Ints
    """Places of those that count."""
    until_at: int
    """Whatever was placed up to then is there."""


class Past(NamedTuple):
    """What became of orders until they were declared, or not: of those that count, and of all what says `all`."""

    all_sent_at: Ints
    all_taken_at: Ints
    packed: tuple[Parcels, Ints, Ints]
    """The parcels, and when each was begun and done, in working time."""
    story: Story
    access: Access
    known_at: Ints | None
    """When the number of each order's first parcel (row 0) and of its second (row 1) is known, if somebody looks."""
    due_at: Ints
    """The rounds that have them to push."""
    pushed_at: Ints
    """The rounds that push them: the first with a live token."""


class Judged(NamedTuple):
    """What became of the orders that count under a preparation time; NEVER is what did not happen."""

    orders: Orders
    shops: Ints
    past: Past
    declared: Declared
    sent_at: Ints
    missed_at: Ints
    cancelled_at: Ints


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of every order that counts, a row a preparation time; NEVER is what did not happen."""

    orders: Orders
    shops: Ints
    """Whose each is: the sellers by name, through all replications."""
    sent_at: Ints
    missed_at: Ints
    cancelled_at: Ints
    causes: Ints
    """The place in `Cause`, and NO_CAUSE for what was not missed."""


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
        self._arrivals = Arrivals(settings, start_at, end_at)
        self.orders_a_replication = self._arrivals.usually
        """Orders that are placed, on average."""
        self._together = max(int(_ORDERS_TOGETHER / max(self.orders_a_replication, 1)), 1)
        mip = settings.mip
        window_seconds = int(mip.import_window_hours * 3600)
        self._rounds = Rounds(start_at, mip.import_every_minutes * 60, mip.push_every_minutes * 60, window_seconds)
        self._tending = Tending(settings, habits, start_at, end_at)
        self._tended = habits != NOBODY
        self._drawn_until_at = counts_until_at if self._tending.sure else end_at
        # glibc gives memory back to the system, and takes it anew page by page with every replication, unless it has
        # once seen a large piece come and go: a third of the time with many orders. None of this piece is touched.
        np.empty(_LARGE_BYTES, dtype=np.uint8)

    def replicate(self, seeds: Sequence[int]) -> list[list[Tally]]:
        """What `replication.replicate` counts: a list a seed, with a tally a preparation time.

        Raises:
            NotCovered: in one of these replications something happens that the engine would not repeat.
        """
        tallies: list[list[Tally]] = []
        together = ceil(len(seeds) / max(ceil(len(seeds) / self._together), 1))
        for first in range(0, len(seeds), together or 1):
            tallies += self._tallies(seeds[first : first + together])
        return tallies

    def _tallies(self, seeds: Sequence[int]) -> list[list[Tally]]:
        found = self.outcomes(seeds)
        runs, kinds = found.shops // len(self._arrivals.sellers), len(CAUSES) - NO_CAUSE
        tallies: list[list[Tally]] = [[] for _ in seeds]
        for causes, cancelled_at in zip(found.causes, found.cancelled_at, strict=True):
            orders = np.bincount(runs[cancelled_at == NEVER], minlength=len(seeds))
            counts = np.bincount(runs * kinds + (causes - NO_CAUSE), minlength=len(seeds) * kinds)
            by_cause = counts.reshape(len(seeds), kinds)[:, -NO_CAUSE:].tolist()
            for tally, judged, each in zip(tallies, orders.tolist(), by_cause, strict=True):
                tally.append(Tally(judged, sum(each), tuple(each)))
        return tallies

    def outcomes(self, seeds: Sequence[int]) -> Outcomes:
        """Every order that counts in some replications, with what becomes of it under each preparation time.

        Of what led to the verdicts only what is asked for stays: memory that is given back is dear to have again.
        """
        results: list[list[Ints]] = []
        groups: list[tuple[Past, list[Missed]]] = []
        for judged in self.judged(seeds):
            orders, shops, past, declared, *verdicts = judged
            results.append(verdicts)
            if not groups or groups[-1][0].due_at is not past.due_at:
                groups.append((past, []))
            places = np.flatnonzero(judged.missed_at < NEVER)
            story = Story(*(it[places] for it in past.story))
            groups[-1][1].append(Missed(places, judged.missed_at[places], declared.first_at[places], story))
        sent_at, missed_at, cancelled_at = (np.array(rows) for rows in zip(*results, strict=True))
        causes = np.full(missed_at.shape, NO_CAUSE)
        row = 0
        for past, missed in groups:
            failing_at = past.access.failing_at[shops]
            found = causes_of(missed, orders, past.due_at, past.pushed_at, failing_at, self.house, self._rounds)
            for each, of_row in zip(missed, found, strict=True):
                causes[row, each.places] = of_row
                row += 1
        return Outcomes(orders, shops, sent_at, missed_at, cancelled_at, causes)

    def judged(self, seeds: Sequence[int]) -> Iterator[Judged]:
        """One preparation time after the other. They share the rounds to push in where nothing makes them differ."""
        buyers = self._settings.buyers
        pauses, answer_seconds = self._settings.countdown.pauses_in_cancel, int(buyers.cancel_answer_hours * 3600)
        drawn, past = self._drawn(seeds, self._drawn_until_at), None
        orders, shops = chosen(drawn.orders, drawn.counted), drawn.shops[drawn.counted]
        for row in range(len(self._days)):
            drawn, past = self._far_enough(seeds, drawn, row, past)
            story = past.story
            if past.known_at is None:
                earlier_at, later_at = passes.both(orders, past.pushed_at)
                declared = Declared(*passes.pushed(earlier_at, later_at, *story[:4]))
            else:
                declared = checked.declared(orders, shops, story, past.known_at, past.pushed_at, past.access)
            verdicts = passes.verdicts(
                *(*declared, story.frozen_at, story.asks_at, story.closes_at),
                *(orders.freeze_seconds, orders.accepted_at, pauses, answer_seconds),
            )
            yield Judged(orders, shops, past, declared, *verdicts)

    def _drawn(self, seeds: Sequence[int], until_at: int) -> Drawn:
        horizon = self._horizon
        orders, shops = self._arrivals.orders(seeds, until_at)
        accepted_at = orders.accepted_at
        counts = (accepted_at >= horizon.counts_from_at) & (accepted_at < horizon.counts_until_at)
        match self._settings.countdown.anchor:
            case Anchor.REVIEW_PASSED:
                anchor_at = orders.accepted_at
            case Anchor.PAID:
                anchor_at = orders.paid_at
            case Anchor.ORDER_CREATED:
                anchor_at = orders.placed_at
        anchor_at = np.minimum(anchor_at, self._end_at)
        told = warehouse.local(anchor_at, self._deadlines.clock)
        closes_at = [passes.closings(told, self._deadlines, row) for row in range(len(self._days))]
        runs = shops // len(self._arrivals.sellers)
        return Drawn(orders, shops, runs, closes_at, np.flatnonzero(counts), until_at)

    def _far_enough(self, seeds: Sequence[int], drawn: Drawn, row: int, before: Past | None) -> tuple[Drawn, Past]:
        """The past, and as many days' orders as have a say in it.

        Where access is sure, orders have a say only by lying on the packing table before one that counts. How long that
        goes on shows only then, so as many days are tried as it ever took.
        """
        while True:
            past = self._past(seeds, drawn, row, before)
            if not self._tending.sure:
                return drawn, past
            last_at = int(past.packed[0].ready_at.max(initial=self._horizon.counts_until_at))
            self._drawn_until_at = max(self._drawn_until_at, last_at)
            if last_at <= drawn.until_at:
                return drawn, past
            drawn = self._drawn(seeds, last_at)

    def _past(self, seeds: Sequence[int], drawn: Drawn, row: int, before: Past | None) -> Past:
        """What becomes of orders before they are pushed, and in which round they are.

        Whether a token works can hang on what there is to push, and that on whether it works: tried until they agree.
        They do, because each answer that is wrong is right for longer than the one before.
        """
        sellers = len(self._arrivals.sellers)
        sure = self._tending.sure
        tended = [] if sure else [self._tending.tended(seed, [()] * sellers) for seed in seeds]
        while True:
            access = self._tending.always(len(seeds)) if sure else self._tending.arrays(tended)
            story, taken_at, by_hand = self._taken(drawn, drawn.closes_at[row], access)
            of_counted = Story(*(it[drawn.counted] for it in story))
            if (
                sure
                and before is not None
                and np.array_equal(story.sent_at, before.all_sent_at)
                and np.array_equal(taken_at, before.all_taken_at)
            ):
                return before._replace(story=of_counted)
            counts = np.zeros(len(taken_at), dtype=np.bool_)
            counts[drawn.counted if sure else slice(None)] = True
            parcels, begun, done = packed = self._packed(drawn, taken_at, by_hand, counts)
            mine = np.flatnonzero(counts[parcels.owners])
            parcels, begun, done = warehouse.among(parcels, mine), begun[mine], done[mine]
            known_at = warehouse.known(begun, done, parcels.tracking_seconds, self.house)
            push_at = passes.pushes(known_at, parcels.ready_at, self._rounds.start_at, self._rounds.push_seconds)
            due_at = warehouse.by_order(push_at, parcels, len(taken_at))
            again = [] if sure else self._tended_again(seeds, due_at, drawn.shops)
            if again == tended:
                due_at = due_at[:, drawn.counted]
                pushed_at = live_push(due_at, drawn.shops[drawn.counted], access)
                seen_at = self._seen(known_at, parcels, taken_at, by_hand)
                seen_at = None if seen_at is None else seen_at[:, drawn.counted]
                return Past(story.sent_at, taken_at, packed, of_counted, access, seen_at, due_at, pushed_at)
            tended = again

    def _tended_again(self, seeds: Sequence[int], due_at: Ints, shops: Ints) -> list[Tended]:
        """What comes of the tokens if these are the rounds that first have something to push."""
        sellers = len(self._arrivals.sellers)
        rounds = [np.unique(due_at[:, shops == shop]).tolist() for shop in range(len(seeds) * sellers)]
        return [self._tending.tended(seed, rounds[n * sellers : (n + 1) * sellers]) for n, seed in enumerate(seeds)]

    def _taken(self, drawn: Drawn, closes_at: Ints, access: Access) -> tuple[Story, Ints, Flags | None]:
        """What becomes of orders that nobody ships, when the supplier has them, and where that is somebody's doing."""
        orders, shops, rounds = drawn.orders, drawn.shops, self._rounds
        import_at = passes.next_round(orders.accepted_at, rounds.start_at, rounds.import_seconds)
        story = passes.stories(orders, shops, live_import(import_at, shops, access), closes_at, rounds, access)
        by_round_at = np.where(orders.refusals > 0, NEVER, story.sent_at)
        if not self._tended:
            return story, by_round_at, None
        story = story._replace(sent_at=checked.imported(orders, shops, story, access))
        taken_at = checked.taken(orders, shops, story, access)
        return story, taken_at, taken_at < by_round_at

    def _seen(self, known_at: Ints, parcels: Parcels, taken_at: Ints, by_hand: Flags | None) -> Ints | None:
        """From when on somebody who looks sees each order's numbers; None if nobody looks."""
        if by_hand is None:
            return None
        # What is known in the very second in which somebody ordered it is known after he looked.
        late = by_hand[parcels.owners] & (known_at == taken_at[parcels.owners])
        return warehouse.by_order(known_at + late, parcels, len(taken_at))

    def load(self, seed: int) -> float:
        """What the orders of the days that count give the packers to do, as a share of their time in those days."""
        drawn, (parcels, begun, done) = self._packing(seed)
        house, from_at, until_at = self.house, self._horizon.counts_from_at, self._horizon.counts_until_at
        open_seconds = (house.closes - house.opens)[(house.opens >= from_at) & (house.opens < until_at)]
        work_seconds = (done - begun)[np.isin(parcels.owners, drawn.counted)]
        return float(work_seconds.sum() / (house.packers * max(open_seconds.sum(), 1)))

    def packing(self, seed: int) -> tuple[Parcels, Ints, Ints]:
        """What is packed under the last preparation time while days count, or before an order that counts.

        Returns:
            the parcels, and when each is begun and done, in working time.
        """
        return self._packing(seed)[1]

    def _packing(self, seed: int) -> tuple[Drawn, tuple[Parcels, Ints, Ints]]:
        drawn, past = self._far_enough([seed], self._drawn([seed], self._drawn_until_at), -1, None)
        return drawn, past.packed

    def _packed(self, drawn: Drawn, taken_at: Ints, by_hand: Flags | None, counts: Flags) -> tuple[Parcels, Ints, Ints]:
        """The parcels in the order of the queues, and when each is begun and done, in working time."""
        house = self.house
        parcels = warehouse.laid_out(
            drawn.orders, drawn.runs, taken_at, house, by_hand, counts, self._horizon.counts_until_at
        )
        ends = np.searchsorted(drawn.runs[parcels.owners], np.arange(drawn.runs.max(initial=-1) + 1), side="right")
        begun, done = (looped(np.empty(len(parcels.owners), dtype=np.int64)) for _ in range(2))
        warehouse.pack(
            looped(ends),
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

"""Which orders some replications have: how many arrive on each day, and by which streams their fates are drawn.

Days are drawn from the first on, as many as are asked for, and a day's orders don't depend on how many those are, nor
on which replications are drawn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numpy as np

from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.fate import DAY_SLOTS, FIRST_PLACED_BY_HAND, POISSON_PIECE, FateBook, day_levels
from redclock.planner.engine import draws, tables
from redclock.planner.engine.chance import chances, streams
from redclock.planner.engine.compiled import Ints, looped
from redclock.planner.engine.draws import Orders, StreamKeys

_PURPOSES = (
    *("arrival", "never-pays", "attempts", "offline", "pay-delay", "pay-processing", "confirm-money"),
    *("review-verdict", "review", "appeal", "appeal-time", "cancels", "cancel", "frozen", "freeze-after", "freeze"),
    *("no-stock", "bad-address", "bad-postcode", "no-carrier", "supplier-error", "unknown-sku", "export-invoice"),
    *("several", "splits", "second"),
)
"""In the order of `draws`; the parcels' and the retries' follow."""
_PARCELS = (
    ("parcel-1", "preparation"),
    ("parcel-1", "packing"),
    ("parcel-1", "tracking"),
    ("parcel-2", "packing"),
    ("parcel-2", "tracking"),
)
_COUNTS = (("day-level",), ("day-count",))


class Arrivals:
    """The orders that arrive under some settings between two instants."""

    def __init__(self, settings: Settings, start_at: int, end_at: int) -> None:
        self._settings, self._start_at = settings, start_at
        self.sellers = sorted(settings.sellers)
        self._days = tables.arrival_days(settings, start_at, end_at)
        ordinals = [int(first) // DAY_SLOTS for first in self._days.first_keys]
        book = FateBook(settings, Streams(0))
        self._usual = np.array([book.usual(ordinal) for ordinal in ordinals])
        self._day_steps = draws.steps_of(np.array(ordinals, dtype=np.uint64))
        self._chances = chances(settings)
        retries = [(f"retry-{n}",) for n in range(1, settings.payments.retries + 1)]
        self._purposes = [*((it,) for it in _PURPOSES), *_PARCELS, *retries, *_COUNTS]
        self._level = len(self._purposes) - len(_COUNTS)
        """Where the streams of a day's level and of its count stand among them."""
        self.usually = float(self._usual.sum()) * len(self.sellers)
        """Orders that are placed in a replication, on average."""

    def orders(self, seeds: Sequence[int], until_at: int) -> tuple[Orders, Ints]:
        """The accepted orders of some replications that are placed on the days up to an instant's.

        Returns:
            one replication's behind the other's, by key and then by name of the seller; and whose each is, counting
            the sellers by name through all replications.
        """
        days = self._days.until(until_at)
        luck = streams(seeds, self.sellers, self._purposes)
        counts = self._counts(luck, len(days.begins))
        return draws.accepted_orders(self._start_at, days, counts, luck, len(self.sellers), self._chances)

    def _counts(self, luck: StreamKeys, days: int) -> Ints:
        """Orders placed, a row a shop, a column a day: `FateBook`'s, with roots and logarithms where it takes them."""
        shops, cv = luck.keys.shape[1], self._settings.demand.day_cv
        shop = np.repeat(np.arange(shops), days)
        means = np.tile(self._usual[:days], shops)
        if cv:
            levels = draws.uniforms(luck, self._level, shop, np.tile(self._day_steps[:days], shops))
            means *= day_levels(levels.tolist(), cv)
        # Whole pieces first, as the world draws them; nearly every day has one piece.
        whole, rest = np.divmod(means, POISSON_PIECE)
        pieces = whole.astype(np.int64) + 1
        place = np.repeat(np.arange(len(means)), pieces)
        number = np.arange(len(place)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        sizes = np.where(number < whole[place], POISSON_PIECE, rest[place])
        keys = np.tile(self._days.first_keys[:days], shops)[place] + number.astype(np.uint64)
        us = draws.uniforms(luck, self._level + 1, shop[place], draws.steps_of(keys))
        found = looped(np.zeros(len(sizes), dtype=np.int64))
        draws.poisson(looped(us), looped(sizes), looped(np.array([exp(-it) for it in sizes.tolist()])), found)
        counts = np.bincount(place, weights=found, minlength=len(means)).astype(np.int64)
        return np.minimum(counts, FIRST_PLACED_BY_HAND).reshape(shops, days)

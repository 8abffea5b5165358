"""What many replications come to: their sums, and the rate of each; what else each of them counted is not kept.

So the memory of a plan grows by some bytes a replication, however much it counts. Knows no intervals.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redclock.planner.causes import CAUSES

if TYPE_CHECKING:
    from redclock.planner.replication import Tally
    from redclock.planner.replications import Replications

_AT_A_TIME = 10_000
"""Replications whose tallies are in memory together, some 20 MB of them."""


@dataclass(slots=True)
class Sums:
    """Of one preparation time.

    Attributes:
        rates: the miss rate of each replication, in the order of their seeds.
        causes: misses by cause, in the order of `Cause`.
        empty_seed: the first replication without an order to judge; None if there is none.
    """

    orders: int = 0
    misses: int = 0
    rates: array[float] = field(default_factory=lambda: array("d"))
    causes: list[int] = field(default_factory=lambda: [0] * len(CAUSES))
    empty_seed: int | None = None

    def add(self, seed: int, tally: Tally) -> None:
        """Takes in one replication."""
        if not tally.orders and self.empty_seed is None:
            self.empty_seed = seed
        self.orders += tally.orders
        self.misses += tally.misses
        self.rates.append(tally.misses / max(tally.orders, 1))
        self.causes = [before + more for before, more in zip(self.causes, tally.causes, strict=True)]


def add_replications(sums: Sequence[Sums], replications: Replications, seeds: range) -> None:
    """Runs replications and takes them in, a few thousand at a time."""
    for first in range(0, len(seeds), _AT_A_TIME):
        some = seeds[first : first + _AT_A_TIME]
        found = replications.tallies(some, before=first, after=len(seeds) - first - len(some))
        for each, tallies in zip(sums, found, strict=True):
            for seed, tally in zip(some, tallies, strict=True):
                each.add(seed, tally)

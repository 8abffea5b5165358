"""The keys of the world's streams and its tables of quantiles, as numbers and arrays."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from fakemarket.distributions import Distribution, table
from redclock.planner.engine.compiled import Floats

CELLS = 766


def key(seed: int, *words: str) -> int:
    """The key of the stream of a purpose: the last of `words`, after the names of the streams it is a child of."""
    text = "\x1f".join((str(seed), *words))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def cells(distributions: tuple[Distribution, ...]) -> tuple[Floats, Floats]:
    """Each distribution's value at the start of each cell, and how far it rises in it; a row a distribution."""
    lows = np.empty((len(distributions), CELLS))
    rises = np.empty((len(distributions), CELLS))
    for row, distribution in enumerate(distributions):
        starts, ends = table(distribution).cells()
        lows[row] = starts
        rises[row] = np.subtract(ends, starts)
    return lows, rises

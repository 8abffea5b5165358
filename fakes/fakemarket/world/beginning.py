"""How a world begins, and where one comes from that began so."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.world import World


class Beginning(NamedTuple):
    """All that decides what happens in a world in which nobody acts: two that begin alike have the same past.

    Attributes:
        seed: of all its chance.
        settings: what the market is like.
        start_at: first market time, seconds since the epoch.
        orders_until_at: no order arrives by itself from here on; None if they never end.
    """

    seed: int
    settings: Settings
    start_at: int
    orders_until_at: int | None = None

    def world(self) -> World:
        """A new world in which nothing has happened yet."""
        until = {} if self.orders_until_at is None else {"orders_until_at": self.orders_until_at}
        return World(self.settings, Streams(self.seed), self.start_at, **until)


Source = Callable[[Beginning, int], World]
"""Gives a world with a beginning, not later than an instant, in seconds since the epoch."""


def anew(beginning: Beginning, _: int) -> World:
    """A new world: all of its past is still to be made."""
    return beginning.world()

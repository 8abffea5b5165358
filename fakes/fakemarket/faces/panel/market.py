"""What the panel needs of the market above it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fakemarket.timeline import Timeline
from fakemarket.world.world import World


class Held(Protocol):
    """A market, as far as somebody at the panel holds it."""

    world: World
    timeline: Timeline

    @property
    def worlds(self) -> Mapping[str, Held]:
        """Those of its server by name, itself among them, the first one first; none if it has no server."""
        ...

    def advance_to(self, at: int) -> None:
        """Makes it `at`, after everything up to and including that second has happened."""
        ...

"""What the control plane needs of the market above it."""

from __future__ import annotations

from typing import Any, Protocol

from fakemarket.timeline import Timeline
from fakemarket.world.order import Order
from fakemarket.world.world import World


class Held(Protocol):
    """A market, as far as the control plane holds it."""

    world: World
    timeline: Timeline

    def advance_to(self, at: int) -> None:
        """Makes it `at`, after everything up to and including that second has happened."""
        ...

    def place(self, *, seller: str | None = None, **fate: Any) -> Order:
        """A buyer orders now; keywords decide parts of the order's fate."""
        ...

"""What the control plane needs of the market above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fakemarket.faults import Faults
from fakemarket.journal import Journal
from fakemarket.timeline import Timeline
from fakemarket.world.order import Order
from fakemarket.world.world import World


class Held(Protocol):
    """A market, as far as the control plane holds it."""

    world: World
    timeline: Timeline
    faults: Faults
    journal: Journal

    def advance_to(self, at: int) -> None:
        """Makes it `at`, after everything up to and including that second has happened."""
        ...

    def run_until(self, holds: Callable[[], bool], limit_seconds: int) -> bool:
        """Lets time pass until something holds; whether it did before the limit."""
        ...

    def reset(self) -> None:
        """Begins again."""
        ...

    def place(self, *, seller: str | None = None, **fate: Any) -> Order:
        """A buyer orders now; keywords decide parts of the order's fate."""
        ...

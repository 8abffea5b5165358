"""What the control plane needs of the market above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from fakemarket.journal import Journal
from fakemarket.timeline import Timeline
from fakemarket.world.order import Order
from fakemarket.world.world import World

if TYPE_CHECKING:
    from fakemarket.faults import Faults


class Held(Protocol):
    """A market, as far as the control plane holds it."""

    world: World
    timeline: Timeline
    journal: Journal

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        ...

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

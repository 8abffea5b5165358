"""What one call sees differently from how it is.

Faults put a lens before the world while a call is carried out; the faces look through it where the platform itself is
known to show things wrong. It changes nothing in the world.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fakemarket.world.order import Order
from fakemarket.world.past import Past


class Drift(NamedTuple):
    """How far a list has moved, in rows upwards, and what its told total is off by."""

    rows: int = 0
    count_off: int = 0


class Lens(NamedTuple):
    """What to see.

    Attributes:
        hides: whether lists leave an order out; None if they leave out none.
        drift: asked by a page after the first.
        expiry_off_seconds: asked by whatever tells the end of a token's life; what to add.
        clock_off_seconds: what to add to the present where it is told.
        past: what reads of orders show instead of the present; None if they show that.
    """

    hides: Callable[[Order], bool] | None = None
    drift: Callable[[], Drift] = Drift
    expiry_off_seconds: Callable[[], int] = int
    clock_off_seconds: int = 0
    past: Past | None = None


CLEAR = Lens()

"""The money that a seller keeps with the supplier, and every movement of it.

Knows amounts only, neither orders nor the supplier. What the real purse does is not public beyond its running dry [A].
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class MovementKind(StrEnum):
    """Why money moved."""

    TOP_UP = "top_up"
    SUPPLIER_ORDER = "supplier_order"
    REFUND = "refund"


class Movement(NamedTuple):
    """One movement; `cents` is what came in, or went out if negative."""

    number: int
    """From 1, without gaps."""
    at: int
    kind: MovementKind
    cents: int
    about: str
    """The supplier order that it is about; empty for a top-up."""
    balance_cents: int | None
    """What there was afterwards; None: no end of it."""


class Wallet:
    """One seller's money with the supplier; None never runs out."""

    def __init__(self, opening_cents: int | None) -> None:
        self.balance_cents = opening_cents
        self.movements: list[Movement] = []

    def affords(self, cents: int) -> bool:
        return self.balance_cents is None or cents <= self.balance_cents

    def move(self, at: int, kind: MovementKind, cents: int, about: str = "") -> Movement:
        """Moves money, in or (negative) out."""
        if self.balance_cents is not None:
            self.balance_cents += cents
        movement = Movement(len(self.movements) + 1, at, kind, cents, about, self.balance_cents)
        self.movements.append(movement)
        return movement

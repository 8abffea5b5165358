"""The money that a seller keeps with the supplier, and every movement of it.

Knows amounts only, neither orders nor the supplier. What the real purse does is not public beyond its running dry [A].
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


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
        self._movements: list[Movement] = []
        self._written: list[Any] = []
        """What nobody has read yet: the parts of each movement but its number, one behind the other."""

    @property
    def movements(self) -> list[Movement]:
        """Every movement so far; not to be changed."""
        if self._written:
            parts = iter(self._written)
            rows = zip(parts, parts, parts, parts, parts, strict=True)
            self._movements += [Movement(number, *row) for number, row in enumerate(rows, len(self._movements) + 1)]
            self._written.clear()
        return self._movements

    def affords(self, cents: int) -> bool:
        return self.balance_cents is None or cents <= self.balance_cents

    def move(self, at: int, kind: MovementKind, cents: int, about: str = "") -> None:
        """Moves money, in or (negative) out."""
        if self.balance_cents is not None:
            self.balance_cents += cents
        self._written += (at, kind, cents, about, self.balance_cents)

"""Whom a fault strikes, when, and how often: one value that all kinds share.

Knows no kind and draws nothing: luck is `faults`' affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from fakemarket.call import Call

Share = Annotated[float, Ge(0), Le(1)]


class BadFault(ValueError):
    """A fault that can't be: it contradicts itself or aims at what this market hasn't."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a fault is on: [from_at, until_at), market time in seconds since the epoch; None is open."""

    from_at: int | None = None
    until_at: int | None = None

    def __post_init__(self) -> None:
        if self.from_at is not None and self.until_at is not None and self.from_at >= self.until_at:
            raise BadFault(f"`until` must be later than `from`; it is {self.until_at} and `from` is {self.from_at}")

    def holds(self, at: int) -> bool:
        return (self.from_at is None or at >= self.from_at) and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom a fault strikes. What is left out aims at everything.

    Attributes:
        operation: calls whose operation starts so, e.g. `aliexpress.solution.order` or `POST /v1/orders`.
        order: one order, and calls that concern it.
        seller: one seller's orders, and calls that concern them.
        nth: only the nth of the calls (or orders, or events) that all the rest aims at, from 1, counted while it is on.
        share: the part of them that it strikes, drawn for each call (or order, or event) by itself.
        window: when.
    """

    operation: str = ""
    order: int | None = None
    seller: str | None = None
    nth: Annotated[int, Ge(1)] | None = None
    share: Share = 1.0
    window: Window = Window()

    def __post_init__(self) -> None:
        if self.nth is not None and self.nth < 1:
            raise BadFault(f"nth is {self.nth}; calls are counted from 1")
        if not 0 <= self.share <= 1:
            raise BadFault(f"share is {self.share}; 0 to 1 is allowed")

    def takes_call(self, call: Call) -> bool:
        """Whether a call is one of those aimed at, whatever the time."""
        return call.operation.startswith(self.operation) and self.takes(call.order, call.seller)

    def takes(self, order: int | None, seller: str | None) -> bool:
        """Whether what concerns an order and a seller is aimed at, whatever the time."""
        return self.order in (None, order) and self.seller in (None, seller)


EVERYTHING = Aim()

"""Whom a fault strikes, when, and how often: one value that all kinds share.

Knows no kind and draws nothing: luck is `faults`' affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fakemarket.bounds import Ge, Le
from fakemarket.call import Call
from fakemarket.faults.when import ALWAYS, After, BadFault, During, Window

Share = Annotated[float, Ge(0), Le(1)]


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom a fault strikes. What is left out aims at everything.

    Attributes:
        operation: calls whose operation starts so, e.g. `aliexpress.solution.order` or `POST /v1/orders`.
        order: one order, and calls that concern it.
        seller: one seller's orders, and calls that concern them.
        nth: only the nth of the calls (or orders, or events) that all the rest aims at, from 1, counted while it is on.
        share: the part of them that it strikes, drawn for each call (or order, or event) by itself.
        window: when, by market time.
        after: when, by what has happened.
        during: when, by what is so. All that are given must hold.
    """

    operation: str = ""
    order: int | None = None
    seller: str | None = None
    nth: Annotated[int, Ge(1)] | None = None
    share: Share = 1.0
    window: Window = ALWAYS
    after: After | None = None
    during: During | None = None

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

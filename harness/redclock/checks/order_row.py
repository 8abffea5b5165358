"""What became of each order of a run, a row an order: small enough to keep of every trial. Reads the ledger only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Ledger
from redclock.checks.invariants import PAID, PLACED


class OrderRow(NamedTuple):
    """One order; instants are market time, None for what didn't happen in the run.

    Attributes:
        accepted_at: when it became the seller's work.
        ship_by_at: the first instant too late, as its countdown said last.
        shipped_at: when it was declared in full.
        status: the status it was in when the run ended, in the platform's spelling.
    """

    order: int
    seller: str
    placed_at: int
    accepted_at: int | None
    ship_by_at: int | None
    shipped_at: int | None
    missed: bool
    status: str

    @property
    def lead_seconds(self) -> int | None:
        """How much was left on its countdown when it was declared in full."""
        if self.ship_by_at is None or self.shipped_at is None:
            return None
        return self.ship_by_at - self.shipped_at


def order_rows(ledger: Ledger) -> Iterator[OrderRow]:
    """A row for each order, in the order in which they were placed."""
    rows: dict[int, OrderRow] = {}
    for event in ledger:
        if event.order is None:
            continue
        if event.what in PLACED:
            seller, status = str(event.facts["seller"]), str(event.facts["to"])
            rows[event.order] = OrderRow(event.order, seller, event.at, None, None, None, missed=False, status=status)
            continue
        row = rows.get(event.order)
        if row is None:
            continue
        if event.what == "countdown":
            row = row._replace(ship_by_at=event.facts["ship_by_at"])
        elif event.what in PAID:
            row = row._replace(accepted_at=event.at)
        elif event.what == Move.DECLARE_ALL:
            row = row._replace(shipped_at=event.at)
        elif event.what == Move.COUNTDOWN_ENDS:
            row = row._replace(missed=True)
        if "to" in event.facts:
            row = row._replace(status=str(event.facts["to"]))
        rows[event.order] = row
    yield from rows.values()

"""Which way orders went: the statuses that each passed through, and the move that ended it."""

from __future__ import annotations

from collections.abc import Mapping

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Ledger

Ways = Mapping[tuple[str, ...], int]
"""How many orders went each way.

A way is the statuses in the order in which they were entered and, if the order has ended, the move that ended it. An
order that came back to a status, as from a freeze, goes on from there: the detour is no part of its way.
"""


def ways_of(ledger: Ledger) -> Ways:
    """The ways of all orders; the most trodden first."""
    going: dict[int | None, tuple[str, ...]] = {}
    for event in ledger:
        status = event.facts.get("to")
        if status is None or event.what == Move.ARCHIVE:
            continue
        way = going.get(event.order, ())
        if status == Status.FINISH:
            going[event.order] = (*way, event.what)
        elif status in way:
            going[event.order] = way[: way.index(status) + 1]
        else:
            going[event.order] = (*way, status)
    counts: dict[tuple[str, ...], int] = {}
    for way in going.values():
        counts[way] = counts.get(way, 0) + 1
    return dict(sorted(counts.items(), key=lambda row: (-row[1], row[0])))

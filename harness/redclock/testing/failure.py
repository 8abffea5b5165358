"""What to tell when a test with a market fails: enough to see what happened, and to see it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakemarket.journal import Entry
    from fakemarket.market import Market

_MOST_ORDERS = 3
_MOST_EVENTS = 15
_MOST_CALLS = 8


def failure_report(market: Market, again: str = "") -> str:
    """Seed, market time, the last calls, the stories of the orders they touched, and the faults: a page of text.

    Args:
        again: the command that repeats the test.
    """
    many = len(market.orders())
    orders = "1 order" if many == 1 else f"{many} orders"
    lines = [f"seed {market.seed}, market time {market.moment():%a %Y-%m-%d %H:%M:%S} UTC, {orders}"]
    lines += _faults(market)
    calls = list(market.journal)
    if calls:
        lines.append(f"the last of {len(calls) + market.journal.dropped} calls:")
        lines += [f"  {_call(entry)}" for entry in calls[-_MOST_CALLS:]]
    zone = market.settings.demand.zone
    for order in _touched(market):
        head = f"order {order}, {market.order(order).status}, by the clocks of {zone}:"
        lines += [head, *_story(market, order, zone)]
    if again:
        lines.append(f"again: {again}")
    return "\n".join(lines)


def _faults(market: Market) -> Iterator[str]:
    for number, one in market.faults.installed.items():
        struck = market.faults.struck[f"fault:{number}"]
        often = {0: "never struck", 1: "struck once"}.get(struck, f"struck {struck} times")
        yield f"fault {number} ({one.kind}) {often}"


def _call(entry: Entry) -> str:
    about = f", order {entry.order}" if entry.order else ""
    faults = f", struck by {', '.join(entry.causes)}" if entry.causes else ""
    name = entry.operation or f"{entry.request.method} {entry.request.path} (refused)"
    return f"{datetime.fromtimestamp(entry.at, UTC):%a %H:%M:%S}  {name}{about}: {entry.status} {entry.outcome}{faults}"


def _touched(market: Market) -> list[int]:
    """The orders that were spoken of last, else those that were placed by hand."""
    spoken = [entry.order for entry in reversed(list(market.journal)) if entry.order in market.world.orders]
    placed = [event.order for event in market.ledger if event.cause == "call" and event.what == "place"]
    return [order for order in dict.fromkeys(spoken or placed) if order is not None][:_MOST_ORDERS]


def _story(market: Market, order: int, zone: str) -> Iterator[str]:
    from redclock.report.story import story

    told = list(story(market.ledger, order, zone))
    if len(told) > _MOST_EVENTS:
        yield f"  ... {len(told) - _MOST_EVENTS} events before"
    yield from (f"  {line}" for line in told[-_MOST_EVENTS:])

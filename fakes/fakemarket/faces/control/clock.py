"""The control plane's clock: hold it, move it on, let it run.

Whoever moves it is told what happened meanwhile. It never goes back, and never on without a limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.control.views import event_json, required
from fakemarket.faces.routes import Asked, Rejected, answer, moment
from fakemarket.timeline import END_AT, TimeRunsForward
from fakemarket.world.order import Order

MOST_EVENTS_TOLD = 100
DAY = 86_400


def tell(market: Held, _asked: Asked) -> Response:
    return answer(_reading(market))


def advance(market: Held, asked: Asked) -> Response:
    """Lets so much market time pass."""
    from fakemarket.faces.control.bodies import Advance

    by_seconds = asked.body(Advance).in_seconds
    now = market.timeline.now()
    return _moved(market, now, now + by_seconds)


def run_until(market: Held, asked: Asked) -> Response:
    """Lets time pass until an instant, or until a condition holds or the limit is reached."""
    from fakemarket.faces.control.bodies import RunUntil

    body = asked.body(RunUntil, sellers=market.world.settings.sellers)
    if body.at is not None:
        return _moved(market, market.timeline.now(), body.at)
    limit = body.limit
    assert limit is not None
    world, status, wanted = market.world, body.status, body.at_least
    if body.order is not None:
        order = required(market, str(body.order))
        return _stepped(market, limit.in_seconds, lambda: order.status is status)
    assert status is not None
    sellers = (body.seller,) if body.seller else world.settings.sellers
    return _stepped(market, limit.in_seconds, lambda: sum(world.count(it, status) for it in sellers) >= (wanted or 1))


def to_next_event(market: Held, asked: Asked) -> Response:
    """Lets time pass until the ledger tells something new, or the limit is reached."""
    from fakemarket.faces.control.bodies import ToNextEvent

    told = len(market.world.ledger)
    return _stepped(market, asked.body(ToNextEvent).limit.in_seconds, lambda: len(market.world.ledger) > told)


def to_countdown(market: Held, asked: Asked) -> Response:
    """Lets time pass until so many seconds before an order's countdown ends, as it now stands.

    The answer says whether that countdown was reached: an order may be shipped, end or get more time on the way.
    """
    from fakemarket.faces.control.bodies import ToCountdown

    body = asked.body(ToCountdown)
    order: Order = required(market, str(body.order))
    ends_at = order.ship_by_at
    if ends_at is None or _rests(order) or order.ended_at is not None:
        raise Rejected(409, "conflict", f"no countdown of order {order.id} is running: it is {order.status}")
    told = len(market.world.ledger)
    _move(market, market.timeline.now(), ends_at - body.before_seconds)
    reached = order.ship_by_at == ends_at and not _rests(order) and order.ended_at in (None, ends_at)
    return answer({**_happened(market, told), "reached": reached})


def _rests(order: Order) -> bool:
    return order.paused_at is not None or order.sent_at is not None


def set_speed(market: Held, asked: Asked) -> Response:
    """Market seconds in a real second from now on; 0 stands still."""
    from fakemarket.faces.control.bodies import Speed

    market.timeline.set_rate(asked.body(Speed).rate)
    return answer(_reading(market))


def _moved(market: Held, now: int, at: int) -> Response:
    told = len(market.world.ledger)
    _move(market, now, at)
    return answer(_happened(market, told))


def _move(market: Held, now: int, at: int) -> None:
    from fakemarket.faces.control.bodies import LONGEST_ADVANCE_DAYS

    if at < now:
        message = f"market time is {now} and cannot go back by {now - at} s to {at}; start a new market instead"
        raise Rejected(409, "conflict", message)
    if at - now > LONGEST_ADVANCE_DAYS * DAY:
        message = f"{at} is {at - now} s ahead; {LONGEST_ADVANCE_DAYS} days at a time are allowed"
        raise Rejected(422, "validation", message)
    if at > END_AT:
        raise Rejected(422, "validation", f"market time ends at {END_AT}, the beginning of 2100; {at} is after it")
    # A fast market may have passed that moment by itself since it was asked.
    with suppress(TimeRunsForward):
        market.advance_to(at)


def _stepped(market: Held, limit_seconds: int, holds: Callable[[], bool]) -> Response:
    told = len(market.world.ledger)
    reached = market.run_until(holds, limit_seconds)
    return answer({**_happened(market, told), "reached": reached})


def _happened(market: Held, told: int) -> dict[str, Any]:
    """The clock's reading and what the ledger says since it had `told` events; of these the first few in full."""
    events = market.world.ledger.since(told)
    counts = Counter(str(event.what) for event in events)
    return {
        **_reading(market),
        "events": len(events),
        "counts": dict(sorted(counts.items())),
        "first": [event_json(event) for event in events[:MOST_EVENTS_TOLD]],
        "next": told + min(len(events), MOST_EVENTS_TOLD),
    }


def _reading(market: Held) -> dict[str, Any]:
    now = market.timeline.now()
    return {"now": now, "now_iso": moment(now), "rate": market.timeline.rate}

"""The control plane's clock."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, Rejected, answer, moment
from fakemarket.timeline import TimeRunsForward


def tell(market: Held, _asked: Asked) -> Response:
    return answer(_reading(market))


def advance(market: Held, asked: Asked) -> Response:
    """Lets market time pass, and says what happened meanwhile."""
    from fakemarket.faces.control.bodies import Advance

    by_seconds = asked.body(Advance).in_seconds
    now, ledger = market.timeline.now(), market.world.ledger
    if by_seconds < 0:
        message = f"market time is {now} and cannot go back by {-by_seconds} s; start a new market instead"
        raise Rejected(409, "conflict", message)
    told = len(ledger)
    # A fast market may have passed that moment by itself since it was asked.
    with suppress(TimeRunsForward):
        market.advance_to(now + by_seconds)
    counts = Counter(str(event.what) for event in ledger.since(told))
    return answer({**_reading(market), "events": counts.total(), "counts": dict(sorted(counts.items()))})


def _reading(market: Held) -> dict[str, Any]:
    now = market.timeline.now()
    return {"now": now, "now_iso": moment(now), "rate": market.timeline.rate}

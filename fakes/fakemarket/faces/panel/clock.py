"""The clock bar's buttons: how far market time goes on, and at what speed it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from fakemarket.call import Response
from fakemarket.faces.panel.market import Held
from fakemarket.faces.panel.story import summary, told
from fakemarket.faces.panel.visit import SPEEDS, Visit
from fakemarket.faces.routes import Asked, Rejected
from fakemarket.timeline import END_AT

_STEPS = {"900": 900, "3600": 3600, "86400": 86_400}
_LONGEST_WAIT_SECONDS = 7 * 86_400
"""How far "to the next event" goes when nothing happens."""


def turn(visit: Visit, _asked: Asked) -> Response:
    """Lets time pass, or sets its speed, and goes back to the page it was asked from."""
    form = visit.form
    if "speed" in form:
        said = _set_speed(visit.market, form["speed"])
    elif form.get("go") == "next":
        said = _to_next_event(visit)
    elif form.get("go") in _STEPS:
        said = _advance(visit, _STEPS[form["go"]])
    else:
        raise Rejected(400, "malformed", "The clock goes on by 15 minutes, an hour, a day or to the next event.")
    back = form.get("back", "/")
    # An address that begins with two slashes would lead to another host.
    return visit.go(back if back[:1] == "/" and back[1:2] not in ("/", "\\") else "/", said)


def _set_speed(market: Held, word: str) -> str:
    speeds = {str(speed): speed for speed in SPEEDS}
    if word not in speeds:
        raise Rejected(400, "malformed", f"The clock runs at a speed of {', '.join(speeds)}.")
    market.timeline.set_rate(speeds[word])
    return "The clock stands still." if word == "0" else f"The clock runs: {SPEEDS[speeds[word]]}."


def _advance(visit: Visit, seconds: int) -> str:
    ledger = visit.world.ledger
    begun = len(ledger)
    with _held(visit.market):
        visit.market.advance_to(min(visit.market.timeline.now() + seconds, END_AT))
    return f"It is {visit.local.full(visit.world.now)}. Meanwhile: {summary(ledger.since(begun))}.{_no_more(visit)}"


def _to_next_event(visit: Visit) -> str:
    """Goes on until the ledger hears of something: the world's own next event may be a round that finds nothing."""
    market, world = visit.market, visit.world
    begun = len(world.ledger)
    with _held(market):
        latest_at = min(market.timeline.now() + _LONGEST_WAIT_SECONDS, END_AT)
        while len(world.ledger) == begun:
            at = world.next_event_at()
            if at is None or at > latest_at:
                market.advance_to(latest_at)
                waited = _no_more(visit) or " Nothing happened for seven days."
                return f"It is {visit.local.full(world.now)}.{waited}"
            market.advance_to(max(at, market.timeline.now()))
    currency = world.settings.demand.currency
    happened = world.ledger.since(begun)
    first = happened[0]
    words = told(first, visit.local, currency).words
    about = f" ({first.order})" if first.order is not None else ""
    more = sum(1 for _ in islice(happened, 1, None))
    rest = f", and {more} more" if more else ""
    return f"It is {visit.local.full(world.now)}: {words}{about}{rest}."


def _no_more(visit: Visit) -> str:
    """What is to be said at the end of time; nothing before."""
    return " Market time ends here." if visit.world.now >= END_AT else ""


@contextmanager
def _held(market: Held) -> Iterator[None]:
    """Stops a running clock for a moment, so that where it is sent to is not already past."""
    speed = market.timeline.rate
    market.timeline.set_rate(0)
    try:
        yield
    finally:
        market.timeline.set_rate(speed)

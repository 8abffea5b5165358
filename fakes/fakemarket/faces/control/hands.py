"""The control plane's hands: what a person outside the market can make happen in it."""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.control.views import order_json, required
from fakemarket.faces.routes import Asked, Rejected, answer
from fakemarket.rules.status import Move, moves_from
from fakemarket.world.refund import line_to_spare
from fakemarket.world.tokens import APPS

_DECLARATIONS = (Move.DECLARE_PART, Move.DECLARE_ALL)


def place(market: Held, asked: Asked) -> Response:
    """A buyer orders now; what isn't said of its fate is drawn."""
    from fakemarket.faces.control.bodies import NewOrder

    body = asked.body(NewOrder, sellers=market.world.settings.sellers)
    fate = body.fate.model_dump(exclude_unset=True)
    return answer(order_json(market.place(seller=body.seller, **fate)), 201)


def force(market: Held, asked: Asked) -> Response:
    """Makes a legal move of one order happen now; what follows, and how long it lasts, is the order's fate."""
    from fakemarket.faces.control.bodies import ForcedMove

    order = required(market, asked.params["id"])
    move = asked.body(ForcedMove).move
    allowed = [each for each in moves_from(order.status) if each not in _DECLARATIONS]
    if line_to_spare(order) is None and Move.PARTIAL_REFUND in allowed:
        allowed.remove(Move.PARTIAL_REFUND)
    if move not in allowed:
        why = "is made through an API, with a number" if move in _DECLARATIONS else "is not legal"
        if move is Move.PARTIAL_REFUND and move in moves_from(order.status):
            why = "needs a line of two pieces or more"
        words = ", ".join(allowed) or "none"
        message = f"order {order.id} is {order.status} at market time {market.world.now}: {move} {why}; legal: {words}"
        raise Rejected(409, "conflict", message, details=[{"field": "move", "message": each} for each in allowed])
    market.world.force(order, move, "call")
    return answer(order_json(order))


def reset(market: Held, _asked: Asked) -> Response:
    """The market begins again, with the same seed and the faults that it had then."""
    market.reset()
    return answer({"now": market.timeline.now(), "seed": market.world.streams.seed, "events": len(market.world.ledger)})


def revoke(market: Held, asked: Asked) -> Response:
    """Both tokens of an app die now: `own` is the seller's, `mip` the integration platform's.

    Doing it again changes nothing.
    """
    from fakemarket.faces.control.bodies import SellerQuery

    world, app = market.world, asked.params["app"]
    if app not in APPS:
        raise Rejected(404, "not_found", f"no app {app}; there is {', '.join(APPS)}")
    seller = asked.query(SellerQuery, sellers=world.settings.sellers).seller or world.settings.sellers[0]
    world.tokens.revoke(app, seller, cause="call")
    return answer({"app": app, "seller": seller, "alive": world.tokens.alive(app, seller)})

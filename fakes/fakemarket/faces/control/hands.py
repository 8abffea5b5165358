"""The control plane's hands: what a person outside the market can make happen in it."""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.control.views import order_json
from fakemarket.faces.routes import Asked, Rejected, answer
from fakemarket.world.tokens import APPS


def place(market: Held, asked: Asked) -> Response:
    """A buyer orders now; what isn't said of its fate is drawn."""
    from fakemarket.faces.control.bodies import NewOrder

    body = asked.body(NewOrder, sellers=market.world.settings.sellers)
    fate = body.fate.model_dump(exclude_unset=True)
    return answer(order_json(market.place(seller=body.seller, **fate)), 201)


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

"""What somebody at the panel does: declare, answer a cancellation, choose a template, authorise an app again.

Nothing is decided here: the world says what it takes, and a refusal is shown beside the form it was sent with.
"""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.panel.moments import duration
from fakemarket.faces.panel.orders import order_page, required
from fakemarket.faces.panel.visit import Visit
from fakemarket.faces.routes import Asked, Rejected
from fakemarket.world.order import Order
from fakemarket.world.tokens import APPS, MIP_APP

CAUSE = "panel"
_LONGEST_ENTRY = 200
_ANSWERED = {
    "accept": "The cancellation is accepted: the order is closed and the buyer refunded.",
    "refuse": "The cancellation is refused: the order is to be shipped, and its clock runs on.",
}


def on_order(visit: Visit, asked: Asked) -> Response:
    """Carries out what a form on an order's page asks for."""
    order = required(visit, asked)
    what = visit.form.get("do", "")
    if what == "declare":
        return _declare(visit, order)
    if what in _ANSWERED:
        return _answer(visit, order, what)
    raise Rejected(400, "malformed", "This form says nothing that can be done to an order.")


def _declare(visit: Visit, order: Order) -> Response:
    carrier, number, website = (visit.form.get(name, "").strip() for name in ("carrier", "number", "website"))
    whole = visit.form.get("send") != "part"
    if max(map(len, (carrier, number, website))) > _LONGEST_ENTRY:
        return order_page(visit, order, refused=f"An entry may have {_LONGEST_ENTRY} characters at most.")
    refusal = visit.world.declare(order, carrier=carrier, number=number, whole=whole, website=website, cause=CAUSE)
    if refusal is not None:
        return order_page(visit, order, refused=f"AliExpress refuses: {refusal.message} ({refusal.code}).")
    clock = "The countdown goes on"
    if whole and order.ship_by_at is not None:
        clock = f"The countdown stopped with {duration(order.ship_by_at - visit.world.now)} left"
    return visit.go(f"/orders/{order.id}", f"Declared {carrier} {number}. {clock}.")


def _answer(visit: Visit, order: Order, what: str) -> Response:
    if visit.world.answer_cancellation(order, accept=what == "accept", cause=CAUSE) is not None:
        return order_page(visit, order, refused=f"The order is {order.status}: no cancellation request waits any more.")
    return visit.go(f"/orders/{order.id}", _ANSWERED[what])


def choose_template(visit: Visit, _asked: Asked) -> Response:
    """Makes another delivery template a seller's default, for orders placed from now on."""
    seller, number = visit.form.get("seller", ""), visit.form.get("template", "")
    templates = visit.world.templates
    known = {str(it.template_id): it for it in templates.of(seller)} if seller in visit.world.settings.sellers else {}
    if number not in known:
        raise Rejected(400, "malformed", "There is no such delivery template to choose.")
    templates.choose_default(seller, known[number].template_id, cause=CAUSE)
    return visit.go("/templates", f"{known[number].name} is the default for orders placed from now on.")


def authorise(visit: Visit, _asked: Asked) -> Response:
    """A person logs in again for an app, which gets a new pair of tokens; the old pair dies."""
    app, seller = visit.form.get("app", ""), visit.form.get("seller", "")
    world = visit.world
    if app not in APPS or seller not in world.settings.sellers:
        raise Rejected(400, "malformed", "There is no such app or seller to authorise.")
    if app == MIP_APP:
        grant = world.mip.reset_credentials(seller, cause=CAUSE)
    else:
        grant = world.tokens.authorise(app, seller, cause=CAUSE)
    return visit.go("/tokens", f"Authorised {app} for {seller}, until {visit.local.full(grant.expires_at)}.")

"""Which request means what, and that only our own forms change anything."""

from __future__ import annotations

from functools import partial

from fakemarket.call import Call, Request, Response
from fakemarket.faces.panel import clock, hands, orders, views
from fakemarket.faces.panel.market import Held
from fakemarket.faces.panel.neighbours import neighbours
from fakemarket.faces.panel.order_query import read_parameters
from fakemarket.faces.panel.session import session_of
from fakemarket.faces.panel.visit import SAFETY, Visit, root_of
from fakemarket.faces.routes import Asked, Rejected, Route, Routes

ROUTES: Routes[Visit] = Routes(
    {
        "GET /": orders.listing,
        "GET /orders/{id}": orders.one,
        "POST /orders/{id}": hands.on_order,
        "GET /mip": views.overview,
        "GET /templates": views.templates,
        "POST /templates": hands.choose_template,
        "GET /tokens": views.tokens,
        "POST /tokens": hands.authorise,
        "POST /clock": clock.turn,
    }
)
_ASSETS = "/assets/"
_A_YEAR = "public, max-age=31536000, immutable"
_FORM = "application/x-www-form-urlencoded"


def read(market: Held, request: Request, real_at: int) -> Call:
    """The call that a request means."""
    if request.method == "GET" and request.path.startswith(_ASSETS):
        return Call("panel file", partial(_file, request.path.removeprefix(_ASSETS)))
    visit = Visit(
        market,
        request,
        root_of(request),
        session_of(request, market.world.streams, real_at),
        read_parameters(request.body.decode("utf-8", "replace")) if request.method == "POST" else {},
    )
    try:
        route, asked = ROUTES.find(request)
    except Rejected as rejected:
        return Call("", partial(_problem, visit, rejected))
    number = asked.params.get("id", "")
    order = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    return Call(f"panel {route.name}", partial(_carry_out, visit, route, asked), order=order)


def nowhere(first: Held, name: str, request: Request) -> Response:
    """The page for who asks for a world that isn't there; it leads to those that are, of which `first` is one."""
    from fakemarket.faces.panel.dress import render

    root = "/" + root_of(request).split("/", 3)[-1]
    page = render("nowhere.html", root=root, name=name, worlds=neighbours(first, root, "/"))
    return Response(404, page, {**SAFETY, "content-type": "text/html; charset=utf-8", "cache-control": "no-store"})


def _carry_out(visit: Visit, route: Route[Visit], asked: Asked) -> Response:
    try:
        if visit.request.method == "POST":
            _check_form(visit)
        return route.handle(visit, asked)
    except Rejected as rejected:
        return _problem(visit, rejected)


def _check_form(visit: Visit) -> None:
    """Refuses a form that isn't one of ours.

    Raises:
        Rejected: 415 or 403.
    """
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise Rejected(415, "not_a_form", f"Forms come as {_FORM}, and this came as {kind or 'nothing'}.")
    if not visit.session.sent(visit.form, visit.request):
        message = "This form doesn't come from a page of this panel in this browser, so nothing was done. "
        raise Rejected(403, "forbidden", message + "Allow its cookies, open the page again and send it once more.")


def _problem(visit: Visit, rejected: Rejected) -> Response:
    """A refusal as a page in the same dress."""
    response = visit.page("problem.html", rejected.status, message=str(rejected), code=rejected.status)
    return response._replace(headers={**response.headers, **rejected.headers})


def _file(name: str) -> Response:
    from fakemarket.faces.panel.dress import asset

    found = asset(name)
    if found is None:
        return Response(404, b"There is no such file.\n", {**SAFETY, "content-type": "text/plain; charset=utf-8"})
    return Response(200, found[1], {**SAFETY, "content-type": found[0], "cache-control": _A_YEAR})

"""The control plane: which request means what.

A face lies below the market, so what it needs of the market it says as a Protocol.
"""

from __future__ import annotations

from functools import partial

from fakemarket.call import Call, Request, Response
from fakemarket.faces.control.endpoints import ENDPOINTS
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, Rejected, Route, Routes, carry_out, envelope

ROUTES: Routes[Held] = Routes({name: endpoint.handle for name, endpoint in ENDPOINTS.items()})


class Control:
    """Reads requests to the control plane. Paths lie below a prefix, which the door takes off."""

    def __init__(self, market: Held) -> None:
        self._market = market

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        try:
            route, asked = ROUTES.find(request)
        except Rejected as rejected:
            return Call("", partial(envelope, rejected, request_id))
        return Call(route.name, partial(self._carry_out, route, asked, request_id))

    def _carry_out(self, route: Route[Held], asked: Asked, request_id: str) -> Response:
        return carry_out(partial(route.handle, self._market, asked), request_id)

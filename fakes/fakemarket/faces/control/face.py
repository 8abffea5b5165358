"""The control plane: which request means what.

A face lies below the market, so what it needs of the market it says as a Protocol.
"""

from __future__ import annotations

from functools import partial

from fakemarket.call import Call, Request, Response
from fakemarket.faces.control import clock, hands, views
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, Rejected, Route, Routes, carry_out

ROUTES: Routes[Held] = Routes(
    {
        "GET /clock": clock.tell,
        "POST /clock/advance": clock.advance,
        "GET /orders": views.orders,
        "POST /orders": hands.place,
        "GET /orders/{id}": views.order,
        "GET /ledger": views.ledger,
        "GET /digest": views.digest,
        "GET /credentials": views.credentials,
        "POST /tokens/{app}/revoke": hands.revoke,
    }
)


class Control:
    """Reads requests to the control plane. Paths lie below a prefix, which the door takes off."""

    def __init__(self, market: Held) -> None:
        self._market = market

    def read(self, request: Request, real_at: int) -> Call:
        try:
            route, asked = ROUTES.find(request)
        except Rejected as rejected:
            return Call("", partial(self._refuse, rejected, request))
        return Call(route.name, partial(self._carry_out, route, asked))

    def _carry_out(self, route: Route[Held], asked: Asked) -> Response:
        return carry_out(partial(route.handle, self._market, asked), asked.request, *self._here())

    def _refuse(self, rejected: Rejected, request: Request) -> Response:
        def handle() -> Response:
            raise rejected

        return carry_out(handle, request, *self._here())

    def _here(self) -> tuple[int, int]:
        return self._market.world.streams.seed, self._market.world.now

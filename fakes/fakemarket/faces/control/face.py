"""The control plane: which request means what.

A face lies below the market, so what it needs of the market it says as a Protocol.
"""

from __future__ import annotations

from functools import partial

from fakemarket.call import Call, Request, Response
from fakemarket.faces.control import breakage, calls, clock, hands, views
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, Rejected, Route, Routes, carry_out, envelope

ROUTES: Routes[Held] = Routes(
    {
        "GET /clock": clock.tell,
        "POST /clock/advance": clock.advance,
        "POST /clock/run-until": clock.run_until,
        "POST /clock/to-next-event": clock.to_next_event,
        "POST /clock/to-countdown": clock.to_countdown,
        "POST /clock/speed": clock.set_speed,
        "GET /orders": views.orders,
        "POST /orders": hands.place,
        "GET /orders/{id}": views.order,
        "POST /orders/{id}/moves": hands.force,
        "GET /faults": breakage.listing,
        "POST /faults": breakage.add,
        "DELETE /faults/{number}": breakage.remove,
        "GET /journal": calls.listing,
        "POST /journal/verify": calls.verify,
        "POST /reset": hands.reset,
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

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        try:
            route, asked = ROUTES.find(request)
        except Rejected as rejected:
            return Call("", partial(envelope, rejected, request_id))
        return Call(route.name, partial(self._carry_out, route, asked, request_id))

    def _carry_out(self, route: Route[Held], asked: Asked, request_id: str) -> Response:
        return carry_out(partial(route.handle, self._market, asked), request_id)

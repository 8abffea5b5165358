"""The MIP API: which request means what, and who may ask.

Holds no state and makes no decision: what is known and what happens is the world's.
"""

from __future__ import annotations

from functools import partial

from fakemarket.call import Call, Request, Response
from fakemarket.faces.mip import channels, orders, shipments
from fakemarket.faces.mip.endpoints import ENDPOINTS, OPEN
from fakemarket.faces.routes import Asked, Rejected, Route, Routes, carry_out
from fakemarket.world.world import World

ROUTES: Routes[World] = Routes({name: endpoint.handle for name, endpoint in ENDPOINTS.items()})


class MipApi:
    """Reads requests to the integration platform.

    Every call but the API's own description carries `Authorization: Bearer <api key>`; the key is the platform's, for
    all its channels.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def read(self, request: Request, real_at: int) -> Call:
        try:
            route, asked = ROUTES.find(request)
        except Rejected as rejected:
            return Call("", partial(self._refuse, rejected, request))
        order, seller = self._concern(route, asked)
        return Call(route.name, partial(self._carry_out, route, asked), seller, order)

    def _carry_out(self, route: Route[World], asked: Asked) -> Response:
        def handle() -> Response:
            shown = asked.request.headers.get("authorization")
            if route.name != OPEN and shown != f"Bearer {self._world.mip.api_key}":
                message = "the API key is missing or wrong; send it as `Authorization: Bearer <api key>`"
                raise Rejected(401, "token_invalid", message, headers={"www-authenticate": "Bearer"})
            return route.handle(self._world, asked)

        return carry_out(handle, asked.request, self._world.streams.seed, self._world.now)

    def _refuse(self, rejected: Rejected, request: Request) -> Response:
        def handle() -> Response:
            raise rejected

        return carry_out(handle, request, self._world.streams.seed, self._world.now)

    def _concern(self, route: Route[World], asked: Asked) -> tuple[int | None, str | None]:
        """The marketplace order and the seller that a call is about."""
        if "/v1/channels" in route.name:
            channel = channels.find(self._world, asked)
            return None, channel.seller if channel else None
        find = shipments.find_order if "/v1/shipments" in route.name else orders.find
        mirror = find(self._world, asked)
        return (mirror.order.id, mirror.order.seller) if mirror else (None, None)

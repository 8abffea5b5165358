"""The MIP API: which request means what, and who may ask.

Holds no state and makes no decision: what is known and what happens is the world's.
"""

from __future__ import annotations

from functools import partial

from fakemarket.call import Call, Request, Response
from fakemarket.faces.mip import channels, events, orders, shipments, wallet, webhooks
from fakemarket.faces.routes import Asked, Rejected, Route, Routes, carry_out
from fakemarket.world.world import World

ROUTES: Routes[World] = Routes(
    {
        "GET /v1/orders": orders.listing,
        "GET /v1/orders/{id}": orders.one,
        "GET /v1/orders/by-marketplace/{channel}/{marketplace_order_id}": orders.by_marketplace,
        "POST /v1/orders/{id}/acknowledge": orders.acknowledge,
        "POST /v1/orders/{id}/resend": orders.resend,
        "POST /v1/orders/{id}/cancel": orders.cancel,
        "POST /v1/orders/{id}/cancellation/accept": orders.accept_cancellation,
        "POST /v1/orders/{id}/cancellation/refuse": orders.refuse_cancellation,
        "GET /v1/orders/{id}/supplier-orders": orders.supplier_orders,
        "GET /v1/orders/{id}/shipments": shipments.of_order,
        "POST /v1/orders/{id}/shipments": shipments.add,
        "POST /v1/shipments/{id}/push": shipments.push,
        "GET /v1/channels": channels.listing,
        "GET /v1/channels/{id}/sync-status": channels.sync_status,
        "POST /v1/channels/{id}/import": channels.import_window,
        "POST /v1/channels/{id}/reset-credentials": channels.reset_credentials,
        "GET /v1/events": events.listing,
        "GET /v1/webhooks": webhooks.listing,
        "POST /v1/webhooks": webhooks.register,
        "DELETE /v1/webhooks/{id}": webhooks.remove,
        "GET /v1/wallet": wallet.shown,
        "POST /v1/wallet/top-up": wallet.top_up,
    }
)


class MipApi:
    """Reads requests to the integration platform.

    Every call carries `Authorization: Bearer <api key>`; the key is the platform's, for all its channels.
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
            if asked.request.headers.get("authorization") != f"Bearer {self._world.mip.api_key}":
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

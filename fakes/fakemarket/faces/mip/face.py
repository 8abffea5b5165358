"""The MIP API: which request means what, and who may ask.

Holds no state and makes no decision: what is known and what happens is the world's.
"""

from __future__ import annotations

from functools import partial
from typing import assert_never
from urllib.parse import parse_qsl

import orjson

from fakemarket.call import Call, Request, Response, Trouble
from fakemarket.faces.mip import channels, orders, shipments
from fakemarket.faces.mip.endpoints import ENDPOINTS, OPEN
from fakemarket.faces.routes import Asked, Rejected, Route, Routes, carry_out, envelope
from fakemarket.world.world import World

ROUTES: Routes[World] = Routes({name: endpoint.handle for name, endpoint in ENDPOINTS.items()})


class MipApi:
    """Reads requests to the integration platform.

    Every call but the API's own description carries `Authorization: Bearer <api key>`; the key is the platform's, for
    all its channels.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        say = partial(_in_trouble, request_id)
        try:
            route, asked = ROUTES.find(request)
        except Rejected as rejected:
            return Call("", partial(envelope, rejected, request_id), say=say)
        order, seller = self._concern(route, asked)
        return Call(route.name, partial(self._carry_out, route, asked, request_id), seller, order, say)

    def _carry_out(self, route: Route[World], asked: Asked, request_id: str) -> Response:
        def handle() -> Response:
            shown = asked.request.headers.get("authorization")
            if route.name != OPEN and shown != f"Bearer {self._world.mip.api_key}":
                message = "the API key is missing or wrong; send it as `Authorization: Bearer <api key>`"
                raise Rejected(401, "token_invalid", message, headers={"www-authenticate": "Bearer"})
            return route.handle(self._world, asked)

        return carry_out(handle, request_id)

    def _concern(self, route: Route[World], asked: Asked) -> tuple[int | None, str | None]:
        """The marketplace order and the seller that a call is about."""
        if "/v1/channels" in route.name:
            channel = channels.find(self._world, asked)
            return None, channel.seller if channel else None
        find = shipments.find_order if "/v1/shipments" in route.name else orders.find
        mirror = find(self._world, asked)
        if mirror is not None:
            return mirror.order.id, mirror.order.seller
        said = _channel_said(asked.request)
        return None, next((it.seller for it in self._world.mip.channels.values() if it.id == said), None)


def _channel_said(request: Request) -> object:
    """The channel that a query or a body names, as for a wallet; None if they name none."""
    if "channel=" in request.query:
        return dict(parse_qsl(request.query)).get("channel")
    if b'"channel"' not in request.body:
        return None
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None
    return body.get("channel") if isinstance(body, dict) else None


def _in_trouble(request_id: str, trouble: Trouble, seconds: int) -> Response:
    """What the platform says when a fault strikes."""
    retry_after = {"retry-after": str(seconds)}
    match trouble:
        case Trouble.RATE_LIMITED:
            message = f"too many calls; try again in {seconds} s"
            rejected = Rejected(429, "rate_limited", message, headers=retry_after, retryable=True)
        case Trouble.QUOTA_GONE:
            message = f"the calls of the day are used up; there are more in {seconds} s"
            rejected = Rejected(429, "quota_exceeded", message, headers=retry_after, retryable=True)
        case Trouble.FAILS_INSIDE:
            rejected = Rejected(200, "internal", "the call was not carried out; try again later", retryable=True)
        case _:
            assert_never(trouble)
    return envelope(rejected, request_id)

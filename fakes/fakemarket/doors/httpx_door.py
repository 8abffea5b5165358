"""The door for code that calls `httpx`, sync or async: a transport to hand to its client.

Nothing is patched. Importing this module costs what `httpx` costs, so it is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from fakemarket.call import Delivery, Request
from fakemarket.doors.addresses import UnknownHost, place_of
from fakemarket.timeline import real_now

if TYPE_CHECKING:
    from fakemarket.market import Market


def httpx_transport(market: Market) -> httpx.MockTransport:
    """A transport that leads to the market, for `httpx.Client(transport=...)` and for AsyncClient.

    Calls to other hosts raise `httpx.ConnectError`. When no answer comes, the caller gets the `ReadTimeout`
    it would get then, and `ReadError` when the connection breaks.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        url = request.url
        try:
            face, path = place_of(url.host, url.path)
        except UnknownHost as unknown:
            raise httpx.ConnectError(str(unknown), request=request) from unknown
        response = market.answer(
            face,
            Request(
                request.method,
                path,
                url.query.decode("ascii"),
                dict(request.headers.items()),
                request.content,
                str(url).partition("?")[0],
            ),
            real_at=real_now(),
        )
        if response.delivery is Delivery.RESET:
            raise httpx.ReadError(f"{request.method} {url}: the connection broke", request=request)
        if response.delivery is not Delivery.WHOLE:
            raise httpx.ReadTimeout(f"{request.method} {url}: no answer came", request=request)
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)

    return httpx.MockTransport(answer)

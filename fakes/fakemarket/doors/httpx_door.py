"""The door for code that calls `httpx`, sync or async: a transport for its client, or one for all clients there are.

The transport patches nothing. The door patches the two methods of `httpx` with which every client of its own reaches
the net, so that clients made before it are led to the market too, and puts them back when it is shut. Importing this
module costs what `httpx` costs, so it is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from fakemarket.call import Delivery, Request, decoded
from fakemarket.doors.addresses import UnknownHost, place_of
from fakemarket.doors.beyond import Beyond
from fakemarket.timeline import real_now

if TYPE_CHECKING:
    from fakemarket.market import Market


def httpx_transport(market: Market) -> httpx.MockTransport:
    """A transport that leads to the market, for `httpx.Client(transport=...)` and for AsyncClient.

    Calls to other hosts raise `httpx.ConnectError`. When no answer comes, the caller gets the `ReadTimeout`
    it would get then, and `ReadError` when the connection breaks.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        try:
            return _answer(market, request)
        except UnknownHost as unknown:
            raise httpx.ConnectError(str(unknown), request=request) from unknown

    return httpx.MockTransport(answer)


@contextmanager
def httpx_door(market: Market, *, beyond: Beyond | None = None) -> Iterator[None]:
    """Leads calls of every `httpx` client to the market, as `httpx_transport` does, whenever the client was made.

    Hosts that `beyond` allows, and this machine, are reached as ever. Not led here are clients that were given a
    transport of another kind.
    """
    strange = beyond or Beyond()
    send, send_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def answer(request: httpx.Request) -> httpx.Response | None:
        """None if the call goes out."""
        try:
            return _answer(market, request)
        except UnknownHost as unknown:
            if strange.may_be_called(request.url.host):
                return None
            said = strange.refusal(f"{request.method} {request.url}", request.url.host)
            raise httpx.ConnectError(said, request=request) from unknown

    def handle_request(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        request.read()
        return answer(request) or send(self, request)

    async def handle_async_request(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return answer(request) or await send_async(self, request)

    httpx.HTTPTransport.handle_request = handle_request  # type: ignore[method-assign]
    httpx.AsyncHTTPTransport.handle_async_request = handle_async_request  # type: ignore[method-assign]
    try:
        yield
    finally:
        httpx.HTTPTransport.handle_request = send  # type: ignore[method-assign]
        httpx.AsyncHTTPTransport.handle_async_request = send_async  # type: ignore[method-assign]


def _answer(market: Market, request: httpx.Request) -> httpx.Response:
    """What the market says.

    Raises:
        UnknownHost: the host is none of its own.
    """
    url = request.url
    face, path = place_of(url.host, decoded(url.raw_path.partition(b"?")[0].decode("ascii")))
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

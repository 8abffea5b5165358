"""The market as an ASGI application, and the connection that can break before an answer.

Knows no sockets, threads or signals: those are the server's. Raw ASGI, since a face does its own routing.
Losing an answer is nothing that ASGI knows, so the protocol hands the application a way to do it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fakemarket.call import Delivery, Request
from fakemarket.doors.addresses import place_on_server
from fakemarket.timeline import real_now

if TYPE_CHECKING:
    import asyncio

    from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from fakemarket.doors.guard import Guard
    from fakemarket.market import Market

BODY_LIMIT_BYTES: Final = 1 << 20
_BREAK: Final = "redclock.break"
_LOG: Final = logging.getLogger("fakemarket.server")
_LOG.setLevel(logging.ERROR)


class BreakableConnection(HttpToolsProtocol):
    """uvicorn's connection, with a way for the application to break it: an ASGI extension of each request.

    It logs faults of ours and nothing else, by a name of its own: uvicorn's loggers may be somebody else's.
    """

    def __init__(self, config: Config, server_state: ServerState, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(config, server_state, {}, loop)
        self.logger = _LOG
        self.access_log = False

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_BREAK: {"abort": self.transport.abort}}


def application(market: Market, guard: Guard) -> ASGI3Application:
    """Answers every request from the market that the guard lets through; a larger body than the limit gets a 413."""

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"  # lifespan and websockets are switched off
        body = await _read(receive)
        if body is None:
            return
        if len(body) > BODY_LIMIT_BYTES:
            text = f"The request body is larger than {BODY_LIMIT_BYTES} bytes.\n".encode()
            await _write(send, 413, {"content-type": "text/plain; charset=utf-8"}, text)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        face, path = place_on_server(scope["path"])
        request = Request(
            scope["method"],
            path,
            scope["query_string"].decode("latin-1"),
            headers,
            body,
            f"{scope['scheme']}://{headers.get('host', '')}{scope['raw_path'].decode('latin-1')}",
        )
        response = guard.refusal(face, request) or market.answer(face, request, real_at=real_now())
        if response.delivery is Delivery.SILENT:
            await receive()  # comes back once the caller has had enough
            return
        if response.delivery is not Delivery.WHOLE:
            abort: Any = (scope["extensions"] or {})[_BREAK]["abort"]
            abort()
            await receive()  # comes back once the connection is gone, so that no answer is missed from us
            return
        await _write(send, response.status, response.headers, response.body)

    return answer


async def _read(receive: ASGIReceiveCallable) -> bytes | None:
    """The request's body, or its beginning once that is over the limit; None if the caller has left."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message["body"]
        if len(body) > BODY_LIMIT_BYTES or not message["more_body"]:
            return body


async def _write(send: ASGISendCallable, status: int, headers: Any, body: bytes) -> None:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": raw, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})

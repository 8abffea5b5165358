"""One HTTP/1.1 conversation: bytes from a client to requests, answers to bytes, and the connection that can break.

Knows no faces and no market, sockets, threads or signals: it is handed a function that answers. httptools (the parser
of Node) takes the bytes apart. There is no ASGI between the two, because an answer here is a plain function's value
and may be lost on purpose, which ASGI can't say (docs/decisions/0005).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Final, cast

import httptools

from fakemarket.call import BODY_LIMIT_BYTES, Delivery, Request, Response, decoded
from fakemarket.doors.pieces import write

HEAD_LIMIT_BYTES: Final = 1 << 16
"""Of a request's address and headers together; a longer one reaches no face."""
Answer = Callable[[Request], Response]
"""From a request, its path still with its face's prefix, to what to say."""

_LOG: Final = logging.getLogger("fakemarket.server")
_LOG.setLevel(logging.ERROR)
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}
_TEXT: Final = {"content-type": "text/plain; charset=utf-8"}
_TOO_LONG: Final = Response(431, f"Address and headers may have {HEAD_LIMIT_BYTES} bytes.\n".encode(), _TEXT)
_TOO_SLOW: Final = Response(408, b"The request did not arrive in time.\n", _TEXT)
_UNREADABLE: Final = Response(400, b"This is no HTTP/1.1 request that can be read.\n", _TEXT)
_OUR_FAULT: Final = Response(500, b"Internal Server Error", _TEXT)


class Connection(asyncio.Protocol):
    """A client's connection. One request is answered after another, in the order in which they came.

    Args:
        answer: from a request to what to say.
        others: the connections that are open; this one is among them as long as it is.
    """

    transport: asyncio.Transport

    def __init__(self, answer: Answer, others: set[Connection]) -> None:
        self._answer = answer
        self._others = others
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request, bool]] = deque()
        """Requests read but not answered yet, each with whether the connection outlives it."""
        self._is_full = False
        """The client reads more slowly than it asks."""
        self._begun = self._has_head = False
        """Part of a request has come, and not all of it."""
        self._fed_bytes = 0
        """Of a request whose head is still coming; what came with its first byte isn't counted."""
        self._owed_since = 0.0
        """When the client could begin its next request; the event loop's time."""
        self._is_over = False
        """Nothing will be said any more; what comes in is thrown away."""
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._head: list[bytes] = []
        """Names and values of headers in turns."""
        self._head_bytes = 0
        self._headers: Mapping[str, str] = {}
        self._body = b""

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._others.add(self)
        self._owed_since = self._loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._others.discard(self)
        self._is_over = True
        del self._parser  # it holds us as we hold it

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        self._fed_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # has been answered as if it had not been asked for
        except httptools.HttpParserError:
            if not self._is_over:
                self._say(_UNREADABLE, lasts=False)
        if self._begun and not self._has_head and self._fed_bytes > HEAD_LIMIT_BYTES and not self._is_over:
            self._say(_TOO_LONG, lasts=False)  # the parser keeps a header to itself until it has all of it

    def hurry(self, owed_since: float) -> None:
        """Closes the connection if its client has owed a whole request since before that time."""
        if self._is_over or self._waiting or self._is_full or self._owed_since >= owed_since:
            return
        if self._begun:
            self._say(_TOO_SLOW, lasts=False)
        else:
            self._is_over = True
            self.transport.close()

    def pause_writing(self) -> None:
        self._is_full = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_full = False
        if not self._is_over:
            self.transport.resume_reading()
            self._go_on()

    # What the parser calls

    def on_message_begin(self) -> None:
        self._begun = True
        self._has_head = False
        self._fed_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += (name, value)
        self._head_bytes += len(name) + len(value)

    def on_headers_complete(self) -> None:
        self._has_head = True
        if len(self._url) + self._head_bytes > HEAD_LIMIT_BYTES:
            if not self._is_over:
                self._say(_TOO_LONG, lasts=False)
            return
        self._headers = _headers(*self._head)
        if self._headers.get("expect", "").lower() == "100-continue" and not self._waiting and not self._is_over:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if len(self._body) <= BODY_LIMIT_BYTES:
            self._body += body
            if len(self._body) > BODY_LIMIT_BYTES:
                self._take()  # refused at once: the rest may never end

    def on_message_complete(self) -> None:
        if len(self._body) <= BODY_LIMIT_BYTES:
            self._take()
        self._begun = False
        self._begin()

    # Answers

    def _take(self) -> None:
        lasts = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        self._waiting.append((self._read(), lasts))
        self._go_on()

    def _read(self) -> Request:
        if self._url[:1] == b"/" and b"#" not in self._url:
            raw_path, _, query = self._url.partition(b"?")
        else:
            url = httptools.parse_url(self._url)
            raw_path, query = url.path, url.query or b""
        headers = self._headers
        path, address = _place(raw_path, headers.get("host", ""))
        method = self._parser.get_method().decode("ascii")
        return Request(method, path, query.decode("latin-1"), headers, self._body, address)

    def _go_on(self) -> None:
        while self._waiting and not self._is_full and not self._is_over:
            request, lasts = self._waiting.popleft()
            is_bare = request.method == "HEAD"
            try:
                self._say(self._answer(request), lasts=lasts, is_bare=is_bare)
            except Exception:  # noqa: BLE001  (whatever it is, the client hears of it and so does the log)
                _LOG.exception("%s %s was not answered", request.method, request.url)
                self._say(_OUR_FAULT, lasts=False, is_bare=is_bare)

    def _say(self, response: Response, *, lasts: bool, is_bare: bool = False) -> None:
        match response.delivery:
            case Delivery.WHOLE:
                head = _head(response.status, tuple(response.headers.items()), lasts)
                head += b"content-length: %d\r\n\r\n" % response.length
                if is_bare:
                    self.transport.write(head)
                elif isinstance(response.content, bytes):
                    write(self.transport, (head, response.content))
                else:
                    write(self.transport, (head, *response.content))
                self._owed_since = self._loop.time()
                if not lasts:
                    self._is_over = True
                    self.transport.close()
            case Delivery.SILENT:
                self._is_over = True  # open until the caller has had enough
            case _:
                self._is_over = True
                self.transport.abort()


@lru_cache(maxsize=256)
def _headers(*head: bytes) -> Mapping[str, str]:
    """Headers by name, from names and values in turns. A client says the same ones with every request."""
    texts = [each.decode("latin-1") for each in head]
    return {name.lower(): value for name, value in zip(texts[::2], texts[1::2], strict=True)}


@lru_cache(maxsize=256)
def _place(raw_path: bytes, host: str) -> tuple[str, str]:
    """A path, decoded, and its address as the caller wrote it."""
    text = raw_path.decode("ascii")
    return decoded(text), f"http://{host}{text}"


@lru_cache(maxsize=256)
def _head(status: int, headers: tuple[tuple[str, str], ...], lasts: bool) -> bytes:
    """Status line and headers, but for the body's length.

    Raises:
        ValueError: a value would end its line.
    """
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}"]
    for name, value in headers:
        if not value.isprintable():
            raise ValueError(f"the header {name} can't hold {value!r}")
        lines.append(f"{name.lower()}: {value}")
    if not lasts:
        lines.append("connection: close")
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")

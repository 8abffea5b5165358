"""The door for code that needs no client library: a function that takes a request and returns status and body.

The request is parsed, verified and answered as through any other door; only the client library's own work is spared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fakemarket.call import Delivery, Request, decoded
from fakemarket.doors.addresses import Place, place_of
from fakemarket.timeline import real_now

if TYPE_CHECKING:
    from fakemarket.market import Market

Send = Callable[..., tuple[int, bytes]]


def plain_door(market: Market) -> Send:
    """`send(method, url, headers, body=b"") -> (status, body)`; header names in lower case.

    It raises `UnknownHost` for a host that the market doesn't have, `TimeoutError` when
    no answer comes, and `ConnectionResetError` when the connection breaks.
    """

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        address, _, query = url.partition("#")[0].partition("?")
        face, path = _place(address)
        request = Request(method, path, query, headers, body, address)
        response = market.answer(face, request, real_at=real_now())
        if response.delivery is Delivery.RESET:
            raise ConnectionResetError(f"{method} {request.url}: the connection broke")
        if response.delivery is not Delivery.WHOLE:
            raise TimeoutError(f"{method} {request.url}: no answer came")
        return response.status, response.body

    return send


@lru_cache(maxsize=1024)
def _place(address: str) -> Place:
    """Where an address without query leads."""
    parts = urlsplit(address)
    return place_of(parts.hostname or "", decoded(parts.path))

"""The door for code that calls `requests`: inside it, the platform's own addresses lead to a market.

`requests` is patched by the `responses` library, only as long as the door is open. Whoever imports this
module pays for both, so it is imported where it is used. All hosts share one route, and which one a call takes is
looked up, because `responses` would try its routes one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.exceptions import ConnectionError, ReadTimeout  # noqa: A004
from responses import BaseResponse, CallbackResponse, PassthroughResponse, RequestsMock
from responses.registries import FirstMatchRegistry

from fakemarket.call import Delivery, Request, decoded
from fakemarket.doors.addresses import ALIEXPRESS_HOSTS, MIP_HOST, place_of
from fakemarket.doors.beyond import Beyond, host_of
from fakemarket.timeline import real_now

if TYPE_CHECKING:
    from requests import PreparedRequest

    from fakemarket.market import Market

_HOSTS = "|".join(map(re.escape, (*ALIEXPRESS_HOSTS, MIP_HOST)))
_ADDRESSES = re.compile(rf"https?://(?:{_HOSTS})(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_ANY = re.compile("")
_MOST_REMEMBERED = 1000

_Answer = tuple[int, dict[str, str], bytes]


class _Registry(FirstMatchRegistry):
    """Finds the route of a call by its host, without trying one after another."""

    market: CallbackResponse
    refused: CallbackResponse
    passed_on: PassthroughResponse
    lets_out: Callable[[str], bool]

    def find(self, request: PreparedRequest) -> tuple[BaseResponse | None, list[str]]:
        url = request.url or ""
        if _ADDRESSES.match(url):
            return self.market, []
        if self.registered:  # what somebody has added to this door
            found, why = super().find(request)
            if found is not None:
                return found, why
        return (self.passed_on if self.lets_out(url) else self.refused), []


@contextmanager
def responses_door(
    market: Market, *, pass_on: Iterable[str] = (), beyond: Beyond | None = None
) -> Iterator[RequestsMock]:
    """Leads calls made with `requests` to the market; use it in a `with` or as a decorator.

    Calls to other hosts raise `requests.exceptions.ConnectionError`, except for this machine, for hosts that `beyond`
    allows and for addresses that start with one of `pass_on`: those go out to the real net. When no answer comes, the
    caller gets the `ReadTimeout` it would get then, and a `ConnectionError` when the connection breaks.
    """

    def answer(request: PreparedRequest) -> _Answer | ReadTimeout | ConnectionError:
        if len(mock.calls) >= _MOST_REMEMBERED:  # the market's journal is what remembers calls
            mock.calls.reset()
            registry.market.calls.reset()
        url = urlsplit(request.url or "")
        face, path = place_of(url.hostname or "", decoded(url.path) or "/")
        response = market.answer(
            face,
            Request(
                request.method or "GET",
                path,
                url.query,
                {name.lower(): value for name, value in request.headers.items()},
                _bytes_of(request.body),
                f"{url.scheme}://{url.netloc}{url.path}",
            ),
            real_at=real_now(),
        )
        if response.delivery is Delivery.RESET:
            return ConnectionError(f"{request.method} {request.url}: the connection broke", request=request)
        if response.delivery is not Delivery.WHOLE:
            return ReadTimeout(f"{request.method} {request.url}: no answer came", request=request)
        return response.status, dict(response.headers), response.body

    beyond = beyond or Beyond()
    prefixes = tuple(pass_on)

    def refuse(request: PreparedRequest) -> ConnectionError:
        said = beyond.refusal(f"{request.method} {request.url}", host_of(request.url or ""))
        return ConnectionError(said, request=request)

    with RequestsMock(assert_all_requests_are_fired=False, registry=_Registry) as mock:
        registry: Any = mock.get_registry()
        registry.market = CallbackResponse("ANY", _ADDRESSES, answer, content_type=None)
        registry.refused = CallbackResponse("ANY", _ANY, refuse)
        registry.passed_on = PassthroughResponse("ANY", _ANY)
        registry.lets_out = lambda url: url.startswith(prefixes) or beyond.may_be_called(host_of(url))
        try:
            yield mock
        finally:  # what is remembered of calls that went out holds their connections open
            mock.calls.reset()
            registry.passed_on.calls.reset()


def _bytes_of(body: str | bytes | Iterable[bytes] | None) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)

"""The door for code that calls `requests`: inside it, the platform's own addresses lead to a market.

`requests` is patched by the `responses` library, only as long as the door is open. Whoever imports this
module pays for both, so it is imported where it is used. All hosts share one route, because `responses`
tries its routes one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from requests.exceptions import ConnectionError, ReadTimeout  # noqa: A004
from responses import CallbackResponse, PassthroughResponse, RequestsMock

from fakemarket.call import Delivery, Request
from fakemarket.doors.addresses import ALIEXPRESS_HOSTS, MIP_HOST, place_of
from fakemarket.doors.beyond import Beyond, host_of
from fakemarket.timeline import real_now

if TYPE_CHECKING:
    from requests import PreparedRequest

    from fakemarket.market import Market

_HOSTS = "|".join(map(re.escape, (*ALIEXPRESS_HOSTS, MIP_HOST)))
_ADDRESSES = re.compile(rf"https?://(?:{_HOSTS})(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_ANY = re.compile("")

_Answer = tuple[int, dict[str, str], bytes]


class _Route(CallbackResponse):
    """One route for every method."""

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        if _ADDRESSES.match(request.url or ""):
            return True, ""
        return False, "no host of this market"


class _Elsewhere(CallbackResponse):
    """Calls to other hosts, which are refused."""

    def __init__(self, beyond: Beyond, pass_on: tuple[str, ...]) -> None:
        super().__init__("ANY", _ANY, self._refuse)
        self._beyond = beyond
        self._pass_on = pass_on

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        url = request.url or ""
        if _ADDRESSES.match(url) or url.startswith(self._pass_on) or self._beyond.may_be_called(host_of(url)):
            return False, "this market's, or to be passed on"
        return True, ""

    def _refuse(self, request: PreparedRequest) -> ConnectionError:
        said = self._beyond.refusal(f"{request.method} {request.url}", host_of(request.url or ""))
        return ConnectionError(said, request=request)


class _PassedOn(PassthroughResponse):
    """Calls to other hosts that may be called."""

    def __init__(self, beyond: Beyond) -> None:
        super().__init__("ANY", _ANY)
        self._beyond = beyond

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        url = request.url or ""
        if not _ADDRESSES.match(url) and self._beyond.may_be_called(host_of(url)):
            return True, ""
        return False, "not to be passed on"


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
        url = urlsplit(request.url or "")
        face, path = place_of(url.hostname or "", unquote(url.path) or "/")
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
    with RequestsMock(assert_all_requests_are_fired=False, passthru_prefixes=prefixes) as mock:
        mock.add(_Route("ANY", _ADDRESSES, answer, content_type=None))
        mock.add(_Elsewhere(beyond, prefixes))
        mock.add(_PassedOn(beyond))
        yield mock


def _bytes_of(body: str | bytes | Iterable[bytes] | None) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)

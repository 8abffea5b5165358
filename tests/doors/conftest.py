"""The doors behind one signature, so that a test can be run at each, and signed calls to send through them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest
import requests

from fakemarket.call import Call, Request, Response
from fakemarket.doors.addresses import MIP_HOST, MIP_PREFIX
from fakemarket.doors.httpx_door import httpx_transport
from fakemarket.doors.requests_door import responses_door
from fakemarket.doors.server import running_server
from fakemarket.market import Market

PRODUCTION = {"aliexpress": "https://api-sg.aliexpress.com", "mip": f"https://{MIP_HOST}"}


class Lost(Exception):
    """The caller never got an answer."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Caller(Protocol):
    """Calls a face at one of the doors."""

    def __call__(
        self,
        method: str,
        face: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer: ...


Headers = Mapping[str, str] | None


@contextmanager
def through_requests(market: Market) -> Iterator[Caller]:
    with responses_door(market), requests.Session() as session:

        def call(method: str, face: str, target: str, *, headers: Headers = None, body: bytes | None = None) -> Answer:
            try:
                answer = session.request(method, PRODUCTION[face] + target, headers=headers, data=body)
            except requests.exceptions.ReadTimeout as error:
                raise Lost from error
            return Answer(answer.status_code, answer.headers, answer.content)

        yield call


@contextmanager
def through_httpx(market: Market) -> Iterator[Caller]:
    with httpx.Client(transport=httpx_transport(market)) as client:

        def call(method: str, face: str, target: str, *, headers: Headers = None, body: bytes | None = None) -> Answer:
            try:
                answer = client.request(method, PRODUCTION[face] + target, headers=headers, content=body)
            except httpx.ReadTimeout as error:
                raise Lost from error
            return Answer(answer.status_code, answer.headers, answer.content)

        yield call


@contextmanager
def through_httpx_async(market: Market) -> Iterator[Caller]:
    transport = httpx_transport(market)

    def call(method: str, face: str, target: str, *, headers: Headers = None, body: bytes | None = None) -> Answer:
        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(method, PRODUCTION[face] + target, headers=headers, content=body)

        try:
            answer = asyncio.run(once())
        except httpx.ReadTimeout as error:
            raise Lost from error
        return Answer(answer.status_code, answer.headers, answer.content)

    yield call


@contextmanager
def through_server(market: Market) -> Iterator[Caller]:
    with running_server(market) as url, httpx.Client() as client:
        bases = {"aliexpress": url, "mip": url + MIP_PREFIX}

        def call(method: str, face: str, target: str, *, headers: Headers = None, body: bytes | None = None) -> Answer:
            try:
                answer = client.request(method, bases[face] + target, headers=headers, content=body)
            except httpx.RemoteProtocolError as error:
                raise Lost from error
            return Answer(answer.status_code, answer.headers, answer.content)

        yield call


Door = Callable[[Market], AbstractContextManager[Caller]]
IN_PROCESS: dict[str, Door] = {
    "requests": through_requests,
    "httpx": through_httpx,
    "httpx async": through_httpx_async,
}
DOORS: dict[str, Door] = {**IN_PROCESS, "server": through_server}


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> Door:
    """Each of the doors in turn."""
    return DOORS[request.param]


@pytest.fixture(params=IN_PROCESS)
def door_in_process(request: pytest.FixtureRequest) -> Door:
    """Each of the doors in turn that need no socket."""
    return IN_PROCESS[request.param]


@pytest.fixture
def lost() -> type[Lost]:
    """What a call raises at each of the doors when no answer comes."""
    return Lost


class Recorder:
    """A face that keeps what it was asked and says yes."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.real_at: list[int] = []

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        self.requests.append(request)
        self.real_at.append(real_at)
        return Call("anything", lambda: Response(200, b"yes", {"content-type": "text/plain"}))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


Signed = Callable[..., str]


@pytest.fixture
def signed() -> Signed:
    """`signed(market, method, **parameters)`: a signed target on `/router/rest`, fresh in market time."""

    def sign(market: Market, method: str, **parameters: str) -> str:
        keys = market.credentials()
        sent = {
            "method": method,
            "app_key": keys.app_key,
            "session": keys.access_token,
            "timestamp": str(market.now() * 1000),
            "sign_method": "md5",
            "format": "json",
            "v": "2.0",
            **parameters,
        }
        text = "".join(key + sent[key] for key in sorted(sent))
        sent["sign"] = md5(f"{keys.app_secret}{text}{keys.app_secret}".encode()).hexdigest().upper()
        return f"/router/rest?{urlencode(sent)}"

    return sign


Pacific = Callable[[int], str]


@pytest.fixture
def pacific() -> Pacific:
    """`pacific(at)`: an instant as the platform's filters have it."""

    def written(at: int) -> str:
        return f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo('America/Los_Angeles')):%Y-%m-%d %H:%M:%S}"

    return written

"""What a conversation over HTTP/1.1 may look like, byte by byte, against a server on a real socket."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from fakemarket.call import Call, Request, Response
from fakemarket.doors.server import running_server
from fakemarket.faults import Aim, AnswerLost, Timeout
from fakemarket.market import Market

LARGE = b"x" * (1 << 20)


class Echo:
    """A face that says what it was asked, or what it was told to say."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.say: Callable[[Request], Response] = lambda request: Response(
            200, f"{request.method} {request.path} {request.query} {request.body.decode()}".encode()
        )

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        self.requests.append(request)
        return Call("echo", lambda: self.say(request))


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def url(echo: Echo) -> Iterator[str]:
    market = Market(seed=7)
    market._faces["aliexpress"] = echo
    with running_server(market) as url:
        yield url


@contextmanager
def wire_to(url: str) -> Iterator[socket.socket]:
    address = urlsplit(url)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), timeout=5) as wire:
        yield wire


def until_the_end(wire: socket.socket) -> bytes:
    """All that comes before the server closes the connection."""
    return b"".join(iter(lambda: wire.recv(1 << 16), b""))


def bodies(answers: bytes) -> list[bytes]:
    """The bodies of answers whose lengths are said."""
    found = []
    while answers:
        head, _, rest = answers.partition(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        found.append(rest[:length])
        answers = rest[length:]
    return found


def test_requests_sent_at_once_are_answered_in_their_order(url: str) -> None:
    with wire_to(url) as wire:
        asked = [f"GET /{n}?n={n} HTTP/1.1\r\nhost: x\r\n\r\n" for n in range(20)]
        wire.sendall("".join(asked).encode() + b"GET /last HTTP/1.1\r\nconnection: close\r\n\r\n")
        told = bodies(until_the_end(wire))
    assert told == [*(f"GET /{n} n={n} ".encode() for n in range(20)), b"GET /last  "]


def test_a_request_may_come_byte_by_byte(url: str, echo: Echo) -> None:
    request = b"POST /a%20b?c=%20 HTTP/1.1\r\nHost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nyes"
    with wire_to(url) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(request)):
            wire.sendall(request[at : at + 1])
        assert bodies(until_the_end(wire)) == [b"POST /a b c=%20 yes"]
    assert echo.requests[0].url == "http://x/a%20b"


def test_who_asks_much_and_reads_slowly_is_answered_as_they_read(url: str, echo: Echo) -> None:
    echo.say = lambda _: Response(200, LARGE)
    with wire_to(url) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\n\r\n" * 49 + b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n")
        wire.recv(1)
        with wire_to(url) as other:  # by now the first has been answered until nothing more went in
            other.sendall(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n")
            until_the_end(other)
        assert len(echo.requests) < 50
        rest = until_the_end(wire)
    assert bodies(b"H" + rest) == [LARGE] * 50


def test_head_is_told_how_long_the_body_would_be_and_no_body(url: str) -> None:
    with wire_to(url) as wire:
        wire.sendall(b"HEAD /a HTTP/1.1\r\nconnection: close\r\n\r\n")
        head, _, rest = until_the_end(wire).partition(b"\r\n\r\n")
    assert (b"content-length: 9" in head, rest) == (True, b"")


@pytest.mark.parametrize(
    ("request_line", "lasts"),
    [
        (b"GET / HTTP/1.0\r\n", False),
        (b"GET / HTTP/1.0\r\nconnection: keep-alive\r\n", True),
        (b"GET / HTTP/1.1\r\nconnection: close\r\n", False),
        (b"GET / HTTP/1.1\r\n", True),
    ],
)
def test_a_connection_lasts_as_long_as_the_client_asks(url: str, request_line: bytes, lasts: bool) -> None:
    with wire_to(url) as wire:
        wire.sendall(request_line + b"\r\n")
        assert (b"connection: close" not in wire.recv(1 << 16)) is lasts
        wire.settimeout(0.1)
        if lasts:
            with pytest.raises(TimeoutError):
                wire.recv(1)
        else:
            assert wire.recv(1) == b""


def test_who_waits_to_be_asked_for_the_body_is_asked(url: str) -> None:
    with wire_to(url) as wire:
        wire.sendall(b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 3\r\nconnection: close\r\n\r\n")
        assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(b"yes")
        assert bodies(until_the_end(wire)) == [b"POST /  yes"]


def test_who_asks_for_another_protocol_is_answered_in_this_one(url: str) -> None:
    upgrade = b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n"
    with wire_to(url) as wire:
        wire.sendall(b"GET /a HTTP/1.1\r\n" + upgrade + b"\r\n")
        assert bodies(until_the_end(wire)) == [b"GET /a  "]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/3.7\r\n\r\n",
        b"GET http:// HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n",
    ],
)
def test_what_cannot_be_read_is_refused_and_the_connection_closed(url: str, nonsense: bytes, echo: Echo) -> None:
    with wire_to(url) as wire:
        wire.sendall(nonsense)
        assert until_the_end(wire).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert echo.requests == []


def test_what_comes_before_nonsense_is_answered(url: str) -> None:
    with wire_to(url) as wire:
        wire.sendall(b"GET /a HTTP/1.1\r\n\r\nnonsense\r\n\r\n")
        first, second = bodies(until_the_end(wire))
    assert (first, second) == (b"GET /a  ", b"This is no HTTP/1.1 request that can be read.\n")


def test_nothing_follows_an_answer_that_never_comes() -> None:
    market = Market(seed=7, faults=[Timeout(Aim("GET /v1/channels", nth=1))])
    with running_server(market) as url, wire_to(url) as wire:
        wire.sendall(b"GET /mip/v1/channels HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
        wire.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire.recv(1)


def test_what_came_before_a_lost_answer_is_told() -> None:
    market = Market(seed=7, faults=[AnswerLost(Aim("GET /v1/channels", nth=1))])
    with running_server(market) as url, wire_to(url) as wire:
        wire.sendall(b"GET /mip/v1/orders HTTP/1.1\r\nhost: x\r\n\r\n")
        assert wire.recv(1 << 16).startswith(b"HTTP/1.1 401 ")
        wire.sendall(b"GET /mip/v1/channels HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
        assert until_the_end(wire) == b""
    assert len(market.journal) == 2


@pytest.mark.parametrize("value", ["a\r\nset-cookie: b", "a\nb", "\u20ac"])
def test_no_header_of_an_answer_can_end_its_line(
    url: str, echo: Echo, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    echo.say = lambda _: Response(302, b"", {"location": value})
    with wire_to(url) as wire:
        wire.sendall(b"GET /a HTTP/1.1\r\n\r\n")
        told = until_the_end(wire)
    assert (told.startswith(b"HTTP/1.1 500 "), b"set-cookie" in told) == (True, False)
    assert caplog.records[-1].getMessage() == "GET http:///a was not answered"


def test_a_status_without_a_name_of_its_own_is_told_all_the_same(url: str, echo: Echo) -> None:
    echo.say = lambda _: Response(599, b"")
    with wire_to(url) as wire:
        wire.sendall(b"GET /a HTTP/1.1\r\nconnection: close\r\n\r\n")
        assert until_the_end(wire).startswith(b"HTTP/1.1 599 \r\n")

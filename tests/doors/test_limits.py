"""What a request may weigh, how long it may take, and how many clients there may be at once."""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from fakemarket.call import BODY_LIMIT_BYTES
from fakemarket.doors import server
from fakemarket.doors.connection import HEAD_LIMIT_BYTES
from fakemarket.doors.patience import close_the_late
from fakemarket.doors.server import running_server
from fakemarket.market import Market

CROWD = 1000
TOO_MUCH = b"x" * (BODY_LIMIT_BYTES + 1)


@pytest.fixture
def market() -> Market:
    return Market(seed=7)


@pytest.fixture
def url(market: Market) -> Iterator[str]:
    with running_server(market) as address:
        yield address


@contextmanager
def wire_to(url: str) -> Iterator[socket.socket]:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port or 80), timeout=10) as wire:
        yield wire


def until_the_end(wire: socket.socket) -> bytes:
    return b"".join(iter(lambda: wire.recv(1 << 16), b""))


def test_too_large_a_body_is_refused_in_the_apis_own_words_and_the_journal_finds_it(market: Market, url: str) -> None:
    top = httpx.post(f"{url}/router/rest?format=json&method=x", content=TOO_MUCH).json()["error_response"]
    assert (top["code"], top["sub_code"]) == (41, "isv.request-too-large")
    path = httpx.post(f"{url}/rest/auth/token/create", content=TOO_MUCH).json()
    assert (path["code"], "1048576 bytes" in path["message"]) == ("InvalidParameter", True)
    mip = httpx.post(f"{url}/mip/v1/webhooks", content=TOO_MUCH)
    assert (mip.status_code, mip.json()["error"]["code"]) == (413, "too_large")
    for name in (top["request_id"], path["request_id"], mip.json()["error"]["request_id"]):
        (entry,) = market.journal.calls(request_id=name)
        assert entry.outcome != "ok"


def test_so_do_those_who_hold_the_market(url: str) -> None:
    json, form = "application/json", "application/x-www-form-urlencoded"
    control = httpx.post(f"{url}/_redclock/orders", content=TOO_MUCH, headers={"content-type": json})
    assert (control.status_code, control.json()["error"]["message"]) == (413, "a body may have 1048576 bytes")
    panel = httpx.post(f"{url}/panel/clock", content=TOO_MUCH, headers={"content-type": form})
    assert (panel.status_code, "Too much at once" in panel.text) == (413, True)


def test_a_body_of_a_mebibyte_is_taken(url: str) -> None:
    answer = httpx.post(f"{url}/mip/v1/webhooks", content=TOO_MUCH[1:])
    assert answer.status_code == 401
    body = b'{"operation": "' + b"x" * (BODY_LIMIT_BYTES - 17) + b'"}'
    verdict = httpx.post(f"{url}/_redclock/journal/verify", content=body, headers={"content-type": "application/json"})
    assert (len(body), verdict.status_code) == (BODY_LIMIT_BYTES, 200)


def test_a_body_without_end_is_refused_as_soon_as_it_is_too_large(url: str) -> None:
    with wire_to(url) as wire:
        wire.sendall(b"POST /sync HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        wire.sendall(b"200000\r\n" + TOO_MUCH)
        assert b"The request is too large" in wire.recv(1 << 16)


def test_after_too_large_a_body_the_conversation_goes_on(url: str) -> None:
    with wire_to(url) as wire:
        wire.sendall(b"POST /sync HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % len(TOO_MUCH) + TOO_MUCH)
        wire.sendall(b"GET /mip/v1/orders HTTP/1.1\r\nconnection: close\r\n\r\n")
        answers = until_the_end(wire)
    assert [answer[:3] for answer in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"401"]


def head(total: int, *, in_address: bool) -> bytes:
    """A request whose address and headers have so many bytes together."""
    fill = b"x" * (total - len(b"/mip/v1/orders?host") - len(b"x" * 8) - len(b"fill"))
    path, value = (b"/mip/v1/orders?" + fill, b"") if in_address else (b"/mip/v1/orders?", fill)
    return b"GET " + path + b" HTTP/1.1\r\nhost: xxxxxxxx\r\nfill: " + value + b"\r\n\r\n"


@pytest.mark.parametrize("in_address", [True, False])
def test_address_and_headers_have_a_limit_together(url: str, in_address: bool) -> None:
    with wire_to(url) as wire:
        wire.sendall(head(HEAD_LIMIT_BYTES, in_address=in_address))
        assert wire.recv(1 << 16).startswith(b"HTTP/1.1 401 ")
        wire.sendall(head(HEAD_LIMIT_BYTES + 1, in_address=in_address))
        assert until_the_end(wire).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("endless", [b"x" * 999, b"x: y\r\n" * 200])
def test_headers_without_end_are_refused_before_they_end(url: str, endless: bytes) -> None:
    def pour(wire: socket.socket) -> None:
        for _ in range(100_000):
            wire.sendall(endless)

    with wire_to(url) as wire:
        wire.sendall(b"GET /sync HTTP/1.1\r\nname: ")
        with pytest.raises(ConnectionError):
            pour(wire)
    assert httpx.get(f"{url}/mip/v1/orders").status_code == 401


@pytest.fixture
def impatient_url(market: Market, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that waits for a fifth of a second."""

    async def hurried(clients: Any) -> None:
        await close_the_late(clients, 0.2, 0.01)

    monkeypatch.setattr(server, "close_the_late", hurried)
    with running_server(market) as address:
        yield address


@pytest.mark.parametrize(
    "begun", [b"G", b"GET /sync HTTP/1.1\r\n", b"POST /sync HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf"]
)
def test_a_request_that_never_ends_is_told_so(impatient_url: str, begun: bytes) -> None:
    with wire_to(impatient_url) as wire:
        wire.sendall(begun)
        assert until_the_end(wire).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_says_nothing_is_left_without_a_word(impatient_url: str) -> None:
    with wire_to(impatient_url) as wire:
        assert until_the_end(wire) == b""
    with wire_to(impatient_url) as wire:
        wire.sendall(b"GET /mip/v1/orders HTTP/1.1\r\n\r\n")
        assert until_the_end(wire).count(b"HTTP/1.1 ") == 1


def test_an_answer_that_a_fault_holds_back_is_not_hurried(market: Market, impatient_url: str) -> None:
    assert httpx.post(f"{impatient_url}/_redclock/faults", json={"kind": "timeout"}).status_code == 201
    with wire_to(impatient_url) as wire:
        wire.sendall(b"GET /mip/v1/orders HTTP/1.1\r\n\r\n")
        with wire_to(impatient_url) as other:
            assert until_the_end(other) == b""  # by now both have been waited for long enough
        wire.settimeout(0.05)
        with pytest.raises(TimeoutError):
            wire.recv(1)


def test_a_thousand_connections_at_once_leave_it_answering() -> None:
    """Half of them in the middle of a request; the process began with room for 256 descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * CROWD:
        pytest.skip("this system allows too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * CROWD), hard))
    command = [sys.executable, "-m", "redclock", "serve", "--port", "0", "--ready-json", "--history-days", "1"]

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))

    with ExitStack() as crowd, Popen(command, stdout=PIPE, preexec_fn=few) as process:  # noqa: PLW1509  (one thread)
        try:
            assert process.stdout
            ready = orjson.loads(process.stdout.readline())
            wires = [crowd.enter_context(wire_to(ready["control"])) for _ in range(CROWD)]
            for wire in wires[::2]:
                wire.sendall(b"GET /_redclock/clock HTTP/1.1\r\nhost: localhost\r\n")
            with httpx.Client(base_url=ready["control"], timeout=5) as other:
                assert [other.get("/clock").status_code for _ in range(50)] == [200] * 50
            for number, wire in enumerate(wires):
                begun = b"" if number % 2 == 0 else b"GET /_redclock/clock HTTP/1.1\r\nhost: localhost\r\n"
                wire.sendall(begun + b"\r\n")
            assert {wire.recv(1 << 16)[:12] for wire in wires} == {b"HTTP/1.1 200"}
        finally:
            process.kill()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_waiting_ends_when_it_is_called_off() -> None:
    async def once() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(close_the_late([], 0.0, 0.001), 0.01)

    asyncio.run(once())

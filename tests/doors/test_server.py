"""The real server: limits, broken connections, and leaving nothing behind."""

from __future__ import annotations

import gc
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from fakemarket.call import Call, Request, Response
from fakemarket.doors.server import listen, running_server, url_of
from fakemarket.faults import Aim, AnswerLost
from fakemarket.market import Market

if TYPE_CHECKING:
    from tests.doors.conftest import Recorder

MEBIBYTE = 1 << 20
DESCRIPTORS = Path("/proc/self/fd")


@contextmanager
def connection(url: str) -> Iterator[socket.socket]:
    """A bare connection to a server."""
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    with socket.create_connection((address.hostname, address.port), timeout=5) as opened:
        yield opened


class Large:
    """A face whose answers don't fit into any buffer."""

    BODY = b"x" * 16 * MEBIBYTE

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        return Call("large", lambda: Response(200, self.BODY))


@pytest.fixture
def market(recorder: Recorder) -> Market:
    opened = Market(seed=7)
    opened._faces["aliexpress"] = recorder
    return opened


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged during the test."""
    yield
    told = caplog.get_records("call")
    assert [record.getMessage() for record in told if record.levelno >= logging.WARNING] == []


@pytest.mark.usefixtures("quiet")
def test_a_lost_answer_breaks_the_connection_without_a_word() -> None:
    market = Market(seed=7, faults=[AnswerLost(Aim("GET /v1/channels"))])
    with running_server(market) as url:
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"{url}/mip/v1/channels", timeout=5)
        with connection(url) as wire:
            wire.sendall(b"GET /mip/v1/channels HTTP/1.1\r\nhost: x\r\n\r\n")
            assert wire.recv(100) == b""
        assert requests.get(f"{url}/_redclock/clock", timeout=5).status_code == 200


@pytest.mark.usefixtures("quiet")
def test_a_client_that_leaves_in_the_middle_of_its_request_does_no_harm(market: Market, recorder: Recorder) -> None:
    with running_server(market) as url:
        with connection(url) as wire:
            wire.sendall(b"POST /sync HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf")
        assert requests.get(f"{url}/sync", timeout=5).text == "yes"
    assert [request.method for request in recorder.requests] == ["GET"]


@pytest.mark.usefixtures("quiet")
def test_stopping_waits_for_nobody(market: Market) -> None:
    with running_server(market) as url, connection(url) as idle, connection(url) as half, httpx.Client() as client:
        idle.sendall(b"")
        half.sendall(b"POST /sync HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf")
        assert client.get(f"{url}/sync").text == "yes"
        stopped_at = monotonic()
    assert monotonic() - stopped_at < 1


@pytest.mark.usefixtures("quiet")
def test_an_answer_on_its_way_arrives_although_the_server_stops(market: Market) -> None:
    market._faces["aliexpress"] = Large()
    with ThreadPoolExecutor(1) as reader, ExitStack() as open_wire:
        with running_server(market) as url:
            wire = open_wire.enter_context(connection(url))
            wire.sendall(b"GET /sync HTTP/1.1\r\nhost: x\r\n\r\n")
            beginning = wire.recv(1)
            rest = reader.submit(lambda: b"".join(iter(lambda: wire.recv(65_536), b"")))
        answer = beginning + rest.result()
    assert answer.partition(b"\r\n\r\n")[2] == Large.BODY


@pytest.mark.usefixtures("quiet")
def test_a_client_that_never_reads_does_not_hold_the_server(market: Market) -> None:
    market._faces["aliexpress"] = Large()
    with ExitStack() as open_wire:
        with running_server(market) as url:
            wire = open_wire.enter_context(connection(url))
            wire.sendall(b"GET /sync HTTP/1.1\r\nhost: x\r\n\r\n")
            wire.recv(1)
            stopped_at = monotonic()
        assert monotonic() - stopped_at < 2


def test_nothing_is_left_behind(market: Market) -> None:
    gc.collect()
    threads = threading.enumerate()
    descriptors = len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.exists() else 0
    for _ in range(3):
        with running_server(market) as url, httpx.Client() as client:
            client.get(url)
    gc.collect()
    assert threading.enumerate() == threads
    assert not DESCRIPTORS.exists() or len(list(DESCRIPTORS.iterdir())) == descriptors
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_the_block_may_fail_and_the_server_still_stops(market: Market) -> None:
    class Failed(Exception):
        pass

    with pytest.raises(Failed), running_server(market) as url:
        raise Failed
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_two_servers_show_two_markets() -> None:
    first, second = Market(seed=1), Market(seed=2)
    with running_server(first) as here, running_server(second) as there:
        assert httpx.get(f"{here}/_redclock/credentials").json()["seed"] == 1
        assert httpx.get(f"{there}/_redclock/credentials").json()["seed"] == 2


def test_many_clients_are_answered_at_once(market: Market, recorder: Recorder) -> None:
    with running_server(market) as url, ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: requests.get(f"{url}/sync?{n}", timeout=30).text, range(200)))
    assert answers == ["yes"] * 200
    assert sorted(int(request.query) for request in recorder.requests) == list(range(200))


def test_a_socket_that_listens_everywhere_is_called_on_loopback() -> None:
    with listen("0.0.0.0") as everywhere:
        assert url_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"
    with listen() as here:
        assert url_of(here) == f"http://127.0.0.1:{here.getsockname()[1]}"

"""Every clock, with every client, in process and at a server: nothing hangs, both sides agree, all is undone."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import socket
import threading
import time
from asyncio.base_events import BaseEventLoop
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import sleep as sleep_by_another_name

import aiohttp
import httpx
import pytest
import requests

from fakemarket.market import MONDAY, Market
from redclock.testing import Clock, Mip, market, market_server, warp

POLLS_EVERY_SECONDS = 900
POLLS = 3

Tells = Callable[[], datetime]
Seen = list[tuple[datetime, datetime]]
"""What the code under test took for the time, and what the market's answer said."""


def poll_with_requests(mip: Mip, tells: Tells) -> Seen:
    seen = []
    for _ in range(POLLS):
        with requests.Session() as session:
            answer = session.get(f"{mip.url}/v1/orders", headers=mip.headers, params={"limit": 1}, timeout=5)
        assert answer.status_code == 200
        seen.append((tells(), parsedate_to_datetime(answer.headers["date"])))
        sleep_by_another_name(POLLS_EVERY_SECONDS)
    return seen


def poll_with_httpx(mip: Mip, tells: Tells) -> Seen:
    seen = []
    with httpx.Client(verify=False) as client:
        for _ in range(POLLS):
            answer = client.get(f"{mip.url}/v1/orders", headers=mip.headers, params={"limit": 1})
            assert answer.status_code == 200
            seen.append((tells(), parsedate_to_datetime(answer.headers["date"])))
            time.sleep(POLLS_EVERY_SECONDS)
    return seen


async def poll_with_httpx_async(mip: Mip, tells: Tells) -> Seen:
    seen = []
    async with httpx.AsyncClient(verify=False) as client:
        for _ in range(POLLS):
            answer = await client.get(f"{mip.url}/v1/orders", headers=mip.headers, params={"limit": 1})
            assert answer.status_code == 200
            seen.append((tells(), parsedate_to_datetime(answer.headers["date"])))
            await asyncio.sleep(POLLS_EVERY_SECONDS)
    return seen


async def poll_with_aiohttp(mip: Mip, tells: Tells) -> Seen:
    seen = []
    async with aiohttp.ClientSession() as session:
        for _ in range(POLLS):
            call = session.get(f"{mip.url}/v1/orders", headers=mip.headers, params={"limit": "1"})
            async with call as answer:
                assert answer.status == 200
                await answer.read()
                seen.append((tells(), parsedate_to_datetime(answer.headers["date"])))
            await asyncio.sleep(POLLS_EVERY_SECONDS)
    return seen


Sync = Callable[[Mip, Tells], Seen]
Async = Callable[[Mip, Tells], Awaitable[Seen]]
CLIENTS: dict[str, Sync] = {
    "requests": poll_with_requests,
    "httpx": poll_with_httpx,
    "httpx async": lambda mip, tells: asyncio.run(poll_with_httpx_async(mip, tells)),
    "aiohttp": lambda mip, tells: asyncio.run(poll_with_aiohttp(mip, tells)),
}


def open_descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def patched() -> dict[str, object]:
    """Everything that is replaced while a market is open and its time held."""
    return {
        "datetime": dt.datetime,
        "date": dt.date,
        "datetime by name": datetime,
        "time": time.time,
        "monotonic": time.monotonic,
        "sleep": time.sleep,
        "sleep by name": sleep_by_another_name,
        "loop": BaseEventLoop._run_once,  # type: ignore[attr-defined]
        "loop time": BaseEventLoop.time,
        "executor": BaseEventLoop.run_in_executor,
        "executor's end": BaseEventLoop.shutdown_default_executor,
        "requests": requests.adapters.HTTPAdapter.send,
        "httpx": httpx.HTTPTransport.handle_request,
        "httpx async": httpx.AsyncHTTPTransport.handle_async_request,
        "connect": socket.socket.connect,
        "connect_ex": socket.socket.connect_ex,
        "look up": socket.getaddrinfo,
        "zone": os.environ.get("TZ"),
    }


@pytest.fixture
def all_undone() -> Iterator[None]:
    """Fails a test that leaves a patched name, a thread or a descriptor behind."""
    with market() as open_once, warp(open_once):
        pass  # what is loaded and found out once only
    names, threads, descriptors = patched(), set(threading.enumerate()), open_descriptors()
    yield
    assert patched() == names
    assert set(threading.enumerate()) == threads
    assert open_descriptors() <= descriptors
    began = time.monotonic()
    time.sleep(0.001)
    assert time.monotonic() > began
    assert abs(datetime.now(UTC).timestamp() - time.time()) < 5
    assert time.time() > MONDAY + 86_400


def agreed(shop: Market, clock: Clock, seen: Seen) -> None:
    market_time = [datetime.fromtimestamp(MONDAY + n * POLLS_EVERY_SECONDS, UTC) for n in range(POLLS)]
    assert [told for told, _ in seen] == market_time
    assert [said for _, said in seen] == market_time
    assert shop.now() == MONDAY + POLLS * POLLS_EVERY_SECONDS


def teller(shop: Market, clock: Clock) -> Tells:
    """What the code under test takes for the time: the clock, or one that it is handed."""
    return shop.moment if clock is Clock.NONE else lambda: datetime.now(UTC)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("clock", Clock)
def test_at_a_server_code_and_market_agree_on_the_time(all_undone: None, clock: Clock, client: str) -> None:
    with market() as shop, market_server(shop) as served, warp(shop, clock=clock, servers=[served]):
        seen = CLIENTS[client](served.mip, teller(shop, clock))
    agreed(shop, clock, seen)


@pytest.mark.parametrize("client", ["requests", "httpx", "httpx async"])
@pytest.mark.parametrize("clock", Clock)
def test_in_process_code_and_market_agree_on_the_time(all_undone: None, clock: Clock, client: str) -> None:
    with market() as shop, warp(shop, clock=clock):
        seen = CLIENTS[client](Mip(shop), teller(shop, clock))
    agreed(shop, clock, seen)


@pytest.mark.parametrize("clock", Clock)
def test_in_process_aiohttp_is_told_to_call_a_server(all_undone: None, clock: Clock) -> None:
    with (
        market() as shop,
        warp(shop, clock=clock),
        pytest.raises(aiohttp.ClientConnectorError, match=r"mip\.example.*market_server"),
    ):
        CLIENTS["aiohttp"](Mip(shop), teller(shop, clock))


@pytest.mark.parametrize("clock", Clock)
def test_all_is_undone_after_a_failure_too(all_undone: None, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), market() as shop, market_server(shop), warp(shop, clock=clock):
        _ = 1 / 0

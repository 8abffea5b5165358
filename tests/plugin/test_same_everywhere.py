"""A consumer's suite comes to the same, whatever the order of its tests and however many workers share them."""

from __future__ import annotations

from pathlib import Path

import pytest

SUITE = """
import asyncio
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests


@pytest.fixture
def told(request, ledger, market):
    yield
    name = request.node.name
    Path(__file__).with_name("told").mkdir(exist_ok=True)
    line = f"{name} {market.seed} {market.now()} {len(market.journal)} {ledger.digest()}"
    (Path(__file__).parent / "told" / name).write_text(line)


@pytest.mark.parametrize("number", range(3))
def test_in_process(told, mip, warp, number):
    import time

    def poll():
        while True:
            requests.get(f"{mip.url}/v1/orders", headers=mip.headers, timeout=5).raise_for_status()
            time.sleep(3600 + number)

    warp.run(poll, days=1)


async def poll(mip, every):
    async with aiohttp.ClientSession(headers=mip.headers) as session:
        while True:
            async with session.get(f"{mip.url}/v1/orders") as answer:
                await answer.read()
            await asyncio.sleep(every)


@pytest.mark.parametrize("number", range(3))
def test_at_the_server(told, market_server, mip, warp, number):
    async def both():
        await asyncio.gather(poll(mip, 3600), poll(mip, 5000 + number))

    warp.run(both, days=1)


@pytest.mark.redclock(clock="time-machine")
def test_with_the_other_clock(told, mip, warp):
    async def poll_with_httpx():
        async with httpx.AsyncClient(verify=False) as client:
            while True:
                await client.get(f"{mip.url}/v1/orders", headers=mip.headers)
                await asyncio.sleep(7200)

    warp.run(poll_with_httpx, days=1)
"""


def told(pytester: pytest.Pytester, *words: str) -> dict[str, str]:
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--redclock-seed=4", *words)
    result.assert_outcomes(passed=7)
    folder = Path(pytester.path) / "told"
    said = {file.name: file.read_text() for file in folder.iterdir()}
    for file in folder.iterdir():
        file.unlink()
    return said


def test_order_and_workers_change_nothing(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_randomly")
    pytest.importorskip("xdist")
    pytester.makepyfile(test_suite=SUITE)
    alone = told(pytester, "-p", "no:randomly")
    assert len(alone) == 7
    assert len(set(alone.values())) == 7
    assert told(pytester, "--randomly-seed=1", "-n4") == alone

"""Seller clients that nobody here wrote, unmodified, in a consumer's own tests through the fixtures.

One calls `requests`, one `httpx` in both ways and sleeps between its attempts, one `http.client` at a server. They come
from the package registry into a folder of their own, without what they pin.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.missing import missing

CLIENTS = ("lazop-sdk==1.0.3", "py-aliexpress-affiliate==0.2.2", "aliexpress-sdk==0.1.2")

SUITE = '''
import asyncio
import json
from urllib.parse import urlsplit

import pytest
from aliexpress import appinfo
from aliexpress.api import AliexpressSolutionOrderFulfillRequest, AliexpressSolutionOrderGetRequest
from aliexpress.api.base import TopException
from aliexpress_affiliate import ClientConfig
from aliexpress_affiliate._http import AsyncTransport, SyncTransport
from lazop_sdk import LazopClient, LazopRequest

from fakemarket.faults import Aim, Down, RateLimited

LISTS = "aliexpress.solution.order.get"
TROUBLE = [Down(Aim(operation=LISTS, nth=1)), RateLimited(Aim(operation=LISTS, nth=2))]
QUERY = {"param0": json.dumps({"current_page": 1, "page_size": 50})}


def test_a_token_is_refreshed_when_it_has_expired(market, aliexpress, warp, journal):
    """lazop-sdk: `requests`, the platform's own address, its own clock in the signature."""
    old, refresh_token = aliexpress.access_token, aliexpress.refresh_token
    warp.advance(days=30)
    client = LazopClient("https://api-sg.aliexpress.com/rest", aliexpress.app_key, aliexpress.app_secret)
    request = LazopRequest("/auth/token/refresh")
    request.add_api_param("refresh_token", refresh_token)
    answer = client.execute(request)
    assert answer.code == "0"
    assert answer.body["access_token"] == aliexpress.access_token != old
    journal.assert_called("/auth/token/refresh", outcome="ok", times=1)


def config(aliexpress):
    keys = {"app_key": aliexpress.app_key, "app_secret": aliexpress.app_secret, "session": aliexpress.access_token}
    return ClientConfig(**keys, base_url=aliexpress.url, max_retries=5, backoff_factor=600)


@pytest.mark.redclock(faults=TROUBLE, history_days=1)
def test_attempts_are_made_again_after_sleeps_of_market_time(market, aliexpress, warp, journal):
    """py-aliexpress-affiliate, sync: `httpx`, `time.sleep`."""
    page = SyncTransport(config(aliexpress)).request_raw(LISTS, QUERY)
    assert page["aliexpress_solution_order_get_response"]["result"]["total_count"] > 20
    assert [entry.outcome for entry in journal.calls(LISTS)] == ["not JSON", "ApiCallLimit", "ok"]
    assert warp.slept_seconds >= 1200


@pytest.mark.redclock(faults=TROUBLE, history_days=1)
def test_and_so_they_are_in_a_loop(market, aliexpress, warp, journal):
    """py-aliexpress-affiliate, async: `httpx`, `asyncio.sleep`."""

    async def main():
        transport = AsyncTransport(config(aliexpress))
        try:
            return await transport.request_raw(LISTS, QUERY)
        finally:
            await transport.aclose()

    page = asyncio.run(main())
    assert page["aliexpress_solution_order_get_response"]["result"]["total_count"] > 20
    assert [entry.outcome for entry in journal.calls(LISTS)] == ["not JSON", "ApiCallLimit", "ok"]
    assert warp.slept_seconds >= 1200


def test_an_order_is_listed_and_shipped_at_a_server(market_server, aliexpress, warp):
    """aliexpress-sdk: `http.client`, a host, a port and a path that it knows by heart."""
    order = aliexpress.place(pays=True, review_rejects=False, cancel_seconds=None)
    warp.run_until(lambda: order.status == "WAIT_SELLER_SEND_GOODS", days=2)
    address = urlsplit(market_server.root_url)

    def call(kind, **parameters):
        request = kind(address.hostname, address.port)
        request.set_app_info(appinfo(aliexpress.app_key, aliexpress.app_secret))
        for name, value in parameters.items():
            setattr(request, name, value)
        (answer,) = request.getResponse(token).values()
        return answer["result"]

    token = aliexpress.access_token
    query = json.dumps({"current_page": 1, "page_size": 50, "order_status": "WAIT_SELLER_SEND_GOODS"})
    rows = call(AliexpressSolutionOrderGetRequest, param0=query)["target_list"]["order_dto"]
    assert order.id in [row["order_id"] for row in rows]
    parcel = {"service_name": "CORREOS_ES", "logistics_no": "PQ000000001ES", "send_type": "all"}
    call(AliexpressSolutionOrderFulfillRequest, out_ref=str(order.id), **parcel)
    assert order.status == "WAIT_BUYER_ACCEPT_GOODS"
    warp.advance(days=30)
    with pytest.raises(TopException) as refused:
        call(AliexpressSolutionOrderGetRequest, param0=query)
    assert refused.value.errorcode == 27
'''


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients, from the package registry."""
    folder = tmp_path_factory.mktemp("clients")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "install", "--quiet"]
    done = subprocess.run(
        [*command, "--no-deps", "--target", str(folder), *CLIENTS], capture_output=True, text=True, check=False
    )
    if done.returncode:
        names = ", ".join(CLIENTS)
        missing(f"{names} can't be had from the package registry: {done.stderr.strip().splitlines()[-1:]}")
    return folder


def test_published_clients_work_through_the_fixtures(
    clients: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([*([there] if there else []), str(clients)]))
    monkeypatch.setenv("HOME", str(pytester.path))  # one of them writes a log there as soon as it is imported
    pytester.makepyfile(test_shop=SUITE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly")
    result.assert_outcomes(passed=4)

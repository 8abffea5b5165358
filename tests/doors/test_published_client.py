"""A seller client that nobody here wrote, unmodified, against a served market.

`aliexpress-sdk` signs with md5 on the old gateway, parses JSON and raises the platform's errors. It pins old tools, so
it lives in an environment of its own and is driven by a script there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

CLIENT = "aliexpress-sdk==0.1.2"
TOKEN_DAYS = 30

SCRIPT = """\
import json, sys
from aliexpress import appinfo
from aliexpress.api import *
from aliexpress.api.base import TopException

host, port, app_key, app_secret, token, wanted = sys.argv[1:]


def call(request, **parameters):
    request.set_app_info(appinfo(app_key, app_secret))
    for name, value in parameters.items():
        setattr(request, name, json.dumps(value) if isinstance(value, dict) else value)
    (answer,) = request.getResponse(token).values()
    return answer


def listed(page=1):
    query = {"current_page": page, "page_size": 50, "order_status": "WAIT_SELLER_SEND_GOODS"}
    return call(AliexpressSolutionOrderGetRequest(host, port), param0=query)["result"]


def read(order_id):
    return call(AliexpressSolutionOrderInfoGetRequest(host, port), param1={"order_id": order_id})["result"]["data"]


def ship():
    pages = [listed()]
    while len(pages) < pages[0]["total_page"]:
        pages.append(listed(len(pages) + 1))
    orders = [order for page in pages for order in page["target_list"]["order_dto"]]
    order_id = orders[-1]["order_id"]
    before = read(order_id)["order_status"]
    shipment = {
        "service_name": "CORREOS_ES", "logistics_no": "PQ000000001ES", "out_ref": str(order_id), "send_type": "all",
    }
    declared = call(AliexpressSolutionOrderFulfillRequest(host, port), **shipment)["result"]
    after = read(order_id)["order_status"]
    return {
        "total": pages[0]["total_count"], "ids": [order["order_id"] for order in orders], "shipped": order_id,
        "before": before, "declared": declared, "after": after,
    }


def refused():
    try:
        return listed()
    except TopException as error:
        return {"code": error.errorcode, "msg": error.message, "sub_code": error.subcode}


print(json.dumps({"ship": ship, "refused": refused}[wanted]()))
"""


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the client, from the package registry."""
    folder = tmp_path_factory.mktemp("published-client")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--retries", "1", "install", "--quiet", CLIENT]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode:
        why = f"{CLIENT} can't be had from the package registry: {installed.stderr.strip().splitlines()[-1:]}"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return python


@pytest.fixture
def market() -> Iterator[dict[str, Any]]:
    """What a served market says when it is ready."""
    command = [sys.executable, "-m", "redclock", "serve", "--port", "0", "--ready-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def run(client: Path, market: dict[str, Any], wanted: str) -> Any:
    address = urlsplit(market["aliexpress"])
    words = [
        address.hostname,
        str(address.port),
        market["app_key"],
        market["app_secret"],
        market["access_token"],
        wanted,
    ]
    done = subprocess.run([client, "-I", "-c", SCRIPT, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_lists_reads_and_ships_a_pending_order(client: Path, market: dict[str, Any]) -> None:
    seen = run(client, market, "ship")
    assert len(seen["ids"]) == len(set(seen["ids"])) == seen["total"] > 50
    assert seen["declared"]["result_success"] is True
    assert (seen["before"], seen["after"]) == ("WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS")
    order = httpx.get(f"{market['control']}/orders/{seen['shipped']}").json()
    assert order["status"] == "WAIT_BUYER_ACCEPT_GOODS"
    assert [(it["carrier"], it["number"], it["whole"]) for it in order["declarations"]] == [
        ("CORREOS_ES", "PQ000000001ES", True)
    ]


def test_with_the_token_expired_it_gets_the_platforms_own_error(client: Path, market: dict[str, Any]) -> None:
    passed = httpx.post(f"{market['control']}/clock/advance", json={"days": TOKEN_DAYS}, timeout=60).json()
    assert passed["now"] >= market["now"] + TOKEN_DAYS * 86_400
    error = run(client, market, "refused")
    assert error["code"] == 27
    assert error["msg"].lower() == "invalid session"

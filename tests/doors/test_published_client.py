"""A seller client that nobody here wrote, unmodified, against a served market.

`aliexpress-sdk` signs with md5 on the old gateway, parses JSON and raises the platform's errors. It pins old tools, so
it lives in an environment of its own and is driven by a script there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.missing import missing

from fakemarket.doors.server import running_server
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Demand, Settings, Wire

if TYPE_CHECKING:
    from tests.doors.conftest import Pacific

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

ROUND = """\
import json, re, sys, urllib.request
from aliexpress import appinfo
from aliexpress.api import *
from aliexpress.api.base import TopException

host, port, app_key, app_secret, token, refresh_token, statuses, placed_from, placed_to = sys.argv[1:]
waits = []


def let_pass(**duration):
    url = f"http://{host}:{port}/_redclock/clock/advance"
    headers = {"content-type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(duration).encode(), headers)).read()


def call(request, **parameters):
    request.set_app_info(appinfo(app_key, app_secret))
    for name, value in parameters.items():
        setattr(request, name, json.dumps(value) if isinstance(value, dict) else value)
    while True:
        try:
            (answer,) = request.getResponse(token).values()
            return answer
        except TopException as error:
            if error.errorcode != 7:
                raise
            waits.append(int(re.search(r"last for ([0-9]+) more seconds", error.submsg)[1]))
            let_pass(seconds=waits[-1])


def listed():
    found, page, pages = [], 1, 1
    while page <= pages:
        query = {
            "current_page": page, "page_size": 50, "order_status_list": statuses.split(","),
            "create_date_start": placed_from, "create_date_end": placed_to,
        }
        result = call(AliexpressSolutionOrderGetRequest(host, port), param0=query)["result"]
        found += result["target_list"]["order_dto"]
        page, pages = page + 1, result["total_page"]
        let_pass(hours=8)
    return found, pages


def shipped(rows):
    done = []
    for row in rows:
        if row["order_status"] != "WAIT_SELLER_SEND_GOODS":
            continue
        query = {"order_id": row["order_id"]}
        now = call(AliexpressSolutionOrderInfoGetRequest(host, port), param1=query)["result"]["data"]
        if now["order_status"] == "WAIT_SELLER_SEND_GOODS":
            shipment = {"service_name": "CORREOS_ES", "logistics_no": f"PQ{len(done):09d}ES", "send_type": "all"}
            request = AliexpressSolutionOrderFulfillRequest(host, port)
            call(request, out_ref=str(row["order_id"]), **shipment)
            done.append(row["order_id"])
    return done


rows, pages = listed()
numbers = shipped(rows)
let_pass(days=30)
try:
    listed()
except TopException as error:
    expired = [error.errorcode, error.subcode]
old, token = token, None
pair = json.loads(call(TopAuthTokenRefreshRequest(host, port), refresh_token=refresh_token)["token_result"])
token = pair["access_token"]
again, _ = listed()
print(json.dumps({
    "ids": [row["order_id"] for row in rows], "pages": pages, "shipped": numbers, "waits": waits, "expired": expired,
    "refreshed": token != old, "again": {row["order_id"]: row["order_status"] for row in again},
}))
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
        missing(f"{CLIENT} can't be had from the package registry: {installed.stderr.strip().splitlines()[-1:]}")
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


def test_a_whole_round_while_orders_come_and_go(client: Path, pacific: Pacific) -> None:
    """Nothing shifts in a list of every status, finished ones too, of orders placed in a time that is over.

    A list that asks for one status loses what leaves that status between two pages, and new orders push it along.
    """
    busy = Settings(demand=Demand(orders_per_day=30), wire=Wire(app_method_calls_per_second=1, ban_seconds=2))
    market = Market(seed=7, settings=busy, history_days=8)
    opened_at, events = market.now(), len(market.ledger)
    placed = sorted(order.id for order in market.orders())
    with running_server(market) as url:
        address, keys = urlsplit(url), market.credentials()
        words = [str(address.hostname), str(address.port), keys.app_key, keys.app_secret, keys.access_token]
        words += [keys.refresh_token, ",".join(Status), pacific(MONDAY), pacific(opened_at - 1)]
        done = subprocess.run([client, "-I", "-c", ROUND, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["pages"] > 3
    assert sorted(seen["ids"]) == placed
    meanwhile = [event for event in market.ledger.since(events) if event.at <= opened_at + seen["pages"] * 8 * 3600]
    assert len({event.order for event in meanwhile if event.order in placed and event.what in set(Move)}) > 50
    assert any(event.what == Move.PLACE for event in meanwhile)
    assert len(seen["shipped"]) > 10
    for number in seen["shipped"]:
        assert market.order(number).declarations[-1].carrier == "CORREOS_ES"
    assert set(seen["waits"]) == {2}
    assert len(seen["waits"]) > 10
    assert seen["expired"] == [27, "invalid-sessionkey"]
    assert seen["refreshed"]
    assert sorted(map(int, seen["again"])) == placed
    assert "WAIT_SELLER_SEND_GOODS" not in seen["again"].values()

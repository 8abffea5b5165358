"""More unmodified seller clients: tokens on `/rest` in Python, whole rounds in Node, and in Python with md5 on `/sync`.

Each lives in an environment of its own, made from the package registries, and is driven by a script there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.missing import missing

from fakemarket.doors.server import running_server
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Demand, Settings, Wire
from fakemarket.world.limits import Ban

if TYPE_CHECKING:
    from tests.doors.conftest import Pacific

PYTHON_CLIENTS = ("lazop-sdk==1.0.3", "py-aliexpress-affiliate==0.2.2", "requests")
NODE_CLIENT = "node-taobao-topclient@0.1.7"
TOKEN_DAYS = 30
DAY = 86_400

REFRESH = """\
import json, sys
from lazop_sdk import LazopClient, LazopRequest

url, key, secret, refresh_token = sys.argv[1:]
request = LazopRequest("/auth/token/refresh")
request.add_api_param("refresh_token", refresh_token)
answer = LazopClient(url + "/rest", key, secret).execute(request)
print(json.dumps({"code": answer.code, "message": answer.message, "body": answer.body}))
"""

SYNC = """\
import json, sys
from aliexpress_affiliate import ClientConfig
from aliexpress_affiliate._http import SyncTransport

url, key, secret, token, times = sys.argv[1:]
transport = SyncTransport(ClientConfig(app_key=key, app_secret=secret, session=token, base_url=url, max_retries=5))
query = json.dumps({"current_page": 1, "page_size": 50})
answers = [transport.request_raw("aliexpress.solution.order.get", {"param0": query}) for _ in range(int(times))]
print(json.dumps(answers))
"""

SYNC_ROUND = """\
import json, re, sys
import httpx
from aliexpress_affiliate import ClientConfig
from aliexpress_affiliate._http import SyncTransport

url, key, secret, session, refresh_token, statuses, start, end = sys.argv[1:]
waits = []

def client(session):
    return SyncTransport(ClientConfig(app_key=key, app_secret=secret, session=session, base_url=url, max_retries=0))

def let_pass(**duration):
    httpx.post(f"{url}/_redclock/clock/advance", json=duration).raise_for_status()

def call(transport, method, arguments):
    while True:
        answer = transport.request_raw(method, arguments)
        error = answer.get("error_response")
        if error is None:
            return answer[f"{method.replace('.', '_')}_response"]
        if error["code"] != "ApiCallLimit":
            raise LookupError(error["code"])
        waits.append(int(re.search("last ([0-9]+) seconds", error["msg"])[1]))
        let_pass(seconds=waits[-1])

def listed(transport):
    rows, page, last = [], 1, 1
    while page <= last:
        query = {"current_page": page, "page_size": 50, "order_status_list": statuses.split(",")}
        query |= {"create_date_start": start, "create_date_end": end}
        result = call(transport, "aliexpress.solution.order.get", {"param0": json.dumps(query)})["result"]
        rows += result["target_list"]["order_dto"]
        page, last = page + 1, result["total_page"]
        let_pass(hours=8)
    return rows

transport = client(session)
rows = listed(transport)
shipped, again = [], None
for number in [row["order_id"] for row in rows if row["order_status"] == "WAIT_SELLER_SEND_GOODS"]:
    shipment = {"out_ref": str(number), "send_type": "all", "service_name": "CORREOS_ES"}
    shipment["logistics_no"] = f"PQ{str(number)[6:15]}ES"
    answer = call(transport, "aliexpress.logistics.sellershipmentfortop", shipment)
    if answer["result_success"]:
        shipped.append(str(number))
        again = call(transport, "aliexpress.logistics.sellershipmentfortop", shipment)
let_pass(days=30)
try:
    expired = listed(transport)
except LookupError as refused:
    expired = str(refused)
fresh = client(None).request_raw("/auth/token/refresh", {"refresh_token": refresh_token})
later = listed(client(fresh["access_token"]))
told = {"ids": [str(row["order_id"]) for row in rows], "shipped": shipped, "again": again, "waits": waits}
print(json.dumps(told | {"expired": expired, "later": [row["order_status"] for row in later]}))
"""

ROUND = """\
const TopClient = require('node-taobao-topclient').default;
const [url, appkey, appsecret, firstSession, refreshToken, statuses, from, to] = process.argv.slice(2);
const client = new TopClient({ appkey, appsecret, REST_URL: url + '/router/rest' });
const waits = [];
let session = firstSession;

async function letPass(duration) {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/_redclock/clock/advance`, { method: 'POST', headers, body: JSON.stringify(duration) });
}

async function call(method, args) {
  for (;;) {
    try {
      return await client.execute(method, { session, ...args });
    } catch (error) {
      if (error.code !== 7) throw error;
      waits.push(Number(/last for ([0-9]+) more seconds/.exec(error.message)[1]));
      await letPass({ seconds: waits[waits.length - 1] });
    }
  }
}

async function listed() {
  const rows = [];
  for (let page = 1, last = 1; page <= last; page += 1) {
    const query = {
      current_page: page, page_size: 50, order_status_list: statuses.split(','),
      create_date_start: from, create_date_end: to,
    };
    const { result } = await call('aliexpress.solution.order.get', { param0: query });
    rows.push(...result.target_list.order_dto);
    last = result.total_page;
    await letPass({ hours: 8 });
  }
  return rows;
}

(async () => {
  const rows = await listed();
  const shipped = [];
  let again;
  for (const { order_id: id } of rows.filter((row) => row.order_status === 'WAIT_SELLER_SEND_GOODS')) {
    const shipment = {
      out_ref: String(id), send_type: 'all', service_name: 'CORREOS_ES', logistics_no: `PQ${String(id).slice(6, 15)}ES`,
    };
    const answer = await call('aliexpress.logistics.sellershipmentfortop', shipment);
    if (answer.result_success) {
      shipped.push(String(id));
      again = await call('aliexpress.logistics.sellershipmentfortop', shipment);
    }
  }
  await letPass({ days: 30 });
  const expired = await listed().catch((error) => error);
  const refresh = { refresh_token: refreshToken };
  const pair = await client.execute('taobao.top.auth.token.refresh', refresh);
  session = JSON.parse(pair.token_result).access_token;
  const later = await listed();
  console.log(JSON.stringify({
    ids: rows.map((row) => String(row.order_id)), shipped, again, waits,
    expired: [expired.name, expired.code, expired.sub_code].join(" "), later: later.map((row) => row.order_status),
  }));
})();
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the clients in Python."""
    folder = tmp_path_factory.mktemp("python-clients")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    command = [
        str(python),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--retries",
        "1",
        "install",
        "-q",
        *PYTHON_CLIENTS,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        names = ", ".join(PYTHON_CLIENTS)
        missing(f"{names} can't be had from the package registry: {done.stderr.strip().splitlines()[-1:]}")
    return python


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the client in Node."""
    if not (shutil.which("node") and shutil.which("npm")):
        missing("there is no node or no npm; install Debian's nodejs and npm")
    folder = tmp_path_factory.mktemp("node-client")
    command: list[str] = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), NODE_CLIENT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        missing(f"{NODE_CLIENT} can't be had from the package registry: {done.stderr.strip().splitlines()[-1:]}")
    return folder


@pytest.fixture
def market() -> Market:
    """Some pages of orders at a standstill."""
    return Market(seed=7, history_days=6)


def run(command: list[str | Path], folder: Path, *words: str) -> Any:
    """What a script prints; it finds a home of its own, and the clock of the platform's country."""
    home = {"HOME": str(folder), "PATH": os.environ["PATH"], "TZ": "Asia/Shanghai", "NODE_NO_WARNINGS": "1"}
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=False, env=home, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def url(market: Market) -> Iterator[str]:
    with running_server(market) as address:
        yield address


def test_an_expired_token_is_refreshed_and_the_next_one_works(
    python: Path, market: Market, url: str, tmp_path: Path
) -> None:
    first = market.credentials()
    market.advance(days=TOKEN_DAYS)
    words = [url, first.app_key, first.app_secret]
    (refused,) = run([python, "-I", "-c", SYNC], tmp_path, *words, first.access_token, "1")
    assert refused["error_response"]["code"] == "IllegalAccessToken"
    answer = run([python, "-I", "-c", REFRESH], tmp_path, *words, first.refresh_token)
    assert answer["code"] == "0"
    assert answer["body"]["expires_in"] == TOKEN_DAYS * DAY
    (page,) = run([python, "-I", "-c", SYNC], tmp_path, *words, answer["body"]["access_token"], "1")
    assert page["aliexpress_solution_order_get_response"]["result"]["total_count"] > 0
    assert run([python, "-I", "-c", REFRESH], tmp_path, *words, "nobody")["code"] == "IllegalRefreshToken"


def test_a_client_that_is_limited_waits_and_comes_back(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = Market(seed=7, settings=Settings(wire=Wire(app_method_calls_per_second=1)), history_days=1, rate=1)
    keys = limited.credentials()
    take = limited.world.limits.take
    bans: list[Ban | None] = []

    def watched(app: str, method: str, now: int) -> Ban | None:
        bans.append(take(app, method, now))
        return bans[-1]

    monkeypatch.setattr(limited.world.limits, "take", watched)
    with running_server(limited) as url:
        words = [url, keys.app_key, keys.app_secret, keys.access_token, "3"]
        answers = run([python, "-I", "-c", SYNC], tmp_path, *words)
    assert [next(iter(answer)) for answer in answers] == ["aliexpress_solution_order_get_response"] * 3
    assert len(bans) > bans.count(None) == 3


@pytest.mark.parametrize("language", ["node", "python"])
def test_a_whole_round_while_orders_come_and_go(
    language: str, request: pytest.FixtureRequest, tmp_path: Path, pacific: Pacific
) -> None:
    """Lists of every status, of orders placed in a time that is over: nothing in them shifts, whatever moves."""
    home = request.getfixturevalue(language)
    busy = Settings(demand=Demand(orders_per_day=30), wire=Wire(app_method_calls_per_second=1, ban_seconds=3))
    market = Market(seed=7, settings=busy, history_days=8)
    opened_at, events = market.now(), len(market.ledger)
    placed = sorted(str(order.id) for order in market.orders())
    if language == "node":
        (home / "round.js").write_text(ROUND)
        command, expired = ["node", home / "round.js"], "TOPClientError 27 invalid-sessionkey"
    else:
        command, expired = [home, "-I", "-c", SYNC_ROUND], "IllegalAccessToken"
    keys = market.credentials()
    window = [",".join(Status), pacific(MONDAY), pacific(opened_at - 1)]
    with running_server(market) as url:
        words = [url, keys.app_key, keys.app_secret, keys.access_token, keys.refresh_token]
        seen = run(command, tmp_path, *words, *window)
    assert sorted(seen["ids"]) == placed
    meanwhile = [event for event in market.ledger.since(events) if event.at <= opened_at + DAY]
    assert len({str(event.order) for event in meanwhile if event.what in set(Move)} & {*placed}) > 50
    assert len(seen["shipped"]) > 10
    for number in seen["shipped"]:
        assert market.order(int(number)).declarations[-1].number == f"PQ{number[6:15]}ES"
    assert seen["again"]["result_success"] is False
    assert set(seen["waits"]) == {3}
    assert seen["expired"] == expired
    assert len(seen["later"]) == len(placed)
    assert "WAIT_SELLER_SEND_GOODS" not in seen["later"]

"""One contract for all doors: the same call is the same call, wherever it comes in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import orjson
import pytest
import requests
from freezegun import freeze_time

from fakemarket.doors.httpx_door import httpx_transport
from fakemarket.doors.requests_door import responses_door
from fakemarket.faults import Aim, AnswerLost, Down
from fakemarket.market import Market
from fakemarket.settings import Settings

if TYPE_CHECKING:
    from tests.doors.conftest import Answer, Door, Recorder, Signed

LIST = "aliexpress.solution.order.get"
PENDING = orjson.dumps({"current_page": 1, "page_size": 20, "order_status": "WAIT_SELLER_SEND_GOODS"}).decode()


@pytest.fixture
def market() -> Market:
    opened = Market(seed=7)
    opened.advance(days=2)
    return opened


def authorised(market: Market) -> dict[str, str]:
    return {"authorization": f"Bearer {market.world.mip.api_key}"}


def told(answer: Answer) -> tuple[int, str, str, bytes]:
    """What of an answer must be the same at every door."""
    return answer.status, answer.headers["content-type"], answer.headers["date"], answer.body


def test_the_same_calls_get_the_same_answers(door: Door, market: Market, signed: Signed) -> None:
    """The direct answer of a twin market is what each door must hand on."""
    from fakemarket.call import Request

    twin = Market(seed=7)
    twin.advance(days=2)
    listing = signed(market, LIST, param0=PENDING)
    targets = [
        ("GET", "aliexpress", listing, {}),
        ("POST", "aliexpress", listing, {}),
        ("GET", "aliexpress", listing.replace("param0", "param1"), {}),
        ("GET", "aliexpress", "/router/rest", {}),
        ("GET", "mip", "/v1/orders?limit=3", authorised(market)),
        ("GET", "mip", "/v1/orders?limit=3", {}),
        ("GET", "mip", "/v1/nothing", authorised(market)),
    ]
    with door(market) as call:
        for method, face, target, headers in targets:
            path, _, query = target.partition("?")
            expected = twin.answer(face, Request(method, path, query, headers), real_at=0)
            assert told(call(method, face, target, headers=headers)) == (
                expected.status,
                expected.headers["content-type"],
                expected.headers["date"],
                expected.body,
            ), target


def test_a_signed_page_holds_pending_orders(door: Door, market: Market, signed: Signed) -> None:
    with door(market) as call:
        answer = orjson.loads(call("GET", "aliexpress", signed(market, LIST, param0=PENDING)).body)
    found = answer["aliexpress_solution_order_get_response"]["result"]["target_list"]["order_dto"]
    assert {order["order_status"] for order in found} == {"WAIT_SELLER_SEND_GOODS"}
    assert {order["order_id"] for order in found} <= {order.id for order in market.orders()}


def test_a_face_sees_the_call_as_it_was_made(door: Door, market: Market, recorder: Recorder) -> None:
    market._faces["aliexpress"] = recorder
    body = "name=señor&x=1+2".encode()
    with door(market) as call:
        call("POST", "aliexpress", "/rest/a%20b/%C3%A9?q=1%2B2&r=a+b&q=", headers={"X-Test": "Yes"}, body=body)
        call("GET", "aliexpress", "/sync")
    first, second = recorder.requests
    assert (first.method, first.path, first.query) == ("POST", "/rest/a b/é", "q=1%2B2&r=a+b&q=")
    assert (first.body, first.headers["x-test"]) == (body, "Yes")
    assert first.url.endswith("/rest/a%20b/%C3%A9")
    assert (second.method, second.path, second.query, second.body) == ("GET", "/sync", "", b"")


def test_a_slash_within_a_part_of_a_path_parts_nothing(door: Door, market: Market, recorder: Recorder) -> None:
    market._faces["mip"] = recorder
    with door(market) as call:
        call("GET", "mip", "/v1/a%2Fb/50%25%20off%252F%2fon/c%41")
    assert recorder.requests[0].path.replace("%2f", "%2F") == "/v1/a%2Fb/50%25 off%252F%2Fon/cA"


def test_a_marketplace_path_may_be_written_in_any_way(door: Door, market: Market) -> None:
    with door(market) as call:
        for path in ("/rest/auth/token/create", "/rest%2Fauth%2ftoken/%63reate"):
            call("GET", "aliexpress", path)
    assert [entry.operation for entry in market.journal] == ["/auth/token/create"] * 2


@pytest.mark.parametrize("seller", ["Plaza/Mayor 1", "50% off?#1", "a%2Fb", "../señor", "%"])
def test_every_seller_has_a_channel_that_can_be_called(door: Door, seller: str) -> None:
    market = Market(settings=Settings(sellers=("shop-1", seller)))
    with door(market) as call:
        path = f"/v1/channels/{quote(f'aliexpress-{seller}', safe='')}/sync-status"
        answer = call("GET", "mip", path, headers=authorised(market))
    assert (answer.status, orjson.loads(answer.body).get("channel")) == (200, f"aliexpress-{seller}")
    assert market.journal.calls(seller=seller)[0].parameters() == {"id": f"aliexpress-{seller}"}


def test_the_date_of_an_answer_is_market_time(door: Door, market: Market) -> None:
    with door(market) as call:
        assert call("GET", "mip", "/v1/channels").headers["date"] == "Wed, 04 Mar 2026 00:00:00 GMT"
        market.advance(seconds=1)
        assert call("GET", "mip", "/v1/channels").headers["date"] == "Wed, 04 Mar 2026 00:00:01 GMT"


def test_a_call_lets_the_world_catch_up_first(door: Door) -> None:
    market = Market(seed=7, rate=36_000)
    with door(market) as call:
        call("GET", "mip", "/v1/channels", headers=authorised(market))
    assert market.world.now > market.world.start_at


def test_a_lost_answer_is_a_call_carried_out(door: Door, lost: type[Exception]) -> None:
    market = Market(seed=7, faults=[AnswerLost(Aim("POST /v1/orders/{id}/acknowledge"))])
    market.advance(days=1)
    mirror = next(iter(market.world.mip.orders.values()))
    with door(market) as call:
        with pytest.raises(lost):
            call("POST", "mip", f"/v1/orders/{mirror.id}/acknowledge", headers=authorised(market))
        assert mirror.acknowledged
        again = call("GET", "mip", f"/v1/orders/{mirror.id}", headers=authorised(market))
    assert again.status == 200
    assert market.faults.struck == {"fault:0": 1}


def test_a_gateway_that_is_down_answers_503(door: Door) -> None:
    market = Market(seed=7, faults=[Down(Aim("GET /v1/channels"))])
    with door(market) as call:
        answer = call("GET", "mip", "/v1/channels", headers=authorised(market))
    assert (answer.status, answer.headers["content-type"]) == (503, "text/html")


def test_in_process_the_clock_that_the_caller_sees_counts(
    door_in_process: Door, market: Market, recorder: Recorder
) -> None:
    market._faces["aliexpress"] = recorder
    with door_in_process(market) as call, freeze_time("2031-05-06 07:08:09"):
        call("GET", "aliexpress", "/sync")
    assert recorder.real_at == [1935817689]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/router/rest",
        "https://example.com/https://api-sg.aliexpress.com/sync",
        "https://api-sg.aliexpress.com.example/sync",
        "https://eu.api-sg.aliexpress.com/sync",
    ],
)
def test_requests_to_other_hosts_are_refused(market: Market, url: str) -> None:
    with responses_door(market), pytest.raises(requests.exceptions.ConnectionError, match="no host of this market"):
        requests.get(url, timeout=1)


@pytest.mark.parametrize(
    "url", ["http://gw.api.taobao.com:80/router/rest", "https://API-SG.aliexpress.com/sync", "https://mip.example?x=1"]
)
def test_requests_find_a_host_however_it_is_written(market: Market, url: str) -> None:
    with responses_door(market):
        assert requests.get(url, timeout=1).status_code in (200, 404)


def test_requests_to_hosts_that_may_be_called_go_out(market: Market, recorder: Recorder) -> None:
    from fakemarket.doors.server import running_server

    outside = Market(seed=8)
    outside._faces["aliexpress"] = recorder
    with running_server(outside) as url, responses_door(market, pass_on=[url]):
        assert requests.get(f"{url}/outside", timeout=5).text == "yes"
    assert recorder.requests[0].path == "/outside"


def test_after_the_requests_door_is_shut_nothing_is_patched(market: Market) -> None:
    before = requests.adapters.HTTPAdapter.send
    with responses_door(market):
        assert requests.adapters.HTTPAdapter.send is not before
    assert requests.adapters.HTTPAdapter.send is before


@pytest.mark.parametrize("body", ["a=1&ñ=2", "a=1&ñ=2".encode(), [b"a=1&", "ñ=2".encode()]])
def test_the_requests_door_takes_every_kind_of_body(
    market: Market, recorder: Recorder, body: str | bytes | list[bytes]
) -> None:
    market._faces["aliexpress"] = recorder
    sent = iter(body) if isinstance(body, list) else body.encode() if isinstance(body, str) else body
    with responses_door(market):
        requests.post("https://api.taobao.com/sync", data=sent, timeout=1)
        if isinstance(body, str):
            prepared = requests.Request("POST", "https://api.taobao.com/sync").prepare()
            prepared.body = body
            requests.Session().send(prepared)
    assert {request.body for request in recorder.requests} == {"a=1&ñ=2".encode()}


def test_the_requests_door_takes_a_file(market: Market, recorder: Recorder, tmp_path: Path) -> None:
    market._faces["aliexpress"] = recorder
    (tmp_path / "body").write_bytes(b"a=1")
    with responses_door(market), (tmp_path / "body").open("rb") as file:
        requests.post("https://api.taobao.com/sync", data=file, timeout=1)
    assert recorder.requests[0].body == b"a=1"


def test_httpx_to_other_hosts_is_refused(market: Market) -> None:
    with (
        httpx.Client(transport=httpx_transport(market)) as client,
        pytest.raises(httpx.ConnectError, match=r"example\.com is no host of this market"),
    ):
        client.get("https://example.com/router/rest")

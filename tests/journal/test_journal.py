"""The journal: every call is in it, can be asked for and verified, and shows no secret."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from fakemarket.call import Delivery, Request, Response
from fakemarket.faces.aliexpress.signature import SignMethod, sign, signed_text
from fakemarket.faults import Aim, AnswerLost, Down, Garbage, Latency
from fakemarket.journal import Entry, Journal, NotAsExpected
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings

LIST, INFO = "aliexpress.solution.order.get", "aliexpress.solution.order.info.get"
FULFILL, REFRESH = "aliexpress.solution.order.fulfill", "taobao.top.auth.token.refresh"
PAGE = {"current_page": 1, "page_size": 10}


def quiet(*faults: Any) -> Market:
    return Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)), faults=faults)


def ae(market: Market, method: str, *, form: bool = False, **arguments: object) -> Response:
    keys = market.credentials()
    values = {"app_key": keys.app_key, "timestamp": str(market.now() * 1000), "sign_method": "md5", "method": method}
    values |= {"session": keys.access_token, "format": "json", "v": "2.0"}
    values |= {name: it if isinstance(it, str) else orjson.dumps(it).decode() for name, it in arguments.items()}
    values["sign"] = sign(SignMethod.MD5, keys.app_secret, signed_text(values))
    written = urlencode(values)
    body = {"query": "", "body": written.encode()} if form else {"query": written}
    return market.answer("aliexpress", Request("POST", "/router/rest", **body), real_at=0)


def mip(market: Market, what: str, body: object = None) -> Response:
    method, _, target = what.partition(" ")
    path, _, query = target.partition("?")
    headers = {"authorization": f"Bearer {market.world.mip.api_key}"}
    written = b"" if body is None else orjson.dumps(body)
    return market.answer("mip", Request(method, path, query, headers, written), real_at=0)


def test_every_call_is_kept_with_its_time_its_number_and_what_came_of_it() -> None:
    market = quiet(Down(Aim("GET /v1/channels", nth=2)))
    order = market.place()
    ae(market, INFO, param1={"order_id": order.id})
    market.advance(seconds=10)
    mip(market, "GET /v1/channels")
    mip(market, "GET /v1/channels")
    ae(market, INFO, param1={"order_id": 7})
    told = [(it.number, it.at - MONDAY, it.face, it.operation, it.status, it.causes) for it in market.journal]
    assert told == [
        (1, 0, "aliexpress", INFO, 200, ()),
        (2, 10, "mip", "GET /v1/channels", 200, ()),
        (3, 10, "mip", "GET /v1/channels", 503, ("fault:0",)),
        (4, 10, "aliexpress", INFO, 200, ()),
    ]
    first, _, down, unknown = market.journal
    assert (first.order, first.seller, first.outcome) == (order.id, "shop-1", "ok")
    assert (down.outcome, unknown.outcome) == ("not JSON", "F00-00-10001-901")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(AnswerLost(), "lost"), (Garbage(), "not JSON")],
)
def test_the_outcome_says_what_became_of_the_answer(fault: Any, outcome: str) -> None:
    market = quiet(fault)
    mip(market, "GET /v1/channels")
    assert [it.outcome for it in market.journal] == [outcome]


def test_the_outcome_is_the_api_s_own_error_code() -> None:
    market = quiet()
    market.world.tokens.revoke("own", "shop-1", cause="test")
    ae(market, LIST, param0=PAGE)
    mip(market, "GET /v1/orders/M1")
    market.answer("aliexpress", Request("GET", "/rest/nothing"), real_at=0)
    assert [it.outcome for it in market.journal] == ["27 invalid-sessionkey", "not_found", "MissingParameter"]


def test_a_call_that_waited_is_kept_at_the_time_it_came_in() -> None:
    market = quiet(Latency(seconds=60))
    mip(market, "GET /v1/channels")
    (entry,) = market.journal
    assert (entry.at, market.now(), entry.causes) == (MONDAY, MONDAY + 60, ("fault:0",))


def test_a_request_id_is_found_and_is_one_call_s_own_though_all_else_is_the_same() -> None:
    market = quiet()
    ids = []
    for _ in range(5):
        told = orjson.loads(ae(market, LIST, param0=PAGE).body)["aliexpress_solution_order_get_response"]
        ids.append(told["request_id"])
    error = orjson.loads(mip(market, "GET /v1/nothing").body)["error"]["request_id"]
    assert len({*ids, error}) == 6
    assert [it.number for it in market.journal.calls(request_id=ids[3])] == [4]
    assert [it.number for it in market.journal.calls(request_id=error)] == [6]
    again = quiet()
    assert (
        orjson.loads(ae(again, LIST, param0=PAGE).body)["aliexpress_solution_order_get_response"]["request_id"]
        == ids[0]
    )


def test_the_control_plane_leaves_nothing_and_moves_no_request_id() -> None:
    looked, market = quiet(), quiet()
    for _ in range(3):
        looked.answer("control", Request("GET", "/clock"), real_at=0)
    assert len(looked.journal) == 0
    assert mip(looked, "GET /v1/nothing").body == mip(market, "GET /v1/nothing").body


def test_calls_are_asked_for_by_everything_that_is_known_of_them() -> None:
    market = quiet(Down(Aim("GET /v1/channels")))
    order = market.place()
    ae(market, LIST, param0=PAGE)
    ae(market, INFO, param1={"order_id": order.id})
    market.advance(seconds=5)
    mip(market, "GET /v1/channels")
    mip(market, "GET /v1/orders?limit=3")
    mip(market, f"GET /v1/orders/M{order.id}")
    asked: Callable[..., list[Entry]] = market.journal.calls

    def numbers(**how: Any) -> list[int]:
        return [it.number for it in asked(**how)]

    assert numbers(operation=LIST) == [1]
    assert numbers(operation="aliexpress.solution.*") == [1, 2]
    assert numbers(operation="GET /v1/orders") == [4], "not what only begins so"
    assert numbers(face="mip") == [3, 4, 5]
    assert numbers(order=order.id) == [2]
    assert numbers(seller="shop-1") == [1, 2]
    assert numbers(status=503) == numbers(fault="fault:0") == [3]
    assert numbers(outcome="not_found") == [5]
    assert numbers(since_at=MONDAY + 5) == [3, 4, 5]
    assert numbers(since_at=MONDAY + 6) == []
    assert numbers(limit=3) == numbers(limit="3") == [4]
    assert numbers(page_size=10) == [1], "fields of a JSON text count as parameters"
    assert numbers(id=f"M{order.id}") == [5], "and so do values in a path"
    assert numbers() == [1, 2, 3, 4, 5]


def test_xml_is_read_like_json() -> None:
    """It is what the older gateway answers in unless asked otherwise."""
    market = quiet()
    order = market.place()
    for form in ("json", "xml"):
        ae(market, LIST, param0=PAGE, format=form)
        ae(market, INFO, param1={"order_id": order.id}, format=form)
        ae(market, INFO, param1={"order_id": 7}, format=form)
        ae(market, "aliexpress.trade.new.redefining.findorderbyid", param1={"order_id": 7}, format=form)
        ae(market, LIST, param0={"page_size": 1}, format=form)
    told = [(it.outcome, it.orders()) for it in market.journal]
    assert told[:5] == told[5:]
    assert [outcome for outcome, _ in told[:5]] == [
        *("ok", "ok", "F00-00-10001-901", "15 isv.order-not-found", "40 isv.missing-parameter:current_page"),
    ]
    assert [orders for _, orders in told[:2]] == [[order.id], [order.id]]


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        (b'{"parent_order_id":9109557009000010,"order_id":9109557009000021}', [9109557009000010]),
        (b'{"trade_order_id":9109557009000010}', [9109557009000010]),
        (b'{"json":["{\\"orderId\\":9109557009000010}"]}', [9109557009000010]),
        (b"<id>9109557009000010</id>", [9109557009000010]),
        (b'{"product_id":1005000002668700,"issue_id":69109557009000010}', []),
    ],
)
def test_an_answer_s_orders_are_found_under_each_of_their_names(text: bytes, orders: list[int]) -> None:
    entry = Entry(1, "1", 0, "aliexpress", LIST, None, None, Request("GET", "/"), Response(200, text), ())
    assert entry.orders() == orders


@pytest.mark.parametrize("form", [False, True])
def test_parameters_are_read_from_query_and_form_alike(form: bool) -> None:
    market = quiet()
    ae(market, LIST, form=form, param0=PAGE)
    (entry,) = market.journal
    asked = entry.parameters()
    assert (asked["method"], asked["current_page"], asked["page_size"]) == (LIST, 1, 10)


@pytest.mark.parametrize("levels", [29, 30, 300, 1000, 100_000])
def test_no_request_is_too_deep_to_be_shown_and_compared(levels: int) -> None:
    market = quiet()
    deep = b'{"a":' * levels + b"1" + b"}" * levels
    headers = {"authorization": f"Bearer {market.world.mip.api_key}"}
    market.answer("mip", Request("POST", "/v1/webhooks", "", headers, deep), real_at=0)
    form = urlencode({"param0": deep.decode()}).encode()
    market.answer("aliexpress", Request("POST", "/router/rest", "", {}, form), real_at=0)
    for entry in market.journal:
        assert len(orjson.dumps(market.journal.shown(entry))) < 10_000
    with pytest.raises(NotAsExpected, match="a is "):
        market.journal.assert_called("*", a="1")


@pytest.mark.parametrize("secrets_before", [0, 1, 130, 300])
@pytest.mark.parametrize("at", [3980, 4000, 7960, 7990, 8000, 12_000])
def test_a_long_answer_is_cut_and_no_secret_with_it(at: int, secrets_before: int) -> None:
    secret = "5000c18b756699cfee0acbd1004501f0474d"
    text = (f"{secret} " * secrets_before).ljust(at) + secret + " x" * 5000
    entry = Entry(1, "1", 0, "mip", "GET /", None, None, Request("GET", "/"), Response(200, text.encode()), ())
    shown, _, left = entry.shown({secret})["response"]["body"].partition("... (")
    masked = text.replace(secret, "***")
    assert shown == masked[:4000]
    assert len(masked) - 4000 <= int(left.split()[0]) <= len(text) - 4000


def test_a_verification_that_holds_gives_the_calls() -> None:
    market = quiet()
    order = market.place()
    for _ in range(2):
        ae(market, FULFILL, out_ref=str(order.id), send_type="all", service_name="SEUR_ES", logistics_no="1")
    journal = market.journal
    assert len(journal.assert_called(FULFILL, order=order.id, logistics_no=1)) == 2
    assert len(journal.assert_called(FULFILL, order=order.id, times=2, send_type="all")) == 2
    journal.assert_called(FULFILL, times=0, send_type="part")
    journal.assert_not_called(FULFILL, send_type="part")
    journal.assert_not_called(LIST)


def test_a_verification_that_fails_shows_the_nearest_calls_and_what_differs() -> None:
    market = quiet()
    order, other = market.place(), market.place()
    ae(market, LIST, param0=PAGE)
    ae(market, FULFILL, out_ref=str(other.id), send_type="part", service_name="SEUR_ES", logistics_no="1")
    ae(market, FULFILL, out_ref=str(order.id), send_type="all", service_name="GLS_ES", logistics_no="1")
    with pytest.raises(NotAsExpected) as failed:
        market.journal.assert_called(FULFILL, order=order.id, service_name="SEUR_ES", send_type="all")
    lines = str(failed.value).splitlines()
    assert lines[0].startswith(f"{FULFILL}(order={order.id}, service_name='SEUR_ES', send_type='all') was expected at")
    assert lines[0].endswith("and was made 0 times (seed 5)")
    assert lines[1].startswith("  near: 2026-03-02 00:00:00Z <3 at ")
    assert lines[2] == "        service_name is 'GLS_ES', expected 'SEUR_ES'"
    assert lines[3].startswith("  near: 2026-03-02 00:00:00Z <2 at ")
    assert f"        order is {other.id}, expected {order.id}" in lines[4:6]
    assert f"        operation is '{LIST}', expected '{FULFILL}'" == lines[-1]


def test_of_other_operations_the_one_that_is_spelt_most_alike_is_the_nearest() -> None:
    market = quiet()
    ae(market, FULFILL, out_ref=str(market.place().id), send_type="all", service_name="GLS_ES", logistics_no="1")
    for _ in range(5):
        mip(market, "GET /v1/channels")
    with pytest.raises(NotAsExpected) as failed:
        market.journal.assert_called(FULFILL[:-1])
    assert str(failed.value).splitlines()[2] == f"        operation is '{FULFILL}', expected '{FULFILL[:-1]}'"


def test_a_call_too_many_is_shown() -> None:
    market = quiet()
    mip(market, "GET /v1/channels")
    with pytest.raises(NotAsExpected, match="was expected 0 times and was made 1 times") as failed:
        market.journal.assert_not_called("GET /v1/channels")
    assert "made: 2026-03-02 00:00:00Z <1 at" in str(failed.value)
    with pytest.raises(NotAsExpected, match="no call at all is known"):
        quiet().journal.assert_called(LIST)


def call_of(number: int, size: int = 0, at: int = 0) -> Entry:
    request, response = Request("GET", "/", body=b"x" * size), Response(200, b"")
    return Entry(number, str(number), at, "mip", "GET /", None, None, request, response, ())


def test_the_oldest_calls_are_let_go_over_either_limit_and_their_number_is_told() -> None:
    journal = Journal(1, set, calls_limit=3, bytes_limit=100)
    for number in range(1, 6):
        journal.add(call_of(number))
    assert ([it.number for it in journal], journal.dropped) == ([3, 4, 5], 2)
    journal.add(call_of(6, size=60))
    journal.add(call_of(7, size=41))
    assert ([it.number for it in journal], journal.dropped) == ([7], 6)
    journal.add(call_of(8, size=1000))
    assert [it.number for it in journal] == [8], "the last one is kept, however large"


def test_nothing_is_said_of_calls_that_may_have_been_let_go() -> None:
    journal = Journal(1, set, calls_limit=2)
    for number in range(1, 4):
        journal.add(call_of(number, at=number * 10))
    with pytest.raises(NotAsExpected, match="1 calls before market time 20 have been let go"):
        journal.assert_not_called("POST /")
    with pytest.raises(NotAsExpected, match="let go"):
        journal.assert_not_called("POST /", since_at=20)  # one of that second may be gone
    journal.assert_not_called("POST /", since_at=21)


def secrets_of(market: Market) -> set[str]:
    tokens = market.world.tokens
    pairs = [market.credentials(), market.credentials(app="mip")]
    words = {word for it in pairs for word in (it.app_secret, it.access_token, it.refresh_token)}
    return {*words, *tokens.words(), market.world.mip.api_key}


def test_no_secret_is_ever_shown() -> None:
    market = quiet()
    keys = market.credentials()
    known = secrets_of(market)
    ae(market, LIST, param0=PAGE)
    ae(market, LIST, form=True, param0={"buyer_login_id": keys.access_token, **PAGE})
    ae(market, INFO, session="not-known-to-anybody-1234567890", param1={"order_id": 1})
    ae(market, REFRESH, refresh_token=keys.refresh_token)
    asked = {"response_type": "code", "client_id": keys.app_key, "redirect_uri": "https://app.example/callback"}
    consent = market.answer("aliexpress", Request("GET", "/oauth/authorize", urlencode(asked)), real_at=0)
    code = consent.headers["location"].partition("code=")[2]
    exchange = {**asked, "client_secret": keys.app_secret, "grant_type": "authorization_code", "code": code}
    market.answer("aliexpress", Request("POST", "/token", "", {}, urlencode(exchange).encode()), real_at=0)
    mip(market, "GET /v1/channels")
    mip(market, f"GET /v1/orders/{keys.access_token}")
    mip(market, "POST /v1/orders/M1/shipments", {"api_key": "unknown-but-named-so", "note": [keys.app_secret]})
    shown = orjson.dumps([market.journal.shown(it) for it in market.journal]).decode()
    shown += repr(list(market.journal))
    with pytest.raises(NotAsExpected) as failed:
        market.journal.assert_called(LIST, session=keys.refresh_token, param0=keys.access_token)
    shown += str(failed.value)
    hidden = known | secrets_of(market) | {code, "not-known-to-anybody-1234567890", "unknown-but-named-so"}
    assert len(hidden) > 12
    assert not [word for word in hidden if word in shown]
    signs = [it.parameters()["sign"] for it in market.journal.calls(operation="*") if "sign" in it.parameters()]
    assert len(signs) >= 4
    assert not [word for word in signs if word in shown]
    assert '"***"' in shown


def test_a_call_is_shown_whole_but_for_long_texts() -> None:
    market = quiet(AnswerLost())
    orders = [market.place() for _ in range(30)]
    ae(market, LIST, param0={"current_page": 1, "page_size": 50})
    (entry,) = market.journal
    shown = market.journal.shown(entry)
    assert (shown["operation"], shown["status"], shown["delivery"]) == (LIST, 200, Delivery.LOST)
    assert set(shown["orders"]) == {str(order.id) for order in orders}
    assert shown["faults"] == ["fault:0"]
    assert shown["request"]["parameters"]["page_size"] == 50
    assert "characters more)" in shown["response"]["body"]


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"{", b'{"a": "\\ud800"}', b"[1, 2]", b"a=%ff&b=1"])
def test_what_can_t_be_read_is_shown_all_the_same(raw: bytes) -> None:
    market = quiet()
    market.answer("mip", Request("POST", "/v1/\ud800", "x=\ud800", {"a": "b"}, raw), real_at=0)
    market.answer("aliexpress", Request("POST", "/sync", "", {}, raw), real_at=0)
    for entry in market.journal:
        orjson.dumps(market.journal.shown(entry))


def test_keeping_a_call_costs_next_to_nothing() -> None:
    journal = Journal(1, set)
    request, response = Request("GET", "/"), Response(200, b"")

    def cost() -> float:
        began = process_time()
        for number in range(20_000):
            journal.add(Entry(number, "id", 0, "mip", "GET /", None, None, request, response, ()))
        return (process_time() - began) / 20_000

    assert min(cost() for _ in range(5)) < 5e-6


def test_a_compressed_answer_is_read_as_what_it_was() -> None:
    plain, packed = Market(seed=5, history_days=1), Market(seed=5, history_days=1)
    orders = [0, 0]
    for place, (market, coding) in enumerate(((plain, ""), (packed, "gzip"))):
        keys = market.credentials()
        values = {"app_key": keys.app_key, "timestamp": str(market.now() * 1000), "sign_method": "md5", "method": LIST}
        values |= {"session": keys.access_token, "format": "json", "v": "2.0", "param0": orjson.dumps(PAGE).decode()}
        values["sign"] = sign(SignMethod.MD5, keys.app_secret, signed_text(values))
        request = Request("POST", "/router/rest", urlencode(values), {"accept-encoding": coding})
        answer = market.answer("aliexpress", request, real_at=0)
        assert (answer.headers.get("content-encoding") or "") == coding
        (entry,) = market.journal
        assert entry.outcome == "ok"
        assert "target_list" in market.journal.shown(entry)["response"]["body"]
        orders[place] = len(entry.orders())
    assert orders[0] == orders[1] == PAGE["page_size"]

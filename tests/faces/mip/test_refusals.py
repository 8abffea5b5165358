"""Calls that the MIP API refuses: one envelope, nothing changed, never a fault of its own."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.call import Request
from fakemarket.faces.mip.face import ROUTES
from fakemarket.faults import Aim, AnswerLost, Down
from fakemarket.market import Market
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]


@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize("what", ["GET /v1/orders", "GET /v1/channels", "POST /v1/orders/M1/resend"])
def test_a_wrong_key_opens_nothing(ask: Ask, token: str, what: str) -> None:
    status, said = ask(what, token=token)
    assert status == 401
    assert said["error"].pop("request_id")
    assert said == {
        "error": {
            "code": "token_invalid",
            "message": "the API key is missing or wrong; send it as `Authorization: Bearer <api key>`",
            "details": [],
            "retryable": False,
        }
    }


def test_the_key_must_come_as_a_bearer_token(market: Market) -> None:
    for headers in ({}, {"authorization": market.world.mip.api_key}):
        response = market.answer("mip", Request("GET", "/v1/channels", headers=headers), real_at=0)
        assert (response.status, response.headers["www-authenticate"]) == (401, "Bearer")


def test_each_seed_has_its_own_key_and_it_does_not_change(market: Market) -> None:
    assert Market(seed=market.seed).world.mip.api_key == market.world.mip.api_key
    assert Market(seed=market.seed + 1).world.mip.api_key != market.world.mip.api_key


@pytest.mark.parametrize(
    "path", ["/", "", "/v1", "/v1/orders/", "/v1/order", "/v2/orders", "//v1/orders", "/v1/orders/M1/x"]
)
def test_an_unknown_path_is_not_found(ask: Ask, path: str) -> None:
    status, said = ask(f"GET {path}")
    assert (status, said["error"]["code"]) == (404, "not_found")


def test_a_known_path_with_another_method_says_which_it_takes(market: Market, ask: Ask) -> None:
    status, said = ask("DELETE /v1/orders/M1/shipments")
    assert (status, said["error"]["code"]) == (405, "method_not_allowed")
    response = market.answer("mip", Request("PUT", "/v1/orders/M1/shipments"), real_at=0)
    assert response.headers["allow"] == "GET, POST"


def test_everything_wrong_with_a_query_is_said_at_once(ask: Ask) -> None:
    wrong = {
        "channel": "amazon",
        "status": "lost",
        "marketplace_status": "PAID",
        "updated_since": "2026-03-02T00:00:00",
        "limit": "many",
        "cursor": "MTIz",
        "page": 2,
    }
    status, said = ask("GET /v1/orders", **wrong)
    assert (status, said["error"]["code"]) == (422, "validation")
    found = {each["field"]: each["message"] for each in said["error"]["details"]}
    assert sorted(found) == sorted(wrong)
    assert "aliexpress-shop-1" in found["channel"]
    assert "'pending_review'" in found["status"]
    assert found["updated_since"] == "must be an ISO-8601 time with a zone, e.g. 2026-03-02T09:00:00Z"
    assert "updated_since" in found["page"], "what is known"


def test_a_parameter_given_twice_is_refused(market: Market) -> None:
    headers = {"authorization": f"Bearer {market.world.mip.api_key}"}
    request = Request("GET", "/v1/orders", "limit=2&limit=3", headers)
    response = market.answer("mip", request, real_at=0)
    assert response.status == 422
    assert orjson.loads(response.body)["error"]["details"][0]["field"] == "limit"


def test_a_query_of_more_than_a_hundred_parameters_is_not_even_read(ask: Ask) -> None:
    assert ask("GET /v1/orders", **{f"x{number}": 1 for number in range(100)})[0] == 422
    status, said = ask("GET /v1/orders", **{f"x{number}": 1 for number in range(101)})
    assert (status, said["error"]["code"]) == (400, "malformed")


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"nope", b"[" * 100_000])
@pytest.mark.parametrize("verb", ["acknowledge", "resend", "cancel", "shipments"])
def test_a_body_that_is_no_json_is_malformed(market: Market, ask: Ask, place: Place, raw: bytes, verb: str) -> None:
    order = place()
    market.advance(minutes=15)
    status, said = ask(f"POST /v1/orders/M{order.id}/{verb}", raw=raw)
    assert (status, said["error"]["code"]) == (400, "malformed")


@pytest.mark.parametrize("body", [[], 1, "x", {"carrier": "gls"}])
@pytest.mark.parametrize("verb", ["acknowledge", "cancel", "cancellation/accept", "cancellation/refuse"])
def test_a_call_that_takes_no_body_refuses_one_rather_than_ignore_it(
    market: Market, ask: Ask, place: Place, body: object, verb: str
) -> None:
    order = place()
    market.advance(minutes=15)
    before = ask(f"GET /v1/orders/M{order.id}")
    assert ask(f"POST /v1/orders/M{order.id}/{verb}", body=body)[0] == 422
    assert ask(f"GET /v1/orders/M{order.id}") == before


@pytest.mark.parametrize("number", ["M1", "x", "M" + "9" * 5000, "M²", "M%00", "M9109557000000001"])
def test_an_order_that_was_never_imported_is_not_found(ask: Ask, number: str) -> None:
    for what in ("GET /v1/orders/{}", "POST /v1/orders/{}/cancel", "GET /v1/orders/{}/shipments"):
        status, said = ask(what.format(number))
        assert (status, said["error"]["code"]) == (404, "not_found")


def test_no_two_refusals_have_one_id_not_even_of_the_same_words_in_the_same_second(ask: Ask) -> None:
    ids = {ask("GET /v1/orders/M1")[1]["error"]["request_id"] for _ in range(20)}
    assert len(ids) == 20


def test_a_fault_is_aimed_at_an_operation_by_its_route(ask_of: Callable[[Market], Ask]) -> None:
    market = Market(faults=[Down(Aim("GET /v1/channels"))])
    headers = {"authorization": f"Bearer {market.world.mip.api_key}"}
    path = "/v1/channels/aliexpress-shop-1/sync-status"
    assert market.answer("mip", Request("GET", path, headers=headers), real_at=0).status == 503
    assert ask_of(market)("GET /v1/orders")[0] == 200


def test_a_lost_answer_names_the_order_that_it_was_about(ask_of: Callable[[Market], Ask]) -> None:
    market = Market(seed=2, history_days=1, faults=[AnswerLost(Aim("POST /v1/orders/{id}/resend"))])
    mirror = next(iter(market.world.mip.orders.values()))
    ask_of(market)(f"POST /v1/orders/{mirror.id}/resend")
    assert market.ledger.named("fault")[-1].order == mirror.order.id


_BUSY = Market(seed=5, history_days=1)
_KNOWN = next(iter(_BUSY.world.mip.orders.values())).id

texts = st.text(max_size=20) | st.sampled_from(["\ud800", "aliexpress-shop-1", _KNOWN, "S000001"])
paths = st.one_of(
    st.sampled_from(sorted({name.partition(" ")[2] for name in ROUTES.names})).flatmap(
        lambda template: st.lists(texts, min_size=2, max_size=2).map(
            lambda words: template.format(id=words[0], channel=words[0], marketplace_order_id=words[1])
        )
    ),
    texts,
)
queries = st.text(max_size=60) | st.dictionaries(
    st.sampled_from(["limit", "cursor", "status", "updated_since", "from", "to", "channel", "x"]), texts
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs.items()))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
bodies = st.binary(max_size=40) | st.dictionaries(
    st.sampled_from(["lines", "carrier", "tracking_number", "shipped_at", "x"]), values
).map(lambda body: orjson.dumps(body, option=orjson.OPT_PASSTHROUGH_DATETIME))


@settings(max_examples=400)
@given(st.sampled_from(["GET", "POST", "PUT", "\ud800"]), paths, queries, bodies, texts, st.booleans())
def test_nothing_that_comes_over_the_wire_breaks_it_and_what_is_refused_changes_nothing(
    method: str, path: str, query: str, body: bytes, key: str, knows_the_key: bool
) -> None:
    market = _BUSY
    before = market.ledger.digest()
    token = market.world.mip.api_key if knows_the_key else key
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    response = market.answer("mip", Request(method, path, query, headers, body), real_at=0)
    answer = orjson.loads(response.body)
    if response.status >= 400:
        assert response.status in (400, 401, 404, 405, 409, 422)
        assert set(answer["error"]) == {"code", "message", "details", "retryable", "request_id"}
        assert market.ledger.digest() == before
    else:
        assert "error" not in answer

"""The gateway's checks: every refusal in both numberings, and what real clients send all passes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakemarket.call import Request
from fakemarket.faces.aliexpress.errors import PlatformError
from fakemarket.faces.aliexpress.moments import beijing
from fakemarket.faces.aliexpress.parameters import MOST_PARAMETERS, pairs, text_of
from fakemarket.faces.aliexpress.signature import SignMethod, sign, signed_text
from fakemarket.market import Market
from fakemarket.settings import Settings, Wire

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

LIST = "aliexpress.solution.order.get"
FIRST_PAGE = {"current_page": 1, "page_size": 5}
TOP, SYNC, REST = "/router/rest", "/sync", "/rest"

# what is changed after signing (or before, where it must be signed), the older and the newer gateway's code
REFUSALS: dict[str, tuple[dict[str, str], int, str]] = {
    "no app key": ({"app_key": ""}, 28, "MissingParameter"),
    "a strange app key": ({"app_key": "1"}, 29, "InvalidAppKey"),
    "no method": ({"method": ""}, 21, "MissingParameter"),
    "no timestamp": ({"timestamp": ""}, 30, "MissingParameter"),
    "no timestamp one could read": ({"timestamp": "yesterday"}, 31, "InvalidTimestamp"),
    "another format": ({"format": "yaml"}, 23, "InvalidParameter"),
    "no sign": ({"sign": ""}, 24, "MissingParameter"),
    "a wrong sign": ({"sign": "0" * 32}, 25, "IncompleteSignature"),
    "a sign in lower case": ({"sign": "ab" * 16}, 25, "IncompleteSignature"),
    "no sign method": ({"sign_method": ""}, 40, "MissingParameter"),
    "a strange sign method": ({"sign_method": "rot13"}, 41, "InvalidParameter"),
}
SIGNED_REFUSALS: dict[str, tuple[dict[str, str], int, str]] = {
    "no such method": ({"method": "aliexpress.no.such.method"}, 22, "InvalidApiPath"),
    "no session": ({"session": ""}, 26, "MissingParameter"),
    "a session of nobody": ({"session": "tok-1"}, 27, "IllegalAccessToken"),
}


@pytest.mark.parametrize(("changed", "top", "iop"), REFUSALS.values(), ids=REFUSALS)
def test_each_entrance_says_in_its_own_numbering_what_is_wrong(
    standing: Market, client_of: MakeClient, changed: dict[str, str], top: int, iop: str
) -> None:
    for entrance, code in ((TOP, top), (SYNC, iop)):
        error = client_of(standing, entrance=entrance).error(LIST, changed, param0=FIRST_PAGE)
        assert error["code"] == code
        assert error["msg"]
        assert error["request_id"]


@pytest.mark.parametrize(("changed", "top", "iop"), SIGNED_REFUSALS.values(), ids=SIGNED_REFUSALS)
def test_what_is_well_signed_may_still_be_refused(
    standing: Market, client_of: MakeClient, changed: dict[str, str], top: int, iop: str
) -> None:
    for entrance, code in ((TOP, top), (SYNC, iop)):
        error = client_of(standing, entrance=entrance, extra={}).error(
            changed.get("method", LIST), param0=FIRST_PAGE, **{k: v for k, v in changed.items() if k != "method"}
        )
        assert error["code"] == code


def test_the_older_gateway_wants_its_version(shop: Client) -> None:
    assert shop.error(LIST, {"v": ""}, param0=FIRST_PAGE)["code"] == 32
    assert shop.error(LIST, v="1.0", param0=FIRST_PAGE)["code"] == 34


def test_errors_look_as_clients_know_them(standing: Market, client_of: MakeClient) -> None:
    bad = {"sign": "0" * 32}
    assert client_of(standing).error(LIST, bad).keys() == {"code", "msg", "request_id"}
    newer = client_of(standing, entrance=SYNC).error(LIST, bad)
    assert len(newer.pop("request_id")) == 24
    assert newer == {
        "type": "ISV",
        "code": "IncompleteSignature",
        "msg": "The request signature does not conform to platform standards",
    }
    flat = client_of(standing, entrance=REST, sign_method="sha256").whole("/auth/token/refresh", bad, refresh_token="x")
    assert flat.keys() == {"type", "code", "message", "request_id"}


def test_a_dead_session_and_one_of_another_app_are_told_apart_by_sub_code(
    standing: Market, client_of: MakeClient
) -> None:
    mine, others = client_of(standing), client_of(standing, app="mip")
    assert others.orders()["total_count"] == mine.orders()["total_count"]
    stolen = mine.error(LIST, session=others.credentials.access_token, param0=FIRST_PAGE)
    assert (stolen["code"], stolen["sub_code"]) == (27, "sessionkey-not-generated-by-server")


@pytest.mark.parametrize("off_seconds", [-1, 0, 1])
def test_a_session_dies_on_the_second_its_life_ends(quiet: Market, client_of: MakeClient, off_seconds: int) -> None:
    own = client_of(quiet)
    expires_at = quiet.world.tokens.current("own", "shop-1").expires_at
    quiet.advance_to(expires_at + off_seconds)
    answers = [client_of(quiet, entrance=it).whole(LIST, param0=FIRST_PAGE) for it in (TOP, SYNC)]
    if off_seconds < 0:
        assert all("error_response" not in answer for answer in answers)
    else:
        top, iop = (answer["error_response"] for answer in answers)
        assert (top["code"], top["sub_code"]) == (27, "invalid-sessionkey")
        assert (iop["code"], iop["msg"]) == (
            "IllegalAccessToken",
            "The specified access token is invalid or expired",
        )
    assert own.credentials.access_token == quiet.credentials().access_token


@pytest.mark.parametrize("sign_method", ["md5", "hmac", "hmac-sha256", "sha256"])
@pytest.mark.parametrize("entrance", [TOP, SYNC])
@pytest.mark.parametrize("token", ["session", "access_token"])
def test_every_sign_method_and_token_name_is_taken(
    standing: Market, client_of: MakeClient, sign_method: str, entrance: str, token: str
) -> None:
    client = client_of(standing, entrance=entrance, sign_method=sign_method)
    arguments: dict[str, Any] = {"param0": FIRST_PAGE}
    if token == "access_token":
        arguments |= {"session": "", "access_token": client.credentials.access_token}
    assert "error_response" not in client.whole(LIST, **arguments)


@pytest.mark.parametrize("place", ["query", "body", "both"])
def test_parameters_may_be_split_between_query_and_body_in_any_way(shop: Client, place: str) -> None:
    whole = shop.request(LIST, param0={**FIRST_PAGE, "buyer_login_id": "a + b"}).query
    assert "+" in whole
    pairs = whole.replace("+", "%20") if place == "body" else whole
    system, business = "&".join(p for p in pairs.split("&") if "param0" not in p), pairs
    query, body = {"query": (pairs, ""), "body": ("", pairs), "both": (system, business)}[place]
    headers = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
    for method in ("GET", "POST"):
        response = shop.answer(Request(method, TOP, query, headers, body.encode()))
        assert b"error_response" not in response.body


def test_the_body_wins_over_the_query_and_empty_values_are_signed_too(shop: Client) -> None:
    parameters = {
        "app_key": shop.credentials.app_key,
        "session": shop.credentials.access_token,
        "timestamp": str(shop.market.now() * 1000),
        "sign_method": "md5",
        "v": "2.0",
        "format": "json",
        "method": LIST,
        "current_page": "1",
        "page_size": "3",
        "buyer_login_id": "",
    }
    parameters["sign"] = sign(SignMethod.MD5, shop.credentials.app_secret, signed_text(parameters))
    response = shop.answer(Request("POST", TOP, "page_size=50&sign=0", {}, urlencode(parameters).encode()))
    assert b'"page_size":3' in response.body


# entrance, the timestamp's form, how many seconds it may be off
FORMS = {
    "older, milliseconds": (TOP, lambda at: str(at * 1000), 600),
    "older, local": (TOP, beijing, 600),
    "newer, milliseconds": (SYNC, lambda at: str(at * 1000), 7200),
    "newer, local": (SYNC, beijing, 600),
    "newer, ISO": (SYNC, lambda at: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), 7200),
}


@pytest.mark.parametrize(("entrance", "form", "skew"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_timestamp_is_fresh_up_to_its_skew_and_not_a_second_longer(
    standing: Market, client_of: MakeClient, entrance: str, form: Any, skew: int, early: bool, over: int
) -> None:
    off = skew + over
    client = client_of(standing, entrance=entrance)
    stamped = form(standing.now() - off if early else standing.now() + off)
    body = client.whole(LIST, param0=FIRST_PAGE, timestamp=stamped)
    assert ("error_response" in body) == (over > 0)
    if over > 0:
        assert body["error_response"]["code"] == (31 if entrance == TOP else "InvalidTimestamp")


@pytest.mark.parametrize("strict", [False, True])
def test_a_timestamp_of_real_time_is_fresh_unless_market_time_alone_counts(client_of: MakeClient, strict: bool) -> None:
    market = Market(settings=Settings(wire=Wire(strict_timestamp=strict)))
    client = client_of(market)
    real_at = market.now() + 90 * 86_400
    request = client.request(LIST, param0=FIRST_PAGE, timestamp=str(real_at * 1000))
    answer = client.answer(request, real_at=real_at)
    assert (b"error_response" in answer.body) == strict
    assert b"error_response" in client.answer(request, real_at=real_at + 601).body


def test_other_verbs_are_refused(shop: Client) -> None:
    for path, told in ((TOP, b"<code>9</code>"), (SYNC, b"InvalidHttpMethod"), ("/rest/auth/token/create", b"message")):
        response = shop.answer(Request("PUT", path))
        assert response.status == 200
        assert told in response.body


def test_an_unknown_path_is_an_unknown_api(standing: Market, client_of: MakeClient) -> None:
    client = client_of(standing, entrance=REST, sign_method="sha256")
    assert client.whole("/no/such/path")["code"] == "InvalidApiPath"
    # A method of the dotted kind is not an API path.
    assert client.whole("/aliexpress.solution.order.get")["code"] == "InvalidApiPath"


def test_a_call_says_what_it_is_before_it_is_carried_out(standing: Market, shop: Client) -> None:
    face = standing._faces["aliexpress"]
    read = face.read(shop.request("aliexpress.solution.order.info.get", param1={"order_id": 7}), 0, "id")
    assert (read.operation, read.seller, read.order) == ("aliexpress.solution.order.info.get", "shop-1", 7)
    refused = face.read(shop.request(LIST, {"sign": "0"}), 0, "id")
    assert (refused.operation, refused.seller, refused.order) == (LIST, None, None)
    assert face.read(shop.request("aliexpress.no.such.method"), 0, "id").operation == ""


def test_two_calls_have_two_request_ids(shop: Client) -> None:
    ids = {shop.call(LIST, param0={**FIRST_PAGE, "current_page": number})["request_id"] for number in range(1, 20)}
    assert len(ids) == 19


def test_too_many_parameters_are_refused(shop: Client) -> None:
    response = shop.answer(Request("GET", TOP, "&".join(f"a{n}=1" for n in range(500))))
    assert b"<code>41</code>" in response.body


@settings(max_examples=200)
@given(path=st.sampled_from([TOP, SYNC, "/rest/auth/token/create", "/token", "/oauth/authorize", "/"]), raw=st.binary())
def test_no_bytes_break_the_gateway(standing: Market, unchanged: Any, path: str, raw: bytes) -> None:
    with unchanged(standing):
        response = standing.answer("aliexpress", Request("POST", path, raw.decode("latin-1"), {}, raw), real_at=0)
    assert response.status == 200
    if path == TOP:
        ET.fromstring(response.body)
    else:
        json.loads(response.body)


@given(st.text(alphabet="ab&=+%2&0ñ;", max_size=30))
@example("a=1&&b&c=&a=2&%41=%zz+%C3%B1&=x")
@example("a=%FF")
def test_parameters_are_read_as_the_standard_library_reads_them(query: str) -> None:
    assert pairs(text_of(Request("GET", "/sync", query))) == dict(parse_qsl(query, keep_blank_values=True))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_so_many_parameters_and_no_more(method: str) -> None:
    def asked(count: int) -> Request:
        text = "&".join(f"p{n}=1" for n in range(count))
        return Request(method, "/sync", "", {}, text.encode()) if method == "POST" else Request(method, "/sync", text)

    assert len(pairs(text_of(asked(MOST_PARAMETERS)))) == MOST_PARAMETERS
    with pytest.raises(PlatformError):
        text_of(asked(MOST_PARAMETERS + 1))

"""Tokens and consent over every entrance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from fakemarket.call import Request, Response
from fakemarket.market import Market

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

LIST = "aliexpress.solution.order.get"
FIRST_PAGE = {"current_page": 1, "page_size": 5}
TOP, SYNC, REST = "/router/rest", "/sync", "/rest"
CALLBACK = "https://app.example/callback"


def agree(own: Client, path: str = "/oauth/authorize", **changed: str) -> Response:
    parameters = {
        "response_type": "code",
        "client_id": own.credentials.app_key,
        "redirect_uri": CALLBACK,
        "state": "a state & more",
        **changed,
    }
    return own.answer(Request("GET", path, urlencode(parameters)))


def code_for(own: Client) -> str:
    return parse_qs(urlsplit(agree(own).headers["location"]).query)["code"][0]


@pytest.fixture(params=["older", "newer", "path on /sync", "path with its own method"])
def token_call(request: pytest.FixtureRequest, quiet: Market, client_of: MakeClient) -> Any:
    """Calls `create` or `refresh` the way each generation of clients does; the flat answer."""

    def call(what: str, **arguments: str) -> dict[str, Any]:
        if request.param == "older":
            body = client_of(quiet).whole(f"taobao.top.auth.token.{what}", **arguments)
            content = next(iter(body.values()))
            content = json.loads(content["token_result"]) if "token_result" in content else content
            assert "error_response" in body or next(iter(body)) == f"top_auth_token_{what}_response"
        else:
            entrance = SYNC if request.param == "path on /sync" else REST
            if request.param == "path with its own method":
                arguments = {**arguments, "method": f"/auth/token/{what}", "simplify": "false"}
            client = client_of(quiet, entrance=entrance, sign_method="sha256")
            content = client.whole(f"/auth/token/{what}", **arguments)
        assert isinstance(content, dict)
        return content

    return call


@pytest.mark.parametrize("path", ["/oauth/authorize", "/authorize"])
def test_consent_leads_back_to_the_callback_with_a_code(own: Client, path: str) -> None:
    response = agree(own, path)
    assert response.status == 302
    target, _, query = response.headers["location"].partition("?")
    answer = parse_qs(query)
    assert target == CALLBACK
    assert answer["state"] == ["a state & more"]
    assert len(answer["code"]) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": "http://localhost.example/"},
        {"redirect_uri": "http://localhost@elsewhere.example/"},
        {"redirect_uri": "http://[localhost/"},
        {"redirect_uri": "http://localhost/\r\nset-cookie: a=b"},
        {"redirect_uri": "http://localhost/señor"},
        {"redirect_uri": "http://localhost/#there"},
        {"redirect_uri": "javascript://localhost/%0aalert(1)"},
        {"redirect_uri": ""},
        {"client_id": "1"},
        {"response_type": "token"},
    ],
)
def test_consent_is_not_sent_anywhere_else(own: Client, unchanged: Any, changed: dict[str, str]) -> None:
    with unchanged(own.market):
        response = agree(own, **changed)
    assert response.status == 200
    assert "location" not in response.headers
    assert json.loads(response.body)["message"]


def test_a_refusal_of_a_callback_says_which_are_taken_and_tells_no_secret(own: Client) -> None:
    said = json.loads(agree(own, redirect_uri="https://elsewhere.example/").body)["message"]
    assert said.endswith(f"it must be {CALLBACK}, which is registered, or an address of this machine")
    form = {"client_id": own.credentials.app_key, "client_secret": "wrong"}
    refused = own.answer(Request("POST", "/token", urlencode(form))).body.decode()
    assert "client_secret" in refused
    assert own.credentials.app_secret not in refused


@pytest.mark.parametrize("uri", ["http://localhost:3000/back", "http://127.0.0.1:3000/back", "https://[::1]/back?a=b"])
def test_an_app_under_development_is_called_back_on_this_machine(own: Client, uri: str) -> None:
    location = agree(own, redirect_uri=uri).headers["location"]
    assert location.startswith(f"{uri}{'&' if '?' in uri else '?'}code=")
    assert location.endswith("&state=a+state+%26+more")
    form = {
        "grant_type": "authorization_code",
        "client_id": own.credentials.app_key,
        "client_secret": own.credentials.app_secret,
        "code": parse_qs(urlsplit(location).query)["code"][0],
        "redirect_uri": uri,
    }
    pair = json.loads(own.answer(Request("POST", "/token", urlencode(form))).body)
    assert pair["access_token"] == own.market.credentials().access_token


def test_a_code_becomes_a_pair_that_works_and_kills_the_old_one(
    own: Client, client_of: MakeClient, token_call: Any
) -> None:
    pair = token_call("create", code=code_for(own), uuid="anything")
    assert pair["seller_id"].isdigit()
    assert pair["expires_in"] == 720 * 3600
    assert pair["expire_time"] == (own.market.now() + 720 * 3600) * 1000
    assert own.error(LIST, param0=FIRST_PAGE)["code"] == 27
    renewed = client_of(own.market)
    assert renewed.credentials.access_token == pair["access_token"]
    assert renewed.orders()["success"]


def test_a_code_is_good_once(own: Client, token_call: Any, unchanged: Any) -> None:
    code = code_for(own)
    token_call("create", code=code)
    with unchanged(own.market):
        again = token_call("create", code=code)
    assert again["code"] in (41, "InvalidCode")


@pytest.mark.parametrize("off_seconds", [-1, 0, 1])
def test_a_code_is_good_for_half_an_hour_and_not_a_second_longer(
    own: Client, token_call: Any, off_seconds: int
) -> None:
    code = code_for(own)
    own.market.advance(minutes=30, seconds=off_seconds)
    assert ("access_token" in token_call("create", code=code)) == (off_seconds < 0)


def test_a_code_belongs_to_the_app_it_was_given_for(own: Client, client_of: MakeClient) -> None:
    other = client_of(own.market, app="mip")
    assert other.error("taobao.top.auth.token.create", code=code_for(own))["sub_code"] == "isv.invalid-parameter:code"


def test_a_refresh_token_gives_the_next_pair_of_the_same_seller(
    own: Client, client_of: MakeClient, token_call: Any
) -> None:
    first = own.market.credentials()
    own.market.advance(days=31)
    assert own.error(LIST, param0=FIRST_PAGE)["code"] == 27
    pair = token_call("refresh", refresh_token=first.refresh_token)
    assert pair["access_token"] != first.access_token
    assert pair["user_nick"] == "shop-1"
    assert client_of(own.market).orders()["success"]
    # The old one was replaced.
    assert token_call("refresh", refresh_token=first.refresh_token)["code"] in (41, "IllegalRefreshToken")


def test_success_under_an_api_path_says_so_with_a_text(quiet: Market, client_of: MakeClient) -> None:
    client = client_of(quiet, entrance=REST, sign_method="sha256")
    pair = client.whole("/auth/token/refresh", refresh_token=client.credentials.refresh_token)
    assert pair["code"] == "0"
    assert pair["request_id"]


def test_what_a_token_call_needs_must_be_there(token_call: Any) -> None:
    assert token_call("create")["code"] in (40, "MissingParameter")
    assert token_call("refresh")["code"] in (40, "MissingParameter")


def test_the_old_exchange_is_unsigned_and_takes_the_misspelt_callback(own: Client) -> None:
    form = {
        "grant_type": "authorization_code",
        "client_id": own.credentials.app_key,
        "client_secret": own.credentials.app_secret,
        "sp": "ae",
    }
    for name in ("redirect_uri", "redirect_url"):
        body = urlencode({**form, "code": code_for(own), name: CALLBACK}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        pair = json.loads(own.answer(Request("POST", "/token", "", headers, body)).body)
        assert pair["access_token"] == own.market.credentials().access_token
        assert pair["w1_valid"] == pair["expire_time"]
        again = json.loads(own.answer(Request("POST", "/token", "", headers, body)).body)
        assert again["code"] == "InvalidCode"


@pytest.mark.parametrize("wrong", ["client_secret", "client_id", "redirect_uri", "grant_type"])
def test_the_old_exchange_refuses_what_is_not_registered(own: Client, unchanged: Any, wrong: str) -> None:
    form = {
        "grant_type": "authorization_code",
        "client_id": own.credentials.app_key,
        "client_secret": own.credentials.app_secret,
        "redirect_uri": CALLBACK,
        "code": code_for(own),
        wrong: "wrong",
    }
    with unchanged(own.market):
        response = own.answer(Request("POST", "/token", "", {}, urlencode(form).encode()))
    assert "access_token" not in json.loads(response.body)

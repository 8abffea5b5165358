"""Who may hold a served market: by host name and sender without a token, by the token with one."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from fakemarket.call import Request
from fakemarket.doors.guard import BadToken, Guard, is_loopback
from fakemarket.doors.server import running_server
from fakemarket.market import Market

TOKEN = "a-token-of-some-length"


@pytest.fixture
def market() -> Market:
    return Market(seed=7)


@pytest.fixture
def open_url(market: Market) -> Iterator[str]:
    """A server on loopback that asks for no token."""
    with running_server(market) as url:
        yield url


@pytest.fixture
def closed_url(market: Market) -> Iterator[str]:
    """A server that asks for the token."""
    with running_server(market, Guard(TOKEN)) as url:
        yield url


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:8080", 200),
        ("127.0.0.1:80", 200),
        ("127.8.9.10", 200),
        ("[::1]:8080", 200),
        ("rebound.example", 403),
        ("rebound.example:8080", 403),
        ("localhost.rebound.example", 403),
        ("127.0.0.1.rebound.example", 403),
        ("192.0.2.1", 403),
        ("", 403),
    ],
)
def test_without_a_token_only_names_of_this_machine_lead_to_the_clock(open_url: str, host: str, status: int) -> None:
    for path in ("/_redclock/clock", "/panel/", "/panel/assets/panel.css"):
        answer = httpx.get(open_url + path, headers={"host": host})
        assert answer.status_code == status, path
        assert status == 200 or "only under localhost, 127.0.0.1 and [::1]" in answer.text


@pytest.mark.parametrize(
    "path", ["/_redclock/worlds", "/_redclock/snapshots", "/worlds/main/_redclock/clock", "/worlds/main/panel/"]
)
def test_every_way_to_hold_a_world_is_guarded(open_url: str, closed_url: str, path: str) -> None:
    assert httpx.get(open_url + path).status_code == 200
    assert httpx.get(open_url + path, headers={"host": "rebound.example"}).status_code == 403
    assert httpx.get(closed_url + path).status_code == 401
    assert httpx.post(f"{open_url}/_redclock/worlds/reset", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_the_name_that_the_server_was_told_to_listen_on_leads_there_too(market: Market) -> None:
    with running_server(market, Guard(host="Market.Local")) as url:
        assert httpx.get(f"{url}/_redclock/clock", headers={"host": "market.local:80"}).status_code == 200
        assert httpx.get(f"{url}/_redclock/clock", headers={"host": "other.local"}).status_code == 403


def test_the_apis_are_open_under_any_name(open_url: str, closed_url: str) -> None:
    for url in (open_url, closed_url):
        top = httpx.get(f"{url}/router/rest?format=json", headers={"host": "gw.api.taobao.com"})
        assert top.json()["error_response"]["code"] == 28
        assert httpx.get(f"{url}/mip/v1/openapi.json", headers={"host": "mip.example"}).status_code == 200


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": ""}, 415),
    ],
)
def test_a_page_of_another_site_does_not_move_the_clock(
    market: Market, open_url: str, said: dict[str, str], status: int
) -> None:
    now = market.now()
    headers = {"content-type": "application/json", **said}
    answer = httpx.post(f"{open_url}/_redclock/clock/advance", content=b'{"hours": 1}', headers=headers)
    assert answer.status_code == status
    assert market.now() == now + (3600 if status == 200 else 0)
    if status != 200:
        assert set(answer.json()["error"]) == {"code", "message", "details", "retryable", "request_id"}


def test_without_a_body_nothing_need_be_said_of_it_but_a_form_is_refused(market: Market, open_url: str) -> None:
    market.advance(days=1)
    now = market.now()
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert httpx.post(f"{open_url}/_redclock/reset", headers=form).status_code == 415
    assert httpx.post(f"{open_url}/_redclock/reset", headers={"origin": "http://evil.example"}).status_code == 403
    assert market.now() == now
    assert httpx.post(f"{open_url}/_redclock/reset").status_code == 200
    assert market.now() == now - 86_400


def test_another_sites_page_may_look_but_not_read() -> None:
    """A GET changes nothing, and without a word of consent from us the browser shows its answer to no other site."""
    request = Request("GET", "/clock", headers={"host": "localhost", "sec-fetch-site": "cross-site"})
    assert Guard().refusal("control", request) is None


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer é"],
)
def test_with_a_token_the_control_plane_asks_for_it(closed_url: str, shown: str) -> None:
    headers = {b"authorization": shown.encode("latin-1")} if shown else {}
    answers = [httpx.get(f"{closed_url}/_redclock{path}", headers=headers) for path in ("/clock", "/nowhere")]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "token_invalid"
        assert TOKEN not in answer.text
    assert len({answer.json()["error"]["request_id"] for answer in answers}) == 2


def test_with_the_token_the_control_plane_answers_under_any_name(closed_url: str) -> None:
    headers = {"authorization": f"Bearer {TOKEN}", "host": "market.example"}
    assert httpx.get(f"{closed_url}/_redclock/clock", headers=headers).status_code == 200
    moved = httpx.post(f"{closed_url}/_redclock/clock/advance", json={"hours": 1}, headers=headers)
    assert moved.status_code == 200


def test_a_browser_signs_in_once_and_comes_to_the_page_it_asked_for(closed_url: str) -> None:
    with httpx.Client(base_url=closed_url) as browser:
        asked = browser.get("/panel/tokens")
        assert asked.status_code == 401
        assert "Control token" in asked.text
        assert "market time" not in asked.text
        assert browser.get("/panel/assets/panel.css").status_code == 200
        wrong = browser.post("/panel/tokens?a=b%20c", data={"control_token": "another"})
        assert (wrong.status_code, "control token.</p>" in wrong.text) == (401, True)
        for page in ("/panel/orders/a%20b%2Fc%25", "/panel/tokens?a=b%20c"):
            right = browser.post(page, data={"control_token": TOKEN})
            assert (right.status_code, right.headers["location"]) == (303, page)
        assert right.headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict")
        assert TOKEN not in right.headers["set-cookie"]
        assert "Access of each app" in browser.get("/panel/tokens").text
        assert 'href="/panel/tokens"' in browser.get("/panel/orders/a%20b%2Fc%25").text


@pytest.mark.parametrize("path", ["/panel/", "/panel/assets/panel.css", "/_redclock/clock", "/_redclock/worlds"])
def test_a_head_says_what_a_get_would_but_for_the_body(market: Market, path: str) -> None:
    with running_server(market) as url:
        said, whole = httpx.head(f"{url}{path}"), httpx.get(f"{url}{path}")
    assert (said.status_code, said.content) == (200, b"")
    for name in ("content-type", "content-length"):
        assert said.headers[name] == whole.headers[name]


def test_a_head_lets_nobody_in_and_does_nothing(market: Market, closed_url: str) -> None:
    assert httpx.head(f"{closed_url}/panel/").status_code == 401
    assert httpx.head(f"{closed_url}/_redclock/clock").status_code == 401
    key = {"authorization": f"Bearer {TOKEN}"}
    assert httpx.head(f"{closed_url}/_redclock/clock/advance", headers=key).headers["allow"] == "POST"


def test_whoever_signs_in_again_comes_to_the_page_too(closed_url: str) -> None:
    """Two windows, or the way back: the form is still there when its browser has signed in."""
    with httpx.Client(base_url=closed_url) as browser:
        for _ in range(2):
            assert browser.post("/panel/", data={"control_token": TOKEN}).status_code == 303
        assert browser.post("/panel/", data={"control_token": "another"}).status_code == 401
        assert browser.get("/panel/").status_code == 200


def test_no_form_is_taken_from_a_browser_that_has_not_signed_in(market: Market, closed_url: str) -> None:
    now = market.now()
    for body in (b"go=3600", b"", b"\xff" * 50, b"&".join([b"a=1"] * 50), b"control_token=" + b"x" * 5000):
        answer = httpx.post(f"{closed_url}/panel/clock", content=body, cookies={"redclock_signed_in": "x" * 64})
        assert answer.status_code == 401
    assert market.now() == now


def test_one_tokens_cookie_opens_no_other_market(market: Market, closed_url: str) -> None:
    with running_server(market, Guard("another-token")) as elsewhere, httpx.Client() as browser:
        browser.post(f"{closed_url}/panel/", data={"control_token": TOKEN})
        assert browser.get(f"{closed_url}/panel/").status_code == 200
        assert browser.get(f"{elsewhere}/panel/").status_code == 401


def test_what_let_a_request_through_goes_no_further() -> None:
    headers = {
        "authorization": f"Bearer {TOKEN}",
        "cookie": "a=1; redclock_signed_in=x; redclock_session=y",
        "host": "h",
    }
    request = Request("GET", "/clock", headers=headers)
    for face in ("control", "lobby", "panel"):
        kept = Guard(TOKEN).without_proof(face, request)
        assert kept == request._replace(headers={"cookie": "a=1; redclock_session=y", "host": "h"})
    assert Guard(TOKEN).without_proof("mip", request) is request, "there it is the API's own key"
    assert Guard().without_proof("control", request) is request


@pytest.mark.parametrize("token", ["", " ", "two words", "señor", "line\n", "x" * 201])
def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        Guard(token)


@pytest.mark.parametrize(
    ("address", "private"),
    [("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("0.0.0.0", False), ("::", False), ("192.0.2.1", False)],
)
def test_only_loopback_is_private(address: str, private: bool) -> None:
    assert is_loopback(address) is private

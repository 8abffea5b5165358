"""Only a form of our own changes anything, and every answer keeps a browser to our own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakemarket.faces.panel.reception import ROUTES
from fakemarket.faults import Aim, Down
from fakemarket.market import Market
from fakemarket.rules.status import Status

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place, Visitor

DECLARE = {"do": "declare", "carrier": "GLS_ES", "number": "12345678901", "send": "all"}
FORMS = {
    "POST /orders/{id}": DECLARE,
    "POST /tokens": {"app": "mip", "seller": "shop-1"},
    "POST /templates": {"seller": "shop-1", "template": "1001"},
    "POST /clock": {"go": "3600"},
}


def test_every_form_of_the_panel_is_tried_here() -> None:
    assert set(FORMS) == {name for name in ROUTES.names if not name.startswith("GET ")}


@pytest.mark.parametrize("route", FORMS)
@pytest.mark.parametrize("flaw", ["no token", "wrong token", "token of another session", "no cookie", "forged session"])
def test_a_form_that_is_not_ours_is_refused_and_changes_nothing(
    market: Market, visitor: Visitor, visit: type[Visitor], place: Place, route: str, flaw: str
) -> None:
    path = route.removeprefix("POST ").format(id=place(market).id)
    fields = FORMS[route]
    visitor.get("/")
    match flaw:
        case "no token":
            fields = {**fields, "token": ""}
        case "wrong token":
            fields = {**fields, "token": "0" * 32}
        case "token of another session":
            other = visit(market)
            other.send("GET", "/", user_agent="another")
            assert other.cookies != visitor.cookies
            visitor.cookies = other.cookies
        case "no cookie":
            # Any name but the session's, or the visitor would look at the front page first.
            visitor.cookies = {"another": "1"}
        case _:
            visitor.cookies["redclock_session"] = "x" * 32
    before = market.ledger.digest(), market.now()
    assert visitor.post(path, fields).status == 403
    assert "so nothing was done" in visitor.text
    assert (market.ledger.digest(), market.now()) == before


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 303),
        ({"sec_fetch_site": "same-origin", "origin": "https://proxy.example"}, 303),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "none"}, 403),
        ({"origin": "http://127.0.0.1:8080"}, 303),
        ({"origin": "http://127.0.0.1:9090"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_a_browser_that_names_another_site_is_not_believed(
    market: Market, visitor: Visitor, said: dict[str, str], status: int
) -> None:
    now = market.now()
    assert visitor.post("/clock", {"go": "900"}, **said).status == status
    assert market.now() == now + (900 if status == 303 else 0)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_what_is_no_form_is_refused(market: Market, visitor: Visitor, kind: str) -> None:
    now = market.now()
    assert visitor.post("/clock", {"go": "900"}, content_type=kind).status == 415
    assert market.now() == now


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor) -> None:
    cookie = visitor.send("GET", "/").headers["set-cookie"]
    assert cookie.endswith("; Path=/panel; HttpOnly; SameSite=Strict")
    assert "set-cookie" not in visitor.send("GET", "/").headers


def test_what_was_done_is_said_once(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    assert "Declared GLS_ES 12345678901." in visitor.do(f"/orders/{order.id}", **DECLARE)
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    visitor.get(f"/orders/{order.id}")
    assert "Declared GLS_ES 12345678901." not in visitor.text


def test_every_answer_keeps_a_browser_to_our_own_files(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    visitor.get("/")
    answers = [
        *(visitor.send("GET", path) for path in ("/", f"/orders/{order.id}", "/mip", "/templates", "/tokens")),
        *(visitor.send("GET", path) for path in ("/nowhere", "/assets/panel.css", "/assets/nothing.css")),
        visitor.send("POST", "/clock"),
        visitor.send("PUT", "/clock"),
    ]
    answers += [visitor.send("GET", "/"), visitor.post("/clock", {"go": "900"})]
    assert {answer.status for answer in answers} == {200, 303, 404, 405, 415}
    for answer in answers:
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_no_fault_strikes_the_panel(visit: type[Visitor]) -> None:
    market = Market(seed=3, faults=[Down(Aim(""))])
    visit(market).get("/")
    assert not market.ledger.named("fault")

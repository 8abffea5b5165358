"""Whatever comes over the wire, looking changes nothing, pages are quick, and a market nobody looks at stays light."""

from __future__ import annotations

import re
import subprocess
import sys
from time import process_time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from fakemarket.call import Request
from fakemarket.doors.addresses import place_on_server
from fakemarket.doors.ready import ready
from fakemarket.faces.panel.reception import ROUTES
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.showcase import show_every_status

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Visitor

QUICK_SECONDS = 0.02


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/panel", ("panel", "/")),
        ("/panel/", ("panel", "/")),
        ("/panel/orders/1", ("panel", "/orders/1")),
        ("/panels", ("aliexpress", "/panels")),
    ],
)
def test_on_a_server_the_panel_stands_under_its_prefix(path: str, place: tuple[str, str]) -> None:
    assert place_on_server(path) == place


def test_whoever_opens_a_server_is_told_where_the_panel_is() -> None:
    said = ready(Market(seed=1), "http://127.0.0.1:8080", None)
    assert said.panel == "http://127.0.0.1:8080/panel"
    assert said.panel in said.page(orders=0, speed=1)


def test_looking_changes_nothing(busy_market: Market, visit: type[Visitor]) -> None:
    before = busy_market.ledger.digest(), busy_market.now()
    visitor = visit(busy_market)
    for path in ("/", "/mip", "/templates", "/tokens", *(f"/orders/{it.id}" for it in busy_market.orders()[-30:])):
        visitor.get(path)
    assert (busy_market.ledger.digest(), busy_market.now()) == before


def test_a_list_of_fifty_is_ready_in_twenty_milliseconds() -> None:
    """In seconds of its own work: what else this machine does meanwhile is no part of the promise."""
    market = Market(seed=1, history_days=28)
    request = Request("GET", "/", "", {"host": "x"}, b"", "http://x/panel/")

    def seconds() -> float:
        begun = process_time()
        assert market.answer("panel", request, real_at=0).body.count(b'<tr role="row">') == 51
        return process_time() - begun

    seconds()  # makes the templates and the people
    assert min(seconds() for _ in range(10)) < QUICK_SECONDS


def test_a_market_that_nobody_looks_at_needs_no_templates() -> None:
    heavy = ("jinja2", "faker", "fakemarket.faces.panel.reception")
    look = f"import fakemarket.market, sys; print([each for each in {heavy} if each in sys.modules])"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_files_may_be_kept_for_good_because_their_addresses_change_with_them(visitor: Visitor) -> None:
    files = re.findall(r'(?:src|href)="/panel(/assets/[^"?]+)\?v=[0-9a-f]{12}"', visitor.get("/"))
    assert {file.rpartition(".")[2] for file in files} == {"css", "js", "svg"}
    for file in files:
        assert "immutable" in visitor.send("GET", file).headers["cache-control"]
    visitor.get("/")
    assert visitor.last.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/assets/", "/assets/../face.py", "/assets/panel.css/", "/assets/x"])
def test_no_other_file_is_handed_out(visitor: Visitor, path: str) -> None:
    assert visitor.send("GET", path).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_another_method_is_told_which_are_taken(visitor: Visitor, method: str) -> None:
    answer = visitor.send(method, "/mip")
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


MARKET = Market(seed=4, settings=Settings(demand=Demand(orders_per_day=0)))
ORDER = show_every_status(MARKET.world)[0].id
texts = st.text(max_size=20) | st.sampled_from(["\ud800", str(ORDER), "shop-1", "accept", "declare", "9" * 5000])
paths = texts.map(lambda text: f"/{text}") | st.sampled_from(sorted({it.partition(" ")[2] for it in ROUTES.names})).map(
    lambda template: template.format(id=ORDER)
)
fields = st.dictionaries(
    st.sampled_from(
        ["bucket", "status", "q", "seller", "sort", "page", "kind", "do", "carrier", "number", "go", "back"]
    ),
    texts.filter(lambda text: "\ud800" not in text),
    max_size=5,
).map(urlencode)
headers = st.dictionaries(
    st.sampled_from(["cookie", "origin", "sec-fetch-site", "content-type", "host", "user-agent"]),
    texts
    | st.just("application/x-www-form-urlencoded")
    | st.just(f"redclock_session={'0' * 32}; redclock_said=%zz%ff"),
)
bodies = st.binary(max_size=60) | fields.map(str.encode)


@examples(max_examples=400)
@given(st.sampled_from(["GET", "POST", "\ud800"]), paths, fields | st.text(max_size=40), headers, bodies, texts)
def test_nothing_that_comes_over_the_wire_breaks_it(
    method: str, path: str, query: str, head: dict[str, str], body: bytes, host: str
) -> None:
    before = MARKET.ledger.digest(), MARKET.now()
    request = Request(method, path, query, head, body, f"http://{host}/panel{path}")
    answer = MARKET.answer("panel", request, real_at=0)
    assert answer.status in (200, 403, 404, 405, 415)
    assert (MARKET.ledger.digest(), MARKET.now()) == before
    for name, value in answer.headers.items():
        value.encode("latin-1")
        assert not {"\r", "\n"} & set(name + value)


@examples(max_examples=200)
@given(st.sampled_from([it for it in ROUTES.names if it.startswith("POST")]), fields)
def test_no_form_of_our_own_breaks_it(route: str, entry: str) -> None:
    path = route.removeprefix("POST ").format(id=ORDER)
    head = {"host": "x", "cookie": f"redclock_session={'0' * 32}", "content-type": "application/x-www-form-urlencoded"}
    page = MARKET.answer("panel", Request("GET", "/", "", head), real_at=0).body.decode()
    [token] = set(re.findall(r'name="token" value="([0-9a-f]+)"', page))
    answer = MARKET.answer("panel", Request("POST", path, "", head, f"token={token}&{entry}".encode()), real_at=0)
    assert answer.status in (303, 400, 422)

"""A quiet market whose orders the tests place, and a browser of sorts that keeps cookies and fills in forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from fakemarket.call import Request, Response
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order

LUCK: dict[str, Any] = {
    "attempts_seconds": (60,),
    "pays": True,
    "pays_offline": False,
    "gives_up_seconds": None,
    "processing_seconds": 60,
    "review_seconds": 600,
    "review_rejects": False,
    "review_holds": False,
    "cancel_seconds": None,
    "freeze_after_seconds": None,
    "freeze_seconds": 86_400,
    "out_of_stock": True,
    "bad_address": False,
}
"""Paid and accepted within a quarter of an hour, and never shipped by anybody but the test."""


INLINE = {"a", "b", "code", "span", "strong", "time"}
"""Elements that part no words."""


class Text(HTMLParser):
    """The words of a page, as a reader sees them, its links, and the values of its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self.hidden: dict[str, str] = {}
        self.links: list[str] = []
        self.feed(page)

    @property
    def words(self) -> str:
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        named = {name: value or "" for name, value in attrs}
        if tag == "input" and named.get("type") == "hidden":
            self.hidden[named["name"]] = named["value"]
        if tag == "a":
            self.links.append(named["href"])

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self._words.append(" ")


class Visitor:
    """Somebody who looks at the panel of a market: keeps cookies, follows redirects, sends tokens along."""

    def __init__(self, market: Market, *, prefix: str = "/panel") -> None:
        self.market = market
        self.prefix = prefix
        self.cookies: dict[str, str] = {}
        self.last = Response(0, b"")

    @property
    def source(self) -> str:
        return self.last.body.decode()

    @property
    def text(self) -> str:
        """What the last page says."""
        return Text(self.source).words

    @property
    def links(self) -> list[str]:
        return Text(self.source).links

    def send(self, method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Response:
        """One request, and nothing followed. An underscore in a header's name is a hyphen."""
        sent = {"host": "127.0.0.1:8080", "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"http://{sent['host']}{self.prefix}{path}"
        self.last = self.market.answer("panel", Request(method, path, query, sent, body, url), real_at=0)
        cookie = self.last.headers.get("set-cookie", "").partition(";")[0]
        if cookie:
            name, _, value = cookie.partition("=")
            self.cookies[name] = value
        return self.last

    def get(self, path: str, query: str = "") -> str:
        """Looks at a page; its source."""
        assert self.send("GET", path, query).status == 200, self.source
        return self.source

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Response:
        """Sends a form with this session's token, from the front page unless a page has been seen."""
        if not self.cookies:
            self.get("/")
        token = Text(self.source).hidden.get("token", "")
        body = urlencode({"token": token, **fields}).encode()
        return self.send("POST", path, "", body, **{"content_type": "application/x-www-form-urlencoded", **headers})

    def do(self, path: str, **fields: str) -> str:
        """Sends a form and follows to the page it leads to; its words."""
        answer = self.post(path, fields)
        assert answer.status == 303, self.source
        where = urlsplit(answer.headers["location"])
        assert where.path.startswith(self.prefix)
        self.get(where.path.removeprefix(self.prefix) or "/", where.query)
        return self.text


@pytest.fixture
def open_market() -> Callable[..., Market]:
    """Opens a market in which nobody orders but the test, at Monday 2 March 2026, 00:00 UTC."""

    def opened(*, start_at: int = MONDAY, rate: float = 0, **settings: Any) -> Market:
        chosen = Settings(**{"demand": Demand(orders_per_day=0), **settings})
        return Market(seed=5, settings=chosen, start_at=start_at, rate=rate)

    return opened


@pytest.fixture
def market(open_market: Callable[..., Market]) -> Market:
    return open_market()


@pytest.fixture
def visitor(market: Market) -> Visitor:
    return Visitor(market)


@pytest.fixture
def visit() -> type[Visitor]:
    """Somebody who looks at another market's panel."""
    return Visitor


Place = Callable[..., Order]


@pytest.fixture
def place() -> Place:
    """`place(market, **fate)`: an order that is to be shipped a quarter of an hour later, as it has become then."""

    def placed(market: Market, *, seller: str | None = None, wait: bool = True, **fate: Any) -> Order:
        order = market.place(seller=seller, **(LUCK | fate))
        if wait:
            market.advance(minutes=15)
        return order

    return placed


@pytest.fixture(scope="session")
def busy_market() -> Market:
    """Ten days of an ordinary shop with two sellers, one of whose MIP tokens died a day ago; only to be looked at."""
    settings = Settings(sellers=("shop-1", "shop-2"), demand=Demand(orders_per_day=15))
    market = Market(seed=11, settings=settings, history_days=9)
    market.world.tokens.revoke("mip", "shop-2", cause="call")
    market.advance(days=1)
    return market

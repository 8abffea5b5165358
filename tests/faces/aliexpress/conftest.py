"""A client that signs and calls as a real one does, and markets for it to call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import pytest

from fakemarket.call import Request, Response
from fakemarket.faces.aliexpress.signature import SignMethod, sign, signed_text
from fakemarket.market import Credentials, Market
from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order

TOP, SYNC, REST = "/router/rest", "/sync", "/rest"


@dataclass
class Client:
    """One app with one seller's tokens, at one entrance."""

    market: Market
    credentials: Credentials
    entrance: str = TOP
    sign_method: str = "md5"
    simplify: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, unsigned: Mapping[str, str] | None = None, /, **arguments: Any) -> Request:
        """A signed request; `unsigned` replaces parameters after signing; an empty text takes one away."""
        path = self.entrance
        parameters = {
            "app_key": self.credentials.app_key,
            "timestamp": str(self.market.now() * 1000),
            "sign_method": self.sign_method,
            **self.extra,
        }
        if self.entrance == REST:
            path = REST + method
        else:
            parameters |= {"method": method, "session": self.credentials.access_token, "format": "json"}
        if self.entrance == TOP:
            parameters["v"] = "2.0"
        if self.simplify:
            parameters["simplify"] = "true"
        for name, value in arguments.items():
            parameters[name] = value if isinstance(value, str) else json.dumps(value)
        parameters = {name: value for name, value in parameters.items() if value}
        api_path = method if method.startswith("/") else ""
        text = signed_text(parameters)
        parameters["sign"] = sign(SignMethod(self.sign_method), self.credentials.app_secret, text, api_path)
        parameters |= unsigned or {}
        query = urlencode({name: value for name, value in parameters.items() if value})
        return Request("POST", path, query)

    def answer(self, request: Request, *, real_at: int = 0) -> Response:
        return self.market.answer("aliexpress", request, real_at=real_at)

    def whole(self, method: str, unsigned: Mapping[str, str] | None = None, /, **arguments: Any) -> dict[str, Any]:
        """The answer as it stands; its status is 200 whatever happened."""
        response = self.answer(self.request(method, unsigned, **arguments))
        assert response.status == 200
        body = json.loads(response.body)
        assert isinstance(body, dict)
        return body

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """What lies in the envelope of a success."""
        body = self.whole(method, **arguments)
        content = body[f"{method.removeprefix('taobao.').replace('.', '_')}_response"]
        assert isinstance(content, dict)
        return content

    def error(self, method: str, unsigned: Mapping[str, str] | None = None, /, **arguments: Any) -> dict[str, Any]:
        """What lies in the envelope of an error."""
        error = self.whole(method, unsigned, **arguments)["error_response"]
        assert isinstance(error, dict)
        return error

    def orders(self, **query: Any) -> dict[str, Any]:
        """The result of the solution's list call; the first fifty unless told otherwise."""
        arguments = {"current_page": 1, "page_size": 50, **query}
        result = self.call("aliexpress.solution.order.get", param0=arguments)["result"]
        assert isinstance(result, dict)
        return result

    def rows(self, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        rows: list[dict[str, Any]] = []
        number, last = 1, 1
        while number <= last:
            result = self.orders(**{"current_page": number, **query})
            rows += result["target_list"].get("order_dto", [])
            number, last = number + 1, result["total_page"]
        return rows


class MakeClient(Protocol):
    def __call__(self, market: Market, *, app: str = "own", seller: str | None = None, **how: Any) -> Client: ...


@pytest.fixture(scope="session")
def client_of() -> MakeClient:
    """Makes a client of a market."""

    def make(market: Market, *, app: str = "own", seller: str | None = None, **how: Any) -> Client:
        return Client(market, market.credentials(app=app, seller=seller), **how)

    return make


TWO_SHOPS = Settings(sellers=("shop-1", "shop-2"), demand=Demand(orders_per_day=12))


@pytest.fixture(scope="session")
def standing() -> Market:
    """Three weeks of two sellers' orders, in all statuses, with the clock held. Nobody changes it."""
    return Market(seed=5, settings=TWO_SHOPS, history_days=21)


@pytest.fixture(scope="session")
def shop(standing: Market, client_of: MakeClient) -> Client:
    """The first seller of the standing market, at the older gateway."""
    return client_of(standing)


@pytest.fixture
def quiet() -> Market:
    """A market without orders of its own, for orders placed by hand."""
    return Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))


@pytest.fixture(scope="session")
def ready() -> Callable[..., Order]:
    """Places an order in a market and lets it become the seller's work; the supplier has no stock, so nobody ships."""

    def place(market: Market, **fate: Any) -> Order:
        smooth = {"pays": True, "pays_offline": False, "attempts_seconds": (60,), "gives_up_seconds": None}
        review = {"processing_seconds": 60, "review_seconds": 60, "review_rejects": False, "review_holds": False}
        later = {"cancel_seconds": None, "freeze_after_seconds": None, "out_of_stock": True}
        order = market.place(**{**smooth, **review, **later, **fate})
        market.advance(minutes=3)
        assert order.status is Status.WAIT_SELLER_SEND_GOODS
        return order

    return place


@pytest.fixture
def own(quiet: Market, client_of: MakeClient) -> Client:
    """The seller of the quiet market, at the older gateway."""
    return client_of(quiet)


@contextmanager
def nothing_changes(market: Market, *, but: str = "") -> Iterator[None]:
    """Within, the ledger takes in nothing but one kind of event."""
    before = len(market.ledger)
    yield
    assert [event for event in market.ledger.since(before) if event.what != but] == []


@pytest.fixture(scope="session")
def unchanged() -> Callable[..., Any]:
    """`with unchanged(market, but="declare_refused"): ...`"""
    return nothing_changes

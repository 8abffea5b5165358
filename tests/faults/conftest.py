"""A quiet market with faults, and a client that says what came of a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
import pytest

from fakemarket.call import Delivery, Request
from fakemarket.faces.aliexpress.signature import SignMethod, sign, signed_text
from fakemarket.faults import Fault
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order

LIST = "aliexpress.solution.order.get"


class Answer(NamedTuple):
    """An answer as its caller gets it."""

    status: int
    raw: bytes
    headers: dict[str, str]
    delivery: Delivery

    @property
    def body(self) -> Any:
        return orjson.loads(self.raw)


class Caller:
    """One seller's own client of one market."""

    def __init__(self, market: Market, seller: str | None = None) -> None:
        self.market = market
        self.keys = market.credentials(seller=seller)

    def ae(self, method: str, *, entrance: str = "/router/rest", **arguments: object) -> Answer:
        """A signed call; structured arguments as JSON text."""
        values = {"app_key": self.keys.app_key, "timestamp": str(self.market.now() * 1000), "sign_method": "md5"}
        values |= {"method": method, "session": self.keys.access_token, "format": "json", "v": "2.0"}
        for name, value in arguments.items():
            values[name] = value if isinstance(value, str) else orjson.dumps(value).decode()
        api_path = method if method.startswith("/") else ""
        values["sign"] = sign(SignMethod.MD5, self.keys.app_secret, signed_text(values), api_path)
        return self._answer("aliexpress", Request("POST", entrance, urlencode(values)))

    def page(self, number: int = 1, size: int = 10) -> Any:
        """One page of the order list."""
        whole = self.ae(LIST, param0={"current_page": number, "page_size": size}).body
        return whole["aliexpress_solution_order_get_response"]["result"]

    def ids(self, number: int = 1, size: int = 10) -> list[int]:
        return [row["order_id"] for row in self.page(number, size)["target_list"].get("order_dto", ())]

    def mip(self, what: str) -> Answer:
        method, _, address = what.partition(" ")
        path, _, query = address.partition("?")
        key = self.market.world.mip.api_key
        return self._answer("mip", Request(method, path, query, headers={"authorization": f"Bearer {key}"}))

    def _answer(self, face: str, request: Request) -> Answer:
        it = self.market.answer(face, request, real_at=0)
        return Answer(it.status, it.body, dict(it.headers), it.delivery)


Open = Callable[..., Caller]


@pytest.fixture
def opened() -> Open:
    """`opened(fault, ...)`: a client of a market in which nobody orders by himself, Monday 2 March 2026, 00:00 UTC."""

    def open_market(*faults: Fault, seed: int = 5, **settings: Any) -> Caller:
        quiet: dict[str, Any] = {"demand": Demand(orders_per_day=0), **settings}
        return Caller(Market(seed=seed, settings=Settings(**quiet), faults=faults))

    return open_market


@pytest.fixture
def work() -> Callable[..., Order]:
    """Places an order that becomes the seller's work three minutes later and that nobody ships."""

    def place(market: Market, *, seller: str | None = None) -> Order:
        order = market.place(
            seller=seller,
            pays=True,
            pays_offline=False,
            attempts_seconds=(60,),
            gives_up_seconds=None,
            processing_seconds=60,
            review_seconds=60,
            review_rejects=False,
            review_holds=False,
            cancel_seconds=None,
            freeze_after_seconds=None,
            out_of_stock=True,
        )
        market.advance(minutes=3)
        return order

    return place

"""A real market whose MIP API the tests call, and orders whose luck the tests decide."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from fakemarket.call import Request
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]


@pytest.fixture
def market() -> Market:
    """Nobody orders here but the test. It stands at Monday 2 March 2026, 00:00 UTC."""
    return Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))


@pytest.fixture
def ask(market: Market) -> Ask:
    """`ask("GET /v1/orders", limit=2)`, `ask("POST /v1/...", body={...}, key="k")`: status and parsed answer."""
    return _ask_of(market)


@pytest.fixture
def ask_of() -> Callable[[Market], Ask]:
    """`ask` for a market that the test made itself."""
    return _ask_of


def _ask_of(market: Market) -> Ask:
    def ask(
        what: str,
        *,
        body: object = None,
        raw: bytes = b"",
        key: str = "",
        token: str | None = None,
        **query: object,
    ) -> tuple[int, Any]:
        method, _, path = what.partition(" ")
        headers = {"authorization": f"Bearer {market.world.mip.api_key if token is None else token}"}
        if key:
            headers["idempotency-key"] = key
        # `from_` is `from`, which Python keeps for itself.
        named = urlencode({name.rstrip("_"): value for name, value in query.items()})
        written = raw if body is None else orjson.dumps(body)
        response = market.answer("mip", Request(method, path, named, headers, written), real_at=0)
        assert response.headers["content-type"] == "application/json"
        return response.status, orjson.loads(response.body)

    return ask


@pytest.fixture
def place(market: Market) -> Place:
    """An order that is paid after two minutes and accepted after ten more, unless the test says otherwise."""

    def place(**fate: Any) -> Order:
        luck: dict[str, Any] = {
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
            "out_of_stock": False,
            "bad_address": False,
        }
        return market.place(**(luck | fate))

    return place

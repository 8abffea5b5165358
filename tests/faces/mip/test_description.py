"""The API's description is true: what it says can be asked is taken, and what is answered is what it says."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from fakemarket.call import Request
from fakemarket.doors.server import running_server
from fakemarket.faces.mip import answers
from fakemarket.faces.mip.description import described
from fakemarket.faces.mip.endpoints import ENDPOINTS, OPEN
from fakemarket.faces.mip.face import ROUTES
from fakemarket.market import Market
from fakemarket.settings import Demand, Mip, Settings, Warehouse
from fakemarket.world.mip_order import MipStatus

Ask = Callable[..., tuple[int, Any]]

TRUE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
]


@dataclass(frozen=True)
class Api:
    """A served market's API by its own description."""

    schema: Any
    headers: dict[str, str]
    known: dict[str, list[str]]
    """Values of path parameters that there are, by the path's second part."""


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    house = Warehouse(out_of_stock_share=0.2, no_carrier_share=0.2, refuses_split=True)
    market = Market(
        seed=5,
        settings=Settings(demand=Demand(orders_per_day=20), warehouse=house, mip=Mip(wallet_cents=100_000)),
        history_days=6,
    )
    mip = market.world.mip
    numbers = [str(number) for number in mip.orders]
    webhooks = [mip.webhooks.register("http://127.0.0.1:9/", (), cause="test") for _ in range(10)]
    known = {
        "orders": [mirror.id for mirror in mip.orders.values()],
        "shipments": list(mip.shipments),
        "channels": [channel.id for channel in mip.channels.values()],
        "webhooks": [webhook.id for webhook in webhooks if webhook],
        "marketplace_order_id": numbers,
    }
    with running_server(market) as url:
        schema = schemathesis.openapi.from_url(f"{url}/mip/v1/openapi.json")
        schema.config.update(base_url=f"{url}/mip")  # it takes a relative server for the root
        yield Api(schema, {"authorization": f"Bearer {mip.api_key}"}, known)


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, mode) for name in ENDPOINTS for mode in GenerationMode if (name, mode) != (OPEN, GenerationMode.NEGATIVE)],
)
def test_what_is_answered_is_what_the_description_says(api: Api, name: str, mode: GenerationMode) -> None:
    method, _, path = name.partition(" ")
    operation = api.schema[path][method]

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), pick=st.integers(0, 2**16))
    def check(case: Case[Any], known: bool, pick: int) -> None:
        if known:
            for parameter in case.path_parameters:
                values = api.known[parameter if parameter in api.known else path.split("/")[2]]
                if parameter == "channel":
                    values = api.known["channels"]
                case.path_parameters[parameter] = values[pick % len(values)]
        response = case.call(headers=api.headers)
        case.validate_response(response, checks=TRUE, headers=api.headers)

    check()


def test_the_description_has_every_route_and_needs_no_key(market: Market, ask: Ask) -> None:
    status, shown = ask(OPEN, token="")
    assert (status, shown) == (200, described())
    assert {f"{method.upper()} {path}" for path, calls in shown["paths"].items() for method in calls} == {*ROUTES.names}
    assert ask("GET /v1/orders", token="")[0] == 401


def test_what_a_busy_market_shows_fits_the_models(ask_of: Callable[[Market], Ask]) -> None:
    """Random calls rarely get this far: orders in every state, their shipments, supplier orders and events."""
    house = Warehouse(out_of_stock_share=0.2, no_carrier_share=0.2)
    market = Market(seed=5, settings=Settings(warehouse=house), history_days=9)
    market.advance(hours=17)  # the carrier has called on this Monday, and the cut-off is over
    ask = ask_of(market)
    shown = {name: Counter[str]() for name in ("status", "type")}

    def show(name: str, **query: object) -> Any:
        method, _, path = name.partition(" ")
        route, _ = ROUTES.find(Request(method, path))
        status, body = ask(name, **query)
        model = getattr(answers, ENDPOINTS[route.name].shows)
        assert status == ENDPOINTS[route.name].status
        model.model_validate(body)
        return body

    for order in [it for status in MipStatus for it in show("GET /v1/orders", limit=200, status=status)["data"]]:
        shown["status"][order["status"]] += 1
        show(f"GET /v1/orders/{order['id']}/shipments")
        show(f"GET /v1/orders/{order['id']}/supplier-orders")
    for event in show("GET /v1/events", limit=200)["data"]:
        shown["type"][event["type"]] += 1
    show("GET /v1/wallet", limit=200)
    show("GET /v1/channels")
    show("GET /v1/channels/aliexpress-shop-1/sync-status")
    assert set(shown["status"]) >= set(MipStatus) - {"canceled", "tracking_pending"}
    assert {"order.imported", "order.pending_review"} <= set(shown["type"])

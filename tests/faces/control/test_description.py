"""The control plane's description is true: what it says can be asked is taken, and what is answered is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from fakemarket.doors.server import running_server
from fakemarket.faces.control import lobby
from fakemarket.faces.control.description import described
from fakemarket.faces.control.endpoints import ENDPOINTS
from fakemarket.faces.control.face import ROUTES
from fakemarket.faces.endpoint import Endpoint
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings

TRUE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
ALL: dict[str, Endpoint[Any]] = {**ENDPOINTS, **lobby.ENDPOINTS}
KNOWN_APPS = ("own", "mip")


@pytest.fixture(scope="module")
def market() -> Market:
    """Few orders, so that whole years pass quickly."""
    return Market(seed=5, settings=Settings(demand=Demand(orders_per_day=2)), history_days=9, orders_until_at=0)


@pytest.fixture(scope="module")
def schema(market: Market) -> Iterator[Any]:
    with running_server(market) as url:
        schema = schemathesis.openapi.from_url(f"{url}/_redclock/openapi.json")
        schema.config.update(base_url=f"{url}/_redclock")  # it takes a relative server for the root
        yield schema


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        (name, mode)
        for name, endpoint in ALL.items()
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or endpoint.query or endpoint.body
    ],
)
def test_what_is_answered_is_what_the_description_says(
    market: Market, schema: Any, name: str, mode: GenerationMode
) -> None:
    method, _, path = name.partition(" ")
    operation = schema[path][method]

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), pick=st.integers(0, 2**16))
    def check(case: Case[Any], known: bool, pick: int) -> None:
        if len(market.orders()) < 4:
            market.place(pays=True)
        if known:
            orders = market.orders()
            there_are = {
                "id": str(orders[pick % len(orders)].id),
                "app": KNOWN_APPS[pick % 2],
                "number": "0",
                "name": "main",
            }
            for parameter in case.path_parameters:
                case.path_parameters[parameter] = there_are[parameter]
        market.timeline.set_rate(0)
        market.advance(seconds=0)
        digest = market.ledger.digest()
        response = case.call()
        case.validate_response(response, checks=TRUE)
        if response.status_code >= 400:
            assert market.ledger.digest() == digest

    check()


def test_the_description_has_every_route() -> None:
    shown = described()
    assert {f"{method.upper()} {path}" for path, calls in shown["paths"].items() for method in calls} == {
        *ROUTES.names,
        *lobby.ROUTES.names,
    }

"""Whatever is sent, the gateway answers, and a call that it refuses has changed nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.faces.aliexpress.methods import OPEN_METHODS, SELLER_METHODS
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Demand, Settings

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

EXAMPLES = 2_000


def each(names: tuple[str, ...], values: list[Any]) -> dict[str, list[Any]]:
    return dict.fromkeys(names, values)


# Each argument with something that could be meant by it; `order` and `line` stand for a real one of the market.
PLAUSIBLE: dict[str, list[Any]] = {
    **each(("order_id", "out_ref", "trade_order_id", "orderId", "order_no", "issue_id"), ["order", "line", 1]),
    **each(("parent_order_ids", "order_ids", "child_order_ids"), [["order"], [], ["line", "order"]]),
    **each(("current_page", "page"), [1, "2", 10**18, 0]),
    "page_size": [50, "1", 51],
    "order_status": [*Status, "finish"],
    "order_status_list": [["IN_CANCEL", "FINISH"], ["FINISH"] * 21],
    **each(
        ("create_date_start", "create_date_end", "modified_date_start", "modified_date_end"),
        ["2026-03-08 02:30:00", "2026-03-20", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-02-30 00:00:00"],
    ),
    **each(("start_valid_date", "end_order_complete_date"), ["2026-03-08 02:30:00", "9999-12-31 23:59:59"]),
    "buyer_login_id": ["es1"],
    "issue_status": ["processing", "finish", "open"],
    "send_type": ["all", "part", "ALL"],
    **each(("service_name", "old_service_name", "new_service_name"), ["CORREOS_ES", "OTHER_ES_LOCAL", "X"]),
    **each(("logistics_no", "old_logistics_no", "new_logistics_no"), ["PQ000000001ES", "PQ000000002ES", "LX1"]),
    **each(("tracking_website", "description", "feedback_content", "memo"), ["https://carrier.example", ""]),
    "sub_trade_order_index": [1, "1", 9],
    "shipment_list": [[{"logistics_no": "PQ000000003ES", "service_name": "CORREOS_ES"}], []],
    "sub_trade_order_list": [
        [{"sub_trade_order_index": 1, "send_type": "part", "shipment_list": [{"logistics_no": "x"}]}]
    ],
    "score": [1, 5, 6],
    "buyer_product_ratings": [[5], "5"],
    "product_id": [1],
    "oaid": ["x"],
    **each(("origin", "to_area"), ["ESP"]),
    **each(("code", "refresh_token"), ["0_x"]),
}
STRUCTURED = {
    "aliexpress.solution.order.get": "param0",
    "aliexpress.trade.seller.orderlist.get": "param_aeop_order_query",
    "aliexpress.issue.issuelist.get": "query_dto",
    "aliexpress.appraise.redefining.querysellerevaluationorderlist": "query_d_t_o",
    "aliexpress.evaluation.listorderevaluation.get": "trade_evaluation_request",
    "aliexpress.trade.seller.order.acceptcancel": "param_order_cancel_request",
    "aliexpress.trade.seller.order.refusecancel": "param_order_cancel_request",
}
PLAIN = ("aliexpress.logistics", "aliexpress.solution.order.fulfill", "aliexpress.issue.detail", "taobao")
SYSTEM = {"format": ["xml", "json", "yaml"], "simplify": ["true", "false"], "v": ["1.0"], "timestamp": ["0"]}

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PLAUSIBLE]), inner, max_size=3),
    max_leaves=4,
)
argument = st.sampled_from([*PLAUSIBLE]).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(PLAUSIBLE[name]) | anything)
)
arguments = st.lists(argument, max_size=7).map(dict)
system = st.sampled_from([{}, {}, {}, *({name: value} for name, values in SYSTEM.items() for value in values)])


@pytest.fixture(scope="module")
def busy() -> Market:
    """A market with orders in most statuses; the examples change it."""
    market = Market(seed=5, settings=Settings(sellers=("shop-1", "shop-2"), demand=Demand(orders_per_day=4)))
    market.advance(days=12)
    for order in market.orders(Status.WAIT_SELLER_SEND_GOODS)[:2]:
        market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    for order in market.orders(Status.WAIT_BUYER_ACCEPT_GOODS)[:2]:
        market.world.move(order, Move.OPEN_DISPUTE, "buyer")
    return market


def state_of(market: Market) -> Any:
    """Everything that a call could change, but the note that a shipment was refused."""
    told = [event for event in market.ledger if event.what != "declare_refused"]
    orders = [
        (it.id, it.status, it.modified_at, tuple(it.declarations), it.revisions, it.seller_stars)
        for it in market.orders()
    ]
    return len(told), told[-1], orders


def made_real(value: Any, market: Market, pick: int) -> Any:
    """With the market's own order in place of the word for it."""
    orders = market.orders(seller="shop-1")
    order = orders[pick % len(orders)]
    match value:
        case "order":
            return order.id
        case "line":
            return order.lines[0].child_id
        case list():
            return [made_real(each, market, pick) for each in value]
        case dict():
            return {name: made_real(inner, market, pick) for name, inner in value.items()}
        case _:
            return value


def is_refused(content: Any) -> bool:
    """Whether an answer, JSON or read from XML, says no."""
    said = json.dumps(content)
    return any(word in said for word in ('"error_response"', '"success": false', '"result_success": false'))


@settings(max_examples=EXAMPLES)
@given(
    method=st.sampled_from([*SELLER_METHODS, *OPEN_METHODS]),
    entrance=st.sampled_from(["/router/rest", "/sync"]),
    asked=arguments,
    wrapped=st.sampled_from([True, True, True, False]),
    around=system,
    pick=st.integers(0, 100),
)
def test_no_argument_breaks_the_gateway_and_no_refused_call_changes_the_market(
    busy: Market,
    client_of: MakeClient,
    method: str,
    entrance: str,
    asked: dict[str, Any],
    wrapped: bool,
    around: dict[str, str],
    pick: int,
) -> None:
    client: Client = client_of(busy, entrance=entrance)
    if wrapped and not method.startswith(PLAIN):
        asked = {STRUCTURED.get(method, "param1"): asked}
    before = state_of(busy)
    response = client.answer(client.request(method, **{**made_real(asked, busy, pick), **around}))
    assert response.status == 200
    if response.headers["content-type"].startswith("text/xml"):
        root = ET.fromstring(response.body)
        assert root.findtext("request_id")
        refused = root.tag == "error_response" or b"success>false<" in response.body
    else:
        body = json.loads(response.body)
        assert "request_id" in (body if "request_id" in body else next(iter(body.values())))
        refused = is_refused(body)
    if refused:
        assert state_of(busy) == before

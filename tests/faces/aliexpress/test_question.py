"""A question is known by its words, and what is said anew each time is told apart from it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.faces.aliexpress.conftest import Client, MakeClient

from fakemarket.call import Request
from fakemarket.faces.aliexpress.methods import SELLER_METHODS
from fakemarket.faces.aliexpress.parameters import text_of
from fakemarket.faces.aliexpress.question import Questions
from fakemarket.faces.aliexpress.signature import signed_text
from fakemarket.market import Market
from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings, Wire

LIST = "aliexpress.solution.order.get"
PAGE = {"current_page": 1, "page_size": 50}
ORDER = {"order_id": "order"}
NUMBER = {"service_name": "CORREOS_ES", "logistics_no": "PQ000000001ES"}
LINES = {
    "trade_order_id": "order",
    "sub_trade_order_list": [{"sub_trade_order_index": 1, "send_type": "all", "shipment_list": [NUMBER]}],
}
ASKED: dict[str, dict[str, Any]] = {
    LIST: {"param0": PAGE},
    "aliexpress.trade.seller.orderlist.get": {"param_aeop_order_query": PAGE},
    "aliexpress.trade.redefining.findorderlistsimplequery": {"param1": {"page": 1, "page_size": 50}},
    "aliexpress.solution.order.info.get": {"param1": ORDER},
    "aliexpress.trade.new.redefining.findorderbyid": {"param1": ORDER},
    "aliexpress.solution.order.receiptinfo.get": {"param1": ORDER},
    "aliexpress.trade.seller.order.decrypt": {"orderId": "order", "oaid": "x"},
    "aliexpress.logistics.redefining.listlogisticsservice": {},
    "aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany": {},
    "aliexpress.freight.redefining.listfreighttemplate": {},
    "aliexpress.solution.order.fulfill": {"out_ref": "order", "send_type": "all", **NUMBER},
    "aliexpress.logistics.sellershipmentfortop": {"out_ref": "order", "send_type": "all", **NUMBER},
    "aliexpress.logistics.sellermodifiedshipmentfortop": {
        "out_ref": "order",
        "send_type": "all",
        **{f"{age}_{name}": value for age in ("old", "new") for name, value in NUMBER.items()},
    },
    "aliexpress.logistics.sellershipmentsupportsubtradeorder": LINES,
    "aliexpress.logistics.order.shipment": {"param_aeop_seller_shipment_sub_trade_order_request": LINES},
    "aliexpress.logistics.querysellershipmentinfo": {"trade_order_id": "order"},
    "aliexpress.logistics.redefining.querytrackingresult": {
        "out_ref": "order",
        "origin": "ESP",
        "to_area": "ESP",
        **NUMBER,
    },
    "aliexpress.trade.seller.order.acceptcancel": {"param_order_cancel_request": ORDER},
    "aliexpress.trade.seller.order.refusecancel": {"param_order_cancel_request": ORDER},
    "aliexpress.trade.redefining.extendsbuyeracceptgoodstime": {"param0": "order", "param1": "3"},
    "aliexpress.issue.issuelist.get": {"query_dto": PAGE},
    "aliexpress.issue.detail.get": {"issue_id": "1", "buyer_login_id": "x"},
    "aliexpress.appraise.redefining.querysellerevaluationorderlist": {"query_d_t_o": PAGE},
    "aliexpress.appraise.redefining.savesellerfeedback": {"param1": {**ORDER, "score": 5}},
    "aliexpress.evaluation.listorderevaluation.get": {"trade_evaluation_request": {"parent_order_ids": ["order"]}},
    "aliexpress.solution.merchant.profile.get": {},
}
"""Each method with arguments that it takes; "order" stands for an order of the market."""
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.sampled_from(["a", "session", "sign", "sign_method", "timestamp", "timestamps", "v"])
ODD_NAMES = st.sampled_from(["", "a", "sign", "%73ign", "timestamp", "times%74amp", "sign_method", "="])
ODD_VALUES = st.text(alphabet="ab=+%2 ñ", max_size=6)


def said(query: str, body: str = "") -> tuple[dict[str, str], str]:
    """The parameters of a request as its question has them, and what is signed of it."""
    text = text_of(Request("POST", "/sync", query, {}, body.encode()))
    question, timestamp, sign = Questions().read("/sync", text)
    return {**question.parameters, "timestamp": timestamp, "sign": sign}, question.signed_text(timestamp)


@given(st.dictionaries(NAMES | WORDS, WORDS))
def test_what_is_signed_is_what_all_parameters_together_say(parameters: dict[str, str]) -> None:
    parameters["timestamp"] = parameters.get("timestamp") or "1"
    read, signed = said(urlencode(parameters))
    assert read == {"sign": "", **dict(parse_qsl(urlencode(parameters), keep_blank_values=True))}
    assert signed == signed_text(parameters)


@given(st.lists(st.tuples(ODD_NAMES, ODD_VALUES)), st.lists(st.tuples(ODD_NAMES, ODD_VALUES)))
@example([("timestamp", "1"), ("times%74amp", "2")], [])
@example([("times%74amp", "2"), ("timestamp", "1")], [])
@example([("timestamp", "1"), ("timestamp", "2")], [("timestamp", "3"), ("sign", "%41+")])
def test_of_a_name_given_twice_the_last_counts_however_it_is_written(
    query: list[tuple[str, str]], body: list[tuple[str, str]]
) -> None:
    first, second = ("&".join("=".join(each) for each in part) for part in (query, body))
    expected = dict(parse_qsl(f"{first}&{second}", keep_blank_values=True))
    assert said(first, second)[0] == {"timestamp": "", "sign": "", **expected}


def test_only_the_time_and_the_sign_make_no_other_question() -> None:
    questions = Questions()
    first = questions.read("/sync", "&method=m&timestamp=1&page=1&sign=A").question
    assert questions.read("/sync", "&sign=B&method=m&page=1&timestamp=2").question is first
    assert questions.read("/sync", "&method=m&timestamp=1&page=2&sign=A").question is not first
    assert questions.read("/router/rest", "&method=m&timestamp=1&page=1&sign=A").question is not first


def test_a_question_is_answered_by_what_is_so_now(quiet: Market, client_of: MakeClient) -> None:
    shop = client_of(quiet)
    assert shop.orders()["total_count"] == 0
    quiet.place(pays=False)
    assert shop.orders()["total_count"] == 1


def test_a_question_that_is_known_still_needs_a_fresh_time_and_a_true_sign(shop: Client) -> None:
    shop.orders()
    arguments = {"param0": {"current_page": 1, "page_size": 50}}
    assert shop.error(LIST, {"sign": "A" * 32}, **arguments)["code"] == 25
    stale = str((shop.market.now() - 601) * 1000)
    assert shop.error(LIST, **arguments, timestamp=stale)["code"] == 31


def test_a_question_that_was_refused_is_refused_again(shop: Client) -> None:
    for _ in range(2):
        assert shop.error(LIST, param0={"current_page": 1, "page_size": 0})["code"] == 41


def test_a_question_with_a_dead_session_is_refused_though_it_was_answered(quiet: Market, client_of: MakeClient) -> None:
    shop = client_of(quiet)
    shop.orders()
    quiet.world.tokens.revoke("own", quiet.settings.sellers[0], cause="test")
    assert shop.error(LIST, param0={"current_page": 1, "page_size": 50})["code"] == 27


@pytest.fixture(scope="module")
def busy() -> Market:
    """A market older than the longest range of its lists, with orders that move every day."""
    demand, wire = Demand(orders_per_day=10), Wire(list_range_days=10, finished_range_days=10)
    return Market(seed=5, settings=Settings(demand=demand, wire=wire), history_days=25)


@pytest.mark.parametrize("status", [Status.WAIT_SELLER_SEND_GOODS, Status.FINISH])
@pytest.mark.parametrize("method", SELLER_METHODS)
def test_a_question_asked_later_is_answered_as_if_it_had_never_been_asked(
    busy: Market, client_of: MakeClient, method: str, status: Status
) -> None:
    number = str(busy.orders(status)[-1].id)

    def answer(market: Market) -> dict[str, Any]:
        arguments = json.loads(json.dumps(ASKED[method]).replace('"order"', f'"{number}"'))
        return client_of(market).whole(method, **arguments)

    market = busy.fork()
    first = answer(market)
    assert first.get("error_response", {}).get("code") in (None, 15), "it asks for nothing that could be answered"
    market.advance(days=2)
    unheard = market.fork()
    assert answer(market) == answer(unheard)

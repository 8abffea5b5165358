"""What a seller says beside shipping: cancellations, more time, disputes, ratings, the shop itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import pytest

from fakemarket.market import Market
from fakemarket.rules.status import EndReason, Move, Status
from fakemarket.settings import Countdown, Demand, Settings, Wire
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

ACCEPT, REFUSE = "aliexpress.trade.seller.order.acceptcancel", "aliexpress.trade.seller.order.refusecancel"
EXTEND = "aliexpress.trade.redefining.extendsbuyeracceptgoodstime"
ISSUES, ISSUE = "aliexpress.issue.issuelist.get", "aliexpress.issue.detail.get"
TO_RATE = "aliexpress.appraise.redefining.querysellerevaluationorderlist"
RATE = "aliexpress.appraise.redefining.savesellerfeedback"
RATINGS = "aliexpress.evaluation.listorderevaluation.get"
TEMPLATES = "aliexpress.freight.redefining.listfreighttemplate"
RECEIPT = "aliexpress.solution.order.receiptinfo.get"
DECRYPT = "aliexpress.trade.seller.order.decrypt"
FIRST_PAGE = {"current_page": 1, "page_size": 50}
DAY = 86_400


def sent(own: Client, ready: Callable[..., Order]) -> Order:
    order = ready(own.market)
    own.market.world.declare(order, carrier="CORREOS_ES", number="PQ000000001ES", whole=True, cause="test")
    return order


def received(own: Client, ready: Callable[..., Order]) -> Order:
    order = sent(own, ready)
    own.market.world.move(order, Move.CONFIRM_RECEIPT, "buyer")
    own.market.advance(days=2)
    assert order.status is Status.FINISH
    return order


@pytest.mark.parametrize(("method", "status"), [(ACCEPT, Status.FINISH), (REFUSE, Status.WAIT_SELLER_SEND_GOODS)])
def test_a_cancellation_is_answered_once(
    own: Client, ready: Callable[..., Order], unchanged: Any, method: str, status: Status
) -> None:
    order = ready(own.market)
    own.market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    login = own.market.world.people.buyer(order).login
    request = {"order_id": order.id, "buyer_login_id": login}
    assert own.call(method, param_order_cancel_request=request)["result"] == {"success": True, "target": True}
    assert order.status is status
    assert order.end_reason is (EndReason.CANCEL_ORDER_CLOSE_TRADE if method == ACCEPT else None)
    with unchanged(own.market):
        again = own.call(method, param_order_cancel_request=request)["result"]
    assert (again["success"], again["error_code"]) == (False, "F00-00-10001-902")


def test_the_buyers_time_is_extended_and_the_order_confirmed_at_its_new_end(
    own: Client, ready: Callable[..., Order]
) -> None:
    order = sent(own, ready)
    assert order.sent_at is not None
    before = own.orders()["target_list"]["order_dto"][0]["timeout_left_time"]
    assert own.call(EXTEND, param0=str(order.id), param1="10") == {"is_success": True, "request_id": ANY}
    after = own.orders()["target_list"]["order_dto"][0]["timeout_left_time"]
    assert after - before == 10 * DAY * 1000
    own.market.advance_to(order.sent_at + 100 * DAY - 1)
    assert order.received_at is None
    own.market.advance(seconds=1)
    assert order.received_at == order.sent_at + 100 * DAY


def test_extensions_have_a_limit_in_all(own: Client, ready: Callable[..., Order], unchanged: Any) -> None:
    order = sent(own, ready)
    assert own.call(EXTEND, param0=str(order.id), param1="59")["is_success"] is True
    with unchanged(own.market):
        refused = own.call(EXTEND, param0=str(order.id), param1="2")
    assert (refused["is_success"], refused["sub_error_code"]) == (False, 201)
    assert "may have 60 in all" in refused["memo"]
    assert own.call(EXTEND, param0=str(order.id), param1="1")["is_success"] is True
    waits = ready(own.market)
    with unchanged(own.market):
        assert own.call(EXTEND, param0=str(waits.id), param1="1")["sub_error_code"] == 210


def test_a_dispute_is_listed_while_open_and_then_only_if_asked_for(own: Client, ready: Callable[..., Order]) -> None:
    order = sent(own, ready)
    world = own.market.world
    world.move(order, Move.OPEN_DISPUTE, "buyer")
    (row,) = own.call(ISSUES, query_dto=FIRST_PAGE)["data_list"]["issue_api_issue_dto"]
    assert (row["parent_order_id"], row["order_id"]) == (order.id, order.lines[0].child_id)
    asked = {"issue_id": str(row["issue_id"]), "buyer_login_id": row["buyer_login_id"]}
    assert own.call(ISSUE, **asked)["result_object"]["issue_status"] == "processing"
    own.market.advance(hours=1)
    world.move(order, Move.REFUND_DISPUTE, "buyer")
    assert own.call(ISSUES, query_dto=FIRST_PAGE)["data_list"] == {}
    ended = own.call(ISSUES, query_dto={**FIRST_PAGE, "issue_status": "finish", "order_no": order.lines[0].child_id})
    assert ended["total_item"] == 1
    detail = own.call(ISSUE, **asked)["result_object"]
    assert detail["id"] == row["issue_id"]
    assert (detail["order_id"], detail["parent_order_id"]) == (order.lines[0].child_id, order.id)
    assert detail["issue_reason"] == row["reason_english"]
    most = f"{order.total_cents // 100}.{order.total_cents % 100:02d}"
    assert (detail["refund_money_max"], detail["refund_money_max_currency"]) == (most, "EUR")
    assert own.error(ISSUE, issue_id="1", buyer_login_id="x")["sub_code"] == "isv.issue-not-found"
    assert own.error(ISSUES, query_dto={**FIRST_PAGE, "issue_status": "open"})["code"] == 41


def test_every_dispute_of_the_ledger_can_be_listed_by_its_own_seller_alone(
    standing: Market, client_of: MakeClient
) -> None:
    listed = []
    for seller in ("shop-1", "shop-2"):
        for status in ("processing", "finish"):
            asked = {**FIRST_PAGE, "issue_status": status}
            answer = client_of(standing, seller=seller).call(ISSUES, query_dto=asked)
            rows = answer["data_list"].get("issue_api_issue_dto", [])
            assert {standing.order(row["parent_order_id"]).seller for row in rows} <= {seller}
            listed += [row["parent_order_id"] for row in rows]
    assert sorted(listed) == sorted(event.order or 0 for event in standing.ledger.named("open_dispute"))
    assert listed


def test_an_ended_order_is_rated_once_and_in_time(own: Client, ready: Callable[..., Order], unchanged: Any) -> None:
    first, second = received(own, ready), received(own, ready)

    def waiting(**query: Any) -> list[int]:
        result = own.call(TO_RATE, query_d_t_o={**FIRST_PAGE, **query})["result"]
        numbers = [json.loads(text)["orderId"] for text in result["result_list"].get("json", ())]
        assert (result["is_success"], result["total_item"]) == (True, len(numbers))
        return numbers

    assert waiting() == [second.id, first.id]
    assert waiting(order_ids=str(first.id), child_order_ids="1,2", seller_feedback_status="all") == [first.id]
    for both in (f"{first.id},{second.id}", f"{first.id}, {second.id},", [first.id, str(second.id)]):
        assert waiting(order_ids=both) == [second.id, first.id]
    assert own.error(TO_RATE, query_d_t_o={**FIRST_PAGE, "order_ids": "1,x"})["sub_code"].endswith(":order_ids")
    rating = {"order_id": first.id, "score": 4, "feedback_content": "Good"}
    more = {"anonymous": False, "buyer_ali_id": 1, "seller_ali_id": 2, "image_urls": ["x"]}
    assert own.call(RATE, param1={**rating, **more})["is_success"] is True
    with unchanged(own.market):
        again = own.call(RATE, param1=rating)
    assert (again["is_success"], again["sub_error_code"]) == (False, 912)
    assert "was rated" in again["error_message"]
    assert waiting() == [second.id]
    rows = own.call(RATINGS, trade_evaluation_request={"parent_order_ids": [first.id]})["target_list"]
    assert rows["trade_evaluation_open_dto"][0]["seller_evaluation"] == "4"
    assert second.ended_at is not None
    own.market.advance_to(second.ended_at + 30 * DAY)
    own.market.world.tokens.authorise("own", "shop-1", cause="test")
    own.credentials = own.market.credentials()
    with unchanged(own.market):
        late = own.call(RATE, param1={**rating, "order_id": second.id})
    assert late["sub_error_code"] == 911


@pytest.mark.parametrize("score", [0, 6, "x", 4.5])
def test_a_score_is_one_to_five(own: Client, ready: Callable[..., Order], score: Any) -> None:
    order = received(own, ready)
    assert own.error(RATE, param1={"order_id": order.id, "score": score})["code"] == 41


def test_ratings_can_be_asked_for_by_stars_product_and_dates(own: Client, ready: Callable[..., Order]) -> None:
    order = received(own, ready)
    order.buyer_feedback_at = own.market.now()
    (row,) = own.call(RATINGS, trade_evaluation_request={})["target_list"]["trade_evaluation_open_dto"]
    stars, article, ended = int(row["buyer_evaluation"]), row["product_id"], row["gmt_order_complete"]
    for query, found in (
        ({"buyer_product_ratings": [stars]}, True),
        ({"buyer_product_ratings": [stars % 5 + 1]}, False),
        ({"product_id": article}, True),
        ({"product_id": article + 1}, False),
        ({"start_order_complete_date": ended, "end_order_complete_date": ended}, True),
        ({"end_valid_date": ended}, False),
    ):
        rows = own.call(RATINGS, trade_evaluation_request=query)["target_list"]
        assert bool(rows) is found, query
    assert own.error(RATINGS, trade_evaluation_request={"parent_order_ids": list(range(1, 52))})["code"] == 41


def test_the_default_template_decides_the_countdown_of_new_orders_alone(
    own: Client, ready: Callable[..., Order]
) -> None:
    old = ready(own.market)
    rows = own.call(TEMPLATES)["aeop_freight_template_d_t_o_list"]["aeopfreighttemplatedtolist"]
    assert [row["is_default"] for row in rows] == [True, False, False]
    templates = own.market.world.templates
    assert templates.choose_default("shop-1", rows[1]["template_id"], cause="test") is None
    rows = own.call(TEMPLATES)["aeop_freight_template_d_t_o_list"]["aeopfreighttemplatedtolist"]
    assert [row["is_default"] for row in rows] == [False, True, False]
    new = ready(own.market)
    assert (old.preparation_days, new.preparation_days) == (5, 3)
    assert old.ship_by_at is not None
    assert new.ship_by_at is not None
    assert old.ship_by_at - new.ship_by_at == 2 * DAY
    with pytest.raises(LookupError, match="shop-1 has no delivery template 7"):
        templates.choose_default("shop-1", 7, cause="test")
    over = templates.choose_default("shop-1", rows[2]["template_id"], cause="test")
    assert over is not None
    assert [over] == templates.warnings("shop-1")


def test_a_market_may_have_one_template_only() -> None:
    settings = Settings(countdown=Countdown(other_template_days=()))
    assert len(Market(settings=settings).world.templates.of("shop-1")) == 1


def test_the_shop_has_a_profile_and_carriers_of_its_own_country(shop: Client) -> None:
    assert shop.call("aliexpress.solution.merchant.profile.get")["shop_id"] > 0
    companies = shop.call("aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany")["result_list"]
    assert {"GLS", "SEUR"} <= {it["name"] for it in companies["result"]}


def test_masked_buyers_are_shown_to_those_who_have_the_word(client_of: MakeClient, ready: Callable[..., Order]) -> None:
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), wire=Wire(masks_buyers=True)))
    order = ready(market)
    client = client_of(market)
    buyer = market.world.people.buyer(order)
    address = client.call(RECEIPT, param1={"order_id": order.id})["result"]
    row = client.orders()["target_list"]["order_dto"][0]
    detail = client.call("aliexpress.solution.order.info.get", param1={"order_id": order.id})["result"]["data"]
    for said in (address, row, detail):
        assert not any(secret in str(said) for secret in (buyer.name, buyer.street, buyer.phone))
    assert address["city"] == buyer.city
    decrypted = client.call(DECRYPT, orderId=str(order.id), oaid=detail["oaid"])
    shown = decrypted["result_obj"]
    assert decrypted["result_code"] == 200
    assert (shown["contact_person"], shown["detail_address"]) == (buyer.name, buyer.street)
    assert (shown["mobile_no"], shown["first_name"]) == (buyer.phone, buyer.first_name)
    refused = client.call(DECRYPT, orderId=str(order.id), oaid="x")
    assert (refused["result_code"], "result_obj" in refused) == (913, False)
    assert "oaid" in refused["result_info"]


def test_nothing_is_masked_unless_the_market_says_so(own: Client, ready: Callable[..., Order]) -> None:
    order = ready(own.market)
    detail = own.call("aliexpress.solution.order.info.get", param1={"order_id": order.id})["result"]["data"]
    assert "oaid" not in detail
    assert "*" not in str(detail["receipt_address"])


def test_another_sellers_order_is_not_there_for_any_call(
    standing: Market, client_of: MakeClient, unchanged: Any
) -> None:
    client = client_of(standing, seller="shop-1")
    order = standing.orders(Status.WAIT_BUYER_ACCEPT_GOODS, seller="shop-2")[0]
    cancelled = standing.orders(seller="shop-2")[0]
    with unchanged(standing):
        codes = [
            client.call(EXTEND, param0=str(order.id), param1="1")["sub_error_code"],
            client.call(ACCEPT, param_order_cancel_request={"order_id": cancelled.id})["result"]["error_code"],
            client.call(RATE, param1={"order_id": order.id, "score": 5})["sub_error_code"],
            client.call(DECRYPT, orderId=str(order.id), oaid="x")["result_code"],
            client.call("aliexpress.logistics.querysellershipmentinfo", trade_order_id=str(order.id))[
                "result_error_code"
            ],
        ]
    assert codes == [100, "F00-00-10001-901", 901, 901, "F00-00-10001-901"]


def test_consent_may_be_any_sellers(standing: Market, client_of: MakeClient) -> None:
    market = Market(seed=5, settings=replace(standing.settings, demand=Demand(orders_per_day=0)))
    client = client_of(market, entrance="/rest", sign_method="sha256")
    asked = f"response_type=code&client_id={client.credentials.app_key}&redirect_uri=https://app.example/callback"

    def consent(query: str) -> str:
        from fakemarket.call import Request

        response = client.answer(Request("GET", "/oauth/authorize", query))
        return response.headers.get("location", "").rpartition("code=")[2]

    for query, seller in ((asked, "shop-1"), (f"{asked}&seller=shop-2", "shop-2")):
        assert client.whole("/auth/token/create", code=consent(query))["account"] == seller
    assert consent(f"{asked}&seller=shop-3") == ""

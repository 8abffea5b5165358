"""What each kind of fault does."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import orjson
import pytest

from fakemarket.call import Delivery, Request
from fakemarket.faults import (
    Aim,
    BadFault,
    ClockSkew,
    Down,
    ExpiryLies,
    FailsInside,
    Garbage,
    Latency,
    LateVisibility,
    MissingFromList,
    PageDrift,
    QuotaGone,
    RateLimited,
    RefreshRace,
    Reset,
    Timeout,
)
from fakemarket.faults.refusing import beijing_midnight_after
from fakemarket.market import MONDAY
from fakemarket.rules.status import Status
from fakemarket.world.order import Order

Work = Callable[..., Order]
Open = Callable[..., Any]

DAY = 86_400
LIST, INFO = "aliexpress.solution.order.get", "aliexpress.solution.order.info.get"
SHORT = "aliexpress.trade.redefining.findorderlistsimplequery"
FULFILL, FOR_TOP = "aliexpress.solution.order.fulfill", "aliexpress.logistics.sellershipmentfortop"
REFRESH = "taobao.top.auth.token.refresh"
FIRST_PAGE = {"current_page": 1, "page_size": 10}


def ship(caller: Any, order: Order, **words: str) -> Any:
    """A declaration that is taken."""
    parcel = {"service_name": "CORREOS_ES", "logistics_no": "PQ123456789ES"}
    return caller.ae(FULFILL, out_ref=str(order.id), send_type="all", **parcel, **words)


@pytest.mark.parametrize(("early_seconds", "in_time"), [(31, True), (30, False), (29, False)])
def test_a_call_that_waits_lets_time_pass_and_can_come_too_late(
    early_seconds: int, in_time: bool, opened: Open, work: Work
) -> None:
    caller = opened(Latency(Aim(INFO), seconds=30))
    market, order = caller.market, work(caller.market)
    assert order.ship_by_at is not None
    market.advance_to(order.ship_by_at - early_seconds)
    caller.ae(INFO, param1={"order_id": order.id})
    assert market.now() == market.world.now == order.ship_by_at - early_seconds + 30
    assert (order.status is Status.WAIT_SELLER_SEND_GOODS) is in_time


def test_a_waiting_call_is_carried_out_at_the_end_of_its_wait(opened: Open, work: Work) -> None:
    caller = opened(Latency(Aim(LIST), seconds=90))
    order = caller.market.place(pays=True, attempts_seconds=(90,), pays_offline=False)
    assert caller.page()["target_list"]["order_dto"][0]["order_status"] == "PAYMENT_PROCESSING"
    assert order.paid_at == MONDAY + 90


def test_waits_add_up_and_go_with_other_faults(opened: Open) -> None:
    caller = opened(Latency(seconds=10), Down(Aim("GET /v1/channels")), Latency(seconds=5))
    assert caller.mip("GET /v1/channels").status == 503
    assert caller.market.now() == MONDAY + 15


def test_the_declaration_of_these_tests_is_taken(opened: Open, work: Work) -> None:
    caller = opened()
    order = work(caller.market)
    ship(caller, order)
    assert order.sent_at == caller.market.now()


@pytest.mark.parametrize(
    ("fault", "delivery"), [(Timeout(), Delivery.SILENT), (Reset(), Delivery.RESET)], ids=["timeout", "reset"]
)
def test_a_call_that_never_arrives_changes_nothing(fault: Any, delivery: Delivery, opened: Open, work: Work) -> None:
    caller = opened()
    order = work(caller.market)
    caller.market.faults.add(fault)
    assert ship(caller, order).delivery is delivery
    assert order.status is Status.WAIT_SELLER_SEND_GOODS
    assert [event.what for event in caller.market.ledger.of(order.id)][-1] == "fault"


def test_a_gateway_that_is_down_has_the_status_that_was_asked_for(opened: Open, work: Work) -> None:
    caller = opened(Down(Aim(FULFILL), status=502))
    order = work(caller.market)
    answer = ship(caller, order)
    assert (answer.status, answer.raw) == (502, b"<html><body>502 Bad Gateway</body></html>")
    assert order.sent_at is None


@pytest.mark.parametrize(("form", "kind"), [("json", "application/json"), ("xml", "text/xml")])
def test_garbage_is_nothing_readable_under_a_good_status(opened: Open, work: Work, form: str, kind: str) -> None:
    caller = opened(Garbage(Aim(FULFILL)))
    order = work(caller.market)
    answer = ship(caller, order, format=form)
    assert (answer.status, answer.headers["content-type"]) == (200, f"{kind};charset=utf-8")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(answer.raw)
    with pytest.raises(ET.ParseError):
        ET.fromstring(answer.raw)
    assert order.sent_at is None
    assert list(caller.market.journal)[-1].outcome == f"not {form.upper()}"


def test_a_ban_lasts_its_seconds_and_says_how_many_are_left(opened: Open) -> None:
    caller = opened(RateLimited(Aim(LIST, nth=1), ban_seconds=20))
    error = caller.ae(LIST, param0=FIRST_PAGE).body["error_response"]
    assert (error["code"], error["msg"]) == (7, "App Call Limited")
    assert error["sub_code"] == "accesscontrol.limited-by-app-api-access-count"
    assert error["sub_msg"] == "This ban will last for 20 more seconds"
    caller.market.advance(seconds=19)
    again = caller.ae(LIST, param0=FIRST_PAGE, entrance="/sync").body["error_response"]
    assert (again["type"], again["code"]) == ("ISV", "ApiCallLimit")
    assert again["msg"] == "Api access frequency exceeds the limit. this ban will last 1 seconds"
    caller.market.advance(seconds=1)
    assert caller.page()["success"] is True
    assert caller.market.faults.struck == {"fault:0": 2}


@pytest.mark.parametrize(("fault", "code", "seconds"), [(RateLimited, "rate_limited", 1), (QuotaGone, None, 16 * 3600)])
def test_the_integration_platform_says_429_and_when_to_come_back(
    fault: Any, code: str | None, seconds: int, opened: Open
) -> None:
    answer = opened(fault()).mip("GET /v1/channels")
    assert (answer.status, answer.headers["retry-after"]) == (429, str(seconds))
    assert answer.body["error"]["code"] == (code or "quota_exceeded")
    assert answer.body["error"]["retryable"] is True


@pytest.mark.parametrize(
    ("at", "midnight"),
    [
        (MONDAY, MONDAY + 16 * 3600),
        (MONDAY + 16 * 3600 - 1, MONDAY + 16 * 3600),
        (MONDAY + 16 * 3600, MONDAY + 40 * 3600),
    ],
)
def test_the_platform_s_day_ends_at_midnight_in_beijing(at: int, midnight: int) -> None:
    assert beijing_midnight_after(at) == midnight


def test_a_quota_that_is_gone_comes_back_at_midnight_in_beijing_and_not_before(opened: Open) -> None:
    caller = opened(QuotaGone(Aim(LIST, nth=2)))
    midnight = MONDAY + 16 * 3600
    assert caller.page()["success"] is True
    error = caller.ae(LIST, param0=FIRST_PAGE).body["error_response"]
    assert (error["code"], error["sub_code"]) == (7, "accesscontrol.limited-by-app-access-count")
    caller.market.advance_to(midnight - 1)
    assert caller.ae(LIST, param0=FIRST_PAGE).body["error_response"]["sub_msg"].endswith("for 1 more seconds")
    caller.market.advance_to(midnight)
    assert caller.page()["success"] is True


@pytest.mark.parametrize("method", [LIST, INFO, FULFILL, FOR_TOP])
def test_a_failure_inside_a_success_is_told_where_the_call_tells_it(method: str, opened: Open, work: Work) -> None:
    caller = opened(FailsInside(Aim(method)))
    order = work(caller.market)
    arguments = {"param0": FIRST_PAGE, "param1": {"order_id": order.id}}
    arguments |= {"out_ref": str(order.id), "send_type": "all", "service_name": "X", "logistics_no": "Y"}
    answer = caller.ae(method, **arguments)
    (inside,) = answer.body.values()
    result = inside.get("result", inside)
    assert answer.status == 200
    assert result["success" if method == LIST else "result_success"] is False
    assert result["result_error_code" if method == FOR_TOP else "error_code"].startswith("S00-10-")
    assert order.sent_at is None


FAULT, SAID = "S00-10-10000-901", "System exception, please try again later"
NUMBERED = {"is_success": False, "sub_error_code": 901}
BY_LINE = {
    "sub_trade_order_index": 1,
    "send_type": "all",
    "shipment_list": [{"service_name": "X", "logistics_no": "Y"}],
}
CHANGE = {"old_service_name": "X", "old_logistics_no": "X", "new_service_name": "X", "new_logistics_no": "X"}
TRACK = {"logistics_no": "X", "service_name": "X", "origin": "X", "to_area": "X"}


@pytest.mark.parametrize(
    ("method", "arguments", "said"),
    [
        (
            "trade.seller.order.acceptcancel",
            {"param_order_cancel_request": "order"},
            {"success": False, "target": False},
        ),
        (
            "trade.seller.order.refusecancel",
            {"param_order_cancel_request": "order"},
            {"success": False, "target": False},
        ),
        ("trade.seller.order.decrypt", {"orderId": "id", "oaid": "X"}, {"result_code": 901, "result_info": SAID}),
        ("trade.redefining.extendsbuyeracceptgoodstime", {"param0": "id", "param1": "1"}, {**NUMBERED, "memo": SAID}),
        (
            "logistics.sellermodifiedshipmentfortop",
            {"out_ref": "id", "send_type": "all", **CHANGE},
            {"result_success": False, "result_error_code": FAULT, "result_error_desc": SAID},
        ),
        (
            "logistics.sellershipmentsupportsubtradeorder",
            {"trade_order_id": "id", "sub_trade_order_list": [BY_LINE]},
            {"is_success": False, "code_of_error": FAULT, "error_msg": SAID},
        ),
        (
            "logistics.querysellershipmentinfo",
            {"trade_order_id": "1"},
            {"result_success": False, "result_error_code": FAULT, "error_msg": SAID},
        ),
        ("logistics.redefining.listlogisticsservice", {}, {"result_success": False, "error_desc": SAID}),
        ("logistics.redefining.qureywlbdomesticlogisticscompany", {}, {"result_success": False, "error_desc": SAID}),
        ("logistics.redefining.querytrackingresult", {"out_ref": "1", **TRACK}, {"error_desc": SAID}),
        ("freight.redefining.listfreighttemplate", {}, {"result_success": False, "result_error_desc": SAID}),
        (
            "appraise.redefining.querysellerevaluationorderlist",
            {"query_d_t_o": FIRST_PAGE},
            {"is_success": False, "error_code": 901, "error_message": SAID},
        ),
        ("appraise.redefining.savesellerfeedback", {"param1": "order"}, {**NUMBERED, "error_message": SAID}),
    ],
)
def test_a_failure_inside_is_told_in_the_fields_of_a_refusal(
    method: str, arguments: dict[str, Any], said: dict[str, Any], opened: Open, work: Work
) -> None:
    caller = opened()
    order = work(caller.market)
    rating = {"score": 5} if "savesellerfeedback" in method else {}
    meant = {"id": str(order.id), "order": {"order_id": order.id, **rating}}
    asked = {name: meant.get(it, it) if isinstance(it, str) else it for name, it in arguments.items()}

    def told() -> dict[str, Any]:
        (inside,) = caller.ae(f"aliexpress.{method}", **asked).body.values()
        result: dict[str, Any] = inside.get("result", inside)
        return result

    usual, before = told(), len(caller.market.ledger)
    caller.market.faults.add(FailsInside(Aim(f"aliexpress.{method}")))
    failed = told()
    assert failed | said == failed
    if any(it is False for it in usual.values()):  # what is asked is refused without a fault too
        assert failed.keys() == usual.keys()
    *_, entry = caller.market.journal
    assert entry.outcome in (FAULT, "901", "failed")
    assert [event.what for event in caller.market.ledger.since(before)] == ["fault"]


def test_a_call_without_a_success_flag_fails_as_the_gateway_s_service_does(opened: Open, work: Work) -> None:
    caller = opened(FailsInside())
    error = caller.ae("aliexpress.trade.new.redefining.findorderbyid", param1={"order_id": 1}).body["error_response"]
    assert (error["code"], error["sub_code"]) == (15, "isp.service-error")
    answer = caller.mip("GET /v1/orders")
    assert (answer.status, answer.body["error"]["code"]) == (200, "internal")


@pytest.mark.parametrize(
    ("fault", "total", "first"),
    [
        (MissingFromList(), 0, None),
        (LateVisibility(least_minutes=60, most_minutes=60), 0, None),
        (PageDrift(rows=1, count_off=5), 17, 2),
        (PageDrift(rows=-1), 12, 0),
    ],
)
def test_the_short_list_is_struck_like_the_long_ones(fault: Any, total: int, first: int | None, opened: Open) -> None:
    caller = opened(fault)
    placed = [caller.market.place(pays=False) for _ in range(12)]
    placed.reverse()
    answer = caller.ae(SHORT, param1={"page": 2, "page_size": 1}).body
    result = answer["aliexpress_trade_redefining_findorderlistsimplequery_response"]["result"]
    rows = [row["order_id"] for row in result["order_list"].get("simple_order_item_vo", ())]
    assert result["total_item"] == total
    assert rows == ([] if first is None else [placed[first].id])
    assert caller.market.faults.struck["fault:0"] == (12 if first is None else 1)


def test_every_answer_with_a_time_stamp_tells_the_skewed_clock(opened: Open) -> None:
    caller = opened(ClockSkew(seconds=DAY))
    answer = caller.ae("aliexpress.evaluation.listorderevaluation.get", trade_evaluation_request={}).body
    told = answer["aliexpress_evaluation_listorderevaluation_get_response"]["time_stamp"]
    assert told == "2026-03-02 16:00:00"  # the market stands at 2026-03-01 16:00:00 Pacific


def test_late_orders_come_into_the_list_after_their_own_delay(opened: Open) -> None:
    caller = opened(LateVisibility(least_minutes=10, most_minutes=30))
    market = caller.market
    placed = [market.place(pays=False) for _ in range(12)]
    seen: dict[int, int] = {}
    for _ in range(70):
        for number in caller.ids(size=50):
            seen.setdefault(number, market.now())
        market.advance(minutes=1)
    delays = [(seen[order.id] - order.placed_at) / 60 for order in placed]
    assert all(10 <= delay <= 31 for delay in delays)
    assert len({round(delay) for delay in delays}) > 5
    assert market.faults.struck["fault:0"] == 12


@pytest.mark.parametrize(("offset", "there"), [(-1, False), (0, True), (1, True)])
def test_a_late_order_is_listed_on_the_second(offset: int, there: bool, opened: Open, work: Work) -> None:
    caller = opened(LateVisibility(least_minutes=20, most_minutes=20))
    order = work(caller.market)
    caller.market.advance_to(order.placed_at + 20 * 60 + offset)
    assert (order.id in caller.ids()) is there
    assert caller.ae(INFO, param1={"order_id": order.id}).body["aliexpress_solution_order_info_get_response"]


def test_a_delay_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadFault, match="least_minutes is 9, over most_minutes, 8"):
        LateVisibility(least_minutes=9, most_minutes=8)


def test_an_order_missing_from_the_list_is_not_counted_either_and_its_detail_is_told(opened: Open, work: Work) -> None:
    caller = opened(MissingFromList(Aim(LIST, nth=2)))
    orders = [work(caller.market) for _ in range(3)]
    shown, page = caller.ids(), caller.page()
    assert len(shown) == page["total_count"] == 2
    (missing,) = {order.id for order in orders} - set(shown)
    detail = caller.ae(INFO, param1={"order_id": missing}).body["aliexpress_solution_order_info_get_response"]
    assert detail["result"]["result_success"] is True
    assert [event.order for event in caller.market.ledger.named("fault")] == [missing]


@pytest.mark.parametrize(("rows", "lost", "twice"), [(2, 2, 0), (-2, 0, 2), (0, 0, 0)])
def test_rows_that_drift_between_pages_are_lost_or_repeated(
    rows: int, lost: int, twice: int, opened: Open, work: Work
) -> None:
    caller = opened(PageDrift(rows=rows))
    placed = {work(caller.market).id for _ in range(10)}
    pages = [caller.ids(number, 5) for number in (1, 2, 3)]
    shown = [number for page in pages for number in page]
    assert len(placed - set(shown)) == lost
    assert len(shown) - len(set(shown)) == twice
    assert caller.market.faults.struck == {"fault:0": 2}, "the first page stands still"


def test_the_told_total_of_a_drifting_list_is_off(opened: Open, work: Work) -> None:
    caller = opened(PageDrift(rows=0, count_off=3))
    for _ in range(6):
        work(caller.market)
    assert (caller.page(1, 5)["total_count"], caller.page(2, 5)["total_count"]) == (6, 9)


def refreshed(caller: Any) -> dict[str, Any]:
    answer = caller.ae(REFRESH, refresh_token=caller.keys.refresh_token).body["top_auth_token_refresh_response"]
    pair: dict[str, Any] = orjson.loads(answer["token_result"])
    return pair


def test_the_end_of_a_token_s_life_is_told_wrong_and_is_right(opened: Open) -> None:
    caller = opened(ExpiryLies(Aim(REFRESH), seconds=DAY))
    told = refreshed(caller)
    grant = caller.market.world.tokens.current("own", "shop-1")
    assert told["expire_time"] == (grant.expires_at + DAY) * 1000
    assert told["expires_in"] == grant.expires_at + DAY - MONDAY
    caller.keys = caller.market.credentials()
    caller.market.advance_to(grant.expires_at)
    assert caller.ae(LIST, param0=FIRST_PAGE).body["error_response"]["code"] == 27
    assert caller.market.faults.struck == {"fault:0": 1}


def test_the_loser_of_a_refresh_race_has_a_dead_pair_and_the_winner_a_live_one(opened: Open) -> None:
    caller = opened(RefreshRace())
    told = refreshed(caller)
    winner = caller.market.credentials()
    assert told["access_token"] != winner.access_token
    caller.keys = type(winner)(winner.app_key, winner.app_secret, told["access_token"], told["refresh_token"])
    assert caller.ae(LIST, param0=FIRST_PAGE).body["error_response"]["code"] == 27
    assert "error_response" in caller.ae(REFRESH, refresh_token=told["refresh_token"]).body
    caller.keys = winner
    assert caller.page()["success"] is True
    assert caller.market.faults.struck == {"fault:0": 1}, "only a call that is granted a pair is struck"


@pytest.mark.parametrize("fault", [RefreshRace, Down, ExpiryLies])
@pytest.mark.parametrize("how", ["refresh", "create", "old exchange"])
def test_a_call_for_tokens_concerns_the_seller_whose_they_are(opened: Open, fault: Any, how: str) -> None:
    caller = opened(fault(Aim(seller="b")), sellers=("a", "b"))
    market = caller.market
    for seller in ("a", "b"):
        keys = market.credentials(seller=seller)
        code = market.world.tokens.issue_code("own", seller)
        if how == "refresh":
            caller.ae("taobao.top.auth.token.refresh", refresh_token=keys.refresh_token)
        elif how == "create":
            caller.ae("taobao.top.auth.token.create", code=code)
        else:
            form = {"client_id": keys.app_key, "client_secret": keys.app_secret, "grant_type": "authorization_code"}
            form |= {"code": code, "redirect_uri": "https://app.example/callback"}
            market.answer("aliexpress", Request("POST", "/token", urlencode(form)), real_at=0)
        assert market.faults.struck == {"fault:0": int(seller == "b")}
    assert [entry.seller for entry in market.journal] == ["a", "b"]


def test_a_call_that_is_refused_for_its_arguments_concerns_the_seller_who_made_it(opened: Open) -> None:
    caller = opened(Down(Aim(seller="b")), sellers=("a", "b"))
    for seller in ("a", "b"):
        caller.keys = caller.market.credentials(seller=seller)
        caller.ae(LIST, param0="no object")
    assert [(entry.seller, entry.status) for entry in caller.market.journal] == [("a", 200), ("b", 503)]


@pytest.mark.parametrize(
    ("what", "query", "body", "seller"),
    [
        ("GET /v1/wallet", "channel=aliexpress-b%2Fc", b"", "b/c"),
        ("GET /v1/wallet", "limit=1&channel=aliexpress-a", b"", "a"),
        ("GET /v1/orders", "channel=aliexpress-b%2Fc", b"", "b/c"),
        ("GET /v1/orders", "", b"", None),
        ("GET /v1/orders", "channel=x", b"", None),
        ("POST /v1/wallet/top-up", "", b'{"channel": "aliexpress-b/c", "amount": "5.00"}', "b/c"),
        ("POST /v1/wallet/top-up", "", b'{"channel": ["aliexpress-b/c"]}', None),
        ("POST /v1/wallet/top-up", "", b'["channel"]', None),
        ("POST /v1/wallet/top-up", "", b'{"channel"', None),
    ],
)
def test_a_call_that_names_a_channel_concerns_its_seller(
    opened: Open, what: str, query: str, body: bytes, seller: str | None
) -> None:
    market = opened(Down(Aim(seller="b/c")), sellers=("a", "b/c")).market
    method, _, path = what.partition(" ")
    headers = {"authorization": f"Bearer {market.world.mip.api_key}"}
    status = market.answer("mip", Request(method, path, query, headers, body), real_at=0).status
    assert ((status == 503), [entry.seller for entry in market.journal]) == (seller == "b/c", [seller])


@pytest.mark.parametrize("seconds", [-300, 7200])
def test_a_clock_that_goes_wrong_tells_so_and_acts_by_the_right_time(seconds: int, opened: Open, work: Work) -> None:
    plain, caller = opened(), opened(ClockSkew(seconds=seconds))
    right, wrong = (it.ae(LIST, param0=FIRST_PAGE) for it in (plain, caller))
    dates = [parsedate_to_datetime(it.headers["date"]).timestamp() for it in (right, wrong)]
    assert dates == [MONDAY, MONDAY + seconds]
    stamps = [it.body["aliexpress_solution_order_get_response"]["result"]["time_stamp"] for it in (right, wrong)]
    assert stamps[0] == "2026-03-01 16:00:00"
    assert stamps[1] == ("2026-03-01 15:55:00" if seconds < 0 else "2026-03-01 18:00:00")
    assert caller.market.now() == MONDAY

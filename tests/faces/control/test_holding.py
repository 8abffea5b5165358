"""Holding a market over the control plane: its time, its faults, its orders, its journal, its beginning."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from fakemarket.call import Request
from fakemarket.faults import KINDS, Aim, Down, Fault, Latency, Window
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]

DAY = 86_400
SMOOTH: dict[str, Any] = {
    "pays": True,
    "pays_offline": False,
    "attempts_seconds": (60,),
    "gives_up_seconds": None,
    "processing_seconds": 60,
    "review_seconds": 60,
    "review_rejects": False,
    "review_holds": False,
    "cancel_seconds": None,
    "freeze_after_seconds": None,
    "out_of_stock": True,
}


def control(market: Market) -> Ask:
    def ask(what: str, *, body: object = None, **query: object) -> tuple[int, Any]:
        method, _, path = what.partition(" ")
        written = b"" if body is None else orjson.dumps(body)
        response = market.answer("control", Request(method, path, urlencode(query), {}, written), real_at=0)
        return response.status, orjson.loads(response.body)

    return ask


def mip(market: Market, path: str) -> int:
    headers = {"authorization": f"Bearer {market.world.mip.api_key}"}
    return market.answer("mip", Request("GET", path, headers=headers), real_at=0).status


@pytest.fixture
def market() -> Market:
    """Nobody orders here but the test. It stands at Monday 2 March 2026, 00:00 UTC."""
    return Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))


@pytest.fixture
def ask(market: Market) -> Ask:
    return control(market)


def work(market: Market, **otherwise: Any) -> Order:
    """An order that is the seller's work three minutes later."""
    return market.place(**{**SMOOTH, **otherwise})


# Time


def test_moving_the_clock_tells_the_first_events_and_where_the_rest_is(ask: Ask) -> None:
    busy = control(Market(seed=5))
    told = busy("POST /clock/advance", body={"days": 2})[1]
    assert told["events"] > len(told["first"]) == 100
    before = told["first"][0]["seq"]
    assert told["next"] == before + 100
    rest = busy("GET /ledger", since=told["next"], limit=10_000)[1]["data"]
    assert len(rest) == told["events"] - 100


@pytest.mark.parametrize("at", [MONDAY + 100, "2026-03-02T00:01:40Z", "2026-03-02T01:01:40+01:00"])
def test_running_until_an_instant_ends_there(market: Market, ask: Ask, at: object) -> None:
    work(market)
    status, told = ask("POST /clock/run-until", body={"at": at})
    assert (status, told["now"], market.now()) == (200, MONDAY + 100, MONDAY + 100)
    assert told["counts"] == {"pay": 1}


def test_running_until_a_status_ends_in_the_second_it_is_reached(market: Market, ask: Ask) -> None:
    order = work(market)
    body = {"order": str(order.id), "status": "WAIT_SELLER_SEND_GOODS", "limit": {"hours": 1}}
    told = ask("POST /clock/run-until", body=body)[1]
    assert (told["reached"], told["now"], order.accepted_at) == (True, MONDAY + 180, MONDAY + 180)
    assert ask("POST /clock/run-until", body=body)[1]["now"] == MONDAY + 180, "it holds already"


@pytest.mark.parametrize(("limit", "reached"), [(179, False), (180, True), (181, True)])
def test_a_condition_that_isn_t_reached_ends_at_its_limit(market: Market, ask: Ask, limit: int, reached: bool) -> None:
    order = work(market)
    body = {"order": order.id, "status": "WAIT_SELLER_SEND_GOODS", "limit": {"seconds": limit}}
    told = ask("POST /clock/run-until", body=body)[1]
    assert (told["reached"], market.now()) == (reached, MONDAY + min(limit, 180))


def test_running_until_so_many_orders_are_in_a_status(market: Market, ask: Ask) -> None:
    for minute in range(5):
        market.advance_to(MONDAY + minute * 60)
        work(market)
    body = {"status": "WAIT_SELLER_SEND_GOODS", "at_least": 3, "limit": {"days": 1}}
    told = ask("POST /clock/run-until", body=body)[1]
    assert (told["reached"], told["now"]) == (True, MONDAY + 120 + 180)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "say either"),
        ({"at": MONDAY, "status": "FINISH"}, "say either"),
        ({"status": "FINISH", "limit": {"days": 1}}, "either `order` or `at_least`"),
        ({"status": "FINISH", "order": 1, "at_least": 1, "limit": {"days": 1}}, "either `order` or `at_least`"),
        ({"status": "FINISH", "at_least": 1}, "a condition needs a `limit`"),
        ({"status": "FINISH", "at_least": 1, "limit": {"days": -1}}, "a condition needs a `limit`"),
        ({"status": "FINISH", "at_least": 1, "limit": {"days": 400}}, "366 days at a time"),
        ({"status": "LOST", "at_least": 1, "limit": {"days": 1}}, "Input should be"),
        ({"at": MONDAY + 367 * DAY}, "366 days at a time"),
        ({"at": "2026-03-02T00:01:40"}, "with a zone"),
    ],
)
def test_a_run_that_says_nothing_sensible_moves_nothing(market: Market, ask: Ask, body: object, said: str) -> None:
    status, told = ask("POST /clock/run-until", body=body)
    assert (status, market.now()) == (422, MONDAY)
    assert said in told["error"]["message"]


def test_no_run_goes_back(market: Market, ask: Ask) -> None:
    market.advance(days=1)
    status, told = ask("POST /clock/run-until", body={"at": MONDAY + DAY - 1})
    assert (status, told["error"]["code"], market.now()) == (409, "conflict", MONDAY + DAY)
    assert ask("POST /clock/run-until", body={"order": 1, "status": "FINISH", "limit": {"days": 1}})[0] == 404


def test_the_next_event_is_the_next_thing_that_the_ledger_tells(market: Market, ask: Ask) -> None:
    work(market)
    seen = [ask("POST /clock/to-next-event", body={"limit": {"days": 1}})[1] for _ in range(3)]
    assert [(it["now"] - MONDAY, *it["counts"]) for it in seen] == [
        (60, "pay"),
        (120, "start_review"),
        (180, "countdown", "pass_review"),
    ]
    assert ask("POST /clock/to-next-event", body={})[0] == 422
    empty = Market(settings=Settings(demand=Demand(orders_per_day=0)))
    told = control(empty)("POST /clock/to-next-event", body={"limit": {"minutes": 5}})[1]
    assert (told["reached"], told["events"], empty.now()) == (False, 0, MONDAY + 300)


@pytest.mark.parametrize(("before", "ended"), [(1, False), (0, True)])
def test_the_clock_goes_to_just_before_an_order_s_countdown_ends(
    market: Market, ask: Ask, before: int, ended: bool
) -> None:
    order = work(market)
    market.advance(minutes=3)
    told = ask("POST /clock/to-countdown", body={"order": str(order.id), "before_seconds": before})[1]
    assert told["now"] == market.now() == (order.ship_by_at or 0) - before
    assert (order.ended_at is not None) is ended
    assert told["reached"] is True


@pytest.mark.parametrize("before", [1, 0])
@pytest.mark.parametrize("on_the_way", ["shipped", "closed", "held", "still held"])
def test_a_countdown_that_ran_no_more_was_not_reached(market: Market, ask: Ask, before: int, on_the_way: str) -> None:
    fates: dict[str, dict[str, object]] = {
        "shipped": {"out_of_stock": False},
        "closed": {"cancel_seconds": DAY},
        "held": {"freeze_after_seconds": DAY, "freeze_seconds": DAY},
        "still held": {"freeze_after_seconds": DAY, "freeze_seconds": 60 * DAY},
    }
    order = work(market, **fates[on_the_way])
    market.advance(minutes=3)
    told = ask("POST /clock/to-countdown", body={"order": str(order.id), "before_seconds": before})[1]
    assert told["now"] == market.now()
    assert told["reached"] is False, (order.status, order.ship_by_at)


def test_only_a_countdown_that_runs_can_be_gone_to(market: Market, ask: Ask) -> None:
    order = work(market)
    status, told = ask("POST /clock/to-countdown", body={"order": order.id})
    assert (status, market.now()) == (409, MONDAY)
    assert "it is PLACE_ORDER_SUCCESS" in told["error"]["message"]
    market.advance(minutes=3)
    long_before = ask("POST /clock/to-countdown", body={"order": order.id, "before_seconds": 300 * DAY})
    assert (long_before[0], long_before[1]["error"]["code"]) == (409, "conflict")
    assert ask("POST /clock/to-countdown", body={"order": 1})[0] == 404


def test_the_speed_is_set_from_the_present_on(market: Market, ask: Ask) -> None:
    status, told = ask("POST /clock/speed", body={"rate": 3600})
    assert (status, told["rate"]) == (200, 3600)
    assert ask("POST /clock/speed", body={"rate": 0})[1]["now"] >= MONDAY
    assert market.timeline.rate == 0
    assert [ask("POST /clock/speed", body={"rate": rate})[0] for rate in (-1, 1e9)] == [422, 422]


# Faults


def test_faults_are_listed_with_what_they_are_and_how_often_they_struck() -> None:
    window = Window(MONDAY - 5, MONDAY + 5)
    faults: list[Fault] = [
        Down(Aim("GET /v1/channels", nth=1, window=window)),
        Latency(Aim(order=9109557009000000), seconds=9),
    ]
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)), faults=faults)
    mip(market, "/v1/channels")
    told = control(market)("GET /faults")[1]
    assert told["never_struck"] == [1]
    aim = {"operation": "GET /v1/channels", "order": None, "seller": None, "nth": 1, "share": 1.0}
    aim |= {"from": MONDAY - 5, "until": MONDAY + 5, "after": None, "during": None}
    assert told["data"][0] == {"number": 0, "kind": "down", "status": 503, "struck": 1, **aim}
    assert (told["data"][1]["order"], told["data"][1]["seconds"]) == ("9109557009000000", 9)


def test_a_fault_s_conditions_are_said_and_told_with_ids_as_texts(market: Market, ask: Ask) -> None:
    after = {"what": "declare_all", "order": "9109557009000000", "nth": 2, "wait_seconds": 5, "for_seconds": 60}
    during = {"status": "IN_CANCEL", "order": "9109557009000000"}
    told = ask("POST /faults", body={"kind": "down", "after": after, "during": during})[1]
    assert told["after"] == {**after, "seller": None}
    assert told["during"] == {"status": "IN_CANCEL", "order": "9109557009000000", "at_least": None, "seller": None}
    dies = ask("POST /faults", body={"kind": "token_dies", "after": {"what": "place", "order": "9109557009000000"}})[1]
    assert (dies["at"], dies["after"]["order"]) == (None, "9109557009000000")


def test_a_fault_is_added_at_work_and_taken_away(market: Market, ask: Ask) -> None:
    body = {"kind": "down", "operation": "GET /v1/channels", "status": 500, "until": "2026-03-02T00:01:00Z"}
    status, told = ask("POST /faults", body=body)
    assert (status, told["number"], told["until"], told["struck"]) == (201, 0, MONDAY + 60, 0)
    assert mip(market, "/v1/channels") == 500
    status, told = ask("DELETE /faults/0")
    assert (status, told["struck"]) == (200, 1)
    assert mip(market, "/v1/channels") == 200
    assert ask("DELETE /faults/0")[0] == ask("DELETE /faults/x")[0] == 404


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_fault_can_be_added(kind: str, ask: Ask) -> None:
    body: dict[str, object] = {"kind": kind, "seller": "shop-1"}
    if kind == "token_dies":
        body["at"] = MONDAY + 10
    status, told = ask("POST /faults", body=body)
    assert (status, told["kind"]) == (201, kind), told


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "kind"),
        ({"kind": "bad_luck"}, "there is timeout, reset, down"),
        ({"kind": 7}, "kind"),
        ({"kind": "down", "share": 2}, "share"),
        ({"kind": "down", "luck": 2}, "luck: is not known here; known: kind, operation, order, seller, nth, share"),
        ({"kind": "down", "seller": "x"}, "there is shop-1"),
        ({"kind": "down", "from": 20, "until": 10}, "`until` must be later than `from`"),
        ({"kind": "carrier_refused", "operation": "x"}, "operation"),
        ({"kind": "down", "after": {"what": "declare_al"}}, "did you mean declare_all?"),
        ({"kind": "down", "after": {"nth": 2}}, "what"),
        ({"kind": "down", "after": {"what": "place", "seller": "x"}}, "there is shop-1"),
        ({"kind": "down", "after": {"what": "place", "nth": 0}}, "nth"),
        ({"kind": "down", "after": {"what": "place", "luck": 0}}, "luck"),
        ({"kind": "down", "after": 7}, "after"),
        ({"kind": "down", "during": {"status": "IN_CANCEL"}}, "either `order` or `at_least`"),
        ({"kind": "down", "during": {"status": "LOST", "at_least": 1}}, "status"),
        ({"kind": "wallet_empty", "during": {"status": "IN_CANCEL", "at_least": 1}}, "during"),
        ({"kind": "token_dies"}, "either `at` or `after`"),
        ({"kind": "late_visibility", "least_minutes": 9, "most_minutes": 8}, "over most_minutes"),
        ([], "object"),
    ],
)
def test_a_fault_that_can_t_be_is_not_added(market: Market, ask: Ask, body: object, said: str) -> None:
    status, told = ask("POST /faults", body=body)
    assert (status, market.faults.installed) == (422, {})
    assert said in told["error"]["message"]


# Orders


def test_a_legal_move_is_made_now_and_told(market: Market, ask: Ask) -> None:
    order = work(market)
    status, told = ask(f"POST /orders/{order.id}/moves", body={"move": "buyer_cancels_unpaid"})
    assert (status, told["status"], told["end_reason"]) == (200, "FINISH", "buyer_cancel_notpay_order")
    assert market.ledger.of(order.id)[-1].cause == "call"


def test_an_illegal_move_is_refused_with_the_legal_ones(market: Market, ask: Ask) -> None:
    order = work(market)
    market.advance(minutes=3)
    before = market.ledger.digest()
    for move in ("confirm_receipt", "declare_all"):
        status, told = ask(f"POST /orders/{order.id}/moves", body={"move": move})
        assert (status, market.ledger.digest()) == (409, before)
        legal = {each["message"] for each in told["error"]["details"]}
        assert {"request_cancel", "freeze", "seller_cancels", "countdown_ends"} <= legal
        assert not {"declare_all", "declare_part"} & legal
    assert ask(f"POST /orders/{order.id}/moves", body={"move": "vanish"})[0] == 422
    assert ask("POST /orders/1/moves", body={"move": "pay"})[0] == 404


def test_a_partial_refund_is_made_where_a_line_has_a_piece_to_spare(market: Market, ask: Ask) -> None:
    two, one = market.place(**SMOOTH, goods=((0, 2, 1000),)), market.place(**SMOOTH, goods=((0, 1, 1000),))
    market.advance(minutes=3)
    status, told = ask(f"POST /orders/{two.id}/moves", body={"move": "partial_refund"})
    assert (status, told["total"], told["lines"][0]["quantity"]) == (200, "10.00", 1)
    for order in (two, one):
        before = market.ledger.digest()
        status, told = ask(f"POST /orders/{order.id}/moves", body={"move": "partial_refund"})
        assert (status, market.ledger.digest()) == (409, before)
        assert "needs a line of two pieces" in told["error"]["message"]
        assert "partial_refund" not in {each["message"] for each in told["error"]["details"]}


def test_a_countdown_that_is_made_to_end_costs_what_one_that_ends_costs(market: Market, ask: Ask) -> None:
    order = work(market)
    market.advance(minutes=3)
    ask(f"POST /orders/{order.id}/moves", body={"move": "countdown_ends"})
    assert [event.what for event in market.ledger.of(order.id)][-2:] == ["countdown_ends", "violation"]


# Journal


def test_the_journal_is_asked_and_shows_no_secret(market: Market, ask: Ask) -> None:
    market.faults.add(Down(Aim("GET /v1/channels", nth=2)))
    for _ in range(2):
        mip(market, "/v1/channels")
    mip(market, "/v1/orders")
    told = ask("GET /journal")[1]
    assert [it["number"] for it in told["data"]] == [1, 2, 3]
    assert (told["total"], told["kept"], told["dropped"]) == (3, 3, 0)
    assert market.world.mip.api_key not in str(told)
    assert [it["faults"] for it in ask("GET /journal", status=503)[1]["data"]] == [["fault:0"]]
    newest = ask("GET /journal", operation="GET /v1/*", limit=1, since_at="2026-03-02T00:00:00Z")[1]
    assert ([it["number"] for it in newest["data"]], newest["total"]) == ([3], 3)
    assert ask("GET /journal", colour="red")[0] == ask("GET /journal", order="x")[0] == 422


def test_a_call_is_verified_over_http(market: Market, ask: Ask) -> None:
    order = work(market)
    mip(market, f"/v1/orders/M{order.id}")
    body = {"operation": "GET /v1/orders/{id}", "parameters": {"id": f"M{order.id}"}, "times": 1}
    assert ask("POST /journal/verify", body=body) == (200, {"holds": True, "message": "", "calls": [1]})
    told = ask("POST /journal/verify", body={**body, "parameters": {"id": "M7"}})[1]
    assert told["holds"] is False
    assert f"id is 'M{order.id}', expected 'M7'" in told["message"]
    assert ask("POST /journal/verify", body={"times": 1})[0] == 422


# The beginning


def test_a_market_that_is_reset_has_its_first_faults_and_the_same_history_again() -> None:
    market = Market(seed=5, history_days=1, faults=[Down(Aim("GET /v1/channels"))])
    ask = control(market)
    begun = ask("GET /digest")[1]
    mip(market, "/v1/channels")
    ask("POST /faults", body={"kind": "reset"})
    ask("POST /orders")
    later = ask("POST /clock/advance", body={"days": 2})[1]
    assert ask("GET /digest")[1] != begun
    status, told = ask("POST /reset")
    assert (status, told) == (200, {"now": MONDAY + DAY, "seed": 5, "events": begun["events"]})
    assert ask("GET /digest")[1] == begun
    assert [it["struck"] for it in ask("GET /faults")[1]["data"]] == [0]
    assert ask("GET /journal")[1]["data"] == []
    again = Market(seed=5, history_days=1, faults=[Down(Aim("GET /v1/channels"))])
    again.advance(days=2)
    market.advance(days=2)
    assert market.ledger.digest() == again.ledger.digest()
    assert later["now"] == market.now()


def test_what_happened_at_the_opening_happens_again(market: Market) -> None:
    def opening(world: Any) -> None:
        world.note(None, "opened", {}, "test")

    opened = Market(seed=5, settings=market.settings, opening=opening)
    control(opened)("POST /reset")
    assert len(opened.ledger.named("opened")) == 1

"""The platform's journal: what it noticed, when it noticed."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.market import Market
from fakemarket.settings import Demand, Mip, Settings, Tokens
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]


def events(ask: Ask, **query: object) -> list[dict[str, Any]]:
    status, page = ask("GET /v1/events", **query)
    assert status == 200
    found: list[dict[str, Any]] = page["data"]
    return found


def types(ask: Ask) -> list[str]:
    return [event["type"] for event in events(ask, limit=200)]


def test_an_order_is_told_from_import_to_push(market: Market, ask: Ask, place: Place) -> None:
    order = place()
    market.advance(days=9)
    assert types(ask)[:7] == [
        "order.imported",
        "order.updated",  # sent to the supplier
        "order.updated",  # in preparation
        "order.updated",  # shipped
        "order.updated",  # a number is known
        "shipment.created",
        "order.updated",  # pushed
    ]
    assert events(ask, limit=1) == [
        {
            "id": 1,
            "type": "order.imported",
            "at": "2026-03-02T00:15:00Z",
            "channel": "aliexpress-shop-1",
            "order_id": f"M{order.id}",
            "shipment_id": None,
            "data": {
                "status": "imported",
                "marketplace_status": "WAIT_SELLER_SEND_GOODS",
                "reason_code": None,
            },
        }
    ]
    created = events(ask, after=5, limit=1)[0]
    assert created["shipment_id"] == "S000001"
    assert created["data"]["push_error"] is None


def test_an_order_that_needs_a_person_says_why(market: Market, ask: Ask, place: Place) -> None:
    place(out_of_stock=True)
    market.advance(minutes=15)
    assert [(it["type"], it["data"]["reason_code"]) for it in events(ask)] == [
        ("order.imported", None),
        ("order.pending_review", "out_of_stock"),
    ]


def test_a_cancellation_is_told_whether_the_supplier_or_the_marketplace_made_it(
    market: Market, ask: Ask, place: Place
) -> None:
    here, there = place(), place(cancel_seconds=3600)
    market.advance(minutes=15)
    ask(f"POST /v1/orders/M{here.id}/cancel")
    market.advance(hours=2)
    ask(f"POST /v1/orders/M{there.id}/cancellation/accept")
    told = [(it["order_id"], it["data"]["status"]) for it in events(ask) if it["type"] == "order.canceled"]
    assert told == [(f"M{here.id}", "canceled"), (f"M{there.id}", "sent_to_supplier")]


def test_an_order_that_ended_well_was_not_canceled(market: Market, ask: Ask, place: Place) -> None:
    order = place(confirm_seconds=3600, dispute_seconds=None)
    market.advance(days=110)
    assert order.status in ("FINISH", "ARCHIVE")
    assert "order.canceled" not in types(ask)


def test_a_refused_number_is_told_with_the_reason(market: Market, ask: Ask, place: Place) -> None:
    order = place()
    market.advance(minutes=15)
    body = {
        "lines": [{"child_id": str(order.lines[0].child_id), "quantity": 1}],
        "carrier": "gls",
        "tracking_number": "not a number",
    }
    shipment = ask(f"POST /v1/orders/M{order.id}/shipments", body=body)[1]
    ask(f"POST /v1/shipments/{shipment['id']}/push")
    failed = events(ask)[-1]
    assert (failed["type"], failed["shipment_id"]) == ("shipment.push_failed", shipment["id"])
    assert failed["data"] == {"tracking_number": "not a number", "push_error": "NUMBER_FORMAT"}


def test_a_death_is_noticed_by_the_next_round_and_told_once(market: Market, ask: Ask) -> None:
    market.advance(minutes=15)
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    market.advance(minutes=14, seconds=59)
    assert types(ask) == []
    market.advance(seconds=1)
    assert types(ask) == ["token.expired"]
    market.advance(minutes=44, seconds=59)
    assert types(ask) == ["token.expired"]
    market.advance(seconds=1)
    assert types(ask) == ["token.expired", "import.stalled"]
    assert events(ask)[-1]["data"] == {"last_successful_import_at": "2026-03-02T00:15:00Z"}
    market.advance(days=2)
    assert types(ask) == ["token.expired", "import.stalled"]


def test_a_second_stall_is_told_like_the_first(market: Market, ask: Ask) -> None:
    for _ in range(2):
        market.world.tokens.revoke("mip", "shop-1", cause="test")
        market.advance(hours=3)
        ask("POST /v1/channels/aliexpress-shop-1/reset-credentials")
        market.advance(hours=1)
    assert types(ask) == ["token.expired", "import.stalled"] * 2


@pytest.mark.parametrize(("refreshes", "told"), [(False, ["token.expiring", "token.expired"]), (True, [])])
def test_an_end_that_no_refresh_will_prevent_is_told_before(
    ask_of: Callable[[Market], Ask], refreshes: bool, told: list[str]
) -> None:
    settings = Settings(demand=Demand(orders_per_day=0), mip=Mip(refreshes_token=refreshes))
    market = Market(seed=5, settings=settings)
    ask = ask_of(market)
    market.advance(days=27, seconds=-1)
    assert types(ask) == []
    market.advance(seconds=1)
    assert types(ask) == told[:1]
    market.advance(days=3)
    assert types(ask) == told


def test_the_last_token_of_a_refresh_tokens_life_is_told_of_too(ask_of: Callable[[Market], Ask]) -> None:
    tokens = Tokens(access_hours=24 * 10, refresh_hours=24 * 15)
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0), tokens=tokens))
    ask = ask_of(market)
    market.advance(days=15)
    assert types(ask) == [], "it was refreshed on the ninth day and lives until the nineteenth"
    market.advance(days=5)
    assert types(ask)[:2] == ["token.expiring", "token.expired"]
    assert events(ask)[0]["at"] == "2026-03-18T00:00:00Z"


def test_pages_follow_each_other_without_loss_or_repeat(ask_of: Callable[[Market], Ask]) -> None:
    market = Market(seed=11, settings=Settings(), history_days=3)
    ask = ask_of(market)
    shown: list[int] = []
    while True:
        page = ask("GET /v1/events", after=shown[-1] if shown else 0, limit=7)[1]
        shown += [it["id"] for it in page["data"]]
        market.advance(minutes=1)
        if not page["more"]:
            break
    assert shown == list(range(1, len(shown) + 1))
    assert len(shown) > 300


@pytest.mark.parametrize("query", [{"after": -1}, {"after": "x"}, {"limit": 0}, {"limit": 201}, {"before": 3}])
def test_a_page_that_can_not_be_is_refused(ask: Ask, query: dict[str, object]) -> None:
    assert ask("GET /v1/events", **query)[0] == 422


def test_behind_the_last_event_there_is_an_empty_page(ask: Ask) -> None:
    assert ask("GET /v1/events", after=10**15) == (200, {"data": [], "more": False})

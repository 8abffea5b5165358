"""The platform's orders: its own copy, shown in pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fakemarket.market import Market
from fakemarket.rules.status import Move
from fakemarket.settings import Settings
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]

NEVER_PAID = {"pays": False, "attempts_seconds": ()}


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pages(ask: Ask, between: Callable[[], object] = lambda: None, **query: object) -> list[dict[str, Any]]:
    """Every order of a listing, page after page, with something happening between the pages."""
    shown: list[dict[str, Any]] = []
    for _ in range(1000):
        status, page = ask("GET /v1/orders", **query)
        assert status == 200
        shown += page["data"]
        if page["next_cursor"] is None:
            return shown
        query["cursor"] = page["next_cursor"]
        between()
    raise AssertionError("the listing has no end")


def test_an_order_has_the_fields_of_the_contract_and_no_other(market: Market, ask: Ask, place: Place) -> None:
    order = place()
    market.advance(minutes=15)
    status, shown = ask(f"GET /v1/orders/M{order.id}")
    assert status == 200
    assert shown == {
        "id": f"M{order.id}",
        "channel": "aliexpress-shop-1",
        "marketplace_order_id": str(order.id),
        "reference": f"AE-{order.id}",
        "marketplace_status": "WAIT_SELLER_SEND_GOODS",
        "status": "sent_to_supplier",
        "process_state": "new",
        "placed_at": "2026-03-02T00:00:00Z",
        "paid_at": "2026-03-02T00:01:00Z",
        "imported_at": "2026-03-02T00:15:00Z",
        "updated_at": "2026-03-02T00:15:00Z",
        "ship_by": iso(order.ship_by_at or 0),
        "ship_by_source": "api",
        "lines": [
            {
                "child_id": str(line.child_id),
                "sku": line.sku,
                "quantity": line.quantity,
                "shipped_quantity": 0,
                "status": "open",
            }
            for line in order.lines
        ],
        "shipments": [],
        "review": None,
        "supplier": {"order_ids": [f"AE-{order.id}-1"], "status": "preparing"},
    }


def test_an_order_is_found_by_its_marketplace_id_on_its_own_channel_only(
    market: Market, ask: Ask, place: Place
) -> None:
    order = place()
    market.advance(minutes=15)
    found = ask(f"GET /v1/orders/by-marketplace/aliexpress-shop-1/{order.id}")
    assert found == ask(f"GET /v1/orders/M{order.id}")
    assert found[0] == 200
    assert ask(f"GET /v1/orders/by-marketplace/aliexpress-shop-2/{order.id}")[0] == 404
    assert ask(f"GET /v1/orders/{order.id}")[0] == 404


def test_the_copy_is_as_old_as_the_last_import(market: Market, ask: Ask, place: Place) -> None:
    order = place(review_seconds=20 * 60)
    assert ask(f"GET /v1/orders/M{order.id}")[0] == 404
    market.advance(minutes=15)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["marketplace_status"] == "RISK_CONTROL"
    market.advance(minutes=14, seconds=59)
    assert order.status == "WAIT_SELLER_SEND_GOODS"
    stale = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (stale["marketplace_status"], stale["status"]) == ("RISK_CONTROL", "imported")
    assert (stale["ship_by"], stale["ship_by_source"]) == (None, None)
    market.advance(seconds=1)
    fresh = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (fresh["marketplace_status"], fresh["status"]) == ("WAIT_SELLER_SEND_GOODS", "sent_to_supplier")
    assert fresh["updated_at"] == "2026-03-02T00:30:00Z"


def test_a_payment_shows_only_once_the_platform_has_looked_again(market: Market, ask: Ask, place: Place) -> None:
    order = place(attempts_seconds=(16 * 60,))
    market.advance(minutes=17)
    assert order.paid_at is not None
    assert ask(f"GET /v1/orders/M{order.id}")[1]["paid_at"] is None
    market.advance(minutes=13)
    assert ask(f"GET /v1/orders/M{order.id}")[1]["paid_at"] == "2026-03-02T00:16:00Z"


@pytest.mark.parametrize(("limit", "sizes"), [(2, [2, 2, 1]), (5, [5]), (4, [4, 1]), (6, [5])])
def test_pages_are_full_until_the_last_one(
    market: Market, ask: Ask, place: Place, limit: int, sizes: list[int]
) -> None:
    ids = {f"M{place().id}" for _ in range(5)}
    market.advance(minutes=15)
    found: list[str] = []
    query: dict[str, object] = {"limit": limit}
    for size in sizes:
        page = ask("GET /v1/orders", **query)[1]
        assert len(page["data"]) == size
        found += [order["id"] for order in page["data"]]
        query["cursor"] = page["next_cursor"]
    assert query["cursor"] is None
    assert sorted(found) == sorted(ids)


def test_a_page_has_fifty_orders_unless_asked_and_two_hundred_at_most(market: Market, ask: Ask, place: Place) -> None:
    for _ in range(201):
        place()
    market.advance(minutes=15)
    assert len(ask("GET /v1/orders")[1]["data"]) == 50
    assert len(ask("GET /v1/orders", limit=200)[1]["data"]) == 200
    assert ask("GET /v1/orders", limit=201)[0] == 422
    assert ask("GET /v1/orders", limit=0)[0] == 422


def test_an_order_that_changes_behind_the_reader_comes_again_as_its_new_self(
    market: Market, ask: Ask, place: Place
) -> None:
    first, *others = [place() for _ in range(4)]
    market.advance(minutes=15)

    shown = ask("GET /v1/orders", limit=2)[1]
    assert ask(f"POST /v1/orders/M{first.id}/resend")[0] == 200
    shown = shown["data"] + pages(ask, limit=2, cursor=shown["next_cursor"])
    assert [it["id"] for it in shown] == [f"M{it.id}" for it in [first, *others, first]]
    assert [len(it["supplier"]["order_ids"]) for it in shown] == [1, 1, 1, 1, 2]


def test_an_order_that_changes_ahead_of_the_reader_is_not_lost_though_its_second_is_the_same(
    market: Market, ask: Ask, place: Place
) -> None:
    """All happens in one market second, so `updated_at` alone could not tell the pages apart."""
    orders = [place() for _ in range(5)]
    market.advance(minutes=15)
    ask(f"POST /v1/orders/M{orders[-1].id}/resend")
    page = ask("GET /v1/orders", limit=2)[1]
    ask(f"POST /v1/orders/M{orders[2].id}/resend")
    rest = pages(ask, limit=2, cursor=page["next_cursor"])
    assert {it["updated_at"] for it in page["data"] + rest} == {"2026-03-02T00:15:00Z"}
    assert sorted(it["id"] for it in page["data"] + rest) == sorted(f"M{it.id}" for it in orders)


def test_paging_through_a_busy_market_neither_loses_nor_repeats(ask_of: Callable[[Market], Ask]) -> None:
    """The clock runs on between the pages: each state is shown once, each order at least once."""
    market = Market(seed=11, settings=Settings(), history_days=7)
    before = set(market.world.mip.orders)
    ask = ask_of(market)
    shown = pages(ask, lambda: market.advance(hours=6), limit=50)
    states = [(it["id"], it["updated_at"], it["status"], it["marketplace_status"]) for it in shown]
    assert len(states) == len(set(states))
    assert {f"M{number}" for number in before} <= {it["id"] for it in shown}
    assert len(shown) > len({it["id"] for it in shown}), "nothing changed meanwhile: the test shows nothing"
    assert {it["id"]: it for it in shown} == {it["id"]: it for it in pages(ask)}


def test_updated_since_takes_changes_from_its_own_second_on(market: Market, ask: Ask, place: Place) -> None:
    early = place()
    market.advance(minutes=15)
    late = place()
    market.advance(minutes=15)
    at = market.now()
    for since, expected in ((at - 900, [early, late]), (at - 899, [late]), (at, [late]), (at + 1, [])):
        shown = ask("GET /v1/orders", updated_since=iso(since))[1]["data"]
        assert [it["id"] for it in shown] == [f"M{it.id}" for it in expected]
        assert pages(ask, updated_since=iso(since), limit=1) == shown


def test_a_listing_can_be_narrowed_by_status_marketplace_status_and_channel(
    market: Market, ask: Ask, place: Place
) -> None:
    paid, unpaid = place(), place(**NEVER_PAID)
    refused = place(out_of_stock=True)
    market.advance(minutes=15)

    def ids(**query: object) -> list[str]:
        return [it["id"] for it in ask("GET /v1/orders", **query)[1]["data"]]

    assert ids(status="sent_to_supplier") == [f"M{paid.id}"]
    assert ids(status="pending_review") == [f"M{refused.id}"]
    assert ids(marketplace_status="PLACE_ORDER_SUCCESS") == [f"M{unpaid.id}"]
    assert ids(status="imported", marketplace_status="WAIT_SELLER_SEND_GOODS") == []
    assert len(ids(channel="aliexpress-shop-1")) == 3


def test_a_narrowed_listing_pages_like_a_whole_one(market: Market, ask: Ask, place: Place) -> None:
    refused = [place(out_of_stock=number % 2 == 0) for number in range(10)][::2]
    market.advance(minutes=15)
    shown = pages(ask, lambda: market.advance(hours=1), status="pending_review", limit=2)
    assert [it["id"] for it in shown] == [f"M{it.id}" for it in refused]
    since = pages(ask, status="pending_review", limit=2, updated_since="2026-03-02T00:15:00Z")
    assert since == shown
    assert pages(ask, status="pending_review", updated_since="2026-03-02T00:15:01Z") == []


def test_a_channel_shows_its_own_seller_only(ask_of: Callable[[Market], Ask]) -> None:
    market = Market(seed=5, settings=Settings(sellers=("shop-1", "shop-2")), history_days=1)
    ask = ask_of(market)
    both = {it["id"]: it["channel"] for it in pages(ask, limit=200)}
    assert set(both.values()) == {"aliexpress-shop-1", "aliexpress-shop-2"}
    for channel in set(both.values()):
        shown = {it["id"] for it in pages(ask, limit=200, channel=channel)}
        assert shown == {number for number, its in both.items() if its == channel}


def test_acknowledging_twice_is_the_same_as_once_and_moves_no_order_to_the_end(
    market: Market, ask: Ask, place: Place
) -> None:
    first, _ = place(), place()
    market.advance(minutes=15)
    before = ask("GET /v1/orders")[1]["data"]
    market.advance(seconds=10)
    for _ in range(2):
        status, shown = ask(f"POST /v1/orders/M{first.id}/acknowledge")
        assert (status, shown["process_state"]) == (200, "acknowledged")
    after = ask("GET /v1/orders")[1]["data"]
    assert after == [{**before[0], "process_state": "acknowledged"}, before[1]]
    assert len(market.ledger.named("acknowledged")) == 1


def test_an_order_without_money_waits_for_a_person_and_leaves_when_sent_again(
    market: Market, ask: Ask, place: Place
) -> None:
    market.world.mip.empty_wallets.add("shop-1")
    order = place()
    market.advance(minutes=15)
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert shown["status"] == "pending_review"
    assert shown["review"]["reason_code"] == "wallet_empty"
    assert shown["review"]["since"] == "2026-03-02T00:15:00Z"
    assert shown["supplier"] == {"order_ids": [], "status": None}
    assert ask(f"POST /v1/orders/M{order.id}/resend")[1]["status"] == "pending_review"
    market.world.mip.empty_wallets.clear()
    shown = ask(f"POST /v1/orders/M{order.id}/resend")[1]
    assert (shown["status"], shown["review"]) == ("sent_to_supplier", None)


def test_resend_trusts_its_caller_so_an_unpaid_order_leaves_the_warehouse(
    market: Market, ask: Ask, place: Place
) -> None:
    """That is a hazard of the real platform that a client must not step into."""
    order = place(**NEVER_PAID)
    market.advance(minutes=15)
    status, shown = ask(f"POST /v1/orders/M{order.id}/resend")
    assert (status, shown["status"], shown["marketplace_status"]) == (
        200,
        "sent_to_supplier",
        "PLACE_ORDER_SUCCESS",
    )
    (sent,) = market.ledger.named("sent_to_supplier")
    assert (sent.order, sent.facts["status"], sent.cause) == (order.id, "PLACE_ORDER_SUCCESS", "call")
    market.advance(days=9)
    assert [event.order for event in market.ledger.named("handed_over")] == [order.id]
    assert order.status == "PLACE_ORDER_SUCCESS"
    assert ask(f"GET /v1/orders/M{order.id}")[1]["status"] == "tracking_rejected"


def test_resending_what_the_supplier_has_orders_it_again_on_paper_but_ships_it_once(
    market: Market, ask: Ask, place: Place
) -> None:
    order = place()
    market.advance(minutes=15)
    shown = ask(f"POST /v1/orders/M{order.id}/resend")[1]
    assert shown["supplier"]["order_ids"] == [f"AE-{order.id}-1", f"AE-{order.id}-2"]
    market.advance(days=9)
    assert len(market.ledger.named("handed_over")) == 1


def test_a_canceled_order_never_leaves_and_canceling_again_changes_nothing(
    market: Market, ask: Ask, place: Place
) -> None:
    order = place()
    market.advance(minutes=15)
    status, shown = ask(f"POST /v1/orders/M{order.id}/cancel")
    assert (status, shown["status"], shown["supplier"]["status"]) == (200, "canceled", "canceled")
    assert {line["status"] for line in shown["lines"]} == {"canceled"}
    events = len(market.ledger)
    assert ask(f"POST /v1/orders/M{order.id}/cancel") == (200, shown)
    assert len(market.ledger) == events
    market.advance(days=9)
    assert not market.ledger.named("handed_over")
    assert order.end_reason == "seller_send_goods_timeout", "the marketplace heard nothing of it"


def test_an_order_canceled_before_it_was_paid_is_not_sent_when_it_is(market: Market, ask: Ask, place: Place) -> None:
    order = place(review_seconds=3600)
    market.advance(minutes=15)
    assert ask(f"POST /v1/orders/M{order.id}/cancel")[1]["status"] == "canceled"
    market.advance(hours=2)
    assert order.status == "WAIT_SELLER_SEND_GOODS"
    assert not market.ledger.named("sent_to_supplier")


def test_an_order_that_is_over_is_left_alone(market: Market, ask: Ask, place: Place) -> None:
    """One closed unpaid, one canceled that has ended on the marketplace too."""
    closed = place(pays=False, attempts_seconds=(), gives_up_seconds=1800)
    market.advance(hours=1)
    canceled = place()
    market.advance(minutes=15)
    ask(f"POST /v1/orders/M{canceled.id}/cancel")
    market.world.force(canceled, Move.SELLER_CANCELS, "test")
    market.advance(minutes=15)
    line = {"child_id": str(closed.lines[0].child_id), "quantity": 1}
    body = {"lines": [line], "carrier": "gls", "tracking_number": "12345678901"}
    for order, status in ((closed, "closed"), (canceled, "canceled")):
        before = ask(f"GET /v1/orders/M{order.id}")[1]
        assert before["status"] == status
        assert ask(f"POST /v1/orders/M{order.id}/resend")[0] == 409
        assert ask(f"GET /v1/orders/M{order.id}")[1] == before
    assert ask(f"POST /v1/orders/M{closed.id}/cancel")[0] == 409
    assert ask(f"POST /v1/orders/M{closed.id}/shipments", body=body)[0] == 409


def test_an_order_canceled_with_the_supplier_is_sent_again_with_the_pieces_that_are_wanted_now(
    market: Market, ask: Ask, place: Place
) -> None:
    order = place(goods=((0, 2, 1000),))
    market.advance(minutes=15)
    market.world.force(order, Move.PARTIAL_REFUND, "test")
    assert ask(f"POST /v1/orders/M{order.id}/resend")[1]["lines"][0]["quantity"] == 2
    shown = ask(f"POST /v1/orders/M{order.id}/cancel")[1]
    assert (shown["status"], shown["supplier"]["status"]) == ("canceled", "canceled")
    ask("POST /v1/channels/aliexpress-shop-1/import", from_=iso(order.placed_at))
    status, shown = ask(f"POST /v1/orders/M{order.id}/resend")
    assert (status, shown["status"], shown["lines"][0]["quantity"]) == (200, "sent_to_supplier", 1)
    assert (len(shown["supplier"]["order_ids"]), shown["supplier"]["status"]) == (3, "preparing")
    orders = ask(f"GET /v1/orders/M{order.id}/supplier-orders")[1]["data"]
    assert [it["lines"][0]["quantity"] for it in orders] == [2, 2, 1]
    assert [it["status"] for it in orders] == ["canceled", "canceled", "preparing"]


def test_what_has_left_can_neither_be_canceled_nor_sent_again(market: Market, ask: Ask, place: Place) -> None:
    order = place()
    market.advance(days=9)
    before = ask(f"GET /v1/orders/M{order.id}")[1]
    assert before["shipments"]
    for verb in ("cancel", "resend"):
        status, said = ask(f"POST /v1/orders/M{order.id}/{verb}")
        assert (status, said["error"]["code"]) == (409, "conflict")
        assert f"M{order.id}" in said["error"]["message"]
    assert ask(f"GET /v1/orders/M{order.id}")[1] == before


def test_a_parcel_on_its_way_without_a_number_yet_can_not_be_canceled(market: Market, ask: Ask, place: Place) -> None:
    order = place()
    for _ in range(9 * 24):
        market.advance(hours=1)
        if market.ledger.named("handed_over"):
            break
    assert not market.ledger.named("tracking_known")
    assert ask(f"POST /v1/orders/M{order.id}/cancel")[0] == 409
    assert ask(f"POST /v1/orders/M{order.id}/resend")[0] == 409
    shown = ask(f"GET /v1/orders/M{order.id}")[1]
    assert (shown["status"], shown["supplier"]["status"], shown["shipments"]) == ("shipped", "shipped", [])

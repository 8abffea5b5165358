"""The order list: buckets, filters, sorting, paging."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from fakemarket.faces.panel.countdown import countdown
from fakemarket.faces.panel.order_query import Shelf, Sort, read_query
from fakemarket.market import Market
from fakemarket.rules.panel import Bucket, buckets, panel_label
from fakemarket.rules.status import RECEIVED, Status
from fakemarket.settings import Settings
from fakemarket.world.desk import rate
from fakemarket.world.goods import product
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place, Visitor

DAY = 86_400
ROW = re.compile(
    r'<tr role="row">\s*<th role="rowheader" scope="row" class="order">\s*<a class="number" href="/panel/orders/(\d+)"'
)


def listed(source: str) -> list[int]:
    return [int(number) for number in ROW.findall(source)]


def in_bucket(market: Market, bucket: Bucket, seller: str | None = None) -> set[int]:
    """By the rule itself, order for order."""
    settings, now = market.settings, market.now()

    def holds(order: Order) -> bool:
        rates_until = (order.ended_at or 0) + int(settings.buyers.feedback_days * DAY)
        rated = order.buyer_feedback_at is not None and order.seller_feedback_at is not None
        missing = order.end_reason in RECEIVED and now < rates_until and not rated
        zone = settings.countdown.zone
        found = buckets(
            order.status, order.placed_at, now, zone, has_issue=bool(order.disputed), feedback_missing=missing
        )
        return bucket in found

    return {order.id for order in market.orders(seller=seller) if holds(order)}


def all_pages(visitor: Visitor, query: str) -> list[int]:
    found: list[int] = []
    for page in range(1, 100):
        visitor.get("/", f"{query}&page={page}")
        found += listed(visitor.source)
        if 'rel="next"' not in visitor.source:
            return found
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("bucket", Bucket)
def test_a_bucket_counts_and_lists_what_the_rule_says(
    busy_market: Market, visit: type[Visitor], bucket: Bucket
) -> None:
    visitor = visit(busy_market)
    expected = in_bucket(busy_market, bucket)
    found = all_pages(visitor, f"bucket={bucket.name.lower()}")
    assert len(found) == len(set(found))
    assert set(found) == expected
    visitor.get("/")
    assert re.search(rf"<b>{len(expected)}</b> <span>{bucket}</span>", visitor.source)


def test_the_counts_follow_the_seller_that_is_chosen(busy_market: Market, visit: type[Visitor]) -> None:
    visitor = visit(busy_market)
    visitor.get("/", "seller=shop-2")
    expected = in_bucket(busy_market, Bucket.PENDING_SHIPMENTS, "shop-2")
    assert f"<b>{len(expected)}</b> <span>Pending shipments</span>" in visitor.source
    assert set(all_pages(visitor, "seller=shop-2")) == {order.id for order in busy_market.orders(seller="shop-2")}


def test_a_bucket_turns_with_midnight_in_the_marketplaces_zone(market: Market, place: Place) -> None:
    midnight_at = 1_772_438_400  # Monday 2 March 2026, 00:00 in Los Angeles
    for at, count in ((midnight_at - 1, 1), (midnight_at, 1), (midnight_at + 1, 2)):
        market.advance_to(at)
        place(market, wait=False)
        assert Shelf(market.world).counts(None)[Bucket.NEW_ORDERS] == count


@pytest.mark.parametrize("status", Status)
def test_a_status_lists_its_orders_and_no_others(busy_market: Market, visit: type[Visitor], status: Status) -> None:
    found = all_pages(visit(busy_market), f"status={status}")
    assert sorted(found) == sorted(order.id for order in busy_market.orders(status))


def test_the_list_comes_by_least_time_left_or_newest_first(busy_market: Market, visit: type[Visitor]) -> None:
    visitor = visit(busy_market)
    by_time = [busy_market.order(number) for number in all_pages(visitor, "bucket=pending_shipments")]
    ends = [order.ship_by_at for order in by_time]
    assert ends == sorted(ends, key=lambda at: at or 0)
    newest = [busy_market.order(number).placed_at for number in all_pages(visitor, "sort=newest")]
    assert newest == sorted(newest, reverse=True)
    assert len(newest) == len(busy_market.orders())


def test_sellers_clocks_stand_above_everything_else(busy_market: Market, visit: type[Visitor]) -> None:
    shown = [countdown(busy_market.world, busy_market.order(it)) for it in all_pages(visit(busy_market), "")]
    sellers = [each is not None and each.sellers and each.stopped_at is None for each in shown]
    assert sellers == sorted(sellers, reverse=True)
    assert any(sellers)


@pytest.mark.parametrize("by", ["id", "half an id", "name", "login", "product", "sku", "number", "two words"])
def test_a_search_finds_the_order_and_only_what_says_so(busy_market: Market, visit: type[Visitor], by: str) -> None:
    world = busy_market.world
    order = next(order for order in busy_market.orders() if order.declarations)
    buyer, article = world.people.buyer(order), product(order.lines[0].product)
    text = {
        "id": str(order.id),
        "half an id": str(order.id)[5:14],
        "name": buyer.name.upper(),
        "login": buyer.login,
        "product": article.name,
        "sku": article.sku,
        "number": order.declarations[0].number,
        "two words": f"{article.colour} {buyer.first_name.lower()}",
    }[by]
    found = all_pages(visit(busy_market), f"q={quote(text)}")
    assert order.id in found
    assert len(found) < len(busy_market.orders())


def test_a_search_wants_every_word(busy_market: Market, visit: type[Visitor]) -> None:
    def colours(number: int) -> set[str]:
        return {product(line.product).colour for line in busy_market.order(number).lines}

    found = all_pages(visit(busy_market), "q=blue+lamp")
    blue, lamps = (set(all_pages(visit(busy_market), f"q={word}")) for word in ("blue", "lamp"))
    assert set(found) == blue & lamps
    assert all("blue" in colours(number) for number in found)
    assert 0 < len(found) < min(len(blue), len(lamps))


def test_filters_hold_together(busy_market: Market, visit: type[Visitor]) -> None:
    found = all_pages(visit(busy_market), "bucket=pending_shipments&seller=shop-1&q=blue&sort=newest")
    expected = {
        order.id
        for order in busy_market.orders(seller="shop-1")
        if order.id in in_bucket(busy_market, Bucket.PENDING_SHIPMENTS)
        and any("blue" in product(line.product).name for line in order.lines)
    }
    assert set(found) == expected
    assert expected


def test_pages_lose_and_repeat_nothing(busy_market: Market, visit: type[Visitor]) -> None:
    visitor = visit(busy_market)
    found = all_pages(visitor, "")
    assert len(found) == len(set(found)) == len(busy_market.orders())
    assert re.search(r"Page (\d+) of \1 ", visitor.text)


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "9999", "x", "²", ""])
def test_a_page_that_does_not_exist_is_the_nearest_one(busy_market: Market, visit: type[Visitor], page: str) -> None:
    assert listed(visit(busy_market).get("/", f"page={page}"))


@pytest.mark.parametrize("query", ["bucket=all", "status=SENT", "seller=nobody", "sort=price"])
def test_a_word_the_panel_does_not_know_is_said_and_left_out(visitor: Visitor, query: str) -> None:
    visitor.get("/", query)
    name, _, word = query.partition("=")
    assert f"There is no {name} “{word}”, so that was left out." in visitor.text


def test_an_address_leads_back_to_the_query_it_was_made_from() -> None:
    query = read_query("bucket=in_dispute&status=FINISH&q=lamp&sort=newest&page=3", Settings())
    assert (query.sort, query.page, query.text) == (Sort.NEWEST, 3, "lamp")
    again = urlencode([(k, v) for k, v in query.parameters(page=3) if v])
    assert read_query(again, Settings()) == query
    assert read_query(urlencode([(k, v) for k, v in query.parameters() if v]), Settings()).page == 1


def test_a_row_says_what_the_order_is(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market, goods=((3, 2, 1250),))
    visitor.get("/")
    buyer = market.world.people.buyer(order)
    for words in (
        str(order.id),
        buyer.name,
        buyer.country_name,
        f"{product(3).name} \N{MULTIPLICATION SIGN} 2",
        "25.00 EUR",
        panel_label(order.status, None),
        "to ship",
    ):
        assert " ".join(words.split()) in visitor.text


def test_an_empty_market_says_so(open_market: Callable[..., Market], visit: type[Visitor]) -> None:
    visitor = visit(open_market())
    visitor.get("/")
    assert "Nobody has ordered yet." in visitor.text
    visitor.get("/", "status=FINISH")
    assert "No order is like that. Show all orders" in visitor.text


def test_an_order_rated_by_both_sides_is_no_longer_to_review(
    market: Market, visitor: Visitor, place: Callable[..., Order]
) -> None:
    order = place(market, feedback_seconds=1000, dispute_seconds=None)
    market.world.declare(order, carrier="GLS_ES", number="12345678901", whole=True, cause="test")
    assert market.run_until(lambda: order.buyer_feedback_at is not None, 120 * DAY)
    assert order.id in all_pages(visitor, "bucket=to_review")
    assert rate(market.world, order, 5, cause="test") is None
    assert order.id not in all_pages(visitor, "bucket=to_review")

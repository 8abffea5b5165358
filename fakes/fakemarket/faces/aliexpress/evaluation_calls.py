"""Ratings: which orders the seller may still rate, rating one, and reading what both sides said.

Buyers give stars and no words in this market. The filters by line, finish time and feedback status of the orders to
rate are taken and not heeded, as the platform's own page says of them [1]; nor are the parts of a rating of which it
says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from fakemarket.faces.aliexpress.envelope import Content, Listing, without_nulls
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faces.aliexpress.order_query import Range, read_page, read_range
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.refusals import not_found, refused
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.rules.status import Status
from fakemarket.world.desk import rate, rateable_until_at, stars_of, to_rate
from fakemarket.world.goods import product
from fakemarket.world.order import Line, Order
from fakemarket.world.world import UnknownOrder

_MOST_ORDERS = 50
_NOT_HEEDED = ("child_order_ids", "order_finish_time_start", "order_finish_time_end", "seller_feedback_status")
_NO_PART_OF_A_RATING = ("anonymous", "buyer_ali_id", "image_urls", "seller_ali_id")


def orders_to_rate(shop: Shop, arguments: Arguments) -> Work:
    """`result_list` holds JSON texts, each with an order's number [2]."""
    fields = arguments.inside("query_d_t_o")
    page = read_page(fields, shop.world.settings.wire.page_size_limit)
    numbers = fields.integers("order_ids")
    fields.accept(*_NOT_HEEDED)

    def act() -> Content:
        found = [it for it in to_rate(shop.world, shop.seller) if not numbers or it.id in numbers]
        rows = Listing("json", [orjson.dumps({"orderId": order.id}).decode() for order in page.of(found)])
        return {"result": {"is_success": True, "total_item": len(found), "result_list": rows}}

    return Work(act)


def save_seller_feedback(shop: Shop, arguments: Arguments) -> Work:
    fields = arguments.inside("param1")
    number = fields.integer("order_id", at_least=1)
    stars = fields.integer("score", at_least=1, at_most=5)
    fields.maybe_text("feedback_content")
    fields.accept(*_NO_PART_OF_A_RATING)

    def act() -> Content:
        try:
            refusal = rate(shop.world, shop.order(number), stars, cause="call")
        except UnknownOrder as unknown:
            error = not_found(unknown)
        else:
            if refusal is None:
                return {"is_success": True}
            error = refused(refusal)
        return {"is_success": False, "error_message": error.message, "sub_error_code": error.number}

    return Work(act, number)


def evaluations(shop: Shop, arguments: Arguments) -> Work:
    """One row for each line of an order that either side has rated."""
    fields = arguments.inside("trade_evaluation_request")
    numbers = fields.integers("parent_order_ids")
    if len(numbers) > _MOST_ORDERS:
        raise PlatformError(Problem.INVALID_ARGUMENT, "parent_order_ids", f"at most {_MOST_ORDERS} may be asked for")
    article = fields.maybe_integer("product_id")
    stars = fields.integers("buyer_product_ratings")
    completed = read_range(fields, "start_order_complete_date", "end_order_complete_date")
    valid = read_range(fields, "start_valid_date", "end_valid_date")

    def act() -> Content:
        rows = [
            _row(shop, order, line)
            for order in shop.world.orders_of(shop.seller, (Status.FINISH, Status.ARCHIVE))
            if (order.buyer_feedback_at or order.seller_feedback_at)
            and (not numbers or order.id in numbers)
            and (not stars or (order.buyer_feedback_at and stars_of(shop.world, order) in stars))
            and _within(completed, order.ended_at)
            and _within(valid, rateable_until_at(shop.world, order))
            for line in order.lines
            if article in (None, product(line.product).id)
        ]
        rows.sort(key=_latest_first, reverse=True)
        listing = Listing("trade_evaluation_open_dto", rows)
        return {"target_list": listing, "time_stamp": pacific(shop.told_now)}

    return Work(act)


def _within(wanted: Range, at: int | None) -> bool:
    return at is not None and wanted.holds(at)


_latest_first: Callable[[dict[str, Any]], tuple[str, int]] = lambda row: (row["gmt_order_complete"], row["order_id"])  # noqa: E731


def _row(shop: Shop, order: Order, line: Line) -> Content:
    def shown(at: int | None) -> str | None:
        return None if at is None else pacific(at)

    rated = order.buyer_feedback_at is not None
    return without_nulls(
        {
            "order_id": line.child_id,
            "parent_order_id": order.id,
            "product_id": product(line.product).id,
            "buyer_login_id": shop.world.people.buyer(order).login,
            "buyer_evaluation": str(stars_of(shop.world, order)) if rated else None,
            "buyer_fb_date": shown(order.buyer_feedback_at),
            "seller_evaluation": None if order.seller_stars is None else str(order.seller_stars),
            "seller_fb_date": shown(order.seller_feedback_at),
            "seller_login_id": order.seller,
            "gmt_create": pacific(order.placed_at),
            "gmt_modified": shown(max(order.buyer_feedback_at or 0, order.seller_feedback_at or 0)),
            "gmt_order_complete": shown(order.ended_at),
            "valid_date": shown(rateable_until_at(shop.world, order)),
        }
    )

"""The disputes: their list, and one in detail.

One that has ended is listed only when `issue_status` says `finish` [1]. `order_no` takes a line's id, and the fields'
names confuse line and order just so [1]. The detail calls some of the list's fields otherwise [2].
"""

from __future__ import annotations

from fakemarket.faces.aliexpress import wording
from fakemarket.faces.aliexpress.envelope import Content, Listing
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faces.aliexpress.order_query import read_page
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.world.disputes import Dispute, disputes_of
from fakemarket.world.goods import product

_PROCESSING, _FINISH = "processing", "finish"
_STATUSES = (_PROCESSING, "canceled_issue", _FINISH)
_FIRST_ID = 6 * 10**16
"""A dispute's id is its order's above this [A]; an order has one at most."""


def issue_list(shop: Shop, arguments: Arguments) -> Work:
    fields = arguments.inside("query_dto")
    page = read_page(fields, shop.world.settings.wire.page_size_limit)
    line = fields.maybe_integer("order_no")
    login = fields.maybe_text("buyer_login_id")
    status = fields.maybe_text("issue_status") or _PROCESSING
    if status not in _STATUSES:
        raise PlatformError(Problem.INVALID_ARGUMENT, "issue_status", f"{status} is none of {', '.join(_STATUSES)}")

    def act() -> Content:
        found = [
            row
            for dispute in disputes_of(shop.world, shop.seller)
            if _status(dispute) == status and line in (None, dispute.order.lines[0].child_id)
            for row in [_row(shop, dispute)]
            if login in (None, row["buyer_login_id"])
        ]
        return {
            "current_page": page.number,
            "page_size": page.size,
            "total_item": len(found),
            "data_list": Listing("issue_api_issue_dto", page.of(found)),
        }

    return Work(act)


def issue_detail(shop: Shop, arguments: Arguments) -> Work:
    """Has no success flag, so an unknown dispute is an error of the gateway."""
    number = arguments.integer("issue_id", at_least=1)
    login = arguments.text("buyer_login_id")

    def act() -> Content:
        for dispute in disputes_of(shop.world, shop.seller):
            row = _row(shop, dispute)
            if (row["issue_id"], row["buyer_login_id"]) == (number, login):
                return {"result_object": _detail(shop, dispute, row)}
        raise PlatformError(Problem.NO_SUCH_ISSUE, str(number))

    return Work(act, number - _FIRST_ID if number > _FIRST_ID else None)


def _detail(shop: Shop, dispute: Dispute, row: Content) -> Content:
    """A dispute has no solutions here and no process to show; money is a text, its currency beside it."""
    currency, line = shop.world.settings.demand.currency, dispute.order.lines[0]
    same = ("order_id", "parent_order_id", "buyer_login_id", "issue_status", "gmt_create")
    return {
        "id": row["issue_id"],
        **{name: row[name] for name in same},
        "issue_reason": row["reason_english"],
        "product_name": product(line.product).name,
        "product_price": wording.amount(line.price_cents),
        "product_price_currency": currency,
        "refund_money_max": wording.amount(dispute.order.total_cents),
        "refund_money_max_currency": currency,
        "after_sale_warranty": False,
    }


def _row(shop: Shop, dispute: Dispute) -> Content:
    order = dispute.order
    modified_at = dispute.opened_at if dispute.ended_at is None else dispute.ended_at
    return {
        "issue_id": _FIRST_ID + order.id,
        "order_id": order.lines[0].child_id,
        "parent_order_id": order.id,
        "buyer_login_id": shop.world.people.buyer(order).login,
        "issue_status": _status(dispute),
        "gmt_create": pacific(dispute.opened_at),
        "gmt_modified": pacific(modified_at),
        "reason_chinese": "货物与描述不符",
        "reason_english": "Product not as described",
    }


def _status(dispute: Dispute) -> str:
    return _PROCESSING if dispute.ended_at is None else _FINISH

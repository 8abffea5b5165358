"""An order as a row of the order lists.

A client polls the same rows thousands of times, so what doesn't depend on the present is encoded once for each change
of an order and kept; only the countdown is added anew. What is kept can be thrown away at any moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from fakemarket.faces.aliexpress import wording
from fakemarket.faces.aliexpress.envelope import Content, Listing, encode, without_nulls
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faces.aliexpress.privacy import shown_buyer
from fakemarket.rules.deadlines import time_left
from fakemarket.rules.status import Status
from fakemarket.rules.wire_status import frozen_status
from fakemarket.world.carriers import BY_KEY
from fakemarket.world.goods import product
from fakemarket.world.order import Line, Order, OrderId
from fakemarket.world.people import Person
from fakemarket.world.world import World

_MOST_KEPT = 20_000


class RowStyle(NamedTuple):
    """What differs between the list calls."""

    line_wrapper: str
    simplify: bool


class _Kept(NamedTuple):
    """An encoded row without its closing brace, when its state times out, and what it was made from."""

    version: tuple[object, ...]
    text: bytes
    times_out_at: int | None
    to_shipment: bool


class OrderRows:
    """Rows of one market's orders."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: dict[RowStyle, dict[OrderId, _Kept]] = {}

    def of(self, orders: Iterable[Order], style: RowStyle) -> list[orjson.Fragment]:
        """The rows of some orders at the world's present."""
        now = self._world.now
        rows = self._kept.setdefault(style, {})
        countdowns: dict[int, bytes] = {}  # orders of one day share their deadline
        fragments = []
        for order in orders:
            # Seconds are too coarse to tell two changes apart, so everything a row depends on is compared.
            shipped = (len(order.declarations), order.revisions)
            version = (order.status, order.modified_at, *shipped, order.disputed, order.ship_by_at)
            row = rows.get(order.id)
            if row is None or row.version != version:
                if len(rows) >= _MOST_KEPT:
                    rows.clear()
                row = rows[order.id] = self._lasting(order, style, version)
            if row.times_out_at is None:
                countdown = b"}"
            elif row.to_shipment:
                if row.times_out_at not in countdowns:
                    countdowns[row.times_out_at] = _to_shipment(row.times_out_at, now)
                countdown = countdowns[row.times_out_at]
            else:
                countdown = _to_time_out(row.times_out_at, now)
            fragments.append(orjson.Fragment(row.text + countdown))
        return fragments

    def _lasting(self, order: Order, style: RowStyle, version: tuple[object, ...]) -> _Kept:
        return _Kept(
            version,
            encode(self._row(order, style), simplify=style.simplify)[:-1],
            self._world.platform.times_out_at(order),
            order.status in (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS),
        )

    def _row(self, order: Order, style: RowStyle) -> Content:
        buyer = shown_buyer(self._world, order)
        over = wording.listed_status(order) in (Status.FINISH, Status.ARCHIVE)
        sent_at = order.declarations[-1].at if order.declarations else None
        paid_at = order.paid_at
        currency = self._world.settings.demand.currency
        lines = [self._line(order, line, buyer) for line in order.lines]
        return without_nulls(
            {
                "order_id": order.id,
                "order_status": wording.listed_status(order),
                "fund_status": wording.fund(order),
                "logistics_status": wording.logistics(order),
                "issue_status": wording.issue(order),
                "frozen_status": frozen_status(order.status),
                "biz_type": "AE_COMMON",
                "end_reason": order.end_reason or "",
                "gmt_create": pacific(order.placed_at),
                "gmt_pay_time": None if paid_at is None else pacific(paid_at),
                "gmt_update": pacific(order.modified_at),
                # Not returned for finished orders [1].
                "gmt_send_goods_time": None if sent_at is None or over else pacific(sent_at),
                "pay_amount": wording.money(order.total_cents, currency),
                "payment_type": None if paid_at is None else "MIXEDCARD",
                "buyer_login_id": buyer.login,
                "buyer_signer_fullname": buyer.name,
                "seller_login_id": order.seller,
                "seller_operator_login_id": order.seller,
                "seller_signer_fullname": order.seller,
                "phone": False,
                "has_request_loan": False,
                "product_list": Listing(style.line_wrapper, lines),
            }
        )

    def _line(self, order: Order, line: Line, buyer: Person) -> Content:
        settings = self._world.settings
        article = product(line.product)
        shipped = order.declarations[-1] if order.declarations else None
        carrier = BY_KEY.get(shipped.carrier) if shipped else None
        status = wording.listed_status(order)
        row: dict[str, Any] = {
            "child_id": line.child_id,
            "order_id": line.child_id,  # the child's, not the parent's, in a real row [1]
            "product_id": article.id,
            "product_name": article.name,
            "product_count": line.quantity,
            "product_unit": "piece",
            "sku_code": line.sku,
            "product_unit_price": wording.money(line.price_cents, settings.demand.currency),
            "total_product_amount": wording.money(line.price_cents * line.quantity, settings.demand.currency),
            "son_order_status": status,
            "show_status": status,
            "fund_status": wording.fund(order),
            "issue_status": wording.issue(order),
            "logistics_type": carrier.key if carrier else None,
            "logistics_service_name": carrier.display_name if carrier else None,
            "send_goods_operator": "SELLER_SEND_GOODS",
            "send_goods_time": pacific(shipped.at) if shipped else None,
            "freight_commit_day": str(int(settings.buyers.auto_confirm_days)),
            "goods_prepare_time": order.preparation_days,
            "can_submit_issue": order.status is Status.WAIT_BUYER_ACCEPT_GOODS,
            "money_back3x": False,
            "buyer_signer_first_name": buyer.first_name,
            "buyer_signer_last_name": buyer.last_name,
        }
        return without_nulls(row)


def brief_row(world: World, order: Order) -> Content:
    """An order in the short list. It has a field for the time left, which the platform fills no longer [2]."""
    currency = world.settings.demand.currency
    lines = [
        {
            "child_id": line.child_id,
            "product_id": product(line.product).id,
            "product_name": product(line.product).name,
            "product_count": line.quantity,
            "product_unit": "piece",
            "product_unit_price": wording.amount(line.price_cents),
            "product_unit_price_cur": currency,
            "sku_code": line.sku,
            "son_order_status": wording.listed_status(order),
            "goods_prepare_time": order.preparation_days,
            "money_back3x": False,
        }
        for line in order.lines
    ]
    return without_nulls(
        {
            "order_id": order.id,
            "order_status": wording.listed_status(order),
            "biz_type": "AE_COMMON",
            "gmt_create": pacific(order.placed_at),
            "gmt_modified": pacific(order.modified_at),
            "product_list": Listing("simple_order_product_vo", lines),
        }
    )


def _to_shipment(ends_at: int, now: int) -> bytes:
    """The red clock: milliseconds left, and days, hours and minutes as texts [C]; then the row's closing brace."""
    return (
        b',"timeout_left_time":%d,"left_send_good_day":"%d","left_send_good_hour":"%d","left_send_good_min":"%d"}'
        % ((ends_at - now) * 1000, *time_left(ends_at, now))
    )


def _to_time_out(ends_at: int, now: int) -> bytes:
    """Milliseconds left until another state's time-out; negative if it is overdue [C]."""
    return b',"timeout_left_time":%d}' % ((ends_at - now) * 1000)

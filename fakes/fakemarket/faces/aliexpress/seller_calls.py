"""What a seller says about an order beside shipping it: to a buyer who wants to cancel, or needs more time."""

from __future__ import annotations

from collections.abc import Callable

from fakemarket.faces.aliexpress.envelope import Content
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.refusals import not_found, refused
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.world.desk import extend_receipt
from fakemarket.world.order import Order
from fakemarket.world.world import Refusal, UnknownOrder

_NO_SUCH_ORDER = 100
_EXTENSION_CODES = {"EXTENSION_TOO_LONG": 201, "STATUS_NOT_ALLOWED": 210}
"""The only business codes of an order call that the platform's own description lists, as numbers [2]."""


def accept_cancel(shop: Shop, arguments: Arguments) -> Work:
    fields = arguments.inside("param_order_cancel_request")
    number = _named_order(fields)
    return _said(shop, number, lambda order: shop.world.answer_cancellation(order, accept=True, cause="call"))


def refuse_cancel(shop: Shop, arguments: Arguments) -> Work:
    """`memo` tells the buyer why; nobody reads it in this market."""
    fields = arguments.inside("param_order_cancel_request")
    number = _named_order(fields)
    fields.maybe_text("memo")
    return _said(shop, number, lambda order: shop.world.answer_cancellation(order, accept=False, cause="call"))


def extend_buyers_time(shop: Shop, arguments: Arguments) -> Work:
    """`param0` is the order, `param1` the days [C]."""
    number = arguments.integer("param0", at_least=1)
    days = arguments.integer("param1", at_least=1)

    def act() -> Content:
        try:
            refusal = extend_receipt(shop.world, shop.order(number), days, cause="call")
        except UnknownOrder as unknown:
            return {"is_success": False, "memo": str(unknown), "sub_error_code": _NO_SUCH_ORDER}
        if refusal is None:
            return {"is_success": True}
        return {"is_success": False, "memo": refusal.message, "sub_error_code": _EXTENSION_CODES[refusal.code]}

    return Work(act, number)


def _named_order(fields: Arguments) -> int:
    """The order's number; the buyer's login, which the number makes superfluous, is not compared [A]."""
    fields.maybe_text("buyer_login_id")
    return fields.integer("order_id", at_least=1)


def _said(shop: Shop, number: int, say: Callable[[Order], Refusal | None]) -> Work:
    def act() -> Content:
        try:
            refusal = say(shop.order(number))
        except UnknownOrder as unknown:
            error = not_found(unknown)
        else:
            if refusal is None:
                return {"result": {"success": True, "target": True}}
            error = refused(refusal)
        return {"result": {"success": False, "target": False, "error_code": error.code, "error_message": error.message}}

    return Work(act, number)

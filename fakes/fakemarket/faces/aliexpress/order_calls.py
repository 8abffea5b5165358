"""The calls that read orders: three lists, two details, the address, and what unmasks it."""

from __future__ import annotations

from fakemarket.faces.aliexpress.envelope import Content, Result
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import beijing, pacific
from fakemarket.faces.aliexpress.order_detail import DetailStyle, order_detail, receipt_address
from fakemarket.faces.aliexpress.order_query import read_page, read_query
from fakemarket.faces.aliexpress.order_row import RowStyle
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.privacy import oaid_of, shown_buyer
from fakemarket.faces.aliexpress.refusals import not_found, refused
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.world.world import Refusal, UnknownOrder

_SOLUTION = DetailStyle(wrapper_prefix="global_")
_TRADE = DetailStyle(wrapper_prefix="")
DECRYPTED = 200
"""`result_code` of an address that was unmasked; which number the platform has there is not known [A]."""


def solution_order_list(shop: Shop, arguments: Arguments) -> Work:
    """`param0` or, as some integrators send it, its fields as parameters of their own [C]."""
    fields = arguments.inside("param0") if arguments.has("param0") else arguments
    return _list(shop, fields, row_wrapper="order_dto", line_wrapper="order_product_dto")


def seller_order_list(shop: Shop, arguments: Arguments) -> Work:
    fields = arguments.inside("param_aeop_order_query")
    wrappers = {"row_wrapper": "aeop_order_item_dto", "line_wrapper": "aeop_order_product_dto"}
    return _list(shop, fields, **wrappers, creation_needed=True)


def simple_order_list(shop: Shop, arguments: Arguments) -> Work:
    """The short list; its page is called `page` [C]."""
    fields = arguments.inside("param1")
    wire = shop.world.settings.wire
    query, page = read_query(fields, wire), read_page(fields, wire.page_size_limit, number="page")
    return Work(lambda: {"result": shop.lists.brief_page(shop.seller, query.limited(shop.world), page)})


def solution_order_detail(shop: Shop, arguments: Arguments) -> Work:
    number = _order_number(arguments)

    def act() -> Content:
        result: Content = {"time_stamp": pacific(shop.told_now)}
        try:
            result["data"] = order_detail(shop.world, shop.seen(number), _SOLUTION)
            result["result_success"] = True
        except UnknownOrder as unknown:
            error = not_found(unknown)
            result |= {"result_success": False, "error_code": error.code, "error_message": error.message}
        return {"result": result}

    return Work(act, number)


def trade_order_detail(shop: Shop, arguments: Arguments) -> Work:
    """Has no success flag, so an unknown order is an error of the gateway; `time_stamp` is GMT+8 [1]."""
    number = _order_number(arguments)

    def act() -> Content:
        try:
            target = order_detail(shop.world, shop.seen(number), _TRADE)
        except UnknownOrder as unknown:
            raise PlatformError(Problem.NO_SUCH_ORDER, str(number), str(unknown)) from None
        return {"target": target, "time_stamp": beijing(shop.told_now)}

    return Work(act, number)


def receipt_info(shop: Shop, arguments: Arguments) -> Work:
    """Has no success flag either [C]."""
    number = _order_number(arguments)

    def act() -> Content:
        try:
            order = shop.order(number)
        except UnknownOrder as unknown:
            raise PlatformError(Problem.NO_SUCH_ORDER, str(number), str(unknown)) from None
        return {"result": receipt_address(shown_buyer(shop.world, order))}

    return Work(act, number)


def decrypted_address(shop: Shop, arguments: Arguments) -> Work:
    """The address unmasked, for the `oaid` of the order's detail. Fields of the answer [1], its numbers [A]."""
    number = arguments.integer("orderId", at_least=1)
    word = arguments.text("oaid")

    def act() -> Content:
        error = None
        try:
            order = shop.order(number)
            if word != oaid_of(shop.world, order):
                error = refused(Refusal("OAID_WRONG", f"this is not the oaid of order {number}"))
        except UnknownOrder as unknown:
            error = not_found(unknown)
        if error is not None:
            return {"result_code": error.number, "result_info": error.message}
        buyer = shop.world.people.buyer(order)
        shown = {
            "buyer_signer_fullname": buyer.name,
            "first_name": buyer.first_name,
            "contact_person": buyer.name,
            "detail_address": buyer.street,
            "mobile_no": buyer.phone,
        }
        return {"result_code": DECRYPTED, "result_obj": shown}

    return Work(act, number)


def _list(shop: Shop, fields: Arguments, *, row_wrapper: str, line_wrapper: str, creation_needed: bool = False) -> Work:
    wire = shop.world.settings.wire
    query, page = read_query(fields, wire, creation_needed=creation_needed), read_page(fields, wire.page_size_limit)
    style = RowStyle(line_wrapper, shop.simplify)

    def act() -> Result:
        asked = query.limited(shop.world)
        return shop.lists.page(shop.seller, asked, page, row_wrapper=row_wrapper, style=style)

    return Work(act)


def _order_number(arguments: Arguments) -> int:
    """Everything is shown always, so what would choose parts of it is not heeded; some of it isn't on the platform."""
    fields = arguments.inside("param1")
    fields.accept("ext_info_bit_flag", "field_list", "show_id")
    return fields.integer("order_id", at_least=1)

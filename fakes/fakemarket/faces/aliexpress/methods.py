"""The calls there are, as literal tables: name to the function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fakemarket.faces.aliexpress.order_calls import (
    receipt_info,
    seller_order_list,
    solution_order_detail,
    solution_order_list,
    trade_order_detail,
)
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.shipping_calls import fulfill, logistics_services, shipment_for_top
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.faces.aliexpress.token_calls import create_token, refresh_token
from fakemarket.world.tokens import App
from fakemarket.world.world import World

SellerMethod = Callable[[Shop, Arguments], Work]
OpenMethod = Callable[[World, App, Arguments], Work]

SELLER_METHODS: Mapping[str, SellerMethod] = {
    "aliexpress.solution.order.get": solution_order_list,
    "aliexpress.trade.seller.orderlist.get": seller_order_list,
    "aliexpress.solution.order.info.get": solution_order_detail,
    "aliexpress.trade.new.redefining.findorderbyid": trade_order_detail,
    "aliexpress.solution.order.receiptinfo.get": receipt_info,
    "aliexpress.logistics.redefining.listlogisticsservice": logistics_services,
    "aliexpress.solution.order.fulfill": fulfill,
    "aliexpress.logistics.sellershipmentfortop": shipment_for_top,
}
"""Dotted methods on a seller's data: they need a session."""

OPEN_METHODS: Mapping[str, OpenMethod] = {
    "taobao.top.auth.token.create": create_token,
    "taobao.top.auth.token.refresh": refresh_token,
}
"""Dotted methods that give a session and need none."""

SYSTEM_PATHS: Mapping[str, OpenMethod] = {
    "/auth/token/create": create_token,
    "/auth/token/refresh": refresh_token,
}
"""API paths of the newer gateway, under `/rest` or as `method` on `/sync`."""

DOTTED = frozenset((*SELLER_METHODS, *OPEN_METHODS))
PATHS = frozenset(SYSTEM_PATHS)

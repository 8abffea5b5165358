"""The calls there are, as literal tables: name to the function that reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fakemarket.faces.aliexpress.evaluation_calls import evaluations, orders_to_rate, save_seller_feedback
from fakemarket.faces.aliexpress.issue_calls import issue_detail, issue_list
from fakemarket.faces.aliexpress.order_calls import (
    decrypted_address,
    receipt_info,
    seller_order_list,
    simple_order_list,
    solution_order_detail,
    solution_order_list,
    trade_order_detail,
)
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.seller_calls import accept_cancel, extend_buyers_time, refuse_cancel
from fakemarket.faces.aliexpress.shipping_calls import (
    fulfill,
    logistics_services,
    modified_shipment_for_top,
    order_shipment,
    shipment_by_line,
    shipment_for_top,
)
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.faces.aliexpress.shop_calls import domestic_carriers, freight_templates, merchant_profile
from fakemarket.faces.aliexpress.token_calls import create_token, refresh_token, told_as_text
from fakemarket.faces.aliexpress.tracking_calls import declared_shipments, tracking_result
from fakemarket.world.tokens import App
from fakemarket.world.world import World

SellerMethod = Callable[[Shop, Arguments], Work]
OpenMethod = Callable[[World, App, Arguments], Work]

SELLER_METHODS: Mapping[str, SellerMethod] = {
    "aliexpress.solution.order.get": solution_order_list,
    "aliexpress.trade.seller.orderlist.get": seller_order_list,
    "aliexpress.trade.redefining.findorderlistsimplequery": simple_order_list,
    "aliexpress.solution.order.info.get": solution_order_detail,
    "aliexpress.trade.new.redefining.findorderbyid": trade_order_detail,
    "aliexpress.solution.order.receiptinfo.get": receipt_info,
    "aliexpress.trade.seller.order.decrypt": decrypted_address,
    "aliexpress.logistics.redefining.listlogisticsservice": logistics_services,
    "aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany": domestic_carriers,
    "aliexpress.freight.redefining.listfreighttemplate": freight_templates,
    "aliexpress.solution.order.fulfill": fulfill,
    "aliexpress.logistics.sellershipmentfortop": shipment_for_top,
    "aliexpress.logistics.sellermodifiedshipmentfortop": modified_shipment_for_top,
    "aliexpress.logistics.sellershipmentsupportsubtradeorder": shipment_by_line,
    "aliexpress.logistics.order.shipment": order_shipment,
    "aliexpress.logistics.querysellershipmentinfo": declared_shipments,
    "aliexpress.logistics.redefining.querytrackingresult": tracking_result,
    "aliexpress.trade.seller.order.acceptcancel": accept_cancel,
    "aliexpress.trade.seller.order.refusecancel": refuse_cancel,
    "aliexpress.trade.redefining.extendsbuyeracceptgoodstime": extend_buyers_time,
    "aliexpress.issue.issuelist.get": issue_list,
    "aliexpress.issue.detail.get": issue_detail,
    "aliexpress.appraise.redefining.querysellerevaluationorderlist": orders_to_rate,
    "aliexpress.appraise.redefining.savesellerfeedback": save_seller_feedback,
    "aliexpress.evaluation.listorderevaluation.get": evaluations,
    "aliexpress.solution.merchant.profile.get": merchant_profile,
}
"""Dotted methods on a seller's data: they need a session."""

OPEN_METHODS: Mapping[str, OpenMethod] = {
    "taobao.top.auth.token.create": told_as_text(create_token),
    "taobao.top.auth.token.refresh": told_as_text(refresh_token),
}
"""Dotted methods that give a session and need none."""

SYSTEM_PATHS: Mapping[str, OpenMethod] = {
    "/auth/token/create": create_token,
    "/auth/token/refresh": refresh_token,
    "/auth/token/security/create": create_token,
    "/auth/token/security/refresh": refresh_token,
}
"""API paths of the newer gateway, under `/rest` or as `method` on `/sync`."""

DOTTED = frozenset((*SELLER_METHODS, *OPEN_METHODS))
PATHS = frozenset(SYSTEM_PATHS)

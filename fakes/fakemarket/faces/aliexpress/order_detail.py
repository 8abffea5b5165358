"""An order as its detail calls show it, and its address.

Unlike lists, details name the time-out as a moment, and tell money under way from a finished order. Knows no requests.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from fakemarket.faces.aliexpress import wording
from fakemarket.faces.aliexpress.envelope import Content, Listing, without_nulls
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faces.aliexpress.privacy import oaid, shown_buyer
from fakemarket.rules.wire_status import frozen_status
from fakemarket.world.carriers import BY_KEY
from fakemarket.world.goods import product
from fakemarket.world.order import Declaration, Line, Order
from fakemarket.world.people import Person
from fakemarket.world.world import World


class DetailStyle(NamedTuple):
    """What differs between the detail calls: the names of list wrappers."""

    wrapper_prefix: str

    def listing(self, wrapper: str, items: list[Content]) -> Listing:
        return Listing(f"{self.wrapper_prefix}{wrapper}", items)


def order_detail(world: World, order: Order, style: DetailStyle) -> Content:
    """Everything about an order; `ext_info_bit_flag` is not heeded, all parts come always."""
    buyer = shown_buyer(world, order)
    currency = world.settings.demand.currency
    total = wording.full_money(order.total_cents, currency)
    times_out_at = world.platform.times_out_at(order)
    children = [_child(world, order, line) for line in order.lines]
    shipments = [_shipment(world, declaration) for declaration in order.declarations]
    return without_nulls(
        {
            "id": order.id,
            "order_status": order.status,
            "logistics_status": wording.logistics(order),
            "fund_status": wording.fund(order),
            "issue_status": wording.issue(order),
            "frozen_status": frozen_status(order.status),
            "loan_status": "loan_none",
            "order_end_reason": order.end_reason or "",
            "gmt_create": pacific(order.placed_at),
            "gmt_modified": pacific(order.modified_at),
            "gmt_pay_success": None if order.paid_at is None else pacific(order.paid_at),
            "gmt_trade_end": None if order.ended_at is None else pacific(order.ended_at),
            "over_time_left": None if times_out_at is None else pacific(times_out_at),
            "order_amount": total,
            "init_oder_amount": total,
            "logistics_amount": wording.full_money(0, currency),
            "pay_amount_by_settlement_cur": wording.amount(order.total_cents),
            "settlement_currency": currency,
            "payment_type": None if order.paid_at is None else "MIXEDCARD",
            "buyerloginid": buyer.login,
            "buyer_signer_fullname": buyer.name,
            "buyer_info": {
                "login_id": buyer.login,
                "first_name": buyer.first_name,
                "last_name": buyer.last_name,
                "country": buyer.country,
            },
            "receipt_address": receipt_address(buyer),
            "oaid": oaid(world, order),
            "seller_signer_fullname": order.seller,
            "seller_operator_login_id": order.seller,
            "seller_operator_aliidloginid": order.seller,
            "is_phone": False,
            "issue_info": None if order.disputed is None else {"issue_status": wording.issue(order)},
            "child_order_list": style.listing("aeop_tp_child_order_dto", children),
            "child_order_ext_info_list": style.listing(
                "aeop_tp_order_product_info_dto", [_product_info(world, line) for line in order.lines]
            ),
            "logistic_info_list": style.listing("aeop_tp_logistic_info_dto", shipments),
            "opr_log_dto_list": style.listing("aeop_tp_operation_log_dto", []),  # empty since 2019 [C]
        }
    )


def receipt_address(buyer: Person) -> Content:
    """Where the goods go; all texts [C]."""
    return without_nulls(
        {
            "contact_person": buyer.name,
            "country": buyer.country,
            "country_name": buyer.country_name,
            "province": buyer.province,
            "city": buyer.city,
            "address": buyer.street,
            "detail_address": buyer.street,
            "zip": buyer.zip_code,
            "mobile_no": buyer.phone,
            "phone_country": buyer.calling_code or None,
            "localized_address": f"{buyer.street}, {buyer.zip_code} {buyer.city}, {buyer.province}",
        }
    )


def _child(world: World, order: Order, line: Line) -> Content:
    currency = world.settings.demand.currency
    article = product(line.product)
    carrier = BY_KEY.get(order.declarations[-1].carrier) if order.declarations else None
    attributes = {"sku": [{"pName": "Color", "pValue": article.colour}]}
    return without_nulls(
        {
            "id": line.child_id,
            "child_order_id": str(line.child_id),
            "order_status": order.status,
            "order_sort_id": line.number,
            "product_id": article.id,
            "product_name": article.name,
            "product_count": line.quantity,
            "product_price": wording.full_money(line.price_cents, currency),
            "init_order_amt": wording.full_money(line.price_cents * line.quantity, currency),
            "sku_code": line.sku,
            "product_attributes": orjson.dumps(attributes).decode(),
            "lot_num": 1,
            "goods_prepare_time": order.preparation_days,
            "logistics_type": carrier.key if carrier else None,
            "logistics_service_name": carrier.display_name if carrier else None,
            "send_goods_operator": "SELLER_SEND_GOODS",
            "fund_status": wording.fund(order),
            "issue_status": wording.issue(order),
            "frozen_status": frozen_status(order.status),
        }
    )


def _product_info(world: World, line: Line) -> Content:
    article = product(line.product)
    return {
        "product_id": article.id,
        "product_name": article.name,
        "quantity": line.quantity,
        "unit_price": wording.full_money(line.price_cents, world.settings.demand.currency),
        "sku": orjson.dumps([line.sku]).decode(),
        "category_id": article.category_id,
    }


def _shipment(world: World, declaration: Declaration) -> Content:
    """A number as declared, with what the carrier has said about it."""
    carrier = BY_KEY.get(declaration.carrier)
    parcel = world.tracking.parcel(declaration.number)
    scanned_at, received_at = (parcel.scanned_at, parcel.delivered_at) if parcel else (None, None)
    if world.lens.past is not None:
        scanned_at, received_at = world.lens.past.known(scanned_at), world.lens.past.known(received_at)
    return without_nulls(
        {
            "logistics_no": declaration.number,
            "logistics_service_name": carrier.display_name if carrier else declaration.carrier,
            "logistics_type_code": declaration.carrier,
            "gmt_send": pacific(declaration.at),
            "gmt_received": None if received_at is None else pacific(received_at),
            "receive_status": "not_received" if received_at is None else "received",
            "have_tracking_info": scanned_at is not None,
        }
    )

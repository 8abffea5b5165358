"""Shipments read back: what was declared, and what the carrier has said of a number since."""

from __future__ import annotations

from fakemarket.faces.aliexpress.envelope import Content, Listing, without_nulls
from fakemarket.faces.aliexpress.line_shipments import told
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.refusals import not_found
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.world.desk import shipments_of
from fakemarket.world.world import UnknownOrder


def declared_shipments(shop: Shop, arguments: Arguments) -> Work:
    number = arguments.integer("trade_order_id", at_least=1)
    tracking_number, carrier = arguments.maybe_text("logistics_no"), arguments.maybe_text("service_name")
    line = arguments.maybe_integer("sub_trade_order_index")

    def act() -> Content:
        try:
            order = shop.seen(number)
        except UnknownOrder as unknown:
            error = not_found(unknown)
            return {"result_success": False, "result_error_code": error.code, "error_msg": error.message}
        found = shipments_of(order, carrier, tracking_number, line)
        lines = [each.number for each in order.lines if line in (None, each.number)]
        return {"result_success": True, "trade_order_id": number, "sub_trade_order_list": told(found, lines)}

    return Work(act, number)


def tracking_result(shop: Shop, arguments: Arguments) -> Work:
    """A number that no parcel carries has no events, and neither has one that no carrier has seen yet."""
    number = arguments.integer("out_ref", at_least=1)
    tracking_number, carrier = arguments.text("logistics_no"), arguments.text("service_name")
    for name in ("origin", "to_area"):
        arguments.text(name)

    def act() -> Content:
        try:
            order = shop.order(number)
        except UnknownOrder as unknown:
            return {"result_success": False, "error_desc": not_found(unknown).message}
        parcel = shop.world.tracking.parcel(tracking_number)
        if not shipments_of(order, carrier, tracking_number, None) or parcel is None or parcel.order is not order:
            return {"result_success": True, "details": Listing("details", [])}
        buyer = shop.world.people.buyer(order)
        seen = ((parcel.scanned_at, "Accepted by carrier", ""), (parcel.delivered_at, "Delivered", buyer.city))
        events = [
            without_nulls({"event_date": pacific(at), "event_desc": what, "address": where or None})
            for at, what, where in reversed(seen)
            if at is not None
        ]
        return {"result_success": True, "details": Listing("details", events)}

    return Work(act, number)

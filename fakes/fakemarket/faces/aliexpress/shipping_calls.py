"""The calls that ship: which services there are, declaring a shipment whole, in part or by line, and correcting one.

A partial declaration doesn't say which lines went, the platform has no field for it [C]; the call by line does.
"""

from __future__ import annotations

from collections.abc import Callable

from fakemarket.faces.aliexpress.envelope import Content, Listing
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.line_shipments import BY_LINE, READ_BACK, taken
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.refusals import BusinessError, not_found, refused
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.world.carriers import CARRIERS
from fakemarket.world.desk import LineShipment, correct, declare_lines
from fakemarket.world.order import Order
from fakemarket.world.world import Refusal, UnknownOrder

_SEND_TYPES = {"all": True, "part": False}
_LONGEST_DESCRIPTION = 512
_MOST_LINES = 20
"""Of one call [1]."""


def fulfill(shop: Shop, arguments: Arguments) -> Work:
    """Answers with a result object."""

    def content(error: BusinessError | None) -> Content:
        if error is None:
            return {"result": {"result_success": True}}
        return {"result": {"result_success": False, "error_code": error.code, "error_message": error.message}}

    return _declare(shop, arguments, content)


def _at_top(error: BusinessError | None) -> Content:
    """The older calls' answer: its fields at the top."""
    if error is None:
        return {"result_success": True}
    return {"result_success": False, "result_error_code": error.code, "result_error_desc": error.message}


def shipment_for_top(shop: Shop, arguments: Arguments) -> Work:
    """The older call: the same, with the answer's fields at the top."""
    arguments.accept("package_type", "actual_carrier", "ioss", "locale")
    return _declare(shop, arguments, _at_top)


def modified_shipment_for_top(shop: Shop, arguments: Arguments) -> Work:
    """Replaces carrier and number of a shipment, which the old ones name."""
    number = arguments.integer("out_ref", at_least=1)
    whole = _send_type(arguments)
    old = (arguments.text("old_service_name"), arguments.text("old_logistics_no"))
    carrier, tracking_number = arguments.text("new_service_name"), arguments.text("new_logistics_no")
    website = arguments.maybe_text("tracking_website") or ""
    _check_description(arguments)
    arguments.accept("package_type", "actual_carrier", "locale")

    def correction(order: Order) -> Refusal | None:
        new = {"carrier": carrier, "number": tracking_number, "website": website}
        return correct(shop.world, order, old, **new, whole=whole, cause="call")

    return _done(shop, number, correction, _at_top)


def shipment_by_line(shop: Shop, arguments: Arguments) -> Work:
    """Each line by its place in the order, from 1, with the numbers it went by. The answer's names are its own [1]."""
    number, shipments = _by_line(arguments)

    def content(error: BusinessError | None) -> Content:
        if error is not None:
            return {"is_success": False, "code_of_error": error.code, "error_msg": error.message}
        return {"is_success": True, "trade_order_id": number, "sub_trade_order_list": taken(shipments, BY_LINE)}

    return _done(shop, number, lambda order: declare_lines(shop.world, order, shipments, cause="call"), content)


def order_shipment(shop: Shop, arguments: Arguments) -> Work:
    """The newer call: the same in one structured argument; the answer says which lines it took."""
    number, shipments = _by_line(arguments.inside("param_aeop_seller_shipment_sub_trade_order_request"))

    def content(error: BusinessError | None) -> Content:
        if error is not None:
            return {"result": {"success": False, "error_code": error.code, "error_msg": error.message}}
        lines = taken(shipments, READ_BACK)
        return {"result": {"success": True, "trade_order_id": number, "sub_trade_order_list": lines}}

    return _done(shop, number, lambda order: declare_lines(shop.world, order, shipments, cause="call"), content)


def _by_line(arguments: Arguments) -> tuple[int, list[LineShipment]]:
    """The order, and what of it went by which numbers."""
    number = arguments.integer("trade_order_id", at_least=1)
    lines = arguments.entries("sub_trade_order_list")
    if len(lines) > _MOST_LINES:
        raise PlatformError(Problem.INVALID_ARGUMENT, "sub_trade_order_list", f"at most {_MOST_LINES} may be sent")
    parcels = [(line, parcel) for line in lines for parcel in line.entries("shipment_list")]
    for line, parcel in parcels:
        line.accept("ioss")
        parcel.accept("package_type", "actual_carrier")
    shipments = [
        LineShipment(
            line.integer("sub_trade_order_index", at_least=1),
            _send_type(line),
            parcel.text("service_name"),
            parcel.text("logistics_no"),
            parcel.maybe_text("tracking_web_site") or "",
        )
        for line, parcel in parcels
    ]
    return number, shipments


def logistics_services(_shop: Shop, _arguments: Arguments) -> Work:
    services = [
        {
            "service_name": carrier.key,
            "display_name": carrier.display_name,
            "logistics_company": carrier.company,
            "tracking_no_regex": carrier.number_regex,
            "min_process_day": carrier.min_days,
            "max_process_day": carrier.max_days,
            "recommend_order": number,
        }
        for number, carrier in enumerate(CARRIERS, start=1)
    ]
    return Work(lambda: {"result_success": True, "result_list": Listing("aeop_logistics_service_result", services)})


def _declare(shop: Shop, arguments: Arguments, content: Callable[[BusinessError | None], Content]) -> Work:
    number = arguments.integer("out_ref", at_least=1)
    whole = _send_type(arguments)
    carrier = arguments.text("service_name")
    tracking_number = arguments.text("logistics_no")
    website = arguments.maybe_text("tracking_website") or ""
    _check_description(arguments)

    def declaration(order: Order) -> Refusal | None:
        return shop.world.declare(
            order, carrier=carrier, number=tracking_number, whole=whole, website=website, cause="call"
        )

    return _done(shop, number, declaration, content)


def _done(
    shop: Shop,
    number: int,
    do: Callable[[Order], Refusal | None],
    content: Callable[[BusinessError | None], Content],
) -> Work:
    def act() -> Content:
        try:
            refusal = do(shop.order(number))
        except UnknownOrder as unknown:
            return content(not_found(unknown))
        return content(None if refusal is None else refused(refusal))

    return Work(act, number)


def _send_type(arguments: Arguments) -> bool:
    """Whether nothing is left to send."""
    send_type = arguments.text("send_type")
    if send_type not in _SEND_TYPES:
        raise PlatformError(Problem.INVALID_ARGUMENT, "send_type", f"{send_type} is neither all nor part")
    return _SEND_TYPES[send_type]


def _check_description(arguments: Arguments) -> None:
    if len(arguments.maybe_text("description") or "") > _LONGEST_DESCRIPTION:
        raise PlatformError(Problem.INVALID_ARGUMENT, "description", f"over {_LONGEST_DESCRIPTION} characters")

"""The calls that ship: which services there are, and declaring a shipment, whole or in part.

A partial declaration doesn't say which lines went, the platform has no field for it [C].
"""

from __future__ import annotations

from collections.abc import Callable

from fakemarket.faces.aliexpress.envelope import Content, Listing
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.refusals import BusinessError, not_found, refused
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.world.carriers import CARRIERS
from fakemarket.world.world import UnknownOrder

_SEND_TYPES = {"all": True, "part": False}
_LONGEST_DESCRIPTION = 512


def fulfill(shop: Shop, arguments: Arguments) -> Work:
    """Answers with a result object."""

    def content(error: BusinessError | None) -> Content:
        if error is None:
            return {"result": {"result_success": True}}
        return {"result": {"result_success": False, "error_code": error.code, "error_message": error.message}}

    return _declare(shop, arguments, content)


def shipment_for_top(shop: Shop, arguments: Arguments) -> Work:
    """The older call: the same, with the answer's fields at the top."""

    def content(error: BusinessError | None) -> Content:
        if error is None:
            return {"result_success": True}
        return {"result_success": False, "result_error_code": error.code, "result_error_desc": error.message}

    return _declare(shop, arguments, content)


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
    send_type = arguments.text("send_type")
    if send_type not in _SEND_TYPES:
        raise PlatformError(Problem.INVALID_ARGUMENT, "send_type", f"{send_type} is neither all nor part")
    carrier = arguments.text("service_name")
    tracking_number = arguments.text("logistics_no")
    website = arguments.maybe_text("tracking_website") or ""
    if len(arguments.maybe_text("description") or "") > _LONGEST_DESCRIPTION:
        raise PlatformError(Problem.INVALID_ARGUMENT, "description", f"over {_LONGEST_DESCRIPTION} characters")

    def act() -> Content:
        try:
            order = shop.order(number)
        except UnknownOrder as unknown:
            return content(not_found(unknown))
        refusal = shop.world.declare(
            order,
            carrier=carrier,
            number=tracking_number,
            whole=_SEND_TYPES[send_type],
            website=website,
            cause="call",
        )
        return content(None if refusal is None else refused(refusal))

    return Work(act, number)

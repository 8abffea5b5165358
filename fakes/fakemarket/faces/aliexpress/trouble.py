"""What the gateway says when a fault strikes: limits in its own words, and failures inside a success envelope.

Which calls tell of failures where is the platform's [C]; the code and the text of the failure are invented, in the form
of the system faults that documentation prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from fakemarket.call import Response, Trouble
from fakemarket.faces.aliexpress.envelope import Content, Envelope
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.world.world import World

INVENTED_SYSTEM_FAULT = {"error_code": "S00-10-10000-901", "error_message": "System exception, please try again later"}


def _in_list(now: int) -> Content:
    return {"result": {"success": False, "time_stamp": pacific(now), **INVENTED_SYSTEM_FAULT}}


def _in_result(_now: int) -> Content:
    return {"result": {"result_success": False, **INVENTED_SYSTEM_FAULT}}


def _at_top(_now: int) -> Content:
    code, text = INVENTED_SYSTEM_FAULT.values()
    return {"result_success": False, "result_error_code": code, "result_error_desc": text}


_INSIDE: Mapping[str, Callable[[int], Content]] = {
    "aliexpress.solution.order.get": _in_list,
    "aliexpress.trade.seller.orderlist.get": _in_list,
    "aliexpress.solution.order.info.get": _in_result,
    "aliexpress.solution.order.fulfill": _in_result,
    "aliexpress.logistics.redefining.listlogisticsservice": _at_top,
    "aliexpress.logistics.sellershipmentfortop": _at_top,
}


def in_trouble(envelope: Envelope, trouble: Trouble, seconds: int, world: World) -> Response:
    """The answer to a call that is not carried out; `seconds` is how long the trouble lasts."""
    match trouble:
        case Trouble.RATE_LIMITED:
            return envelope.error(PlatformError(Problem.RATE_LIMITED, str(seconds)))
        case Trouble.QUOTA_GONE:
            return envelope.error(PlatformError(Problem.QUOTA_GONE, str(seconds)))
        case Trouble.FAILS_INSIDE:
            inside = _INSIDE.get(envelope.operation)
            if inside is None:  # its answer has no success flag
                return envelope.error(PlatformError(Problem.SERVICE_FAILED))
            return envelope.success(inside(world.now + world.lens.clock_off_seconds))
        case _:
            assert_never(trouble)

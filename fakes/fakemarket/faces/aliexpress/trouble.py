"""What the gateway says when a fault strikes: limits in its own words, and failures inside a success envelope.

Which calls tell of failures where is the platform's [C]; the code and the text of the failure are invented, in the form
of the system faults that documentation prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from fakemarket.call import Response, Trouble
from fakemarket.faces.aliexpress.envelope import Content, Envelope
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.world.world import World

INVENTED_SYSTEM_FAULT = {"error_code": "S00-10-10000-901", "error_message": "System exception, please try again later"}
_CODE, _TEXT = INVENTED_SYSTEM_FAULT.values()
_NUMBER = 901
"""Where an answer has a number for the code."""

_IN_LIST: Content = {"result": {"success": False, **INVENTED_SYSTEM_FAULT}}
_IN_RESULT: Content = {"result": {"result_success": False, **INVENTED_SYSTEM_FAULT}}
_AT_TOP: Content = {"result_success": False, "result_error_code": _CODE, "result_error_desc": _TEXT}
_IN_WORDS: Content = {"result_success": False, "error_desc": _TEXT}
_ON_CANCELLATION: Content = {"result": {"success": False, "target": False, **INVENTED_SYSTEM_FAULT}}

_INSIDE: Mapping[str, Content] = {
    "aliexpress.solution.order.get": _IN_LIST,
    "aliexpress.trade.seller.orderlist.get": _IN_LIST,
    "aliexpress.solution.order.info.get": _IN_RESULT,
    "aliexpress.solution.order.fulfill": _IN_RESULT,
    "aliexpress.trade.seller.order.acceptcancel": _ON_CANCELLATION,
    "aliexpress.trade.seller.order.refusecancel": _ON_CANCELLATION,
    "aliexpress.trade.seller.order.decrypt": {"result_code": _NUMBER, "result_info": _TEXT},
    "aliexpress.trade.redefining.extendsbuyeracceptgoodstime": {
        "is_success": False,
        "memo": _TEXT,
        "sub_error_code": _NUMBER,
    },
    "aliexpress.logistics.sellershipmentfortop": _AT_TOP,
    "aliexpress.logistics.sellermodifiedshipmentfortop": _AT_TOP,
    "aliexpress.logistics.sellershipmentsupportsubtradeorder": {
        "is_success": False,
        "code_of_error": _CODE,
        "error_msg": _TEXT,
    },
    "aliexpress.logistics.order.shipment": {"result": {"success": False, "error_code": _CODE, "error_msg": _TEXT}},
    "aliexpress.logistics.querysellershipmentinfo": {
        "result_success": False,
        "result_error_code": _CODE,
        "error_msg": _TEXT,
    },
    "aliexpress.logistics.redefining.listlogisticsservice": _IN_WORDS,
    "aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany": _IN_WORDS,
    "aliexpress.logistics.redefining.querytrackingresult": _IN_WORDS,
    "aliexpress.freight.redefining.listfreighttemplate": {"result_success": False, "result_error_desc": _TEXT},
    "aliexpress.appraise.redefining.querysellerevaluationorderlist": {
        "result": {"is_success": False, "error_code": _NUMBER, "error_message": _TEXT}
    },
    "aliexpress.appraise.redefining.savesellerfeedback": {
        "is_success": False,
        "error_message": _TEXT,
        "sub_error_code": _NUMBER,
    },
}
"""What a call answers that failed behind the gateway, if its answer can say so. The two lists tell the time as well."""


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
            if inside is _IN_LIST:
                told_at = world.now + world.lens.clock_off_seconds
                inside = {"result": {**_IN_LIST["result"], "time_stamp": pacific(told_at)}}
            return envelope.success(inside)
        case _:
            assert_never(trouble)

"""Business refusals: what comes inside a success envelope, and their codes.

Every code here is invented, in the form of the few that documentation prints (`F00-00-10007-007`): no public source
states what the platform says of an unknown order, a wrong status or a bad tracking number [open]. The world says why in
its own words, this table gives each reason a code.
"""

from __future__ import annotations

from typing import NamedTuple

from fakemarket.world.world import Refusal, UnknownOrder

INVENTED_CODES = {
    "ORDER_NOT_FOUND": "F00-00-10001-901",
    "STATUS_NOT_ALLOWED": "F00-00-10001-902",
    "CARRIER_NOT_AUTHORISED": "F00-00-10001-903",
    "NUMBER_FORMAT": "F00-00-10001-904",
    "WEBSITE_MISSING": "F00-00-10001-905",
    "NO_SUCH_LINE": "F00-00-10001-906",
    "NO_SUCH_SHIPMENT": "F00-00-10001-907",
    "EDIT_WINDOW_OVER": "F00-00-10001-908",
    "SEND_TYPE_DIFFERS": "F00-00-10001-909",
    "EXTENSION_TOO_LONG": "F00-00-10001-910",
    "NOT_TO_BE_RATED": "F00-00-10001-911",
    "ALREADY_RATED": "F00-00-10001-912",
    "OAID_WRONG": "F00-00-10001-913",
}


class BusinessError(NamedTuple):
    """A refusal as it goes out."""

    code: str
    message: str


def not_found(error: UnknownOrder) -> BusinessError:
    """No such order, or it is another seller's: the answer doesn't say which."""
    return BusinessError(INVENTED_CODES["ORDER_NOT_FOUND"], str(error))


def refused(refusal: Refusal) -> BusinessError:
    """What the marketplace doesn't take."""
    return BusinessError(INVENTED_CODES[refusal.code], refusal.message)

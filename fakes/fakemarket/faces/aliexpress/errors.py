"""What the platform answers when it refuses a call: one table, both numberings.

The older gateway has integer codes with a sub-code, the newer one has strings with a type. A row says both, and each
entrance writes its own. Numbers and names come from the platform's listings [1] and a few live replies [C]; the string
codes marked below have no public source and are invented after the habits of its sister platforms [A]. Refusals of the
business kind come inside a success envelope and are not here but in `refusals`.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Wording(NamedTuple):
    """One refusal in both numberings; `{name}` stands for the parameter or path it is about."""

    top_code: int
    top_msg: str
    iop_code: str
    iop_text: str
    sub_code: str = ""
    sub_msg: str = ""
    iop_type: str = "ISV"


class Problem(Enum):
    """Every refusal of the gateway."""

    RATE_LIMITED = Wording(
        7,
        "App Call Limited",
        "ApiCallLimit",
        "Api access frequency exceeds the limit. this ban will last {name} seconds",
        sub_code="accesscontrol.limited-by-app-api-access-count",
        sub_msg="This ban will last for {name} more seconds",
    )  # texts [2]
    QUOTA_GONE = Wording(
        7,
        "App Call Limited",
        "AppCallLimit",
        "The app has used up its calls of the day. this ban will last {name} seconds",
        sub_code="accesscontrol.limited-by-app-access-count",
        sub_msg="This ban will last for {name} more seconds",
    )  # codes [2], IOP text [A]
    HTTP_METHOD = Wording(9, "Http Action Not Allowed", "InvalidHttpMethod", "Use GET or POST, not {name}")  # IOP [A]
    NO_SUCH_ORDER = Wording(
        15,
        "Remote service error",
        "UnexpectedError",
        "There is no order {name}",
        sub_code="isv.order-not-found",
        sub_msg="There is no order {name}",
        iop_type="ISP",
    )  # sub-code [A]; for the calls whose answer has no success flag
    SERVICE_FAILED = Wording(
        15,
        "Remote service error",
        "ServiceTimeout",
        "The service behind this call failed",
        sub_code="isp.service-error",
        sub_msg="The service behind this call failed",
        iop_type="ISP",
    )  # sub-code [1], texts [A]
    NO_SUCH_ISSUE = Wording(
        15,
        "Remote service error",
        "UnexpectedError",
        "There is no dispute {name}",
        sub_code="isv.issue-not-found",
        sub_msg="There is no dispute {name}",
        iop_type="ISP",
    )  # sub-code [A]
    METHOD_TOO_OFTEN = Wording(
        7,
        "App Call Limited",
        "ApiCallLimit",
        "Api access frequency exceeds the limit. this ban will last {name} seconds",
        sub_code="accesscontrol.limited-by-api-access-count",
        sub_msg="This ban will last for {name} more seconds",
    )  # sub-code and texts [C], the IOP text from a sister platform [1]
    MISSING_METHOD = Wording(21, "Missing Method", "MissingParameter", "The parameter method is missing")
    INVALID_METHOD = Wording(22, "Invalid Method", "InvalidApiPath", "There is no API {name}")
    INVALID_FORMAT = Wording(23, "Invalid Format", "InvalidParameter", "The format {name} is not offered")
    MISSING_SIGNATURE = Wording(24, "Missing signature", "MissingParameter", "The parameter sign is missing")
    INVALID_SIGNATURE = Wording(
        25,
        "Invalid signature",
        "IncompleteSignature",
        "The request signature does not conform to platform standards",
    )  # text [C]
    MISSING_SESSION = Wording(26, "Missing session", "MissingParameter", "The parameter access_token is missing")
    INVALID_SESSION = Wording(
        27,
        "Invalid session",
        "IllegalAccessToken",
        "The specified access token is invalid or expired",
        sub_code="invalid-sessionkey",
        sub_msg="The session key is invalid or expired",
    )  # codes and IOP text [C]
    FOREIGN_SESSION = Wording(
        27,
        "Invalid session",
        "IllegalAccessToken",
        "The specified access token is invalid or expired",
        sub_code="sessionkey-not-generated-by-server",
        sub_msg="The session key was not granted to this app",
    )  # codes [C]
    MISSING_APP_KEY = Wording(28, "Missing App Key", "MissingParameter", "The parameter app_key is missing")
    INVALID_APP_KEY = Wording(29, "Invalid App Key", "InvalidAppKey", "The app key {name} is not registered")
    MISSING_TIMESTAMP = Wording(30, "Missing Timestamp", "MissingParameter", "The parameter timestamp is missing")
    INVALID_TIMESTAMP = Wording(
        31, "Invalid Timestamp", "InvalidTimestamp", "The timestamp {name} is malformed or too far from the present"
    )
    MISSING_VERSION = Wording(32, "Missing Version", "MissingParameter", "The parameter v is missing")
    UNSUPPORTED_VERSION = Wording(34, "Unsupported Version", "InvalidParameter", "The version {name} is not supported")
    MISSING_ARGUMENT = Wording(
        40,
        "Missing required arguments",
        "MissingParameter",
        "The parameter {name} is missing",
        sub_code="isv.missing-parameter:{name}",
        sub_msg="The parameter {name} is missing",
    )
    INVALID_ARGUMENT = Wording(
        41,
        "Invalid arguments",
        "InvalidParameter",
        "The parameter {name} is invalid",
        sub_code="isv.invalid-parameter:{name}",
        sub_msg="The parameter {name} is invalid",
    )
    TOO_LARGE = Wording(
        41,
        "Invalid arguments",
        "InvalidParameter",
        "The request is too large",
        sub_code="isv.request-too-large",
        sub_msg="The request is too large",
    )  # codes 41 [2], the rest [A]
    INVALID_CODE = Wording(
        41,
        "Invalid arguments",
        "InvalidCode",
        "The authorization code is invalid or expired",
        sub_code="isv.invalid-parameter:code",
        sub_msg="The authorization code is invalid or expired",
    )  # [A]
    INVALID_REFRESH_TOKEN = Wording(
        41,
        "Invalid arguments",
        "IllegalRefreshToken",
        "The specified refresh token is invalid or expired",
        sub_code="isv.invalid-parameter:refresh_token",
        sub_msg="The refresh token is invalid or expired",
    )  # [A]


class PlatformError(Exception):
    """The gateway refuses a call; nothing has changed.

    Args:
        problem: the row of the table.
        name: the parameter, path or value that it is about.
        why: what was wrong with it and what is allowed; ends the message after the row's own words.
    """

    def __init__(self, problem: Problem, name: str = "", why: str = "") -> None:
        super().__init__(problem.name, name, why)
        self.wording = problem.value
        self._name = name
        self._why = why

    def say(self, text: str) -> str:
        """One of the row's texts, filled in."""
        return text.replace("{name}", self._name)

    def explain(self, text: str) -> str:
        """One of the row's texts, filled in, with the reason after it."""
        said = self.say(text)
        return f"{said}: {self._why}" if self._why and said else said

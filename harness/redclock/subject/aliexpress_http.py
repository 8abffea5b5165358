"""A client of the AliExpress seller API, as a seller's own tool would have it: signs, pages, refreshes, translates.

Written from the platform's contract and not from the fake: order times are wall time of America/Los_Angeles,
requests are signed with HMAC-SHA256 over the sorted parameters, failures come in success envelopes.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from redclock.subject.http import Http, form
from redclock.subject.ports import (
    CallFailed,
    CallsBanned,
    Correction,
    Declaration,
    DeclaredParcel,
    ListedOrder,
    OrderDetail,
    OutcomeUnknown,
    Refusal,
    TokenDead,
    Why,
)

PACIFIC = ZoneInfo("America/Los_Angeles")
_PAGE_SIZES = (50, 37, 43)
"""Of one pass after another: where a list drifts, a row lost between two pages lies within one the next time."""
_STALE_SECONDS = 600
"""A reading that was broken off is begun anew after this long."""
_FORM = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
_DEAD_TOKEN = ("IllegalAccessToken", 27)
_NOT_OURS = ("ISP", "SYSTEM")
"""Types of errors that are not the caller's: the same call may work later [1]."""
_BANNED = ("ApiCallLimit", "AppCallLimit", 7)
_BAN = re.compile(r"ban will last (?:for )?(\d+)")
_SHIP = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
_ASKED = "IN_CANCEL"

_REFUSALS = {
    "F00-00-10001-901": Why.OTHER,
    "F00-00-10001-902": Why.STATUS,
    "F00-00-10001-903": Why.CARRIER,
    "F00-00-10001-904": Why.NUMBER,
    "F00-00-10001-905": Why.CARRIER,
}
"""What the platform's codes mean; no public source states the real ones, so the table is invented [open]."""
_FAULT = "S00-"
"""Codes that begin so are the platform's own trouble: nothing was judged, the same call may work later."""


@dataclass(frozen=True, slots=True)
class Access:
    """Keys and a token pair."""

    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str


@dataclass(slots=True)
class _Reading:
    """How far the reading of a list has got."""

    query: dict[str, Any]
    began_at: int
    found: dict[int, ListedOrder] = field(default_factory=dict)
    passes: int = 0
    page: int = 1
    known: int = 0
    """Orders that the passes before had found."""
    done: bool = False

    def turn(self, most_passes: int, *, last: bool) -> None:
        """To the next page, or the next pass if there must be one."""
        if not last:
            self.page += 1
            return
        self.passes += 1
        self.done = self.page < 2 or len(self.found) == self.known or self.passes == most_passes
        self.page, self.known = 1, len(self.found)


class AliExpressHttp:
    """The seller API over HTTP.

    Args:
        send: decides whether this is the platform, a fake, or a fake in this process.
        base_url: e.g. `https://api-sg.aliexpress.com`.
        clock: the present, seconds since the epoch; requests carry it.
        shared: see the attribute.
    """

    def __init__(
        self, send: Http, base_url: str, access: Access, clock: Callable[[], int], shared: Callable[[], Access]
    ) -> None:
        self._send = send
        self._base_url = base_url.rstrip("/")
        self.access = access
        """The pair that it asks with."""
        self._clock = clock
        self.shared = shared
        """Reads the pair that all workers of the app share; the last one to refresh has put it there."""
        self._unfinished: _Reading | None = None
        self._hopeless: Access | None = None
        """The pair that even a refresh didn't save: it is not asked with again."""
        self.calls_made = 0
        self.page_sizes: Sequence[int] = _PAGE_SIZES
        """Rows to a page, of one pass over a list after another."""

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        """Passes over all pages until one shows nothing new; a list of one page needs only one pass.

        A pass that was banned half-way goes on where it was when the same is asked again.
        """
        query: dict[str, Any] = {"order_status_list": list(statuses)}
        if modified_since_at is not None:
            since = datetime.fromtimestamp(modified_since_at, PACIFIC)
            query["modified_date_start"] = since.strftime("%Y-%m-%d %H:%M:%S")
        reading, now = self._unfinished, self._clock()
        if reading is None or reading.query != query or now - reading.began_at > _STALE_SECONDS:
            reading = self._unfinished = _Reading(query, now)
        while not reading.done:
            self._read_page(reading)
        self._unfinished = None
        return list(reading.found.values())

    def _read_page(self, reading: _Reading) -> None:
        size = self.page_sizes[reading.passes]
        asked = {**reading.query, "page_size": size, "current_page": reading.page}
        answer = self._result("aliexpress.solution.order.get", {"param0": orjson.dumps(asked).decode()})
        if not answer.get("success"):
            raise CallFailed(f"the order list failed: {answer.get('error_code')} {answer.get('error_message')}")
        rows = answer.get("target_list", {}).get("order_dto", [])
        for row in rows:
            reading.found[row["order_id"]] = self._listed(row)
        # The told number of pages may be off; a short page is the last one.
        reading.turn(len(self.page_sizes), last=len(rows) < size and reading.page >= answer.get("total_page", 0))

    def order(self, order_id: int) -> OrderDetail | None:
        argument = orjson.dumps({"order_id": order_id}).decode()
        answer = self._result("aliexpress.solution.order.info.get", {"param1": argument})
        if not answer.get("result_success"):
            refused = _refusal(answer.get("error_code"), answer.get("error_message"))
            if refused.why is Why.OTHER:
                return None
            raise CallFailed(f"order {order_id} can't be read: {refused.message}")
        data = answer["data"]
        parcels = data.get("logistic_info_list", {}).get("global_aeop_tp_logistic_info_dto", [])
        times_out = data.get("over_time_left")
        return OrderDetail(
            order_id,
            data["order_status"],
            tuple(
                DeclaredParcel(
                    parcel["logistics_type_code"],
                    parcel["logistics_no"],
                    _pacific_instant(parcel["gmt_send"]),
                    bool(parcel.get("have_tracking_info")),
                )
                for parcel in parcels
            ),
            _pacific_instant(data["gmt_modified"]),
            _pacific_instant(times_out) if times_out and data["order_status"] in _SHIP else None,
            data.get("order_end_reason") or "",
        )

    def declare(self, declaration: Declaration) -> Refusal | None:
        arguments = {
            "out_ref": str(declaration.order_id),
            "service_name": declaration.carrier,
            "logistics_no": declaration.number,
            "send_type": "all" if declaration.whole else "part",
        }
        if declaration.website:
            arguments["tracking_website"] = declaration.website
        answer = self._result("aliexpress.solution.order.fulfill", arguments)
        if answer.get("result_success"):
            return None
        return _refusal(answer.get("error_code"), answer.get("error_message"))

    def correct(self, correction: Correction) -> Refusal | None:
        arguments = {
            "out_ref": str(correction.order_id),
            "send_type": "all" if correction.whole else "part",
            "old_service_name": correction.old_carrier,
            "old_logistics_no": correction.old_number,
            "new_service_name": correction.carrier,
            "new_logistics_no": correction.number,
        }
        if correction.website:
            arguments["tracking_website"] = correction.website
        answer = self._call("aliexpress.logistics.sellermodifiedshipmentfortop", arguments)
        if answer.get("result_success"):
            return None
        return _refusal(answer.get("result_error_code"), answer.get("result_error_desc"))

    def answer_cancellation(self, order_id: int, *, accept: bool) -> Refusal | None:
        verb = "accept" if accept else "refuse"
        argument = orjson.dumps({"order_id": order_id}).decode()
        method = f"aliexpress.trade.seller.order.{verb}cancel"
        answer = self._result(method, {"param_order_cancel_request": argument})
        if answer.get("success"):
            return None
        return _refusal(answer.get("error_code"), answer.get("error_message"))

    def _listed(self, row: dict[str, Any]) -> ListedOrder:
        left_ms = row.get("timeout_left_time")
        times_out_at = None if left_ms is None else self._clock() + left_ms // 1000
        status = row["order_status"]
        lines = row.get("product_list", {}).get("order_product_dto", [])
        return ListedOrder(
            order_id=row["order_id"],
            status=status,
            ship_by_at=times_out_at if status in _SHIP else None,
            lines={int(line["child_id"]): int(line["product_count"]) for line in lines},
            modified_at=_pacific_instant(row["gmt_update"]),
            answer_by_at=times_out_at if status == _ASKED else None,
            end_reason=row.get("end_reason") or "",
        )

    def _result(self, method: str, arguments: dict[str, str]) -> dict[str, Any]:
        answer = self._call(method, arguments).get("result")
        if not isinstance(answer, dict):
            raise OutcomeUnknown(f"the answer to {method} has no result")
        return answer

    def _call(self, method: str, arguments: dict[str, str]) -> dict[str, Any]:
        """One business call; a dead token is read anew, then refreshed, then read anew: another may have been first."""
        if self.access == self._hopeless and not self._reread():
            raise TokenDead(f"{method} was not sent: the token is dead and so is the refresh token; authorise anew")
        answer = self._post("/sync", {"method": method, "session": self.access.access_token, **arguments}, prefix="")
        if _error_code(answer) in _DEAD_TOKEN:
            for renew in (self._reread, self._refresh, self._reread):
                if renew():
                    session = self.access.access_token
                    answer = self._post("/sync", {"method": method, "session": session, **arguments}, prefix="")
                if _error_code(answer) not in _DEAD_TOKEN:
                    break
            else:
                self._hopeless = self.access
                raise TokenDead(f"{method} was refused: the token is dead and refreshing it did not help")
        if "error_response" in answer or "code" in answer:
            self._check_ban(method, arguments, answer)
            raise CallFailed(f"{method} was refused: {answer.get('error_response', answer)}")
        inner = answer.get(f"{method.replace('.', '_')}_response")
        if not isinstance(inner, dict):
            raise OutcomeUnknown(f"the answer to {method} can't be read")
        return inner

    def _check_ban(self, method: str, arguments: dict[str, str], answer: dict[str, Any]) -> None:
        if _error_code(answer) in _BANNED:
            text = str(answer)
            ban = _BAN.search(text)
            until_at = self._clock() + (int(ban[1]) if ban else 1)
            raise CallsBanned(f"{method}: too many calls: {text}", until_at, f"{method} {arguments}")

    def _reread(self) -> bool:
        """Takes over the pair that another worker has refreshed to; whether there is another."""
        shared = self.shared()
        changed = shared != self.access
        self.access = shared
        return changed

    def _refresh(self) -> bool:
        """The next pair for the refresh token.

        Raises:
            TokenDead: the refresh token is dead too, and nobody else has a live pair: a person must authorise anew.
        """
        path = "/auth/token/refresh"
        answer = self._post(f"/rest{path}", {"refresh_token": self.access.refresh_token}, prefix=path)
        self._check_ban(path, {}, answer)
        if answer.get("code") != "0":
            if self._reread():
                return True
            said = f"{answer.get('code')} {answer.get('message')}"
            if answer.get("type") in _NOT_OURS:
                raise CallFailed(f"{path} failed: {said}")
            self._hopeless = self.access
            raise TokenDead(f"the refresh token was refused: {said}")
        mine = Access(self.access.app_key, self.access.app_secret, answer["access_token"], answer["refresh_token"])
        self.access = mine
        return True

    def _post(self, path: str, arguments: dict[str, str], *, prefix: str) -> dict[str, Any]:
        parameters = {
            "app_key": self.access.app_key,
            "sign_method": "sha256",
            "timestamp": str(self._clock() * 1000),
            "format": "json",
            **arguments,
        }
        joined = prefix + "".join(f"{key}{parameters[key]}" for key in sorted(parameters))
        parameters["sign"] = hmac.digest(self.access.app_secret.encode(), joined.encode(), "sha256").hex().upper()
        self.calls_made += 1
        try:
            status, body = self._send("POST", f"{self._base_url}{path}", _FORM, form(parameters).encode())
        except OSError as lost:
            raise OutcomeUnknown(f"no answer from {path}: {lost}") from lost
        if status != 200:
            raise CallFailed(f"{path} answered HTTP {status}")
        try:
            answer = orjson.loads(body)
        except ValueError as garbage:
            raise OutcomeUnknown(f"{path} answered something that is no JSON: {body[:80]!r}") from garbage
        if not isinstance(answer, dict):
            raise OutcomeUnknown(f"{path} answered {body[:80]!r}")
        return answer


def _refusal(code: object, message: object) -> Refusal:
    """What a business answer says no with.

    Raises:
        CallFailed: it isn't a refusal, but the platform's own failure.
    """
    if str(code).startswith(_FAULT):
        raise CallFailed(f"the platform failed: {code} {message}")
    return Refusal(_REFUSALS.get(str(code), Why.OTHER), f"{code} {message}")


def _error_code(answer: dict[str, Any]) -> object:
    """The platform's error code, wherever this entrance puts it; None for a success."""
    return answer.get("error_response", answer).get("code")


@lru_cache(maxsize=4096)
def _pacific_instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=PACIFIC).timestamp())

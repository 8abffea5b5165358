"""A client of the AliExpress seller API, as a seller's own tool would have it: signs, pages, refreshes, translates.

Written from the platform's contract and not from the fake: order times are wall time of America/Los_Angeles,
requests are signed with HMAC-SHA256 over the sorted parameters, failures come in success envelopes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import orjson

from redclock.subject.http import Http
from redclock.subject.ports import (
    CallFailed,
    Declaration,
    ListedOrder,
    OrderDetail,
    OutcomeUnknown,
    Refusal,
    TokenDead,
)

PACIFIC = ZoneInfo("America/Los_Angeles")
_PAGE = 50
_FORM = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
_DEAD_TOKEN = ("IllegalAccessToken", 27)


@dataclass(slots=True)
class Access:
    """Keys and the current token pair; the client replaces the pair when it refreshes."""

    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str


class AliExpressHttp:
    """The seller API over HTTP.

    Args:
        send: decides whether this is the platform, a fake, or a fake in this process.
        base_url: e.g. `https://api-sg.aliexpress.com`.
        clock: the present, seconds since the epoch; requests carry it.
    """

    def __init__(self, send: Http, base_url: str, access: Access, clock: Callable[[], int]) -> None:
        self._send = send
        self._base_url = base_url.rstrip("/")
        self._access = access
        self._clock = clock

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        """Reads page after page until a short one; an order that moved meanwhile is seen once."""
        query: dict[str, Any] = {"order_status_list": list(statuses), "page_size": _PAGE, "current_page": 1}
        if modified_since_at is not None:
            since = datetime.fromtimestamp(modified_since_at, PACIFIC)
            query["modified_date_start"] = since.strftime("%Y-%m-%d %H:%M:%S")
        found: dict[int, ListedOrder] = {}
        while True:
            answer = self._call("aliexpress.solution.order.get", {"param0": orjson.dumps(query).decode()})["result"]
            if not answer.get("success"):
                raise CallFailed(f"the order list failed: {answer.get('error_code')} {answer.get('error_message')}")
            rows = answer.get("target_list", {}).get("order_dto", [])
            for row in rows:
                found[row["order_id"]] = self._listed(row)
            if query["current_page"] >= answer.get("total_page", 0):
                return list(found.values())
            query["current_page"] += 1

    def order(self, order_id: int) -> OrderDetail:
        argument = orjson.dumps({"order_id": order_id}).decode()
        answer = self._call("aliexpress.solution.order.info.get", {"param1": argument})["result"]
        if not answer.get("result_success"):
            raise CallFailed(
                f"order {order_id} can't be read: {answer.get('error_code')} {answer.get('error_message')}"
            )
        data = answer["data"]
        parcels = data.get("logistic_info_list", {}).get("global_aeop_tp_logistic_info_dto", [])
        numbers = tuple(parcel["logistics_no"] for parcel in parcels)
        return OrderDetail(order_id, data["order_status"], numbers)

    def declare(self, declaration: Declaration) -> Refusal | None:
        arguments = {
            "out_ref": str(declaration.order_id),
            "service_name": declaration.carrier,
            "logistics_no": declaration.number,
            "send_type": "all" if declaration.whole else "part",
        }
        if declaration.website:
            arguments["tracking_website"] = declaration.website
        answer = self._call("aliexpress.solution.order.fulfill", arguments)["result"]
        if answer.get("result_success"):
            return None
        return Refusal(str(answer.get("error_code")), str(answer.get("error_message")))

    def _listed(self, row: dict[str, Any]) -> ListedOrder:
        left_ms = row.get("timeout_left_time")
        lines = row.get("product_list", {}).get("order_product_dto", [])
        return ListedOrder(
            order_id=row["order_id"],
            status=row["order_status"],
            ship_by_at=None if left_ms is None else self._clock() + left_ms // 1000,
            lines=tuple(int(line["child_id"]) for line in lines),
            modified_at=int(datetime.fromisoformat(row["gmt_update"]).replace(tzinfo=PACIFIC).timestamp()),
        )

    def _call(self, method: str, arguments: dict[str, str]) -> dict[str, Any]:
        """One business call; a dead token is refreshed once."""
        answer = self._post("/sync", {"method": method, "session": self._access.access_token, **arguments}, prefix="")
        if _error_code(answer) in _DEAD_TOKEN:
            self._refresh()
            answer = self._post(
                "/sync", {"method": method, "session": self._access.access_token, **arguments}, prefix=""
            )
        if "error_response" in answer:
            raise CallFailed(f"{method} was refused: {answer['error_response']}")
        inner: dict[str, Any] = answer[f"{method.replace('.', '_')}_response"]
        return inner

    def _refresh(self) -> None:
        path = "/auth/token/refresh"
        answer = self._post(f"/rest{path}", {"refresh_token": self._access.refresh_token}, prefix=path)
        if answer.get("code") != "0":
            raise TokenDead(f"the refresh token was refused: {answer.get('code')} {answer.get('message')}")
        self._access.access_token = answer["access_token"]
        self._access.refresh_token = answer["refresh_token"]

    def _post(self, path: str, arguments: dict[str, str], *, prefix: str) -> dict[str, Any]:
        parameters = {
            "app_key": self._access.app_key,
            "sign_method": "sha256",
            "timestamp": str(self._clock() * 1000),
            "format": "json",
            **arguments,
        }
        joined = prefix + "".join(f"{key}{parameters[key]}" for key in sorted(parameters))
        parameters["sign"] = hmac.new(self._access.app_secret.encode(), joined.encode(), sha256).hexdigest().upper()
        try:
            status, body = self._send("POST", f"{self._base_url}{path}", _FORM, urlencode(parameters).encode())
        except OSError as lost:
            raise OutcomeUnknown(f"no answer from {path}: {lost}") from lost
        if status != 200:
            raise CallFailed(f"{path} answered HTTP {status}")
        answer: dict[str, Any] = orjson.loads(body)
        return answer


def _error_code(answer: dict[str, Any]) -> object:
    """The platform's error code, wherever this entrance puts it; None for a success."""
    return answer.get("error_response", answer).get("code")

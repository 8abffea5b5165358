"""A client of the integration platform's order API: bearer key, cursor paging, UTC times with `Z`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import orjson

from redclock.subject.http import Http, form
from redclock.subject.ports import CallFailed, MipOrder, MipShipment, OutcomeUnknown, SyncStatus, Wallet, Why

_PAGE = 200
_CONFLICT = 409
PUSH_ERRORS = {
    "CARRIER_NOT_AUTHORISED": Why.CARRIER,
    "WEBSITE_MISSING": Why.CARRIER,
    "NUMBER_FORMAT": Why.NUMBER,
    "STATUS_NOT_ALLOWED": Why.STATUS,
}
"""What the platform calls the marketplace's refusals of a push; words of this project's platform [A]."""


class MipHttp:
    """The platform's API over HTTP; `base_url` ends before `/v1`."""

    def __init__(self, send: Http, base_url: str, api_key: str) -> None:
        self._send = send
        self._channels: list[str] = []
        self._base_url = base_url.rstrip("/")
        self._headers = {"authorization": f"Bearer {api_key}", "content-type": "application/json"}

    def orders(self, *, updated_since_at: int) -> list[MipOrder]:
        query: dict[str, str | int] = {"updated_since": _iso(updated_since_at), "limit": _PAGE}
        found: dict[str, MipOrder] = {}
        while True:
            page = self._call("GET", "/v1/orders", query)
            for row in page["data"]:
                found[row["id"]] = _order(row)
            if not page.get("next_cursor"):
                return list(found.values())
            query["cursor"] = page["next_cursor"]

    def channels(self) -> list[SyncStatus]:
        if not self._channels:
            self._channels = [channel["id"] for channel in self._call("GET", "/v1/channels", {})["data"]]
        states = [self._call("GET", f"/v1/channels/{_part(channel)}/sync-status", {}) for channel in self._channels]
        return [
            SyncStatus(
                channel=channel,
                consecutive_errors=state["consecutive_errors"],
                last_error=state.get("last_error") or "",
                last_successful_import_at=_instant(state.get("last_successful_import_at")),
                token_expires_at=_instant(state.get("token_expires_at")),
            )
            for channel, state in zip(self._channels, states, strict=True)
        ]

    def wallet(self, channel: str) -> Wallet:
        shown = self._call("GET", "/v1/wallet", {"channel": channel})
        costs = [-_cents(it["amount"]) for it in shown["movements"] if it["kind"] == "supplier_order"]
        balance = shown["balance"]
        return Wallet(None if balance is None else _cents(balance), sum(costs) // len(costs) if costs else None)

    def import_window(self, channel: str, from_at: int, to_at: int) -> None:
        self._call("POST", f"/v1/channels/{_part(channel)}/import", {"from": _iso(from_at), "to": _iso(to_at)})

    def resend(self, mip_order: str, carrier: str | None = None) -> str | None:
        body = orjson.dumps({"carrier": carrier}) if carrier else b""
        row = self._call("POST", f"/v1/orders/{mip_order}/resend", {}, body)
        return str(row["review"]["reason_code"]) if row["status"] == "pending_review" else None

    def cancel(self, mip_order: str) -> bool:
        answer = self._ask("POST", f"/v1/orders/{mip_order}/cancel", {})
        return answer is not None

    def reset_credentials(self, channel: str) -> None:
        self._call("POST", f"/v1/channels/{_part(channel)}/reset-credentials", {})

    def _call(self, method: str, path: str, query: dict[str, str | int], body: bytes = b"") -> Any:
        answer = self._ask(method, path, query, body)
        if answer is None:
            raise CallFailed(f"{method} {path} answered HTTP {_CONFLICT}: it can't be done as things stand")
        return answer

    def _ask(self, method: str, path: str, query: dict[str, str | int], body: bytes = b"") -> Any:
        """The answer; None if the platform says that the thing can't be done as things stand."""
        url = f"{self._base_url}{path}"
        try:
            status, body = self._send(method, f"{url}?{form(query)}" if query else url, self._headers, body)
        except OSError as lost:
            raise OutcomeUnknown(f"no answer from {method} {path}: {lost}") from lost
        if status == _CONFLICT:
            return None
        if status >= 400:
            raise CallFailed(f"{method} {path} answered HTTP {status}: {body[:200].decode(errors='replace')}")
        try:
            answer = orjson.loads(body)
        except ValueError as garbage:
            raise OutcomeUnknown(f"{method} {path} answered something that is no JSON") from garbage
        if not isinstance(answer, dict) or "error" in answer:
            raise CallFailed(f"{method} {path} failed inside HTTP {status}: {body[:200].decode(errors='replace')}")
        return answer


@lru_cache(maxsize=256)
def _part(name: str) -> str:
    """A name as one part of a path: channels are called after shops, and those as people like."""
    return quote(name, safe="")


def _order(row: dict[str, Any]) -> MipOrder:
    return MipOrder(
        id=row["id"],
        channel=row["channel"],
        order_id=int(row["marketplace_order_id"]),
        status=row["status"],
        marketplace_status=row["marketplace_status"],
        review_reason=(row.get("review") or {}).get("reason_code"),
        shipments=tuple(
            MipShipment(
                carrier=shipment["carrier"],
                number=shipment["tracking_number"],
                lines=_pieces(shipment["lines"]),
                push_status=shipment["push_status"],
                shipped_at=_instant(shipment["shipped_at"]) or 0,
                refused_for=_why(shipment.get("push_error")),
            )
            for shipment in row["shipments"]
        ),
        lines=_pieces(row["lines"]),
        imported_at=_instant(row["imported_at"]) or 0,
        ship_by_at=_instant(row.get("ship_by")),
    )


def _pieces(lines: list[dict[str, Any]]) -> dict[int, int]:
    return {int(line["child_id"]): line["quantity"] for line in lines}


def _why(push_error: str | None) -> Why | None:
    return PUSH_ERRORS.get(push_error, Why.OTHER) if push_error else None


def _cents(text: str) -> int:
    return round(float(text) * 100)


@lru_cache(maxsize=1024)
def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=8192)
def _instant(text: str | None) -> int | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp())

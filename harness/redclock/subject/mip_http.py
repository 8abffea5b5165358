"""A client of the integration platform's order API: bearer key, cursor paging, UTC times with `Z`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson

from redclock.subject.http import Http
from redclock.subject.ports import CallFailed, MipOrder, MipShipment, OutcomeUnknown, SyncStatus

_PAGE = 200


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
        states = [self._call("GET", f"/v1/channels/{channel}/sync-status", {}) for channel in self._channels]
        return [
            SyncStatus(
                channel=channel,
                consecutive_errors=state["consecutive_errors"],
                last_error=state.get("last_error") or "",
                last_successful_import_at=_instant(state.get("last_successful_import_at")),
            )
            for channel, state in zip(self._channels, states, strict=True)
        ]

    def import_window(self, channel: str, from_at: int, to_at: int) -> None:
        self._call("POST", f"/v1/channels/{channel}/import", {"from": _iso(from_at), "to": _iso(to_at)})

    def resend(self, mip_order: str) -> bool:
        return bool(self._call("POST", f"/v1/orders/{mip_order}/resend", {})["status"] != "pending_review")

    def reset_credentials(self, channel: str) -> None:
        self._call("POST", f"/v1/channels/{channel}/reset-credentials", {})

    def _call(self, method: str, path: str, query: dict[str, str | int]) -> Any:
        url = f"{self._base_url}{path}"
        try:
            status, body = self._send(method, f"{url}?{urlencode(query)}" if query else url, self._headers)
        except OSError as lost:
            raise OutcomeUnknown(f"no answer from {method} {path}: {lost}") from lost
        if status >= 400:
            raise CallFailed(f"{method} {path} answered HTTP {status}: {body[:200].decode(errors='replace')}")
        return orjson.loads(body) if body else None


def _order(row: dict[str, Any]) -> MipOrder:
    return MipOrder(
        id=row["id"],
        order_id=int(row["marketplace_order_id"]),
        status=row["status"],
        marketplace_status=row["marketplace_status"],
        review_reason=(row.get("review") or {}).get("reason_code"),
        shipments=tuple(
            MipShipment(
                carrier=shipment["carrier"],
                number=shipment["tracking_number"],
                lines=tuple(int(line["child_id"]) for line in shipment["lines"]),
                push_status=shipment["push_status"],
            )
            for shipment in row["shipments"]
        ),
    )


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(text: str | None) -> int | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp())

"""One call as the journal keeps it, and what can be read out of it when somebody asks.

What the caller asked for is read by the habits that the APIs share: query, form or JSON body, JSON text in a parameter,
values in the path. How an answer says that it failed likewise.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Collection
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import orjson

from fakemarket.call import Delivery, Request, Response
from fakemarket.journal.masking import masked, masked_text

_ORDER_ID = re.compile(rb'[<"](?:(?:parent_|trade_|marketplace_)?order_id|orderId|id)(?:>|\\?":"?)(\d{15}0)\b')
"""Ids of orders end in 0, those of their lines in something else."""
_FLAGS = ("success", "result_success", "is_success")
_CODES = ("error_code", "result_error_code", "code_of_error", "sub_error_code")
"""What answers call it that they failed, and why."""
_DONE = "200"
"""`result_code` of what was done, in the one answer that has that and no flag."""
_LONGEST_TEXT = 4000
_LONGEST_SECRET = 500
"""Characters; half of one might stand where a text was cut."""
_DEEPEST = 30
"""Levels of JSON that are read of a request: more than any call has."""


class Entry(NamedTuple):
    """A request and its answer.

    Attributes:
        number: of the requests that the journal ever saw, from 1.
        request_id: by which the answer, if it says one, calls the request.
        at: market time when it came in, seconds since the epoch.
        face: which API.
        operation: the API's own name for it; empty if it was refused before that was known.
        order: the marketplace order it concerns, if one.
        seller: whose data it concerns, if known.
        request: as it came, secrets and all; `shown` is for people.
        response: as it was given to the door, likewise.
        causes: the faults that struck, as the ledger names them.
    """

    number: int
    request_id: str
    at: int
    face: str
    operation: str
    order: int | None
    seller: str | None
    request: Request
    response: Response
    causes: tuple[str, ...]

    def __repr__(self) -> str:
        about = f" order={self.order}" if self.order else ""
        return f"<{self.number} at {self.at}: {self.operation or '?'}{about} -> {self.status} {self.outcome}>"

    @property
    def status(self) -> int:
        """The HTTP status; 0 if there was no answer to give."""
        return self.response.status

    @property
    def outcome(self) -> str:
        """`ok`, the API's own error code, `not JSON`, `not XML`, or what became of the answer on its way."""
        if self.response.delivery is not Delivery.WHOLE:
            return self.response.delivery.value
        if not self.response.body:
            return "ok" if self.status < 400 else str(self.status)
        is_xml = self.response.headers.get("content-type", "").startswith("text/xml")
        try:
            said = (_xml if is_xml else orjson.loads)(_unpacked(self.response))
        except ValueError:
            return "not XML" if is_xml else "not JSON"
        return _error_in(said) or "ok"

    def parameters(self) -> dict[str, Any]:
        """What was asked, by name: path, query and body, and the fields of JSON texts beside the texts themselves."""
        request = self.request
        found: dict[str, Any] = _in_path(self.operation, request.path)
        found |= parse_qsl(request.query, keep_blank_values=True)
        if request.body.lstrip()[:1] in (b"{", b"["):
            body = _json(request.body)
            found |= body if isinstance(body, dict) else {"body": body}
        elif request.body:
            found |= parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        inner: dict[str, Any] = {}
        for value in found.values():
            read = _json(value) if isinstance(value, str) and value[:1] == "{" else None
            if isinstance(read, dict):
                inner |= read
        return {**inner, **found}

    def orders(self) -> list[int]:
        """The order that it concerns and those that the answer shows."""
        shown = [int(number) for number in _ORDER_ID.findall(_unpacked(self.response))]
        return list(dict.fromkeys(([self.order] if self.order else []) + shown))

    def shown(self, secrets: Collection[str]) -> dict[str, Any]:
        """All of it as JSON values, secrets masked, long texts cut."""
        request, response = self.request, self.response
        return {
            "number": self.number,
            "request_id": self.request_id,
            "at": self.at,
            "face": self.face,
            "operation": self.operation,
            "orders": [str(number) for number in self.orders()],
            "seller": self.seller,
            "faults": list(self.causes),
            "status": self.status,
            "outcome": self.outcome,
            "delivery": response.delivery,
            "request": {
                "method": request.method,
                "path": masked_text(_clean(request.path), secrets),
                "headers": masked("", dict(request.headers), secrets),
                "parameters": masked("", _printable(self.parameters()), secrets),
            },
            "response": {
                "headers": masked("", dict(response.headers), secrets),
                "body": _beginning(_unpacked(response).decode("utf-8", "replace"), secrets),
            },
        }


def _unpacked(response: Response) -> bytes:
    """The body as it was before it was compressed for the way."""
    if response.headers.get("content-encoding") != "gzip":
        return response.body
    try:
        return gzip.decompress(response.body)
    except (OSError, EOFError, zlib.error):  # a fault has spoilt it
        return response.body


def _error_in(said: Any) -> str:
    """The error code of an answer, empty if it is a success."""
    if not isinstance(said, dict):
        return ""
    error = said.get("error_response") or said.get("error")
    if not isinstance(error, dict) and said.get("code") not in (None, "0") and "type" in said:
        error = said
    if isinstance(error, dict):
        return " ".join(str(error[name]) for name in ("code", "sub_code") if error.get(name))
    for inside in (said, *(value for value in said.values() if isinstance(value, dict))):
        result = inside.get("result")
        if not isinstance(result, dict):
            result = inside
        if any(result.get(flag) is False for flag in _FLAGS):
            return str(next((result[name] for name in _CODES if result.get(name)), "failed"))
        if str(result.get("result_code", _DONE)) != _DONE:
            return str(result["result_code"])
    return ""


def _in_path(operation: str, path: str) -> dict[str, Any]:
    """The values in a path, by their names in the operation's template."""
    template = operation.partition(" ")[2].split("/")
    parts = path.split("/")
    if len(template) != len(parts):
        return {}
    return {name[1:-1]: unquote(part) for name, part in zip(template, parts, strict=True) if name[:1] == "{"}


def _xml(text: bytes) -> Any:
    """The fields of an answer of ours, of a list the last; texts but for what is false.

    Raises:
        ValueError: it isn't XML.
    """
    from xml.etree import ElementTree as ET

    def read(element: ET.Element) -> Any:
        if len(element):
            return {child.tag: read(child) for child in element}
        return False if element.text == "false" else element.text

    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise ValueError(f"not XML: {error}") from error
    return {root.tag: read(root)}


def _json(text: str | bytes) -> Any:
    try:
        return _not_too_deep(orjson.loads(text), _DEEPEST)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def _not_too_deep(value: Any, levels: int) -> Any:
    """Without what lies so deep that neither a comparison nor a writer of JSON would come to its end."""
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return "..."
    if isinstance(value, list):
        return [_not_too_deep(each, levels - 1) for each in value]
    return {name: _not_too_deep(inner, levels - 1) for name, inner in value.items()}


def _clean(text: str) -> str:
    """Without the lone surrogates that stand for bytes that were no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(_clean(value))
    if isinstance(value, dict):
        return {_clean(str(key)): _printable(inner) for key, inner in value.items()}
    return [_printable(inner) for inner in value] if isinstance(value, list) else value


def _beginning(text: str, secrets: Collection[str]) -> str:
    """As much of a text as is shown, masked. A page of orders is twenty times as long, and most of it need not be."""
    near = masked_text(text[: 2 * _LONGEST_TEXT], secrets)
    if len(text) <= 2 * _LONGEST_TEXT or len(near) < _LONGEST_TEXT + _LONGEST_SECRET:
        return _cut(masked_text(text, secrets))
    left = len(text) - 2 * _LONGEST_TEXT + len(near) - _LONGEST_TEXT
    return f"{near[:_LONGEST_TEXT]}... ({left} characters more)"


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}... ({len(text) - _LONGEST_TEXT} characters more)"

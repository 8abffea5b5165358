"""The parameters of a request, and the arguments of a call among them.

Clients split them between query and form body in every way there is, so both are merged before anything else is looked
at [C]. Structured arguments are JSON text in one parameter. What is missing or mistyped is refused by name, as the
platform does, and so is what nobody asked for, if the market is strict. Knows no methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

import orjson

from fakemarket.call import BODY_LIMIT_BYTES, Request
from fakemarket.faces.aliexpress.errors import PlatformError, Problem

MOST_PARAMETERS = 200
"""More than any call has; a limit on work, not a rule of the platform."""
SYSTEM_PARAMETERS = (
    *("app_key", "method", "session", "access_token", "timestamp", "format", "v", "sign", "sign_method"),
    *("simplify", "partner_id", "target_app_key", "debug"),
)
"""What every call may have beside its own arguments [C]; `target_app_key` and `debug` are one client's each [1]."""
_FORM = "application/x-www-form-urlencoded"
_LONGEST_KEPT = 500
_LONGEST_INTEGER = 18
"""Digits: what fits a signed 64-bit integer for sure."""


def text_of(request: Request) -> str:
    """Query and form body as one text for `pairs`; the body comes last, so it wins.

    Raises:
        PlatformError: neither GET nor POST, or absurdly much or many.
    """
    if len(request.body) > BODY_LIMIT_BYTES:
        raise PlatformError(Problem.TOO_LARGE, "", f"a body may have {BODY_LIMIT_BYTES} bytes")
    if request.method not in ("GET", "POST"):
        raise PlatformError(Problem.HTTP_METHOD, request.method)
    form = ""
    if request.body:
        kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
        form = request.body.decode("utf-8", "replace") if kind == _FORM else ""
    if max(request.query.count("&"), form.count("&")) >= MOST_PARAMETERS:
        raise PlatformError(Problem.INVALID_ARGUMENT, "", f"a request may have {MOST_PARAMETERS} parameters")
    return f"&{request.query}&{form}" if form else f"&{request.query}"


def pairs(text: str) -> dict[str, str]:
    """The parameters in a text, decoded; of a name given twice the last.

    It is what `urllib.parse.parse_qsl` says, blank values kept, in a third of the time: few have escapes.
    """
    found = {}
    for field in text.split("&"):
        if field:
            name, _, value = field.partition("=")
            if "%" in field or "+" in field:
                unquoted = _unquoted if len(field) <= _LONGEST_KEPT else unquote_plus
                name, value = unquote_plus(name), unquoted(value)
            found[name] = value
    return found


_unquoted = lru_cache(maxsize=1024)(unquote_plus)
"""A client that polls says the same again and again."""


def query_of(request: Request) -> str:
    """What the query alone says, if it can be read: enough to word the refusal of a request that can't."""
    return "" if request.query.count("&") >= MOST_PARAMETERS else f"&{request.query}"


class Arguments:
    """Values by name, read with the types a method wants. An empty text counts as absent [A].

    Whatever is read is known to the method, so what is left in the end is a parameter that it doesn't have.
    """

    __slots__ = ("_inner", "_known", "_values")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._known: set[str] = set()
        self._inner: list[Arguments] = []

    def accept(self, *names: str) -> None:
        """Parameters that the method has and doesn't heed."""
        self._known.update(names)

    def refuse_unknown(self) -> None:
        """To be called when a method has read all it wants.

        Raises:
            PlatformError: something is there that it did not want.
        """
        for name in self._values:
            if name not in self._known and self._values[name] not in (None, ""):
                known = ", ".join(sorted(self._known))
                raise PlatformError(Problem.INVALID_ARGUMENT, name, f"it is none of {known}")
        for inner in self._inner:
            inner.refuse_unknown()

    def inside(self, name: str) -> Arguments:
        """The fields of a structured argument: a JSON object in the text of one parameter."""
        text = self.text(name)
        try:
            values = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not JSON text") from None
        if not isinstance(values, dict):
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a JSON object")
        return self._within(values)

    def entries(self, name: str) -> list[Arguments]:
        """The structured entries of a list that must be there: a JSON array of objects, or the JSON text of one."""
        if not self.has(name):
            raise PlatformError(Problem.MISSING_ARGUMENT, name)
        values = self._values[name]
        if isinstance(values, str):
            try:
                values = orjson.loads(values)
            except orjson.JSONDecodeError:
                raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not JSON text") from None
        if not isinstance(values, list) or not values or not all(isinstance(each, dict) for each in values):
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a list of JSON objects")
        return [self._within(each) for each in values]

    def _within(self, values: Mapping[str, Any]) -> Arguments:
        inner = Arguments(values)
        self._inner.append(inner)
        return inner

    def has(self, name: str) -> bool:
        self._known.add(name)
        return self._values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """A text that must be there."""
        found = self.maybe_text(name)
        if found is None:
            raise PlatformError(Problem.MISSING_ARGUMENT, name)
        return found

    def maybe_text(self, name: str) -> str | None:
        """A text that may be there."""
        if not self.has(name):
            return None
        value = self._values[name]
        if not isinstance(value, str):
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a text")
        return value

    def integer(self, name: str, *, at_least: int, at_most: int | None = None) -> int:
        """A whole number that must be there, as a JSON number or as digits in a text."""
        if not self.has(name):
            raise PlatformError(Problem.MISSING_ARGUMENT, name)
        value = self._values[name]
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_INTEGER:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a whole number")
        if value < at_least or (at_most is not None and value > at_most):
            allowed = f"{at_least} or more" if at_most is None else f"{at_least} to {at_most}"
            raise PlatformError(Problem.INVALID_ARGUMENT, name, f"{value} is not {allowed}")
        return value

    def maybe_integer(self, name: str) -> int | None:
        """A whole number from 1 that may be there."""
        return self.integer(name, at_least=1) if self.has(name) else None

    def integers(self, name: str) -> list[int]:
        """Several whole numbers: a JSON array of numbers or digits, the JSON text of one, or digits between commas.

        Empty if it is absent.
        """
        if not self.has(name):
            return []
        value = self._values[name]
        if isinstance(value, str) and value.startswith("["):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a list of numbers") from None
        elif isinstance(value, str):
            value = [each.strip() for each in value.split(",") if each.strip()]
        values = value if isinstance(value, list) else [value]
        return [Arguments({name: each}).integer(name, at_least=1) for each in values]

    def texts(self, name: str) -> list[str]:
        """Several texts: a JSON array, the JSON text of one, or a bare text, which some clients send [1]."""
        if not self.has(name):
            return []
        value = self._values[name]
        if isinstance(value, str) and value.startswith("["):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a list of texts") from None
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a list of texts")
        return value

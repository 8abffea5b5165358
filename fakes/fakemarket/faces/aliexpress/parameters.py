"""The parameters of a request, and the arguments of a call among them.

Clients split them between query and form body in every way there is, so both are merged before anything else is looked
at [C]. Structured arguments are JSON text in one parameter. What is missing or mistyped is refused by name, as the
platform does. Knows no methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from fakemarket.call import Request
from fakemarket.faces.aliexpress.errors import PlatformError, Problem

MOST_PARAMETERS = 200
"""More than any call has; a limit on work, not a rule of the platform."""
_FORM = "application/x-www-form-urlencoded"
_LONGEST_INTEGER = 18
"""Digits: what fits a signed 64-bit integer for sure."""


def parameters_of(request: Request) -> dict[str, str]:
    """Query and form body as one; the body wins, and of a name given twice the last.

    Raises:
        PlatformError: neither GET nor POST, or absurdly many.
    """
    if request.method not in ("GET", "POST"):
        raise PlatformError(Problem.HTTP_METHOD, request.method)
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    form = request.body.decode("utf-8", "replace") if kind == _FORM else ""
    pairs = []
    for text in (request.query, form):
        try:
            pairs += parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
        except ValueError:
            raise PlatformError(
                Problem.INVALID_ARGUMENT, "", f"a request may have {MOST_PARAMETERS} parameters"
            ) from None
    return dict(pairs)


class Arguments:
    """Values by name, read with the types a method wants. An empty text counts as absent [A]."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def inside(self, name: str) -> Arguments:
        """The fields of a structured argument: a JSON object in the text of one parameter."""
        text = self.text(name)
        try:
            values = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not JSON text") from None
        if not isinstance(values, dict):
            raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not a JSON object")
        return Arguments(values)

    def has(self, name: str) -> bool:
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

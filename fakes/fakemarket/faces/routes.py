"""What the JSON faces stand on: a table of routes, the reading of queries and bodies, answers and refusals.

Knows no API and no world, so that faces which must not know each other can share it. pydantic is imported
when the first query or body is read: a market that nobody asks over JSON never pays for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote

import orjson

from fakemarket.call import BODY_LIMIT_BYTES, Request, Response

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Context = TypeVar("Context")
Model = TypeVar("Model", bound="BaseModel")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MOST_PARAMETERS = 100


class Rejected(Exception):
    """A request that is not carried out; it becomes the error envelope.

    Attributes:
        details: one entry for each problem, `field` and `message`.
        retryable: the same request may be taken later.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details or []
        self.headers = headers or {}
        self.retryable = retryable


class Asked(NamedTuple):
    """A request and what its path says, by the names in the route's template."""

    request: Request
    params: Mapping[str, str]

    def query(self, model: type[Model], **context: Any) -> Model:
        """The query string as a `model`; `context` is for its validators.

        Raises:
            Rejected: 400 if it can't be taken apart, 422 with all that is wrong.
        """
        from pydantic import ValidationError

        values: dict[str, str | list[str]] = {}
        try:
            pairs = parse_qsl(_text(self.request.query), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        except ValueError as error:
            raise Rejected(400, "malformed", f"the query can't be read: {error}") from None
        for name, value in pairs:
            # A name given twice becomes a list, which no parameter takes.
            values[name] = value if name not in values else [value]
        try:
            return model.model_validate(values, context=context)
        except ValidationError as error:
            raise _invalid(error, model) from None

    def body(self, model: type[Model], **context: Any) -> Model:
        """The body as a `model`, an empty one as `{}`; `context` is for its validators.

        Raises:
            Rejected: 400 if it isn't JSON, 422 with all that is wrong.
        """
        from pydantic import ValidationError

        try:
            return model.model_validate_json(self.request.body or b"{}", strict=True, context=context)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            if first["type"] == "json_invalid":
                raise Rejected(400, "malformed", f"the body isn't JSON: {first['msg']}") from None
            raise _invalid(error, model) from None


class Route(NamedTuple, Generic[Context]):
    """A method and path template, e.g. `GET /v1/orders/{id}`, and what carries it out."""

    name: str
    handle: Callable[[Context, Asked], Response]


class Routes(Generic[Context]):
    """The routes of one face: a table from name to handler, looked up by method and path."""

    def __init__(self, handlers: Mapping[str, Callable[[Context, Asked], Response]]) -> None:
        self.names = tuple(handlers)
        self._by_length: dict[int, list[tuple[str, tuple[str, ...], Route[Context]]]] = {}
        for name, handle in handlers.items():
            method, _, template = name.partition(" ")
            parts = tuple(template.split("/"))
            self._by_length.setdefault(len(parts), []).append((method, parts, Route(name, handle)))
        self._found = lru_cache(maxsize=1024)(self._look_up)

    def find(self, request: Request) -> tuple[Route[Context], Asked]:
        """The route that a request takes.

        Raises:
            Rejected: 404 for an unknown path, 405 for a known one with another method, 413 for too large a body.
        """
        if len(request.body) > BODY_LIMIT_BYTES:
            raise Rejected(413, "too_large", f"a body may have {BODY_LIMIT_BYTES} bytes")
        route, params = self._found(request.method, _text(request.path))
        return route, Asked(request, params)

    def _look_up(self, asked: str, path: str) -> tuple[Route[Context], Mapping[str, str]]:
        parts = path.split("/")
        allowed = []
        for method, template, route in self._by_length.get(len(parts), ()):
            params = _fit(template, parts)
            if params is None:
                continue
            if method == asked:
                return route, params
            allowed.append(method)
        if allowed:
            message = f"{path} doesn't take {_text(asked)}; it takes {', '.join(allowed)}"
            raise Rejected(405, "method_not_allowed", message, headers={"allow": ", ".join(allowed)})
        raise Rejected(404, "not_found", f"there is no {path} here")


def _fit(template: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    params = {}
    for expected, part in zip(template, parts, strict=True):
        if expected[:1] == "{":
            params[expected[1:-1]] = unquote(part)
        elif expected != part:
            return None
    return params


def written(body: Any) -> bytes:
    """JSON. Instants are UTC `datetime`s (see `moment`) and go out as ISO-8601 with `Z`."""
    return orjson.dumps(body, _thawed, orjson.OPT_UTC_Z)


def _thawed(value: object) -> str:
    """Whoever freezes all clocks of a process may give us a `datetime` of their own, which orjson doesn't take."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{value!r} is no JSON")


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; see `written`."""
    return Response(status, written(body), {"content-type": "application/json", **(headers or {})})


def carry_out(handle: Callable[[], Response], request_id: str) -> Response:
    """The handler's answer, or its refusal in the error envelope."""
    try:
        return handle()
    except Rejected as rejected:
        return envelope(rejected, request_id)


def envelope(rejected: Rejected, request_id: str) -> Response:
    """A refusal as it goes out."""
    error = {
        "code": rejected.code,
        "message": str(rejected),
        "details": rejected.details,
        "retryable": rejected.retryable,
        "request_id": request_id,
    }
    return answer({"error": error}, rejected.status, rejected.headers)


@lru_cache(maxsize=1 << 14)
def moment(at: int | None) -> datetime | None:
    """An instant as an answer shows it."""
    return None if at is None else datetime.fromtimestamp(at, UTC)


def instant(text: object) -> int:
    """Seconds since the epoch of an ISO-8601 time with a zone; a started second counts as its beginning.

    Raises:
        ValueError: it isn't one.
    """
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        # In UTC it may lie in a year that the calendar doesn't have.
        told = None if at is None or at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        told = None
    if told is None:
        raise ValueError("must be an ISO-8601 time with a zone, e.g. 2026-03-02T09:00:00Z")
    return (told - _EPOCH) // _SECOND


def _text(text: str) -> str:
    """Without the lone surrogates that stand for bytes that were no UTF-8: no answer can quote them."""
    return text.encode("utf-8", "replace").decode()


def _invalid(error: ValidationError, model: type[BaseModel]) -> Rejected:
    details = []
    for each in error.errors(include_url=False):
        message = str(each["ctx"]["error"]) if each["type"] == "value_error" else each["msg"]
        if each["type"] == "extra_forbidden" and len(each["loc"]) == 1:
            names = [known.alias or name for name, known in model.model_fields.items()]
            message = f"is not known here; known: {', '.join(names) or 'nothing'}"
        details.append({"field": _text(".".join(map(str, each["loc"]))), "message": message})
    said = "; ".join(f"{each['field'] or 'body'}: {each['message']}" for each in details)
    return Rejected(422, "validation", said, details=details)

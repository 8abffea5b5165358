"""The outer shape of answers: what each entrance wraps around results and errors.

HTTP status 200 for errors too: clients raise on anything else [C]. An empty list is an empty object, and lists have a
wrapper named for their type unless the caller asked for the simple form. JSON or XML; the simple form is JSON's
alone [A]. Knows nothing of orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple, assert_never

import orjson

from fakemarket.call import Response
from fakemarket.faces.aliexpress.errors import PlatformError
from fakemarket.faces.aliexpress.markup import xml_of

Content = dict[str, Any]
"""JSON values, `Listing`s and ready-made `orjson.Fragment`s by wire name."""

_GAP = "<gap>"
_JSON_HEADERS: Mapping[str, str] = {"content-type": "application/json;charset=utf-8"}
_XML_HEADERS: Mapping[str, str] = {"content-type": "text/xml;charset=utf-8"}


class Entrance(Enum):
    """A way in, and with it a style of answers."""

    TOP = "/router/rest"
    SYNC = "/sync"
    SYSTEM = "/rest"
    """API paths under `/rest`, and the same paths given as `method` on `/sync`."""


class Listing(NamedTuple):
    """A list and the name of its wrapper: `{"order_dto": [...]}`."""

    wrapper: str
    items: list[Any]


class Result(NamedTuple):
    """A content that is nothing but a `result`, whose JSON text is long and the same in many answers.

    It stays a piece of its own in each of them.
    """

    text: bytes


def encode(content: Content | Listing, *, simplify: bool) -> bytes:
    """The JSON text of some content. Empty lists come as `{}` [1]; in the simple form as `[]` [A]."""
    return orjson.dumps(content, _simple_list if simplify else _wrapped_list)


def _wrapped_list(listing: Listing) -> object:
    return {listing.wrapper: listing.items} if listing.items else {}


def _simple_list(listing: Listing) -> object:
    return listing.items


def without_nulls(content: Content) -> Content:
    """The platform leaves null fields out [1]."""
    return {name: value for name, value in content.items() if value is not None}


def _answer_to(operation: str) -> str:
    """What an answer to a dotted method is called."""
    return f"{operation.removeprefix('taobao.').replace('.', '_')}_response"


class Envelope(NamedTuple):
    """How to answer one call.

    Attributes:
        entrance: where it came in.
        operation: dotted method or API path; empty if the call named none.
        request_id: unique to the call.
        simplify: the caller asked for the simple form.
        is_xml: the answer is to be XML; never of the newer gateway's API paths.
    """

    entrance: Entrance
    operation: str
    request_id: str
    simplify: bool = False
    is_xml: bool = False

    def success(self, content: Content | Result) -> Response:
        if isinstance(content, Result):
            before, between, after = _around_result(self.entrance, self.operation, self.simplify)
            return self._response((before, content.text, b'%b"%b"%b' % (between, self.request_id.encode(), after)))
        whole = _whole(content, self.entrance, self.operation, self.request_id, simplify=self.simplify)
        return self._response(encode(whole, simplify=self.simplify))

    def error(self, error: PlatformError) -> Response:
        wording = error.wording
        match self.entrance:
            case Entrance.TOP:
                body: Content = {"code": wording.top_code, "msg": error.say(wording.top_msg)}
                if wording.sub_code:
                    body |= {"sub_code": error.say(wording.sub_code), "sub_msg": error.explain(wording.sub_msg)}
            case Entrance.SYNC:
                text = error.explain(wording.iop_text)
                body = {"type": wording.iop_type, "code": wording.iop_code, "msg": text}
            case Entrance.SYSTEM:
                text = error.explain(wording.iop_text)
                body = {"type": wording.iop_type, "code": wording.iop_code, "message": text}
            case _:
                assert_never(self.entrance)
        body["request_id"] = self.request_id
        whole = body if self.entrance is Entrance.SYSTEM else {"error_response": body}
        return self._response(orjson.dumps(whole))

    def _response(self, json_text: bytes | tuple[bytes, ...]) -> Response:
        response = Response(200, json_text, _JSON_HEADERS)
        if self.is_xml:
            return Response(200, xml_of(response.body), _XML_HEADERS)
        return response


def _whole(content: Content, entrance: Entrance, operation: str, request_id: str, *, simplify: bool) -> Content:
    """A success with its content."""
    match entrance:
        case Entrance.SYSTEM:
            return {"code": "0", **content, "request_id": request_id}
        case Entrance.SYNC if simplify:
            return {**content, "code": "0", "request_id": request_id}
        case Entrance.TOP if simplify:
            return {**content, "request_id": request_id}
        case Entrance.TOP | Entrance.SYNC:
            return {_answer_to(operation): {**content, "request_id": request_id}}
        case _:
            assert_never(entrance)


@lru_cache(maxsize=256)
def _around_result(entrance: Entrance, operation: str, simplify: bool) -> list[bytes]:
    """The JSON text of a success before its `result`, from there to its request's id, and after that."""
    content = _whole({"result": _GAP}, entrance, operation, _GAP, simplify=simplify)
    return orjson.dumps(content).split(f'"{_GAP}"'.encode())

"""A call and its answer as plain values: what every door hands to the market and gets back.

They are named tuples, because each call makes several of them and a frozen dataclass takes four times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple, Protocol
from urllib.parse import unquote

BODY_LIMIT_BYTES = 1 << 20
"""A request with a larger body is refused by its face. A door need not read further than that."""
_NO_HEADERS: Mapping[str, str] = {}


class Request(NamedTuple):
    """One HTTP request, already read.

    Attributes:
        method: upper case.
        path: the path below the face's own prefix, as `decoded` has it.
        query: the raw query string, without `?`.
        headers: names in lower case.
        body: raw bytes; of one over the limit, its beginning is enough.
        url: the address as the caller wrote it, without query; for messages and the journal.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = _NO_HEADERS
    body: bytes = b""
    url: str = ""


class Delivery(StrEnum):
    """What becomes of an answer on its way to the caller."""

    WHOLE = "whole"
    LOST = "lost"
    """The call was carried out, but the connection broke before the answer was sent."""
    SILENT = "silent"
    """The call never arrived, and nothing comes back."""
    RESET = "reset"
    """The connection broke before the call was carried out."""


class Response(NamedTuple):
    """One HTTP answer, not yet written.

    Attributes:
        status: the HTTP status.
        content: the body, whole or in pieces. A page of orders is one and the same piece in many answers, so that it
            isn't copied until it is sent.
        headers: those of the answer itself; who sends it adds its length.
        delivery: whether and how it arrives.
    """

    status: int
    content: bytes | tuple[bytes, ...]
    headers: Mapping[str, str] = _NO_HEADERS
    delivery: Delivery = Delivery.WHOLE

    @property
    def body(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else b"".join(self.content)

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return len(self.content) if isinstance(self.content, bytes) else sum(map(len, self.content))


class Trouble(StrEnum):
    """What a fault has a face say in its API's own words, without carrying the call out."""

    RATE_LIMITED = "rate_limited"
    QUOTA_GONE = "quota_gone"
    FAILS_INSIDE = "fails_inside"
    """A failure inside what looks like a success."""


def _bare(trouble: Trouble, seconds: int) -> Response:
    """For calls whose API has no words for trouble, such as a page for a browser."""
    if trouble is Trouble.FAILS_INSIDE:
        return Response(200, b"")
    return Response(429, b"", {"retry-after": str(seconds)})


class Call(NamedTuple):
    """A request that a face has read: what it is about, and how to carry it out.

    Reading changes nothing, so a fault can be aimed at a call before anything happened.

    Attributes:
        operation: the API's own name for it, e.g. `aliexpress.solution.order.get` or `GET /v1/orders`; empty when the
            request was refused before it was known.
        seller: whose data it concerns, once known.
        order: the marketplace order it concerns, if one.
        act: carries it out and renders the answer.
        say: renders some trouble instead; with it goes for how many seconds it lasts.
    """

    operation: str
    act: Callable[[], Response]
    seller: str | None = None
    order: int | None = None
    say: Callable[[Trouble, int], Response] = _bare


class CarriedOut(NamedTuple):
    """What became of a call.

    Attributes:
        response: the answer, if one is to reach the caller.
        causes: the faults that struck meanwhile, as the ledger names them.
        clock_off_seconds: what the API's clock tells too much.
    """

    response: Response
    causes: tuple[str, ...] = ()
    clock_off_seconds: int = 0


class Face(Protocol):
    """One API dialect: reads requests into calls. Holds no state and makes no decision."""

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        """The call that a request means.

        `real_at` is real time, seconds since the epoch; `request_id` is what answers call it by.
        """
        ...


def decoded(path: str) -> str:
    """A path without its percent-encoding, but for `%2F` and `%25`, which stay until it is taken apart.

    So a slash within a part is told from one between parts; `unquote` of a part gives the rest.
    """
    if "%" not in path:
        return path
    return unquote(path.replace("%25", "%2525").replace("%2F", "%252F").replace("%2f", "%252f"))


def request_id(seed: int, side: str, number: int) -> str:
    """What a market calls its `number`th request to one side, the APIs or the control plane.

    No two are alike, even of the same words in the same second.
    """
    return blake2b(b"%d %b %d" % (seed, side.encode(), number), digest_size=12).hexdigest()

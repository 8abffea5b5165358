"""A call and its answer as plain values: what every door hands to the market and gets back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, already read.

    Attributes:
        method: upper case.
        path: decoded path below the face's own prefix.
        query: the raw query string, without `?`.
        headers: names in lower case.
        body: raw bytes.
        url: the address as the caller wrote it, without query; for messages and the journal.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""


class Delivery(StrEnum):
    """What becomes of an answer on its way to the caller."""

    WHOLE = "whole"
    LOST = "lost"
    """The call was carried out, but the connection broke before the answer was sent."""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, not yet written."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a face has read: what it is about, and how to carry it out.

    Reading changes nothing, so a fault can be aimed at a call before anything happened.

    Attributes:
        operation: the API's own name for it, e.g. `aliexpress.solution.order.get` or `GET /v1/orders`; empty when the
            request was refused before it was known.
        seller: whose data it concerns, once known.
        order: the marketplace order it concerns, if one.
        act: carries it out and renders the answer.
    """

    operation: str
    act: Callable[[], Response]
    seller: str | None = None
    order: int | None = None


class Face(Protocol):
    """One API dialect: reads requests into calls. Holds no state and makes no decision."""

    def read(self, request: Request, real_at: int) -> Call:
        """The call that a request means; `real_at` is real time, seconds since the epoch."""
        ...

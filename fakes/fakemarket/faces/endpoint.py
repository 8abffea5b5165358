"""One row of a JSON face's table: what carries a call out, and what a caller must know of it.

Routes are made from it when a face is, its description when somebody asks for that. Models go by their names, since
pydantic is heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from fakemarket.call import Response
from fakemarket.faces.routes import Asked

Context = TypeVar("Context")


class Endpoint(NamedTuple, Generic[Context]):
    """What carries a call out, and what a caller must know of it.

    Attributes:
        shows: model of the answer; empty for the description itself.
        query: model of the query; empty if it takes none. `body` likewise.
        refuses: statuses of its own refusals; those that follow from the rest aren't repeated here.
        keyed: takes an `Idempotency-Key`.
    """

    handle: Callable[[Context, Asked], Response]
    summary: str
    shows: str
    status: int = 200
    query: str = ""
    body: str = ""
    refuses: tuple[int, ...] = ()
    keyed: bool = False

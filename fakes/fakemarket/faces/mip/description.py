"""The MIP API's OpenAPI description, as it is served."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from fakemarket.call import Response
from fakemarket.faces.mip.keys import LONGEST_KEY
from fakemarket.faces.routes import Asked
from fakemarket.world.world import World

if TYPE_CHECKING:
    from pydantic import BaseModel

_ABOUT = """\
Instants are UTC, money is decimal strings. Every call but this description carries the platform's API key as a bearer
token. Events come at least once: key on their ids. The paths, fields and words are this project's own design.
"""


def served(_world: World, _asked: Asked) -> Response:
    return Response(200, _written(), {"content-type": "application/json"})


@cache
def _written() -> bytes:
    return orjson.dumps(described())


def described() -> dict[str, Any]:
    """The whole description as JSON values."""
    from fakemarket.faces.mip.endpoints import ENDPOINTS
    from fakemarket.faces.openapi import Api, describe

    return describe(Api("MIP", _ABOUT, "..", _model, longest_key=LONGEST_KEY), ENDPOINTS)


def _model(name: str) -> type[BaseModel]:
    from fakemarket.faces.mip import answers, bodies

    found: type[BaseModel] = getattr(bodies, name, None) or getattr(answers, name)
    return found

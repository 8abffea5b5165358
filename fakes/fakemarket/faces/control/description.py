"""The control plane's OpenAPI description, as it is served."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked

if TYPE_CHECKING:
    from pydantic import BaseModel

_ABOUT = """\
Hold the market's clock, look behind the scenes, break things. `..._at` and `now` are seconds since the epoch, `..._iso`
the same in words; of an order every instant is in words. A server with a control token asks for it as a bearer token;
without one it answers under this machine's own names only.
"""


def served(_market: Held, _asked: Asked) -> Response:
    return Response(200, _written(), {"content-type": "application/json"})


@cache
def _written() -> bytes:
    return orjson.dumps(described())


def described() -> dict[str, Any]:
    """The whole description as JSON values."""
    from fakemarket.faces.control import lobby
    from fakemarket.faces.control.endpoints import ENDPOINTS
    from fakemarket.faces.openapi import Api, describe

    api = Api("redclock control", _ABOUT, ".", _model, security=[{}, {"key": []}], door=(401, 403), writing=(415,))
    return describe(api, {**ENDPOINTS, **lobby.ENDPOINTS})


def _model(name: str) -> type[BaseModel]:
    from fakemarket.faces.control import answers, bodies

    found: type[BaseModel] = getattr(bodies, name, None) or getattr(answers, name)
    return found

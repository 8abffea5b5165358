"""The MIP API's OpenAPI 3.1 description, made from the table of endpoints and the models that it names.

Made when it is first asked for: nothing in it depends on the market.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from fakemarket.call import Response
from fakemarket.faces.mip.keys import LONGEST_KEY
from fakemarket.faces.routes import Asked
from fakemarket.world.world import World

if TYPE_CHECKING:
    from pydantic import BaseModel

    from fakemarket.faces.mip.endpoints import Endpoint

_SCHEMAS = "#/components/schemas/"
_REFUSALS = {
    400: "The query or the body can't be taken apart.",
    401: "The API key is missing or wrong.",
    404: "The platform has none such.",
    409: "Not as things stand.",
    422: "Something is wrong with it; `details` has all of it.",
}
_ABOUT = """\
Instants are UTC, money is decimal strings. Every call but this description carries the platform's API key as a bearer
token. Events come at least once: key on their ids. The paths, fields and words are this project's own design.
"""


def served(_world: World, _asked: Asked) -> Response:
    return Response(200, _written(), {"content-type": "application/json"})


@cache
def _written() -> bytes:
    return orjson.dumps(describe())


def describe() -> dict[str, Any]:
    """The whole description as JSON values."""
    from pydantic.json_schema import models_json_schema

    from fakemarket.faces.mip.endpoints import ENDPOINTS

    bodies = {_model(each.body) for each in ENDPOINTS.values() if each.body}
    shown = {_model(each.shows) for each in ENDPOINTS.values() if each.shows} | {_model("Refusal")}
    models = [(model, "validation") for model in bodies] + [(model, "serialization") for model in shown]
    models.sort(key=lambda each: each[0].__name__)
    _, definitions = models_json_schema(models, ref_template=_SCHEMAS + "{model}")  # type: ignore[arg-type]
    schemas = dict(definitions["$defs"])
    paths: dict[str, dict[str, Any]] = {}
    for name, endpoint in ENDPOINTS.items():
        method, _, path = name.partition(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(path, endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MIP", "version": "1", "description": _ABOUT},
        "servers": [{"url": ".."}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _model(name: str) -> type[BaseModel]:
    from fakemarket.faces.mip import answers, bodies

    found: type[BaseModel] = getattr(bodies, name, None) or getattr(answers, name)
    return found


def _operation(path: str, endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", path)
    parameters = [_parameter(name, "path", {"type": "string", "minLength": 1}, required=True) for name in names]
    if endpoint.query:
        parameters += _query(endpoint.query, schemas)
    if endpoint.keyed:
        key = {"type": "string", "maxLength": LONGEST_KEY}
        parameters.append(_parameter("Idempotency-Key", "header", key, required=False))
    answered = _reference(endpoint.shows) if endpoint.shows else {"type": "object"}
    responses = {str(endpoint.status): {"description": "Carried out.", **_json(answered)}}
    for status in _refusals(endpoint, bool(names)):
        responses[str(status)] = {"description": _REFUSALS[status], **_json(_reference("Refusal"))}
    operation: dict[str, Any] = {
        "operationId": f"{endpoint.handle.__module__.rpartition('.')[2]}_{endpoint.handle.__name__}",
        "summary": endpoint.summary,
        "parameters": parameters,
        "responses": responses,
    }
    if endpoint.body:
        required = bool(schemas[endpoint.body].get("required"))
        operation["requestBody"] = {"required": required, **_json(_reference(endpoint.body))}
    if not endpoint.shows:
        operation["security"] = []
    return operation


def _refusals(endpoint: Endpoint, named: bool) -> list[int]:
    """Its own, and those of every endpoint that takes a key, a name in its path, a query or a body."""
    statuses = set(endpoint.refuses)
    if endpoint.shows:
        statuses.add(401)
    if named:
        statuses.add(404)
    if endpoint.query or endpoint.body:
        statuses |= {400, 422}
    return sorted(statuses)


def _query(name: str, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _model(name).model_json_schema(ref_template=_SCHEMAS + "{model}")
    schemas.update(schema.get("$defs", {}))
    required = schema.get("required", ())
    return [
        _parameter(each, "query", _without_null(how), required=each in required)
        for each, how in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that isn't given is left out: a query has no null."""
    (*some,) = (each for each in schema.get("anyOf", ()) if each != {"type": "null"})
    return some[0] if len(some) == 1 else {name: value for name, value in schema.items() if name != "title"}


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": _SCHEMAS + name}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}

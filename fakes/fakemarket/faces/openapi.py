"""OpenAPI 3.1 descriptions, made from a face's table of endpoints and the models that it names.

Knows no face. Nothing in a description depends on a market, so it is made once, when it is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakemarket.faces.endpoint import Endpoint

if TYPE_CHECKING:
    from pydantic import BaseModel

_SCHEMAS = "#/components/schemas/"
_REFUSALS = {
    400: "The query or the body can't be taken apart.",
    401: "The key or token is missing or wrong.",
    403: "Not under this host name, or not from another site's page.",
    404: "There is none such.",
    409: "Not as things stand.",
    413: "The body is too large.",
    415: "The body isn't said to be JSON.",
    422: "Something is wrong with it; `details` has all of it.",
}
_READING = "GET "


@dataclass(frozen=True, slots=True)
class Api:
    """A face as its description tells of it.

    Attributes:
        model: a model by its name.
        about: for a reader, in Markdown.
        base: where its paths begin, relative to the description.
        longest_key: characters of an `Idempotency-Key`, if endpoints take one.
        security: what a call must show, as OpenAPI says it, of the scheme `key`: a bearer token.
        door: statuses with which any call may be refused before it is looked at.
        writing: likewise, any call that may change something.
    """

    title: str
    about: str
    base: str
    model: Callable[[str], type[BaseModel]]
    security: list[dict[str, list[str]]] = field(default_factory=lambda: [{"key": []}])
    longest_key: int = 0
    door: tuple[int, ...] = (401,)
    writing: tuple[int, ...] = ()


def describe(api: Api, endpoints: Mapping[str, Endpoint[Any]]) -> dict[str, Any]:
    """The whole description as JSON values."""
    from pydantic.json_schema import models_json_schema

    from fakemarket.faces.refusal import Refusal

    bodies = {api.model(each.body) for each in endpoints.values() if each.body}
    shown = {api.model(each.shows) for each in endpoints.values() if each.shows} | {Refusal}
    models = [(model, "validation") for model in bodies] + [(model, "serialization") for model in shown]
    models.sort(key=lambda each: each[0].__name__)
    _, definitions = models_json_schema(models, ref_template=_SCHEMAS + "{model}")  # type: ignore[arg-type]
    schemas = dict(definitions["$defs"])
    paths: dict[str, dict[str, Any]] = {}
    for name, endpoint in endpoints.items():
        method, _, path = name.partition(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(api, name, endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": "1", "description": api.about},
        "servers": [{"url": api.base}],
        "security": api.security,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(api: Api, name: str, endpoint: Endpoint[Any], schemas: dict[str, Any]) -> dict[str, Any]:
    path = name.partition(" ")[2]
    names = re.findall(r"{(\w+)}", path)
    parameters = [_parameter(each, "path", {"type": "string", "minLength": 1}, required=True) for each in names]
    if endpoint.query:
        parameters += _query(api.model(endpoint.query), schemas)
    if endpoint.keyed:
        key = {"type": "string", "maxLength": api.longest_key}
        parameters.append(_parameter("Idempotency-Key", "header", key, required=False))
    answered = _reference(endpoint.shows) if endpoint.shows else {"type": "object"}
    responses = {str(endpoint.status): {"description": "Carried out.", **_json(answered)}}
    for status in _refusals(api, name, endpoint):
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


def _refusals(api: Api, name: str, endpoint: Endpoint[Any]) -> list[int]:
    """Its own, and those of every endpoint that takes a key, a name in its path, a query or a body."""
    statuses = set(endpoint.refuses)
    if endpoint.shows:
        statuses |= {*api.door}
    if not name.startswith(_READING):
        statuses |= {*api.writing}
    if "{" in name:
        statuses.add(404)
    if endpoint.query or endpoint.body:
        statuses |= {400, 422}
    if endpoint.body:
        statuses.add(413)
    return sorted(statuses)


def _query(model: type[BaseModel], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_SCHEMAS + "{model}")
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

"""The JSON Schema of scenario files, for editors that complete and check what one types.

Made from the model that reads the files, so it can't say otherwise. Descriptions are the docstrings and the settings'
own sentences. A file points to it with a first line `#:schema <where it lies>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from fakemarket.operations import OPERATIONS
from fakemarket.settings import Settings
from redclock.scenario.impossible import WORDS
from redclock.scenario.model import Scenario

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_MARKS: Mapping[str, str] = {"C": "certain", "D": "measured", "1": "one source", "A": "assumed"}


def json_schema(measures: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The schema of a scenario file.

    Args:
        measures: (name, what it is) of those that an expectation may use.
    """
    schema = Scenario.model_json_schema()
    kinds = schema["$defs"]
    for name, sentences in _sentences(Settings()):
        for key, sentence in sentences.items():
            kinds[name]["properties"][key]["description"] = sentence
    expectation = kinds["Expectation"]["properties"]
    expectation["measure"] = {
        "description": expectation["measure"]["description"],
        "oneOf": [{"const": name, "description": says} for name, says in sorted(measures)],
    }
    kinds["Eventually"]["properties"]["after"]["enum"] = list(WORDS)
    expectation["operation"]["examples"] = list(OPERATIONS)
    schema["required"] = [name for name in schema["required"] if name != "name"]
    _tidy(schema)
    return {"$schema": DRAFT, **schema}


def _sentences(settings: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """(class, sentence by setting) of each part of the settings."""
    said = {
        each.name: f"{each.metadata['doc']} [{_MARKS[each.metadata['mark']]}]"
        for each in fields(settings)
        if "doc" in each.metadata
    }
    yield type(settings).__name__, said
    for each in fields(settings):
        value = getattr(settings, each.name)
        if is_dataclass(value):
            yield from _sentences(value)


def _tidy(node: Any) -> None:
    """Takes out what editors stumble over: titles made of names, defaults in another form than one types."""
    if isinstance(node, list):
        for each in node:
            _tidy(each)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("title"), str):
        del node["title"]
    default = node.get("default")
    if isinstance(default, dict | list) or default is None or (node.get("type") == "string" and default == ""):
        node.pop("default", None)
    elif node.get("type") == "string" and not isinstance(default, str):
        del node["default"]
    for each in list(node.values()):
        _tidy(each)

"""Reads scenario files: all that is wrong with all of them at once, or values.

A complaint names the file, the key, what was found, what was allowed, and the nearest name when one seems misspelt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fakemarket.distributions import Distribution
from fakemarket.settings import Settings
from redclock.scenario.impossible import Measurable, impossible, unknown
from redclock.scenario.model import FAULT_TABLES, Scenario
from redclock.scenario.place import line_of
from redclock.scenario.table import Table

_FAULT_KINDS = sorted(FAULT_TABLES)
_WORD = str | date
"""What becomes a word on its way through JSON."""
_VARIANTS: Mapping[str | int, str] = {
    it.__name__: it.__dataclass_fields__["kind"].default for it in get_args(Distribution)
}
"""Names of the distributions' classes, as pydantic puts them into a complaint's place, and their kinds."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with one file.

    Attributes:
        line: where the key stands, or what would hold it; 0 if the file has no lines.
    """

    file: str
    key: str
    problem: str
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.problem}" if self.key else f"{where}: {self.problem}"


class BadScenarios(ValueError):
    """Scenario files that can't be run; `complaints` says all that is wrong."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("\n".join(map(str, complaints)))
        self.complaints = tuple(complaints)


def read(
    paths: Iterable[Path], *, measures: Mapping[str, Measurable], otherwise: Mapping[str, Any] = MappingProxyType({})
) -> list[Scenario]:
    """The scenarios of some files.

    Args:
        paths: TOML files.
        measures: what an expectation may use, by name.
        otherwise: keys that are to be other than the files say, tables within tables.

    Raises:
        BadScenarios: with every complaint about every file.
    """
    complaints: list[Complaint] = []
    scenarios: list[Scenario] = []
    named: dict[str, list[str]] = {}
    for path in paths:
        try:
            scenarios.append(_read(path, measures, otherwise))
        except BadScenarios as bad:
            complaints.extend(bad.complaints)
        else:
            named.setdefault(scenarios[-1].name, []).append(str(path))
    for name, files in sorted(named.items()):
        if len(files) > 1:
            others = ", ".join(files[1:])
            problem = f"the name {name} is used by {others} too; rename a file, or give it another `name`"
            complaints.append(Complaint(files[0], "name", problem))
    if complaints:
        raise BadScenarios(complaints)
    return scenarios


def _read(path: Path, measures: Mapping[str, Measurable], otherwise: Mapping[str, Any]) -> Scenario:
    try:
        text = path.read_text(encoding="utf-8")
        document = merged(tomllib.loads(text), otherwise)
    except tomllib.TOMLDecodeError as broken:
        raise BadScenarios([Complaint(str(path), "", f"not TOML: {broken}")]) from broken
    except (OSError, UnicodeDecodeError) as unreadable:
        raise BadScenarios([Complaint(str(path), "", f"can't be read: {unreadable}")]) from unreadable
    document.setdefault("name", path.stem)
    expect = document.get("expect")
    wrong = [
        (f"expect[{n}].measure", unknown(str(each["measure"]), sorted(measures)))
        for n, each in enumerate(expect if isinstance(expect, list) else ())
        if isinstance(each, dict) and isinstance(each.get("measure"), _WORD) and str(each["measure"]) not in measures
    ]
    try:
        # By way of JSON, where a list may stand for a tuple and a word for an enum, but "3" not for a number.
        scenario = Scenario.model_validate_json(orjson.dumps(document))
    except ValidationError as invalid:
        wrong += _told_once(invalid.errors(include_url=False), document)
    else:
        wrong += impossible(scenario, measures)
    if wrong:
        raise BadScenarios([Complaint(str(path), key, problem, line_of(text, key)) for key, problem in wrong])
    return scenario


def read_market(said: Mapping[str, Any], source: str) -> Settings:
    """The settings of a market, where there is no scenario around them.

    Args:
        said: `{"market": {...}}`, as in a scenario file; what isn't said is as usual.
        source: what a complaint calls it.

    Raises:
        BadScenarios: with every complaint about them.
    """
    document = dict(said)
    try:
        return _Market.model_validate_json(orjson.dumps(document)).market
    except ValidationError as invalid:
        wrong = _told_once(invalid.errors(include_url=False), document)
        raise BadScenarios([Complaint(source, key, problem) for key, problem in wrong]) from None


class _Market(Table):
    """A scenario of which only the market matters."""

    market: Settings = Settings()


def merged(document: Mapping[str, Any], otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """Tables with the values of others in place of their own, tables within tables."""
    both = dict(document)
    for key, value in otherwise.items():
        here = both.get(key)
        both[key] = merged(here if isinstance(here, dict) else {}, value) if isinstance(value, dict) else value
    return both


def _hollow(error: ErrorDetails, errors: Iterable[ErrorDetails]) -> bool:
    """Whether a list is called too short only because its items are wrong, which is said elsewhere."""
    loc = error["loc"]
    within = (it for it in errors if len(it["loc"]) > len(loc) and it["loc"][: len(loc)] == loc)
    return error["type"] == "too_short" and any(within)


def _told_once(errors: Sequence[ErrorDetails], document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, problem) of each complaint; of those about every variant of a distribution, only what the file meant."""
    unnamed: set[str] = set()
    for error in errors:
        loc = error["loc"]
        depth = next((depth for depth, part in enumerate(loc) if part in _VARIANTS), None)
        if depth is None:
            if not _hollow(error, errors):
                yield _told(error, loc, document)
            continue
        here = _at(document, loc[:depth])
        named = here.get("kind") if isinstance(here, dict) else None
        if named == _VARIANTS[loc[depth]]:
            yield _told(error, loc[:depth] + loc[depth + 1 :], document)
        elif named not in _VARIANTS.values() and _key(loc[:depth]) not in unnamed:
            unnamed.add(_key(loc[:depth]))
            kinds = ", ".join(sorted(_VARIANTS.values()))
            yield _key(loc[:depth]), f'is {here!r}, but must be a table such as {{ kind = "...", ... }}; kinds: {kinds}'


def _told(error: ErrorDetails, loc: Sequence[str | int], document: dict[str, Any]) -> tuple[str, str]:
    """(key, problem) of one of pydantic's complaints, in our words."""
    loc = [part for part in loc if part not in _FAULT_KINDS]
    key = _key(loc)
    match error["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return key, unknown(str(loc[-1]), _allowed(loc[:-1], document))
        case "union_tag_invalid":
            return f"{key}.kind", unknown(str(error["ctx"]["tag"]), _FAULT_KINDS)
        case "union_tag_not_found":
            return f"{key}.kind", f"is missing; allowed: {', '.join(_FAULT_KINDS)}"
        case "missing":
            return key, "is missing"
    found = f"is {error['input']!r}, but " if not isinstance(error["input"], dict | list) else ""
    return key, found + error["msg"].removeprefix("Value error, ").replace("Input should", "should")


def _key(loc: Sequence[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def _at(document: Any, loc: Sequence[str | int]) -> Any:
    """What stands at a place of the file."""
    for part in loc:
        document = document[part]
    return document


def _allowed(loc: Sequence[str | int], document: dict[str, Any]) -> list[str]:
    """The keys that may stand at a place of the file, by the scenario's own JSON Schema."""
    schema = Scenario.model_json_schema()
    node: dict[str, Any] = schema
    value: Any = document
    for part in loc:
        node = _resolved(node, value, schema)
        node = node["items"] if isinstance(part, int) else node["properties"][part]
        value = value[part]
    return sorted(_resolved(node, value, schema).get("properties", {}))


def _resolved(node: dict[str, Any], value: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema node without references and choices: of several kinds of table the one that the value names."""
    while "$ref" in node or "oneOf" in node or "anyOf" in node:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
            continue
        options = [_resolved(option, value, schema) for option in node.get("oneOf") or node["anyOf"]]
        kind = value.get("kind") if isinstance(value, dict) else None
        named = (it for it in options if it.get("properties", {}).get("kind", {}).get("const") == kind)
        node = next(named, options[0])
    return node

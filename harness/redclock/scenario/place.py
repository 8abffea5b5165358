"""Where in a scenario file a key stands, which TOML's readers don't tell.

Knows as much of TOML as that takes: headers, keys, and strings of several lines. What stands in an inline table or
array is found at the line of the key that begins it.
"""

from __future__ import annotations

import re

_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_QUOTES = re.compile(r'"""|' + "'''")

_Path = tuple[str | int, ...]


def line_of(text: str, key: str) -> int:
    """The line, from 1, of a key such as `expect[2].at_most`; of what holds it, if it isn't there by itself."""
    wanted: _Path = tuple(int(it[1:]) if it.startswith("[") else it for it in re.findall(r"\[\d+|[^.\[\]]+", key))
    places = _places(text)
    while wanted and wanted not in places:
        wanted = wanted[:-1]
    return places.get(wanted, 1)


def _places(text: str) -> dict[_Path, int]:
    places: dict[_Path, int] = {}
    counts: dict[_Path, int] = {}
    table: _Path = ()
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        began_inside = bool(inside)
        for quotes in _QUOTES.findall(line.partition("#")[0] if not inside else line):
            if not inside:
                inside = quotes
            elif inside == quotes:
                inside = ""
        if began_inside:
            continue
        if header := _HEADER.match(line):
            table = ()
            *outer, last = _names(header[2])
            for name in outer:
                table = _entered((*table, name), counts)
            table = (*table, last)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
            table = _entered(table, counts)
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            places.setdefault((*table, *_names(key[1])), number)
    return places


def _entered(table: _Path, counts: dict[_Path, int]) -> _Path:
    """A table, or the last one of an array of them."""
    return (*table, counts[table]) if table in counts else table


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, dotted)]

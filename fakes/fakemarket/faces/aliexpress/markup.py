"""The same answers as XML: one element a field, and a list as its wrapper with one child for each entry.

Written from the JSON text, so both say the same whatever an answer is made of. A list repeats the wrapper's child [C];
an empty one is an empty element. Knows no methods and no fields.
"""

from __future__ import annotations

import re

import orjson

_NO_CHARACTER = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What XML 1.0 cannot hold, not even as an entity; compiled when first used, as few ask for XML."""


def xml_of(json_text: bytes) -> bytes:
    """An answer's XML from its JSON: an object with one field, which names the root."""
    ((root, content),) = orjson.loads(json_text).items()
    pieces = ['<?xml version="1.0" encoding="utf-8" ?>']
    _write(pieces, root, content)
    return "".join(pieces).encode()


def _write(pieces: list[str], name: str, value: object) -> None:
    match value:
        case list():
            for each in value:
                _write(pieces, name, each)
        case dict():
            pieces.append(f"<{name}>")
            for child, inner in value.items():
                _write(pieces, child, inner)
            pieces.append(f"</{name}>")
        case bool():
            pieces.append(f"<{name}>{str(value).lower()}</{name}>")
        case _:
            pieces.append(f"<{name}>{_escaped(re.sub(_NO_CHARACTER, '?', str(value)))}</{name}>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

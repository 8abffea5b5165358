"""What a request asks, read once however often it is asked.

A client that polls says the same again and again, but for a timestamp and a sign. So those two are taken out of the
text of a request, and what is left is read once and known by its words from then on: its parameters, and what reading
its arguments left to be done. Knows no methods and no world.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

from fakemarket.faces.aliexpress.envelope import Entrance, Envelope
from fakemarket.faces.aliexpress.parameters import pairs
from fakemarket.faces.aliexpress.signature import signed_text

if TYPE_CHECKING:
    from fakemarket.faces.aliexpress.shop import Work

_MOST_KEPT = 512
_LONGEST_KEPT = 2000
"""Characters; more than the calls that are made again and again have."""
_TIMESTAMP = "timestamp"
_USUAL_FORMATS = {Entrance.TOP: "xml", Entrance.SYNC: "json"}
"""What a caller who names no format gets [1]."""


class Question:
    """A request but for its timestamp and its sign.

    Args:
        path: where it came in.
        text: its parameters, as `text_of` has them.

    Attributes:
        parameters: decoded, without those two.
        entrance: with `operation` and the caller's wishes for the answer's form, what `Envelope` has.
        work: what is to be done, once its arguments are read.
        says_again: one of the two is in it after all: said twice, or written in an odd way.
    """

    __slots__ = (
        "_after",
        "_before",
        "entrance",
        "is_xml",
        "operation",
        "parameters",
        "says_again",
        "simplify",
        "work",
    )

    def __init__(self, path: str, text: str) -> None:
        parameters = pairs(text)
        again = [parameters.pop(name, None) for name in (_TIMESTAMP, "sign")]
        self.says_again = again != [None, None]
        self.parameters: Mapping[str, str] = parameters
        self.entrance, self.operation, self.simplify, self.is_xml = _form(path, parameters)
        self.work: Work | None = None
        self._before = signed_text({name: value for name, value in parameters.items() if name < _TIMESTAMP})
        self._after = signed_text({name: value for name, value in parameters.items() if name > _TIMESTAMP})

    def envelope(self, request_id: str) -> Envelope:
        """How to answer it."""
        return Envelope(self.entrance, self.operation, request_id, self.simplify, self.is_xml)

    def signed_text(self, timestamp: str) -> str:
        """What is signed of it if it is asked at that time."""
        return f"{self._before}{_TIMESTAMP}{timestamp}{self._after}"


class Asked(NamedTuple):
    """A question, and what its asker says anew each time; either may be empty."""

    question: Question
    timestamp: str
    sign: str


class Questions:
    """The questions of one market that were asked lately."""

    def __init__(self) -> None:
        self._known = lru_cache(maxsize=_MOST_KEPT)(Question)

    def read(self, path: str, text: str) -> Asked:
        """What is asked by some parameters, as `text_of` has them; of a name given twice the last counts."""
        rest, timestamp = _cut_out(_TIMESTAMP, text)
        rest, sign = _cut_out("sign", rest)
        question = (self._known if len(rest) <= _LONGEST_KEPT else Question)(path, rest)
        if question.says_again:
            every = pairs(text)
            return Asked(question, every.get(_TIMESTAMP, ""), every.get("sign", ""))
        if "%" in timestamp or "+" in timestamp:
            timestamp = unquote_plus(timestamp)
        return Asked(question, timestamp, unquote_plus(sign) if "%" in sign or "+" in sign else sign)


def _cut_out(name: str, text: str) -> tuple[str, str]:
    """The text without the last parameter of that name, and its raw value."""
    before, found, after = text.rpartition(f"&{name}=")
    if not found:
        return text, ""
    value, more, rest = after.partition("&")
    return before + more + rest, value


def _form(path: str, parameters: Mapping[str, str]) -> tuple[Entrance, str, bool, bool]:
    """Where a call came in, its dotted method or API path, and whether it wants the simple form or XML."""
    method = parameters.get("method", "")
    for entrance, usual in _USUAL_FORMATS.items():
        if path == entrance.value and not (entrance is Entrance.SYNC and method.startswith("/")):
            is_xml = (parameters.get("format") or usual) == "xml"
            return entrance, method, parameters.get("simplify") == "true" and not is_xml, is_xml
    api_path = method if path == Entrance.SYNC.value else path.removeprefix(Entrance.SYSTEM.value)
    return Entrance.SYSTEM, api_path, False, False

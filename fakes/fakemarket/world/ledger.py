"""The ledger: everything that happened, in order, and nothing else remembers.

Append-only. Checks, reports, explanations and digests read it; it knows no one of them. Two runs with one seed have the
same digest, whatever the process, the time zone or the size of the steps they were run in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import blake2b
from itertools import count
from typing import Any, NamedTuple

import orjson

Facts = Mapping[str, Any]
Told = tuple[int, int | None, str, Facts, str]
"""What an event is told as: instant, order, what, facts and cause."""


class Event(NamedTuple):
    """One thing that happened.

    Attributes:
        at: market time, seconds since the epoch.
        seq: position in the ledger, from 0.
        order: id of the order it is about, if it is about one.
        what: a word of the ledger's vocabulary, e.g. the name of a move.
        facts: what else is known; JSON values with string keys.
        cause: who or what did it: `buyer`, `platform`, `mip`, `warehouse`, `call`, `fault:2`, ...
    """

    at: int
    seq: int
    order: int | None
    what: str
    facts: Facts
    cause: str


_made: Callable[[tuple[Any, ...]], Event] = partial(tuple.__new__, Event)
"""As the class makes one, in half the time."""


_PARTS = 5


class Ledger:
    """An append-only list of events, which are made when somebody reads them."""

    __slots__ = ("_events", "told")

    def __init__(self) -> None:
        self._events: list[Event] = []
        self.told: list[Any] = []
        """What nobody has read yet: the parts of each event as it was told, one behind the other.

        Not a tuple for each: that many more things for the garbage collector to look at would take a twentieth of the
        time in which a world tells them. To be appended to only.
        """

    def append(self, at: int, order: int | None, what: str, facts: Facts, cause: str) -> None:
        self.told += (at, order, what, facts, cause)

    def _read(self) -> list[Event]:
        if self.told:
            parts = iter(self.told)
            rows = zip(count(len(self._events)), parts, parts, parts, parts, parts, strict=False)
            self._events += [_made((at, seq, order, what, facts, cause)) for seq, at, order, what, facts, cause in rows]
            self.told.clear()
        return self._events

    def __len__(self) -> int:
        return len(self._events) + len(self.told) // _PARTS

    def __iter__(self) -> Iterator[Event]:
        return iter(self._read())

    def __getitem__(self, seq: int) -> Event:
        return self._read()[seq]

    def since(self, seq: int) -> list[Event]:
        """The events from position `seq` on."""
        return self._read()[seq:]

    def of(self, order: int) -> list[Event]:
        """One order's story."""
        return [event for event in self._read() if event.order == order]

    def named(self, *what: str) -> list[Event]:
        """The events of some kinds."""
        return [event for event in self._read() if event.what in what]

    def digest(self) -> str:
        """A short hash of the whole history."""
        state = blake2b(digest_size=16)
        for event in self._read():
            state.update(orjson.dumps(tuple(event), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
        return state.hexdigest()

"""What makes a frozen dataclass a value: it is equal, hashed and shown by its fields.

A dataclass generates these methods for each class, and they are compiled anew at each start. Here they stand once, for
classes that are declared with `eq=False, repr=False`. Knows no value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any


class Shown:
    """A dataclass that is shown by its fields."""

    __slots__ = ()

    def __repr__(self) -> str:
        kind: Any = self.__class__
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(kind) if each.repr]
        return f"{kind.__qualname__}({', '.join(shown)})"


class Value(Shown):
    """A frozen dataclass that is equal to another of its class with the same fields; it compares two or more."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        kind: Any = self.__class__
        compared = _compared(kind)
        return compared(self) == compared(other)

    def __hash__(self) -> int:
        kind: Any = self.__class__
        return _compared(kind)(self).__hash__()


@cache
def _compared(kind: Any) -> Callable[[object], tuple[object, ...]]:
    """What takes the compared fields out of a value of a kind."""
    return attrgetter(*(each.name for each in fields(kind) if each.compare))

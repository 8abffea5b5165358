"""What dataclasses have in common that are values, or records of what changes.

A dataclass generates its methods for each class, and they are compiled anew at each start. Here they stand once, for
classes that are declared without them. Knows no value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, NoReturn, TypeVar, dataclass_transform

V = TypeVar("V", bound="Value")
_put = object.__setattr__


class Shown:
    """A dataclass that is shown by its fields."""

    __slots__ = ()

    def __repr__(self) -> str:
        kind: Any = self.__class__
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(kind) if each.repr]
        return f"{kind.__qualname__}({', '.join(shown)})"


class Record(Shown):
    """A dataclass that is pickled as what it is made of, without the names of the parts: a world has many."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        kind: Any = self.__class__
        return kind, _all_fields(kind)(self)


class Value(Shown):
    """A frozen dataclass that is equal to another of its class with the same fields; it compares two or more.

    `value` declares one. One that keeps something beside its fields is declared as a frozen dataclass with slots.
    """

    __slots__ = ()

    def __init__(self, *given: object, **named: object) -> None:
        kind: Any = self.__class__
        names, usual = _parts(kind)
        values = {**usual, **dict(zip(names, given, strict=False)), **named}
        if (
            len(given) > len(names)
            or values.keys() != names.keys()
            or not named.keys().isdisjoint([*names][: len(given)])
        ):
            raise TypeError(_complaint(kind, given, named))
        for name in names:
            _put(self, name, values[name])
        self.__post_init__()

    def __post_init__(self) -> None:
        """Looks at the fields once they are there."""

    def __setattr__(self, name: str, _: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        kind: Any = self.__class__
        compared = _compared(kind)
        return compared(self) == compared(other)

    def __hash__(self) -> int:
        kind: Any = self.__class__
        return _compared(kind)(self).__hash__()

    def __getstate__(self) -> tuple[object, ...]:
        kind: Any = self.__class__
        return _all_fields(kind)(self)

    def __setstate__(self, state: tuple[object, ...]) -> None:
        kind: Any = self.__class__
        for name, each in zip(_parts(kind).names, state, strict=True):
            _put(self, name, each)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(kind: type[V]) -> type[V]:
    """Makes a class below `Value` a dataclass, with slots and without a method of its own."""
    return dataclass(init=False, eq=False, repr=False, slots=True)(kind)


class _Parts(NamedTuple):
    """The names of a kind's fields, and what they are unless said."""

    names: dict[str, None]
    usual: dict[str, object]


@cache
def _parts(kind: Any) -> _Parts:
    there = fields(kind)
    usual = {each.name: each.default for each in there if each.default is not MISSING}
    return _Parts(dict.fromkeys(each.name for each in there), usual)


def _complaint(kind: Any, given: tuple[object, ...], named: dict[str, object]) -> str:
    """Why a value can't be made of these."""
    names, usual = _parts(kind)
    first = [*names][: len(given)]
    if unknown := [name for name in named if name not in names]:
        return f"{kind.__qualname__} has no {unknown[0]!r}; it has {', '.join(names)}"
    if len(given) > len(names):
        return f"{kind.__qualname__} has {len(names)} parts, not {len(given)}: {', '.join(names)}"
    if twice := [name for name in named if name in first]:
        return f"{kind.__qualname__} was given {twice[0]!r} twice"
    missing = [name for name in names if name not in {*usual, *first, *named}]
    return f"{kind.__qualname__} needs {', '.join(missing)} too"


@cache
def _compared(kind: Any) -> Callable[[object], tuple[object, ...]]:
    """What takes the compared fields out of a value of a kind."""
    return attrgetter(*(each.name for each in fields(kind) if each.compare))


@cache
def _all_fields(kind: Any) -> Callable[[object], tuple[object, ...]]:
    """What takes all fields out of what is of a kind."""
    return attrgetter(*(each.name for each in fields(kind)))

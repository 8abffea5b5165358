"""What every setting is made of: a default with a sentence and a mark, bounds, and the check that they are kept.

Knows no setting. Bounds stand in the type (`Annotated`), so that files, calls and documents go by the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, field, fields, is_dataclass
from functools import cache
from math import inf
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from fakemarket.bounds import Ge, Gt, Le, Lt, MaxLen, MinLen
from fakemarket.distributions import Distribution
from fakemarket.rules.zones import zone_of
from fakemarket.value import Value

Share = Annotated[float, Ge(0), Le(1)]
Factor = Annotated[float, Gt(0), Lt(inf)]
Amount = Annotated[float, Ge(0), Lt(inf)]
Count = Annotated[int, Ge(0)]
AtLeastOne = Annotated[int, Ge(1)]
MinuteOfDay = Annotated[int, Ge(0), Le(1440)]
Weekday = Annotated[int, Ge(0), Le(6)]


class _ZoneName:
    """Marks a string as the IANA name of a time zone."""


Zone = Annotated[str, _ZoneName()]


def knob(default: Any, doc: str, mark: str) -> Any:
    """A setting: its default, one sentence, and the mark of its evidence."""
    return field(default=default, metadata={"doc": doc, "mark": mark})


class Checked(Value):
    """Refuses a value outside its bounds, whoever sets it."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}
    """For those who validate files with pydantic: a key that is no setting is an error, and so is text for a number."""

    def __post_init__(self) -> None:
        kind: Any = type(self)
        if all(getattr(self, name) is default for name, default in _defaults(kind)):
            return  # as every start makes one of each group; a test looks at the defaults
        for wrong in _breaches(self, kind.__name__):
            raise ValueError(wrong)


@cache
def _defaults(kind: Any) -> tuple[tuple[str, object], ...]:
    return tuple((each.name, each.default) for each in fields(kind))


def _breaches(holder: Any, place: str) -> Iterator[str]:
    """What lies outside its bounds in a value's fields, in the entries of its tuples and in its distributions."""
    kind: Any = type(holder)
    for name, whole, entry in _bounds(kind):
        value, where = getattr(holder, name), f"{place}.{name}"
        checked = [(where, value, bound) for bound in whole]
        if entry:
            checked += [(f"{where}[{n}]", each, bound) for n, each in enumerate(value) for bound in entry]
        for spot, found, bound in checked:
            if wrong := _breach(found, bound):
                yield f"{spot} is {found!r}, but must be {wrong}"
        if isinstance(value, Distribution):
            yield from _breaches(value, where)


def _breach(value: Any, bound: object) -> str:
    """What the value must be instead; empty if it keeps the bound. Not a number (NaN) keeps none."""
    match bound:
        case Ge(low):
            keeps, wanted = value >= low, f"at least {low}"
        case Gt(low):
            keeps, wanted = value > low, f"more than {low}"
        case Le(high):
            keeps, wanted = value <= high, f"at most {high}"
        case Lt(high):
            keeps, wanted = value < high, "finite" if high == inf else f"less than {high}"
        case MinLen(least):
            keeps, wanted = len(value) >= least, f"at least {least} long"
        case MaxLen(most):
            keeps, wanted = len(value) <= most, f"at most {most} long"
        case _ZoneName():
            unknown = _unknown_zone(value)
            keeps, wanted = not unknown, f"the name of a time zone: {unknown}"
        case _:
            return ""
    return "" if keeps else wanted


def _unknown_zone(name: str) -> str:
    try:
        zone_of(name)
    except ValueError as unknown:
        return str(unknown)
    return ""


@cache
def _bounds(kind: Any) -> tuple[tuple[str, tuple[object, ...], tuple[object, ...]], ...]:
    """The bounds of each field, and those of its entries if it is a tuple."""
    found = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        bare, whole = _unwrapped(hint)
        entry = _unwrapped(get_args(bare)[0])[1] if get_origin(bare) is tuple else ()
        found.append((name, whole, entry))
    return tuple(found)


def _unwrapped(hint: Any) -> tuple[Any, tuple[object, ...]]:
    """A type and the bounds it is annotated with."""
    return (get_args(hint)[0], get_args(hint)[1:]) if get_origin(hint) is Annotated else (hint, ())


def described(settings: Any, prefix: str = "") -> Iterator[tuple[str, Any, Field[Any]]]:
    """Every setting as (dotted name, value, its field), depth first."""
    for each in fields(settings):
        value = getattr(settings, each.name)
        if "mark" in each.metadata:
            yield f"{prefix}{each.name}", value, each
        elif is_dataclass(value):
            yield from described(value, f"{prefix}{each.name}.")

"""Which way an uncertain setting may be wrong: the values that a question of sensitivity tries in its place.

How far is nobody's knowledge: half as much and half as much again for numbers and durations, two hours for times of the
day, the other answer for yes or no, each other word where there are a few. Knows no rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from enum import Enum
from math import ceil, floor, inf
from typing import Any

from fakemarket.distributions import Distribution
from fakemarket.knobs import described
from fakemarket.settings import Settings

UNCERTAIN = {"A", "1"}
"""Marks of what no second source confirms."""
MOVED_SHARE = 0.5
"""How far numbers and durations are moved, as a share of themselves [A]."""
MOVED_MINUTES = 120
"""How far times of the day are moved [A]."""
_SHAPES = {"kind", "sigma", "quick_share", "shares"}
"""Of a distribution what isn't a duration: it stays while durations grow or shrink."""


@dataclass(frozen=True, slots=True)
class Move:
    """A setting at another value, and the market with it."""

    value: Any
    settings: Settings


@dataclass(frozen=True, slots=True)
class Movable:
    """An uncertain setting.

    Attributes:
        name: as in `market.NAME` of a scenario.
        value: as it is.
        mark: `1` or `A`.
        moves: what else it might be; of numbers and durations the lower one first. Empty if nothing can be said.
    """

    name: str
    value: Any
    mark: str
    meaning: str
    moves: tuple[Move, ...]


def movables(settings: Settings) -> Iterator[Movable]:
    """Every setting that no second source confirms."""
    for name, value, field in described(settings):
        mark = field.metadata["mark"]
        if mark in UNCERTAIN:
            moves = tuple(_possible(settings, name, value))
            yield Movable(name, value, mark, field.metadata["doc"], moves)


def between(movable: Movable, place: float) -> Any:
    """A value between the two moves of a number or a duration, and those themselves.

    Args:
        place: from 0, the lower move, to 1, the upper one.
    """
    low, high = (it.value for it in movable.moves)
    if isinstance(low, Distribution):
        return _mixed(low, high, lambda one, other: one + (other - one) * place)
    found = low + (high - low) * place
    return round(found) if isinstance(movable.value, int) else found


def with_value(settings: Settings, name: str, value: Any) -> Settings:
    """Settings in which one, by its dotted name, is otherwise.

    Raises:
        ValueError: the value is out of bounds, or doesn't go with another setting.
    """
    changed: Settings = _with_value(settings, name, value)
    return changed


def _with_value(holder: Any, name: str, value: Any) -> Any:
    first, _, rest = name.partition(".")
    return replace(holder, **{first: _with_value(getattr(holder, first), rest, value) if rest else value})


def _possible(settings: Settings, name: str, value: Any) -> Iterator[Move]:
    for other in _others(name, value):
        try:
            yield Move(other, with_value(settings, name, other))
        except ValueError:
            continue


def _others(name: str, value: Any) -> tuple[Any, ...]:
    found: tuple[Any, ...] = ()
    down, up = 1 - MOVED_SHARE, 1 + MOVED_SHARE
    match value:
        case bool(answer):
            found = (not answer,)
        case Enum():
            found = tuple(type(value))
        case int(minute) if name.endswith("_minute"):
            found = (minute - MOVED_MINUTES, minute + MOVED_MINUTES)
        case int(whole):
            found = (floor(down * whole), ceil(up * whole))
        case float(number):
            most = 1.0 if name.endswith("_share") else inf
            found = (down * number, min(up * number, most))
        case _ if isinstance(value, Distribution):
            found = (_scaled(value, down), _scaled(value, up))
    return tuple(it for it in found if it != value)


def _scaled(distribution: Distribution, factor: float) -> Distribution:
    """All its durations times a factor."""
    return _mixed(distribution, distribution, lambda one, _: factor * one)


def _mixed(low: Distribution, high: Distribution, mix: Callable[[float, float], float]) -> Distribution:
    """One of the same shape whose durations are made of those of two, each of each."""
    mixed: dict[str, Any] = {}
    for name in (it.name for it in fields(low) if it.name not in _SHAPES):
        one, other = getattr(low, name), getattr(high, name)
        mixed[name] = tuple(map(mix, one, other)) if isinstance(one, tuple) else mix(one, other)
    return replace(low, **mixed)

"""Instants as days and seconds of a zone's clocks, whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from fakemarket.rules.zones import zone_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Moments:
    """When things happened: proleptic ordinals of days, and seconds since their midnight."""

    days: Ints
    seconds: Ints

    @classmethod
    def of(cls, instants: Iterable[int], zone: str) -> Moments:
        info = zone_of(zone)
        found = [datetime.fromtimestamp(at, info) for at in instants]
        return cls(
            np.array([it.toordinal() for it in found], dtype=np.int64),
            np.array([it.hour * 3600 + it.minute * 60 + it.second for it in found], dtype=np.int64),
        )


def weekday(ordinals: Ints) -> Ints:
    """Monday is 0."""
    return (ordinals - 1) % 7


def day(ordinal: int) -> date:
    return date.fromordinal(int(ordinal))

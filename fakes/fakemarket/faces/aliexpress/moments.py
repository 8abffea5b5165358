"""Instants as the platform writes them: order fields in US Pacific time, timestamps in Beijing's, epoch or ISO UTC.

Order fields follow daylight saving [C], so no fixed offset will do. Knows no requests and no present.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
BEIJING = ZoneInfo("Asia/Shanghai")

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATE_ALONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_EPOCH_MS = re.compile(r"[0-9]{1,16}")


@lru_cache(maxsize=1 << 12)
def pacific(at: int) -> str:
    """An order field: `2026-01-05 09:30:00`, Pacific."""
    return str(datetime.fromtimestamp(at, PACIFIC))[:19]


def beijing(at: int) -> str:
    """A timestamp of the older calls: `2026-01-05 09:30:00`, GMT+8."""
    return str(datetime.fromtimestamp(at, BEIJING))[:19]


def pacific_instant(text: str) -> int | None:
    """The instant of a filter's bound; None for a date without a time of day, which the platform ignores [C].

    Raises:
        ValueError: it is neither.
    """
    if _DATE_ALONE.fullmatch(text):
        return None
    if not _LOCAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a date and time such as 2026-01-05 09:30:00")
    return int(datetime.fromisoformat(text).replace(tzinfo=PACIFIC).timestamp())


class Stamp(NamedTuple):
    """When a request says it was made, and whether it says so in the older calls' local form."""

    at_ms: int
    is_local: bool


def timestamp(text: str) -> Stamp | None:
    """Reads a request's `timestamp`: epoch milliseconds, GMT+8 local time or ISO UTC [C]; None if it is none."""
    if _EPOCH_MS.fullmatch(text):
        return Stamp(int(text), False)
    try:
        if _LOCAL.fullmatch(text):
            return Stamp(_ms(datetime.fromisoformat(text).replace(tzinfo=BEIJING)), is_local=True)
        if _ISO_UTC.fullmatch(text):
            return Stamp(_ms(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)), is_local=False)
    except ValueError:
        return None
    return None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

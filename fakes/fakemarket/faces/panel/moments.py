"""Instants and money as a person at the panel reads them.

Instants are told in the seller's zone, whose name stands on every page. Names of days and months don't follow the
process's locale: one market looks the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fakemarket.rules.deadlines import time_left
from fakemarket.rules.zones import zone_of

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Local:
    """How instants are told in one zone, seen from `now`."""

    zone: str
    now: int

    def full(self, at: int) -> str:
        """`Mon 2 Mar 2026, 10:15:00`."""
        moment = datetime.fromtimestamp(at, zone_of(self.zone))
        return f"{_day(moment)} {moment.year}, {moment:%H:%M:%S}"

    def short(self, at: int) -> str:
        """`Mon 2 Mar, 10:15`; with its year when that isn't the present one."""
        moment = datetime.fromtimestamp(at, zone_of(self.zone))
        this_year = datetime.fromtimestamp(self.now, zone_of(self.zone)).year
        year = "" if moment.year == this_year else f" {moment.year}"
        return f"{_day(moment)}{year}, {moment:%H:%M}"

    def iso(self, at: int) -> str:
        """For programs that read the page."""
        return datetime.fromtimestamp(at, zone_of(self.zone)).isoformat()


def _day(moment: datetime) -> str:
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"


def duration(seconds: int) -> str:
    """Elapsed time in whole minutes, rounded down: `2 d 03:15`; 0 and less is `0 d 00:00`."""
    return "{} d {:02d}:{:02d}".format(*time_left(seconds, 0))


def money(cents: int, currency: str) -> str:
    """`24.10 EUR`."""
    return f"{cents // 100}.{cents % 100:02d} {currency}"

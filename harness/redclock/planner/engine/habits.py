"""Those who look after orders and whom the engine knows: who compares the panels each morning, who logs in again.

When they come is decided by clocks alone, so it is worked out once for all replications.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fakemarket.rules.calendars import WorkingHours

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Renewing:
    """Somebody who logs in again where the platform's access is dead: a `Person` who does `renew_token` unasked."""

    hours: WorkingHours
    looks_every: int
    takes_seconds: int
    """Working time from a look to the login."""
    sellers: tuple[str, ...]

    def instants(self, start_at: int, end_at: int) -> Iterator[int]:
        """When they would log in."""
        at, due_at = start_at, None
        while at <= end_at:
            opens_at = self.hours.next_open(at)
            if opens_at > at:
                at = opens_at
                continue
            if due_at is None:
                due_at = self.hours.add_work(at, self.takes_seconds)
            if due_at <= at:
                due_at = None
                yield at
            looks_at = at - at % self.looks_every + self.looks_every
            at = self.hours.next_open(looks_at if due_at is None else min(looks_at, due_at))


@dataclass(frozen=True, slots=True)
class Checking:
    """Somebody who compares both panels each working morning: `DailyManualCheck`."""

    hour: int
    zone: str
    looks_back_days: int
    """What has changed since then is imported and mended."""

    def instants(self, start_at: int, end_at: int) -> Iterator[int]:
        """When they look."""
        here = datetime.fromtimestamp(start_at, ZoneInfo(self.zone))
        if here.weekday() < _SATURDAY and here.hour == self.hour:
            yield start_at
        look = here.replace(hour=self.hour, minute=0, second=0)
        while (at := int(look.timestamp())) <= end_at:
            if at > start_at and look.weekday() < _SATURDAY:
                yield at
            look = (look + timedelta(days=1)).replace(hour=self.hour)


@dataclass(frozen=True, slots=True)
class Habits:
    """Who looks after the orders."""

    checking: Checking | None = None
    renewing: tuple[Renewing, ...] = ()


NOBODY = Habits()

"""When something that goes by a schedule is due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.zones import instant_at, local_date
from redclock.scenario.actors import SubjectTable


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every so often, or at some times of the day; on working days only if there is a calendar.

    Attributes:
        every_seconds: at multiples of this since 1970, `late_seconds` later; 0 if it goes by times of the day.
        minutes: times of the day, rising.
        zone: whose days and times.
        working: the days on which it is due; None: on all.
    """

    every_seconds: int
    minutes: tuple[int, ...]
    zone: str
    working: WorkingCalendar | None
    late_seconds: int = 0

    @classmethod
    def of(cls, table: SubjectTable, zone: str) -> Schedule:
        calendar = table.calendar.working() if table.working_days else None
        return cls(table.every or 0, table.at or (), table.zone or zone, calendar, table.starts if table.every else 0)

    def next_at(self, at: int) -> int:
        """The first instant after `at` at which it is due."""
        day = local_date(at, self.zone)
        while True:
            day = self.working.on_or_after(day) if self.working else day
            for due_at in self._of_day(max(at + 1, instant_at(day, 0, self.zone)), instant_at(day, 1440, self.zone)):
                return due_at
            day += timedelta(1)

    def _of_day(self, from_at: int, until_at: int) -> list[int]:
        """The first instant of [from_at, until_at), a day or the rest of it, if there is one."""
        if self.every_seconds:
            found = [from_at + (self.late_seconds - from_at) % self.every_seconds]
        else:
            day = local_date(from_at, self.zone)
            found = [instant_at(day, minute, self.zone) for minute in self.minutes]
        return [at for at in found if from_at <= at < until_at]

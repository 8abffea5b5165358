"""The working days of the people a subject works for: how many are left, and how much working time has passed.

Counts whole days, 24 hours each: when a warehouse opens is nothing a seller is told. Weekends are Saturday and Sunday;
other days off are handed in.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

DAY = 86_400
_SATURDAY = 5
_MOST_KNOWN = 10_000


class WorkingDays:
    """Monday to Friday but for some holidays, in one zone."""

    def __init__(self, holidays: frozenset[date], zone: str) -> None:
        self._holidays = holidays
        self._zone = ZoneInfo(zone)
        self._passed: dict[int, int] = {}
        """By a day's ordinal: working days from the first one asked about until it began."""
        self._known: dict[int, int] = {}
        """By an instant: the same ones are asked about every hour."""

    def local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at, self._zone)

    def is_working(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self._holidays

    def left(self, now: int, until_at: int) -> int:
        """Working days on which something can still be done: from today until the day before `until_at`'s."""
        return self._before(self.local(until_at).toordinal()) - self._before(self.local(now).toordinal())

    def worked_seconds(self, from_at: int, to_at: int) -> int:
        """Elapsed time that fell on working days; negative if `to_at` comes first."""
        return self._worked(to_at) - self._worked(from_at)

    def _worked(self, at: int) -> int:
        worked = self._known.get(at)
        if worked is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            worked = self._known[at] = self._work_out(at)
        return worked

    def _work_out(self, at: int) -> int:
        local = self.local(at)
        whole = self._before(local.toordinal()) * DAY
        if not self.is_working(local.date()):
            return whole
        return whole + local.hour * 3600 + local.minute * 60 + local.second

    def _before(self, ordinal: int) -> int:
        """Counted from the nearest day known, so that days may be asked about in any order."""
        passed = self._passed
        if not passed:
            passed[ordinal] = 0
        if ordinal not in passed:
            first, last = min(passed), max(passed)
            for each in range(last + 1, ordinal + 1):
                passed[each] = passed[each - 1] + self.is_working(date.fromordinal(each - 1))
            for each in range(first - 1, ordinal - 1, -1):
                passed[each] = passed[each + 1] - self.is_working(date.fromordinal(each))
        return passed[ordinal]

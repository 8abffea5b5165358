"""Market time on an axis: round hours, midnights and days of one zone, across summer time too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from fakemarket.faces.panel.moments import Local
from fakemarket.rules.zones import instant_at, local_date

HOUR = 3600
DAY = 24 * HOUR
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 7, 14, 28, 56)


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment with words under it.

    Attributes:
        day: a midnight; the others are hours within a day.
    """

    at: int
    words: str
    day: bool


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A stretch of market time, in seconds since the epoch, as people of one zone tell it."""

    from_at: int
    until_at: int
    zone: str

    def ticks(self, most: int) -> tuple[Tick, ...]:
        """The round moments there are, at most about so many."""
        span = self.until_at - self.from_at
        for hours in _HOURS:
            if span / (hours * HOUR) <= most:
                return tuple(self._hours(hours))
        days = next((it for it in _DAYS if span / (it * DAY) <= most), _DAYS[-1])
        return tuple(self._days(days))

    def told(self, at: int) -> str:
        """A moment in full: `Mon 2 Mar, 10:15`, with its year where that isn't the first one's."""
        return Local(self.zone, self.from_at).short(at)

    def _hours(self, hours: int) -> Iterator[Tick]:
        for day in self._dates():
            for hour in range(0, 24, hours):
                at = instant_at(day, hour * 60, self.zone)
                if self._has(at):
                    yield Tick(at, self._day_words(at) if hour == 0 else f"{hour:02d}:00", hour == 0)

    def _days(self, days: int) -> Iterator[Tick]:
        for day in self._dates():
            at = instant_at(day, 0, self.zone)
            if self._has(at) and day.toordinal() % days == 1 % days:  # weeks begin on Mondays
                yield Tick(at, self._day_words(at), day=True)

    def _day_words(self, at: int) -> str:
        return self.told(at).rpartition(",")[0]

    def _has(self, at: int) -> bool:
        return self.from_at <= at <= self.until_at

    def _dates(self) -> Iterator[date]:
        day, last = local_date(self.from_at, self.zone), local_date(self.until_at, self.zone)
        while day <= last:
            yield day
            day += timedelta(days=1)


def length(seconds: float) -> str:
    """How long something took, in its two largest units: `2 d 3 h`, `5 min 10 s`."""
    left, said = round(seconds), []
    for unit, size in (("d", DAY), ("h", HOUR), ("min", 60), ("s", 1)):
        many, left = divmod(left, size)
        if many:
            said.append(f"{many} {unit}")
        elif said:
            break
        if len(said) == 2:
            break
    return " ".join(said) or "0 s"

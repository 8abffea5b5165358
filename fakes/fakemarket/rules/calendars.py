"""Whose days are working days, and how much working time lies between two instants.

A WorkingCalendar counts days, a WorkingHours counts seconds. Both are plain values that work out a table
for each year they are asked about. Holiday lists come from the `holidays` package, which is
imported at the first question and only as far as it has to be. Knows no orders, no deadline rules and no present.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from fakemarket.rules.zones import MINUTES_A_DAY, instant_at, local_date, zone_of
from fakemarket.value import Value

if TYPE_CHECKING:
    from holidays import HolidayBase

_SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})
_LONGEST_CLOSURE_DAYS: Final = 366
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2100
_ANCHOR_YEAR: Final = 2026


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorkingCalendar(Value):
    """The working days of a country, or of one of its regions.

    Attributes:
        country: ISO code of two letters, such as ES.
        region: ISO code within the country, such as VC; empty for the holidays of the whole country only.
        weekend: days of the week that are off, Monday being 0.
        extra_off: further days off.
        extra_on: days worked whatever the rest says, such as a make-up Saturday.
        makeup_days: weekend days that the country itself declares working are worked. `holidays` knows
            those of China, once they are announced: at the time of writing up to 2026.
    """

    country: str
    region: str = ""
    weekend: frozenset[int] = _SATURDAY_AND_SUNDAY
    extra_off: frozenset[date] = frozenset()
    extra_on: frozenset[date] = frozenset()
    makeup_days: bool = False
    _years: dict[int, frozenset[date]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise ValueError(
                f"weekend is {sorted(self.weekend)}, but it must hold days from 0 (Monday) to 6 (Sunday) "
                "and leave at least one day to work on"
            )
        if both := self.extra_off & self.extra_on:
            raise ValueError(f"{min(both)} is in extra_off and in extra_on; take it out of one of them")

    def check(self) -> None:
        """Raises ValueError for an unknown country or region now, and not at the first question."""
        _declared(self.country, self.region, _ANCHOR_YEAR)

    def is_working(self, day: date) -> bool:
        """Whether `day` is a working day."""
        days = self._years.get(day.year)
        if days is None:
            days = self._years[day.year] = _working_days(self, day.year)
        return day in days

    def on_or_after(self, day: date) -> date:
        """`day` if it is a working day, else the next one. Raises ValueError if there is none for a year."""
        for wait_days in range(_LONGEST_CLOSURE_DAYS):
            candidate = day + timedelta(wait_days)
            if self.is_working(candidate):
                return candidate
        raise ValueError(f"{self} has no working day in the {_LONGEST_CLOSURE_DAYS} days from {day} on")

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which is itself never counted; `day` itself when n is 0."""
        if n < 0:
            raise ValueError(f"asked for {n} working days after {day}; only 0 and more can be counted")
        for _ in range(n):
            day = self.on_or_after(day + timedelta(1))
        return day


@lru_cache(maxsize=4096)
def _working_days(calendar: WorkingCalendar, year: int) -> frozenset[date]:
    off, makeup = _declared(calendar.country, calendar.region, year)
    first = date(year, 1, 1).toordinal()
    days = map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))
    worked = {day for day in days if day.weekday() not in calendar.weekend}
    if calendar.makeup_days:
        worked |= makeup
    worked -= off | calendar.extra_off
    return frozenset(worked | {day for day in calendar.extra_on if day.year == year})


@lru_cache(maxsize=4096)
def _declared(country: str, region: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The public holidays of a year, and the weekend days declared working to make up for some."""
    if country not in _country_codes().values():
        raise _unknown(f"country {country!r}", country, _country_codes())
    holidays_of = _holidays_of(country)
    try:
        table = holidays_of(subdiv=region or None, years=year)
    except NotImplementedError:
        regions = {code: code for code in holidays_of.subdivisions}
        raise _unknown(f"region {region!r} of {country}", region, regions) from None
    makeup = frozenset(day for day in table.weekend_workdays if day.year == year)
    return frozenset(day for day in table if day.year == year), makeup


@cache
def _holidays_of(country: str) -> type[HolidayBase]:
    """The class of a country in `holidays`, taken from its own file: the package `countries` imports all 250."""
    import holidays
    from holidays.registry import COUNTRIES

    name, kind = next((name, names[0]) for name, names in COUNTRIES.items() if names[1] == country)
    path = Path(holidays.__file__).parent / "countries" / f"{name}.py"
    spec = spec_from_file_location(f"holidays.countries.{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[HolidayBase] = getattr(module, kind)
    return found


@cache
def _country_codes() -> dict[str, str]:
    """The two-letter code for each way to name a country: Spain, ES and ESP are all ES."""
    from holidays.registry import COUNTRIES

    return {name.upper(): names[1] for names in COUNTRIES.values() for name in names}


def _unknown(what: str, asked: str, codes: dict[str, str]) -> ValueError:
    """An error that offers the codes whose names are like what was asked for, the likest first."""
    from difflib import get_close_matches

    near = dict.fromkeys(codes[name] for name in get_close_matches(asked.upper(), codes, n=5, cutoff=0.4))
    hint = f"the nearest codes are {', '.join(near)}" if near else "codes are those of ISO 3166"
    return ValueError(f"there is no calendar for the {what}; {hint}")


class _Stretches(NamedTuple):
    """The working stretches of some years in a row; `works` is the work done before each of them."""

    first_year: int
    last_year: int
    from_at: int
    to_at: int
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    works: tuple[int, ...]

    @property
    def work_at_end(self) -> int:
        return self.works[-1] + self.closes[-1] - self.opens[-1] if self.works else 0


_NO_STRETCHES: Final = _Stretches(_ANCHOR_YEAR, _ANCHOR_YEAR - 1, 0, 0, (), (), ())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorkingHours(Value):
    """Opening hours on working days, as a map between clock time and working time.

    Clock time is an instant, in seconds since the epoch. Working time is the number of seconds worked since
    the start of 2026, negative before it; that year only fixes the zero. A stretch is open from its opening
    instant on and closed from its closing instant on. On days when clocks change, the seconds that really
    pass are counted.

    Attributes:
        calendar: the working days.
        zone: IANA name of the zone in which the minutes are read.
        opens_minute: minute of the day, 0 to 1439.
        closes_minute: minute of the day, more than `opens_minute` and up to 1440.
    """

    calendar: WorkingCalendar
    zone: str
    opens_minute: int
    closes_minute: int
    _known: _Stretches = field(default=_NO_STRETCHES, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if not 0 <= self.opens_minute < self.closes_minute <= MINUTES_A_DAY:
            raise ValueError(
                f"hours from minute {self.opens_minute} to minute {self.closes_minute}, but they must open "
                f"before they close, both within 0 to {MINUTES_A_DAY}"
            )

    def to_work(self, at: int) -> int:
        """The working time at an instant; while closed it stands still."""
        known = self._known
        if not known.from_at <= at < known.to_at:
            known = self._reach(local_date(at, self.zone).year)
        i = bisect_right(known.opens, at) - 1
        if i < 0:
            return known.works[0] if known.works else 0
        return known.works[i] + min(at, known.closes[i]) - known.opens[i]

    def to_clock(self, work: int) -> int:
        """The first instant at which so much working time has passed: at a day's end the closing instant."""
        known = self._known
        while work > known.work_at_end:
            known = self._reach(known.last_year + 1)
        while not known.works or work <= known.works[0]:
            known = self._reach(known.first_year - 1)
        i = bisect_left(known.works, work) - 1
        return known.opens[i] + work - known.works[i]

    def next_open(self, at: int) -> int:
        """`at` itself while open, else the next opening instant."""
        known = self._known
        if not known.from_at <= at < known.to_at:
            known = self._reach(local_date(at, self.zone).year)
        i = bisect_right(known.opens, at)
        if i and at < known.closes[i - 1]:
            return at
        while i == len(known.opens):
            known = self._reach(known.last_year + 1)
            i = bisect_right(known.opens, at)
        return known.opens[i]

    def add_work(self, at: int, seconds: int) -> int:
        """The instant at which `seconds` of work begun at `at` are done; `at` itself if there is no work."""
        if seconds < 0:
            raise ValueError(f"asked for {seconds} s of work; only 0 and more can be added")
        if not seconds:
            return at
        known = self._known
        i = bisect_right(known.opens, at) - 1
        if known.from_at <= at < known.to_at and i >= 0 and at + seconds <= known.closes[i]:
            return at + seconds  # within one stretch, as most work is
        return self.to_clock(self.to_work(at) + seconds)

    def _reach(self, year: int) -> _Stretches:
        """Takes a year into the table, which is replaced as a whole, so that threads may race for it."""
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(f"{self} was asked about {year}; it answers for {_FIRST_YEAR} to {_LAST_YEAR}")
        first, last = min(year, self._known.first_year), max(year, self._known.last_year)
        spans = [span for each in range(first, last + 1) for span in _spans(self, each)]
        before = sum(closes - opens for each in range(first, _ANCHOR_YEAR) for opens, closes in _spans(self, each))
        known = _Stretches(
            first,
            last,
            instant_at(date(first, 1, 1), 0, self.zone),
            instant_at(date(last, 12, 31), MINUTES_A_DAY, self.zone),
            tuple(opens for opens, _ in spans),
            tuple(closes for _, closes in spans),
            tuple(accumulate((closes - opens for opens, closes in spans), initial=-before))[:-1],
        )
        object.__setattr__(self, "_known", known)
        return known


@lru_cache(maxsize=4096)
def _spans(hours: WorkingHours, year: int) -> tuple[tuple[int, int], ...]:
    """When each working day of a year opens and closes."""
    spans = (
        (instant_at(day, hours.opens_minute, hours.zone), instant_at(day, hours.closes_minute, hours.zone))
        for day in sorted(_working_days(hours.calendar, year))
    )
    # Summer time may skip a short stretch whole.
    return tuple((opens, closes) for opens, closes in spans if opens < closes)

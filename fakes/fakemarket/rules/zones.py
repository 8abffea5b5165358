"""Instants and the dates of a zone.

Never a fixed offset: the United States and Europe change to summer time weeks apart, so what is nine hours in
February is eight in the middle of March. Knows no working days and no present.
"""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

MINUTES_A_DAY = 24 * 60
_HOUR = 3600


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises ValueError that says which names are near."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of the zone database
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(available_timezones()), n=3, cutoff=0.5)
        hint = f"the nearest are {', '.join(near)}" if near else "names look like Europe/Madrid"
        raise ValueError(f"there is no time zone {name!r}; {hint}") from None


def local_date(at: int, zone: str) -> date:
    """The date that this instant has in `zone`."""
    return _date_of_hour(at // _HOUR, zone) or datetime.fromtimestamp(at, zone_of(zone)).date()


@lru_cache(maxsize=4096)
def _date_of_hour(hour: int, zone: str) -> date | None:
    """The date of a whole hour, counted from the epoch; None if it ends in it, or clocks change in it."""
    first, last = (datetime.fromtimestamp(hour * _HOUR + second, zone_of(zone)) for second in (0, _HOUR - 1))
    is_whole = first.utcoffset() == last.utcoffset() and first.date() == last.date()
    return first.date() if is_whole else None


@lru_cache(maxsize=4096)
def instant_at(day: date, minute: int, zone: str) -> int:
    """The instant at which clocks in `zone` show this minute of the day; 0 begins the day and 1440 ends it.

    A clock time that summer time skips is read with the offset from before the change, so a skipped midnight
    is the moment of the change itself. A clock time that comes twice is taken the first time.
    """
    days_on, minute = divmod(minute, MINUTES_A_DAY)
    clock = time(*divmod(minute, 60), tzinfo=zone_of(zone))
    return int(datetime.combine(date.fromordinal(day.toordinal() + days_on), clock).timestamp())

"""Instants and dates of a zone, at the changes to and from summer time."""

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from fakemarket.rules.zones import instant_at, local_date, zone_of

PACIFIC, MADRID, SAO_PAULO = "America/Los_Angeles", "Europe/Madrid", "America/Sao_Paulo"


@pytest.mark.parametrize(
    ("day", "hours_apart"),
    [
        (date(2026, 3, 6), 9),
        (date(2026, 3, 15), 8),  # the US is on summer time, Europe not yet
        (date(2026, 4, 1), 9),
        (date(2026, 10, 28), 8),  # Europe has left summer time, the US not yet
        (date(2026, 11, 4), 9),
    ],
)
def test_no_fixed_offset_lies_between_two_zones(day: date, hours_apart: int) -> None:
    assert instant_at(day, 0, PACIFIC) - instant_at(day, 0, MADRID) == hours_apart * 3600


@pytest.mark.parametrize(("later_seconds", "day"), [(-1, 6), (0, 7), (1, 7)])
def test_a_date_begins_on_the_second(later_seconds: int, day: int) -> None:
    at = instant_at(date(2026, 3, 7), 0, PACIFIC)
    assert local_date(at + later_seconds, PACIFIC) == date(2026, 3, day)


def test_the_end_of_a_day_is_the_start_of_the_next() -> None:
    assert instant_at(date(2026, 12, 31), 1440, MADRID) == instant_at(date(2027, 1, 1), 0, MADRID)


@pytest.mark.parametrize(("day", "hours"), [(28, 24), (29, 23), (30, 24)])
def test_the_day_that_loses_an_hour_is_shorter(day: int, hours: int) -> None:
    start, end = (instant_at(date(2026, 3, day), minute, MADRID) for minute in (0, 1440))
    assert end - start == hours * 3600


def test_a_midnight_that_summer_time_skips_is_the_moment_of_the_change() -> None:
    at = instant_at(date(2017, 10, 15), 0, SAO_PAULO)
    assert (local_date(at - 1, SAO_PAULO), local_date(at, SAO_PAULO)) == (
        date(2017, 10, 14),
        date(2017, 10, 15),
    )


def test_a_clock_time_that_comes_twice_is_taken_the_first_time() -> None:
    twice_at = instant_at(date(2026, 10, 25), 150, MADRID)
    assert twice_at - instant_at(date(2026, 10, 25), 0, MADRID) == 150 * 60


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Madird", "the nearest are Europe/Madrid"),
        ("america/los_angeles!", "the nearest are America/Los_Angeles"),
        ("", "names look like Europe/Madrid"),
        ("America", "the nearest are America/"),
        ("../etc/passwd", "no time zone '../etc/passwd'"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="there is no time zone") as refusal:
        zone_of(name)
    assert hint in str(refusal.value)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Africa/Monrovia", "America/Sao_Paulo", "UTC"])
@pytest.mark.parametrize("day", [date(1971, 5, 1), date(2018, 2, 18), date(2026, 3, 2)])
def test_a_date_ends_on_the_second_wherever_in_the_hour_that_is(zone: str, day: date) -> None:
    midnight_at = instant_at(day, 0, zone)
    for second in (-3600, -1, 0, 1, 3599):
        at = midnight_at + second
        assert local_date(at, zone) == datetime.fromtimestamp(at, ZoneInfo(zone)).date()


def test_a_date_that_comes_back_for_an_hour_is_told() -> None:
    """In Newfoundland clocks went back at one minute past midnight, here on 30 October 2005."""
    instants, zone = range(1_130_636_000, 1_130_646_000, 60), "America/St_Johns"
    dates = [local_date(at, zone) for at in instants]
    assert dates == [datetime.fromtimestamp(at, ZoneInfo(zone)).date() for at in instants]
    assert [before.day for before, after in pairwise(dates) if before != after] == [29, 30, 29]

"""Working days: the holidays that decide the worked examples, extras, and counting."""

import pickle
import subprocess
import sys
from datetime import date, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.calendars import WorkingCalendar

SPAIN, VALENCIA, MADRID = WorkingCalendar("ES"), WorkingCalendar("ES", "VC"), WorkingCalendar("ES", "MD")
CHINA = WorkingCalendar("CN")
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "spain", "valencia", "madrid"),
    [
        (date(2026, 3, 2), True, True, True),
        (date(2026, 3, 7), False, False, False),  # Saturday
        (date(2026, 3, 8), False, False, False),
        (date(2026, 3, 19), True, False, True),  # Saint Joseph
        (date(2026, 4, 2), True, True, False),  # Maundy Thursday
        (date(2026, 4, 3), False, False, False),  # Good Friday
        (date(2026, 4, 6), True, False, True),  # Easter Monday
        (date(2026, 5, 1), False, False, False),
        (date(2026, 12, 7), True, True, False),
        (date(2026, 12, 8), False, False, False),
    ],
)
def test_regions_of_spain_differ_around_easter_and_in_december(
    day: date, spain: bool, valencia: bool, madrid: bool
) -> None:
    found = SPAIN.is_working(day), VALENCIA.is_working(day), MADRID.is_working(day)
    assert found == (spain, valencia, madrid)


def test_chinas_golden_week_is_off_and_its_make_up_saturday_worked_only_on_demand() -> None:
    assert not any(CHINA.is_working(date(2026, 10, day)) for day in range(1, 8))
    saturday = date(2026, 10, 10)
    assert not CHINA.is_working(saturday)
    assert WorkingCalendar("CN", makeup_days=True).is_working(saturday)
    assert WorkingCalendar("CN", extra_on=frozenset({saturday})).is_working(saturday)


def test_brazil_works_on_days_that_are_holidays_in_spain() -> None:
    brazil = WorkingCalendar("BR")
    assert not brazil.is_working(date(2017, 11, 15))
    assert brazil.is_working(date(2017, 12, 8))


def test_extra_days_beat_the_calendar_and_the_make_up_days() -> None:
    wednesday, good_friday, make_up_day = date(2026, 3, 4), date(2026, 4, 3), date(2026, 10, 10)
    calendar = WorkingCalendar(
        "CN",
        extra_off=frozenset({wednesday, make_up_day}),
        extra_on=frozenset({good_friday, date(2026, 10, 1)}),
        makeup_days=True,
    )
    assert not calendar.is_working(wednesday)
    assert not calendar.is_working(make_up_day)
    assert calendar.is_working(date(2026, 10, 1))


def test_another_weekend_is_kept() -> None:
    calendar = WorkingCalendar("ES", weekend=frozenset({4, 5}))
    assert [calendar.is_working(date(2026, 3, day)) for day in range(2, 9)] == [True] * 4 + [False] * 2 + [True]


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 5, date(2026, 3, 13)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_the_nth_working_day_after_a_day(day: date, n: int, expected: date) -> None:
    assert SPAIN.add(day, n) == expected


def test_counting_back_is_refused() -> None:
    with pytest.raises(ValueError, match="asked for -1 working days after 2026-03-02"):
        SPAIN.add(date(2026, 3, 2), -1)


@given(DAYS, st.integers(0, 15), st.integers(0, 15))
def test_counting_in_two_steps_is_counting_in_one(day: date, first: int, then: int) -> None:
    assert MADRID.add(MADRID.add(day, first), then) == MADRID.add(day, first + then)


@given(DAYS, st.integers(1, 30))
def test_between_a_day_and_the_nth_lie_n_working_days(day: date, n: int) -> None:
    end = VALENCIA.add(day, n)
    passed = [day + timedelta(ahead) for ahead in range(1, (end - day).days + 1)]
    assert sum(VALENCIA.is_working(each) for each in passed) == n
    assert VALENCIA.is_working(end)


@given(DAYS)
def test_on_or_after_skips_no_working_day(day: date) -> None:
    found = SPAIN.on_or_after(day)
    assert SPAIN.is_working(found)
    assert not any(SPAIN.is_working(day + timedelta(ahead)) for ahead in range((found - day).days))


def test_a_year_without_a_working_day_is_refused_and_not_searched_for_ever() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(ahead) for ahead in range(500))
    with pytest.raises(ValueError, match="no working day in the 366 days from 2026-01-01 on"):
        WorkingCalendar("ES", extra_off=closed).on_or_after(date(2026, 1, 1))


@pytest.mark.parametrize("weekend", [frozenset(range(7)), frozenset({5, 7}), frozenset({-1})])
def test_an_impossible_weekend_is_refused(weekend: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="leave at least one day to work on"):
        WorkingCalendar("ES", weekend=weekend)


def test_a_day_both_on_and_off_is_refused() -> None:
    day = frozenset({date(2026, 3, 4)})
    with pytest.raises(ValueError, match="2026-03-04 is in extra_off and in extra_on"):
        WorkingCalendar("ES", extra_off=day, extra_on=day)


@pytest.mark.parametrize(
    ("country", "region", "message"),
    [
        ("es", "", "no calendar for the country 'es'; the nearest codes are ES"),
        ("Spain", "", "no calendar for the country 'Spain'; the nearest codes are ES"),
        ("ESP", "", "no calendar for the country 'ESP'; the nearest codes are ES"),
        ("ES-VC", "", r"no calendar for the country 'ES-VC'; the nearest codes are .*\bES\b"),
        ("", "", "no calendar for the country ''; codes are those of ISO 3166"),
        ("HolidayBase", "", "no calendar for the country 'HolidayBase'"),
        ("ES", "vc", "no calendar for the region 'vc' of ES; the nearest codes are VC"),
        ("ES", "XY", "no calendar for the region 'XY' of ES"),
        ("CN", "BJ", "no calendar for the region 'BJ' of CN; codes are those of ISO 3166"),
    ],
)
def test_an_unknown_place_is_refused_with_the_nearest_codes(country: str, region: str, message: str) -> None:
    calendar = WorkingCalendar(country, region)
    with pytest.raises(ValueError, match=message):
        calendar.check()
    with pytest.raises(ValueError, match=message):
        calendar.is_working(date(2026, 3, 2))


def test_a_known_place_passes_the_check() -> None:
    VALENCIA.check()


def test_a_calendar_is_a_value() -> None:
    asked, fresh = WorkingCalendar("ES", "VC"), WorkingCalendar("ES", "VC")
    assert asked.is_working(date(2026, 3, 2))
    assert asked == fresh
    assert hash(asked) == hash(fresh)
    assert asked != SPAIN
    assert "frozenset({datetime" not in repr(asked)
    assert pickle.loads(pickle.dumps(asked)) == fresh


def test_the_holidays_package_is_not_imported_before_the_first_question() -> None:
    program = (
        "import sys; from fakemarket.rules import calendars, deadlines, panel, penalties, status; "
        "calendars.WorkingHours(calendars.WorkingCalendar('ES'), 'Europe/Madrid', 540, 1080); "
        "assert 'holidays' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_other_country_is_imported_with_the_one_that_is_asked_about() -> None:
    program = (
        "import sys; from datetime import date; from fakemarket.rules.calendars import WorkingCalendar; "
        "assert not WorkingCalendar('ES').is_working(date(2026, 1, 6)); "
        "assert not [name for name in sys.modules if name.startswith('holidays.countries')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("country", ["BR", "CN", "DE", "ES", "FR", "GB", "IN", "PL", "PR", "US"])
def test_the_days_off_are_those_of_the_holidays_package(country: str) -> None:
    known = country_holidays(country, years=2027)
    calendar = WorkingCalendar(country, weekend=frozenset())
    days = (date(2027, 1, 1) + timedelta(n) for n in range(365))
    assert [day for day in days if not calendar.is_working(day)] == sorted(known)

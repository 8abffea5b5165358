"""Working time: the map from clock time and back, at opening, closing, weekends, and changes of the clock."""

import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.calendars import WorkingCalendar, WorkingHours
from fakemarket.rules.zones import instant_at, local_date

MADRID = "Europe/Madrid"
SPAIN = WorkingCalendar("ES")
OFFICE = WorkingHours(SPAIN, MADRID, 9 * 60, 18 * 60)
ROUND_THE_CLOCK = WorkingHours(WorkingCalendar("ES", weekend=frozenset({0})), MADRID, 0, 24 * 60)
HOUR = 3600
DAY_SECONDS = 9 * HOUR

INSTANTS = st.integers(instant_at(date(2016, 1, 1), 0, MADRID), instant_at(date(2031, 1, 1), 0, MADRID))
HOURS = st.sampled_from(
    [
        OFFICE,
        ROUND_THE_CLOCK,
        WorkingHours(WorkingCalendar("ES", "VC"), MADRID, 22 * 60, 24 * 60),
        WorkingHours(WorkingCalendar("US"), "America/Los_Angeles", 0, 3 * 60),
    ]
)


def madrid_at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> int:
    return instant_at(date(year, month, day), hour * 60 + minute, MADRID)


OPENS_AT, CLOSES_AT = madrid_at(3, 4, 9), madrid_at(3, 4, 18)


@pytest.mark.parametrize(
    ("at", "worked"),
    [
        (OPENS_AT - 1, 0),
        (OPENS_AT, 0),
        (OPENS_AT + 1, 1),
        (CLOSES_AT - 1, DAY_SECONDS - 1),
        (CLOSES_AT, DAY_SECONDS),
        (CLOSES_AT + 1, DAY_SECONDS),
        (madrid_at(3, 5, 9) + 1, DAY_SECONDS + 1),
    ],
)
def test_work_runs_from_the_opening_second_to_the_closing_second(at: int, worked: int) -> None:
    assert OFFICE.to_work(at) - OFFICE.to_work(OPENS_AT) == worked


@pytest.mark.parametrize(
    ("work_seconds", "at"),
    [
        (-1, madrid_at(3, 3, 18) - 1),
        (0, madrid_at(3, 3, 18)),  # the closing instant of the day before, not the opening one
        (1, OPENS_AT + 1),
        (DAY_SECONDS - 1, CLOSES_AT - 1),
        (DAY_SECONDS, CLOSES_AT),
        (DAY_SECONDS + 1, madrid_at(3, 5, 9) + 1),
    ],
)
def test_a_days_work_is_done_at_its_closing_instant(work_seconds: int, at: int) -> None:
    assert OFFICE.to_clock(OFFICE.to_work(OPENS_AT) + work_seconds) == at


@pytest.mark.parametrize(
    ("at", "open_at"),
    [
        (OPENS_AT - 1, OPENS_AT),
        (OPENS_AT, OPENS_AT),
        (OPENS_AT + 1, OPENS_AT + 1),
        (CLOSES_AT - 1, CLOSES_AT - 1),
        (CLOSES_AT, madrid_at(3, 5, 9)),
        (CLOSES_AT + 1, madrid_at(3, 5, 9)),
        (madrid_at(3, 6, 18), madrid_at(3, 9, 9)),  # Friday evening
        (madrid_at(4, 2, 18), madrid_at(4, 6, 9)),  # Good Friday and the weekend
        (madrid_at(12, 31, 18), madrid_at(1, 4, 9, year=2027)),  # into a year not looked at before
    ],
)
def test_the_closing_instant_is_closed_and_the_opening_one_open(at: int, open_at: int) -> None:
    assert WorkingHours(SPAIN, MADRID, 9 * 60, 18 * 60).next_open(at) == open_at


@pytest.mark.parametrize(
    ("begun_at", "seconds", "done_at"),
    [
        (madrid_at(3, 6, 17), HOUR, madrid_at(3, 6, 18)),
        (madrid_at(3, 6, 17), HOUR + 1, madrid_at(3, 9, 9) + 1),
        (madrid_at(3, 7, 12), HOUR, madrid_at(3, 9, 10)),  # begun on a Saturday
        (madrid_at(3, 7, 12), 0, madrid_at(3, 7, 12)),
        (madrid_at(3, 6, 18), 0, madrid_at(3, 6, 18)),
        (madrid_at(3, 2, 9), 5 * DAY_SECONDS, madrid_at(3, 6, 18)),
    ],
)
def test_work_begun_then_is_done_by(begun_at: int, seconds: int, done_at: int) -> None:
    assert OFFICE.add_work(begun_at, seconds) == done_at


def test_work_cannot_be_taken_away() -> None:
    with pytest.raises(ValueError, match="asked for -1 s of work"):
        OFFICE.add_work(OPENS_AT, -1)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 24), (3, 29, 23), (10, 25, 25), (10, 26, 0)])
def test_the_seconds_that_really_pass_are_counted_when_clocks_change(month: int, day: int, hours: int) -> None:
    start, end = (instant_at(date(2026, month, day), minute, MADRID) for minute in (0, 1440))
    assert ROUND_THE_CLOCK.to_work(end) - ROUND_THE_CLOCK.to_work(start) == hours * HOUR


def test_hours_that_summer_time_skips_whole_are_no_working_time() -> None:
    sundays = WorkingCalendar("ES", weekend=frozenset(range(6)))
    night = WorkingHours(sundays, MADRID, 2 * 60, 3 * 60)
    before, after = madrid_at(3, 28, 12), madrid_at(3, 29, 12)
    assert night.to_work(after) == night.to_work(before)
    assert night.next_open(before) == madrid_at(4, 5, 2)


def test_working_time_is_zero_at_the_start_of_2026_and_negative_before() -> None:
    new_year_at = instant_at(date(2026, 1, 1), 0, MADRID)
    assert OFFICE.to_work(new_year_at) == 0
    assert OFFICE.to_work(madrid_at(12, 31, 17, year=2025)) == -HOUR
    assert OFFICE.to_clock(-HOUR) == madrid_at(12, 31, 17, year=2025)
    assert WorkingHours(SPAIN, MADRID, 9 * 60, 18 * 60).to_clock(0) == madrid_at(12, 31, 18, year=2025)


def test_a_year_that_begins_closed_begins_with_the_work_done_so_far() -> None:
    new_year_at = instant_at(date(2025, 1, 1), 0, MADRID)
    fresh = WorkingHours(SPAIN, MADRID, 9 * 60, 18 * 60)
    assert fresh.to_work(new_year_at) == fresh.to_work(madrid_at(1, 2, 9, year=2025)) < 0


@given(HOURS, INSTANTS)
def test_clock_time_undoes_working_time_while_open(hours: WorkingHours, at: int) -> None:
    opened_at = hours.next_open(at)
    work = hours.to_work(opened_at)
    assert hours.to_clock(work + 1) == opened_at + 1
    assert hours.to_clock(work) <= opened_at


@given(HOURS, st.integers(-60_000_000, 30_000_000))
def test_working_time_undoes_clock_time(hours: WorkingHours, work: int) -> None:
    at = hours.to_clock(work)
    assert hours.to_work(at) == work
    assert hours.to_work(at - 1) == work - 1


@given(HOURS, INSTANTS, st.integers(0, 40 * 86_400))
def test_working_time_never_runs_faster_than_the_clock_nor_backwards(
    hours: WorkingHours, at: int, later_seconds: int
) -> None:
    assert 0 <= hours.to_work(at + later_seconds) - hours.to_work(at) <= later_seconds


@given(HOURS, INSTANTS, st.integers(0, 20 * 86_400))
def test_working_time_is_the_sum_of_each_days_open_seconds(hours: WorkingHours, at: int, later_seconds: int) -> None:
    end_at = at + later_seconds
    expected = 0
    for day_number in range(local_date(at, hours.zone).toordinal(), local_date(end_at, hours.zone).toordinal() + 1):
        day = date.fromordinal(day_number)
        opens_at = max(at, instant_at(day, hours.opens_minute, hours.zone))
        closes_at = min(end_at, instant_at(day, hours.closes_minute, hours.zone))
        if hours.calendar.is_working(day):
            expected += max(0, closes_at - opens_at)
    assert hours.to_work(end_at) - hours.to_work(at) == expected


@given(st.lists(INSTANTS, min_size=1, max_size=5))
def test_the_order_of_questions_changes_no_answer(instants: list[int]) -> None:
    forwards, backwards = (WorkingHours(SPAIN, MADRID, 9 * 60, 18 * 60) for _ in range(2))
    found = [forwards.to_work(at) for at in instants]
    assert found == [backwards.to_work(at) for at in reversed(instants)][::-1]


@pytest.mark.parametrize("year", [1969, 2101])
def test_years_out_of_reach_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match=f"was asked about {year}; it answers for 1970 to 2100"):
        OFFICE.to_work(madrid_at(6, 1, 12, year=year))


def test_more_work_than_a_century_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="was asked about 2101"):
        WorkingHours(SPAIN, MADRID, 9 * 60, 18 * 60).to_clock(10**10)


@pytest.mark.parametrize(("opens", "closes"), [(540, 540), (1080, 540), (-1, 540), (540, 1441)])
def test_impossible_hours_are_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match=f"hours from minute {opens} to minute {closes}"):
        WorkingHours(SPAIN, MADRID, opens, closes)


def test_an_unknown_zone_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no time zone 'Europe/Madird'"):
        WorkingHours(SPAIN, "Europe/Madird", 540, 1080)


def test_working_hours_are_a_value() -> None:
    asked, fresh = (WorkingHours(SPAIN, MADRID, 540, 1080) for _ in range(2))
    asked.to_work(OPENS_AT)
    assert asked == fresh
    assert hash(asked) == hash(fresh)
    assert pickle.loads(pickle.dumps(asked)).to_work(OPENS_AT) == fresh.to_work(OPENS_AT)

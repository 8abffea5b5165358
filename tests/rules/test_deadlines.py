"""The countdown: the reference's worked examples in both readings, its zones, its edges to the second."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.deadlines import (
    Anchor,
    CountdownRules,
    DeadlineClock,
    ExtensionWindow,
    ship_by_at,
    ship_by_date,
    time_left,
)
from fakemarket.rules.zones import instant_at, local_date

PACIFIC, MADRID_TIME = "America/Los_Angeles", "Europe/Madrid"
SPAIN, VALENCIA, MADRID = WorkingCalendar("ES"), WorkingCalendar("ES", "VC"), WorkingCalendar("ES", "MD")
CHINA, CHINA_AS_WORKED = WorkingCalendar("CN"), WorkingCalendar("CN", makeup_days=True)
CHINA_BY_HAND = WorkingCalendar("CN", extra_on=frozenset({date(2026, 10, 10)}))
RULES = CountdownRules(
    preparation_days=5,
    anchor=Anchor.REVIEW_PASSED,
    count_anchor_day=True,
    deadline_clock=DeadlineClock.END_OF_DAY,
    zone=PACIFIC,
    calendar=SPAIN,
)
SAME_CLOCK_TIME = replace(RULES, deadline_clock=DeadlineClock.SAME_CLOCK_TIME)

CALENDARS = st.sampled_from([SPAIN, VALENCIA, MADRID, CHINA, CHINA_AS_WORKED, WorkingCalendar("BR")])
DAYS = st.dates(date(2016, 1, 1), date(2028, 12, 31))
PREPARATION_DAYS = st.integers(1, 30)
INSTANTS = st.integers(instant_at(date(2016, 1, 1), 0, PACIFIC), instant_at(date(2029, 1, 1), 0, PACIFIC))
COUNTDOWNS = st.builds(
    CountdownRules,
    preparation_days=PREPARATION_DAYS,
    anchor=st.sampled_from(Anchor),
    count_anchor_day=st.booleans(),
    deadline_clock=st.just(DeadlineClock.END_OF_DAY),
    zone=st.sampled_from([PACIFIC, MADRID_TIME, "America/Sao_Paulo"]),
    calendar=CALENDARS,
    calendar_zone=st.sampled_from(["", MADRID_TIME]),
)


def pacific_at(day: date, hour: int, minute: int = 0, second: int = 0) -> int:
    return instant_at(day, hour * 60 + minute, PACIFIC) + second


def d(month: int, day: int) -> date:
    return date(2026, month, day)


EXAMPLES = [
    # order day, N, calendar, last day when the order day counts, last day when it doesn't
    pytest.param(d(3, 2), 5, SPAIN, d(3, 6), d(3, 9), id="the seed's case"),
    pytest.param(d(3, 2), 6, SPAIN, d(3, 9), d(3, 10), id="the seed's advice: one day more"),
    pytest.param(d(3, 6), 5, SPAIN, d(3, 12), d(3, 13), id="a weekend inside"),
    pytest.param(d(3, 7), 5, SPAIN, d(3, 13), d(3, 13), id="ordered on a Saturday"),
    pytest.param(d(4, 1), 5, SPAIN, d(4, 8), d(4, 9), id="Easter, national"),
    pytest.param(d(4, 1), 5, VALENCIA, d(4, 9), d(4, 10), id="Easter, Valencian"),
    pytest.param(d(4, 1), 5, MADRID, d(4, 9), d(4, 10), id="Easter, Madrid"),
    pytest.param(d(4, 30), 5, SPAIN, d(5, 7), d(5, 8), id="1 May lost"),
    pytest.param(d(12, 4), 5, SPAIN, d(12, 11), d(12, 14), id="December, national"),
    pytest.param(d(12, 4), 5, VALENCIA, d(12, 11), d(12, 14), id="December, Valencian"),
    pytest.param(d(12, 4), 5, MADRID, d(12, 14), d(12, 15), id="December, Madrid"),
    pytest.param(d(9, 30), 5, CHINA, d(10, 13), d(10, 14), id="golden week, Monday to Friday"),
    pytest.param(d(9, 30), 5, CHINA_AS_WORKED, d(10, 12), d(10, 13), id="golden week, as China works"),
    pytest.param(d(9, 30), 5, CHINA_BY_HAND, d(10, 12), d(10, 13), id="golden week, Saturday added by hand"),
]


@pytest.mark.parametrize("hour", [0, 12, 23])
@pytest.mark.parametrize(("order_day", "n", "calendar", "counting", "not_counting"), EXAMPLES)
def test_the_worked_example_comes_out_in_both_readings(
    order_day: date, n: int, calendar: WorkingCalendar, counting: date, not_counting: date, hour: int
) -> None:
    rules = replace(RULES, preparation_days=n, calendar=calendar)
    for count_anchor_day, last_day in ((True, counting), (False, not_counting)):
        found = ship_by_at(pacific_at(order_day, hour, 59), replace(rules, count_anchor_day=count_anchor_day))
        assert found == instant_at(last_day, 24 * 60, PACIFIC)


@pytest.mark.parametrize(
    ("pacific", "madrid_clock", "by_the_marketplaces_date", "by_the_sellers_date"),
    [
        (d(3, 6), (d(3, 7), 8, 30), d(3, 12), d(3, 13)),  # Friday here, Saturday there
        (d(3, 15), (d(3, 16), 7, 30), d(3, 20), d(3, 20)),  # the US changed its clocks, Europe not yet
        (d(10, 28), (d(10, 29), 7, 30), d(11, 3), d(11, 4)),  # Europe changed back, the US not yet
    ],
)
def test_an_order_at_half_past_eleven_at_night_has_another_day_in_madrid(
    pacific: date,
    madrid_clock: tuple[date, int, int],
    by_the_marketplaces_date: date,
    by_the_sellers_date: date,
) -> None:
    ordered_at = pacific_at(pacific, 23, 30)
    day, hour, minute = madrid_clock
    assert ordered_at == instant_at(day, hour * 60 + minute, MADRID_TIME)
    in_madrid = replace(RULES, calendar_zone=MADRID_TIME)
    assert ship_by_at(ordered_at, RULES) == instant_at(by_the_marketplaces_date, 24 * 60, PACIFIC)
    assert ship_by_at(ordered_at, in_madrid) == instant_at(by_the_sellers_date, 24 * 60, PACIFIC)


def test_the_end_of_a_pacific_friday_is_a_saturday_morning_in_madrid() -> None:
    last_second_at = ship_by_at(pacific_at(d(3, 2), 12), RULES) - 1
    assert local_date(last_second_at, PACIFIC) == d(3, 6)
    assert last_second_at == instant_at(d(3, 7), 8 * 60 + 59, MADRID_TIME) + 59


def test_the_marketplaces_zone_decides_when_the_day_ends() -> None:
    in_madrid = replace(RULES, zone=MADRID_TIME)
    noon_at = pacific_at(d(3, 2), 12)
    assert ship_by_at(noon_at, RULES) - ship_by_at(noon_at, in_madrid) == 9 * 3600


@pytest.mark.parametrize(("order_day", "hours"), [(d(3, 8), 23), (d(3, 9), 24), (d(11, 1), 25)])
def test_a_day_on_which_clocks_change_ends_at_its_own_midnight(order_day: date, hours: int) -> None:
    sundays_too = replace(RULES, calendar=WorkingCalendar("ES", weekend=frozenset({5})), preparation_days=1)
    starts_at = instant_at(order_day, 0, PACIFIC)
    assert ship_by_at(starts_at, sundays_too) - starts_at == hours * 3600


@pytest.mark.parametrize(("later_seconds", "last_day"), [(-1, d(3, 12)), (0, d(3, 13)), (1, d(3, 13))])
def test_an_anchor_changes_its_day_on_the_second(later_seconds: int, last_day: date) -> None:
    saturday_at = instant_at(d(3, 7), 0, PACIFIC)
    assert ship_by_at(saturday_at + later_seconds, RULES) == instant_at(last_day, 24 * 60, PACIFIC)


@pytest.mark.parametrize(("later_seconds", "day"), [(-1, d(3, 6)), (0, d(3, 7)), (1, d(3, 7))])
def test_the_countdown_ends_on_the_first_second_of_the_day_after(later_seconds: int, day: date) -> None:
    assert local_date(ship_by_at(pacific_at(d(3, 2), 9), RULES) + later_seconds, PACIFIC) == day


@pytest.mark.parametrize(
    ("ordered_at", "ends_at"),
    [
        (pacific_at(d(3, 2), 9, 30, 7), pacific_at(d(3, 6), 9, 30, 7)),
        (pacific_at(d(3, 7), 9, 30), pacific_at(d(3, 13), 9, 30)),  # Saturday, and over the change of clocks
        (pacific_at(d(3, 4), 0), pacific_at(d(3, 10), 0)),
        (pacific_at(d(3, 4), 23, 59, 59), pacific_at(d(3, 10), 23, 59, 59)),
    ],
)
def test_with_same_clock_time_the_countdown_ends_at_the_anchors_own_time(ordered_at: int, ends_at: int) -> None:
    assert ship_by_at(ordered_at, SAME_CLOCK_TIME) == ends_at


def test_with_same_clock_time_one_day_that_counts_leaves_no_time_at_all() -> None:
    ordered_at = pacific_at(d(3, 4), 10)
    assert ship_by_at(ordered_at, replace(SAME_CLOCK_TIME, preparation_days=1)) == ordered_at


def test_a_clock_time_that_comes_twice_on_the_last_day_ends_the_countdown_the_first_time() -> None:
    sundays_too = WorkingCalendar("ES", weekend=frozenset({5}))
    rules = replace(SAME_CLOCK_TIME, calendar=sundays_too, preparation_days=2, count_anchor_day=True)
    ordered_at = pacific_at(d(10, 30), 1, 30)
    assert ship_by_at(ordered_at, rules) == instant_at(d(11, 1), 0, PACIFIC) + 90 * 60


NEW_YEAR = ExtensionWindow("Chinese New Year", d(2, 9), d(2, 22), extra_days=7)


@pytest.mark.parametrize(
    ("order_day", "last_day"),
    [
        (d(2, 6), d(2, 12)),  # Friday before the window
        (d(2, 9), d(2, 24)),  # its first day: 12 working days
        (d(2, 20), d(3, 9)),
        (d(2, 22), d(3, 10)),  # its last day, a Sunday
        (d(2, 23), d(2, 27)),
    ],
)
def test_an_extension_holds_for_anchors_in_its_window_and_no_others(order_day: date, last_day: date) -> None:
    rules = replace(RULES, extensions=(NEW_YEAR,))
    assert ship_by_at(pacific_at(order_day, 12), rules) == instant_at(last_day, 24 * 60, PACIFIC)


def test_of_two_extensions_the_longer_one_holds_in_either_order() -> None:
    shorter = ExtensionWindow("strike", d(2, 10), d(2, 10), extra_days=2)
    for extensions in ((NEW_YEAR, shorter), (shorter, NEW_YEAR)):
        rules = replace(RULES, extensions=extensions)
        assert rules.ending(d(2, 10))[0] == SPAIN.add(d(2, 10), 5 + 7 - 1)


@given(DAYS, PREPARATION_DAYS, CALENDARS, st.booleans())
def test_the_last_day_is_the_nth_of_the_days_that_count(
    anchor_day: date, n: int, calendar: WorkingCalendar, counts: bool
) -> None:
    last_day = ship_by_date(anchor_day, n, counts, calendar)
    span = (last_day - anchor_day).days
    counted = [
        day
        for day in (anchor_day + timedelta(ahead) for ahead in range(0 if counts else 1, span + 1))
        if calendar.is_working(day)
    ]
    assert len(counted) == n
    assert counted[-1] == last_day


@given(DAYS, PREPARATION_DAYS, CALENDARS)
def test_one_day_more_with_the_order_day_counting_is_the_same_as_not_counting_it(
    anchor_day: date, n: int, calendar: WorkingCalendar
) -> None:
    worked = calendar.on_or_after(anchor_day)
    assert ship_by_date(worked, n + 1, True, calendar) == ship_by_date(worked, n, False, calendar)


@given(DAYS, PREPARATION_DAYS, CALENDARS)
def test_both_readings_agree_on_an_order_day_that_is_not_worked(
    anchor_day: date, n: int, calendar: WorkingCalendar
) -> None:
    agree = ship_by_date(anchor_day, n, True, calendar) == ship_by_date(anchor_day, n, False, calendar)
    assert agree != calendar.is_working(anchor_day)


@given(INSTANTS, COUNTDOWNS)
def test_one_more_preparation_day_is_at_least_a_day_more(anchor_at: int, rules: CountdownRules) -> None:
    longer = replace(rules, preparation_days=rules.preparation_days + 1)
    assert ship_by_at(anchor_at, longer) - ship_by_at(anchor_at, rules) >= 23 * 3600


@given(INSTANTS, st.integers(0, 20 * 86_400), COUNTDOWNS)
def test_a_later_anchor_never_has_an_earlier_end(anchor_at: int, later_seconds: int, rules: CountdownRules) -> None:
    assert ship_by_at(anchor_at, rules) <= ship_by_at(anchor_at + later_seconds, rules)


@given(INSTANTS, COUNTDOWNS)
def test_there_is_always_time_to_declare(anchor_at: int, rules: CountdownRules) -> None:
    """A day that is read in a zone to the east of the one it ends in only gets longer."""
    assert ship_by_at(anchor_at, rules) > anchor_at


@given(INSTANTS, COUNTDOWNS)
def test_rules_that_remember_answer_like_fresh_ones(anchor_at: int, rules: CountdownRules) -> None:
    first = ship_by_at(anchor_at, rules)
    assert ship_by_at(anchor_at, rules) == first == ship_by_at(anchor_at, replace(rules))


@pytest.mark.parametrize(
    ("left_seconds", "shown"),
    [
        (-90_000, (0, 0, 0)),
        (-1, (0, 0, 0)),
        (0, (0, 0, 0)),
        (59, (0, 0, 0)),
        (60, (0, 0, 1)),
        (3599, (0, 0, 59)),
        (3600, (0, 1, 0)),
        (86_399, (0, 23, 59)),
        (86_400, (1, 0, 0)),
        (3 * 86_400 + 5 * 3600 + 7 * 60 + 59, (3, 5, 7)),
    ],
)
def test_the_red_clock_shows_whole_minutes_of_elapsed_time(left_seconds: int, shown: tuple[int, int, int]) -> None:
    assert time_left(1_772_442_000 + left_seconds, 1_772_442_000) == shown


def test_the_red_clock_runs_through_the_weekend() -> None:
    friday_noon_at = pacific_at(d(3, 6), 12)
    two_days = replace(RULES, preparation_days=2)
    # To the end of Monday is three and a half days, less the hour that summer time takes on Sunday.
    assert time_left(ship_by_at(friday_noon_at, two_days), friday_noon_at) == (3, 11, 0)


def test_rules_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="preparation_days is 0, but must be at least 1"):
        replace(RULES, preparation_days=0)
    with pytest.raises(ValueError, match="no time zone 'Mars'"):
        replace(RULES, zone="Mars")
    with pytest.raises(ValueError, match="no time zone 'Mars'"):
        replace(RULES, calendar_zone="Mars")


def test_an_extension_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="'strike' ends on 2026-02-08, before 2026-02-09"):
        ExtensionWindow("strike", d(2, 9), d(2, 8), 1)
    with pytest.raises(ValueError, match="'strike' gives -1 days; it must give 0 or more"):
        ExtensionWindow("strike", d(2, 9), d(2, 9), -1)

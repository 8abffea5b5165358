"""Lengths, clock times, hours and days are read as they are written, and nothing else is."""

import pytest

from redclock.scenario import times


@pytest.mark.parametrize(
    ("said", "seconds"), [("90 s", 90), ("15 min", 900), ("1.5 h", 5400), ("2d", 172_800), ("0 s", 0)]
)
def test_a_length_has_a_unit(said: str, seconds: int) -> None:
    assert times.seconds(said) == seconds


def test_times_of_the_day_are_minutes_in_order() -> None:
    assert times.minutes_of_day("09:30") == (570,)
    assert times.minutes_of_day(["17:00", "09:00"]) == (540, 1020)
    assert times.hours("09:00-24:00") == (540, 1440)
    assert times.days_of_week("Mon-Fri") == (0, 1, 2, 3, 4)
    assert times.days_of_week("Sun") == (6,)


@pytest.mark.parametrize("said", ["15", "fifteen min", "-1 h", "1 week", True, None])
def test_a_length_without_a_unit_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match='written like "15 min"'):
        times.seconds(said)


def test_what_goes_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="before it ends"):
        times.hours("17:00-09:00")
    with pytest.raises(ValueError, match="forward through one week"):
        times.days_of_week("Fri-Mon")
    with pytest.raises(ValueError, match="before 24:00"):
        times.minutes_of_day("24:00")
    with pytest.raises(ValueError, match="after 24:00"):
        times.hours("09:00-24:01")


@pytest.mark.parametrize("said", [[1020, 540], [540, 540], [-1, 540], [0, 1441], [540], ["09:00", "17:00"]])
def test_minutes_that_are_no_hours_of_a_day_are_refused(said: list[object]) -> None:
    assert times.hours([0, 1440]) == (0, 1440)
    with pytest.raises(ValueError, match=r"minutes of one day such as \[540, 1020\]"):
        times.hours(said)


@pytest.mark.parametrize("said", [[], [7], [-1], ["Mon"]])
def test_numbers_that_are_no_days_of_the_week_are_refused(said: list[object]) -> None:
    assert times.days_of_week([0, 6]) == (0, 6)
    with pytest.raises(ValueError, match=r"days from 0 \(Monday\) to 6 \(Sunday\)"):
        times.days_of_week(said)

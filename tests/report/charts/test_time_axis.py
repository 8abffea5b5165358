"""Market time on an axis: round moments of a zone, and how long things took."""

from datetime import UTC, datetime

import pytest

from fakemarket.rules.zones import zone_of
from redclock.report.charts.time_axis import HOUR, TimeAxis, length

MADRID = "Europe/Madrid"


def at(text: str, zone: str = MADRID) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone_of(zone)).timestamp())


def words(axis: TimeAxis, most: int) -> list[str]:
    return [tick.words for tick in axis.ticks(most)]


def test_midnights_are_those_of_the_zone() -> None:
    axis = TimeAxis(at("2026-03-02T00:00"), at("2026-03-04T00:00"), MADRID)
    assert words(axis, 5) == ["Mon 2 Mar", "12:00", "Tue 3 Mar", "12:00", "Wed 4 Mar"]
    assert [tick.at for tick in axis.ticks(5) if tick.day] == [at(f"2026-03-0{day}T00:00") for day in (2, 3, 4)]
    utc = TimeAxis(axis.from_at, axis.until_at, "UTC")
    first = next(tick for tick in utc.ticks(5) if tick.day)
    assert datetime.fromtimestamp(first.at, UTC).hour == 0


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_summer_time_leaves_midnights_at_midnight(day: str) -> None:
    start = at(f"{day}T00:00")
    axis = TimeAxis(start - 24 * HOUR, start + 60 * HOUR, MADRID)
    clock = [datetime.fromtimestamp(tick.at, zone_of(MADRID)).hour for tick in axis.ticks(12)]
    assert set(clock) == {0, 12}
    assert len(clock) == len({tick.at for tick in axis.ticks(12)})


@pytest.mark.parametrize("days", [1, 3, 10, 40, 200, 800])
def test_there_are_never_many_more_ticks_than_asked_for(days: int) -> None:
    start = at("2026-03-02T00:00")
    axis = TimeAxis(start, start + days * 24 * HOUR, MADRID)
    assert 1 <= len(axis.ticks(8)) <= max(10, days / 56 + 2)


def test_long_stretches_have_their_ticks_on_mondays() -> None:
    start = at("2026-03-04T00:00")
    axis = TimeAxis(start, start + 50 * 24 * HOUR, MADRID)
    assert all(word.startswith("Mon") for word in words(axis, 8))


def test_lengths_are_said_in_two_units() -> None:
    said = [length(it) for it in (0, 59, 60, 3600, 3661, 86_400 + 60, 2 * 86_400 + 3 * 3600 + 59)]
    assert said == ["0 s", "59 s", "1 min", "1 h", "1 h 1 min", "1 d", "2 d 3 h"]

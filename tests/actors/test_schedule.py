"""A schedule is due when its file says: at multiples, at times of the day, on working days."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redclock.actors.schedule import Schedule
from redclock.scenario.actors import SubjectTable

MADRID = "Europe/Madrid"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(MADRID)).timestamp())


def due(after: str, **said: object) -> str:
    schedule = Schedule.of(SubjectTable.model_validate(said), MADRID)
    return datetime.fromtimestamp(schedule.next_at(at(after)), ZoneInfo(MADRID)).isoformat()[:16]


@pytest.mark.parametrize(
    ("after", "said", "expected"),
    [
        ("2026-03-02T10:01:00", {"every": "15 min"}, "2026-03-02T10:15"),
        ("2026-03-02T10:15:00", {"every": "15 min"}, "2026-03-02T10:30"),
        ("2026-03-02T10:14:59", {"every": "15 min"}, "2026-03-02T10:15"),
        ("2026-03-02T10:15:00", {"every": "15 min", "starts": "7 min"}, "2026-03-02T10:22"),
        ("2026-03-02T08:59:59", {"at": "09:00"}, "2026-03-02T09:00"),
        ("2026-03-02T09:00:00", {"at": "09:00"}, "2026-03-03T09:00"),
        ("2026-03-02T09:00:00", {"at": ["16:00", "09:00"]}, "2026-03-02T16:00"),
        ("2026-03-06T09:00:00", {"at": "09:00", "working_days": True}, "2026-03-09T09:00"),
        ("2026-12-07T12:00:00", {"at": "09:00", "working_days": True}, "2026-12-09T09:00"),  # the 8th is a holiday
        ("2026-03-06T23:55:00", {"every": "15 min", "working_days": True}, "2026-03-09T00:00"),
        ("2026-03-28T09:00:00", {"at": "09:00"}, "2026-03-29T09:00"),  # an hour shorter a night
    ],
)
def test_the_next_time_is_after_the_last_one(after: str, said: dict[str, object], expected: str) -> None:
    assert due(after, **said) == expected


@given(st.integers(1_770_000_000, 1_800_000_000), st.integers(60, 200_000), st.integers(0, 5000))
def test_every_so_often_is_never_missed_and_never_early(now: int, every: int, late: int) -> None:
    due_at = Schedule(every, (), MADRID, None, late).next_at(now)
    assert now < due_at <= now + every
    assert (due_at - late) % every == 0

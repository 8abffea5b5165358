"""Whoever looks in by the clock comes when the person of the run would."""

from collections.abc import Mapping
from typing import Any, Protocol

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakemarket.market import Market
from redclock.actors.people import Person, hours_of
from redclock.planner.engine.habits import Checking, Renewing
from redclock.planner.sweep import START_AT
from redclock.run import ports_to
from redclock.scenario.actors import PersonTable, Task
from redclock.subject.manual import DailyManualCheck

WEEK = 7 * 86_400
MARKET = Market(start_at=START_AT)

starts = st.one_of(
    st.integers(START_AT, START_AT + 60 * WEEK), st.integers(0, 60 * 168).map(lambda hour: START_AT + 3600 * hour)
)


class Woken(Protocol):
    def wake(self, now: int) -> int: ...


def wake_until(somebody: Woken, start_at: int, end_at: int) -> None:
    at = start_at
    while at <= end_at:
        at = somebody.wake(at)


class Checks(DailyManualCheck):
    """Notes when it would compare."""

    def __init__(self, hour: int) -> None:
        super().__init__(ports_to(MARKET), hour)
        self.looks: list[int] = []

    def _compare(self, now: int) -> None:
        self.looks.append(now)


class Renews(Person):
    """Notes when it would log in; is told the time."""

    def __init__(self, table: PersonTable) -> None:
        super().__init__(table, 0, MARKET, "Europe/Madrid")
        self.now = 0
        self.does: list[int] = []

    def wake(self, now: int) -> int:
        self.now = now
        return super().wake(now)

    def _do(self, facts: Mapping[str, Any]) -> None:
        self.does.append(self.now)


@given(hour=st.integers(0, 23), start_at=starts)
@example(hour=1, start_at=START_AT)
@example(hour=1, start_at=START_AT + 1800)
@example(hour=1, start_at=START_AT - 1)
def test_the_daily_check_looks_when_its_person_does(hour: int, start_at: int) -> None:
    person = Checks(hour)
    wake_until(person, start_at, start_at + 3 * WEEK)
    assert list(Checking(hour, "Europe/Madrid", 14).instants(start_at, start_at + 3 * WEEK)) == person.looks


@settings(deadline=None)
@given(
    start_at=starts,
    table=st.builds(
        PersonTable,
        does=st.just(Task.RENEW_TOKEN),
        hours=st.sampled_from([(540, 1020), (0, 1440), (480, 481)]),
        days=st.sampled_from([(0,), (0, 1, 2, 3, 4), tuple(range(7))]),
        zone=st.sampled_from([None, "America/Los_Angeles"]),
        looks_every=st.sampled_from([900, 3600, 7000]),
        takes=st.sampled_from([0, 600, 3600, 8000, 60_000]),
    ),
)
def test_who_renews_logs_in_when_its_person_would(start_at: int, table: PersonTable) -> None:
    person = Renews(table)
    wake_until(person, start_at, start_at + WEEK)
    hours = hours_of(table, "Europe/Madrid")
    renews = Renewing(hours, table.looks_every, table.takes, MARKET.settings.sellers)
    assert list(renews.instants(start_at, start_at + WEEK)) == person.does

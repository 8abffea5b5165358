"""Replications in which somebody looks after the orders: counted alike, in a world that is not left alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fakemarket.distributions import Constant
from fakemarket.settings import Countdown, Demand, Settings, Tokens
from redclock.planner.care import Care, cared_for
from redclock.planner.replication import CareFailed, Horizon, replicate
from redclock.planner.sweep import START_AT
from redclock.run import NoSuchSubject, load_subject
from redclock.scenario.actors import PersonTable, SubjectTable, Task
from redclock.scenario.expect import Expectation
from redclock.scenario.model import FAULT_TABLES, Scenario

HORIZON = Horizon(START_AT, warm_up_days=1, days=4)
USUAL = Settings(demand=Demand(orders_per_day=12))
DYING = replace(USUAL, tokens=Tokens(dies_early=True, revoked_every_days=Constant(1.4)))
"""The platform's token dies on the second day, and a new one a day and a half after it was granted."""


def cast(**more: Any) -> Scenario:
    return Scenario(
        name="cast",
        title="Somebody",
        proves="Nothing.",
        start=date(2026, 1, 1),
        days=1,
        expect=(Expectation(measure="missed", at_least=0.0),),
        **more,
    )


@pytest.mark.parametrize("settings", [USUAL, DYING], ids=["usual", "dying"])
def test_a_world_with_an_idle_subject_counts_like_one_that_is_left_alone(settings: Settings) -> None:
    for seed in range(3):
        assert cared_for(settings, seed, HORIZON, Care("idle")) == replicate(settings, seed, HORIZON)


def test_somebody_who_looks_each_morning_saves_what_a_dead_token_would_cost() -> None:
    alone = replicate(DYING, 0, HORIZON)
    checked = cared_for(DYING, 0, HORIZON, Care("daily_manual_check"))
    assert checked.orders == alone.orders
    assert checked.misses < alone.misses / 2


def test_the_hour_of_the_daily_check_is_asked_for_by_name() -> None:
    tight = replace(DYING, countdown=Countdown(preparation_days=3))
    by_hour = {hour: cared_for(tight, 0, HORIZON, Care(f"daily_manual_check@{hour}")) for hour in (9, 16)}
    assert by_hour[9] == cared_for(tight, 0, HORIZON, Care("daily_manual_check"))
    assert by_hour[16].misses < by_hour[9].misses


@pytest.mark.parametrize("hour", ["", "24", "-1", "nine", "9:30", "\u0663"])
def test_a_check_at_no_hour_of_the_day_is_refused(hour: str) -> None:
    with pytest.raises(NoSuchSubject, match="is no hour of the day; write it like daily_manual_check@16, from 0 to 23"):
        load_subject(f"daily_manual_check@{hour}")


def test_the_people_of_a_cast_act_beside_the_subject() -> None:
    renews = PersonTable(does=Task.RENEW_TOKEN)
    alone = cared_for(DYING, 0, HORIZON, Care("idle", cast()))
    renewed = cared_for(DYING, 0, HORIZON, Care("idle", cast(people=(renews,))))
    assert alone == replicate(DYING, 0, HORIZON)
    assert renewed.misses < alone.misses


def test_the_subjects_of_a_cast_go_before_the_one_that_was_asked_for() -> None:
    checks = cast(subjects=(SubjectTable(subject="daily_manual_check"),))
    assert cared_for(DYING, 0, HORIZON, Care("idle", checks)) == cared_for(
        DYING, 0, HORIZON, Care("daily_manual_check")
    )


def test_faults_and_phases_of_a_cast_stay_out() -> None:
    dies = FAULT_TABLES["token_dies"].model_validate_json('{"kind": "token_dies", "at": "2026-03-02T12:00:00"}')
    troubled = cast(faults=(dies,))
    assert cared_for(USUAL, 0, HORIZON, Care("idle", troubled)) == replicate(USUAL, 0, HORIZON)


def test_a_subject_that_raises_or_is_not_there_is_named() -> None:
    with pytest.raises(CareFailed, match=r"no luck.*seed 0"):
        cared_for(USUAL, 0, HORIZON, Care("tests.planner.test_care:Raises"))
    with pytest.raises(NoSuchSubject, match="nobody:Home"):
        cared_for(USUAL, 0, HORIZON, Care("nobody:Home"))


class Raises:
    """Does nothing right."""

    def __init__(self, _: object) -> None:
        pass

    def wake(self, now: int) -> int:
        raise RuntimeError(f"no luck at {now}")


def test_the_same_seed_gives_the_same_count() -> None:
    assert len({cared_for(DYING, 5, HORIZON, Care("reference")) for _ in range(2)}) == 1


def test_whoever_acts_is_called_by_name() -> None:
    renews = PersonTable(does=Task.RENEW_TOKEN)
    checks = SubjectTable(subject="daily_manual_check")
    assert str(Care("idle")) == "idle"
    assert str(Care("idle", cast(people=(renews,)))) == "idle and 1 person"
    assert str(Care("idle", cast(subjects=(checks, SubjectTable()), people=(renews, renews)))) == (
        "daily_manual_check, idle and 2 people"
    )

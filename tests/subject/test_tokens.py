"""Tokens, silence and calls: what is told and renewed, to the second."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.subject.pictures import FAILING, HOUR, NOW, POLICY, WELL, listed, picture

from redclock.subject.actions import Renew, Tell
from redclock.subject.budget import look_every_seconds, quota_day, seconds_left_today
from redclock.subject.policy import DAY, Policy
from redclock.subject.ports import AlertKind
from redclock.subject.tokens import (
    last_safe_moment,
    notice_silence,
    renew_before_the_end,
    renew_dead_tokens,
    tell_of_outages,
)
from redclock.subject.working_days import WorkingDays

MADRID = ZoneInfo("Europe/Madrid")
IMMACULATE = date(2026, 12, 8)
BRIDGE = date(2026, 12, 7)


def madrid(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=MADRID).timestamp())  # type: ignore[arg-type,misc]


def test_a_failing_channel_is_renewed_and_imports_from_before_its_last_success() -> None:
    told, renewed = renew_dead_tokens(picture([listed(2, 9 * HOUR), listed(1, 5 * HOUR)], [], FAILING), POLICY)
    assert isinstance(told, Tell)
    assert told.alert.kind is AlertKind.TOKEN_DEAD
    assert told.alert.orders == (1, 2), "by time left"
    assert told.alert.facts["why"] == "revoked", "its date lies ahead: the error is right"
    assert renewed == Renew("c1", NOW - 5000 - POLICY.overlap_minutes * 60)
    assert not list(renew_dead_tokens(picture([], []), POLICY))
    assert not list(renew_dead_tokens(picture([], [], replace(FAILING, last_error="Timeout")), POLICY))


@pytest.mark.parametrize(("more", "again"), [(-1, False), (0, True), (1, True)])
def test_a_renewal_that_did_not_help_is_not_repeated_at_once(more: int, again: bool) -> None:
    seen = picture([], [], FAILING)
    seen.store.tried.put("renew:c1", NOW - POLICY.renewal_wait_minutes * 60 - more)
    assert any(isinstance(it, Renew) for it in renew_dead_tokens(seen, POLICY)) is again


def test_only_people_renew_where_only_people_may() -> None:
    shy = Policy(renews_itself=False)
    assert [type(it) for it in renew_dead_tokens(picture([], [], FAILING), shy)] == [Tell]


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (madrid(2026, 12, 2, 23, 59, 59), False),
        (madrid(2026, 12, 3, 0, 0, 0), True),  # Thursday and Friday are left; the weekend and two holidays are not
        (madrid(2026, 12, 3, 0, 0, 1), True),
    ],
)
def test_a_renewal_is_asked_for_while_people_still_work(now: int, asked: bool) -> None:
    policy = Policy(holidays=frozenset({BRIDGE, IMMACULATE}))
    seen = picture([], [], replace(WELL, token_expires_at=madrid(2026, 12, 8, 12)))
    seen.now = now
    assert [type(it) for it in renew_before_the_end(seen, policy)] == [Renew] * asked
    actions = list(renew_before_the_end(seen, replace(policy, renews_itself=False)))
    assert bool(actions) is asked
    if asked:
        (told,) = actions
        assert isinstance(told, Tell)
        assert told.alert.facts["working_days_left"] == 2


@pytest.mark.parametrize(("more", "told"), [(-1, []), (0, [Tell]), (1, [Tell])])
def test_people_hear_of_a_token_s_end_where_renewing_goes_on_failing(more: int, told: list[type]) -> None:
    seen = picture([], [], replace(WELL, token_expires_at=NOW + HOUR))
    seen.store.tried.put("failing:renew:c1", NOW - POLICY.down_minutes * 60 - more)
    assert [type(it) for it in renew_before_the_end(seen, POLICY)] == [Renew, *told]


@pytest.mark.parametrize(("more", "again"), [(-1, False), (0, True), (1, True)])
def test_a_token_of_a_day_is_renewed_when_half_of_it_is_over(more: int, again: bool) -> None:
    seen = picture([], [], replace(WELL, token_expires_at=NOW + 12 * HOUR))
    seen.store.tried.put("renew:c1", NOW - 12 * HOUR - more)
    assert [type(it) for it in renew_before_the_end(seen, POLICY)] == [Renew] * again


@pytest.mark.parametrize(("more", "told"), [(-1, False), (0, True), (1, True)])
def test_imports_that_stopped_without_an_error_are_told_of(more: int, told: bool) -> None:
    silent = replace(WELL, last_successful_import_at=NOW - POLICY.stalled_minutes * 60 - more)
    assert bool(list(notice_silence(picture([], [], silent), POLICY))) is told


def test_the_last_safe_moment_leaves_one_round_before_the_first_countdown_ends() -> None:
    seen = picture([listed(1, 9 * HOUR), listed(2, 5 * HOUR)], [])
    assert last_safe_moment(seen, POLICY) == NOW + 5 * HOUR - 1 - POLICY.every_minutes * 60
    assert last_safe_moment(picture([], []), POLICY) is None
    seen.own_access_dead = True
    (tell,) = tell_of_outages(seen, POLICY)
    assert isinstance(tell, Tell)
    assert tell.alert.facts["last_safe_at"] == last_safe_moment(seen, POLICY)


@given(st.integers(0, 400 * DAY), st.integers(0, 30 * DAY), st.integers(0, 30 * DAY))
def test_working_time_adds_up_and_never_exceeds_elapsed_time(start: int, first: int, second: int) -> None:
    days = WorkingDays(frozenset({IMMACULATE}), "UTC")
    a, b, c = NOW + start, NOW + start + first, NOW + start + first + second
    assert days.worked_seconds(a, b) + days.worked_seconds(b, c) == days.worked_seconds(a, c)
    assert 0 <= days.worked_seconds(a, b) <= first
    assert days.left(b, a) == -days.left(a, b)


def test_a_weekend_is_no_working_time() -> None:
    days = WorkingDays(frozenset(), "Europe/Madrid")
    assert days.worked_seconds(madrid(2026, 3, 6, 18), madrid(2026, 3, 9, 9)) == 15 * HOUR


def test_the_quotas_day_ends_at_midnight_in_beijing() -> None:
    midnight = int(datetime(2026, 3, 3, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
    assert [quota_day(midnight + it) - quota_day(midnight) for it in (-1, 0, 1)] == [-1, 0, 0]
    assert [seconds_left_today(midnight + it) for it in (-1, 0, 1)] == [1, DAY, DAY - 1]


def test_looking_around_slows_down_and_stops_before_the_reserve_is_touched() -> None:
    policy = Policy(calls_per_day=100, reserve_share=0.3)
    midnight = NOW - NOW % DAY + 16 * HOUR
    usual = policy.list_every_minutes * 60
    assert look_every_seconds(Policy(), 10**6, midnight, 1) == usual, "no quota is known"
    assert look_every_seconds(policy, 0, midnight, 1) == usual
    assert look_every_seconds(policy, 60, midnight, 1) == DAY // 10
    assert look_every_seconds(policy, 69, midnight, 1) == DAY
    assert look_every_seconds(policy, 70, midnight, 1) is None
    assert look_every_seconds(policy, 69, midnight, 2) is None

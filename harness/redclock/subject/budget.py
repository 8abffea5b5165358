"""How the day's calls to the marketplace are shared out: looking around slows down before anything urgent does."""

from __future__ import annotations

from redclock.subject.policy import DAY, MINUTE, Policy

_BEIJING_OFF_SECONDS = 8 * 3600
"""The quota's day ends at midnight in Beijing, which has no summer time [1]."""


def quota_day(now: int) -> int:
    """The number of the quota's day."""
    return (now + _BEIJING_OFF_SECONDS) // DAY


def seconds_left_today(now: int) -> int:
    """Until the quota begins anew."""
    return DAY - (now + _BEIJING_OFF_SECONDS) % DAY


def look_every_seconds(policy: Policy, used: int, now: int, calls_a_look: int) -> int | None:
    """How far apart looks may be, so that they last for the day and leave the reserve; None: no more today."""
    usual = policy.list_every_minutes * MINUTE
    if policy.calls_per_day is None:
        return usual
    spare = int(policy.calls_per_day * (1 - policy.reserve_share)) - used
    looks = spare // max(calls_a_look, 1)
    if looks < 1:
        return None
    return max(usual, seconds_left_today(now) // looks)

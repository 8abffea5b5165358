"""What makes market time pass for a subject: jump to its next wake, let the world go first, then wake it.

The tie rule is written here and nowhere else: at one and the same second everything that happens by itself happens
before the subject acts.
"""

from __future__ import annotations

from collections.abc import Callable

from fakemarket.market import Market
from redclock.subject.ports import Subject

WAKES_LIMIT = 1_000_000


class SubjectMisbehaved(Exception):
    """The subject asked for something that can't be, such as being woken in the past."""


class LimitReached(BaseException):
    """A run was stopped because it went on for too long. No `except Exception` of a subject's keeps it from that."""


def all_decided(market: Market) -> bool:
    """Whether no more orders arrive by themselves and no countdown runs, rests, or may yet begin."""
    return market.now() >= market.world.orders_until_at and not any(market.world.undecided())


def later(wanted_at: object, now: int) -> int:
    """The instant at which a subject wants to be woken next.

    Raises:
        SubjectMisbehaved: it isn't one that is to come.
    """
    if not isinstance(wanted_at, int) or wanted_at <= now:
        raise SubjectMisbehaved(
            f"woken at market time {now}, it asked to be woken next at {wanted_at!r}; "
            "`wake` must return a later instant, in whole seconds since the epoch"
        )
    return wanted_at


def drive(
    market: Market,
    subject: Subject,
    until_at: int,
    *,
    done: Callable[[Market], bool] = all_decided,
    wakes_limit: int | None = None,
) -> int:
    """Runs a subject until market time `until_at`, or until `done` says so; how often it was woken.

    Raises:
        SubjectMisbehaved: it asked to be woken at or before the present.
        LimitReached: it was woken more than `wakes_limit` times (`WAKES_LIMIT` unless given).
    """
    wakes, most = 0, WAKES_LIMIT if wakes_limit is None else wakes_limit
    next_at = market.now()
    while next_at < until_at:
        if wakes >= most:
            raise LimitReached(
                f"the subject was woken {wakes} times before market time {until_at}; it now is {next_at}"
            )
        market.advance_to(next_at)
        if done(market):
            return wakes
        wakes += 1
        # A call that waited may have let that instant pass.
        next_at = max(later(subject.wake(next_at), next_at), market.now())
    market.advance_to(max(until_at, market.now()))
    return wakes

"""What becomes of a call that a fault has to itself.

Knows no API: what has to be said in an API's own words is left to the face that read the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from fakemarket.call import Call, Delivery, Response, Trouble
from fakemarket.faults.installed import CallLuck
from fakemarket.faults.kinds import (
    AnswerLost,
    Banning,
    ClockSkew,
    Down,
    ExpiryLies,
    FailsInside,
    Garbage,
    Latency,
    PageDrift,
    QuotaGone,
    RateLimited,
    RefreshRace,
    Reset,
    StaleRead,
    Timeout,
)
from fakemarket.world.world import World

_DAY = 86_400
_BEIJING_OFF_SECONDS = 8 * 3600
"""The platform's day ends at midnight in Beijing, which has no summer time [1]."""
_NOTHING = Response(0, b"")


def refused(luck: CallLuck, call: Call, world: World, strike: Callable[[], None]) -> Response:
    """The answer of a call as a fault will have it; `strike` is called if it really does."""
    fault = luck.fault
    if isinstance(fault, RefreshRace):
        return _raced(luck, call, world, strike)
    strike()
    if isinstance(fault, RateLimited | QuotaGone):
        return _banned(luck, fault, call, world.now)
    match fault:
        case AnswerLost():
            return call.act()._replace(delivery=Delivery.LOST)
        case FailsInside():
            return call.say(Trouble.FAILS_INSIDE, 0)
        case Timeout() | Reset() | Down():
            return _unheard(fault)
        case Garbage():
            kind = call.say(Trouble.FAILS_INSIDE, 0).headers.get("content-type", "application/json")
            return Response(200, b'{"result": <!DOCTYPE html>\n<p>\xff\xfe', {"content-type": kind})
        case Latency() | ExpiryLies() | ClockSkew() | PageDrift() | StaleRead():
            raise AssertionError(f"{fault.kind} has no call to itself")
        case _:
            assert_never(fault)


def _unheard(fault: Timeout | Reset | Down) -> Response:
    """Neither carried out nor answered by the API."""
    match fault:
        case Timeout():
            return _NOTHING._replace(delivery=Delivery.SILENT)
        case Reset():
            return _NOTHING._replace(delivery=Delivery.RESET)
        case Down(status=status):
            from http.client import responses

            page = f"<html><body>{status} {responses.get(status, 'Server Error')}</body></html>"
            return Response(status, page.encode(), {"content-type": "text/html"})
        case _:
            assert_never(fault)


def _banned(luck: CallLuck, fault: Banning, call: Call, now: int) -> Response:
    if isinstance(fault, RateLimited):
        trouble, until_at = Trouble.RATE_LIMITED, now + fault.ban_seconds
    else:
        trouble, until_at = Trouble.QUOTA_GONE, beijing_midnight_after(now)
    if now >= luck.banned_until_at:
        luck.banned_until_at = until_at
    return call.say(trouble, luck.banned_until_at - now)


def beijing_midnight_after(at: int) -> int:
    """The end of the platform's day that `at` lies in."""
    return (at + _BEIJING_OFF_SECONDS) // _DAY * _DAY + _DAY - _BEIJING_OFF_SECONDS


def _raced(luck: CallLuck, call: Call, world: World, strike: Callable[[], None]) -> Response:
    before = world.tokens.newest()
    response = call.act()
    granted = world.tokens.newest()
    if granted is not None and granted is not before:
        strike()
        world.tokens.refresh(granted.refresh_token, app=granted.app, cause=luck.one.cause)
    return response

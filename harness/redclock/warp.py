"""Market time for code that knows nothing of markets: its clock stands at market time, and its sleep lets it pass.

Patched only while the block lasts: the clocks of `datetime` and `time` by freezegun, `time.sleep` by every name under
which a module imported it, and `requests` by `responses`. It knows no subject and no scenario.

What it can't do: threads that the code starts see the same frozen clock, but only a sleep in the thread that opened the
block lets time pass, and waiting for a lock, a queue or asyncio is real waiting.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from threading import get_ident
from typing import TYPE_CHECKING

from fakemarket.doors.addresses import UnknownHost, place_of

if TYPE_CHECKING:
    from requests import PreparedRequest
    from responses import RequestsMock

    from fakemarket.market import Market

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (freezegun freezes at naive UTC)
_real_sleep = time.sleep
_LEFT_ALONE = ("fakemarket", "simpy")
"""Whose clocks are not touched: they are told the time. freezegun shows the real time to all that these call, too, so
what calls the code under test must not be among them."""


class SleptTooLong(BaseException):
    """Code under test slept for more market time than it was given. No `except Exception` of its own stops that."""


class Warp:
    """A stretch of code under test whose time is the market's.

    Attributes:
        slept_seconds: for how long it has slept, market time.
        refused: addresses of the real net that were called through `requests`, and were not reached.
    """

    def __init__(self, market: Market, pass_time: Callable[[int], None], limit_seconds: int | None) -> None:
        self._market = market
        self._pass_time = pass_time
        self._limit_seconds = limit_seconds
        self._thread = get_ident()
        self.slept_seconds = 0
        self.refused: list[str] = []
        self.calls: RequestsMock | None = None

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` is meanwhile; a part of a second is a whole one, as market time has no parts."""
        if get_ident() != self._thread:
            _real_sleep(seconds)
            return
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        length = ceil(seconds)
        if self._limit_seconds is not None and self.slept_seconds + length > self._limit_seconds:
            raise SleptTooLong(
                f"slept {self.slept_seconds} s of market time and asked for {length} s more at market time "
                f"{self._market.now()}; {self._limit_seconds} s are allowed"
            )
        self.slept_seconds += length
        if self.calls is not None:
            self.calls.calls.reset()  # or every call of a long run would be remembered
        self._pass_time(length)


@contextmanager
def warp(
    market: Market, *, pass_time: Callable[[int], None] | None = None, limit_seconds: int | None = None
) -> Iterator[Warp]:
    """Freezes this process's clocks at market time; `time.sleep` advances the market, `requests` reach it.

    Clocks move when the market does, whatever moves it: a sleep, a call that waits, the test itself. They read UTC.
    Opening one costs some 10 ms, so keep it open for a whole run.

    Args:
        market: whose time it is.
        pass_time: lets so many seconds of market time pass; `market.advance` unless given.
        limit_seconds: the most that may be slept in all; more raises `SleptTooLong`.
    """
    from fakemarket.doors.requests_door import responses_door

    def advance(seconds: int) -> None:
        market.advance(seconds=seconds)

    warped = Warp(market, pass_time or advance, limit_seconds)
    with responses_door(market) as calls, _frozen(market), _sleeping(warped.sleep):
        warped.calls = calls
        _refuse_others(calls, warped.refused)
        yield warped


@contextmanager
def _frozen(market: Market) -> Iterator[None]:
    """The clocks at market time: one freezer, moved along by asking the market."""
    from freezegun import api, freeze_time

    class MarketClock(api.FrozenDateTimeFactory):
        def __call__(self) -> datetime:
            return _EPOCH + timedelta(seconds=market.now())

    start = _EPOCH + timedelta(seconds=market.now())
    with freeze_time(start, ignore=list(_LEFT_ALONE)) as frozen:
        place = api.freeze_factories.index(frozen)
        api.freeze_factories[place] = MarketClock(start)
        yield


@contextmanager
def _sleeping(sleep: Callable[[float], None]) -> Iterator[None]:
    """`time.sleep` replaced, also where a module has it by a name of its own."""
    changed = [(time, "sleep")]
    for name, module in list(sys.modules.items()):
        if name == __name__ or name.partition(".")[0] in _LEFT_ALONE:
            continue
        names = [key for key, value in list(getattr(module, "__dict__", {}).items()) if value is _real_sleep]
        changed.extend((module, key) for key in names if module is not time)
    for module, key in changed:
        setattr(module, key, sleep)
    try:
        yield
    finally:
        for module in list(sys.modules.values()):
            for key, value in list(getattr(module, "__dict__", {}).items()):
                if value is sleep:
                    setattr(module, key, _real_sleep)


def _refuse_others(calls: RequestsMock, refused: list[str]) -> None:
    """Notes calls to hosts that the market hasn't, and breaks their connection."""
    from requests.exceptions import ConnectionError  # noqa: A004
    from responses import CallbackResponse

    class Others(CallbackResponse):
        def matches(self, request: PreparedRequest) -> tuple[bool, str]:
            return (True, "") if _is_strange(request.url or "") else (False, "a host of this market")

    def refuse(request: PreparedRequest) -> ConnectionError:
        refused.append(f"{request.method} {request.url}")
        return ConnectionError(f"{request.url}: the real net is out of reach here", request=request)

    import re

    calls.add(Others("ANY", re.compile(""), refuse))


def _is_strange(url: str) -> bool:
    from urllib.parse import urlsplit

    try:
        place_of(urlsplit(url).hostname or "", "/")
    except UnknownHost:
        return True
    return False

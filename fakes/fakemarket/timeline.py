"""Telling market time: one straight line over real time.

`now = base + rate x (monotonic - real_base)`. Rate 0 stands still and moves by jumps (simulated time), 1 is real time,
anything else is warped. Making time pass for a subject is not done here but in the harness (`redclock.drive`). This is
the only module of the fake that looks at a real clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

real_monotonic = time.monotonic
"""Taken once, when this module is first imported: freezegun replaces `time.monotonic`."""


def real_now() -> int:
    """Real seconds since the epoch, as code in this process sees them: frozen where `time.time` is frozen."""
    return int(time.time())


END_AT = 4_102_444_800
"""The beginning of 2100, where market time stops: calendars know one year more, for countdowns that begin before."""


class TimeRunsForward(ValueError):
    """Somebody asked market time to go back."""


class NoSuchTime(ValueError):
    """Somebody asked for market time of which calendars know nothing."""


def check_time(at: int) -> None:
    """Raises NoSuchTime if it is before 1970 or after `END_AT`."""
    if not 0 <= at <= END_AT:
        raise NoSuchTime(f"market time is from 0 to {END_AT}, from 1970 to the beginning of 2100, and can't be {at}")


class Hold:
    """A block in which a timeline stands still; within another one it changes nothing but the moment."""

    __slots__ = ("_at", "_lets_go", "_timeline")

    def __init__(self, timeline: Timeline, at: int | None) -> None:
        self._timeline = timeline
        self._at = at

    def __enter__(self) -> None:
        self._lets_go = self._timeline.hold(self._at)

    def __exit__(self, *_: object) -> None:
        if self._lets_go:
            self._timeline.let_go()


class Timeline:
    """Market time as whole seconds since the epoch.

    Args:
        start_at: market time now.
        rate: market seconds in a real second; 0 stands still.
        monotonic: real seconds from any origin.

    Raises:
        NoSuchTime: `start_at` is before 1970 or after `END_AT`, where a running clock stops.
    """

    __slots__ = ("_base", "_held_at", "_monotonic", "_rate", "_real_base")

    def __init__(self, start_at: int, *, rate: float = 0, monotonic: Callable[[], float] = real_monotonic) -> None:
        if rate < 0:
            raise TimeRunsForward(f"a rate of {rate} would run market time backwards; use 0 (still) or more")
        check_time(start_at)
        self._base = start_at
        self._rate = rate
        self._monotonic = monotonic
        self._real_base = monotonic() if rate else 0.0
        self._held_at: int | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """What is kept of a timeline goes on from the moment at which it was kept."""
        return partial(Timeline, rate=self._rate), (self.now(),)

    @property
    def rate(self) -> float:
        """Market seconds in a real second."""
        return self._rate

    def now(self) -> int:
        if self._held_at is not None:
            return self._held_at
        if not self._rate:
            return self._base
        return min(self._base + int(self._rate * (self._monotonic() - self._real_base)), END_AT)

    def held(self, at: int | None = None) -> Hold:
        """Keeps the clock still in a `with` block, but for jumps: what a call does, it does at one moment.

        Real time that passes meanwhile is made up for at the end.

        Args:
            at: make it this moment first, whatever it is now. So a recorded call can be repeated.
        """
        return Hold(self, at)

    def hold(self, at: int | None) -> bool:
        """Holds the clock; whether it ran before. See `held`."""
        if at is not None:
            self._base, self._real_base = at, self._monotonic()
        ran = self._held_at is None
        self._held_at = self.now() if at is None else at
        return ran

    def let_go(self) -> None:
        """Lets a held clock run on."""
        self._held_at = None

    def jump_to(self, at: int) -> None:
        """Make it `at`; from there time goes on at the same rate."""
        self._jump(self.now(), at)

    def jump_by(self, seconds: int) -> None:
        """Let so many seconds pass at once, however fast time runs meanwhile."""
        now = self.now()
        self._jump(now, now + seconds)

    def _jump(self, now: int, at: int) -> None:
        if at < now:
            raise TimeRunsForward(f"market time is {now} and cannot go back to {at}; start a new market instead")
        check_time(at)
        self._base = at
        if self._rate:
            self._real_base = self._monotonic()
        if self._held_at is not None:
            self._held_at = at

    def set_rate(self, rate: float) -> None:
        """Go on from the present moment at another rate."""
        if rate < 0:
            raise TimeRunsForward(f"a rate of {rate} would run market time backwards; use 0 (still) or more")
        self._base = self.now()
        self._rate = rate
        self._real_base = self._monotonic() if rate else 0.0

"""Telling market time: one straight line over real time.

`now = base + rate x (monotonic - real_base)`. Rate 0 stands still and moves by jumps (simulated time), 1 is real time,
anything else is warped. Making time pass for a subject is not done here but in the harness (`redclock.drive`). This is
the only module of the fake that looks at a real clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable


def real_now() -> int:
    """Real seconds since the epoch, as code in this process sees them: frozen where `time.time` is frozen."""
    return int(time.time())


class TimeRunsForward(ValueError):
    """Somebody asked market time to go back."""


class Timeline:
    """Market time as whole seconds since the epoch.

    Args:
        start_at: market time now.
        rate: market seconds in a real second; 0 stands still.
        monotonic: real seconds from any origin. freezegun replaces `time.monotonic`, so the function is taken once,
            when this module is first imported.
    """

    __slots__ = ("_base", "_monotonic", "_rate", "_real_base")

    def __init__(self, start_at: int, *, rate: float = 0, monotonic: Callable[[], float] = time.monotonic) -> None:
        if rate < 0:
            raise TimeRunsForward(f"a rate of {rate} would run market time backwards; use 0 (still) or more")
        self._base = start_at
        self._rate = rate
        self._monotonic = monotonic
        self._real_base = monotonic() if rate else 0.0

    @property
    def rate(self) -> float:
        """Market seconds in a real second."""
        return self._rate

    def now(self) -> int:
        if not self._rate:
            return self._base
        return self._base + int(self._rate * (self._monotonic() - self._real_base))

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
        self._base = at
        if self._rate:
            self._real_base = self._monotonic()

    def set_rate(self, rate: float) -> None:
        """Go on from the present moment at another rate."""
        if rate < 0:
            raise TimeRunsForward(f"a rate of {rate} would run market time backwards; use 0 (still) or more")
        self._base = self.now()
        self._rate = rate
        self._real_base = self._monotonic() if rate else 0.0

"""Which library stands in for the clocks, and that there is one only.

Each is imported when it is asked for. Two that hold the clocks at once would tell two times, so the second one is
refused by name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import assert_never


class Clock(StrEnum):
    """What stands in for the clocks of the code under test."""

    FREEZEGUN = "freezegun"
    TIME_MACHINE = "time-machine"
    NONE = "none"
    """They are left alone: the code under test is handed its clock, such as `market.moment`."""


class RivalClock(RuntimeError):
    """Somebody else holds the clocks."""


class ClockMissing(ImportError):
    """The library that is to stand in for the clocks isn't there."""


@contextmanager
def ticking(clock: Clock, now: Callable[[], int]) -> Iterator[Callable[[], bool]]:
    """The clocks tell what `now` tells, as long as the block lasts.

    Yields:
        Whether they still do.

    Raises:
        RivalClock: they are held already.
        ClockMissing: the library isn't installed.
    """
    if clock is Clock.NONE:
        yield lambda: True
        return
    _check_alone()
    match clock:
        case Clock.FREEZEGUN:
            from redclock.warp.freezing import frozen

            with frozen(now) as is_ours:
                yield is_ours
        case Clock.TIME_MACHINE:
            try:
                from redclock.warp.travelling import travelling
            except ImportError as missing:
                raise ClockMissing("the clock 'time-machine' needs the package time-machine, version 3") from missing
            with travelling(now) as is_ours:
                yield is_ours
        case _:
            assert_never(clock)


def _check_alone() -> None:
    """Nobody but us may hold the clocks.

    Raises:
        RivalClock: somebody does.
    """
    holds = ""
    if "freezegun.api" in sys.modules:
        from redclock.warp.freezing import is_frozen

        holds = "freezegun" if is_frozen() else ""
    if "time_machine" in sys.modules:
        from redclock.warp.travelling import is_travelling

        holds = "time-machine" if is_travelling() else holds
    if holds:
        raise RivalClock(
            f"{holds} holds the clocks already: a freeze_time or time_machine.travel of your own around warp, or a "
            "warp that is open; leave it out, or choose the clock 'none' and hold time yourself"
        )

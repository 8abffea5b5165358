"""Market time for code under test: its clocks, its sleep and its loops. Nothing here knows what that code is.

Heavy libraries are imported when a warp is opened.
"""

from redclock.warp.clocks import Clock, ClockMissing, RivalClock
from redclock.warp.loops import LoopRefused
from redclock.warp.warp import LIMIT_SECONDS, SleepsInThread, SleptTooLong, WaitedInVain, Warp, warp

__all__ = [
    "LIMIT_SECONDS",
    "Clock",
    "ClockMissing",
    "LoopRefused",
    "RivalClock",
    "SleepsInThread",
    "SleptTooLong",
    "WaitedInVain",
    "Warp",
    "warp",
]

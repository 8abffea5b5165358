"""A market for the tests of other repositories, without pytest: what the fixtures are made of.

Each of `market`, `market_server` and `warp` is used in a `with` or as a decorator; a decorated function that has a
parameter of that name is handed the object. The pytest fixtures of the same names are these, with settings from
markers, command line, environment and ini file.

    from redclock.testing import AliExpress, market, warp

    with market(seed=7) as shop, warp(shop) as time:
        ...
"""

from redclock.testing.failure import failure_report
from redclock.testing.opened import doors, market, market_server, warp
from redclock.testing.rehearsal import Rehearsal, ScenarioFailed, rehearsal
from redclock.testing.served import MarketServer
from redclock.testing.shops import AliExpress, Mip
from redclock.warp import (
    Clock,
    ClockMissing,
    LoopRefused,
    RivalClock,
    SleepsInThread,
    SleptTooLong,
    WaitedInVain,
    Warp,
)

__all__ = [
    "AliExpress",
    "Clock",
    "ClockMissing",
    "LoopRefused",
    "MarketServer",
    "Mip",
    "Rehearsal",
    "RivalClock",
    "ScenarioFailed",
    "SleepsInThread",
    "SleptTooLong",
    "WaitedInVain",
    "Warp",
    "doors",
    "failure_report",
    "market",
    "market_server",
    "rehearsal",
    "warp",
]

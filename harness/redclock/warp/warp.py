"""Market time for code that knows nothing of markets: its clock stands at market time, and its sleep lets it pass.

Patched only while the block lasts: the clocks of `datetime` and `time`, `time.sleep` by every name under which a module
imported it, and the clock of asyncio's loops. It knows no subject, no scenario and no client library.

What it can't do: waiting for a lock, a queue or another thread is real waiting. Threads that the code starts see the
same clock, but a sleep in one of them is refused: whose turn it is would be for the operating system to say.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from redclock.warp.clocks import Clock, RivalClock, ticking
from redclock.warp.loops import looping
from redclock.warp.sleeping import real_sleep, sleeping

if TYPE_CHECKING:
    from fakemarket.market import Market

T = TypeVar("T")

LIMIT_SECONDS = 90 * 86_400
"""The most market time that code may sleep through unless somebody says otherwise."""
OWN_THREADS = "redclock-"
"""How the names of the market's own threads begin."""
_WAITS_LIMIT = 1_000_000
"""So often it may; each lasts microseconds, so this is found in seconds."""


class SleptTooLong(BaseException):
    """Code under test slept for more market time than it was given. No `except Exception` of its own stops that."""


class WaitedInVain(AssertionError):
    """What was waited for did not come, or never can."""


class SleepsInThread(RuntimeError):
    """A thread that the code under test has started sleeps."""


class _Over(BaseException):
    """The time that `Warp.run` gives is over. No `except Exception` of the code under test stops that."""


class Settling(Protocol):
    """A server of the market's in this process."""

    @property
    def address(self) -> tuple[str, int]: ...

    def settle(self) -> bool:
        """Answers, in real time, all that was sent to it; whether all answers have arrived."""
        ...


class Warp:
    """A stretch of code under test whose time is the market's.

    Attributes:
        market: whose time it is.
        limit_seconds: the most that may be slept in all; None for no limit.
        slept_seconds: for how long it has slept, market time.
        servers: the market's own servers that the code under test may call.
    """

    def __init__(
        self,
        market: Market,
        pass_time: Callable[[int], None],
        limit_seconds: int | None,
        is_ours: Callable[[], bool],
    ) -> None:
        self.market = market
        self.limit_seconds = limit_seconds
        self.slept_seconds = 0
        self.servers: list[Settling] = []
        self._pass_time = pass_time
        self._thread = threading.get_ident()
        self._before = frozenset(threading.enumerate())
        self._waits = 0
        self._until_at: int | None = None
        self._in_loop = False
        self._is_closing = False
        """The time of `run` is over, and a loop ends its tasks; what they still wait for is theirs."""
        self._slept_in_thread: SleepsInThread | None = None
        self._is_ours = is_ours

    def now(self) -> int:
        """Market time, seconds since the epoch."""
        return self.market.now()

    def moment(self) -> datetime:
        """Market time in UTC."""
        return self.market.moment()

    # What the code under test does

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` is meanwhile; a part of a second is a whole one, as market time has no parts.

        Raises:
            SleptTooLong: that is more than the limit.
            SleepsInThread: in a thread that was started since.
            RivalClock: somebody else has frozen the clocks.
        """
        if threading.get_ident() != self._thread:
            self._sleep_in_thread(seconds)
            return
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Lets market time pass for the code under test, within its limits."""
        self.check()
        length, now = ceil(seconds), self.now()
        self._waits += 1
        until_at = None if self._is_closing else self._until_at
        if until_at is not None and now + length >= until_at:
            self._is_closing = self._in_loop
            self._pass(max(until_at - now, 0))
            raise _Over
        too_long = self.limit_seconds is not None and self.slept_seconds + length > self.limit_seconds
        if too_long or self._waits > _WAITS_LIMIT:
            allowed = timedelta(seconds=self.limit_seconds or 0) if too_long else f"{_WAITS_LIMIT:,} sleeps"
            raise SleptTooLong(
                f"slept {timedelta(seconds=self.slept_seconds)} of market time and asked for "
                f"{timedelta(seconds=length)} more on {self.moment():%a %Y-%m-%d %H:%M:%S} UTC; no more than {allowed} "
                f"is allowed; {self._next_event()} (seed {self.market.seed})"
            )
        self._pass(length)

    def _pass(self, length: int) -> None:
        self.slept_seconds += length
        self._pass_time(length)

    def _sleep_in_thread(self, seconds: float) -> None:
        thread = threading.current_thread()
        if thread in self._before:
            real_sleep(seconds)
            return
        self._slept_in_thread = SleepsInThread(
            f"time.sleep({seconds:g}) in the thread {thread.name!r}, at market time {self.now()}: only the thread that "
            "opened the warp can let market time pass; call what the thread does from the test, or use asyncio tasks, "
            "which sleep side by side"
        )
        raise self._slept_in_thread

    # What a test does

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Lets market time pass, clocks included. The code under test doesn't run meanwhile."""
        self.check()
        self.market.advance(days=days, hours=hours, minutes=minutes, seconds=seconds)

    def run_until(
        self,
        holds: Callable[[], object],
        *,
        waiting_for: str = "",
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        """Lets market time pass, one eventful second after another, until something holds; no longer than is said.

        Args:
            holds: asked after each of these seconds.
            waiting_for: what that is, for the message; the source of `holds` unless given.

        Raises:
            WaitedInVain: it did not come in time; by default in as much as the warp's limit has left.
        """
        self.check()
        most = _seconds(days, hours, minutes, seconds) or self._left()
        began = self.now()
        if not self.market.run_until(lambda: bool(holds()), most):
            raise WaitedInVain(
                f"waited {timedelta(seconds=self.now() - began)} of market time for {waiting_for or _source(holds)}, "
                f"until {self.moment():%a %Y-%m-%d %H:%M:%S} UTC, in vain; {self._next_event()} (seed "
                f"{self.market.seed})"
            )

    @overload
    def run(
        self,
        code: Callable[[], Coroutine[Any, Any, T]],
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> T | None: ...

    @overload
    def run(
        self, code: Callable[[], T], *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> T | None: ...

    def run(
        self,
        code: Callable[[], Any],
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> Any:
        """Runs code under test, such as a loop that never ends, for so much market time and no longer.

        Args:
            code: a function without arguments; one that is `async` gets a loop of its own.

        Returns:
            What it returned; None if it was still at it. Then that is where it stopped: in the middle of a sleep.
        """
        self.check()
        outer, self._until_at = self._until_at, self.now() + (_seconds(days, hours, minutes, seconds) or self._left())
        try:
            self._in_loop = inspect.iscoroutinefunction(code)
            made = code()
            return asyncio.run(made) if self._in_loop else made
        except _Over:
            return None
        finally:
            self._until_at, self._in_loop, self._is_closing = outer, False, False

    # What a loop asks

    def settle(self) -> bool:
        return all(server.settle() for server in self.servers)

    def is_own(self, address: object) -> bool:
        return isinstance(address, tuple) and address[:2] in [server.address for server in self.servers]

    def others_work(self) -> bool:
        return any(it not in self._before and not it.name.startswith(OWN_THREADS) for it in threading.enumerate())

    def stuck(self, waits_for: str) -> WaitedInVain:
        return WaitedInVain(
            f"nothing can end this wait: no timer is set and nobody is at work at market time {self.now()}; it was for "
            f"{waits_for}; {self._next_event()} (seed {self.market.seed})"
        )

    # Its own

    def _left(self) -> int:
        limit = LIMIT_SECONDS if self.limit_seconds is None else self.limit_seconds
        return max(limit - self.slept_seconds, 0)

    def _next_event(self) -> str:
        next_at = self.market.world.next_event_at()
        if next_at is None:
            return "nothing more would happen in the market by itself"
        moment = datetime.fromtimestamp(next_at, UTC)
        return f"the market's next event is at {moment:%a %Y-%m-%d %H:%M:%S} UTC, in {next_at - self.now()} s"

    def check(self) -> None:
        """Complains about what has gone wrong with time since.

        Raises:
            SleepsInThread: a thread of the code under test slept.
            RivalClock: somebody else has frozen the clocks.
        """
        if self._slept_in_thread is not None:
            told, self._slept_in_thread = self._slept_in_thread, None
            raise told
        if not self._is_ours():
            raise RivalClock(
                f"somebody has frozen the clocks at another time than the market's, which is {self.now()}: a "
                "freeze_time or time_machine.travel of your own inside of warp; leave it out, or choose the clock "
                "'none' and hold time yourself"
            )


@contextmanager
def warp(
    market: Market,
    *,
    clock: Clock = Clock.FREEZEGUN,
    pass_time: Callable[[int], None] | None = None,
    limit_seconds: int | None = LIMIT_SECONDS,
    servers: Sequence[Settling] = (),
) -> Iterator[Warp]:
    """Holds this process's clocks at market time; `time.sleep` and `asyncio.sleep` advance the market.

    Clocks move when the market does, whatever moves it: a sleep, a call that waits, the test itself. They read UTC. The
    first one costs some 20 ms or more, later ones next to nothing.

    Args:
        market: whose time it is.
        clock: what stands in for the clocks; `NONE` leaves them alone, for code that is handed its clock.
        pass_time: lets so many seconds of market time pass; `market.advance` unless given.
        limit_seconds: the most that may be slept in all; more raises `SleptTooLong`.
        servers: the market's servers in this process, if the code under test calls one.

    Raises:
        RivalClock: the clocks are held by somebody else already.
        ClockMissing: what is to stand in for them isn't installed.
        LoopRefused: an event loop is in use that can't be led.
    """

    def advance(seconds: int) -> None:
        market.advance(seconds=seconds)

    with ticking(clock, market.now) as is_ours:
        warped = Warp(market, pass_time or advance, limit_seconds, is_ours)
        warped.servers += servers
        with sleeping(warped.sleep), looping(warped):
            yield warped
            warped.check()


def _seconds(days: float, hours: float, minutes: float, seconds: float) -> int:
    return round(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds())


def _source(holds: Callable[[], object]) -> str:
    """What a condition says, for a message."""
    name = getattr(holds, "__qualname__", repr(holds))
    if not name.endswith("<lambda>"):
        return name
    try:
        return " ".join(inspect.getsource(holds).split())
    except (OSError, TypeError):
        return name

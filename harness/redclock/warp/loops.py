"""asyncio at market time: when a loop has nothing left to do but to wait for a timer, market time passes until then.

`asyncio.sleep`, `asyncio.timeout` and `call_later` all hang on the loop's clock, so two tasks that sleep at once sleep
side by side, and a timeout is a timeout in market time. Nothing is skipped while somebody works for the loop: a job in
an executor, an answer on its way through a socket. Only loops of the warp's own thread are changed; others keep the
real time, whatever the clocks are frozen at.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from asyncio import Transport
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from fakemarket.doors.on_its_way import is_sent
from fakemarket.timeline import real_monotonic

_GRACE_SECONDS = 0.05
"""How long, in real time, an answer from a server that isn't the market's may be on its way before time passes."""
_MOMENT_SECONDS = 0.001
"""How long to wait for what is on its way within this machine, before looking again."""
_MOMENTS = 10_000
"""So often at most: somebody may have stopped reading what the server has for him."""
_RESOLUTION_SECONDS = 0.001
"""Of a loop's clock: a timer that is due to the second is due, whatever rounding makes of it after months of uptime."""
_STUCK_SECONDS = 0.5
"""Real seconds without any event and without a timer after which a loop waits for nothing that can come."""


class Waits(Protocol):
    """The warp, as far as a loop needs it."""

    def now(self) -> int: ...

    def wait(self, seconds: float) -> None:
        """Lets market time pass for somebody who waits so long."""
        ...

    def settle(self) -> bool:
        """Lets the market's own servers answer all that they were sent; whether all answers have arrived."""
        ...

    def stuck(self, waits_for: str) -> BaseException:
        """What to raise when a wait can't end."""
        ...

    def others_work(self) -> bool:
        """Whether there are threads of the code under test, which could wake the loop."""
        ...

    def is_own(self, address: object) -> bool:
        """Whether the market's own server listens at an address."""
        ...


class LoopRefused(RuntimeError):
    """An event loop that can't be led through market time."""


class _Selector:
    """A loop's selector that lets market time pass where it would wait.

    It hands on everything else.
    """

    def __init__(self, inner: Any, loop: Any, waits: Waits, jobs: WeakKeyDictionary[Any, int]) -> None:
        self.inner = inner
        self._loop = loop
        self._waits = waits
        self._jobs = jobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def select(self, timeout: float | None = None) -> Any:
        """As a selector's, but that `timeout` is market time; None for as long as it takes."""
        events = self.inner.select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self._jobs.get(self._loop):
            return self.inner.select(1.0)  # a job in an executor: real work, which wakes the loop when it is done
        own, strangers = self._connections()
        for _ in range(_MOMENTS):
            if events or (all(map(is_sent, own)) and self._waits.settle()):
                break
            events = self.inner.select(_MOMENT_SECONDS)
        if not events:
            events = self.inner.select(_GRACE_SECONDS if strangers else 0)
        if not events and timeout is not None:
            self._waits.wait(timeout)
        elif not events and (strangers or self._waits.others_work()):
            events = self.inner.select(1.0)
        elif not events and not (events := self.inner.select(_STUCK_SECONDS)):
            raise self._waits.stuck(_told(self._loop))
        return events

    def _connections(self) -> tuple[list[Transport], bool]:
        """Those that lead to the market's own server, and whether there are any others."""
        parts = vars(self._loop)
        if "_transports" not in parts:  # Windows' own kind of loop doesn't tell
            return [], True
        waker = parts["_ssock"].fileno()  # by which other threads wake the loop
        there = [parts["_transports"].get(fd) for fd in self.inner.get_map() if fd != waker]
        own = [it for it in there if it is not None and self._waits.is_own(it.get_extra_info("peername"))]
        return own, len(own) < len(there)


@contextmanager
def looping(waits: Waits) -> Iterator[None]:
    """Loops of this thread go by market time as long as the block lasts; making one that can't raises `LoopRefused`."""
    thread = threading.get_ident()
    offset = real_monotonic() - waits.now()
    jobs: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
    led: list[tuple[Any, float]] = []
    run_once, run_in_executor, shut_down = (
        getattr(BaseEventLoop, name) for name in ("_run_once", "run_in_executor", "shutdown_default_executor")
    )

    def market_time(_: object) -> float:
        return waits.now() + offset if threading.get_ident() == thread else real_monotonic()

    def market_run_once(loop: Any) -> None:
        if threading.get_ident() == thread and not isinstance(vars(loop)["_selector"], _Selector):
            led.append((loop, vars(loop)["_clock_resolution"]))
            changes = {"_selector": _Selector(vars(loop)["_selector"], loop, waits, jobs)}
            vars(loop).update(changes, _clock_resolution=_RESOLUTION_SECONDS)
        run_once(loop)

    def counted(loop: Any, executor: Any, job: Callable[..., Any], *args: Any) -> Any:
        future = run_in_executor(loop, executor, job, *args)
        jobs[loop] = jobs.get(loop, 0) + 1
        future.add_done_callback(lambda _: jobs.__setitem__(loop, jobs[loop] - 1))
        return future

    async def counted_to_the_end(loop: Any, *timeout: float | None) -> None:
        """The end of a loop: its executor's threads are waited for, from Python 3.12 on for 300 s at most."""
        jobs[loop] = jobs.get(loop, 0) + 1
        try:
            await shut_down(loop, *timeout)
        finally:
            jobs[loop] -= 1

    loop_class: list[tuple[object, str, object]] = [
        (BaseEventLoop, "_run_once", market_run_once),
        (BaseEventLoop, "time", market_time),
        (BaseEventLoop, "run_in_executor", counted),
        (BaseEventLoop, "shutdown_default_executor", counted_to_the_end),
    ]
    if "uvloop" in sys.modules:
        loop_class.append((sys.modules["uvloop"], "new_event_loop", _refuse_uvloop))
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in loop_class]
    for owner, name, value in loop_class:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
        for loop, resolution in led:
            _let_go(loop, resolution)


def _let_go(loop: Any, resolution: float) -> None:
    """Gives a loop its own selector and clock resolution back."""
    if isinstance(vars(loop)["_selector"], _Selector):  # None once it is closed
        vars(loop).update(_selector=vars(loop)["_selector"].inner, _clock_resolution=resolution)


def _refuse_uvloop() -> None:
    raise LoopRefused(
        "uvloop waits in C, where market time can't pass: use asyncio's own loops in tests with warp, for instance "
        "asyncio.set_event_loop_policy(None)"
    )


def _told(loop: Any) -> str:
    """What the tasks of a loop wait for, for a message."""
    waiting = []
    for task in asyncio.all_tasks(loop):
        frames = task.get_stack(limit=1)
        where = f" at {frames[0].f_code.co_filename.rpartition('/')[2]}:{frames[0].f_lineno}" if frames else ""
        waiting.append(f"{task.get_name()} in {getattr(task.get_coro(), '__qualname__', '?')}{where}")
    return "; ".join(sorted(waiting)) or "nothing at all"

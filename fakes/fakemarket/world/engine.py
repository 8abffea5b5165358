"""SimPy's environment with calls for events, so that it is quick and can be pickled: the future is part of a world.

SimPy's own events can't be pickled, for they hold the environment that they are bound to; nor can processes, which are
generators. So the world schedules calls only. One is a row of SimPy's queue and nothing besides: what to call and with
what stand where SimPy has its event. Whoever runs SimPy's own events and processes in the same environment can: they
are called too, in SimPy's order, but such a world can't be pickled.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any, cast

import simpy
from simpy.core import EmptySchedule

Act = Callable[..., object]
Row = tuple[int, int, int, Act, tuple[Any, ...]]
"""When, priority, number, what, and its arguments. Numbers differ, so that what is to be called is never compared."""

_BEFORE_ALL, _USUAL, _AFTER_OTHERS, _AFTER_ALL = -1, 1, 2, 3
"""SimPy priorities of what goes before everything else in its second and of what waits for it."""


class Engine(simpy.Environment):
    """A SimPy environment whose queue survives pickling, if there is nothing of SimPy's own in it.

    What is to be done must be something that can be pickled: no lambda. Of what has the same second and the same
    priority that goes first which was asked for first.
    """

    _now: int
    _queue: list[Row]  # type: ignore[assignment]

    def __init__(self, start_at: int) -> None:
        super().__init__(initial_time=start_at)

    def at(self, at: int, act: Act, *args: Any) -> None:
        """Does something at an instant.

        Raises:
            ValueError: the instant is past.
        """
        self._put(at, _USUAL, act, args)

    def later(self, seconds: int, act: Act, *args: Any) -> None:
        """Does something after some seconds.

        Raises:
            ValueError: they are less than 0.
        """
        if seconds < 0:
            raise ValueError(f"it is {self._now}; nothing can be done {-seconds} s before any more")
        heappush(self._queue, (self._now + seconds, _USUAL, next(self._eid), act, args))

    def before_all(self, at: int, act: Act, *args: Any) -> None:
        """Does something at an instant that is not past, before everything else in that second."""
        self._put(at, _BEFORE_ALL, act, args)

    def after_others(self, at: int, act: Act, *args: Any) -> None:
        """Does something at an instant that is not past, after what else there is in that second but `after_all`.

        For rounds that look at orders: whether they see what happens in their own second must not hang on which was
        scheduled first, which no other engine could repeat.
        """
        self._put(at, _AFTER_OTHERS, act, args)

    def after_all(self, at: int, act: Act, *args: Any) -> None:
        """Does something at an instant that is not past, after everything else in that second."""
        self._put(at, _AFTER_ALL, act, args)

    def _put(self, at: int, priority: int, act: Act, args: tuple[Any, ...]) -> None:
        if at < self._now:
            raise ValueError(f"it is {self._now}; nothing can be done at {at} any more")
        heappush(self._queue, (at, priority, next(self._eid), act, args))

    def advance_to(self, at: int) -> None:
        """Does everything up to and including second `at`; it is `at` then.

        SimPy's own `run(until=at)` stops before the events of `at`.
        """
        queue, pop = self._queue, heappop
        while queue and queue[0][0] <= at:
            self._now, _, _, act, args = pop(queue)
            act(*args)
        self._now = at

    def step(self) -> None:
        """Does the next thing, as SimPy's own `run` asks for it."""
        if not self._queue:
            raise EmptySchedule
        self._now, _, _, act, args = heappop(self._queue)
        act(*args)

    def schedule(self, event: simpy.Event, priority: Any = _USUAL, delay: Any = 0) -> None:
        """Takes an event of SimPy's own into the queue."""
        heappush(self._queue, (self._now + delay, priority, next(self._eid), self._happen, (event,)))

    def _happen(self, event: simpy.Event) -> None:
        """What SimPy does with an event whose time has come."""
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event.ok and not event.defused:
            raise cast("BaseException", event.value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._now,), self._queue

    def __setstate__(self, queue: list[Row]) -> None:
        self._queue = queue
        # Numbers only order what falls due together, so any that were given out are below this one.
        self._eid = count(1 + max((number for _, _, number, _, _ in queue), default=0))

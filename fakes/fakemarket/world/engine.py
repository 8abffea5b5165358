"""SimPy's environment with calls for events, so that it is quick and can be pickled: the future is part of a world.

SimPy's own events can't be pickled, for they hold the environment that they are bound to; nor can processes, which are
generators. So the world schedules calls only. One is a row of SimPy's queue and nothing besides: what to call and with
what stand where SimPy has its event. Whoever runs SimPy's own events and processes in the same environment can: they
are called too, in SimPy's order, but such a world can't be pickled.

SimPy's queue is a heap, which is slow to take from when it is large, and most of what a market waits for lies weeks
ahead and never happens. So the heap holds the present hour only; what comes later waits unsorted, by its hour.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import chain, count
from typing import Any, cast

import simpy
from simpy.core import EmptySchedule, Infinity

Act = Callable[[Any], object]
Row = tuple[int, int, int, Act, Any]
"""When, priority, number, what to call, and with what. Numbers differ, so that no calls are ever compared."""

_HOUR = 3600
_BEFORE_ALL, _USUAL, _AFTER_OTHERS, _AFTER_ALL = -1, 1, 2, 3
"""SimPy priorities of what goes before everything else in its second and of what waits for it."""


class _Hours(dict[int, list[Row]]):
    """What is due in each hour, counted from the epoch; an hour that is asked for is there."""

    def __init__(self) -> None:
        self._order: list[int] = []
        """A heap of the hours."""

    def __missing__(self, hour: int) -> list[Row]:
        heappush(self._order, hour)
        rows = self[hour] = []
        return rows

    def pop_first(self) -> tuple[int, list[Row]]:
        """Takes out the earliest hour."""
        hour = heappop(self._order)
        return hour, self.pop(hour)


class Engine(simpy.Environment):
    """A SimPy environment whose queue survives pickling, if there is nothing of SimPy's own in it.

    What is to be done is called with one thing; with more, it is a `partial`. It must be something that can be pickled,
    no lambda. Of what has the same second and the same priority that goes first which was asked for first.
    """

    now: int = 0
    """Market time. SimPy has a property here, which is slow for what is asked so often."""
    _queue: list[Row]  # type: ignore[assignment]

    def __init__(self, start_at: int) -> None:
        super().__init__(initial_time=start_at)
        self.now = start_at
        self._later_at = (start_at // _HOUR + 1) * _HOUR
        """What is due from here on is not in the queue but in `_hours`."""
        self._hours = _Hours()

    def at(self, at: int, act: Act, what: Any) -> None:
        """Does something at an instant.

        Raises:
            ValueError: the instant is past.
        """
        if at < self._later_at:
            if at < self.now:
                raise ValueError(f"it is {self.now}; nothing can be done at {at} any more")
            heappush(self._queue, (at, _USUAL, next(self._eid), act, what))
        else:
            self._hours[at // _HOUR].append((at, _USUAL, next(self._eid), act, what))

    def later(self, seconds: int, act: Act, what: Any) -> None:
        """Does something after some seconds.

        Raises:
            ValueError: they are less than 0.
        """
        if seconds < 0:
            raise ValueError(f"it is {self.now}; nothing can be done {-seconds} s before any more")
        at = self.now + seconds
        if at < self._later_at:
            heappush(self._queue, (at, _USUAL, next(self._eid), act, what))
        else:
            self._hours[at // _HOUR].append((at, _USUAL, next(self._eid), act, what))

    def before_all(self, at: int, act: Act, what: Any) -> None:
        """Does something at an instant that is not past, before everything else in that second."""
        self._put(at, _BEFORE_ALL, act, what)

    def after_others(self, at: int, act: Act, what: Any) -> None:
        """Does something at an instant that is not past, after what else there is in that second but `after_all`.

        For rounds that look at orders: whether they see what happens in their own second must not hang on which was
        scheduled first, which no other engine could repeat.
        """
        self._put(at, _AFTER_OTHERS, act, what)

    def after_all(self, at: int, act: Act, what: Any) -> None:
        """Does something at an instant that is not past, after everything else in that second."""
        self._put(at, _AFTER_ALL, act, what)

    def _put(self, at: int, priority: int, act: Act, what: Any) -> None:
        if at < self.now:
            raise ValueError(f"it is {self.now}; nothing can be done at {at} any more")
        row = (at, priority, next(self._eid), act, what)
        if at < self._later_at:
            heappush(self._queue, row)
        else:
            self._hours[at // _HOUR].append(row)

    def _next_hour(self) -> bool:
        """Takes the next hour in which there is something into the empty queue; whether there is one."""
        if not self._hours:
            return False
        hour, rows = self._hours.pop_first()
        self._queue += rows
        heapify(self._queue)
        self._later_at = (hour + 1) * _HOUR
        return True

    def advance_to(self, at: int) -> None:
        """Does everything up to and including second `at`; it is `at` then.

        SimPy's own `run(until=at)` stops before the events of `at`.
        """
        queue, pop = self._queue, heappop
        while queue or self._next_hour():
            while queue and queue[0][0] <= at:
                self.now, _, _, act, what = pop(queue)
                act(what)
            if queue:
                break
        self.now = at

    def peek(self) -> float:
        """When the next thing is due; infinity if nothing is."""
        return self._queue[0][0] if self._queue or self._next_hour() else Infinity

    def step(self) -> None:
        """Does the next thing, as SimPy's own `run` asks for it."""
        if not self._queue and not self._next_hour():
            raise EmptySchedule
        self.now, _, _, act, what = heappop(self._queue)
        act(what)

    def schedule(self, event: simpy.Event, priority: Any = _USUAL, delay: Any = 0) -> None:
        """Takes an event of SimPy's own into the queue."""
        self._put(self.now + delay, priority, self._happen, event)

    def _happen(self, event: simpy.Event) -> None:
        """What SimPy does with an event whose time has come."""
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event.ok and not event.defused:
            raise cast("BaseException", event.value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.now,), [*self._queue, *chain(*self._hours.values())]

    def __setstate__(self, rows: list[Row]) -> None:
        # Numbers only order what falls due together, so any that were given out are below this one.
        self._eid = count(1 + max((number for _, _, number, _, _ in rows), default=0))
        for row in rows:
            self._hours[row[0] // _HOUR].append(row)

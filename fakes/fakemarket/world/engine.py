"""SimPy's environment with calls in its queue instead of events, so that it is quick and can be pickled.

SimPy's own can't be pickled: it binds its event classes to itself, and processes are generators. So the world schedules
calls only, and all that an engine has to keep is the present and its queue. An event around each call, its list of
callbacks and SimPy's `step` would cost as much again as the calls themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy

Act = Callable[..., None]


class Engine(simpy.Environment):
    """A SimPy environment whose queue survives pickling; processes and events are not for it."""

    _now: int
    _queue: list[Any]

    def __init__(self, start_at: int) -> None:
        super().__init__(initial_time=start_at)

    def call_at(self, at: int, priority: int, act: Act, args: tuple[Any, ...]) -> None:
        """Has something done at an instant.

        Args:
            priority: the lowest goes first in one and the same second; of equal ones what was asked for first.
            act: must be one that can be pickled: no lambda.

        Raises:
            ValueError: the instant is past.
        """
        if at < self._now:
            raise ValueError(f"it is {self._now}; nothing can be done at {at} any more")
        heappush(self._queue, (at, priority, next(self._eid), act, args))

    def until(self, at: int) -> Iterator[tuple[int, Act, tuple[Any, ...]]]:
        """What is due up to and including second `at`, to be done one by one; it is `at` then."""
        queue = self._queue
        while queue and queue[0][0] <= at:
            self._now, _, _, act, args = heappop(queue)
            yield self._now, act, args
        self._now = at

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._now,), self._queue

    def __setstate__(self, queue: list[Any]) -> None:
        self._queue = queue
        # Numbers only order what falls due together, so any that were given out are below this one.
        self._eid = count(1 + max((number for _, _, number, _, _ in queue), default=0))

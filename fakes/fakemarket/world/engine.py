"""SimPy's environment with slim events, so that it is quick and can be pickled: what is to come is part of a world.

SimPy's own events can't be pickled, for they hold the environment that they are bound to; nor can processes, which are
generators. So the world schedules calls only: an event that knows what it will do, and nothing else. SimPy's queue and
its `step` do the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import simpy

Act = Callable[..., None]


class Due:
    """Something that will be done: as much of an event as SimPy's queue asks for.

    Args:
        act: must be one that can be pickled: no lambda.
        args: what it is called with.
    """

    __slots__ = ("_act", "_args", "callbacks")
    _ok = True

    def __init__(self, act: Act, args: tuple[Any, ...]) -> None:
        self._act = act
        self._args = args
        self.callbacks = _CALLBACKS

    def happen(self) -> None:
        self._act(*self._args)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._act, self._args)


_CALLBACKS = (Due.happen,)


class Engine(simpy.Environment):
    """A SimPy environment whose queue survives pickling; processes are not for it."""

    _now: int

    def __init__(self, start_at: int) -> None:
        super().__init__(initial_time=start_at)

    def call_at(self, at: int, priority: int, act: Act, args: tuple[Any, ...]) -> None:
        """Has something done at an instant.

        Args:
            priority: the lowest goes first in one and the same second; of equal ones what was asked for first.

        Raises:
            ValueError: the instant is past.
        """
        if at < self._now:
            raise ValueError(f"it is {self._now}; nothing can be done at {at} any more")
        self.schedule(Due(act, args), priority, at - self._now)  # type: ignore[arg-type]

    def advance_to(self, at: int) -> None:
        """Does everything up to and including second `at`; it is `at` then.

        SimPy's own `run(until=at)` stops before the events of `at`.
        """
        queue, step = self._queue, self.step
        while queue and queue[0][0] <= at:
            step()
        self._now = at

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._now,), self._queue

    def __setstate__(self, queue: list[Any]) -> None:
        self._queue = queue
        # Numbers only order what falls due together, so any that were given out are below this one.
        self._eid = count(1 + max((number for _, _, number, _ in queue), default=0))

"""SimPy's environment, made so that it can be pickled: what is to come is part of a world.

SimPy's own can't be: it binds its event classes to itself, and processes are generators. So the world schedules
callbacks only, and all that an engine has to keep is the present and its queue.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import simpy


class Engine(simpy.Environment):
    """A SimPy environment whose queue survives pickling; processes are not for it."""

    def __init__(self, start_at: int) -> None:
        super().__init__(initial_time=start_at)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (int(self.now),), self._queue

    def __setstate__(self, queue: list[Any]) -> None:
        self._queue = queue
        # Numbers only order what falls due together, so any that were given out are below this one.
        self._eid = count(1 + max((number for _, _, number, _ in queue), default=0))

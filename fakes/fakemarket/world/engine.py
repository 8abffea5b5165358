"""SimPy's environment with calls for events, so that it is quick and can be pickled: the future is part of a world.

SimPy's own events can't be pickled, for they hold the environment that they are bound to; nor can processes, which are
generators. So the world schedules calls only: what to call, and with what. Whoever runs SimPy's own events and
processes in the same environment can: they are called too, in SimPy's order, but such a world can't be pickled.

SimPy's queue is a heap of rows, which is slow to take from when it is large, and most of what a market waits for lies
weeks ahead and never happens. So what comes later is only written down, one part of a call behind the other, in the
list of its stretch of time: no row is made that the garbage collector would look at for weeks. When a stretch begins,
its rows are made and sorted once. The heap holds no more than what is asked for within the stretch in which it is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import chain, count, repeat
from operator import itemgetter
from typing import Any, cast

import simpy
from simpy.core import EmptySchedule, Infinity

Act = Callable[[Any], object]
Row = tuple[int, int, int, Act, Any]
"""When, place in its second, number, what to call, and with what. What waited for its stretch has the number 0, for it
was asked for first, and stands in its order; the numbers of the heap differ, so that no calls are ever compared."""

_STRETCH_BITS = 12
"""A stretch is 4096 s, and is found by a shift, which takes a third of a division's time."""
_BEFORE_ALL, _USUAL, _AFTER_OTHERS, _AFTER_ALL = 0, 2, 3, 4
"""Places in a second: SimPy's priorities and 1, so that what goes before everything else has one too."""
_instant, _place = itemgetter(0), itemgetter(1)


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
        self._eid = count(1)
        self._later_at = start_at
        """What is due from here on is in `_stretches`, and what is due before in the queue or in `_known`."""
        self._known: list[Row] = []
        """What was known of the present stretch when it began, the last one first."""
        self._stretches: dict[int, list[Any]] = {}
        """By number what is due in the stretch at the usual place of its second: when, what to call and with what, one
        behind the other, by when it was asked for."""
        self._others: dict[int, list[Row]] = {}
        """What is due in some of them at another place."""
        self._order: list[int] = []
        """A heap of the stretches' numbers."""

    def at(self, at: int, act: Act, what: Any) -> None:
        """Does something at an instant.

        Raises:
            ValueError: the instant is past.
        """
        if at < self._later_at:
            if at < self.now:
                raise ValueError(f"it is {self.now}; nothing can be done at {at} any more")
            heappush(self._queue, (at, _USUAL, next(self._eid), act, what))
            return
        try:
            stretch = self._stretches[at >> _STRETCH_BITS]
        except KeyError:
            stretch = self._new_stretch(at)
        stretch.extend((at, act, what))

    def later(self, seconds: int, act: Act, what: Any) -> None:
        """Does something after some seconds.

        It is `at` once more, and not a call of it: these two are called thirteen times an order.

        Raises:
            ValueError: they are less than 0.
        """
        at = self.now + seconds
        if at < self._later_at:
            if seconds < 0:
                raise ValueError(f"it is {self.now}; nothing can be done {-seconds} s before any more")
            heappush(self._queue, (at, _USUAL, next(self._eid), act, what))
            return
        try:
            stretch = self._stretches[at >> _STRETCH_BITS]
        except KeyError:
            stretch = self._new_stretch(at)
        stretch.extend((at, act, what))

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

    def _put(self, at: int, place: int, act: Act, what: Any) -> None:
        if at < self.now:
            raise ValueError(f"it is {self.now}; nothing can be done at {at} any more")
        if at < self._later_at:
            heappush(self._queue, (at, place, next(self._eid), act, what))
            return
        number = at >> _STRETCH_BITS
        stretch = self._stretches.get(number)
        if stretch is None:
            stretch = self._new_stretch(at)
        if place == _USUAL:
            stretch.extend((at, act, what))
        else:
            self._others.setdefault(number, []).append((at, place, 0, act, what))

    def _new_stretch(self, at: int) -> list[Any]:
        number = at >> _STRETCH_BITS
        heappush(self._order, number)
        stretch: list[Any] = []
        self._stretches[number] = stretch
        return stretch

    def _next_stretch(self) -> bool:
        """Makes the rows of the next stretch in which there is something; whether there is one."""
        if not self._order:
            return False
        number = heappop(self._order)
        self._known += _rows(self._stretches.pop(number))
        others = self._others.pop(number, None)
        if others:
            self._known += others
            self._known.sort(key=_place)
        # What is due together stays as it stands: by its place in the second, then by when it was asked for.
        self._known.sort(key=_instant)
        self._known.reverse()
        self._later_at = (number + 1) << _STRETCH_BITS
        return True

    def advance_to(self, at: int) -> None:
        """Does everything up to and including second `at`; it is `at` then.

        SimPy's own `run(until=at)` stops before the events of `at`.
        """
        known, queue = self._known, self._queue
        while known or queue or self._next_stretch():
            if queue and (not known or queue[0] < known[-1]):
                if queue[0][0] > at:
                    break
                self.now, _, _, act, what = heappop(queue)
            else:
                if known[-1][0] > at:
                    break
                self.now, _, _, act, what = known.pop()
            act(what)
        self.now = at

    def peek(self) -> float:
        """When the next thing is due; infinity if nothing is."""
        if not self._known and not self._queue and not self._next_stretch():
            return Infinity
        return min((*self._known[-1:], *self._queue[:1]))[0]

    def step(self) -> None:
        """Does the next thing, as SimPy's own `run` asks for it."""
        if self.peek() == Infinity:
            raise EmptySchedule
        is_queued = self._queue and (not self._known or self._queue[0] < self._known[-1])
        self.now, _, _, act, what = heappop(self._queue) if is_queued else self._known.pop()
        act(what)

    def schedule(self, event: simpy.Event, priority: Any = _USUAL - 1, delay: Any = 0) -> None:
        """Takes an event of SimPy's own into the queue, which must be due in a whole second, as everything is."""
        self._put(self.now + delay, priority + 1, self._happen, event)

    def _happen(self, event: simpy.Event) -> None:
        """What SimPy does with an event whose time has come."""
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event.ok and not event.defused:
            raise cast("BaseException", event.value)

    def __reduce__(self) -> tuple[Any, ...]:
        later = chain(*map(_rows, self._stretches.values()), *self._others.values())
        return type(self), (self.now,), [*reversed(self._known), *sorted(self._queue), *later]

    def __setstate__(self, rows: list[Row]) -> None:
        for at, place, _, act, what in rows:
            self._put(at, place, act, what)


def _rows(stretch: list[Any]) -> Iterator[Row]:
    """What is due in a stretch at the usual place of its second, by when it was asked for."""
    return zip(stretch[::3], repeat(_USUAL), repeat(0), stretch[1::3], stretch[2::3], strict=False)

"""Everybody who acts in a run, as one subject for `drive`: woken together, each at his own times.

At one and the same second they act in the order in which they were handed in. All are in one process: while one sleeps
the others act, and whoever sleeps in another one's sleep delays that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fakemarket.market import Market
from redclock.actors.schedule import Schedule
from redclock.drive import LimitReached, all_decided, drive, later
from redclock.subject.ports import Subject

_DAY = 86_400
SLEEPS_LIMIT = 1_000_000


class RunOver(BaseException):
    """Time is up while somebody sleeps. No `except Exception` keeps him from ending."""


class Watch(Protocol):
    """What stands around each wake: it looks after what a subject does and how long it takes."""

    def wake(self, actor: Actor, now: int) -> object:
        """Wakes the subject; what it returned."""
        ...


@dataclass(slots=True, eq=False)
class Actor:
    """One who acts, and when next.

    Attributes:
        name: for messages.
        subject: who is woken.
        next_at: when, market time.
        schedule: what decides when, if not the subject.
        busy: is being woken: he may be asleep.
    """

    name: str
    subject: Subject
    next_at: int
    schedule: Schedule | None = None
    busy: bool = False


class Crew:
    """All actors of a run."""

    def __init__(self, market: Market, actors: Sequence[Actor], watch: Watch) -> None:
        self._market = market
        self._actors = actors
        self._watch = watch
        self._until_at = market.now()
        self._done: Callable[[Market], bool] = all_decided
        self._sleeps = 0
        self.wakes = 0

    def run(self, until_at: int, done: Callable[[Market], bool] = all_decided) -> None:
        """Runs everybody until market time `until_at`, or until `done` says so; may be called again."""
        self._until_at, self._done = until_at, done
        drive(self._market, self, until_at, done=done)

    def wake(self, now: int) -> int:
        """Wakes everybody who is due; when the next one is."""
        for actor in self._actors:
            if actor.next_at <= now and not actor.busy:
                self._wake(actor, now)
        return max(self._next_at(now), now + 1)

    def pass_time(self, seconds: int) -> None:
        """Lets time pass for one who sleeps; the others act meanwhile.

        Raises:
            RunOver: the run ends before he wakes.
            LimitReached: there has been too much sleeping.
        """
        market = self._market
        self._sleeps += 1
        if self._sleeps > SLEEPS_LIMIT:
            raise LimitReached(f"the subject slept {SLEEPS_LIMIT} times; it now is market time {market.now()}")
        until_at = min(market.now() + seconds, self._until_at)
        while (next_at := self._next_at(until_at)) <= until_at:
            market.advance_to(max(next_at, market.now()))
            if self._done(market):
                raise RunOver
            self.wake(market.now())
        market.advance_to(max(until_at, market.now()))
        if market.now() >= self._until_at or self._done(market):
            raise RunOver

    def _next_at(self, now: int) -> int:
        return min((it.next_at for it in self._actors if not it.busy), default=now + _DAY)

    def _wake(self, actor: Actor, now: int) -> None:
        self.wakes += 1
        actor.busy = True
        try:
            wanted_at = self._watch.wake(actor, now)
        finally:
            actor.busy = False
        if actor.schedule is None:
            actor.next_at = later(wanted_at, now)
        else:
            # What was missed meanwhile is left out, as for a cron job that still runs.
            actor.next_at = actor.schedule.next_at(max(now, self._market.now()))

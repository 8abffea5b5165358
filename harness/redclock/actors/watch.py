"""What stands around each wake: a subject that fails is named, whatever it did, and nothing of it reaches the suite."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from fakemarket.doors.beyond import Beyond
from fakemarket.market import Market
from redclock.actors.crew import Actor
from redclock.actors.people import Person
from redclock.drive import LimitReached, SubjectMisbehaved
from redclock.guard import Guard, Hangs


class SubjectFailed(BaseException):
    """The subject raised, or did what it must not. The message names it, and no other subject can swallow it."""


class Watched:
    """Looks after the subjects of a market.

    Args:
        guard: keeps them from hanging and from the net.

    Attributes:
        beyond: where they tried to go through the doors, if they call client libraries.
    """

    def __init__(self, market: Market, guard: Guard) -> None:
        self._market = market
        self._guard = guard
        self.beyond = Beyond()

    def wake(self, actor: Actor, now: int) -> object:
        """Wakes one of them.

        Raises:
            SubjectFailed: it raised, or left the program, or called the real net.
            LimitReached: it didn't come back.
        """
        if isinstance(actor.subject, Person):
            return actor.subject.wake(now)
        try:
            with self._guard.patience():
                wanted_at: object = actor.subject.wake(now)
        except SubjectMisbehaved:
            raise
        except Hangs as hangs:
            raise LimitReached(f"{actor.name} {hangs}, at market time {self._market.now()}") from hangs
        except (Exception, SystemExit) as raised:  # anything a user's subject raises is its verdict, not our fault
            self._check_net(actor)
            where = traceback.extract_tb(raised.__traceback__)[-1]
            place = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno}"
            raise SubjectFailed(
                f"{actor.name} raised {type(raised).__name__} at market time {self._market.now()} ({place}): {raised}"
            ) from raised
        self._check_net(actor)
        return wanted_at

    def sleep(self, pass_time: Callable[[int], None], seconds: int) -> None:
        """Lets time pass for one who sleeps; the time that others take meanwhile isn't his."""
        with self._guard.rest():
            pass_time(seconds)

    def _check_net(self, actor: Actor) -> None:
        tried = [*self._guard.attempts, *self.beyond.refused]
        if tried:
            raise SubjectFailed(
                f"{actor.name} called the real net at market time {self._market.now()}: {tried[0]}; in a scenario only "
                "the market's own hosts can be reached"
            )

"""A replication in which somebody looks after the orders: a piece of logic, and the people of a scenario.

What is counted, and for how long, is as in `replication`; only the world is not left alone. Everybody meets it through
ports of this process, without HTTP. A scenario's faults and phases belong to its dates and stay out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from fakemarket.market import Market
from fakemarket.settings import Settings
from fakemarket.world.world import World
from redclock.actors.cast import crew_of, load_subject
from redclock.actors.people import hours_of
from redclock.actors.watch import SubjectFailed
from redclock.drive import LimitReached, SubjectMisbehaved
from redclock.planner.engine.habits import Checking, Habits, Renewing
from redclock.planner.replication import DAY, FOLLOWED_DAYS, CareFailed, Horizon, Tally, Undecided, tally, undecided
from redclock.run import Transport, ports_to
from redclock.scenario.actors import SubjectTable, Task
from redclock.scenario.expect import Expectation
from redclock.scenario.model import Scenario
from redclock.subject.broken import Idle
from redclock.subject.manual import HOUR, LOOKS_BACK_DAYS, ZONE, DailyManualCheck


@dataclass(frozen=True, slots=True)
class Care:
    """Who looks after the orders.

    Attributes:
        subject: `module:attribute` or a name such as `daily_manual_check`; acts where `cast` names nobody.
        cast: whose subjects and people act, on the clocks of its zone; None if there is the subject alone.
    """

    subject: str
    cast: Scenario | None = None

    def __str__(self) -> str:
        """Who they are, for a sentence."""
        tables = self.cast.subjects if self.cast else ()
        names = [table.subject or self.subject for table in tables] or [self.subject]
        people = len(self.cast.people) if self.cast else 0
        some = f" and {people} {'person' if people == 1 else 'people'}" if people else ""
        return f"{', '.join(dict.fromkeys(names))}{some}"


def cared_for(settings: Settings, seed: int, horizon: Horizon, care: Care) -> Tally:
    """Runs one world with those who look after it and counts, as `replication.replicate` does with nobody.

    Raises:
        NoSuchSubject: there is nobody of that name.
        CareFailed: one of them did what can't be.
        Undecided: an order's countdown neither stops nor ends.
    """
    return tally(looked_after(settings, seed, horizon, care), horizon)


def looked_after(settings: Settings, seed: int, horizon: Horizon, care: Care) -> World:
    """A world with those who look after it, in which every order that counts has its verdict.

    Raises:
        NoSuchSubject: there is nobody of that name.
        CareFailed: one of them did what can't be.
        Undecided: an order's countdown neither stops nor ends.
    """
    market = Market(seed=seed, settings=settings, start_at=horizon.start_at)
    cast = care.cast or Scenario(
        name="plan",
        title="A plan",
        proves="Nothing by itself.",
        start=datetime.fromtimestamp(horizon.start_at, UTC),
        days=1,
        expect=(Expectation(measure="missed", at_least=0.0),),
    )
    with crew_of(cast, market, care.subject, partial(ports_to, market, Transport.DIRECT)) as crew:
        try:
            crew.run(horizon.counts_until_at, done=_never)
            for _ in range(FOLLOWED_DAYS):
                if not any(undecided(market.world, horizon)):
                    return market.world
                crew.run(market.now() + DAY, done=_never)
        except (SubjectFailed, SubjectMisbehaved, LimitReached) as wrong:
            raise CareFailed(f"{wrong} (seed {seed})") from wrong
    raise Undecided(
        f"an order still has no verdict {FOLLOWED_DAYS} days after the last one counted was accepted (seed {seed})"
    )


def habits_of(care: Care, settings: Settings) -> Habits | None:
    """What they do, if the engine knows it: compare the panels daily, log in again unasked, or nothing.

    Raises:
        NoSuchSubject: there is nobody of that name.
    """
    cast = care.cast
    checking: list[Checking] = []
    for table in cast.subjects if cast else (SubjectTable(),):
        factory = load_subject(table.subject or care.subject)
        if table != SubjectTable(subject=table.subject):
            return None
        if factory is DailyManualCheck:
            checking.append(Checking(HOUR, ZONE, LOOKS_BACK_DAYS))
        elif isinstance(factory, partial) and factory.func is DailyManualCheck:
            checking.append(Checking(factory.keywords["hour"], ZONE, LOOKS_BACK_DAYS))
        elif factory is not Idle:
            return None
    renewing: list[Renewing] = []
    for person in cast.people if cast else ():
        sellers = (person.seller,) if person.seller else settings.sellers
        if person.does is not Task.RENEW_TOKEN or person.reads is not None or not set(sellers) <= set(settings.sellers):
            return None
        assert cast is not None
        renewing.append(Renewing(hours_of(person, cast.zone), person.looks_every, person.takes, sellers))
    return Habits(checking[0] if checking else None, tuple(renewing)) if len(checking) < 2 else None


def _never(_: Market) -> bool:
    return False

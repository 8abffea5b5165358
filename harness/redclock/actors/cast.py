"""Puts a scenario's actors together: loads their code, gives each its ports and its times."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from fakemarket.market import Market
from redclock.actors.crew import Actor, Crew
from redclock.actors.jobs import Job, Script
from redclock.actors.mortal import Mortal
from redclock.actors.people import Person
from redclock.actors.schedule import Schedule
from redclock.actors.watch import Watched
from redclock.guard import Guard
from redclock.scenario.actors import SubjectTable
from redclock.scenario.model import Scenario
from redclock.subject.ports import Ports, Subject

NAMED: Mapping[str, str] = {
    "reference": "redclock.subject.caretaker:Caretaker",
    "idle": "redclock.subject.broken:Idle",
    "daily_manual_check": "redclock.subject.manual:DailyManualCheck",
}
"""Subjects that have a name of one word."""
_CHECK_AT = "daily_manual_check@"
"""With an hour of the day behind it: the same person, who looks then."""
_LAST_HOUR = 23
_SCRIPT = "script:"

SubjectFactory = Callable[[Ports], Subject]


class NoSuchSubject(LookupError):
    """`module:attribute` leads to no subject."""


def load_subject(path: str) -> SubjectFactory:
    """The factory behind `module:attribute`: called with the ports, it gives an object with `wake(now) -> next wake`.

    Raises:
        NoSuchSubject: says what was found instead.
    """
    if path.startswith(_SCRIPT):
        return _script(path)
    if path.startswith(_CHECK_AT):
        return _check_at(path)
    module_name, _, attribute = NAMED.get(path, path).partition(":")
    if not attribute:
        named = ", ".join(NAMED)
        raise NoSuchSubject(f"{path!r} is not of the form module:attribute or script:path.py, nor one of {named}")
    try:
        factory = getattr(import_module(module_name), attribute)
    except ImportError as missing:
        raise NoSuchSubject(f"{path}: the module {module_name} can't be imported: {missing}") from missing
    except AttributeError as missing:
        raise NoSuchSubject(f"{path}: {missing}") from missing
    if not callable(factory):
        raise NoSuchSubject(f"{path} is a {type(factory).__name__}; it must be callable with the ports")
    loaded: SubjectFactory = factory
    return loaded


def subjects_of(scenario: Scenario, subject: str) -> list[str]:
    """The names of all subjects of a scenario, where `subject` is the one of the run; those compared with last."""
    named = [table.subject or subject for table in scenario.subjects]
    return [*named, *(each.against for each in scenario.expect if each.against)]


@contextmanager
def crew_of(scenario: Scenario, market: Market, subject: str, ports: Callable[[], Ports]) -> Iterator[Crew]:
    """Everybody of a scenario, ready to act in its market; what had to be patched for them is undone at the end.

    Args:
        subject: who acts where the scenario names nobody.
        ports: makes the ports of one subject.
    """
    guard = Guard()
    watch = Watched(market, guard)
    people = [
        Actor(f"person {number}", Person(table, number, market, scenario.zone), market.now())
        for number, table in enumerate(scenario.people)
    ]
    with ExitStack() as stack:
        subjects = []
        for number, table in enumerate(scenario.subjects):
            name = table.subject or subject
            if table.killed_every is None:
                subjects.append(_actor(table, name, scenario, market, ports()))
                continue
            memory = f"{stack.enter_context(TemporaryDirectory())}/memory.sqlite"
            luck = market.world.streams.child("deaths").stream(str(number))
            mortal = Mortal(load_subject(name), ports, memory, table.killed_every, luck, partial(_tell_death, market))
            subjects.append(Actor(name, mortal, market.now() + table.starts))
        crew = Crew(market, [*people, *subjects], watch)
        stack.enter_context(guard.standing())
        if any(isinstance(actor.subject, Job | Script) for actor in subjects):
            from fakemarket.doors.httpx_door import httpx_door
            from fakemarket.doors.requests_door import responses_door
            from redclock.warp import warp

            stack.enter_context(_keys_in_environment(market))
            stack.enter_context(responses_door(market, beyond=watch.beyond))
            stack.enter_context(httpx_door(market, beyond=watch.beyond))
            # The crew has limits of its own.
            stack.enter_context(warp(market, pass_time=partial(watch.sleep, crew.pass_time), limit_seconds=None))
        yield crew


def _tell_death(market: Market, woken_at: int) -> None:
    market.world.note(None, "killed", {"woken_at": woken_at}, "subject")


def _actor(table: SubjectTable, name: str, scenario: Scenario, market: Market, ports: Ports) -> Actor:
    factory = load_subject(name)
    schedule = Schedule.of(table, scenario.zone) if table.scheduled else None
    first_at = schedule.next_at(market.now() - 1) if schedule else market.now() + table.starts
    if name.startswith(_SCRIPT):
        return Actor(name, Script(Path(name.removeprefix(_SCRIPT)), market.now), first_at, schedule)
    if schedule is not None:
        return Actor(name, Job(factory, ports), first_at, schedule)
    return Actor(name, factory(ports), first_at)


def _check_at(path: str) -> SubjectFactory:
    hour = path.removeprefix(_CHECK_AT)
    if not (hour.isascii() and hour.isdigit() and int(hour) <= _LAST_HOUR):
        raise NoSuchSubject(
            f"{path}: {hour!r} is no hour of the day; write it like {_CHECK_AT}16, from 0 to {_LAST_HOUR}"
        )
    from redclock.subject.manual import DailyManualCheck

    return partial(DailyManualCheck, hour=int(hour))


def _script(path: str) -> SubjectFactory:
    file = Path(path.removeprefix(_SCRIPT))
    if not file.is_file():
        raise NoSuchSubject(f"{path}: there is no file {file} in {Path.cwd()}")
    try:
        compile(file.read_bytes(), str(file), "exec")
    except (SyntaxError, ValueError) as broken:
        raise NoSuchSubject(f"{path}: is not Python: {broken}") from broken
    return lambda _: Script(file, lambda: 0)


@contextmanager
def _keys_in_environment(market: Market) -> Iterator[None]:
    """The market's keys where programs look for theirs."""
    keys = market.credentials()
    given = {
        "ALIEXPRESS_APP_KEY": keys.app_key,
        "ALIEXPRESS_APP_SECRET": keys.app_secret,
        "ALIEXPRESS_ACCESS_TOKEN": keys.access_token,
        "ALIEXPRESS_REFRESH_TOKEN": keys.refresh_token,
        "MIP_API_KEY": market.world.mip.api_key,
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

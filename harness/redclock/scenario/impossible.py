"""What each value of a scenario allows by itself and no market can have, such as a shop that isn't there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Protocol

from fakemarket.faults.when import HAPPENINGS
from fakemarket.operations import OPERATIONS
from fakemarket.timeline import NoSuchTime, check_time
from redclock.scenario.expect import ABOUT, Expectation
from redclock.scenario.model import Scenario
from redclock.scenario.times import LONGEST_DAYS

WORDS = (*HAPPENINGS, "alert", "fault")
"""The ledger's words that an expectation may wait for."""

Problem = tuple[str, str]
"""(key, what is wrong with it)."""


class Measurable(Protocol):
    """What a scenario must know of a measure."""

    @property
    def takes(self) -> frozenset[str]:
        """What it can be asked about."""
        ...

    @property
    def course(self) -> object | None:
        """Its values through a run, if it has any but the last."""
        ...


def impossible(scenario: Scenario, measures: Mapping[str, Measurable]) -> Iterator[Problem]:
    """Everything that can't be."""
    yield from _calendars(scenario)
    yield from _sellers(scenario)
    yield from _times(scenario)
    for number, fault in enumerate(scenario.faults):
        aim = getattr(fault, "operation", None)
        if aim is not None and not _is_operation(aim):
            yield f"faults[{number}].operation", unknown(aim, OPERATIONS)
    promised = (scenario.market.countdown.preparation_days, *scenario.market.countdown.other_template_days)
    if max(promised) > LONGEST_DAYS:
        yield "market.countdown", f"a template promises {max(promised)} working days, but {LONGEST_DAYS} are the most"
    for number, phase in enumerate(scenario.phases):
        if phase.preparation_days not in promised:
            days = ", ".join(map(str, promised))
            yield f"phases[{number}].preparation_days", f"is {phase.preparation_days}; the templates promise {days}"
    for number, each in enumerate(scenario.expect):
        if each.measure in measures:
            yield from ((f"expect[{number}]{key}", what) for key, what in _unfit(each, measures, len(scenario.faults)))


def unknown(name: str, known: Sequence[str]) -> str:
    """What to say of a name that there is not."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ";"
    return f"there is no {name!r} here{hint} allowed: {', '.join(known)}"


def _is_operation(start: str) -> bool:
    return any(operation.startswith(start) for operation in OPERATIONS)


def _calendars(scenario: Scenario) -> Iterator[Problem]:
    market = scenario.market
    used = {"market.countdown": market.countdown.calendar, "market.warehouse": market.warehouse.calendar}
    used |= {f"people[{number}]": person.calendar for number, person in enumerate(scenario.people)}
    used |= {f"subjects[{number}]": subject.calendar for number, subject in enumerate(scenario.subjects)}
    for key, calendar in used.items():
        try:
            calendar.working().check()
        except ValueError as wrong:
            yield f"{key}.calendar", str(wrong)


def _sellers(scenario: Scenario) -> Iterator[Problem]:
    named: dict[str, object] = {}
    for number, fault in enumerate(scenario.faults):
        named[f"faults[{number}]"] = fault
        named |= {f"faults[{number}].{part}": getattr(fault, part, None) for part in ("after", "during")}
    for part in ("phases", "people", "expect"):
        named |= {f"{part}[{number}]": table for number, table in enumerate(getattr(scenario, part))}
    for key, table in named.items():
        seller = getattr(table, "seller", None)
        if seller is not None and seller not in scenario.market.sellers:
            yield f"{key}.seller", unknown(seller, scenario.market.sellers)


def _times(scenario: Scenario) -> Iterator[Problem]:
    try:
        check_time(scenario.start_at)
        check_time(scenario.ends_at + scenario.settle.within)
    except (NoSuchTime, OverflowError):
        yield "start", f"is {scenario.start}; a scenario, settling included, must lie between 1970 and the end of 2099"
        return
    starts = {f"phases[{number}]": phase.start for number, phase in enumerate(scenario.phases)}
    starts |= {"settle": scenario.settle.start} if scenario.settle.start else {}
    for key, start in starts.items():
        if not scenario.start_at <= scenario.instant(start) < scenario.ends_at:
            yield f"{key}.from", f"is {start}, outside the {scenario.days} + {scenario.drain_days} days of the scenario"
    for number, phase in enumerate(scenario.phases):
        if phase.end is not None and scenario.instant(phase.end) <= scenario.instant(phase.start):
            yield f"phases[{number}].until", "must be later than `from`"


def _unfit(each: Expectation, measures: Mapping[str, Measurable], faults: int) -> Iterator[Problem]:
    """What an expectation asks of a measure that doesn't have it."""
    measure = measures[each.measure]
    for name in ABOUT:
        if getattr(each, name) is not None and name not in measure.takes:
            takes = ", ".join(sorted(measure.takes)) or "nothing of the kind"
            yield f".{name}", f"{each.measure} can't be asked so; it takes {takes}"
    if each.fault is not None and each.fault >= faults:
        yield ".fault", f"is {each.fault}, but the file has {faults} faults, counted from 0"
    if each.operation is not None and not _is_operation(each.operation):
        yield ".operation", unknown(each.operation, OPERATIONS)
    if (each.always or each.eventually) and measure.course is None:
        through = ", ".join(sorted(name for name, it in measures.items() if it.course is not None))
        when = "always" if each.always else "eventually"
        yield f".{when}", f"{each.measure} has a value only at the end; through the run have: {through}"
    if each.eventually is not None and each.eventually.after not in WORDS:
        yield ".eventually.after", unknown(each.eventually.after, WORDS)

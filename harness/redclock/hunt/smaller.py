"""Worlds one step smaller than one: what is tried first when something that breaks is to be made small.

hypothesis shrinks by its own choices, one by one; a run of a world takes a good part of a second, so the big steps are
taken here first. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from fakemarket.settings import Settings
from redclock.hunt.space import SETTINGS, STARTS
from redclock.hunt.strategies import ORDERS_PER_DAY, changed, setting
from redclock.scenario.actors import SubjectTable
from redclock.scenario.model import FAULT_TABLES, Scenario

T = TypeVar("T")
World = tuple[Scenario, int]
"""A scenario and the market's seed."""


def size(world: World) -> tuple[float, ...]:
    """What is made small, in this order: faults, settings and people, days, demand, all that is said, start, seed."""
    scenario, seed = world
    demand = scenario.market.demand.orders_per_day
    said = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, include={"faults", "market"})
    return (
        len(scenario.faults),
        len(_turned(scenario.market)) + len(scenario.market.sellers) + len(scenario.people) + _dies(scenario),
        scenario.days,
        demand,
        len(str(said)),
        scenario.start_at,
        seed,
    )


def fewer_faults(world: World) -> Iterator[World]:
    """With none, with one, with all but one."""
    scenario, seed = world
    for faults in _fewer(scenario.faults):
        yield scenario.model_copy(update={"faults": faults}), seed


def milder(world: World) -> Iterator[World]:
    """With fewer people, settings, sellers, days and orders."""
    scenario, seed = world
    yield from ((each, seed) for each in _milder(scenario))


def simpler_faults(world: World) -> Iterator[World]:
    """With one word less said of one fault."""
    scenario, seed = world
    yield from ((each, seed) for each in _simpler_faults(scenario))


def first_seed(world: World) -> Iterator[World]:
    """With the first luck there is."""
    scenario, seed = world
    if seed:
        yield scenario, 0


STEPS = (fewer_faults, milder, simpler_faults, first_seed)
"""Kinds of steps, the greatest first; each leads to worlds that are well formed, and is best taken as often as it leads
anywhere before the next one is tried."""


def _fewer(whole: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    """Nothing, either half, all but one."""
    if whole:
        yield ()
    half = len(whole) // 2
    if half:
        yield whole[:half]
        yield whole[half:]
    if len(whole) > 2:
        yield from ((*whole[:n], *whole[n + 1 :]) for n in range(len(whole)))


def _milder(scenario: Scenario) -> Iterator[Scenario]:
    market = scenario.market
    if _dies(scenario):
        yield scenario.model_copy(update={"subjects": (SubjectTable(),)})
    for people in _fewer(scenario.people):
        yield scenario.model_copy(update={"people": people})
    usual = Settings()
    turned = _turned(market)
    for left in _fewer(tuple(turned)):
        calm = market
        for name in turned:
            if name not in left:
                calm = changed(calm, name, setting(usual, name))
        yield scenario.model_copy(update={"market": calm})
    yield from _less_work(scenario)


def _less_work(scenario: Scenario) -> Iterator[Scenario]:
    market = scenario.market
    aimed_at = str([fault.model_dump(exclude_defaults=True) for fault in scenario.faults])
    if len(market.sellers) > 1 and not any(repr(seller) in aimed_at for seller in market.sellers[1:]):
        yield scenario.model_copy(update={"market": replace(market, sellers=market.sellers[:1])})
    if scenario.days > 1:
        yield scenario.model_copy(update={"days": 1})
        yield scenario.model_copy(update={"days": scenario.days - 1})
    for demand in ORDERS_PER_DAY:
        if demand < market.demand.orders_per_day:
            yield scenario.model_copy(update={"market": changed(market, "demand.orders_per_day", demand)})
    first = date.fromisoformat(STARTS[0])
    if not isinstance(scenario.start, datetime) and scenario.start > first and not scenario.faults:
        yield scenario.model_copy(update={"start": first})


def _simpler_faults(scenario: Scenario) -> Iterator[Scenario]:
    for n, fault in enumerate(scenario.faults):
        said: dict[str, Any] = fault.model_dump(by_alias=True, exclude_defaults=True)
        for name in said:
            if name == "kind":
                continue
            try:
                simpler = FAULT_TABLES[fault.kind].model_validate({it: said[it] for it in said if it != name})
            except ValidationError:
                continue  # the kind can't do without it
            yield scenario.model_copy(update={"faults": (*scenario.faults[:n], simpler, *scenario.faults[n + 1 :])})


def _dies(scenario: Scenario) -> bool:
    return any(subject.killed_every for subject in scenario.subjects)


def _turned(market: Settings) -> list[str]:
    """The settings that are not as usual, demand apart."""
    usual = Settings()
    return [name for name in SETTINGS if setting(market, name) != setting(usual, name)]

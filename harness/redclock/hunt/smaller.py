"""Worlds one step smaller than one: what is tried first when something that breaks is to be made small.

hypothesis shrinks by its own choices, one by one; a run of a world takes a good part of a second, so the big steps are
taken here first. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from fakemarket.settings import Settings
from redclock.hunt.space import SETTINGS, STARTS
from redclock.hunt.strategies import ORDERS_PER_DAY, changed, setting
from redclock.scenario.model import FAULT_TABLES, Scenario

World = tuple[Scenario, int]
"""A scenario and the market's seed."""


def size(world: World) -> tuple[float, ...]:
    """What is made small, in this order: faults, settings and people, days, demand, all that is said, start, seed."""
    scenario, seed = world
    demand = scenario.market.demand.orders_per_day
    said = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, include={"faults", "market"})
    return (
        len(scenario.faults),
        len(_turned(scenario.market)) + len(scenario.market.sellers) + len(scenario.people),
        scenario.days,
        demand,
        len(str(said)),
        scenario.start_at,
        seed,
    )


def smaller(world: World) -> Iterator[World]:
    """Smaller worlds, the greatest steps first; each is well formed."""
    scenario, seed = world
    yield from ((each, seed) for each in _fewer_faults(scenario))
    yield from ((each, seed) for each in _milder(scenario))
    yield from ((each, seed) for each in _simpler_faults(scenario))
    if seed:
        yield scenario, 0


def _fewer_faults(scenario: Scenario) -> Iterator[Scenario]:
    faults = scenario.faults
    if faults:
        yield scenario.model_copy(update={"faults": ()})
    if len(faults) > 2:
        yield from (scenario.model_copy(update={"faults": (fault,)}) for fault in faults)
    if len(faults) > 1:
        for n in range(len(faults)):
            yield scenario.model_copy(update={"faults": (*faults[:n], *faults[n + 1 :])})


def _milder(scenario: Scenario) -> Iterator[Scenario]:
    market = scenario.market
    if scenario.people:
        yield scenario.model_copy(update={"people": ()})
    turned = _turned(market)
    if len(turned) > 1:
        usual = Settings(sellers=market.sellers)
        yield scenario.model_copy(
            update={"market": replace(usual, demand=replace(usual.demand, orders_per_day=market.demand.orders_per_day))}
        )
    for name in turned:
        yield scenario.model_copy(update={"market": changed(market, name, setting(Settings(), name))})
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
    """With one word less said of one fault."""
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


def _turned(market: Settings) -> list[str]:
    """The settings that are not as usual, demand apart."""
    usual = Settings()
    return [name for name in SETTINGS if setting(market, name) != setting(usual, name)]

"""Why orders missed their countdown, and what would have saved them: the same seed again with one thing otherwise.

An order's fate is fixed at birth, so a rerun without one fault, or with one more packer, is no estimate: it is what
would have happened. Each miss has exactly one cause, the first that applies:

1. the fault, in the scenario's order, without which the order is not missed;
2. all faults together, if it is not missed without any;
3. where the order stood when its countdown ended in the run without any fault, a queue or a step by its `Part`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Ledger
from redclock.report.whereabouts import BadQuestion, missed_orders, whereabouts
from redclock.run import Outcome, Transport, run
from redclock.scenario.model import FAULT_TABLES, Scenario

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = FAULT_TABLES["down"].model_validate({"kind": "down", "until": _LONG_AGO})
"""Strikes nobody: takes a fault's place, so that the others keep their numbers, and with them their luck."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing otherwise.

    Attributes:
        says: what, as part of a sentence: "with one more packer".
        cause: what it takes away, as a cause of misses; empty if it only adds something.
        scenario: with the change.
    """

    says: str
    cause: str
    scenario: Scenario


def changes(scenario: Scenario) -> Iterator[Change]:
    """What might have saved an order: each fault away, all of them away, one more packer, one more day."""
    faults = scenario.faults
    for n, fault in enumerate(faults):
        left = (*faults[:n], _NOTHING, *faults[n + 1 :])
        yield Change(f"without fault {n}, {fault.kind}", f"fault {n}: {fault.kind}", _with(scenario, faults=left))
    if len(faults) > 1:
        yield Change("without any fault", "faults together", _with(scenario, faults=(_NOTHING,) * len(faults)))
    market = scenario.market
    packers = replace(market.warehouse, packers=market.warehouse.packers + 1)
    yield Change("with one more packer", "", _with(scenario, market=replace(market, warehouse=packers)))
    days = market.countdown.preparation_days + 1
    longer = replace(market, countdown=replace(market.countdown, preparation_days=days))
    yield Change(f"with {days} preparation days instead of {days - 1}", "", _with(scenario, market=longer))


def _with(scenario: Scenario, **other: object) -> Scenario:
    return scenario.model_copy(update=other)


@dataclass(frozen=True)
class Inquest:
    """The misses of one run and why.

    Attributes:
        outcome: the run.
        transport: how its subject reached the market; reruns go by the same.
    """

    outcome: Outcome
    transport: Transport = Transport.HTTP

    @cached_property
    def missed(self) -> tuple[int, ...]:
        return tuple(missed_orders(self.outcome.ledger))

    def first_missed(self) -> int:
        """The order to explain first.

        Raises:
            BadQuestion: none was missed; names some that were placed.
        """
        if self.missed:
            return self.missed[0]
        placed = [str(event.order) for event in self.outcome.ledger.named(Move.PLACE)]
        raise BadQuestion(f"no order was missed; name one of {len(placed)}: {', '.join(placed[:10])}")

    @cached_property
    def reruns(self) -> tuple[tuple[Change, frozenset[int]], ...]:
        """Each change and the orders that are shipped in time with it."""
        return tuple((change, _shipped(self._again(change.scenario))) for change in changes(self.outcome.scenario))

    @cached_property
    def _faultless(self) -> Ledger:
        """The same without any fault."""
        scenario = self.outcome.scenario
        if not scenario.faults:
            return self.outcome.ledger
        return self._again(_with(scenario, faults=(_NOTHING,) * len(scenario.faults)))

    def _again(self, scenario: Scenario) -> Ledger:
        return run(scenario, self.outcome.seed, subject=self.outcome.subject, transport=self.transport).ledger

    def saved_by(self, order: int) -> list[Change]:
        """What would have had a missed order shipped in time."""
        return [change for change, shipped in self.reruns if order in shipped]

    def cause(self, order: int) -> str:
        """The one cause of a miss, by the rule above."""
        taken_away = next((change.cause for change in self.saved_by(order) if change.cause), "")
        return taken_away or whereabouts(self._faultless, order).last

    def causes(self) -> dict[str, int]:
        """How many misses each cause has, the most first; they add up to the misses."""
        counts: dict[str, int] = {}
        for order in self.missed:
            cause = self.cause(order)
            counts[cause] = counts.get(cause, 0) + 1
        return dict(sorted(counts.items(), key=lambda row: (-row[1], row[0])))


def _shipped(ledger: Ledger) -> frozenset[int]:
    return frozenset(event.order for event in ledger.named(Move.DECLARE_ALL) if event.order is not None)

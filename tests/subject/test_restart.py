"""A subject that is killed at any wake and replaced by another one on the same store: nothing is done or told twice."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakemarket.faults import CarrierRefused, MissingFromImport, TokenDies
from fakemarket.faults.aim import Aim
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Buyers, Demand, Settings, Warehouse
from redclock.drive import drive
from redclock.run import Transport, ports_to
from redclock.subject.caretaker import Caretaker
from redclock.subject.ports import AlertKind, Ports
from redclock.subject.store import Store

DAY = 86_400
DAYS = 5
SETTINGS = Settings(
    demand=Demand(orders_per_day=12.0, several_products_share=0.3),
    warehouse=Warehouse(out_of_stock_share=0.05),
    buyers=Buyers(cancel_share=0.1),
)
FAULTS = (
    TokenDies(MONDAY + 2 * DAY),
    MissingFromImport(Aim(share=0.1)),
    CarrierRefused(Aim(share=0.2)),
)


class Killed:
    """A caretaker that is replaced before some of its wakes."""

    def __init__(self, ports: Ports, path: str, kills: frozenset[int]) -> None:
        self._ports = ports
        self._path = path
        self._kills = kills
        self._woken = 0
        self._logic = Caretaker(ports, store=Store(path))

    def wake(self, now: int) -> int:
        if self._woken in self._kills:
            self._logic = Caretaker(self._ports, store=Store(self._path))
        self._woken += 1
        return self._logic.wake(now)


What = tuple[int | None, str, str, str]


class Outcome(NamedTuple):
    """What happened and was told in a market, and when orders were imported and alerts named them."""

    happened: Counter[What]
    imported_at: dict[int | None, int]
    told_at: dict[What, int]

    def spared(self, other: "Outcome") -> set[What]:
        """What need not be told here, though it was there: an order wasn't missing any more by then."""
        return {
            told
            for told, at in other.told_at.items()
            if told[3] is AlertKind.MISSING_IMPORT and self.imported_at.get(told[0], at) < at
        }


def outcome(path: str, kills: frozenset[int]) -> Outcome:
    """Everything that happened and was told. When differs: a restart may see something a round earlier."""
    market = Market(seed=5, settings=SETTINGS, faults=FAULTS, orders_until_at=MONDAY + DAYS * DAY)
    drive(market, Killed(ports_to(market, Transport.DIRECT), path, kills), MONDAY + (DAYS + 9) * DAY)
    happened = Counter((it.order, it.what, it.cause, "") for it in market.ledger if it.what != "alert")
    told_at: dict[What, int] = {}
    for it in market.ledger.named("alert"):
        for order in it.facts["orders"]:
            told = (order, "alert", "", it.facts["kind"])
            happened[told] += 1
            told_at.setdefault(told, it.at)
    return Outcome(happened, {it.order: it.at for it in market.ledger.named("imported")}, told_at)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What comes of it when nothing is killed."""
    found = outcome(str(tmp_path_factory.mktemp("calm") / "store"), frozenset())
    done = sum(it for (_, _, cause, _), it in found.happened.items() if cause == "call:own")
    assert done > 10, "there must be much to do"
    return found


@settings(max_examples=6, deadline=None)
@given(kills=st.frozensets(st.integers(1, 800), min_size=1, max_size=3))
@example(kills=frozenset({221}))  # looks an hour sooner, so that an order is there before it would have been missed
def test_a_restart_at_any_wake_changes_nothing_that_happens_or_is_told(
    tmp_path_factory: pytest.TempPathFactory, calm: Outcome, kills: frozenset[int]
) -> None:
    killed = outcome(str(tmp_path_factory.mktemp("killed") / "store"), kills)
    assert (killed.happened - calm.happened).keys() <= calm.spared(killed)
    assert (calm.happened - killed.happened).keys() <= killed.spared(calm)


def test_a_round_that_was_killed_before_it_saved_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = str(tmp_path / "store")
    store = Store(path)
    store.told.put("a", 1)
    store.stops.put(7, value=True)
    store.save()
    store.told.put("b", 2)
    store.told.drop("a")
    again = Store(path)
    assert dict(again.told.items()) == {"a": 1}
    assert dict(again.stops.items()) == {7: True}
    store.save()
    assert dict(Store(path).told.items()) == {"b": 2}

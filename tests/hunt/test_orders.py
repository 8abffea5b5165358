"""Orders by chance: each can be placed, and without trouble nothing happens to it but what should."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import settings as hypothesis_settings

from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.fate import Fate
from redclock.checks.invariants import broken
from redclock.hunt.orders import SMOOTH, TROUBLES
from redclock.hunt.strategies import orders


def quiet() -> Market:
    return Market(seed=3, settings=Settings(demand=Demand(orders_per_day=0)))


@hypothesis_settings(max_examples=30)
@given(orders())
def test_every_order_that_is_drawn_can_be_placed_and_lived_through(fate: dict[str, Any]) -> None:
    market = quiet()
    order = market.place(**fate)
    market.advance(days=12)
    assert broken(market.ledger) == []
    assert market.ledger.of(order.id)


def test_it_shrinks_to_an_order_without_trouble_which_is_accepted_and_declared() -> None:
    assert find(orders(), lambda _: True) == SMOOTH
    market = quiet()
    order = market.place(**SMOOTH)
    market.advance(days=5)
    told = [event.what for event in market.ledger.of(order.id)]
    assert "declare_all" in told
    assert not {"cancel", "freeze", "pending_review", "countdown_ends"} & set(told)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_can_be_drawn_and_is_part_of_an_orders_fate(trouble: str) -> None:
    drawn = find(orders(troubles=[trouble]), lambda fate: fate.get(trouble) != SMOOTH.get(trouble))
    assert drawn == {**SMOOTH, trouble: TROUBLES[trouble][0]}
    assert set(drawn) <= set(Fate._fields)

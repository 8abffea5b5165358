"""The machine of a market finds what is wrong with a market, and nothing is wrong with ours."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from fakemarket.rules.status import Status
from fakemarket.settings import Settings
from redclock.hunt.machine import MarketMachine

QUICK = settings(max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))

TestMarket = MarketMachine.TestCase
TestMarket.settings = QUICK


def test_its_own_moves_break_no_promise() -> None:
    machine = MarketMachine()
    machine.begin(seed=0, world=Settings())
    order = machine.a_buyer_orders(pays=True)
    machine.time_passes(minutes=2880)
    for _ in range(2):
        machine.a_shipment_is_declared(order=order, carrier="OTHER_ES_LOCAL", number="1")
    assert [event.what for event in machine.market.ledger if event.order == order][-1] == "declare_refused"
    machine.the_books_are_in_order()


class Planted(MarketMachine):
    """A market whose orders change behind the ledger's back."""

    @rule()
    def somebody_cheats(self) -> None:
        for order in self.market.orders():
            order.status = Status.ARCHIVE


def test_a_change_that_nobody_tells_is_found() -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Planted, settings=QUICK)


class Extended(MarketMachine):
    """With a rule and an invariant of a consumer's own."""

    @invariant()
    def no_order_is_ever_declared(self) -> None:
        if hasattr(self, "market"):
            assert not any(order.declarations for order in self.market.orders())


def test_an_invariant_of_one_s_own_is_checked() -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Extended, settings=settings(QUICK, max_examples=100, stateful_step_count=30))

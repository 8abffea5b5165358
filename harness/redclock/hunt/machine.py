"""A market as a rule-based state machine: hypothesis makes its moves, and what always holds is checked after each.

For your own tests: subclass `MarketMachine`, add rules that use your code and invariants that it must keep, and give
pytest its `TestCase`. A failing run is shrunk to the shortest list of moves and printed as a program.

    class ShopMachine(MarketMachine):
        @rule()
        def my_job_runs(self):
            my_job(base_url, self.market.now())

    TestShop = ShopMachine.TestCase
"""

from __future__ import annotations

from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from fakemarket.doors.addresses import ALIEXPRESS_URL, MIP_URL
from fakemarket.doors.plain_door import plain_door
from fakemarket.faults import KINDS, Fault
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Status
from fakemarket.settings import Settings
from fakemarket.world.ledger import Ledger
from redclock.checks.invariants import broken
from redclock.hunt.strategies import faults, settings
from redclock.run import aliexpress_client
from redclock.subject.ports import CallFailed, Declaration

_DAYS = 7
_CARRIERS = ("CORREOS_ES", "SEUR_ES", "OTHER_ES_LOCAL", "NO_SUCH_CARRIER")


class MarketMachine(RuleBasedStateMachine):
    """Moves of a market: time, orders, declarations, calls and faults.

    Attributes:
        market: the market, from Monday 2 March 2026 on; ready once `begin` has run, which is before all other rules.
    """

    placed = Bundle("placed")
    """Ids of orders that were placed by a rule."""
    installed = Bundle("installed")
    """Numbers of faults that are there."""
    market: Market

    @initialize(seed=st.integers(0, 99), world=settings(most=2))
    def begin(self, seed: int, world: Settings) -> None:
        """A market opens."""
        self.market = Market(seed=seed, settings=world)
        self._send = plain_door(self.market)
        self._declared: set[tuple[int, str, str]] = set()

    @rule(minutes=st.sampled_from((0, 1, 15, 60, 360, 1440, 2880)))
    def time_passes(self, minutes: int) -> None:
        self.market.advance(minutes=minutes)

    @rule(target=placed, pays=st.booleans())
    def a_buyer_orders(self, pays: bool) -> int:
        return int(self.market.place(pays=pays, review_rejects=False).id)

    @rule(order=placed, carrier=st.sampled_from(_CARRIERS), number=st.sampled_from(("PQ123456789ES", "1")))
    def a_shipment_is_declared(self, order: int, carrier: str, number: str) -> None:
        """Over HTTP, so that faults of calls strike it. What is refused, or fails, changes nothing.

        Each is declared once: that nobody repeats a declaration is among what is checked.
        """
        if (order, carrier, number) in self._declared:
            return
        self._declared.add((order, carrier, number))
        client = aliexpress_client(self.market, self._send, self.market.settings.sellers[0], ALIEXPRESS_URL)
        try:
            client.declare(Declaration(order, carrier, number, whole=True, website="https://track.example/1"))
        except CallFailed:
            return

    @rule(minutes=st.sampled_from((0, 15, 1440)))
    def the_platform_is_read(self, minutes: int) -> None:
        """Never answered with a status that no fault gave."""
        query = urlencode({"updated_from": self.market.now() - minutes * 60})
        headers = {"authorization": f"Bearer {self.market.world.mip.api_key}"}
        try:
            self._send("GET", f"{MIP_URL}/v1/orders?{query}", headers, b"")
        except OSError:
            return

    @rule(target=installed, fault=faults(start_at=MONDAY, days=_DAYS, kinds=tuple(KINDS)))
    def something_goes_wrong(self, fault: Fault) -> int:
        return self.market.faults.add(fault)

    @rule(number=consumes(installed))
    def it_is_over(self, number: int) -> None:
        self.market.faults.remove(number)

    @invariant()
    def the_books_are_in_order(self) -> None:
        """What every scenario is checked for holds at every moment."""
        if hasattr(self, "market"):
            assert broken(self.market.ledger) == []

    @invariant()
    def the_ledger_tells_how_every_order_stands(self) -> None:
        """Nothing changes that isn't told, and no order is in two places."""
        if hasattr(self, "market"):
            told = standings(self.market.ledger)
            assert {order.id: order.status for order in self.market.orders()} == told


def standings(ledger: Ledger) -> dict[int, Status]:
    """The status of every order, as the ledger has it."""
    return {event.order: Status(event.facts["to"]) for event in ledger if event.order and "to" in event.facts}

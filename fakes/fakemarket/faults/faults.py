"""The faults of one market, at work.

Those of the world are timeouts and switches of the world; those of the wire are wrapped around a call. Each time one
strikes, the ledger says so with the fault's number as cause. Luck is drawn per fault and order, or per fault and call
of those it aims at, so no fault moves another one's luck, and no call that it doesn't aim at moves its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from fakemarket.call import Call, Response
from fakemarket.faults.aim import EVERYTHING, BadFault
from fakemarket.faults.installed import CallLuck, Installed, OrderLuck
from fakemarket.faults.kinds import (
    CarrierRefused,
    ClockSkew,
    ExpiryLies,
    Fault,
    Hiding,
    Latency,
    LateVisibility,
    MissingFromImport,
    PageDrift,
    Refusing,
    TokenDies,
    WalletEmpty,
    aim_of,
)
from fakemarket.faults.refusing import refused
from fakemarket.world.lens import CLEAR, Drift, Lens
from fakemarket.world.order import Order
from fakemarket.world.world import World


class UnknownFault(LookupError):
    """No such fault in this market, or no longer."""


class CarriedOut(NamedTuple):
    """What became of a call.

    Attributes:
        response: the answer, if one is to reach the caller.
        causes: the faults that struck meanwhile, as the ledger names them.
        clock_off_seconds: what the API's clock tells too much.
    """

    response: Response
    causes: tuple[str, ...] = ()
    clock_off_seconds: int = 0


class Faults:
    """The faults of one market.

    Args:
        faults: the first ones, numbered from 0.
        world: whose faults they are.
        pass_time: lets so many seconds of market time pass, for calls that wait.
    """

    def __init__(self, faults: Sequence[Fault], world: World, pass_time: Callable[[int], None]) -> None:
        self._world = world
        self._pass_time = pass_time
        self._installed: dict[int, Installed] = {}
        self._calls: list[CallLuck] = []
        self._hiding: list[OrderLuck] = []
        self._orders: dict[type[Fault], list[OrderLuck]] = {MissingFromImport: [], CarrierRefused: []}
        self._causes: list[str] = []
        self._next = 0
        self.struck: dict[str, int] = {}
        """How often each fault has struck, by `fault:<number>`; one that never did is worth a warning."""
        world.mip.skips = partial(self._takes, MissingFromImport)
        world.refuses_carrier = partial(self._takes, CarrierRefused)
        for fault in faults:
            self.add(fault)

    @property
    def installed(self) -> Mapping[int, Fault]:
        """The faults there are, by number; those taken away are not among them."""
        return {number: it.fault for number, it in self._installed.items()}

    def never_struck(self) -> tuple[int, ...]:
        """The numbers of faults that are there and have not struck yet."""
        return tuple(it.number for it in self._installed.values() if not self.struck[it.cause])

    def add(self, fault: Fault) -> int:
        """Puts a fault to work from now on; its number.

        Raises:
            BadFault: it aims at a seller that there is not, or with what its kind has not.
        """
        self._check(fault)
        number, self._next = self._next, self._next + 1
        one = Installed(number, fault, self._world.streams.child("faults"))
        self._installed[number] = one
        self.struck[one.cause] = 0
        if isinstance(fault, TokenDies):
            self._at(fault.at, one, self._kill_tokens, fault)
        elif isinstance(fault, WalletEmpty):
            self._run_dry(one, fault)
        elif isinstance(fault, MissingFromImport | CarrierRefused):
            self._orders[type(fault)].append(OrderLuck(one, fault.aim))
        elif isinstance(fault, Hiding):
            self._hiding.append(OrderLuck(one, fault.aim))
        else:
            self._calls.append(CallLuck(one, fault))
        return number

    def remove(self, number: int) -> Fault:
        """Takes a fault away; how often it struck stays known.

        Raises:
            UnknownFault: there is none of that number.
        """
        one = self._installed.pop(number, None)
        if one is None:
            there = ", ".join(map(str, self._installed)) or "none"
            raise UnknownFault(f"no fault {number} at market time {self._world.now}; there is {there}")
        if isinstance(one.fault, WalletEmpty):
            self._fill_up(one, one.fault)
        self._calls = [it for it in self._calls if it.one is not one]
        self._hiding = [it for it in self._hiding if it.one is not one]
        self._orders = {kind: [it for it in kept if it.one is not one] for kind, kept in self._orders.items()}
        return one.fault

    def carry_out(self, call: Call) -> CarriedOut:
        """Carries a call out, or doesn't, as the faults will have it."""
        if not self._installed:
            return CarriedOut(call.act())
        self._causes = []
        # All luck is drawn before anything happens, for each fault whether or not another one has the call.
        hits = [it for it in self._calls if it.hits(call, self._world.now)]
        waits = [it for it in hits if isinstance(it.fault, Latency)]
        for it in waits:
            self._wait(it, call)
        lens = self._lens(hits, call)
        first = next((it for it in hits if isinstance(it.fault, Refusing)), None)
        with self._behind(lens):
            if first is None:
                response = call.act()
            else:
                response = refused(first, call, self._world, lambda: self._strike(first.one, call.order))
        return CarriedOut(response, tuple(dict.fromkeys(self._causes)), lens.clock_off_seconds)

    def _wait(self, luck: CallLuck, call: Call) -> None:
        assert isinstance(luck.fault, Latency)
        self._strike(luck.one, call.order)
        # What strikes in the world meanwhile is not of this call's making.
        kept, self._causes = self._causes, []
        self._pass_time(luck.fault.seconds)
        self._causes = kept

    @contextmanager
    def _behind(self, lens: Lens) -> Iterator[None]:
        self._world.lens = lens
        try:
            yield
        finally:
            self._world.lens = CLEAR

    def _lens(self, hits: Sequence[CallLuck], call: Call) -> Lens:
        """What the call will see differently. What is only seen by those who ask strikes when they do."""
        lens = CLEAR
        hiding = [it for it in self._hiding if call.operation.startswith(it.aim.operation)]
        if hiding:
            lens = replace(lens, hides=lambda order: self._any_hides(hiding, order))
        drifts = [(it.one, it.fault) for it in hits if isinstance(it.fault, PageDrift)]
        if drifts:

            def drift() -> Drift:
                for one, _ in drifts:
                    self._strike(one, call.order)
                return Drift(sum(fault.rows for _, fault in drifts), sum(fault.count_off for _, fault in drifts))

            lens = replace(lens, drift=drift)
        lies = [(it.one, it.fault) for it in hits if isinstance(it.fault, ExpiryLies)]
        if lies:

            def lie() -> int:
                for one, _ in lies:
                    self._strike(one, call.order)
                return sum(fault.seconds for _, fault in lies)

            lens = replace(lens, expiry_off_seconds=lie)
        skews = [(it.one, it.fault) for it in hits if isinstance(it.fault, ClockSkew)]
        for one, fault in skews:
            self._strike(one, call.order)
            lens = replace(lens, clock_off_seconds=lens.clock_off_seconds + fault.seconds)
        return lens

    def _any_hides(self, hiding: Sequence[OrderLuck], order: Order) -> bool:
        answers = [self._hides(luck, order) for luck in hiding]
        return any(answers)

    def _hides(self, luck: OrderLuck, order: Order) -> bool:
        now = self._world.now
        fault = luck.one.fault
        if isinstance(fault, LateVisibility):
            minutes = fault.most_minutes - fault.least_minutes
            delay = 60 * fault.least_minutes + int(luck.one.delays.uniform(order.id) * (60 * minutes + 1))
            if now >= order.placed_at + delay:
                return False
        return self._strikes_order(luck, order)

    def _takes(self, kind: type[Fault], order: Order) -> bool:
        # Each is asked, so that one fault's count doesn't hang on another's luck.
        answers = [self._strikes_order(luck, order) for luck in self._orders[kind]]
        return any(answers)

    def _strikes_order(self, luck: OrderLuck, order: Order) -> bool:
        """Whether a fault strikes an order, told to the ledger the first time it does."""
        if not luck.hits(order, self._world.now):
            return False
        if order.id not in luck.told:
            luck.told.add(order.id)
            self._strike(luck.one, order.id)
        else:
            self._causes.append(luck.one.cause)
        return True

    def _kill_tokens(self, one: Installed, fault: TokenDies) -> None:
        for seller in self._whose(fault.seller):
            self._world.tokens.revoke(fault.app, seller, cause=one.cause)
        self._strike(one, None)

    def _run_dry(self, one: Installed, fault: WalletEmpty) -> None:
        window = fault.aim.window
        if window.until_at is not None and window.until_at <= self._world.now:
            return
        if window.from_at is None or window.from_at <= self._world.now:
            self._empty(one, fault)
        else:
            self._at(window.from_at, one, self._empty, fault)
        if window.until_at is not None:
            self._at(window.until_at, one, self._fill_up, fault)

    def _empty(self, one: Installed, fault: WalletEmpty) -> None:
        self._world.mip.empty_wallets.update(self._whose(fault.aim.seller))
        self._strike(one, None)

    def _fill_up(self, one: Installed, fault: WalletEmpty) -> None:
        """Takes money in, but where another fault still keeps the wallet empty."""
        now = self._world.now
        others = [
            it.fault.aim for it in self._installed.values() if it is not one and isinstance(it.fault, WalletEmpty)
        ]
        still = {seller for aim in others if aim.window.holds(now) for seller in self._whose(aim.seller)}
        self._world.mip.empty_wallets.difference_update(set(self._whose(fault.aim.seller)) - still)

    def _at(self, at: int, one: Installed, act: Callable[..., None], fault: Fault) -> None:
        self._world.before_all(max(at, self._world.now), self._if_still_there, one, act, fault)

    def _if_still_there(self, one: Installed, act: Callable[..., None], fault: Fault) -> None:
        if one.number in self._installed:
            act(one, fault)

    def _whose(self, seller: str | None) -> tuple[str, ...]:
        return (seller,) if seller else self._world.settings.sellers

    def _strike(self, one: Installed, order: int | None) -> None:
        self.struck[one.cause] += 1
        self._causes.append(one.cause)
        self._world.note(order, "fault", {"kind": one.fault.kind}, one.cause)

    def _check(self, fault: Fault) -> None:
        aim = aim_of(fault)
        sellers = self._world.settings.sellers
        if aim.seller is not None and aim.seller not in sellers:
            raise BadFault(f"{fault.kind} aims at the seller {aim.seller!r}; there is {', '.join(sellers)}")
        if isinstance(fault, TokenDies):
            return
        for name in ("operation", "order", "seller", "nth", "share", "window"):
            if name not in fault.takes and getattr(aim, name) != getattr(EVERYTHING, name):
                raise BadFault(f"{fault.kind} can't be aimed by {name}; it takes {', '.join(fault.takes)}")

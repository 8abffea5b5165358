"""The faults of one market, at work.

Those of the world are timeouts and switches of the world; those of the wire are wrapped around a call. Each time one
strikes, the ledger says so with the fault's number as cause. Luck is drawn per fault and order, or per fault and call
of those it aims at, so no fault moves another one's luck, and no call that it doesn't aim at moves its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from fakemarket.call import Call, CarriedOut
from fakemarket.faults.aim import EVERYTHING
from fakemarket.faults.copies import copies
from fakemarket.faults.installed import CallLuck, EventLuck, Installed, OrderLuck
from fakemarket.faults.kinds import (
    CarrierRefused,
    Fault,
    Hiding,
    LateImport,
    Latency,
    MissingFromImport,
    NumberMisprinted,
    OfOrders,
    PartialRefund,
    Postal,
    Refusing,
    TokenDies,
    WalletEmpty,
    aim_of,
)
from fakemarket.faults.refusing import refused
from fakemarket.faults.sight import lens_of
from fakemarket.faults.when import BadFault
from fakemarket.rules.status import Status
from fakemarket.world.ledger import Event
from fakemarket.world.lens import CLEAR, Lens
from fakemarket.world.mip_journal import Noticed
from fakemarket.world.mip_webhooks import Webhook
from fakemarket.world.order import Order, OrderId
from fakemarket.world.refund import line_to_spare, pay_piece_back
from fakemarket.world.world import World


class UnknownFault(LookupError):
    """No such fault in this market, or no longer."""


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
        self._orders: list[OrderLuck] = []
        self._events: list[EventLuck] = []
        self._waiting: list[Installed] = []
        """Those that come on after something that has not happened yet."""
        self._causes: list[str] = []
        self._next = 0
        self.struck: dict[str, int] = {}
        """How often each fault has struck, by `fault:<number>`; one that never did is worth a warning."""
        world.mip.skips = partial(self._takes, (MissingFromImport, LateImport))
        world.mip.misprints = partial(self._takes, (NumberMisprinted,))
        world.refuses_carrier = partial(self._takes, (CarrierRefused,))
        world.mip.webhooks.copies = self._copies
        world.buyers.pays_back = self._await_refunds
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
        if one.aim.after is not None:
            self._waiting.append(one)
            self._world.hears = self._hear
        else:
            self._come_on(one)
        if isinstance(fault, OfOrders):
            self._orders.append(OrderLuck(one, fault.aim))
        elif isinstance(fault, Postal):
            self._events.append(EventLuck(one, fault))
        elif isinstance(fault, Hiding):
            self._hiding.append(OrderLuck(one, fault.aim))
        elif not isinstance(fault, TokenDies | WalletEmpty):
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
        self._wait_no_more(one)
        if isinstance(one.fault, WalletEmpty):
            self._fill_up(one, one.fault)
        self._calls = [it for it in self._calls if it.one is not one]
        self._hiding = [it for it in self._hiding if it.one is not one]
        self._orders = [it for it in self._orders if it.one is not one]
        self._events = [it for it in self._events if it.one is not one]
        return one.fault

    def carry_out(self, call: Call) -> CarriedOut:
        """Carries a call out, or doesn't, as the faults will have it."""
        if not self._installed:
            return CarriedOut(call.act())
        self._causes = []
        # All luck is drawn before anything happens, for each fault whether or not another one has the call.
        hits = [it for it in self._calls if it.hits(call, self._world)]
        waits = [it for it in hits if isinstance(it.fault, Latency)]
        for it in waits:
            self._wait(it, call)
        hiding = [it for it in self._hiding if call.operation.startswith(it.aim.operation)]
        if not hits and not hiding:
            response = call.act()
            return CarriedOut(response, tuple(dict.fromkeys(self._causes)))
        lens = self._lens(hits, hiding, call)
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

    def _lens(self, hits: Sequence[CallLuck], hiding: Sequence[OrderLuck], call: Call) -> Lens:
        hides = partial(self._any_strikes, hiding) if hiding else None
        return lens_of(hits, call, self._world, hides, self._strike_all)

    def _strike_all(self, them: Sequence[Installed], order: int | None) -> None:
        for one in them:
            self._strike(one, order)

    def _takes(self, kinds: tuple[type[Fault], ...], order: Order) -> bool:
        if not self._orders:
            return False
        return self._any_strikes([it for it in self._orders if isinstance(it.one.fault, kinds)], order)

    def _any_strikes(self, lucks: Sequence[OrderLuck], order: Order) -> bool:
        # Each is asked, so that one fault's count doesn't hang on another's luck.
        answers = [self._strikes_order(luck, order) for luck in lucks]
        return any(answers)

    def _strikes_order(self, luck: OrderLuck, order: Order) -> bool:
        """Whether a fault strikes an order, told to the ledger the first time it does."""
        if not luck.hits(order, self._world):
            return False
        if order.id not in luck.told:
            luck.told.add(order.id)
            self._strike(luck.one, order.id)
        else:
            self._causes.append(luck.one.cause)
        return True

    def _await_refunds(self, order: Order) -> None:
        """An order has been accepted: a part of it may be paid back in a while."""
        for luck in self._orders:
            fault = luck.one.fault
            if isinstance(fault, PartialRefund) and luck.aim.takes(order.id, order.seller):
                self._world.at(self._world.now + luck.delay_seconds(fault, order), self._pay_back, luck, order)

    def _pay_back(self, luck: OrderLuck, order: Order) -> None:
        waits = order.status is Status.WAIT_SELLER_SEND_GOODS and line_to_spare(order) is not None
        if waits and luck.one.number in self._installed and self._strikes_order(luck, order):
            pay_piece_back(self._world, order, luck.one.cause)

    def _copies(self, _webhook: Webhook, event: Noticed) -> tuple[int, ...]:
        if not self._events:
            return (0,)
        mip = self._world.mip
        seller = next(channel.seller for channel in mip.channels.values() if channel.id == event.channel)
        order = None if event.order is None else OrderId(int(event.order.removeprefix("M")))
        hits = [it for it in self._events if it.hits(event, order, seller, self._world)]
        for it in hits:
            self._strike(it.one, order)
        return copies([it.fault for it in hits])

    def _kill_tokens(self, one: Installed, fault: TokenDies) -> None:
        for seller in self._whose(fault.seller):
            self._world.tokens.revoke(fault.app, seller, cause=one.cause)
        self._strike(one, None)

    def _hear(self, event: Event) -> None:
        """Something happened; those that have waited for it come on."""
        if all(it.aim.after is None or it.aim.after.what != event.what for it in self._waiting):
            return
        seller = self._seller_of(event)
        for one in [it for it in self._waiting if it.hears(event, seller)]:
            self._wait_no_more(one)
            self._come_on(one)

    def _wait_no_more(self, one: Installed) -> None:
        self._waiting = [it for it in self._waiting if it is not one]
        if not self._waiting:
            self._world.hears = None

    def _seller_of(self, event: Event) -> str | None:
        """Whom an event concerns, if one seller."""
        if event.order is not None:
            return self._world.orders[OrderId(event.order)].seller
        channels = self._world.mip.channels.values()
        named = (channel.seller for channel in channels if channel.id == event.facts.get("channel"))
        seller: str | None = event.facts.get("seller", next(named, None))
        return seller

    def _come_on(self, one: Installed) -> None:
        """What a fault of the world does by itself; the others wait to be asked."""
        fault = one.fault
        if isinstance(fault, TokenDies):
            due_at = max(window.from_at or 0 for window in one.windows()) if fault.at is None else fault.at
            self._at(due_at, one, self._kill_tokens, fault)
        elif isinstance(fault, WalletEmpty):
            self._run_dry(one, fault)

    def _run_dry(self, one: Installed, fault: WalletEmpty) -> None:
        now, windows = self._world.now, one.windows()
        from_at = max(now if window.from_at is None else window.from_at for window in windows)
        ends = [window.until_at for window in windows if window.until_at is not None]
        if ends and min(ends) <= max(from_at, now):
            return
        if from_at <= now:
            self._empty(one, fault)
        else:
            self._at(from_at, one, self._empty, fault)
        if ends:
            self._at(min(ends), one, self._fill_up, fault)

    def _empty(self, one: Installed, fault: WalletEmpty) -> None:
        self._world.mip.empty_wallets.update(self._whose(fault.aim.seller))
        self._strike(one, None)

    def _fill_up(self, one: Installed, fault: WalletEmpty) -> None:
        """Takes money in, but where another fault still keeps the wallet empty."""
        others = [it for it in self._installed.values() if it is not one and isinstance(it.fault, WalletEmpty)]
        still = {seller for it in others if it.is_on(self._world) for seller in self._whose(it.aim.seller)}
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
        for seller in (aim.seller, aim.after and aim.after.seller, aim.during and aim.during.seller):
            if seller is not None and seller not in sellers:
                raise BadFault(f"{fault.kind} aims at the seller {seller!r}; there is {', '.join(sellers)}")
        if isinstance(fault, TokenDies):
            return
        for name in ("operation", "order", "seller", "nth", "share", "window", "after", "during"):
            if name not in fault.takes and getattr(aim, name) != getattr(EVERYTHING, name):
                raise BadFault(f"{fault.kind} can't be aimed by {name}; it takes {', '.join(fault.takes)}")

"""A fault that is at work in a market: its number, its luck, and what it has to remember.

Knows no effects. Calls are counted for each fault by itself, over those that it aims at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fakemarket.call import Call
from fakemarket.faults.aim import Aim
from fakemarket.faults.kinds import Bending, Fault, Late, PartialRefund, Postal, Refusing, aim_of
from fakemarket.faults.when import Window
from fakemarket.streams import Stream, Streams
from fakemarket.world.ledger import Event
from fakemarket.world.mip_journal import Noticed
from fakemarket.world.order import Order, OrderId
from fakemarket.world.world import World


class Installed:
    """A fault with the number that the market has given it, and how far it is from coming on."""

    __slots__ = ("aim", "cause", "delays", "fault", "happened", "happened_at", "luck", "number")

    def __init__(self, number: int, fault: Fault, streams: Streams) -> None:
        self.number = number
        self.fault = fault
        self.aim = aim_of(fault)
        self.happened = 0
        """How often what it waits for has happened, until it was often enough; and when that was."""
        self.happened_at: int | None = None
        self.cause = f"fault:{number}"
        self.luck: Stream = streams.stream(str(number))
        self.delays: Stream = streams.child(str(number)).stream("delays")

    def hears(self, event: Event, seller: str | None) -> bool:
        """Whether an event of the ledger is the one that it waits for; each event is to be told once."""
        after = self.aim.after
        if after is None or not after.means(event, seller):
            return False
        self.happened += 1
        if self.happened < after.nth:
            return False
        self.happened_at = event.at
        return True

    def windows(self) -> tuple[Window, ...]:
        """When it is on, by the time: while all of these hold. None at all while it waits for something."""
        if self.aim.after is None:
            return (self.aim.window,)
        return () if self.happened_at is None else (self.aim.window, self.aim.after.window(self.happened_at))

    def is_on(self, world: World) -> bool:
        windows, during = self.windows(), self.aim.during
        return (
            bool(windows)
            and all(window.holds(world.now) for window in windows)
            and (during is None or during.holds(world))
        )


@dataclass(slots=True, eq=False)
class CallLuck:
    """Which calls a fault strikes."""

    one: Installed
    fault: Refusing | Bending
    calls: int = 0
    """Aimed at so far, on or not: a window that is moved moves no call's luck."""
    in_window: int = 0
    banned_until_at: int = 0
    """Until then every call aimed at is struck."""

    def hits(self, call: Call, world: World) -> bool:
        """Whether the fault strikes a call; each call is to be asked about once."""
        aim = self.fault.aim
        if not aim.takes_call(call):
            return False
        number, self.calls = self.calls, self.calls + 1
        if not self.one.is_on(world):
            return False
        self.in_window += 1
        if world.now < self.banned_until_at:
            return True
        return aim.nth in (None, self.in_window) and self.one.luck.uniform(number) < aim.share


@dataclass(slots=True, eq=False)
class OrderLuck:
    """Which orders a fault strikes."""

    one: Installed
    aim: Aim
    numbers: dict[OrderId, int] = field(default_factory=dict)
    """The orders aimed at in the window so far, as they were first met."""
    told: set[OrderId] = field(default_factory=set)

    def hits(self, order: Order, world: World) -> bool:
        aim = self.aim
        if not aim.takes(order.id, order.seller) or not self.one.is_on(world) or self._is_over(order, world.now):
            return False
        if aim.nth is not None and self.numbers.setdefault(order.id, len(self.numbers) + 1) != aim.nth:
            return False
        return self.one.luck.uniform(order.id) < aim.share

    def _is_over(self, order: Order, now: int) -> bool:
        """Whether an order that was late has come."""
        fault = self.one.fault
        if not isinstance(fault, Late):
            return False
        return now >= order.placed_at + self.delay_seconds(fault, order)

    def delay_seconds(self, fault: Late | PartialRefund, order: Order) -> int:
        """An order's own delay, drawn evenly between the fault's two."""
        minutes = fault.most_minutes - fault.least_minutes
        return 60 * fault.least_minutes + int(self.one.delays.uniform(order.id) * (60 * minutes + 1))


@dataclass(slots=True, eq=False)
class EventLuck:
    """Which events of the integration platform a fault strikes: the same ones for every webhook."""

    one: Installed
    fault: Postal
    numbers: dict[int, int] = field(default_factory=dict)
    """The events aimed at in the window so far."""

    def hits(self, event: Noticed, order: OrderId | None, seller: str, world: World) -> bool:
        aim = self.fault.aim
        is_meant = self.fault.event in (None, event.type) and aim.takes(order, seller)
        if not is_meant or not self.one.is_on(world):
            return False
        number = self.numbers.setdefault(event.id, len(self.numbers) + 1)
        return aim.nth in (None, number) and self.one.luck.uniform(event.id) < aim.share

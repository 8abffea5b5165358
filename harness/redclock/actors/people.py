"""People who look after a shop in working hours: they read messages and do what the panels offer.

They act on the world as somebody at a panel would, with the cause `person:<number>`. They decide nothing that a message
doesn't say: how good a message is shows in what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, assert_never

from fakemarket.market import Market
from fakemarket.rules.calendars import WorkingHours
from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event
from fakemarket.world.order import Order, OrderId
from fakemarket.world.tokens import MIP_APP, OWN_APP
from fakemarket.world.world import Refusal
from redclock.scenario.actors import PersonTable, Task
from redclock.subject.ports import AlertKind

USUAL_TOP_UP_CENTS = 100_000
"""What is paid in when nobody says how much [A]."""
_WEEK = frozenset(range(7))
_WAITING = (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to be done, once the work for it is done."""

    due_at: int
    facts: Mapping[str, Any]
    """What the message said; empty if nobody said anything."""


class Person:
    """One of a scenario's people.

    Args:
        table: what the file says of them.
        number: their place in the file, from 0.
        market: the shop they look after.
        zone: whose hours, unless the table says.
    """

    def __init__(self, table: PersonTable, number: int, market: Market, zone: str) -> None:
        self._table = table
        self._market = market
        self._cause = f"person:{number}"
        self.hours = hours_of(table, zone)
        self._luck = market.world.streams.child("people").stream(f"slips-{number}")
        self._consent = market.world.streams.child("people").stream(f"consent-{number}")
        self._parts_luck = market.world.streams.child("people").stream(f"parts-{number}")
        self._entered = 0
        self._parts = 0
        self._read = 0
        self._errands: list[Errand] = []

    def wake(self, now: int) -> int:
        """Reads, does what is due, and looks again in a while, if that is in working hours."""
        if self.hours.next_open(now) > now:
            return self.hours.next_open(now)
        self._errands.extend(Errand(self._due_at(now, facts), facts) for facts in self._news())
        for errand in [it for it in self._errands if it.due_at <= now]:
            self._errands.remove(errand)
            self._do(errand.facts)
        looks_at = now - now % self._table.looks_every + self._table.looks_every
        return self.hours.next_open(min([looks_at, *(it.due_at for it in self._errands if it.due_at > now)]))

    def _due_at(self, now: int, facts: Mapping[str, Any]) -> int:
        """When it is done after it was read now; a message may say how long that can wait."""
        last_safe_at = facts.get("last_safe_at") if self._table.at_the_last_moment else None
        return max(self.hours.add_work(now, self._table.takes), last_safe_at or now)

    def _news(self) -> Iterator[Mapping[str, Any]]:
        """What has been written since the last look, or the look itself when nobody writes."""
        if self._table.reads is None:
            if not self._errands:
                yield {}
            return
        news = self._market.ledger.since(self._read)
        self._read = len(self._market.ledger)
        yield from (event.facts for event in news if self._is_for_me(event))

    def _is_for_me(self, event: Event) -> bool:
        return event.what == "alert" and event.facts["kind"] == self._table.reads

    def _sellers(self) -> tuple[str, ...]:
        return (self._table.seller,) if self._table.seller else self._market.settings.sellers

    def _do(self, facts: Mapping[str, Any]) -> None:
        does: Callable[[Mapping[str, Any]], None]
        match self._table.does:
            case Task.RENEW_TOKEN:
                does = self._renew
            case Task.ENTER_NUMBERS:
                does = self._enter
            case Task.TOP_UP_WALLET:
                does = self._top_up
            case Task.ANSWER_CANCELLATIONS:
                does = self._answer
            case Task.ASK_TO_CANCEL:
                does = self._ask_to_cancel
            case _:
                assert_never(self._table.does)
        does(facts)

    def _renew(self, facts: Mapping[str, Any]) -> None:
        """Logs in again where the message says, or wherever access is dead or soon to end; imports what was missed."""
        world, about = self._market.world, facts.get("channel")
        early = self._table.reads is AlertKind.TOKEN_EXPIRING
        for seller in self._sellers():
            channel = world.mip.channels[seller]
            if about == "own":
                if facts.get("shop") in (None, channel.id) and not world.tokens.alive(OWN_APP, seller):
                    world.tokens.authorise(OWN_APP, seller, cause=self._cause)
            elif about == channel.id or (about is None and (early or not world.tokens.alive(MIP_APP, seller))):
                world.mip.reset_credentials(seller, cause=self._cause)
                since_at = channel.last_successful_import_at or world.start_at
                world.mip.import_window(seller, since_at, world.now, cause=self._cause)

    def _enter(self, facts: Mapping[str, Any]) -> None:
        """Declares what a list of entries has and the panel has not, in its order; a slip swaps two numbers in a row.

        What the form refuses after a slip is looked up again and entered as it stands in the list.
        """
        meant = [entry for entry in facts.get("entries", ()) if self._is_open(entry)]
        typed = [dict(entry) for entry in meant]
        for first, second in pairwise(typed):
            self._entered += 1
            if self._luck.uniform(self._entered) < self._table.slips:
                first["number"], second["number"] = second["number"], first["number"]
                self._market.world.note(int(first["order"]), "slip", {"with": int(second["order"])}, self._cause)
        for entry in typed:
            self._take_for_all(entry)
        for entry, right in zip(typed, meant, strict=True):
            if self._declare(entry) is not None and entry["number"] != right["number"]:
                self._declare(right)

    def _take_for_all(self, entry: dict[str, Any]) -> None:
        if entry.get("send_type", "all") == "all":
            return
        self._parts += 1
        if self._parts_luck.uniform(self._parts) < self._table.forgets_parts:
            entry["send_type"] = "all"
            self._market.world.note(int(entry["order"]), "slip", {"whole": True}, self._cause)

    def _order(self, entry: Mapping[str, Any]) -> Order:
        return self._market.world.orders[OrderId(int(entry["order"]))]

    def _is_open(self, entry: Mapping[str, Any]) -> bool:
        order = self._order(entry)
        numbers = {declared.number for declared in order.declarations}
        return order.seller in self._sellers() and order.status in _WAITING and entry["number"] not in numbers

    def _declare(self, entry: Mapping[str, Any]) -> Refusal | None:
        return self._market.world.declare(
            self._order(entry),
            carrier=entry["carrier"],
            number=entry["number"],
            whole=entry.get("send_type", "all") == "all",
            website=entry.get("website", ""),
            cause=self._cause,
        )

    def _top_up(self, facts: Mapping[str, Any]) -> None:
        """Pays in what the table says, or what the message asks for."""
        cents = self._table.cents or facts.get("needed_cents") or USUAL_TOP_UP_CENTS
        for seller in self._sellers():
            self._market.world.mip.supplier.top_up(seller, cents, key=None, cause=self._cause)

    def _answer(self, facts: Mapping[str, Any]) -> None:
        world = self._market.world
        for seller in self._sellers():
            for order in sorted(world.orders_of(seller, [Status.IN_CANCEL]), key=_asked_at):
                mirror = world.mip.mirror(order.id)
                sent = mirror is not None and bool(mirror.supplier_orders)
                stopped = not sent or (mirror is not None and world.mip.cancel(mirror, cause=self._cause))
                world.answer_cancellation(order, accept=stopped, cause=self._cause)

    def _ask_to_cancel(self, facts: Mapping[str, Any]) -> None:
        """No seller's call ends a paid order. A buyer who can't be served may ask for it, which is nobody's fault."""
        for order in (self._market.world.orders[OrderId(int(number))] for number in facts.get("orders", ())):
            agrees = self._consent.uniform(order.id) < self._table.agrees
            if agrees and order.seller in self._sellers() and order.status is Status.WAIT_SELLER_SEND_GOODS:
                self._market.world.move(order, Move.REQUEST_CANCEL, self._cause)


def hours_of(table: PersonTable, zone: str) -> WorkingHours:
    """When somebody works, by the clocks of `zone` unless the table says."""
    off = _WEEK - set(table.days)
    calendar = replace(table.calendar.working(), weekend=frozenset(off))
    return WorkingHours(calendar, table.zone or zone, *table.hours)


def _asked_at(order: Order) -> tuple[int, int]:
    return order.modified_at, order.id

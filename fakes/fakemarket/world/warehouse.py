"""The supplier's warehouse: cut-off, preparation, packers, the carrier's daily call.

Preparation and packing are work, measured in working time: it rests while the house is closed. Parcels queue first in,
first out by the second they are ready, ties by the order's key, so that another engine can repeat the queue exactly.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from fakemarket.rules.calendars import WorkingHours
from fakemarket.rules.zones import MINUTES_A_DAY, instant_at, local_date
from fakemarket.value import Record
from fakemarket.world.carriers import OF_SUPPLIER, Carrier, number_for

if TYPE_CHECKING:
    from fakemarket.settings import Period
    from fakemarket.streams import Stream
    from fakemarket.world.fate import ParcelFate
    from fakemarket.world.ledger import Facts
    from fakemarket.world.order import Line, Order
    from fakemarket.world.world import World


@dataclass(slots=True, eq=False, repr=False)
class Parcel(Record):
    """One box on its way out. Instants are market time; None means that it has not happened."""

    order: Order
    index: int
    """From 0 within the order."""
    lines: tuple[Line, ...]
    fate: ParcelFate
    carrier: Carrier
    number: str
    begins_at: int
    """When the house begins on it."""
    packed_at: int | None = None
    handed_over_at: int | None = None
    scanned_at: int | None = None
    delivered_at: int | None = None
    stopped: bool = False


@cache
def _parcel_facts(index: int) -> Facts:
    """What is told of a parcel and nothing else: one for each place in an order, and not for each parcel."""
    return {"parcel": index}


class Warehouse:
    """Where supplier orders become parcels."""

    def __init__(self, world: World, hours: WorkingHours) -> None:
        self._world = world
        self._clock = world.env
        self._hours = hours
        self._settings = world.settings.warehouse
        # Bound once: all that is to come holds these, and not a method bound anew for each parcel.
        self._then_be_packed, self._then_hand_over = self._packed, self._hand_over
        self._free = self._settings.packers
        self._waiting: deque[Parcel] = deque()
        self._day_seconds = (self._settings.closes_minute - self._settings.opens_minute) * 60
        self._laid_out: dict[int, list[Parcel]] = {}
        """What will be laid out, by when."""
        self._cut_offs: dict[date, tuple[int, int]] = {}
        """By day, when its cut-off is, and from when what comes later is worked on."""
        self._calls: dict[date, tuple[int, int]] = {}
        """By day, the carrier's first call from then on, and the one on the next working day."""
        self._parcels: dict[int, tuple[Parcel, ...]] = {}
        self._numbers: dict[tuple[str, int], Stream] = {}

    def order(self, order: Order, lines: tuple[Line, ...], carrier: Carrier | None = None) -> list[Parcel]:
        """Takes a supplier order of some lines; its parcels leave in their own time, by a carrier of its choice unless
        told. What is ordered anew after it was stopped is packed anew, in parcels of new numbers.
        """
        fates, now = order.fate.parcels[: len(lines)], self._clock.now
        starts_at = self._starts_at(now)
        begins_at = self._hours.next_open(now) if starts_at == now else starts_at  # an opening
        before = self._parcels.get(order.id, ())
        parcels = []
        for place, fate in enumerate(fates):
            index = len(before) + place
            bits = self._luck(order.seller, index).bits(order.fate.key)
            takes = carrier or OF_SUPPLIER[bits % len(OF_SUPPLIER)]
            its_lines = lines[place : place + 1] if place < len(fates) - 1 else lines[place:]
            parcel = Parcel(order, index, its_lines, fate, takes, number_for(takes, bits >> 4), begins_at)
            self._world.tell((now, order.id, "preparing", {"parcel": index, "starts_at": begins_at}, "warehouse"))
            self._lay_out_at(self._ready_at(fate, starts_at), parcel)
            parcels.append(parcel)
        self._parcels[order.id] = (*before, *parcels)
        return parcels

    def _luck(self, seller: str, index: int) -> Stream:
        """Where the numbers come from of each order's parcel of some place."""
        stream = self._numbers.get((seller, index))
        if stream is None:
            stream = self._world.streams.child(seller).stream(f"number-{index}")
            self._numbers[seller, index] = stream
        return stream

    def stop(self, order: Order) -> bool:
        """Stops an order, unless some of it is with the carrier already; whether it did."""
        parcels = self._parcels.get(order.id, ())
        if any(parcel.handed_over_at is not None for parcel in parcels):
            return False
        for parcel in parcels:
            parcel.stopped = True
        return True

    def way(self, fate: ParcelFate, ordered_at: int, *, cut_off: bool) -> tuple[int, int, int, int]:
        """When a parcel would be laid out, packed, called for and its number known if no other lay before it.

        Args:
            ordered_at: when the supplier has its order.
            cut_off: whether it waits for the next working day after the cut-off, as all do.
        """
        laid_out_at = self._ready_at(fate, self._starts_at(ordered_at) if cut_off else ordered_at)
        packed_at = self._packed_at(fate, self._hours.next_open(laid_out_at))
        called_at = self._pickup_at(packed_at)
        return laid_out_at, packed_at, called_at, called_at + fate.tracking_seconds

    def has_packed(self, order: Order) -> bool:
        """Whether work and goods were spent on an order."""
        return any(parcel.packed_at is not None for parcel in self._parcels.get(order.id, ()))

    def _period(self, day: date) -> Period | None:
        return next((p for p in self._settings.periods if p.first_day <= day <= p.last_day), None)

    def _slowdown(self, at: int) -> float:
        if not self._settings.periods:
            return 1.0
        period = self._period(local_date(at, self._hours.zone))
        return period.slowdown if period else 1.0

    def _starts_at(self, at: int) -> int:
        """From when on an order of that moment is worked on: after the cut-off from the next working day."""
        day = local_date(at, self._hours.zone)
        known = self._cut_offs.get(day)
        if known is None:
            period = self._period(day)
            cutoff = self._settings.cutoff_minute
            if period is not None and period.cutoff_minute is not None:
                cutoff = period.cutoff_minute
            tomorrow_at = self._hours.next_open(instant_at(day, MINUTES_A_DAY, self._hours.zone))
            known = self._cut_offs[day] = instant_at(day, cutoff, self._hours.zone), tomorrow_at
        cutoff_at, tomorrow_at = known
        return tomorrow_at if at >= cutoff_at else at

    def _ready_at(self, fate: ParcelFate, starts_at: int) -> int:
        """When the goods lie on the packing table."""
        seconds = fate.preparation_days * self._slowdown(starts_at) * self._day_seconds
        return self._hours.add_work(starts_at, int(seconds))

    def _lay_out_at(self, at: int, parcel: Parcel) -> None:
        """Has the parcels of one second queue together, after everything else that happens in it."""
        parcels = self._laid_out.get(at)
        if parcels is None:
            parcels = self._laid_out[at] = []
            self._world.after_all(at, self._queue, at)
        parcels.append(parcel)

    def _queue(self, at: int) -> None:
        parcels = self._laid_out.pop(at)
        for parcel in parcels:
            self._world.tell((at, parcel.order.id, "laid_out", _parcel_facts(parcel.index), "warehouse"))
        if len(parcels) > 1:
            parcels.sort(key=lambda it: (it.order.fate.key, it.order.seller, it.index))
        self._waiting.extend(parcels)
        self._pack()

    def _pack(self) -> None:
        """Gives whoever is free the next parcels that are still wanted."""
        now = self._clock.now
        while self._free and self._waiting:
            parcel = self._waiting.popleft()
            if parcel.stopped:
                continue
            self._free -= 1
            starts_at = self._hours.next_open(now)
            facts = {"parcel": parcel.index, "starts_at": starts_at}
            self._world.tell((now, parcel.order.id, "packing", facts, "warehouse"))
            self._clock.at(self._packed_at(parcel.fate, starts_at), self._then_be_packed, parcel)

    def _packed_at(self, fate: ParcelFate, starts_at: int) -> int:
        return self._hours.add_work(starts_at, int(fate.packing_seconds * self._slowdown(starts_at)))

    def _packed(self, parcel: Parcel) -> None:
        parcel.packed_at = now = self._clock.now
        self._world.tell((now, parcel.order.id, "packed", _parcel_facts(parcel.index), "warehouse"))
        self._clock.at(self._pickup_at(now), self._then_hand_over, parcel)
        self._free += 1
        self._pack()

    def _pickup_at(self, at: int) -> int:
        """The carrier's next call, on a working day."""
        day = local_date(at, self._hours.zone)
        known = self._calls.get(day)
        if known is None:
            calendar, zone, minute = self._hours.calendar, self._hours.zone, self._settings.pickup_minute
            worked = calendar.on_or_after(day)
            calls = instant_at(worked, minute, zone), instant_at(calendar.add(worked, 1), minute, zone)
            known = self._calls[day] = calls
        call_at, next_call_at = known
        return call_at if call_at >= at else next_call_at

    def _hand_over(self, parcel: Parcel) -> None:
        if parcel.stopped:
            return
        world = self._world
        parcel.handed_over_at = now = self._clock.now
        facts = {"parcel": parcel.index, "number": parcel.number}
        world.tell((now, parcel.order.id, "handed_over", facts, "warehouse"))
        world.mip.see_off(parcel)
        world.tracking.hand_over(parcel)
        self._clock.later(parcel.fate.tracking_seconds, world.mip.then_learn_number, parcel)

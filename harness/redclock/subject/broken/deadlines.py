"""How a deadline can be got wrong by whoever doesn't take the marketplace's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from redclock.subject.actions import Action
from redclock.subject.broken.change import careless, without
from redclock.subject.caretaker import Caretaker
from redclock.subject.decide import DECISIONS
from redclock.subject.forecast import warn_of_time
from redclock.subject.picture import WAITING, Picture
from redclock.subject.policy import HOUR, Policy
from redclock.subject.ports import (
    ListedOrder,
    Ports,
)
from redclock.subject.working_days import WorkingDays

MADRID = ZoneInfo("Europe/Madrid")
CALIFORNIA = ZoneInfo("America/Los_Angeles")


def _own_deadlines(ports: Ports, ship_by_at: Callable[[ListedOrder], int]) -> Caretaker:
    """Goes by a deadline of its own."""

    def warn(picture: Picture, policy: Policy) -> Iterable[Action]:
        for order_id in picture.open:
            order = picture.listed[order_id]
            if order.status in WAITING:
                picture.open[order_id] = replace(order, ship_by_at=ship_by_at(order))
        picture.rank()
        yield from warn_of_time(picture, policy)

    return Caretaker(ports, decisions=(warn, *without(warn_of_time)))


def _fifth_working_day_ends(day: datetime, holidays: frozenset[date] = frozenset()) -> datetime:
    days = WorkingDays(holidays, "UTC")
    counted = 1 if days.is_working(day.date()) else 0
    while counted < 5:
        day += timedelta(days=1)
        counted += days.is_working(day.date())
    return day + timedelta(days=1)


def counts_days_in_madrid(ports: Ports) -> Caretaker:
    """Works out the deadline itself: five weekdays by the wall clock of Madrid."""

    def own(order: ListedOrder) -> int:
        day = datetime.fromtimestamp(order.modified_at, MADRID).replace(hour=0, minute=0, second=0)
        return int(_fifth_working_day_ends(day).timestamp())

    return _own_deadlines(ports, own)


def keeps_one_calendar(ports: Ports) -> Caretaker:
    """Works out the deadline itself, in the right zone, by the one calendar it knows: the warehouse's."""

    def own(order: ListedOrder) -> int:
        day = datetime.fromtimestamp(order.modified_at, CALIFORNIA).replace(hour=0, minute=0, second=0)
        return int(_fifth_working_day_ends(day, ports.facts.holidays).timestamp())

    return _own_deadlines(ports, own)


def fixed_offset(ports: Ports) -> Caretaker:
    """Holds California to be eight hours behind London all the year round, and Madrid one ahead of it."""

    def own(order: ListedOrder) -> int:
        at = order.ship_by_at or 0
        shown = datetime.fromtimestamp(at, CALIFORNIA).replace(tzinfo=ZoneInfo("Etc/GMT+8"))
        return int(shown.timestamp())

    return _own_deadlines(ports, own)


def counts_calendar_days(ports: Ports) -> Caretaker:
    """Works out the deadline itself: five days, whatever days they are."""

    def own(order: ListedOrder) -> int:
        return order.modified_at + 5 * 24 * HOUR

    return _own_deadlines(ports, own)


def cuts_it_fine(ports: Ports) -> Caretaker:
    """Declares when three hours are left: time enough, on a day on which nothing goes wrong."""
    return careless(ports, safety_margin_hours=3, last_moment_hours=3)


def rounds_deadlines(ports: Ports) -> Caretaker:
    """Rebuilds each deadline from whole days, hours and minutes left, and takes each step of it for a change."""

    def rebuilt(picture: Picture, policy: Policy) -> Iterable[Action]:
        for order_id, order in picture.listed.items():
            if order.ship_by_at is not None and picture.compared_at == picture.now:
                left = (order.ship_by_at - picture.now) // 60 * 60
                picture.listed[order_id] = replace(order, ship_by_at=picture.now + left)
        yield from ()

    policy = Policy.knowing(ports.facts, deadline_tolerance_seconds=0)
    return Caretaker(ports, policy, decisions=(*DECISIONS, rebuilt))


def acts_at_the_last_second(ports: Ports) -> Caretaker:
    """Has no margin: what is left for the last hour is in time, it thinks."""
    return careless(ports, safety_margin_hours=0, last_moment_hours=0)

"""The red clock: by when a shipment must be declared.

Preparation time is counted in working days of a calendar, from an anchor instant that the caller takes from
the order; which of the order's instants that is, is one of the rules. The answer is always the first instant
too late, so that `declared_at < ship_by_at` is "in time" everywhere. Knows no statuses, orders or present.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, assert_never

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.zones import MINUTES_A_DAY, instant_at, local_date, zone_of
from fakemarket.value import Value, value


class Anchor(StrEnum):
    """What starts the countdown. No source settles it [A]."""

    REVIEW_PASSED = "review_passed"
    PAID = "paid"
    ORDER_CREATED = "order_created"


class DeadlineClock(StrEnum):
    """When on the last day the countdown ends. No source settles it [A]."""

    END_OF_DAY = "end_of_day"
    SAME_CLOCK_TIME = "same_clock_time"


@value
class ExtensionWindow(Value):
    """Days on which the platform gives everybody more time, such as Chinese New Year: 7 days in 2020 [1].

    An order whose anchor day lies in `first_day` to `last_day`, both included, has `extra_days` more working
    days of preparation; that they are working days is assumed [A].
    """

    name: str
    first_day: date
    last_day: date
    extra_days: int

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError(f"extension {self.name!r} ends on {self.last_day}, before {self.first_day}")
        if self.extra_days < 0:
            raise ValueError(f"extension {self.name!r} gives {self.extra_days} days; it must give 0 or more")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CountdownRules(Value):
    """How a countdown is worked out.

    Attributes:
        preparation_days: working days promised in the delivery template, 1 or more.
        anchor: which of the order's instants the caller has to hand in.
        count_anchor_day: the anchor's own day, if worked, is day 1; else the next working day always is.
        deadline_clock: when on the last day it ends.
        zone: IANA name of the marketplace's zone, whose midnights and clock times end a countdown.
        calendar: whose working days count.
        extensions: more time for some days; where windows overlap the longest extension holds.
        calendar_zone: zone in which the anchor's date is read; empty for `zone`.
    """

    preparation_days: int
    anchor: Anchor
    count_anchor_day: bool
    deadline_clock: DeadlineClock
    zone: str
    calendar: WorkingCalendar
    extensions: tuple[ExtensionWindow, ...] = ()
    calendar_zone: str = ""
    _endings: dict[date, tuple[date, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.preparation_days < 1:
            raise ValueError(f"preparation_days is {self.preparation_days}, but must be at least 1")
        zone_of(self.zone)
        zone_of(self.calendar_zone or self.zone)

    def ending(self, anchor_day: date) -> tuple[date, int]:
        """The last day on which a shipment may be declared, extensions included, and the midnight after it.

        Remembered for each anchor day, because a market asks once an order.
        """
        known = self._endings.get(anchor_day)
        if known is None:
            windows = (each for each in self.extensions if each.first_day <= anchor_day <= each.last_day)
            days = self.preparation_days + max((each.extra_days for each in windows), default=0)
            last_day = ship_by_date(anchor_day, days, self.count_anchor_day, self.calendar)
            known = self._endings[anchor_day] = last_day, instant_at(last_day, MINUTES_A_DAY, self.zone)
        return known


class TimeLeft(NamedTuple):
    """A countdown as the panel and the order list show it: elapsed time, so it runs through weekends."""

    days: int
    hours: int
    minutes: int


@lru_cache(maxsize=1 << 16)
def ship_by_date(anchor_day: date, preparation_days: int, count_anchor_day: bool, calendar: WorkingCalendar) -> date:
    """The last day on which a shipment may be declared: working day number `preparation_days`.

    An anchor day that isn't worked never counts, so both readings of `count_anchor_day` agree on it.
    """
    if count_anchor_day and calendar.is_working(anchor_day):
        return calendar.add(anchor_day, preparation_days - 1)
    return calendar.add(anchor_day, preparation_days)


def ship_by_at(anchor_at: int, rules: CountdownRules) -> int:
    """The first instant too late for a declaration.

    At the end of a day that is the midnight after it. With SAME_CLOCK_TIME it is the anchor's own clock time
    on the last day; one day's preparation whose anchor day counts then leaves no time at all.
    """
    last, end_at = rules.ending(local_date(anchor_at, rules.calendar_zone or rules.zone))
    match rules.deadline_clock:
        case DeadlineClock.END_OF_DAY:
            return end_at
        case DeadlineClock.SAME_CLOCK_TIME:
            local = datetime.fromtimestamp(anchor_at, zone_of(rules.zone))
            # fold=0: a clock time that comes twice on the last day ends the countdown the first time.
            return int(local.replace(year=last.year, month=last.month, day=last.day, fold=0).timestamp())
        case _:
            assert_never(rules.deadline_clock)


def time_left(end_at: int, now: int) -> TimeLeft:
    """What the red clock shows at `now`, whole minutes rounded down; all zeros once it is too late [A]."""
    minutes = max(0, end_at - now) // 60
    return TimeLeft(minutes // MINUTES_A_DAY, minutes // 60 % 24, minutes % 60)

"""What a missed deadline costs: violations, the seller's standing, the loss.

Only the shape is known: severity follows the share of orders not shipped over the last 7 or 30 days [1].
Points, thresholds and weights were found nowhere, so every number is a setting that is invented [A] until
somebody knows better. Knows no statuses and no present; the caller hands in instants and amounts.
"""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import NamedTuple

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.zones import MINUTES_A_DAY, instant_at, local_date
from fakemarket.value import Value, value

_DAY_SECONDS = 86_400


class ViolationKind(StrEnum):
    """What a seller can be blamed for. The words are ours."""

    NOT_SHIPPED = "seller_not_shipped"
    """Nothing declared before the countdown ended, whether or not the parcel had left [1]."""
    SELLER_CANCELLED = "seller_cancelled"
    FALSE_SHIPMENT = "false_shipment"
    """Declared with a number that no carrier showed in time [1]."""


class Violation(NamedTuple):
    """One blame, and the penalty points it brings."""

    kind: ViolationKind
    at: int
    points: int


class Severity(IntEnum):
    """How bad a seller's record is; higher is worse. The words are ours, the order is the platform's [1]."""

    FINE = 0
    WARN = 1
    SERIOUS = 2


@value
class PenaltyRules(Value):
    """How misses are judged.

    Attributes:
        points_per_violation: points of a seller's first, second, ... violation; the last one goes on [A].
        seller_cancel_counts_as_violation: unless the reason was the buyer's [C].
        not_shipped_rate_window_days: the windows over which the rate is taken, in days of elapsed time [1].
        not_shipped_rate_warn: share of a window's orders from which the seller is warned [A].
        not_shipped_rate_serious: share from which it is serious [A].
        minimum_missed_orders: fewer misses in a window than this are never judged [A].
        penalty_cents: what one violation is held to cost beside the lost sale [A].
    """

    points_per_violation: tuple[int, ...] = (0,)
    seller_cancel_counts_as_violation: bool = True
    not_shipped_rate_window_days: tuple[int, ...] = (7, 30)
    not_shipped_rate_warn: float = 0.02
    not_shipped_rate_serious: float = 0.05
    minimum_missed_orders: int = 3
    penalty_cents: int = 0

    def __post_init__(self) -> None:
        if not self.points_per_violation or not self.not_shipped_rate_window_days:
            raise ValueError("points_per_violation and not_shipped_rate_window_days must not be empty")
        if not 0 <= self.not_shipped_rate_warn <= self.not_shipped_rate_serious <= 1:
            raise ValueError(
                f"not_shipped_rate_warn is {self.not_shipped_rate_warn} and not_shipped_rate_serious is "
                f"{self.not_shipped_rate_serious}; both must lie in 0 to 1, the first not above the second"
            )


class WindowRate(NamedTuple):
    """Misses among the orders settled in the last `days` days."""

    days: int
    orders: int
    missed: int

    @property
    def rate(self) -> float:
        """Share of orders missed; 0 when there were none."""
        return self.missed / self.orders if self.orders else 0.0


class Standing(NamedTuple):
    """A seller's record: the worst severity of any window, and the windows."""

    severity: Severity
    windows: tuple[WindowRate, ...]


def violation(
    kind: ViolationKind, at: int, earlier: int, rules: PenaltyRules, *, buyers_reason: bool = False
) -> Violation | None:
    """The violation that this is, after `earlier` ones of the same seller, or None if it isn't one."""
    if kind is ViolationKind.SELLER_CANCELLED and (buyers_reason or not rules.seller_cancel_counts_as_violation):
        return None
    points = rules.points_per_violation
    return Violation(kind, at, points[min(earlier, len(points) - 1)])


def standing(settled: Iterable[tuple[int, bool]], now: int, rules: PenaltyRules) -> Standing:
    """A seller's standing at `now`.

    `settled` are orders declared or missed, as (instant, missed). One settled exactly a window's length ago
    is out of the window, and what lies after `now` isn't looked at.
    """
    orders = list(settled)
    windows = tuple(_rate(orders, now, days) for days in rules.not_shipped_rate_window_days)
    return Standing(max(_severity(window, rules) for window in windows), windows)


def _rate(orders: list[tuple[int, bool]], now: int, days: int) -> WindowRate:
    inside = [missed for at, missed in orders if now - days * _DAY_SECONDS < at <= now]
    return WindowRate(days, len(inside), sum(inside))


def _severity(window: WindowRate, rules: PenaltyRules) -> Severity:
    if window.missed < rules.minimum_missed_orders or window.rate < rules.not_shipped_rate_warn:
        return Severity.FINE
    return Severity.SERIOUS if window.rate >= rules.not_shipped_rate_serious else Severity.WARN


def loss_cents(order_cents: int, *, packed: bool, goods_cents: int, label_cents: int, rules: PenaltyRules) -> int:
    """What a miss costs: the order not charged, goods and label if packed, the penalty's weight."""
    spent_cents = goods_cents + label_cents if packed else 0
    return order_cents + spent_cents + rules.penalty_cents


def must_be_online_by_at(declared_at: int, limit_days: int, calendar: WorkingCalendar, zone: str) -> int:
    """The first instant too late for a carrier to show a declared number, or it is a false shipment.

    That is the end of working day `limit_days` after the declaration's own, which isn't counted [A].
    """
    return _limit_ends_at(local_date(declared_at, zone), limit_days, calendar, zone)


@lru_cache(maxsize=4096)
def _limit_ends_at(declared_on: date, limit_days: int, calendar: WorkingCalendar, zone: str) -> int:
    """Remembered for each day, because a market asks once a declaration."""
    return instant_at(calendar.add(declared_on, limit_days), MINUTES_A_DAY, zone)

"""What each preparation time costs: missed orders against those lost to a longer promise, and the cheapest time.

All prices are whoever asks's; there are no others. With time until the shipment is declared as the demand and days of
preparation as the quantity, this is a newsvendor who pays once for running short, however short (Silver, Pyke and
Peterson 1998, a cost for each stockout occasion): a day more pays while the share of orders that it saves is above the
ratio of its cost to that of a miss. That rule looks at one step at a time, the curve at the whole: where steps save
less and less both find the same, and it is said where they don't.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from redclock.planner.estimate import Estimate
from redclock.planner.sweep import BadPlan, Difference, Plan

ORDERS = 1000
"""Costs are for so many orders, of those that come with the shortest time."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What somebody holds things to cost, in the market's currency.

    Attributes:
        miss_cents: a missed order: the sale that is lost, what was spent on it, and the penalty.
        lost_share_a_day: share of orders that don't come for each working day that is promised longer.
        margin_cents: what an order that doesn't come would have brought.

    Raises:
        BadPlan: one of them can't be.
    """

    miss_cents: int
    lost_share_a_day: float
    margin_cents: int

    def __post_init__(self) -> None:
        if self.miss_cents <= 0 or self.margin_cents < 0 or not 0 < self.lost_share_a_day < 1:
            raise BadPlan(
                f"a miss costs {self.miss_cents} cents, an order brings {self.margin_cents} and a day loses a share of "
                f"{self.lost_share_a_day}, but they must be above 0, at least 0, and between 0 and 1"
            )

    @property
    def ratio(self) -> float:
        """Share of orders that one day more must save to pay."""
        return self.lost_share_a_day * self.margin_cents / self.miss_cents


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one preparation time, in cents for `ORDERS` orders.

    Attributes:
        whole: all of it; the interval is that of the miss rate.
        missed: of it for missed orders.
        lost: of it for orders that didn't come.
    """

    preparation_days: int
    whole: Estimate
    missed: float
    lost: float


@dataclass(frozen=True, slots=True)
class Step:
    """From one preparation time to the next one.

    Attributes:
        saved: share of orders, paired run by run.
        needed: what it must save to pay.
    """

    shorter_days: int
    longer_days: int
    saved: Estimate
    needed: float

    @property
    def pays(self) -> bool:
        return self.saved.mean > self.needed


@dataclass(frozen=True, slots=True)
class CostCurve:
    """The answer, shortest time first."""

    prices: Prices
    currency: str
    costs: tuple[Cost, ...]
    steps: tuple[Step, ...]
    confidence: float

    @property
    def cheapest(self) -> Cost:
        """The lowest mean; of equal ones the shortest time."""
        return min(self.costs, key=lambda it: it.whole.mean)

    @property
    def by_ratio(self) -> int:
        """The preparation time after which no step pays."""
        paying = [it.longer_days for it in self.steps if it.pays]
        return paying[-1] if paying else self.costs[0].preparation_days

    @property
    def sure(self) -> bool:
        """Whether the intervals too say that the step to the cheapest pays and the one after it doesn't."""
        days = self.cheapest.preparation_days
        for it in self.steps:
            if it.saved.low is None or it.saved.high is None:
                return False
            if (it.longer_days == days and it.saved.low <= it.needed) or (
                it.shorter_days == days and it.saved.high >= it.needed
            ):
                return False
        return True


def cost_curve(plan: Plan, prices: Prices) -> CostCurve:
    """The costs of a plan's preparation times.

    Raises:
        BadPlan: the plan has one time only, or its days lose more than all orders.
    """
    if len(plan.rows) == 1:
        raise BadPlan("a cost curve needs two preparation times or more, such as --preparation-days 3..8")
    first, last = plan.rows[0].preparation_days, plan.rows[-1].preparation_days
    if prices.lost_share_a_day * (last - first) > 1:
        raise BadPlan(
            f"{last - first} days more lose more than all orders at a share of {prices.lost_share_a_day:.3g} a day; "
            "try fewer days or a smaller share"
        )
    costs = []
    for row in plan.rows:
        lost = ORDERS * prices.lost_share_a_day * (row.preparation_days - first) * prices.margin_cents
        missed = ORDERS * row.rate.mean * prices.miss_cents
        low, high = (
            None if it is None else ORDERS * it * prices.miss_cents + lost for it in (row.rate.low, row.rate.high)
        )
        whole = replace(row.rate, mean=missed + lost, low=low, high=high)
        costs.append(Cost(row.preparation_days, whole, missed, lost))
    currency = next(it.value for it in plan.assumptions if it.name == "demand.currency")
    steps = tuple(_step(it, prices) for it in plan.differences)
    return CostCurve(prices, currency, tuple(costs), steps, plan.confidence)


def _step(difference: Difference, prices: Prices) -> Step:
    days = difference.longer_days - difference.shorter_days
    return Step(difference.shorter_days, difference.longer_days, difference.saved, days * prices.ratio)

"""What each preparation time would have meant for orders that really happened.

The same deadline rules as in the simulated market, applied to a history. An order is judged if it was handed over to a
carrier, whatever became of it later: it is missed if that came at or after the first instant too late. An order never
handed over has no verdict, cancelled or not, because a file doesn't say whether anybody still meant to ship it; they
are counted by status beside the table. An order handed over before its approval is kept: real files have them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import fsum

from fakemarket.rules.deadlines import Anchor, CountdownRules, ship_by_at
from fakemarket.rules.zones import local_date
from redclock.planner.estimate import CONFIDENCE, Estimate, of_ratio
from redclock.planner.history import HistoricOrder, History
from redclock.planner.sheets import BadOrderFile
from redclock.planner.sweep import distinct_days


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """One preparation time under both readings of the day on which the countdown starts."""

    preparation_days: int
    counted: Estimate
    """Miss rate if that day, where worked, is preparation day 1: the rule that sellers are told."""
    free: Estimate
    """Miss rate if preparation starts with the working day after it."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Orders without a verdict: their number, what they weigh, and why."""

    why: str
    orders: int
    weight: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """The table, and everything that is not in it.

    Every row of the file is here: judged, among the `orders` of `unjudged`, or in `history.broken`.

    Attributes:
        history: the file that was judged.
        rules: the deadline rules; preparation time and counting of the first day are those of each row.
        rows: by preparation time, shortest first.
        own_limit: share handed over after the file's own limit, if it has one; among judged orders that have it.
        judged: orders in the table.
        weight: what they weigh together.
        weeks: calendar weeks they were bought in: the units of the intervals.
        before_approval: judged orders handed over before their approval.
        unjudged: orders without a verdict.
        confidence: how sure intervals are, two-sided.
    """

    history: History
    rules: CountdownRules
    rows: tuple[BacktestRow, ...]
    own_limit: Estimate | None
    judged: int
    weight: float
    weeks: int
    before_approval: int
    unjudged: tuple[Unjudged, ...]
    confidence: float


def backtest(
    history: History,
    rules: CountdownRules,
    preparation_days: Iterable[int] = range(3, 9),
    *,
    confidence: float = CONFIDENCE,
) -> Backtest:
    """Judges every order under every preparation time.

    Intervals take the calendar week of the purchase as the unit: misses come in waves (a sale, a slow week), so single
    orders would promise too much. They say how far the rate depends on which weeks happened to be in the file; they are
    no forecast.

    Args:
        history: the orders.
        rules: the deadline rules. Their anchor is the purchase (`ORDER_CREATED`) or the approval (`PAID` and
            `REVIEW_PASSED`: files don't tell them apart).
        preparation_days: working days to try, each 1 or more.
        confidence: how sure intervals shall be, two-sided.

    Raises:
        BadOrderFile: no order of the file can be judged.
        BadPlan: no preparation time, or one of less than a day.
        MissingExtra: scipy is not installed.
    """
    tried = distinct_days(preparation_days)
    judged, left_out = _sorted_out(history.orders, rules.anchor)
    if not fsum(order.weight for order in judged):
        first = "; ".join(f"line {row.line}: {row.reason}" for row in history.broken[:3])
        raise BadOrderFile(
            f"{history.source}: none of its {len(history.orders) + len(history.broken)} orders has a weight, a handover"
            f" and a start of the countdown ({rules.anchor}){f'; first broken rows: {first}' if first else ''}"
        )

    def rate(missed: Callable[[HistoricOrder], bool], among: Iterable[HistoricOrder] = judged) -> Estimate:
        return miss_rate(among, missed, rules.zone, confidence)

    def late(days: int, counted: bool) -> Callable[[HistoricOrder], bool]:
        variant = replace(rules, preparation_days=days, count_anchor_day=counted)
        return lambda order: is_late(order, variant)

    limited = [order for order in judged if order.limit_at is not None]
    return Backtest(
        history=history,
        rules=rules,
        rows=tuple(BacktestRow(days, rate(late(days, True)), rate(late(days, False))) for days in tried),
        own_limit=rate(_after_own_limit, limited) if any(order.weight for order in limited) else None,
        judged=len(judged),
        weight=fsum(order.weight for order in judged),
        weeks=len({_week(order, rules.zone) for order in judged}),
        before_approval=sum(_before_approval(order) for order in judged),
        unjudged=left_out,
        confidence=confidence,
    )


def is_late(order: HistoricOrder, rules: CountdownRules) -> bool:
    """Whether an order that was handed over, and has the anchor, was so when its countdown had ended."""
    anchor_at = _anchor_at(order, rules.anchor)
    assert anchor_at is not None
    assert order.handed_over_at is not None
    return order.handed_over_at >= ship_by_at(anchor_at, rules)


def miss_rate(
    orders: Iterable[HistoricOrder], missed: Callable[[HistoricOrder], bool], zone: str, confidence: float = CONFIDENCE
) -> Estimate:
    """The weighted share of orders that are missed, with an interval over the weeks of their purchase in a zone."""
    weights: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    misses: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for order in orders:
        week = _week(order, zone)
        weights[week].append(order.weight)
        misses[week].append(order.weight if missed(order) else 0.0)
    weeks = sorted(weights)
    return of_ratio([fsum(misses[it]) for it in weeks], [fsum(weights[it]) for it in weeks], "week", confidence)


def _sorted_out(orders: Iterable[HistoricOrder], anchor: Anchor) -> tuple[list[HistoricOrder], tuple[Unjudged, ...]]:
    judged: list[HistoricOrder] = []
    numbers: Counter[str] = Counter()
    weights: defaultdict[str, list[float]] = defaultdict(list)
    for order in orders:
        if order.handed_over_at is None:
            why = f"{order.status or 'no status'}, never handed over"
        elif _anchor_at(order, anchor) is None:
            why = "no approval time to start the countdown from"
        else:
            judged.append(order)
            continue
        numbers[why] += 1
        weights[why].append(order.weight)
    return judged, tuple(Unjudged(why, count, fsum(weights[why])) for why, count in numbers.most_common())


def _anchor_at(order: HistoricOrder, anchor: Anchor) -> int | None:
    return order.purchased_at if anchor is Anchor.ORDER_CREATED else order.approved_at


def _after_own_limit(order: HistoricOrder) -> bool:
    """Later than the second the file names: up to it the seller was in time."""
    assert order.handed_over_at is not None
    assert order.limit_at is not None
    return order.handed_over_at > order.limit_at


def _before_approval(order: HistoricOrder) -> bool:
    return None not in (order.approved_at, order.handed_over_at) and order.handed_over_at < order.approved_at  # type: ignore[operator]


def _week(order: HistoricOrder, zone: str) -> tuple[int, int]:
    return local_date(order.purchased_at, zone).isocalendar()[:2]

"""What a profile is worth: learnt from the earlier orders of a file, held against what happened to the later ones.

Nothing that was known only later is learnt from: an order handed over after the cut counts as still waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import fsum

from fakemarket.rules.deadlines import Anchor
from fakemarket.rules.zones import instant_at, local_date
from fakemarket.world.world import countdown_rules
from redclock.planner.backtest import Backtest, backtest
from redclock.planner.estimate import Estimate
from redclock.planner.fit.learning import learn, settled
from redclock.planner.fit.mirror import predicted
from redclock.planner.history import HistoricOrder, History
from redclock.planner.sheets import BadOrderFile
from redclock.planner.sweep import distinct_days


@dataclass(frozen=True, slots=True)
class HeldBackRow:
    """One preparation time: what was predicted of the later orders, what happened, and what simpler ways predict.

    Attributes:
        preparation_days: working days.
        predicted: by the market learnt from the earlier orders.
        actual: of the later orders, over their weeks.
        earlier: what this preparation time would have missed of the earlier orders.
        overall: the mean of `earlier` over all preparation times: one rate for every question.
    """

    preparation_days: int
    predicted: float
    actual: Estimate
    earlier: float
    overall: float


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The comparison.

    Attributes:
        cut: orders bought from this day on were held back.
        learnt: earlier orders that were learnt from.
        judged: later orders that were judged.
        rows: by preparation time, shortest first.
    """

    cut: date
    learnt: int
    judged: int
    rows: tuple[HeldBackRow, ...]

    @property
    def errors(self) -> dict[str, float]:
        """Mean distance from what happened, over preparation times: of the market and of the simpler ways."""
        ways = {
            "predicted": [it.predicted for it in self.rows],
            "earlier": [it.earlier for it in self.rows],
            "overall": [it.overall for it in self.rows],
        }
        actual = [it.actual.mean for it in self.rows]
        return {
            way: fsum(abs(rate - was) for rate, was in zip(rates, actual, strict=True)) / len(actual)
            for way, rates in ways.items()
        }


def held_back(
    history: History,
    country: str,
    share: float,
    preparation_days: Iterable[int] = range(3, 9),
    *,
    parametric: bool = False,
) -> HeldBack:
    """Learns from the earlier orders and predicts the later ones.

    Args:
        history: the orders.
        country: as for `learn`.
        share: of the orders, by weight, that are held back, the latest ones.
        preparation_days: working days to judge by, each 1 or more.
        parametric: as for `learn`.

    Raises:
        BadOrderFile: one of the two parts is too small.
        BadPlan: no preparation time, or one of less than a day.
        MissingExtra: scipy is not installed.
    """
    tried = distinct_days(preparation_days)
    cut = _cut(history, share)
    cut_at = instant_at(cut, 0, history.zone)
    try:
        before = _of(history, (_as_known(it, cut_at) for it in history.orders if it.purchased_at < cut_at))
        profile = learn(before, country, parametric=parametric)
        rules = countdown_rules(profile.settings)
        if "approval" not in history.columns:
            rules = replace(rules, anchor=Anchor.ORDER_CREATED)  # approved when bought, as in the market learnt from it
        earlier = backtest(_of(history, settled(before, before.orders)), rules, tried)
        later = backtest(_of(history, (it for it in history.orders if it.purchased_at >= cut_at)), rules, tried)
    except BadOrderFile as wrong:
        raise BadOrderFile(f"{100 * share:g} % can't be held back: {wrong}") from None
    last_day = local_date(max(it.purchased_at for it in history.orders), history.zone)
    rates = [it.mean for it in _rates(earlier)]
    overall = fsum(rates) / len(rates)
    rows = zip(tried, predicted(profile.settings, tried, cut, last_day), _rates(later), rates, strict=True)
    return HeldBack(cut, earlier.judged, later.judged, tuple(HeldBackRow(*row, overall=overall) for row in rows))


def _cut(history: History, share: float) -> date:
    """The day on which the later orders begin."""
    orders = sorted(history.orders, key=lambda it: it.purchased_at)
    left = (1 - share) * fsum(it.weight for it in orders)
    for order in orders:
        left -= order.weight
        if left <= 0:
            break
    return local_date(order.purchased_at, history.zone)


def _as_known(order: HistoricOrder, at: int) -> HistoricOrder:
    """What a file made at an instant would have of it."""

    def so_far(when: int | None) -> int | None:
        return when if when is not None and when < at else None

    return replace(order, approved_at=so_far(order.approved_at), handed_over_at=so_far(order.handed_over_at))


def _of(history: History, orders: Iterable[HistoricOrder]) -> History:
    return replace(history, orders=tuple(orders), broken=())


def _rates(found: Backtest) -> Sequence[Estimate]:
    return [it.counted if found.rules.count_anchor_day else it.free for it in found.rows]

"""A fitted market asked what it gives: lags and miss rates, by the planner's own engine.

What a file of handovers doesn't show is taken out first: cancellations, freezes, goods out of stock, dead tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from fakemarket.rules.zones import instant_at
from fakemarket.settings import Settings
from redclock.planner.engine.engine import Engine
from redclock.planner.fit.shapes import Sample
from redclock.planner.replication import Horizon
from redclock.planner.sweep import plan

_ORDERS = 20_000.0
"""Orders of one look at the market: quantiles are good to a hundredth of them [A]."""
_NO_LIMIT_DAYS = 300
"""Working days of preparation under which nothing is missed, so that every handover is seen."""
_WARM_UP_DAYS = 28
_RUNS = 10
_FEWEST_DAYS = 28
"""A few days are looked at for four weeks: orders are drawn until the last one counted is declared."""


def undisturbed(settings: Settings) -> Settings:
    """The market of the orders that were handed over: nothing else happens to them."""
    return replace(
        settings,
        buyers=replace(settings.buyers, cancel_share=0.0, frozen_share=0.0),
        review=replace(settings.review, rejected_share=0.0, hold_share=0.0),
        warehouse=replace(settings.warehouse, out_of_stock_share=0.0),
        tokens=replace(settings.tokens, refresh_extends=True, dies_early=False),
    )


def handover_hours(settings: Settings, first_day: date, last_day: date) -> Sample:
    """Hours from acceptance to the declared shipment of the orders of some days."""
    zone, days = settings.demand.zone, max((last_day - first_day).days + 1, _FEWEST_DAYS)
    market = _with_orders(undisturbed(settings), days)
    horizon = Horizon(instant_at(first_day, 0, zone), 0, days)
    found = Engine(market, horizon, (_NO_LIMIT_DAYS,)).outcomes([0])
    hours = (found.sent_at[0] - found.orders.accepted_at) / 3600
    return Sample.of(hours, hours * 0 + 1)


def predicted(settings: Settings, preparation_days: Sequence[int], first_day: date, last_day: date) -> list[float]:
    """The miss rate of the orders accepted in some days, for each preparation time."""
    days = (last_day - first_day).days + 1
    found = plan(
        _with_orders(undisturbed(settings), max(days, _FEWEST_DAYS)),
        preparation_days,
        start_at=instant_at(first_day - timedelta(_WARM_UP_DAYS), 0, settings.demand.zone),
        warm_up_days=_WARM_UP_DAYS,
        days=days,
        runs=_RUNS,
        processes=1,
    )
    return [row.rate.mean for row in found.rows]


def _with_orders(settings: Settings, days: int) -> Settings:
    """More orders or fewer don't change what becomes of each: a fitted market has no queue."""
    return replace(settings, demand=replace(settings.demand, orders_per_day=_ORDERS / days))

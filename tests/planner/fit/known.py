"""Files of orders from markets whose settings are known, to be learnt again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fakemarket.distributions import Constant, Triangular
from fakemarket.rules.zones import instant_at
from fakemarket.settings import Buyers, Calendar, Countdown, Demand, Mip, Settings, Warehouse
from redclock.planner.engine.draws import NEVER
from redclock.planner.engine.engine import Engine
from redclock.planner.history import History, read_orders
from redclock.planner.replication import DAY, Horizon

ZONE = "Europe/Madrid"
FIRST = date(2026, 1, 12)
HEADER = "order_id,order_status,placed_at,approved_at,handed_over_at"
PLAIN = Settings(
    demand=Demand(orders_per_day=60, day_cv=0.2),
    buyers=Buyers(cancel_share=0, frozen_share=0),
    countdown=Countdown(zone=ZONE),
    warehouse=Warehouse(
        calendar=Calendar(),
        preparation_working_days=Triangular(0.5, 1.0, 4.0),
        packers=50,
        packing_minutes=Constant(0),
        split_share=0,
        out_of_stock_share=0,
    ),
    mip=Mip(tracking_hours=Constant(0), import_every_minutes=1, push_every_minutes=1),
)
"""A market whose handovers are all in its preparation: what `fit` takes every market for."""


def lines(settings: Settings, days: int, seed: int = 1) -> list[str]:
    """The orders bought in some days from `FIRST` on, as the planner's engine has them, none missed."""
    start_at = instant_at(FIRST, 0, ZONE)
    found = Engine(settings, Horizon(start_at, 0, days + 30), (80,)).outcomes([seed])
    orders, until_at = found.orders, start_at + days * DAY
    rows = zip(orders.placed_at.tolist(), orders.accepted_at.tolist(), found.sent_at[0].tolist(), strict=True)
    return [HEADER, *(f"{n},,{','.join(map(_time, row))}" for n, row in enumerate(rows) if row[0] < until_at)]


def history_of(folder: Path, settings: Settings, days: int, seed: int = 1) -> History:
    return written(folder, lines(settings, days, seed))


def written(folder: Path, text: Iterable[str]) -> History:
    path = folder / "orders.csv"
    path.write_text("\n".join(text) + "\n")
    return read_orders(path, ZONE)


def with_house(**changes: object) -> Settings:
    return replace(PLAIN, warehouse=replace(PLAIN.warehouse, **changes))  # type: ignore[arg-type]


def _time(at: int) -> str:
    return "" if at >= NEVER else datetime.fromtimestamp(at, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")

"""The public API for tests of other repositories, as a type checker must understand it. Checked and never run."""

from __future__ import annotations

import asyncio
from typing import assert_type

from pandas import DataFrame

from fakemarket.faults import Aim, AnswerLost
from fakemarket.journal import Entry, Journal
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.ledger import Event, Ledger
from fakemarket.world.mip_order import MipOrder
from fakemarket.world.order import Order
from redclock.notebook import Planned, plan
from redclock.planner.sweep import Plan
from redclock.run import Outcome
from redclock.testing import (
    AliExpress,
    Clock,
    MarketServer,
    Mip,
    Rehearsal,
    Warp,
    doors,
    failure_report,
    market,
    market_server,
    rehearsal,
    warp,
)


def context_managers() -> None:
    with market(seed=7, settings=Settings(demand=Demand(orders_per_day=5)), allow=["db"]) as shop:
        assert_type(shop, Market)
    with market(settings={"demand": {"orders_per_day": 5}}, faults=[AnswerLost(Aim(nth=1))], history_days=2) as shop:
        assert_type(shop.orders("WAIT_SELLER_SEND_GOODS"), list[Order])
    with market(scenario="b1-silent-expiry") as shop, market_server(shop) as served:
        assert_type(served, MarketServer)
        assert_type(served.aliexpress, AliExpress)
        assert_type(served.mip, Mip)
    with doors(Market()) as shop, warp(shop, clock=Clock.NONE, limit_seconds=60) as held:
        assert_type(held, Warp)
    with warp(Market(), clock="time-machine"):
        pass


@market(seed=7)
def decorated(market: Market) -> None: ...


@market_server(seed=7)
async def decorated_too(market_server: MarketServer) -> None: ...


async def poll() -> int:
    await asyncio.sleep(1)
    return 1


def poll_for_ever() -> None: ...


def fixtures(
    market: Market,
    market_server: MarketServer,
    aliexpress: AliExpress,
    mip: Mip,
    warp: Warp,
    scenario: Rehearsal,
    ledger: Ledger,
    journal: Journal,
) -> None:
    """What a test is handed under these names."""
    order = aliexpress.place(pays=True)
    assert_type(order, Order)
    assert_type(order.ship_by_at, int | None)
    assert_type(aliexpress.of("rome").url, str)
    assert_type(mip.order(order.id), MipOrder | None)
    assert_type(mip.headers, dict[str, str])
    assert_type(market_server.url, str)
    assert_type(ledger.of(order.id), list[Event])
    assert_type(journal.assert_called("GET /v1/orders", times=3), list[Entry])
    assert_type(warp.now(), int)
    warp.advance(days=1)
    warp.run_until(lambda: order.status == "FINISH", days=30, waiting_for="the end")
    assert_type(warp.run(poll, hours=1), int | None)
    warp.run(poll_for_ever, days=2)
    assert_type(scenario.run("shop:Caretaker"), Outcome)
    assert_type(scenario.assert_passes(), Outcome)
    assert_type(failure_report(market, "make check"), str)
    assert_type(rehearsal("b1-silent-expiry", 3), Rehearsal)


def notebooks() -> None:
    found = plan(Settings(), range(4, 8), 0.02, runs=20)
    assert_type(found, Planned)
    assert_type(found.plan, Plan)
    assert_type(found.frame(), DataFrame)
    assert_type(found.runs(), DataFrame)

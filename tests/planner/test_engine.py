"""The engine and the world give every order that counts the same tracking instant and the same verdict."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.planner.markets import busy_questions, questions

from fakemarket.distributions import (
    Constant,
    Distribution,
    Exponential,
    Lognormal,
    QuickOrSlow,
    Triangular,
    table,
)
from fakemarket.rules.status import Move
from fakemarket.settings import Buyers, Demand, Mip, Review, Settings, Tokens, Warehouse
from fakemarket.streams import Stream
from fakemarket.world.order import OrderId
from fakemarket.world.world import World, warehouse_hours
from redclock.planner.causes import CAUSES, Cause, causes
from redclock.planner.engine import compiled, draws, tables, warehouse
from redclock.planner.engine.chance import cells
from redclock.planner.engine.covered import NotCovered
from redclock.planner.engine.draws import NEVER
from redclock.planner.engine.engine import Engine
from redclock.planner.replication import Horizon, decided, replicate
from redclock.planner.sweep import plan

Verdict = tuple[int, int | None, int | None, int | None, Cause | None]
"""When an order was accepted, declared whole, missed, cancelled by its buyer; why it was missed, if it counts."""


def of_the_world(market: Settings, seed: int, horizon: Horizon) -> dict[tuple[str, int], Verdict]:
    return counts_of(decided(market, seed, horizon), horizon)


def counts_of(world: World, horizon: Horizon) -> dict[tuple[str, int], Verdict]:
    ends = {
        move: {event.order: event.at for event in world.ledger.named(move)}
        for move in (Move.COUNTDOWN_ENDS, Move.CANCEL_TIMEOUT)
    }
    why = causes(
        world,
        [it for it in ends[Move.COUNTDOWN_ENDS] if it and world.orders[OrderId(it)].accepted_at in counted(horizon)],
    )
    return {
        (order.seller, order.fate.key): (
            order.accepted_at,
            order.sent_at,
            ends[Move.COUNTDOWN_ENDS].get(order.id),
            ends[Move.CANCEL_TIMEOUT].get(order.id),
            why.get(order.id),
        )
        for order in world.orders.values()
        if order.accepted_at is not None and order.accepted_at in counted(horizon)
    }


def counted(horizon: Horizon) -> range:
    return range(horizon.counts_from_at, horizon.counts_until_at)


def of_the_engine(engine: Engine, market: Settings, seed: int) -> list[dict[tuple[str, int], Verdict]]:
    """A preparation time each."""
    found = engine.outcomes([seed])
    sellers = sorted(market.sellers)

    def instant(at: int) -> int | None:
        return None if at >= NEVER else int(at)

    return [
        {
            (sellers[seller], int(key)): (
                int(accepted),
                instant(sent),
                instant(missed),
                instant(cancelled),
                None if cause < 0 else CAUSES[cause],
            )
            for seller, key, accepted, sent, missed, cancelled, cause in zip(
                found.shops, found.orders.keys, found.orders.accepted_at, *rows, strict=True
            )
        }
        for rows in zip(found.sent_at, found.missed_at, found.cancelled_at, found.causes, strict=True)
    ]


def promising(market: Settings, days: int) -> Settings:
    return replace(market, countdown=replace(market.countdown, preparation_days=days))


@pytest.fixture(params=["numpy alone", "compiled"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "compiled":
        assert compiled.compile_if_possible(), "numba comes with the extra `plan`"
    yield
    compiled.use_numpy_alone()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.one_of(questions(), questions(), busy_questions()), seed=st.integers(0, 2**63))
def test_every_order_that_counts_has_the_world_s_instants_and_its_cause_of_a_miss(
    way: None, question: tuple[Settings, Horizon, tuple[int, ...]], seed: int
) -> None:
    market, horizon, preparation_days = question
    engine = Engine(market, horizon, preparation_days)
    for days, found in zip(preparation_days, of_the_engine(engine, market, seed), strict=True):
        assert found == of_the_world(promising(market, days), seed, horizon)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.one_of(questions(), busy_questions()), seed=st.integers(0, 2**63), others=st.integers(1, 9))
def test_a_replication_counts_the_same_whatever_others_go_with_it(
    way: None, question: tuple[Settings, Horizon, tuple[int, ...]], seed: int, others: int
) -> None:
    together = Engine(*question)
    alone = [Engine(*question).replicate([it]) for it in range(seed, seed + others)]
    assert together.replicate(range(seed, seed + others)) == [it for (it,) in alone]
    assert together.replicate([seed]) == alone[0], "nor whatever went before"


def test_the_default_market_is_counted_as_the_world_counts_it(way: None) -> None:
    horizon = Horizon(1_772_409_600, 7, 14)
    engine = Engine(Settings(), horizon, (3, 5))
    for seed in range(2):
        assert engine.replicate([seed]) == [[replicate(promising(Settings(), days), seed, horizon) for days in (3, 5)]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(key=st.integers(0, 2**64 - 1), first=st.integers(0, 2**42), count=st.integers(1, 50))
def test_a_block_of_a_stream_s_numbers_is_as_many_single_ones(way: None, key: int, first: int, count: int) -> None:
    steps = draws.steps_of(np.arange(first, first + count, dtype=np.uint64))
    streams = draws.StreamKeys(np.array([[0, 1], [0, key]], dtype=np.uint64))
    found = draws.uniforms(streams, 1, np.ones(count, dtype=np.int64), steps)
    assert found.tolist() == [Stream(key).uniform(first + n) for n in range(count)]


@pytest.mark.parametrize(
    "distribution",
    [Lognormal(20, 0.78), QuickOrSlow(0.79, 0.3, 0.5, 1, 24), Triangular(0.5, 1.5, 4), Exponential(30), Constant(7)],
)
def test_a_table_gives_arrays_what_it_gives_the_world_to_the_last_bit(way: None, distribution: Distribution) -> None:
    edges = [cell / 256 + off for cell in (0, 1, 2, 128, 254, 255) for off in (0, 1e-9, 1 / 512, 1 / 256 - 2**-53)]
    u = np.array([*edges, 2**-53, 1 - 2**-53, *(Stream(5).uniform(n) for n in range(2000))])
    assert draws.drawn(1, u, cells((Constant(0), distribution))).tolist() == [
        table(distribution).at(it) for it in u.tolist()
    ]


@pytest.mark.parametrize(
    ("market", "named"),
    [
        (Settings(mip=Mip(wallet_cents=10**6)), "mip.wallet_cents"),
        (Settings(mip=Mip(push_lost_share=0.1)), "mip.push_lost_share"),
        (Settings(mip=Mip(push_answer_lost_share=0.1)), "mip.push_answer_lost_share"),
        (Settings(warehouse=Warehouse(minimum_order_cents=1)), "warehouse.minimum_order_cents"),
        (Settings(tokens=Tokens(access_hours=0.01)), "tokens.access_hours"),
        (Settings(tokens=Tokens(dies_early=True, revoked_every_days=Constant(0))), "tokens.revoked_every_days"),
        (Settings(review=Review(hours=Constant(10**6))), "review.hours"),
        (Settings(buyers=Buyers(frozen_share=0.1, frozen_hours=Constant(30_000))), "a countdown that ends only at"),
    ],
)
def test_what_the_engine_does_not_cover_it_refuses_by_name(market: Settings, named: str) -> None:
    with pytest.raises(NotCovered, match=named):
        Engine(market, Horizon(1_772_409_600, 0, 3), (5,))


def test_a_market_that_is_not_covered_is_asked_of_the_world_and_the_plan_says_so() -> None:
    endless = Mip(wallet_cents=10**9)
    market = Settings(demand=Demand(orders_per_day=10))
    asked: dict[str, Any] = {"preparation_days": (3, 5), "runs": 2, "days": 2, "warm_up_days": 1, "processes": 1}
    slow, fast = plan(replace(market, mip=endless), **asked), plan(market, **asked)
    assert [row.rates for row in slow.rows] == [row.rates for row in fast.rows], "the wallet never runs dry"
    assert fast.warnings == ()
    assert [it for it in slow.warnings if "mip.wallet_cents: a wallet that may run dry" in it]


def test_the_packers_load_is_what_they_have_to_do_by_the_time_they_have() -> None:
    market = Settings(
        demand=Demand(orders_per_day=100, day_cv=0, several_products_share=0),
        warehouse=Warehouse(packers=2, packing_minutes=Constant(6), out_of_stock_share=0),
    )
    february = Horizon(1_769_990_400, 7, 28)
    load = Engine(market, february, (5,)).load(1)
    accepted = Engine(market, february, (5,)).replicate([1])[0][0].orders / 28
    assert 80 < accepted < 95
    # Seven days' orders against five days of two people for nine hours.
    assert load == pytest.approx(accepted * 7 * 6 / (5 * 2 * 9 * 60), rel=0.03)


def test_packing_ends_on_the_second_of_closing_and_what_takes_no_time_waits_for_the_next_opening() -> None:
    hours = warehouse_hours(Settings())
    monday = 1_772_409_600
    house = tables.house(Settings(), monday, monday + 94 * 3600)
    closes_at, opens_at, last_at = int(house.closes[0]), int(house.opens[1]), int(house.closes[-1])
    evening, night = int(house.works[1]), int(house.works[-1] + house.closes[-1] - house.opens[-1])
    done = np.array([evening - 1, evening, evening + 1, night - 1, night, night + 1])

    def of_the_world(takes: int, ready_at: int) -> int:
        return hours.add_work(hours.next_open(ready_at), takes)

    worked = warehouse.packed(done - 60, done, house).tolist()
    assert worked == [closes_at - 1, closes_at, opens_at + 1, last_at - 1, last_at, house.end_at]
    assert worked[:5] == [
        of_the_world(60, at) for at in (*range(closes_at - 61, closes_at - 58), last_at - 61, last_at - 60)
    ]
    at_once = warehouse.packed(done, done, house).tolist()
    assert at_once == [closes_at - 1, opens_at, opens_at + 1, last_at - 1, house.end_at, house.end_at]
    assert at_once[:4] == [of_the_world(0, at) for at in (closes_at - 1, closes_at, opens_at + 1, last_at - 1)]


@pytest.mark.parametrize(("servers", "load", "wait_seconds"), [(1, 0.5, 600.0), (2, 0.8, 1066.7), (4, 0.75, 305.7)])
def test_the_queue_makes_customers_wait_as_long_as_erlang_s_formula_says(
    servers: int, load: float, wait_seconds: float
) -> None:
    """M/M/c with a mean service of 600 s; the waits are the textbook's, worked out by hand."""
    compiled.use_numpy_alone()  # which is handed lists; another test's question may have been large enough to compile
    luck, customers = np.random.default_rng(1), 300_000
    ready = np.cumsum(luck.exponential(600 / servers / load, customers)).astype(np.int64).tolist()
    work = np.rint(luck.exponential(600, customers)).astype(np.int64).tolist()
    begun, done = [0] * customers, [0] * customers
    warehouse.pack([customers], ready, work, servers, [0], [1.0], False, begun, done)
    assert np.subtract(begun, ready).mean() == pytest.approx(wait_seconds, rel=0.04)

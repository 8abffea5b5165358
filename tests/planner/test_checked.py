"""Looked after by people it knows, the engine too gives every order that counts what the world gives it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planner.markets import busy_questions, questions
from tests.planner.test_care import cast
from tests.planner.test_engine import counts_of, of_the_engine, promising

from fakemarket.distributions import Constant, Exponential, Uniform
from fakemarket.settings import Buyers, Demand, Mip, Period, Settings, Tokens, Warehouse
from redclock.planner.care import Care, cared_for, habits_of, looked_after
from redclock.planner.engine.covered import NotCovered
from redclock.planner.engine.engine import Engine
from redclock.planner.engine.habits import NOBODY
from redclock.planner.replication import Horizon
from redclock.planner.replications import Replications
from redclock.planner.sweep import START_AT
from redclock.scenario.actors import PersonTable, SubjectTable, Task
from redclock.subject.ports import AlertKind

Question = tuple[Settings, Horizon, tuple[int, ...]]

frail_tokens = st.builds(
    Tokens,
    access_hours=st.sampled_from([0.5, 7.5, 30, 100, 720]),
    refresh_hours=st.sampled_from([1, 20, 60, 200, 4320]),
    refresh_rotates=st.booleans(),
    refresh_extends=st.booleans(),
    revoked_every_days=st.sampled_from([Exponential(2), Uniform(0.3, 4), Constant(1.4)]),
    dies_early=st.booleans(),
)
hard_of_use = st.builds(
    Mip,
    import_every_minutes=st.sampled_from([1, 15, 60, 720, 2000]),
    push_every_minutes=st.sampled_from([7, 60, 360, 1000]),
    import_window_hours=st.sampled_from([0.1, 5, 24]),
    overlap_minutes=st.sampled_from([0, 120]),
    tracking_hours=st.sampled_from([Constant(0), Constant(6), Exponential(9)]),
    refreshes_token=st.booleans(),
    refresh_early_hours=st.sampled_from([0, 1, 24]),
    token_age_days=st.sampled_from([0, 0, 3, 29, 40]),
)


@st.composite
def troubled_questions(draw: Any) -> Question:
    """Any market, most often one whose platform loses its access and whose supplier refuses a lot."""
    market, horizon, preparation_days = draw(st.one_of(questions(), questions(), busy_questions()))
    if draw(st.sampled_from([True, True, True, False])):
        market = replace(market, tokens=draw(frail_tokens), mip=draw(hard_of_use))
    if draw(st.sampled_from([True, False])):
        often = st.sampled_from([0.0, 0.3, 1.0])
        house = replace(
            market.warehouse,
            supplier_error_share=draw(often),
            unknown_sku_share=draw(often),
            export_invoice_share=draw(often),
            refuses_split=draw(st.booleans()),
        )
        market = replace(market, warehouse=house)
    return market, horizon, preparation_days


@st.composite
def carers(draw: Any, sellers: tuple[str, ...]) -> Care:
    """Somebody who checks daily, some who log in again, or both."""
    hour = draw(st.sampled_from([*range(24), None]))
    subject = "idle" if hour is None else f"daily_manual_check@{hour}"
    person = st.builds(
        PersonTable,
        does=st.just(Task.RENEW_TOKEN),
        seller=st.sampled_from([None, None, *sellers]),
        hours=st.sampled_from([(540, 1020), (0, 1440), (480, 481)]),
        days=st.sampled_from([(0,), (0, 1, 2, 3, 4), (2, 6), tuple(range(7))]),
        zone=st.sampled_from([None, "America/Los_Angeles", "Asia/Shanghai"]),
        looks_every=st.sampled_from([60, 900, 3600, 7000]),
        takes=st.sampled_from([0, 0, 600, 8000, 60_000]),
    )
    return Care(subject, cast(people=tuple(draw(st.lists(person, min_size=hour is None, max_size=2)))))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), question=troubled_questions(), seed=st.integers(0, 2**63))
def test_every_order_that_counts_has_the_world_s_instants_and_cause_whoever_looks_after_it(
    data: st.DataObject, question: Question, seed: int
) -> None:
    market, horizon, preparation_days = question
    care = data.draw(carers(market.sellers))
    habits = habits_of(care, market)
    assert habits is not None
    engine = Engine(market, horizon, preparation_days, habits)
    for days, found in zip(preparation_days, of_the_engine(engine, market, seed), strict=True):
        assert found == counts_of(looked_after(promising(market, days), seed, horizon, care), horizon)


SOON_OVER = Tokens(access_hours=2.4)
"""Of a platform that doesn't refresh it. The seller's own is refreshed, so that whoever looks can mend what he sees."""
CORNERS = {
    "refused twice": Settings(
        demand=Demand(orders_per_day=9, several_products_share=1),
        warehouse=Warehouse(split_share=1, refuses_split=True, supplier_error_share=0.5),
    ),
    "refused four times": Settings(
        demand=Demand(orders_per_day=9, several_products_share=0.5),
        warehouse=Warehouse(
            preparation_working_days=Constant(0),
            split_share=1,
            refuses_split=True,
            supplier_error_share=1,
            unknown_sku_share=1,
            export_invoice_share=1,
        ),
    ),
    "frozen at a look": Settings(
        demand=Demand(orders_per_day=9),
        buyers=Buyers(frozen_share=0.9, frozen_hours=Constant(30)),
        warehouse=Warehouse(supplier_error_share=1),
    ),
    "the first number pushed while frozen": Settings(
        demand=Demand(orders_per_day=15, several_products_share=1),
        buyers=Buyers(frozen_share=1, frozen_hours=Constant(20)),
        warehouse=Warehouse(split_share=1, second_parcel_working_days=Constant(1)),
    ),
    "passed over by rounds": Settings(
        demand=Demand(orders_per_day=9),
        tokens=Tokens(dies_early=True, revoked_every_days=Constant(1.4)),
        mip=Mip(import_every_minutes=720, import_window_hours=0.1),
    ),
    "left to push when the next token dies": Settings(
        demand=Demand(orders_per_day=1),
        tokens=Tokens(dies_early=True, revoked_every_days=Constant(0.1)),
        mip=Mip(import_every_minutes=50_000, push_every_minutes=360),
    ),
    "left to push when somebody has logged in again": Settings(
        demand=Demand(orders_per_day=9),
        tokens=Tokens(access_hours=0.5, refresh_hours=1),
        mip=Mip(import_every_minutes=2000, push_every_minutes=60, token_age_days=1, tracking_hours=Constant(0)),
    ),
    "expired before a round would refresh it": Settings(
        demand=Demand(orders_per_day=9),
        tokens=Tokens(access_hours=7.5),
        mip=Mip(import_every_minutes=50_000, push_every_minutes=60, refresh_early_hours=1, tracking_hours=Constant(0)),
    ),
    "found dead by who looks": Settings(
        sellers=("b", "a"),
        demand=Demand(orders_per_day=9),
        tokens=SOON_OVER,
        mip=Mip(import_every_minutes=2000, push_every_minutes=50_000, refreshes_token=False),
    ),
    "a seller's own token dead": Settings(
        sellers=("b", "a"),
        demand=Demand(orders_per_day=9),
        tokens=Tokens(dies_early=True, revoked_every_days=Uniform(1, 30)),
        warehouse=Warehouse(supplier_error_share=1),
    ),
    "known in the second of a look": Settings(
        demand=Demand(orders_per_day=40),
        tokens=SOON_OVER,
        mip=Mip(import_every_minutes=50_000, refreshes_token=False, tracking_hours=Constant(0)),
        warehouse=Warehouse(
            opens_minute=0,
            closes_minute=1440,
            pickup_minute=540,
            preparation_working_days=Constant(0),
            periods=(Period(date(2026, 1, 1), date(2026, 12, 31), slowdown=0.001),),
        ),
    ),
    "laid out in the second of a look": Settings(
        demand=Demand(orders_per_day=40),
        tokens=SOON_OVER,
        mip=Mip(import_every_minutes=1, refreshes_token=False),
        warehouse=Warehouse(
            packers=1,
            cutoff_minute=600,
            pickup_minute=720,
            packing_minutes=Exponential(10),
            preparation_working_days=Constant(0),
        ),
    ),
}


@pytest.mark.parametrize("corner", CORNERS)
def test_what_random_markets_seldom_meet_has_the_world_s_instants_and_causes_too(corner: str) -> None:
    market, horizon = CORNERS[corner], Horizon(START_AT, warm_up_days=1, days=18)
    for care in (
        Care("daily_manual_check"),
        Care("idle", cast(people=(PersonTable(does=Task.RENEW_TOKEN, hours=(0, 1440), days=(0, 2, 4, 6)),))),
    ):
        habits = habits_of(care, market)
        assert habits is not None
        for seed in (1, 3):
            (found,) = of_the_engine(Engine(market, horizon, (5,), habits), market, seed)
            assert found == counts_of(looked_after(promising(market, 5), seed, horizon, care), horizon)


def test_what_somebody_mends_is_counted_by_the_engine_as_the_world_counts_it() -> None:
    market = replace(Settings(), tokens=Tokens(dies_early=True, revoked_every_days=Constant(1.4)))
    horizon = Horizon(START_AT, warm_up_days=1, days=4)
    renews = cast(people=(PersonTable(does=Task.RENEW_TOKEN, days=(0, 3)),))
    for care in (Care("daily_manual_check"), Care("daily_manual_check@16"), Care("idle", renews)):
        asked = Replications(market, horizon, [3, 5], 1, care=care)
        assert asked.slow_because == ""
        assert asked.tallies([4, 5]) == [
            [cared_for(promising(market, days), seed, horizon, care) for seed in (4, 5)] for days in (3, 5)
        ]


def checked_by(*tables: SubjectTable, people: tuple[PersonTable, ...] = ()) -> Care:
    return Care("idle", cast(subjects=tables or (SubjectTable(),), people=people))


@pytest.mark.parametrize(
    "care",
    [
        Care("reference"),
        checked_by(SubjectTable(subject="daily_manual_check@9"), SubjectTable(subject="daily_manual_check@16")),
        checked_by(SubjectTable(subject="daily_manual_check", starts=60)),
        checked_by(SubjectTable(every=3600)),
        checked_by(people=(PersonTable(does=Task.ANSWER_CANCELLATIONS),)),
        checked_by(people=(PersonTable(does=Task.RENEW_TOKEN, reads=AlertKind.TOKEN_DEAD),)),
        checked_by(people=(PersonTable(does=Task.RENEW_TOKEN, seller="nobody"),)),
    ],
)
def test_whom_the_engine_does_not_know_the_world_is_asked_about(care: Care) -> None:
    assert habits_of(care, Settings()) is None
    slow = Replications(Settings(), Horizon(START_AT, 0, 1), [5], 1, care=care).slow_because
    assert slow == "somebody looks after the orders, whom the engine doesn't know"


def test_nobody_is_known_by_any_name() -> None:
    assert habits_of(Care("idle"), Settings()) == habits_of(Care("redclock.subject.broken:Idle"), Settings()) == NOBODY


def test_a_check_that_gets_through_for_the_first_time_in_two_weeks_is_asked_of_the_world() -> None:
    """A look that finds a token dead which no round has found dead ends there, and comes further the next day."""
    market = Settings(
        sellers=("a", "b", "c", "d", "e"),
        demand=Demand(orders_per_day=2),
        tokens=Tokens(dies_early=True, revoked_every_days=Constant(0.9)),
        mip=Mip(import_every_minutes=50_000, push_every_minutes=50_000),
    )
    horizon, care = Horizon(START_AT, 0, 30), Care("daily_manual_check")
    habits = habits_of(care, market)
    assert habits is not None
    with pytest.raises(NotCovered, match="first time in two weeks"):
        Engine(market, horizon, [5], habits).replicate([1])
    asked = Replications(market, horizon, [5], 1, care=care)
    assert asked.tallies([1]) == [[cared_for(market, 1, horizon, care)]]
    assert asked.load([1]) is None

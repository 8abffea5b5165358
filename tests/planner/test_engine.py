"""The engine and the world give every order that counts the same tracking instant and the same verdict."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planner.markets import busy_questions, questions

from fakemarket.rules.status import Move
from fakemarket.settings import Settings
from redclock.planner.engine.draws import NEVER
from redclock.planner.engine.engine import Engine
from redclock.planner.replication import Horizon, decided, replicate

Verdict = tuple[int, int | None, int | None, int | None]
"""When an order was accepted, declared whole, missed, cancelled by its buyer."""


def of_the_world(market: Settings, seed: int, horizon: Horizon) -> dict[tuple[str, int], Verdict]:
    world = decided(market, seed, horizon)
    ends = {
        move: {event.order: event.at for event in world.ledger.named(move)}
        for move in (Move.COUNTDOWN_ENDS, Move.CANCEL_TIMEOUT)
    }
    return {
        (order.seller, order.fate.key): (
            order.accepted_at,
            order.sent_at,
            ends[Move.COUNTDOWN_ENDS].get(order.id),
            ends[Move.CANCEL_TIMEOUT].get(order.id),
        )
        for order in world.orders.values()
        if order.accepted_at is not None and order.accepted_at < horizon.counts_until_at
    }


def of_the_engine(
    engine: Engine, market: Settings, seed: int, horizon: Horizon
) -> list[dict[tuple[str, int], Verdict]]:
    """A preparation time each."""
    found = engine.outcomes(seed)
    sellers = sorted(market.sellers)

    def instant(at: int) -> int | None:
        return None if at >= NEVER else int(at)

    return [
        {
            (sellers[seller], int(key)): (int(accepted), instant(sent), instant(missed), instant(cancelled))
            for seller, key, accepted, sent, missed, cancelled in zip(
                found.sellers, found.keys, found.accepted_at, *rows, strict=True
            )
            if accepted < horizon.counts_until_at
        }
        for rows in zip(found.sent_at, found.missed_at, found.cancelled_at, strict=True)
    ]


def promising(market: Settings, days: int) -> Settings:
    return replace(market, countdown=replace(market.countdown, preparation_days=days))


@settings(max_examples=60, deadline=None)
@given(question=st.one_of(questions(), questions(), busy_questions()), seed=st.integers(0, 2**63))
def test_every_order_that_counts_has_the_world_s_instants(
    question: tuple[Settings, Horizon, tuple[int, ...]], seed: int
) -> None:
    market, horizon, preparation_days = question
    engine = Engine(market, horizon, preparation_days)
    for days, found in zip(preparation_days, of_the_engine(engine, market, seed, horizon), strict=True):
        assert found == of_the_world(promising(market, days), seed, horizon)


def test_the_default_market_is_counted_as_the_world_counts_it() -> None:
    horizon = Horizon(1_772_409_600, 7, 14)
    engine = Engine(Settings(), horizon, (3, 5))
    for seed in range(2):
        assert engine.replicate(seed) == [replicate(promising(Settings(), days), seed, horizon) for days in (3, 5)]

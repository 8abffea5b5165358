"""What is seen inside a plan's market: slack, load and queue, counted again from worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fakemarket.distributions import Constant
from fakemarket.rules.status import Move
from fakemarket.settings import Buyers, Demand, Mip, Settings, Tokens, Warehouse
from fakemarket.world.world import World
from redclock.planner.causes import CAUSES
from redclock.planner.engine.engine import Engine
from redclock.planner.engine.inside import slacks
from redclock.planner.inside import BIN_SECONDS, FOLLOWED_DAYS, HOUR, SHARES, Inside, inside
from redclock.planner.replication import DAY, Horizon, decided
from redclock.planner.sweep import START_AT, plan

HORIZON = Horizon(START_AT, 3, 7)
BUSY = Settings(
    demand=Demand(orders_per_day=30, several_products_share=0.3),
    buyers=Buyers(frozen_share=0.4),
    warehouse=Warehouse(packers=1, packing_minutes=Constant(17), preparation_working_days=Constant(1), split_share=0.5),
    mip=Mip(import_every_minutes=60),
)
DAYS = (3, 4)
SEED = 11


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """One for each preparation time, followed for as long as slack is."""
    found = []
    for days in DAYS:
        world = decided(replace(BUSY, countdown=replace(BUSY.countdown, preparation_days=days)), SEED, HORIZON)
        world.advance_to(world.now + (FOLLOWED_DAYS + 20) * DAY)
        found.append(world)
    return found


def looked_at(seed: int, runs: int) -> Inside:
    found = inside(BUSY, plan(BUSY, DAYS, seed=seed, runs=runs, days=7, warm_up_days=3))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def seen() -> Inside:
    return looked_at(SEED, 1)


def left_in(world: World) -> list[int]:
    """Slack by the ledger, sorted; what is late by more than is followed, or for ever, is the least that there is."""
    missed = {event.order: event.at for event in world.ledger.named(Move.COUNTDOWN_ENDS)}
    found = []
    for order in world.orders.values():
        if order.accepted_at not in range(HORIZON.counts_from_at, HORIZON.counts_until_at):
            continue
        if order.sent_at is not None:
            assert order.ship_by_at is not None
            found.append(order.ship_by_at + BUSY.countdown.grace_minutes * 60 - order.sent_at)
        elif order.id in missed:
            pushes = [it for it in world.ledger.of(order.id) if it.what == "push_rejected"]
            early = any(it.at < missed[order.id] for it in pushes)
            parts = len(world.ledger.named(Move.DECLARE_PART)) and len(order.declarations)
            all_known = len(pushes) + parts == len(order.fate.parcels[: len(order.lines)])
            found.append(missed[order.id] - pushes[-1].at if all_known and not early else -(10**9))
    return sorted(max(it, -(10**9)) if it >= -FOLLOWED_DAYS * DAY else -(10**9) for it in found)


def test_slack_is_what_was_left_when_the_world_s_orders_were_declared_or_by_what_they_were_too_late(
    worlds: list[World], seen: Inside
) -> None:
    for world, it in zip(worlds, seen.slacks, strict=True):
        left = left_in(world)
        never = left.count(-(10**9))
        assert (it.orders, it.missed, it.never) == (len(left), sum(each <= 0 for each in left), never)
        assert it.missed > never > 0
        assert sum(count for _, count in it.bins) == len(left) - never
        for from_seconds, count in it.bins:
            assert count == sum(from_seconds <= each < from_seconds + BIN_SECONDS for each in left)
        for share, found in zip(SHARES, it.quantiles, strict=True):
            value = left[int(share * len(left))]
            assert found == (None if value == -(10**9) else value)


def test_every_day_s_load_is_the_packing_that_the_world_did_in_it(worlds: list[World], seen: Inside) -> None:
    world = worlds[-1]
    begun = {(it.order, it.facts["parcel"]): it.facts["starts_at"] for it in world.ledger.named("packing")}
    done = {(it.order, it.facts["parcel"]): it.at for it in world.ledger.named("packed")}
    spans = [(begun[parcel], at) for parcel, at in done.items()]
    assert len(seen.loads) == 5, "a week's working days"
    for day in seen.loads:
        # Packing that goes on over night is counted by its hours of work only.
        open_now = [(max(a, day.from_at), min(b, day.until_at)) for a, b in spans]
        busy = sum(b - a for a, b in open_now if b > a)
        assert day.mean == pytest.approx(busy / (day.until_at - day.from_at))
        assert day.low == day.mean == day.high, "one run has no band"
    assert 0.5 < max(day.mean for day in seen.loads) <= 1


def test_the_parcels_that_wait_are_those_laid_out_and_not_begun_in_the_world(worlds: list[World], seen: Inside) -> None:
    ledger = worlds[-1].ledger
    laid_out = [it.at for it in ledger.named("laid_out")]
    begun = [max(it.facts["starts_at"], it.at) for it in ledger.named("packing")]
    assert [it.from_at for it in seen.waiting] == [*range(HORIZON.counts_from_at, HORIZON.counts_until_at, HOUR)]
    for hour in seen.waiting:
        assert hour.mean == sum(at <= hour.from_at for at in laid_out) - sum(at <= hour.from_at for at in begun)
    assert max(hour.mean for hour in seen.waiting) > 5


def test_of_several_runs_there_is_the_mean_and_where_nine_of_ten_lie() -> None:
    runs = [looked_at(seed, 1) for seed in range(20, 24)]
    found = looked_at(20, 4)
    for number, day in enumerate(found.loads):
        values = [run.loads[number].mean for run in runs]
        assert day.mean == pytest.approx(sum(values) / 4)
        assert (day.low, day.high) == pytest.approx(tuple(np.percentile(values, (5, 95))))
    assert found.slacks[0].orders == sum(run.slacks[0].orders for run in runs)


def test_at_most_forty_runs_are_looked_at() -> None:
    assert looked_at(0, 50).runs == 40


def test_nothing_is_seen_of_a_market_that_the_engine_does_not_cover() -> None:
    asked = plan(BUSY, DAYS, runs=2, days=7, warm_up_days=3)
    assert inside(replace(BUSY, mip=Mip(wallet_cents=10**6)), asked) is None


def test_what_a_dead_token_kept_from_being_pushed_is_never(seen: Inside) -> None:
    dead = replace(BUSY, mip=Mip(refreshes_token=False), tokens=Tokens(access_hours=24 * 8))
    engine = Engine(dead, HORIZON, DAYS, beyond_days=8)
    found = engine.outcomes([SEED])
    left = slacks(engine, SEED)[0]
    locked = [CAUSES.index(it) for it in CAUSES if it.name.endswith("_LOCKED")]
    assert np.count_nonzero(left < -FOLLOWED_DAYS * DAY) >= np.isin(found.causes[0], locked).sum() > 20

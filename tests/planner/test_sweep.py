"""Preparation times compared: by the same seeds, in replications that are the unit, until the last verdict."""

from dataclasses import astuple, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from fakemarket.distributions import Constant
from fakemarket.knobs import described
from fakemarket.rules.deadlines import DeadlineClock
from fakemarket.rules.status import Move
from fakemarket.settings import Countdown, Demand, Mip, Settings
from fakemarket.streams import Streams
from fakemarket.world.world import World
from redclock.planner.replication import DAY, Horizon, Tally, replicate, tally, undecided
from redclock.planner.sweep import START_AT, BadPlan, Plan, plan

SMALL = Settings(demand=Demand(orders_per_day=25))
HORIZON = Horizon(START_AT, warm_up_days=2, days=3)


def small_plan(runs: int = 4, processes: int = 1, settings: Settings = SMALL, **more: object) -> Plan:
    return plan(settings, range(2, 6), runs=runs, days=3, warm_up_days=2, processes=processes, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def small() -> Plan:
    return small_plan()


def quiet_world(preparation_days: int = 5) -> World:
    """A world in which nothing arrives by itself and nothing is declared by itself."""
    countdown = Countdown(preparation_days=preparation_days)
    settings = Settings(demand=Demand(orders_per_day=0), countdown=countdown, mip=Mip(push_every_minutes=10**7))
    return World(settings, Streams(0), START_AT)


# What a replication counts


@pytest.mark.parametrize(("seconds", "misses"), [(-1, 0), (0, 1), (1, 1)])
def test_the_verdict_turns_on_the_second_at_which_the_countdown_ends(seconds: int, misses: int) -> None:
    world = quiet_world()
    order = world.place_by_hand("shop-1", lambda fate: fate._replace(pays=True, review_seconds=60), "test")
    world.advance_to(START_AT + DAY)
    assert order.ship_by_at is not None
    world.advance_to(order.ship_by_at + seconds)
    refusal = world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    assert (refusal is not None) == bool(misses)
    world.advance_to(order.ship_by_at + DAY)
    found = tally(world, Horizon(START_AT, 0, 1))
    assert (found.orders, found.misses, sum(found.causes)) == (1, misses, misses)


@pytest.mark.parametrize(("seconds", "counted"), [(-1, 0), (0, 1), (1, 1)])
def test_an_order_counts_from_the_second_at_which_the_warm_up_ends(seconds: int, counted: int) -> None:
    assert accepted_at(HORIZON.counts_from_at + seconds).orders == counted


@pytest.mark.parametrize(("seconds", "counted"), [(-1, 1), (0, 0), (1, 0)])
def test_an_order_no_longer_counts_from_the_second_at_which_the_days_end(seconds: int, counted: int) -> None:
    assert accepted_at(HORIZON.counts_until_at + seconds).orders == counted


def accepted_at(at: int) -> Tally:
    """The tally of a world with one order, accepted at an instant and never shipped."""
    world = quiet_world()
    world.advance_to(at - 100)
    fate: dict[str, Any] = {"pays": True, "pays_offline": False, "attempts_seconds": (30,), "processing_seconds": 30}
    fate |= {"review_seconds": 40, "review_rejects": False, "review_holds": False, "cancel_seconds": None}
    order = world.place_by_hand("shop-1", lambda drawn: drawn._replace(**fate), "test")
    world.advance_to(at + 20 * DAY)
    assert order.accepted_at == at
    return tally(world, HORIZON)


def test_an_order_cancelled_by_its_buyer_is_neither_shipped_nor_missed() -> None:
    world = quiet_world()
    world.place_by_hand("shop-1", lambda fate: fate._replace(pays=True, cancel_seconds=3600), "test")
    world.place_by_hand("shop-1", lambda fate: fate._replace(pays=True, cancel_seconds=None), "test")
    world.advance_to(START_AT + 20 * DAY)
    assert len(world.ledger.named(Move.CANCEL_TIMEOUT)) == 1
    found = tally(world, Horizon(START_AT, 0, 3))
    assert (found.orders, found.misses) == (1, 1)


def test_an_offline_payment_that_the_seller_confirms_is_an_order_like_any_other() -> None:
    world = quiet_world()
    world.place_by_hand("shop-1", lambda fate: fate._replace(pays=True, pays_offline=True), "test")
    world.advance_to(START_AT + 20 * DAY)
    assert len(world.ledger.named(Move.CONFIRM_MONEY)) == 1
    found = tally(world, Horizon(START_AT, 0, 3))
    assert (found.orders, found.misses) == (1, 1)


def test_orders_open_at_the_end_are_followed_to_their_verdict() -> None:
    horizon, settings = Horizon(START_AT, 0, 3), replace(SMALL, countdown=Countdown(preparation_days=8))
    world = World(settings, Streams(7), START_AT)
    world.advance_to(horizon.counts_until_at)
    still_open = len(list(undecided(world, horizon)))
    cut_off = tally(world, horizon)
    assert still_open > 20, "the test needs orders that are open when the days end"
    world.advance_to(START_AT + 40 * DAY)
    assert not any(undecided(world, horizon))
    followed = replicate(settings, 7, horizon)
    assert followed == tally(world, horizon)
    assert followed.misses > cut_off.misses == 0


# The sweep


def test_runs_are_added_until_every_rate_is_as_sure_as_wanted_and_none_is_run_twice() -> None:
    first = small_plan(runs=4)
    wanted = 0.04
    assert max(row.rate.high - row.rate.mean for row in first.rows) > 2 * wanted  # type: ignore[operator]
    found = small_plan(runs=4, half_width=wanted)
    for row in found.rows:
        assert row.rate.high - row.rate.mean <= wanted  # type: ignore[operator]
    assert found == small_plan(runs=found.runs), "a straight run of as many gives the same"
    assert found.runs > 8


def test_packers_near_saturation_are_warned_of() -> None:
    def warned(packers: int) -> list[str]:
        house = replace(SMALL.warehouse, packers=packers, packing_minutes=Constant(26))
        return [it for it in small_plan(settings=replace(SMALL, warehouse=house)).warnings if "saturation" in it]

    assert warned(2) == []
    assert len(warned(1)) == 1


def test_a_longer_time_never_misses_more_in_the_same_replication(small: Plan) -> None:
    for shorter, longer in pairwise(small.rows):
        assert all(after <= before for before, after in zip(shorter.rates, longer.rates, strict=True))
    assert small.rows[0].misses > small.rows[-1].misses, "or else the test shows nothing"


def test_common_random_numbers_know_a_difference_better_than_the_rates_know_it(small: Plan) -> None:
    shorter, longer = small.rows[1:3]
    difference = small.differences[1].saved
    assert None not in (difference.high, shorter.rate.high, longer.rate.high)
    paired = difference.high - difference.mean  # type: ignore[operator]
    apart = (shorter.rate.high - shorter.rate.mean) ** 2 + (longer.rate.high - longer.rate.mean) ** 2  # type: ignore[operator]
    assert difference.mean == pytest.approx(shorter.rate.mean - longer.rate.mean)
    assert paired < apart**0.5


def test_two_processes_give_the_same_numbers_as_one(small: Plan) -> None:
    assert small_plan(processes=2) == small


def test_a_replication_has_the_seed_that_follows_and_a_seed_always_the_same_history(small: Plan) -> None:
    later = small_plan(runs=2, seed=2)
    assert [row.rates for row in later.rows] == [row.rates[2:4] for row in small.rows]
    assert len(set(small.rows[0].rates)) > 1


def of_all(settings: Settings, seeds: range) -> list[Tally]:
    return [replicate(settings, seed, HORIZON) for seed in seeds]


def test_a_row_is_what_its_replications_say(small: Plan) -> None:
    for row in small.rows:
        settings = replace(SMALL, countdown=replace(SMALL.countdown, preparation_days=row.preparation_days))
        tallies = of_all(settings, range(2))
        assert row.rates[:2] == tuple(each.misses / each.orders for each in tallies)
        assert row.rate.mean == pytest.approx(sum(row.rates) / 4)
        assert row.causes == tuple(
            sum(counts) for counts in zip(*(it.causes for it in of_all(settings, range(4))), strict=True)
        )
        assert sum(row.by_cause.values()) == row.misses
        assert list(row.by_cause.values()) == sorted(row.by_cause.values(), reverse=True)
        assert row.misses <= row.orders


def test_the_recommendation_is_the_shortest_time_whose_upper_bound_meets_the_target(small: Plan) -> None:
    row, longer = small.rows[2:]
    assert row.rate.high is not None
    assert longer.rate.high is not None
    assert replace(small, target=row.rate.high).recommended is row
    too_strict = replace(small, target=row.rate.high - 1e-9)
    assert too_strict.recommended is longer
    assert row.rate.mean < too_strict.target, "it is the bound that decides, not the mean"


def test_a_target_that_nothing_meets_has_no_recommendation_but_a_nearest_row(small: Plan) -> None:
    found = replace(small, target=0.0001)
    assert found.recommended is None
    assert found.nearest is small.rows[-1]


def test_one_replication_gives_no_interval_and_no_recommendation() -> None:
    found = small_plan(runs=1, target=0.99)
    for row in found.rows:
        assert (row.rate.low, row.rate.high) == (None, None)
        assert "no interval" in row.rate.note
    assert found.recommended is None
    assert found.nearest is found.rows[-1]


def test_rows_without_a_miss_are_bounded_by_the_next_shorter_time() -> None:
    """Ten packers' worth of time and no bad luck: from some preparation time on no order is missed."""
    calm = replace(
        SMALL,
        buyers=replace(SMALL.buyers, frozen_share=0.0),
        warehouse=replace(SMALL.warehouse, out_of_stock_share=0.0),
    )
    found = plan(calm, (4, 12, 13), runs=3, days=3, warm_up_days=2, processes=1)
    some, none, none_either = found.rows
    assert some.misses
    assert none.misses == none_either.misses == 0
    assert 0 < none.rate.high == none_either.rate.high == some.rate.high  # type: ignore[operator]
    assert none.rate.note == "seen in no run: the bound is that of 4 days"
    saved = found.differences[1].saved
    assert (saved.mean, saved.low, saved.high) == (0, 0, none.rate.high)


def test_the_assumptions_are_the_settings_that_no_second_source_confirms() -> None:
    settings = replace(SMALL, countdown=Countdown(deadline_clock=DeadlineClock.SAME_CLOCK_TIME))
    found = {it.name: it for it in small_plan(runs=1, settings=settings).assumptions}
    assert astuple(found["countdown.deadline_clock"])[1:3] == ("same_clock_time", "A")
    assert found["payments.failure_share"].mark == "1"
    assert "countdown.preparation_days" not in found, "it is what is asked"
    assert found.keys() == {name for name, _, each in described(settings) if each.metadata["mark"] in ("A", "1")}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"preparation_days": ()}, "preparation days are"),
        ({"preparation_days": (5, 501)}, "501 preparation days are asked for, but 500 are the most"),
        ({"preparation_days": (0, 3)}, "must be 1 or more"),
        ({"target": 0}, "target is 0, but must lie between 0 and 1"),
        ({"target": 1.5}, "target is 1.5"),
        ({"confidence": 1}, "confidence is 1"),
        ({"half_width": 0}, "half_width is 0, but must lie between 0 and 1"),
        ({"half_width": 0.1, "runs": 1}, "one run has no interval"),
        ({"runs": 0}, "runs is 0, but must be at least 1"),
        ({"days": 0}, "days is 0"),
        ({"warm_up_days": -1}, "warm_up_days is -1"),
    ],
)
def test_an_impossible_question_is_refused_before_any_work(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(BadPlan, match=message):
        plan(SMALL, **wrong)  # type: ignore[arg-type]


def test_a_market_without_orders_is_refused_with_the_seed_of_the_empty_run() -> None:
    empty = Settings(demand=Demand(orders_per_day=0))
    with pytest.raises(BadPlan, match="seed 3 has no order to judge"):
        plan(empty, (5,), seed=3, runs=2, days=1, warm_up_days=0, processes=1)


def test_the_default_start_is_a_monday() -> None:
    assert datetime.fromtimestamp(START_AT, UTC).isoformat() == "2026-03-02T00:00:00+00:00"
    assert datetime.fromtimestamp(START_AT, UTC).weekday() == 0

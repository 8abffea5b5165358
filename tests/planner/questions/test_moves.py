"""Which other values an uncertain setting may have, and the markets that come of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakemarket.distributions import Empirical, Lognormal, QuickOrSlow, Triangular, Uniform
from fakemarket.knobs import described
from fakemarket.rules.deadlines import Anchor, DeadlineClock
from fakemarket.settings import Settings
from redclock.planner.questions.moves import Movable, between, movables, with_value

USUAL = Settings()


def of(name: str, settings: Settings = USUAL) -> Movable:
    return next(it for it in movables(settings) if it.name == name)


def values(name: str, settings: Settings = USUAL) -> list[object]:
    return [it.value for it in of(name, settings).moves]


def test_every_setting_of_one_source_or_none_is_there_and_no_other() -> None:
    marked = [name for name, _, field in described(USUAL) if field.metadata["mark"] in {"A", "1"}]
    assert [it.name for it in movables(USUAL)] == marked
    assert "countdown.preparation_days" not in marked


def test_numbers_and_durations_move_by_half_and_times_of_the_day_by_two_hours() -> None:
    assert values("demand.orders_per_day") == [20.0, 60.0]
    assert values("warehouse.packers") == [2, 6]
    assert values("countdown.cap_days") == [2, 8], "away from 5, never onto it"
    assert values("warehouse.closes_minute") == [960, 1200]
    assert values("warehouse.preparation_working_days") == [Triangular(0.25, 0.75, 2.0), Triangular(0.75, 2.25, 6.0)]
    assert values("mip.tracking_hours") == [Lognormal(3.0, 0.6), Lognormal(9.0, 0.6)], "the shape stays"


def test_answers_and_words_become_each_other() -> None:
    assert values("tokens.dies_early") == [True]
    assert values("countdown.count_anchor_day") == [False]
    assert values("countdown.deadline_clock") == [
        it for it in DeadlineClock if it is not USUAL.countdown.deadline_clock
    ]
    assert values("countdown.anchor") == [it for it in Anchor if it is not USUAL.countdown.anchor]


def test_a_share_goes_no_further_than_all() -> None:
    high = with_value(USUAL, "warehouse.split_share", 0.9)
    assert values("warehouse.split_share", high) == [0.45, 1.0]
    assert values("warehouse.split_share", with_value(USUAL, "warehouse.split_share", 1.0)) == [0.5]


@pytest.mark.parametrize("name", ["payments.offline_share", "countdown.grace_minutes", "countdown.zone", "sellers"])
def test_zeros_words_and_lists_stay(name: str) -> None:
    assert values(name) == []


def test_what_would_be_out_of_bounds_or_at_odds_with_another_setting_is_left_out() -> None:
    assert values("warehouse.packers", with_value(USUAL, "warehouse.packers", 1)) == [2], "no packers are none"
    late = with_value(USUAL, "warehouse.closes_minute", 1440)
    assert values("warehouse.closes_minute", late) == [1320]
    short = replace(USUAL, warehouse=replace(USUAL.warehouse, opens_minute=1000))
    assert values("warehouse.closes_minute", short) == [1200], "it can't close before it opens"


def test_each_move_is_the_market_with_that_one_setting_otherwise() -> None:
    for it in movables(USUAL):
        for move in it.moves:
            differing = [
                name
                for (name, value, _), (_, other, _) in zip(described(USUAL), described(move.settings), strict=True)
                if value != other
            ]
            assert differing == [it.name]
            assert {name: value for name, value, _ in described(move.settings)}[it.name] == move.value


def test_between_its_moves_a_setting_has_values_of_its_kind() -> None:
    assert [between(of("demand.orders_per_day"), it) for it in (0, 0.5, 1)] == [20.0, 40.0, 60.0]
    assert [between(of("warehouse.packers"), it) for it in (0, 0.3, 0.6, 1)] == [2, 3, 4, 6]
    assert between(of("buyers.frozen_hours"), 0.25) == Uniform(18.0, 54.0)
    review = with_value(USUAL, "review.appeal_hours", QuickOrSlow(0.8, 2.0, 0.5, 4.0, 8.0))
    assert between(of("review.appeal_hours", review), 1.0) == QuickOrSlow(0.8, 3.0, 0.5, 6.0, 12.0)


def test_what_was_observed_moves_with_its_shape() -> None:
    seen = with_value(USUAL, "mip.tracking_hours", Empirical((0.0, 0.4, 1.0), (2.0, 4.0, 10.0)))
    low, high = Empirical((0.0, 0.4, 1.0), (1.0, 2.0, 5.0)), Empirical((0.0, 0.4, 1.0), (3.0, 6.0, 15.0))
    assert values("mip.tracking_hours", seen) == [low, high]
    assert between(of("mip.tracking_hours", seen), 0.5) == Empirical((0.0, 0.4, 1.0), (2.0, 4.0, 10.0))

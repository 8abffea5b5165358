"""Sobol indices through our wrapper: of functions whose indices are known, and of the market."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from math import pi, sin

import pytest

from fakemarket.settings import Settings
from redclock.checks.student import MissingExtra
from redclock.planner.questions.moves import between, movables, with_value
from redclock.planner.questions.sobol import Sobol, indices, ready, sobol
from redclock.planner.questions.tornado import Bar, Change, Tornado, tornado
from redclock.planner.sweep import BadPlan, Plan, plan

USUAL = Settings()
Places = Sequence[Sequence[float]]


def ishigami(places: Places) -> list[float]:
    """Ishigami and Homma 1990 with a = 7 and b = 0.1."""
    turned = ([2 * pi * place - pi for place in row] for row in places)
    return [sin(x) + 7 * sin(y) ** 2 + 0.1 * z**4 * sin(x) for x, y, z in turned]


def additive(places: Places) -> list[float]:
    """Shares of the variance 1, 4 and 9 of 14, and nothing together."""
    return [x + 2 * y + 3 * z for x, y, z in places]


@pytest.mark.parametrize(
    ("function", "first", "total"),
    [
        (ishigami, {"x": 0.3139, "y": 0.4424, "z": 0.0}, {"x": 0.5576, "y": 0.4424, "z": 0.2437}),
        (additive, {"x": 1 / 14, "y": 4 / 14, "z": 9 / 14}, {"x": 1 / 14, "y": 4 / 14, "z": 9 / 14}),
    ],
)
def test_known_indices_are_found_and_lie_within_their_intervals(
    function: object, first: dict[str, float], total: dict[str, float]
) -> None:
    assert callable(function)
    found = indices("xyz", function, 1024, seed=1, confidence=0.95)
    assert [name for name, _, _ in found] == sorted(total, key=lambda name: -total[name])
    for name, alone, together in found:
        for estimate, truth in ((alone, first[name]), (together, total[name])):
            assert estimate.mean == pytest.approx(truth, abs=0.02)
            assert estimate.low is not None
            assert estimate.high is not None
            assert 0 <= estimate.low <= truth + 0.001
            assert truth - 0.001 <= estimate.high <= 1


def test_more_samples_make_them_surer_and_a_seed_makes_them_again() -> None:
    def widths(samples: int) -> list[float]:
        found = indices("xyz", ishigami, samples, seed=1, confidence=0.95)
        return [total.high - total.low for _, _, total in found]  # type: ignore[operator]

    assert all(many < few / 2 for few, many in zip(widths(64), widths(1024), strict=True))
    assert indices("xyz", ishigami, 64, seed=1, confidence=0.95) == indices(
        "xyz", ishigami, 64, seed=1, confidence=0.95
    )
    assert indices("xyz", ishigami, 64, seed=2, confidence=0.95) != indices(
        "xyz", ishigami, 64, seed=1, confidence=0.95
    )


def test_a_function_that_is_the_same_everywhere_has_none() -> None:
    with pytest.raises(BadPlan, match="nothing to share out"):
        indices("xyz", lambda places: [0.5] * len(places), 8, seed=1, confidence=0.95)


@pytest.mark.parametrize("samples", [0, 1, 3, 100])
def test_samples_are_a_power_of_two(samples: int) -> None:
    with pytest.raises(BadPlan, match="none of 2, 4, 8"):
        ready(samples)


def test_without_salib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(MissingExtra, match=r"redclock\[sensitivity\]"):
        ready(64)


@pytest.fixture(scope="module")
def base() -> Plan:
    return plan(USUAL, [6], seed=3, runs=4, days=7, warm_up_days=3, processes=1)


@pytest.fixture(scope="module")
def swings(base: Plan) -> Tornado:
    return tornado(base, USUAL)


@pytest.fixture(scope="module")
def found(base: Plan, swings: Tornado) -> Sobol:
    return sobol(base, USUAL, swings, 8)


def test_the_numbers_and_durations_with_the_greatest_swings_move_together(swings: Tornado, found: Sobol) -> None:
    able = [it for it in movables(USUAL) if len(it.moves) == 2 and not isinstance(it.value, bool | str)]
    ends = {it.name: tuple(move.value for move in it.moves) for it in able}
    greatest = [it.name for it in swings.bars if it.name in ends][:5]
    assert {it.name for it in found.indices} == set(greatest)
    assert all((it.low, it.high) == ends[it.name] for it in found.indices)
    assert found.indices[0].name == "warehouse.preparation_working_days"
    assert (found.samples, found.markets, found.runs) == (8, 8 * 7, 4)
    assert 0 < found.mean < 0.2
    assert found.spread > 0


def test_its_markets_are_judged_as_plans_judge_them(
    base: Plan, swings: Tornado, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Sequence[float]] = []
    rates: list[float] = []

    def watched(names: Sequence[str], function: object, samples: int, **asked: object) -> list[object]:
        rows.extend([[0.0, 1.0, 0.5, 0.25, 1.0], [1.0, 0.0, 0.0, 0.5, 0.75]])
        assert callable(function)
        rates.extend(function(rows))
        return [(name, None, None) for name in names]

    monkeypatch.setattr("redclock.planner.questions.sobol.indices", watched)
    found = sobol(base, USUAL, swings, 8)
    able = {it.name: it for it in movables(USUAL)}
    for row, rate in zip(rows, rates, strict=True):
        market = USUAL
        for it, place in zip(found.indices, row, strict=True):
            market = with_value(market, it.name, between(able[it.name], place))
        direct = plan(market, [6], seed=3, runs=4, days=7, warm_up_days=3, processes=1)
        assert rate == pytest.approx(direct.rows[0].rate.mean)
    assert rates[0] != rates[1]


def test_one_setting_alone_has_nobody_to_move_with(base: Plan, swings: Tornado) -> None:
    with pytest.raises(BadPlan, match="fewer than two"):
        sobol(base, USUAL, replace(swings, bars=swings.bars[:1]), 8)


def test_settings_that_do_not_go_together_are_named(base: Plan, swings: Tornado) -> None:
    early = replace(USUAL, warehouse=replace(USUAL.warehouse, opens_minute=779, closes_minute=900))
    change = swings.bars[0].changes[0].change
    bars = tuple(
        Bar(f"warehouse.{name}", None, "A", "", (Change(0, change),)) for name in ("opens_minute", "closes_minute")
    )
    with pytest.raises(BadPlan, match=r"don't go together: Warehouse\.opens_minute"):
        sobol(base, early, replace(swings, bars=bars), 8)

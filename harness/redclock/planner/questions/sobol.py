"""Sobol indices: how much of what is uncertain about the miss rate each setting brings, alone and with the others.

The settings move together, each anywhere between its two moves of the tornado with equal chance; how far that is stays
an assumption, and the indices hang on it. Samples and indices are SALib's (Saltelli 2002 and 2010), intervals are its
bootstrap over samples. All samples have the same seeds, so that luck isn't taken for a setting's doing. SALib is
imported where it is used: it brings pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import fmean, pstdev
from typing import Any

from fakemarket.settings import Settings
from redclock.checks.student import MissingExtra
from redclock.planner.estimate import Estimate
from redclock.planner.questions.moves import Movable, between, movables, with_value
from redclock.planner.questions.side_by_side import SameLuck
from redclock.planner.questions.tornado import Tornado
from redclock.planner.replications import Told
from redclock.planner.sweep import BadPlan, Plan

MOST = 5
"""How many of the settings with the greatest swings are moved together."""
RUNS = 10
"""Replications of each sample: the indices are of their mean rate."""
_RESAMPLES = 500

Function = Callable[[Sequence[Sequence[float]]], Sequence[float]]
"""From places in the unit cube, a row each, to values."""


@dataclass(frozen=True, slots=True)
class Index:
    """Of one setting: share of the variance of the rate.

    Attributes:
        low: its least value, and `high` its greatest.
        first: what it brings alone.
        total: what it brings alone and together with others.
    """

    name: str
    low: Any
    high: Any
    first: Estimate
    total: Estimate


@dataclass(frozen=True, slots=True)
class Sobol:
    """The indices, the greatest total first.

    Attributes:
        mean: of the miss rate over all samples.
        spread: its standard deviation over them.
        samples: as asked.
        markets: simulated for them.
        runs: of each market.
    """

    preparation_days: int
    indices: tuple[Index, ...]
    mean: float
    spread: float
    samples: int
    markets: int
    runs: int
    confidence: float


def sobol(
    plan: Plan,
    settings: Settings,
    swings: Tornado,
    samples: int,
    *,
    processes: int | None = None,
    told: Told | None = None,
) -> Sobol:
    """Moves the settings with the greatest swings together.

    Args:
        settings: the market that plan and tornado are of.
        swings: its tornado; only numbers and durations with two moves are taken.
        samples: 2, 4, 8, ...; each takes two markets more than there are settings.
        processes: worker processes; by default one a core if that pays. The numbers don't depend on it.
        told: is told how far it is.

    Raises:
        BadPlan: fewer than two settings can be moved so, they don't go together, or the engine doesn't cover a market.
        MissingExtra: SALib is not installed.
        NoWorkers: a process died.
    """
    ready(samples)
    ranks = {bar.name: n for n, bar in enumerate(swings.bars)}
    able = sorted(
        (it for it in movables(settings) if it.name in ranks and _is_range(it)), key=lambda it: ranks[it.name]
    )
    taken = able[:MOST]
    if len(taken) < 2:
        raise BadPlan("fewer than two uncertain numbers or durations change the miss rate, so nothing moves together")
    luck = SameLuck(plan.horizon, swings.preparation_days, processes, told, plan.care)
    luck.check(settings)
    seeds = range(plan.seed, plan.seed + min(RUNS, plan.runs))
    rates: list[float] = []

    def function(places: Sequence[Sequence[float]]) -> Sequence[float]:
        for tallies in luck.tallies([_moved(settings, taken, row) for row in places], seeds):
            if tallies is None or not all(it.orders for it in tallies):
                raise BadPlan("some of the settings moved together make a market that the engine can't judge")
            rates.append(fmean(it.misses / it.orders for it in tallies))
        return rates

    found = indices([it.name for it in taken], function, samples, seed=plan.seed % 2**32, confidence=plan.confidence)
    ends = {it.name: (it.moves[0].value, it.moves[1].value) for it in taken}
    return Sobol(
        preparation_days=swings.preparation_days,
        indices=tuple(Index(name, *ends[name], first, total) for name, first, total in found),
        mean=fmean(rates),
        spread=pstdev(rates),
        samples=samples,
        markets=len(rates),
        runs=len(seeds),
        confidence=plan.confidence,
    )


def ready(samples: int) -> None:
    """Better to fail before the work than after.

    Raises:
        BadPlan: so many samples can't be.
        MissingExtra: SALib is not installed.
    """
    if samples < 2 or samples & (samples - 1):
        raise BadPlan(f"{samples} is none of 2, 4, 8, ... samples; take 64, or 128 to be surer")
    _salib()


def indices(
    names: Sequence[str], function: Function, samples: int, *, seed: int, confidence: float
) -> list[tuple[str, Estimate, Estimate]]:
    """(name, first order, total) of each argument of a function of the unit cube, the greatest total first.

    Raises:
        BadPlan: the function is the same everywhere.
        MissingExtra: SALib is not installed.
    """
    import numpy as np

    sample, analyze = _salib()
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    places = sample.sample(problem, samples, calc_second_order=False, seed=seed)
    values = np.array(function(places.tolist()))
    if np.ptp(values) == 0:
        raise BadPlan("none of the settings moved together changes the miss rate, so there is nothing to share out")
    found = analyze.analyze(
        problem, values, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=confidence, seed=seed
    )
    firsts, totals = (
        [_estimate(mean, half) for mean, half in zip(found[kind], found[f"{kind}_conf"], strict=True)]
        for kind in ("S1", "ST")
    )
    return sorted(zip(names, firsts, totals, strict=True), key=lambda it: -it[2].mean)


def _salib() -> tuple[Any, Any]:
    try:
        from SALib.analyze import sobol as analyze
        from SALib.sample import sobol as sample
    except ModuleNotFoundError as missing:
        raise MissingExtra(
            f"Sobol indices need {missing.name}, which the extra `sensitivity` brings: "
            "pip install 'redclock[sensitivity]'"
        ) from missing
    return sample, analyze


def _estimate(mean: Any, half: Any) -> Estimate:
    """A share lies from 0 to 1, which neither the estimator nor its interval knows."""
    middle, low, high = (min(max(float(it), 0.0), 1.0) for it in (mean, mean - half, mean + half))
    return Estimate(middle, low, high)


def _is_range(movable: Movable) -> bool:
    return len(movable.moves) == 2 and not isinstance(movable.value, Enum | bool)


def _moved(settings: Settings, taken: Sequence[Movable], row: Sequence[float]) -> Settings:
    try:
        for movable, place in zip(taken, row, strict=True):
            settings = with_value(settings, movable.name, between(movable, place))
    except ValueError as wrong:
        raise BadPlan(f"the settings moved together don't go together: {wrong}") from wrong
    return settings

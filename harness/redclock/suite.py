"""Many trials: every scenario with each of its seeds, side by side in processes if asked, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from fakemarket.world.ledger import Ledger
from redclock.checks.judge import OverSeeds, judge_seeds
from redclock.run import REFERENCE, Outcome, Transport, run
from redclock.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a scenario in all its seeds.

    Attributes:
        over_seeds: what only all seeds together can tell; empty when fewer were run than the scenario asks for.
    """

    trials: tuple[Outcome, ...]
    over_seeds: tuple[OverSeeds, ...]

    @property
    def scenario(self) -> Scenario:
        return self.trials[0].scenario

    @property
    def passed(self) -> bool:
        return all(trial.passed for trial in self.trials) and all(each.holds for each in self.over_seeds)


def trials(
    scenarios: Sequence[Scenario],
    seeds: Iterable[int] | None = None,
    *,
    subject: str = REFERENCE,
    transport: Transport = Transport.HTTP,
    jobs: int | None = None,
    figures: bool = False,
) -> Iterator[Outcome]:
    """Runs them; the order of the outcomes doesn't hang on how many run at a time.

    Only a trial that didn't pass keeps its ledger: those of a whole suite would not fit.

    Args:
        seeds: what each scenario says unless given.
        jobs: how many processes; one for each core that this one may use unless given.
        figures: keep of each trial what pictures are drawn from, too.
    """
    wanted = None if seeds is None else list(seeds)
    asked = [(scenario, seed) for scenario in scenarios for seed in wanted or range(scenario.seeds)]
    one = partial(_trial, subject=subject, transport=transport, figures=figures)
    jobs = min(jobs or _cores(), len(asked))
    if jobs <= 1:
        yield from map(one, asked)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, asked)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def verdict(outcomes: Sequence[Outcome]) -> Verdict:
    """What came of one scenario, whose outcomes these are."""
    scenario, over = outcomes[0].scenario, []
    if len(outcomes) >= scenario.seeds:
        for place, each in enumerate(scenario.expect):
            if each.over_seeds:
                over.append(judge_seeds(each, [outcome.measured[place] for outcome in outcomes]))
    return Verdict(tuple(outcomes), tuple(over))


def _trial(asked: tuple[Scenario, int], *, subject: str, transport: Transport, figures: bool) -> Outcome:
    outcome = run(asked[0], asked[1], subject=subject, transport=transport, figures=figures)
    return replace(outcome, ledger=Ledger()) if outcome.passed else outcome

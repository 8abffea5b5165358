"""Many trials: every scenario with each of its seeds, side by side in processes if asked."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from fakemarket.world.ledger import Ledger
from redclock.checks.judge import OverSeeds, judge_seeds
from redclock.checks.order_row import order_rows
from redclock.run import REFERENCE, Outcome, Transport, run
from redclock.scenario.model import Scenario

_GC_THRESHOLD = 1_000_000
"""More objects than a usual trial has at any time: what it leaves is collected together when it is over."""

Asked = tuple[Scenario, int]
"""A scenario and the seed that it is to be run with."""


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

    @property
    def broken(self) -> frozenset[str]:
        """What keeps it from passing: names of expectations and checks, `error`, `limit`."""
        found = {each.expectation.name for each in self.over_seeds if not each.holds}
        for trial in self.trials:
            alone = (each for each in trial.measured if not each.expectation.over_seeds)
            found |= {each.expectation.name for each in alone if not each.holds}
            found |= {violation.check for violation in (*trial.violations, *trial.unsettled)}
            found |= {word for word in ("error", "limit") if getattr(trial, word)}
        return frozenset(found)


def each_seed(scenarios: Iterable[Scenario], seeds: Sequence[int] | None = None) -> list[Asked]:
    """Every scenario with every seed: with its own, unless some are given."""
    return [(scenario, seed) for scenario in scenarios for seed in seeds or range(scenario.seeds)]


def trials(
    asked: Sequence[Asked],
    *,
    subject: str = REFERENCE,
    transport: Transport = Transport.HTTP,
    jobs: int | None = None,
    sources: Mapping[str, str] | None = None,
    figures: bool = False,
) -> Generator[Outcome]:
    """Runs them; each outcome as soon as it is there, so that nothing is lost if the next is never reached.

    Processes are started now, not with the first outcome: a caller may start threads once this has returned.
    Whoever stops before the last outcome closes what is returned, and with it the processes.

    What comes out of a trial doesn't hang on how many run at a time, nor on the order in which they do.

    Args:
        jobs: how many processes; one for each core that this one may use unless given.
        sources: how a command line calls each scenario, by its name; by its name unless given.
        figures: keep of each trial what pictures are drawn from, too.
    """
    one = partial(_asked_trial, subject=subject, transport=transport, sources=sources or {}, figures=figures)
    jobs = min(jobs or cores(), len(asked))
    if jobs <= 1:
        return (one(each) for each in asked)
    pool = ProcessPoolExecutor(jobs, initializer=_ready)
    return _as_they_end(pool, [pool.submit(one, each) for each in sorted(asked, key=_length, reverse=True)])


def _as_they_end(pool: ProcessPoolExecutor, futures: Sequence[Future[Outcome]]) -> Generator[Outcome]:
    try:
        for done in as_completed(futures):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _length(asked: Asked) -> float:
    """About how long a trial takes, in no unit: the longest go first, so that all processes end together."""
    scenario, _ = asked
    market = scenario.market
    return (scenario.ends_at - scenario.start_at) * len(market.sellers) * (50.0 + market.demand.orders_per_day)


def one_trial(
    scenario: Scenario,
    seed: int,
    *,
    subject: str = REFERENCE,
    transport: Transport = Transport.HTTP,
    source: str = "",
    figures: bool = False,
) -> Outcome:
    """One of them, with its digest and its orders.

    Only a trial that didn't pass keeps its ledger: those of a whole suite would not fit.
    """
    with _few_collections():
        outcome = run(scenario, seed, subject=subject, transport=transport, figures=figures)
    ledger = outcome.ledger
    return replace(
        outcome,
        source=source,
        digest=ledger.digest(),
        orders=tuple(order_rows(ledger)),
        ledger=Ledger() if outcome.passed else ledger,
    )


def verdict(outcomes: Sequence[Outcome]) -> Verdict:
    """What came of one scenario, whose outcomes these are.

    Raises:
        MissingExtra: an interval needs scipy, which is not installed.
    """
    scenario, over = outcomes[0].scenario, []
    if len(outcomes) >= scenario.seeds:
        for place, each in enumerate(scenario.expect):
            if each.over_seeds:
                over.append(judge_seeds(each, [outcome.measured[place] for outcome in outcomes]))
    return Verdict(tuple(outcomes), tuple(over))


def verdicts(asked: Sequence[Asked], outcomes: Iterable[Outcome]) -> list[Verdict]:
    """What came of each scenario of which there is an outcome; all in the order in which they were asked for.

    Raises:
        MissingExtra: an interval needs scipy, which is not installed.
    """
    found = {(outcome.scenario.name, outcome.seed): outcome for outcome in outcomes}
    of: dict[str, list[Outcome]] = {}
    for scenario, seed in asked:
        if (scenario.name, seed) in found:
            of.setdefault(scenario.name, []).append(found[scenario.name, seed])
    return [verdict(each) for each in of.values()]


def cores() -> int:
    """How many processes can work at a time here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _asked_trial(
    asked: Asked, *, subject: str, transport: Transport, sources: Mapping[str, str], figures: bool
) -> Outcome:
    scenario, seed = asked
    source = sources.get(scenario.name, "")
    outcome = one_trial(scenario, seed, subject=subject, transport=transport, source=source, figures=figures)
    gc.collect()  # a market is one great circle; left alone, several pile up before the collector looks at them
    return outcome


def _ready() -> None:
    """What a process does before its first trial.

    Ctrl-C reaches every process of a terminal: this one ends without a word and leaves the talking to its parent. And
    what is there already stays there: the collector need not look at it after every trial.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()


@contextmanager
def _few_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_GC_THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*before)

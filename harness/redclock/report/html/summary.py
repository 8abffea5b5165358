"""What a page says of a suite in tables: each row a value, each number from an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redclock.checks.judge import Measured, interval
from redclock.checks.student import MissingExtra
from redclock.report.charts.scale import said
from redclock.run import Outcome
from redclock.suite import Verdict

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Tally:
    """Several scenarios together.

    Attributes:
        held: scenarios whose verdict is that they hold.
        passed: trials that did.
    """

    scenarios: int
    held: int
    trials: int
    passed: int
    orders: int
    accepted: int
    missed: int

    @property
    def missed_share(self) -> str:
        """Missed orders among accepted ones."""
        return f"{self.missed / self.accepted:.2%}" if self.accepted else "none accepted"


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation of a scenario and what came of it in its seeds.

    Attributes:
        measured: one for each seed.
        holds: None if it is of all seeds together and too few were run.
        interval: of the mean over the seeds; None for one seed, without a value in each, or without scipy.
    """

    name: str
    bounds: str
    measured: tuple[Measured, ...]
    holds: bool | None
    mean: float | None
    interval: tuple[float, float] | None
    confidence: float

    @property
    def values(self) -> tuple[tuple[str, bool], ...]:
        """(what a seed gave, whether it keeps the bounds) of each seed."""
        return tuple(("none" if it.value is None else said(it.value), it.holds) for it in self.measured)

    @property
    def mean_words(self) -> str:
        return "" if self.mean is None else said(self.mean)

    @property
    def interval_words(self) -> str:
        if self.interval is None:
            return ""
        low, high = self.interval
        return f"{low:.4g} to {high:.4g} ({self.confidence:.0%})"


def tally(verdicts: Iterable[Verdict]) -> Tally:
    """Scenarios added up."""
    them = list(verdicts)
    trials = [trial for each in them for trial in each.trials]
    sums = {name: round(sum(it.measures.get(name) or 0 for it in trials)) for name in ("orders", "accepted", "missed")}
    held, passed = sum(each.passed for each in them), sum(trial.passed for trial in trials)
    return Tally(len(them), held, len(trials), passed, sums["orders"], sums["accepted"], sums["missed"])


def by_tag(verdicts: Sequence[Verdict]) -> list[tuple[str, Tally]]:
    """Each tag and its scenarios together, those without a tag last; a scenario with two tags counts in both."""
    tags = sorted({tag for each in verdicts for tag in each.scenario.tags})
    found = [(tag, tally(each for each in verdicts if tag in each.scenario.tags)) for tag in tags]
    bare = [each for each in verdicts if not each.scenario.tags]
    return [*found, ("no tag", tally(bare))] if bare else found


def expected(verdict: Verdict) -> list[Expected]:
    """A row for each expectation of a scenario."""
    found = []
    judged = iter(verdict.over_seeds)
    for place, each in enumerate(verdict.scenario.expect):
        measured = tuple(trial.measured[place] for trial in verdict.trials)
        holds: bool | None = all(it.holds for it in measured)
        if each.over_seeds:
            together = next(judged, None)
            holds = None if together is None else together.holds
        values = [it.value for it in measured if it.value is not None]
        mean = sum(values) / len(values) if values else None
        confidence = each.interval or CONFIDENCE
        known = len(values) == len(measured) > 1
        between = _interval(values, confidence) if known else None
        found.append(Expected(each.name, each.bounds(), measured, holds, mean, between, confidence))
    return found


def first_problem(verdict: Verdict) -> str:
    """Why a scenario doesn't hold, in one line; empty if it does."""
    over = [each.problem() for each in verdict.over_seeds if not each.holds]
    return next((line for trial in verdict.trials for line in trial.problems()), over[0] if over else "")


def warnings(trials: Iterable[Outcome]) -> list[str]:
    """What makes runs prove less than they seem to."""
    return [
        f"seed {it.seed}: fault {number} ({it.scenario.faults[number].kind}) never struck"
        for it in trials
        for number in it.never_struck
    ]


def _interval(values: Sequence[float], confidence: float) -> tuple[float, float] | None:
    try:
        return interval(values, confidence)
    except MissingExtra:
        return None

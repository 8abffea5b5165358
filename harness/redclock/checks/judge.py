"""Whether an expectation is kept: by one run, and by all runs of a scenario together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, inf, sqrt
from statistics import fmean, stdev

from redclock.checks.evidence import About, Evidence
from redclock.checks.measures import MEASURES
from redclock.checks.measures.measure import Course
from redclock.checks.student import student_t
from redclock.scenario.expect import Eventually, Expectation


@dataclass(frozen=True, slots=True)
class Measured:
    """An expectation and what came of it in one run.

    Attributes:
        value: the measured value; with `always` the one farthest out, with `eventually` the one that kept the bounds
            last, or didn't when time was over; None if there was nothing to measure.
        holds: whether it keeps the bounds, when they are to be kept.
        broken_at: the market time at which it first did not, where there is one.
    """

    expectation: Expectation
    value: float | None
    holds: bool
    broken_at: int | None = None

    def problem(self) -> str:
        """What was found instead of what was expected."""
        found = "has nothing to measure" if self.value is None else f"is {self.value:g}"
        when = "" if self.broken_at is None else f" at market time {self.broken_at}"
        return f"{self.expectation.name} {found}{when}, expected {self.expectation.bounds()}"


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """An expectation and what came of it in all seeds together.

    Attributes:
        value: the share of seeds in which it holds, or the bound of the mean's interval that is not kept, else the
            one that is to be.
    """

    expectation: Expectation
    value: float | None
    holds: bool

    def problem(self) -> str:
        """What was found instead of what was expected."""
        if self.value is None:
            found = "has no interval, which takes two seeds or more with something to measure in each"
        elif self.expectation.sometimes is not None:
            found = f"holds in {self.value:.0%} of the seeds"
        else:
            found = f"has an interval over the seeds that reaches {self.value:g}"
        return f"{self.expectation.name} {found}, expected {self.expectation.bounds()}"


def judge(expectation: Expectation, evidence: Evidence) -> Measured:
    """What came of an expectation in one run."""
    measure = MEASURES[expectation.measure]
    about = About(expectation.alert, expectation.fault, expectation.operation, expectation.seller)
    if measure.course is not None and expectation.always:
        return _always(expectation, measure.course(evidence, about))
    if measure.course is not None and expectation.eventually is not None:
        return _eventually(expectation, expectation.eventually, measure.course(evidence, about), evidence)
    value = measure.of(evidence, about)
    if expectation.against and not measure.compares and value is not None and evidence.without is not None:
        other = measure.of(evidence.without, about)
        value = None if other is None else value - other
    return Measured(expectation, value, expectation.holds(value))


def judge_seeds(expectation: Expectation, trials: Sequence[Measured]) -> OverSeeds:
    """What came of an expectation with `sometimes` or `interval` in a scenario's runs.

    Raises:
        MissingExtra: an interval needs scipy, which is not installed.
    """
    if expectation.sometimes is not None:
        share = sum(trial.holds for trial in trials) / len(trials)
        least = 1 / len(trials) if expectation.sometimes is True else expectation.sometimes
        return OverSeeds(expectation, share, sum(trial.holds for trial in trials) >= ceil(least * len(trials) - 1e-9))
    values = [trial.value for trial in trials if trial.value is not None]
    if len(values) < len(trials) or len(values) < 2:
        return OverSeeds(expectation, None, holds=False)
    low, high = interval(values, expectation.interval or 0.95)
    broken = [bound for bound in (high, low) if not expectation.holds(bound)]
    kept = high if expectation.at_most is not None else low
    return OverSeeds(expectation, broken[0] if broken else kept, holds=not broken)


def interval(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """The bounds of the mean of independent values, by Student's t."""
    mean = fmean(values)
    half = student_t(len(values) - 1, confidence) * stdev(values) / sqrt(len(values))
    return mean - half, mean + half


def _always(expectation: Expectation, course: Course) -> Measured:
    worst: float | None = None
    for at, value in course:
        if not expectation.holds(value):
            return Measured(expectation, value, holds=False, broken_at=at)
        farther = worst is None or (value > worst if expectation.at_most is not None else value < worst)
        worst = value if farther else worst
    return Measured(expectation, worst or 0.0, expectation.holds(worst or 0.0))


def _eventually(expectation: Expectation, bound: Eventually, course: Course, evidence: Evidence) -> Measured:
    """Whether, within its time after each event waited for, the course keeps the bounds at some moment.

    An event whose time was not over when the run ended breaks nothing; without any that was kept nothing is shown.
    """
    moments: list[tuple[float, float]] = [(0, 0.0), *course, (inf, 0.0)]
    ended_at = evidence.ledger[len(evidence.ledger) - 1].at if len(evidence.ledger) else 0
    stretches = [(start, end, value) for (start, value), (end, _) in pairwise(moments)]
    seen: float | None = None
    for event in evidence.named(bound.after):
        latest_at = event.at + bound.within
        there = [value for start, end, value in stretches if end > event.at and start <= latest_at and start < end]
        kept = next((value for value in there if expectation.holds(value)), None)
        if kept is not None:
            seen = kept
        elif latest_at <= ended_at:
            return Measured(expectation, there[-1] if there else 0.0, holds=False, broken_at=latest_at)
    return Measured(expectation, seen, holds=seen is not None)

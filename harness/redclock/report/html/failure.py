"""One trial that failed, as a page tells it: why, one order's time in a picture and in tables, how to see it again."""

from __future__ import annotations

from dataclasses import dataclass

from redclock.figures import Case
from redclock.figures.requests import Asked
from redclock.report.charts.chart import Chart
from redclock.report.charts.time_axis import TimeAxis, length
from redclock.report.html.timeline import timeline
from redclock.report.story import lines, replay_line
from redclock.report.whereabouts import whereabouts
from redclock.run import Outcome


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the order's story, in words."""

    at: str
    left: str
    words: str
    cause: str


@dataclass(frozen=True, slots=True)
class Spent:
    """How long an order was in one part of its way."""

    part: str
    length: str
    share: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request that mattered, and when it came in words."""

    at: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Failure:
    """A trial that failed.

    Attributes:
        chart: None if its figures were not kept.
    """

    outcome: Outcome
    case: Case | None
    chart: Chart | None
    story: tuple[Told, ...]
    spent: tuple[Spent, ...]
    total: str
    calls: tuple[Call, ...]

    @property
    def anchor(self) -> str:
        return anchor(self.outcome)

    @property
    def replay(self) -> str:
        return replay_line(self.outcome)


def anchor(outcome: Outcome) -> str:
    """What a trial's part of a page is called in links."""
    return f"failure-{outcome.scenario.name}-{outcome.seed}"


def failure(outcome: Outcome) -> Failure:
    """All that is told of a failed trial."""
    case = None if outcome.figures is None else outcome.figures.case
    if case is None:
        return Failure(outcome, None, None, (), (), "", ())
    axis = TimeAxis(case.from_at, case.until_at, outcome.scenario.zone)
    chart = timeline(f"timeline-{outcome.scenario.name}-{outcome.seed}", outcome, case)
    calls = tuple(Call(axis.told(it.at), it) for it in case.requests)
    if case.order is None:
        return Failure(outcome, case, chart, (), (), "", calls)
    where = whereabouts(case.ledger, case.order)
    total = where.ended_at - where.placed_at
    story = tuple(
        Told(axis.told(it.event.at), it.left, it.words, it.cause)
        for it in lines(case.ledger, case.order, outcome.scenario.zone)
    )
    spent = tuple(
        Spent(part, length(seconds), f"{seconds / total:.0%}" if total else "") for part, seconds in where.parts.items()
    )
    return Failure(outcome, case, chart, story, spent, length(total), calls)

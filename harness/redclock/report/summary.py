"""What a suite's outcomes come to: by tag, the slowest, and the orders that came closest to their deadline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from redclock.checks.order_row import OrderRow
from redclock.run import Outcome
from redclock.suite import Asked, Verdict


@dataclass(frozen=True, slots=True)
class TagRow:
    """How many of the scenarios with a tag passed."""

    tag: str
    passed: int
    scenarios: int


@dataclass(frozen=True, slots=True)
class CloseCall:
    """An order that was declared in time, and how little was left."""

    outcome: Outcome
    row: OrderRow
    lead_seconds: int


def by_tag(verdicts: Iterable[Verdict]) -> list[TagRow]:
    """A row for each tag, by name; a scenario with two tags counts in both."""
    counts: dict[str, list[bool]] = {}
    for verdict in verdicts:
        for tag in verdict.scenario.tags:
            counts.setdefault(tag, []).append(verdict.passed)
    return [TagRow(tag, sum(passed), len(passed)) for tag, passed in sorted(counts.items())]


def slowest(verdicts: Iterable[Verdict], most: int = 3) -> list[Outcome]:
    """The trials that took longest, the longest first."""
    outcomes = [trial for verdict in verdicts for trial in verdict.trials]
    return sorted(outcomes, key=lambda it: -it.seconds)[:most]


def closest(verdicts: Iterable[Verdict], most: int = 3) -> list[CloseCall]:
    """The smallest leads, the smallest first; one a scenario, for its seeds tend to share it."""
    calls = (call for verdict in verdicts for call in islice(sorted(_calls(verdict), key=_lead), 1))
    return sorted(calls, key=_lead)[:most]


def seconds_left(asked: Sequence[Asked], done: Sequence[Outcome], elapsed_seconds: float) -> float | None:
    """How long the rest of a suite will take, at the pace so far; None before there is one.

    A scenario's trials take about the same; of one that hasn't run yet nothing is known but what the others took.
    """
    work = sum(outcome.seconds for outcome in done)
    if not done or not elapsed_seconds or not work:
        return None
    took: dict[str, list[float]] = {}
    for outcome in done:
        took.setdefault(outcome.scenario.name, []).append(outcome.seconds)
    usual = work / len(done)
    ended = {(outcome.scenario.name, outcome.seed) for outcome in done}
    to_do = sum(
        sum(took[scenario.name]) / len(took[scenario.name]) if scenario.name in took else usual
        for scenario, seed in asked
        if (scenario.name, seed) not in ended
    )
    return to_do * elapsed_seconds / work


def _calls(verdict: Verdict) -> Iterable[CloseCall]:
    for trial in verdict.trials:
        for row in trial.orders:
            if row.lead_seconds is not None and row.lead_seconds > 0:
                yield CloseCall(trial, row, row.lead_seconds)


def _lead(call: CloseCall) -> tuple[int, int, int]:
    return call.lead_seconds, call.outcome.seed, call.row.order

"""A suite's outcomes for programs: JSON values. `format` counts up when a key changes its meaning or goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redclock import __version__
from redclock.report.story import replay_line
from redclock.report.summary import by_tag, closest
from redclock.run import Outcome
from redclock.suite import Verdict

FORMAT = 1


def suite_json(verdicts: Sequence[Verdict], *, asked: int) -> dict[str, Any]:
    """Everything but the ledgers; durations are seconds, instants market time.

    Args:
        asked: how many trials were to be run; fewer are there if the run was stopped.
    """
    trials = [trial for verdict in verdicts for trial in verdict.trials]
    return {
        "format": FORMAT,
        "redclock": __version__,
        "subject": trials[0].subject if trials else None,
        "transport": trials[0].transport if trials else None,
        "trials": {"asked": asked, "run": len(trials), "passed": sum(trial.passed for trial in trials)},
        "passed": len(trials) == asked and all(verdict.passed for verdict in verdicts),
        "tags": {row.tag: {"passed": row.passed, "scenarios": row.scenarios} for row in by_tag(verdicts)},
        "closest": [
            {
                "scenario": call.outcome.scenario.name,
                "seed": call.outcome.seed,
                "order": call.row.order,
                "lead_seconds": call.lead_seconds,
            }
            for call in closest(verdicts)
        ],
        "scenarios": [_scenario(verdict) for verdict in verdicts],
    }


def _scenario(verdict: Verdict) -> dict[str, Any]:
    scenario = verdict.scenario
    return {
        "name": scenario.name,
        "title": scenario.title,
        "proves": scenario.proves,
        "tags": list(scenario.tags),
        "passed": verdict.passed,
        "over_seeds": [
            {
                "expectation": each.expectation.name,
                "bounds": each.expectation.bounds(),
                "value": each.value,
                "holds": each.holds,
            }
            for each in verdict.over_seeds
        ],
        "trials": [_trial(trial) for trial in verdict.trials],
    }


def _trial(outcome: Outcome) -> dict[str, Any]:
    leads = [row.lead_seconds for row in outcome.orders if row.lead_seconds is not None]
    return {
        "seed": outcome.seed,
        "passed": outcome.passed,
        "digest": outcome.digest,
        "seconds": outcome.seconds,
        "error": outcome.error or None,
        "limit": outcome.limit or None,
        "problems": [{"key": key or None, "problem": problem} for key, problem in outcome.problems_by_key()],
        "expectations": [
            {
                "expectation": each.expectation.name,
                "bounds": each.expectation.bounds(),
                "value": each.value,
                "holds": each.holds,
                "broken_at": each.broken_at,
            }
            for each in outcome.measured
        ],
        "measures": dict(outcome.measures),
        "least_lead_seconds": min(leads, default=None),
        "faults_never_struck": list(outcome.never_struck),
        "again": replay_line(outcome),
    }

"""The report of a suite: one HTML file with its verdicts, its failures told in full, and charts of every scenario.

The same outcomes make the same bytes. However large the suite, the page stays readable: failures and scenarios beyond
the first ones are listed without pictures, and the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakemarket.faces.panel.moments import Local
from redclock.figures import Figures
from redclock.report.charts.chart import Chart
from redclock.report.html.failure import anchor, failure
from redclock.report.html.flow import flow_chart, flow_rows, together
from redclock.report.html.health import COLUMNS, health_chart, health_rows
from redclock.report.html.spread import spread_chart
from redclock.report.html.summary import Expected, by_tag, expected, first_problem, tally, warnings
from redclock.report.story import replay_line
from redclock.run import Outcome
from redclock.suite import Verdict

MOST_FAILURES = 20
MOST_SCENARIOS = 60


@dataclass(frozen=True, slots=True)
class Section:
    """A scenario's part of the page.

    Attributes:
        flow: with `health`, None where no figures were kept.
    """

    verdict: Verdict
    expected: list[Expected]
    spread: Chart
    warnings: list[str]
    flow: Chart | None
    flow_rows: list[tuple[str, int, int, str]]
    health: Chart | None
    health_rows: list[tuple[str, ...]]


def report_html(
    verdicts: Sequence[Verdict],
    *,
    asked: int | None = None,
    written_at: int | None = None,
    most_failures: int = MOST_FAILURES,
    most_scenarios: int = MOST_SCENARIOS,
) -> str:
    """The page of a suite's verdicts; charts need outcomes that were run with `figures=True`.

    Args:
        asked: how many trials there were to be, if the run may have been broken off.
        written_at: when, in real time, if the page is to say so; seconds since the epoch.
        most_failures: how many are told in full: the first of each scenario, then the others.
        most_scenarios: how many have charts: those that fail, then the others.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    from redclock.report.html.dress import render

    failed = _first_of_each(verdicts)
    shown = sorted(range(len(verdicts)), key=lambda it: (verdicts[it].passed, it))[:most_scenarios]
    figures = [trial.figures for each in verdicts for trial in each.trials if trial.figures is not None]
    every = together(it.ways for it in figures)
    told = failed[:most_failures]
    return render(
        "report.html",
        verdicts=verdicts,
        subjects=sorted({trial.subject for each in verdicts for trial in each.trials}),
        asked=asked,
        written_at=None if written_at is None else f"{Local('UTC', written_at).full(written_at)} UTC",
        total=tally(verdicts),
        tags=by_tag(verdicts),
        rows=[(each, tally([each]), first_problem(each)) for each in verdicts],
        failures=[failure(it) for it in told],
        told={anchor(it) for it in told},
        others=[(it, replay_line(it)) for it in failed[most_failures:]],
        sections=[_section(verdicts[it]) for it in sorted(shown)],
        shown={verdicts[it].scenario.name for it in shown},
        without_charts=len(verdicts) - len(shown),
        flow=flow_chart("flow-of-all", "Which way the orders of all runs went", every) if every else None,
        flow_rows=flow_rows(every),
        health_columns=COLUMNS,
        anchor=anchor,
    )


def _first_of_each(verdicts: Sequence[Verdict]) -> list[Outcome]:
    """The trials that failed: of each scenario the first one, then the others."""
    failed = [[trial for trial in each.trials if not trial.passed] for each in verdicts]
    first = [trials[0] for trials in failed if trials]
    return [*first, *(trial for trials in failed for trial in trials[1:])]


def _section(verdict: Verdict) -> Section:
    name = verdict.scenario.name
    rows = expected(verdict)
    seeds = [trial.seed for trial in verdict.trials]
    kept: list[Figures] = [trial.figures for trial in verdict.trials if trial.figures is not None]
    ways = together(it.ways for it in kept)
    hours, zone = [it.hours for it in kept], verdict.scenario.zone
    paired = list(zip(verdict.scenario.expect, rows, strict=True))
    return Section(
        verdict=verdict,
        expected=rows,
        spread=spread_chart(f"values-{name}", f"What {name} expects, and each seed", paired, seeds),
        warnings=warnings(verdict.trials),
        flow=flow_chart(f"flow-{name}", f"Which way the orders of {name} went", ways) if ways else None,
        flow_rows=flow_rows(ways),
        health=health_chart(f"health-{name}", f"{name} over market time", hours, zone) if hours else None,
        health_rows=health_rows(hours, zone) if hours else [],
    )

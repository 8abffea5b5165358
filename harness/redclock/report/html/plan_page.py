"""The page of a plan: one HTML file with the recommendation in words, charts, tables, and what all of it rests on.

Nothing is worked out here but quantiles of the runs: every number is the planner's. The same plan makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import quantiles
from typing import Any

import orjson

from fakemarket.faces.panel.moments import Local
from redclock.planner.inside import FOLLOWED_DAYS, Inside
from redclock.planner.questions.what_if import WhatIf
from redclock.planner.sweep import BUSY, FITTED, Plan, Row
from redclock.report.answers.answer import Answer
from redclock.report.html.plan_causes import cause_lines, causes_chart
from redclock.report.html.plan_charts import rates_chart, runs_chart, savings_chart
from redclock.report.html.plan_packing import packing_chart, packing_days
from redclock.report.html.plan_pieces import piece
from redclock.report.html.plan_slack import HEADS, slack_chart, slack_lines
from redclock.report.html.plan_what_ifs import what_if_chart, what_if_lines
from redclock.report.plan_words import (
    at_most,
    basis,
    between,
    count,
    given,
    has_words,
    percent,
    plan_command,
    recommendation,
    seeds,
    within,
)

QUANTILES = ("least", "5 %", "25 %", "median", "75 %", "95 %", "most")
_MANY = 24
"""Of more numbers than a day has hours only how many there are and between which they lie is shown."""
_MARKS = {"1": "one source says so", "A": "nobody says so: it is assumed"}


@dataclass(frozen=True, slots=True)
class Line:
    """A preparation time in the tables."""

    row: Row
    missed: str
    between: str
    within: str
    quantiles: tuple[str, ...]


def plan_html(
    plan: Plan,
    *,
    command: str = "",
    written_at: int | None = None,
    inside: Inside | None = None,
    what_ifs: Sequence[WhatIf] = (),
    answers: Sequence[Answer] = (),
) -> str:
    """The page.

    Args:
        command: what makes it again; if empty, what `plan_command` knows, or nothing if the command line has no words.
        written_at: when, in real time, if the page is to say so; seconds since the epoch.
        inside: slack, load and queue, if they are to be shown.
        what_ifs: what other ways would buy, if that is to be shown.
        answers: to questions beside the plan; each gets a part of the page.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    from redclock.report.html.dress import render

    horizon = plan.horizon
    return render(
        "plan.html",
        plan=plan,
        headline=headline(plan),
        advice=recommendation(plan),
        basis=basis(plan),
        busy=BUSY,
        best=plan.recommended or plan.nearest,
        lines=[_line(row, plan) for row in plan.rows],
        savings=[(it, percent(it.saved.mean), between(it.saved)) for it in plan.differences],
        quantiles=QUANTILES,
        rates=rates_chart("rates", plan),
        saved=savings_chart("savings", plan) if plan.differences else None,
        runs=runs_chart("runs", plan) if plan.runs > 1 else None,
        causes=causes_chart("causes", plan),
        cause_lines=cause_lines(plan),
        what_ifs=what_ifs,
        what_if=what_if_chart("what-if", plan, what_ifs) if what_ifs else None,
        what_if_lines=what_if_lines(plan, what_ifs),
        inside=inside,
        **(_seen(inside) if inside else {}),
        settings=[(it, value_words(it.value)) for it in plan.assumptions],
        marks=[(mark, sum(it.mark == mark for it in plan.assumptions), says) for mark, says in _MARKS.items()],
        learnt=sum(it.mark == FITTED for it in plan.assumptions),
        from_day=_day(horizon.counts_from_at),
        until_day=_day(horizon.counts_until_at),
        command=command or (plan_command(plan, "--html", "plan.html") if has_words(plan) else ""),
        seeds=seeds(plan),
        pieces=[piece(each) for each in answers],
        version=version("redclock"),
        written_at=None if written_at is None else f"{_day(written_at)} UTC",
        at_most=at_most,
        count=count,
        given=given,
        percent=percent,
    )


def _seen(inside: Inside) -> dict[str, object]:
    """What is shown of the first runs."""
    return {
        "slack": slack_chart("slack", inside),
        "slack_heads": HEADS,
        "slack_lines": slack_lines(inside),
        "packing": packing_chart("packing", inside),
        "packing_days": packing_days(inside),
        "followed_days": FOLLOWED_DAYS,
    }


def headline(plan: Plan) -> str:
    """The recommendation in a few words."""
    if plan.recommended is not None:
        return f"Put {count(plan.recommended.preparation_days, 'working day')} in the delivery template"
    if plan.nearest.rate.high is None:
        return "One run recommends nothing"
    return f"No preparation time tried is sure to stay within {given(plan.target)}"


def value_words(value: Any) -> str:
    """A setting's value for a reader: each part with its name."""
    match orjson.loads(orjson.dumps(value)):
        case dict(parts):
            kind = parts.pop("kind", "")
            named = (f"{name.replace('_', ' ')} {value_words(each)}" for name, each in parts.items() if each != "")
            return f"{kind}{': ' if kind else ''}{', '.join(named)}"
        case [] | None:
            return "none"
        case list(entries) if len(entries) > _MANY and all(isinstance(each, int | float) for each in entries):
            return f"{len(entries)} numbers from {min(entries):.4g} to {max(entries):.4g}"
        case list(entries):
            return ", ".join(value_words(each) for each in entries)
        case bool(answer):
            return "yes" if answer else "no"
        case plain:
            return str(plain)


def _line(row: Row, plan: Plan) -> Line:
    shares = tuple(percent(it) for it in _quantiles(row.rates))
    return Line(row, percent(row.rate.mean), between(row.rate), within(row.rate, plan.target), shares)


def _quantiles(rates: Sequence[float]) -> tuple[float, ...]:
    """As `QUANTILES` names them, between two runs in proportion; of one run there are none."""
    if len(rates) == 1:
        return ()
    twentieths = quantiles(rates, n=20, method="inclusive")
    return (min(rates), *(twentieths[it] for it in (0, 4, 9, 14, 18)), max(rates))


def _day(at: int) -> str:
    return Local("UTC", at).full(at)

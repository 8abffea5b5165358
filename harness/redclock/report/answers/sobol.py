"""Sobol indices in words, at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.planner.estimate import Estimate
from redclock.planner.questions.sobol import Sobol
from redclock.report.answers.setting import value_said
from redclock.report.plan_words import count, given, percent


def render_sobol(found: Sobol, console: Console) -> None:
    """Both indices of each setting, and a sentence."""
    console.print(f"\n[bold]{escape(title(found))}[/]", highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("setting", overflow="fold")
    sure = f"{given(found.confidence)} sure\nit is"
    for heading in ("\nalone", sure, "with\nothers", sure):
        table.add_column(heading, justify="right", no_wrap=True)
    for it in found.indices:
        table.add_row(it.name, *(text for each in (it.first, it.total) for text in (index(each), index_between(each))))
    console.print(table)
    console.print(meaning(found), markup=False, highlight=False, soft_wrap=True)
    console.print(sentence(found), style="bold", markup=False, highlight=False)


def sobol_json(found: Sobol) -> dict[str, Any]:
    """All of it as JSON values, with the sentence."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(asdict(found)))
    return {**told, "sentence": sentence(found)}


def title(found: Sobol) -> str:
    days = count(found.preparation_days, "working day")
    return f"How much of the uncertainty each setting brings, with {days}"


def meaning(found: Sobol) -> str:
    """What the figures are of."""
    ranges = "; ".join(
        f"{it.name} from {value_said(it.name, it.low)} to {value_said(it.name, it.high)}" for it in found.indices
    )
    return (
        f"Shares of the variance of the miss rate, 1 being all of it, while these settings move together: {ranges}. "
        f"{count(found.markets, 'market')} of {count(found.runs, 'run')} each."
    )


def sentence(found: Sobol) -> str:
    """What brings most, and how uncertain the rate is with it."""
    first = found.indices[0]
    return (
        f"With all of them uncertain the miss rate is {percent(found.mean)}, give or take {percent(found.spread)}: "
        f"{first.name} brings {index(first.first)} of that variance alone and {index(first.total)} with the others."
    )


def index(estimate: Estimate) -> str:
    """A share of the variance."""
    return f"{estimate.mean:.2f}"


def index_between(estimate: Estimate) -> str:
    assert estimate.low is not None
    assert estimate.high is not None
    return f"{estimate.low:.2f} to {estimate.high:.2f}"

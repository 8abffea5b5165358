"""A tornado in words, at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.planner.questions.tornado import Bar, Change, Tornado
from redclock.report.answers.setting import change_between, change_said, value_said
from redclock.report.plan_words import count, given, percent

SHOWN = 10


def render_tornado(found: Tornado, console: Console) -> None:
    """The settings that matter most, what was done to them, and a sentence."""
    console.print(f"\n[bold]{escape(title(found))}[/]", highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("setting as it is,\n  and otherwise", overflow="fold")
    table.add_column("\nmissed", justify="right", no_wrap=True)
    table.add_column(f"{given(found.confidence)} sure\nit is", justify="right", no_wrap=True)
    for bar in found.bars[:SHOWN]:
        table.add_row(f"{bar.name}: {escape(value_said(bar.name, bar.value))}")
        for it in bar.changes:
            otherwise = f"  {escape(value_said(bar.name, it.value))}"
            table.add_row(otherwise, change_said(it.change.mean), change_between(it.change))
    console.print(table)
    if len(found.bars) > SHOWN:
        rest = count(len(found.bars) - SHOWN, "setting")
        console.print(f"{rest} more with a smaller swing: all in --json and on the page.", highlight=False)
    for line in (meaning(found), left(found)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(sentence(found), style="bold", markup=False, highlight=False)


def tornado_json(found: Tornado) -> dict[str, Any]:
    """All of it as JSON values, with the sentence."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(asdict(found)))
    for bar, each in zip(found.bars, told["bars"], strict=True):
        each["swing"] = bar.swing
    return {**told, "breaking": list(found.breaking), "sentence": sentence(found)}


def title(found: Tornado) -> str:
    days = count(found.preparation_days, "working day")
    return f"What each uncertain setting alone changes, with {days}"


def meaning(found: Tornado) -> str:
    """What was done to the settings."""
    hours = f"{found.moved_minutes / 60:g} hours"
    return (
        "Each setting that one source or none confirms was moved by itself, in the same worlds: numbers and durations "
        f"by {given(found.moved_share)} down and up, times of the day by {hours}, yes or no to the other answer, words "
        "to each other word."
    )


def left(found: Tornado) -> str:
    """What has no bar."""
    return (
        f"{count(len(found.still), 'setting')} moved nothing in the first {count(found.first_runs, 'run')}; "
        f"{len(found.unmoved)} were not moved: words, lists and zeros; try those with --compare."
    )


def sentence(found: Tornado) -> str:
    """What is worth knowing better."""
    if not found.bars:
        return "Nothing that is uncertain changed the miss rate."
    first = found.bars[0]
    worst = strongest(first)
    most = (
        f"Of what is uncertain {first.name} matters most: {value_said(first.name, worst.value)} instead of "
        f"{value_said(first.name, first.value)} makes {percent(found.rate.mean)} missed into "
        f"{percent(max(found.rate.mean + worst.change.mean, 0.0))}."
    )
    if found.rate.mean > found.target:
        return f"{most} The target of {given(found.target)} is missed as it is."
    if not found.breaking:
        return f"{most} None of them alone would break the target of {given(found.target)}."
    return f"{most} Alone would break the target of {given(found.target)}: {', '.join(found.breaking)}."


def strongest(bar: Bar) -> Change:
    """The greatest of a bar's changes, up or down."""
    return max(bar.changes, key=lambda it: abs(it.change.mean))

"""Plans and backtests for a person at a terminal who has never met a confidence interval, and as JSON for programs.

Both end with a sentence that says what to do and with the command that gives the same figures again. Nothing is worked
out here: every number is the planner's.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.planner.backtest import Backtest
from redclock.planner.causes import CAUSES
from redclock.planner.estimate import Estimate
from redclock.planner.sweep import FITTED, Plan
from redclock.report.plan_words import (
    COUNTDOWN,
    basis,
    between,
    causes_words,
    count,
    days_word,
    given,
    notes,
    otherwise,
    otherwise_between,
    percent,
    plan_command,
    recommendation,
    within,
)

BROKEN_SHOWN = 10
_COLOURED = {"yes": "[green]yes[/]", "no": "[red]no[/]", "not sure": "[yellow]not sure[/]"}


def render_plan(plan: Plan, console: Console, *, command: str = "") -> None:
    """The table of a plan, what it rests on, and the recommendation.

    Args:
        plan: what was found.
        console: where it is printed.
        command: what was typed, if more than `plan_command` knows.
    """
    console.print("[bold]Orders that miss their deadline, by preparation time[/]", highlight=False)
    _say(console, basis(plan))
    table = _table(
        "working\ndays",
        "\nmissed",
        f"{given(plan.confidence)} sure\nit is",
        f"within\n{given(plan.target)}?",
        "one step\nmore saves",
        f"{given(plan.confidence)} sure\nit is",
    )
    for row, difference in zip(plan.rows, (*plan.differences, None), strict=True):
        table.add_row(
            str(row.preparation_days),
            percent(row.rate.mean),
            between(row.rate),
            _verdict(row.rate, plan.target),
            percent(difference.saved.mean) if difference else "",
            between(difference.saved) if difference else "",
            style="bold" if row is plan.recommended else "",
        )
    console.print(table)
    _notes(console, ((row.preparation_days, row.rate) for row in plan.rows))
    rules = (it for it in plan.assumptions if it.name.startswith(COUNTDOWN))
    unsure = len(plan.assumptions) - (learnt := sum(it.mark == FITTED for it in plan.assumptions))
    if learnt:
        _say(console, f"{count(learnt, 'setting')} of this market come from real orders (mark fitted in --json).")
    _say(
        console,
        f"It rests on {unsure} settings that one source or none confirms (all in --json); those of the "
        f"countdown: {', '.join(f'{it.name.removeprefix(COUNTDOWN)} {_word(it.value)}' for it in rules)}.",
    )
    if why := causes_words(plan.recommended or plan.nearest):
        _say(console, why)
    for warning in plan.warnings:
        _say(console, f"Mind: {warning}.")
    _end(console, recommendation(plan), command or plan_command(plan))


def render_compared(plan: Plan, text: str, other: Plan, saved: Sequence[Estimate], console: Console) -> None:
    """A market that is otherwise, beside the one that was asked about.

    Args:
        plan: of the one that was asked about.
        text: what is otherwise.
        other: its plan.
        saved: share of orders that it saves, for each preparation time; less than 0 if it costs some.
    """
    console.print(f"\n[bold]With {escape(text)}[/]", highlight=False)
    sure = f"{given(other.confidence)} sure\nit is"
    table = _table("working\ndays", "\nmissed", sure, "that is\nmore or fewer", sure)
    for row, each in zip(other.rows, saved, strict=True):
        missed = (percent(row.rate.mean), between(row.rate))
        table.add_row(str(row.preparation_days), *missed, otherwise(each), otherwise_between(each))
    console.print(table)
    _notes(console, zip((row.preparation_days for row in other.rows), saved, strict=True))
    for warning in other.warnings:
        if warning not in plan.warnings:
            _say(console, f"Mind: {warning}.")


def compared_json(text: str, other: Plan, saved: Sequence[Estimate]) -> dict[str, Any]:
    """The same as JSON values."""
    rows = zip(other.rows, saved, strict=True)
    return {
        "with": text,
        "rows": [{**_plain(asdict(row)), "saved": _plain(asdict(each))} for row, each in rows],
        "warnings": list(other.warnings),
    }


def plan_json(plan: Plan, *, command: str = "") -> dict[str, Any]:
    """Everything in a plan, as JSON values; the misses of a row by cause are in the order of `causes`."""
    return {
        **_plain(asdict(replace(plan, care=None))),
        "care": None if plan.care is None else str(plan.care),
        "causes": CAUSES,
        "recommended": plan.recommended and plan.recommended.preparation_days,
        "nearest": plan.nearest.preparation_days,
        "recommendation": recommendation(plan),
        "command": command or plan_command(plan),
    }


def render_backtest(found: Backtest, console: Console, *, command: str = "") -> None:
    """The table of a backtest, what is not in it, and a sentence that sums it up.

    Args:
        found: what was found.
        console: where it is printed.
        command: what was typed, if more than `backtest_command` knows.
    """
    history, calendar = found.history, found.rules.calendar
    console.print("[bold]Orders that would have missed their deadline, by preparation time[/]", highlight=False)
    weighing = (
        f" that stand for {found.weight:,.0f} (column {history.columns['weight']})"
        if "weight" in history.columns
        else ""
    )
    _say(
        console,
        f"{history.source}: {count(found.judged, 'order')}{weighing}; countdown from {found.rules.anchor}, "
        f"{calendar.country}{f'-{calendar.region}' if calendar.region else ''} working days, days end in "
        f"{found.rules.zone}.",
    )
    sure = f"{given(found.confidence)} sure\nit is"
    table = _table("working\ndays", "order day\ncounts", sure, "order day\nis free", sure)
    for row in found.rows:
        estimates = (percent(row.counted.mean), between(row.counted), percent(row.free.mean), between(row.free))
        table.add_row(str(row.preparation_days), *estimates)
    console.print(table)
    _notes(console, ((row.preparation_days, it) for row in found.rows for it in (row.counted, row.free)))
    if found.own_limit is not None:
        _say(
            console,
            f"Late against the file's own limit ({history.columns['limit']}): {percent(found.own_limit.mean)} "
            f"({between(found.own_limit)}).",
        )
    _say(
        console,
        f"How sure is judged by how the rate varies between {count(found.weeks, 'week')} of purchase.",
    )
    if found.before_approval:
        _say(console, f"{count(found.before_approval, 'order')} handed over before approval: kept.")
    for left in found.unjudged:
        _say(console, f"Not judged: {count(left.orders, 'order')} weighing {left.weight:,.0f}: {left.why}.")
    _broken(console, found)
    _end(console, summary(found), command or backtest_command(found))


def summary(found: Backtest) -> str:
    """The backtest in one sentence."""
    if len(found.rows) == 1:
        row = found.rows[0]
        return (
            f"With {count(row.preparation_days, 'working day')} {percent(row.counted.mean)} of these orders would have "
            f"been missed, {percent(row.free.mean)} if the order day were free."
        )
    first, last = found.rows[0], found.rows[-1]
    return (
        f"With the order day counted, {count(first.preparation_days, 'working day')} would have missed "
        f"{percent(first.counted.mean)} of these orders and {last.preparation_days} {percent(last.counted.mean)}; the "
        "past promises nothing, so compare with a plan."
    )


def backtest_command(found: Backtest) -> str:
    """The command line of a backtest that took the defaults for what has no option of its own."""
    days = days_word([row.preparation_days for row in found.rows])
    words = ("--orders", found.history.source, "--preparation-days", days)
    place = ("--country", found.rules.calendar.country, "--zone", found.history.zone)
    columns = (word for what, name in found.history.mapped.items() for word in ("--column", f"{what}={name}"))
    return shlex.join(("redclock", "plan", *words, *place, *columns))


def backtest_json(found: Backtest, *, command: str = "") -> dict[str, Any]:
    """Everything in a backtest but the orders themselves, as JSON values."""
    history, rules = found.history, found.rules
    return {
        "source": history.source,
        "columns": dict(history.columns),
        "read_zone": history.zone,
        "zone": rules.zone,
        "country": rules.calendar.country,
        "region": rules.calendar.region,
        "anchor": str(rules.anchor),
        "deadline_clock": str(rules.deadline_clock),
        "confidence": found.confidence,
        "rows": [_plain(asdict(row)) for row in found.rows],
        "own_limit": None if found.own_limit is None else asdict(found.own_limit),
        "read": len(history.orders) + len(history.broken),
        "judged": found.judged,
        "weight": found.weight,
        "weeks": found.weeks,
        "before_approval": found.before_approval,
        "unjudged": [asdict(each) for each in found.unjudged],
        "broken": [asdict(each) for each in history.broken],
        "summary": summary(found),
        "command": command or backtest_command(found),
    }


def _verdict(rate: Estimate, target: float) -> str:
    word = within(rate, target)
    return _COLOURED.get(word, word)


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _notes(console: Console, estimates: Iterable[tuple[int, Estimate]]) -> None:
    for note in notes(estimates):
        _say(console, note)


def _broken(console: Console, found: Backtest) -> None:
    broken = found.history.broken
    if not broken:
        return
    _say(console, f"Broken: {count(len(broken), 'row')}, not in the table.")
    for row in broken[:BROKEN_SHOWN]:
        _say(console, f"  line {row.line}: {row.reason}")
    if len(broken) > BROKEN_SHOWN:
        _say(console, f"  and {len(broken) - BROKEN_SHOWN:,} more (all in --json)")


def _end(console: Console, sentence: str, command: str) -> None:
    console.print()
    console.print(sentence, style="bold", markup=False, highlight=False)
    _say(console, f"Again: {command}")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _word(value: Any) -> str:
    """A setting's value in a sentence."""
    match _plain(value):
        case dict(parts):
            return " ".join(
                f"{name} {' '.join(map(str, part))}" if isinstance(part, list) else str(part)
                for name, part in parts.items()
                if part
            )
        case []:
            return "none"
        case bool(answer):
            return "yes" if answer else "no"
        case plain:
            return str(plain)


def _plain(value: Any) -> Any:
    """A value as JSON has it: dates and names of enumerations as text, tuples as lists."""
    return orjson.loads(orjson.dumps(value))

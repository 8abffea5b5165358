"""What was learnt from a file of orders, and how it fared on orders held back, at a terminal and as JSON.

Nothing is worked out here: every number is the planner's.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from redclock.planner.estimate import CONFIDENCE
from redclock.planner.fit.held_back import HeldBack
from redclock.planner.fit.profile import Match, Profile
from redclock.planner.history import History
from redclock.report.plan_terminal import BROKEN_SHOWN
from redclock.report.plan_words import between, count, given, percent

_UNSHOWN = {"settings"}


def render_fit(
    profile: Profile, history: History, held: HeldBack | str, console: Console, *, command: str, written: str = ""
) -> None:
    """How well a profile fits, what is odd in its file, and what it would have predicted.

    Args:
        profile: what was learnt.
        history: from what.
        held: the comparison with orders held back, or why there is none.
        console: where it is printed.
        command: what makes it again.
        written: the file it was written to, if it was.
    """
    console.print("[bold]A market learnt from real orders[/]", highlight=False)
    _say(
        console,
        f"{profile.source}: {count(profile.orders, 'order')} handed over, bought {profile.first_day} to "
        f"{profile.last_day}; {count(len(profile.findings), 'setting')} in the profile.",
    )
    for match in profile.matches:
        console.print(_quantiles(match))
        _say(
            console,
            f"{match.what}: {count(match.orders, 'order')}, Kolmogorov-Smirnov distance {match.distance:.3f} (0 is a "
            "perfect fit, 1 none).",
        )
    for remark in profile.remarks:
        _say(console, f"Mind: {remark}")
    for row in history.broken[:BROKEN_SHOWN]:
        _say(console, f"  line {row.line}: {row.reason}")
    console.print()
    if isinstance(held, str):
        _say(console, f"Not held against later orders: {held}.")
    else:
        _held(console, held)
    console.print()
    if written:
        console.print(f"Plan with it: redclock plan --profile {written}", style="bold", markup=False, highlight=False)
    _say(console, f"Again: {command}")


def _held(console: Console, held: HeldBack) -> None:
    console.print("[bold]Orders that miss their deadline, predicted and as it happened[/]", highlight=False)
    _say(
        console,
        f"Learnt from {count(held.learnt, 'order')} as known on {held.cut}, held against {count(held.judged, 'order')} "
        "bought since then.",
    )
    table = Table(box=None, padding=(0, 2, 0, 0))
    sure = f"{given(CONFIDENCE)} sure\nit is"
    for title in ("working\ndays", "\npredicted", "\nhappened", sure, "as many\nas before", "one rate\nfor all"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in held.rows:
        rates = (percent(row.predicted), percent(row.actual.mean), between(row.actual))
        table.add_row(str(row.preparation_days), *rates, percent(row.earlier), percent(row.overall))
    console.print(table)
    _say(console, verdict(held))


def verdict(held: HeldBack) -> str:
    """Which way to predict came nearest, in a sentence."""
    errors = held.errors
    told = (
        f"On average the market is off by {percent(errors['predicted'])} of the orders, the earlier orders' own rate "
        f"by {percent(errors['earlier'])}, one rate for all preparation times by {percent(errors['overall'])}."
    )
    best = min(errors, key=errors.__getitem__)
    match best:
        case "predicted":
            return f"{told} The market came nearest."
        case "earlier":
            return f"{told} The earlier orders' own rate came nearest."
        case _:
            return f"{told} One rate for all came nearest: don't plan by this market."


def fit_json(profile: Profile, history: History, held: HeldBack | str, *, command: str, text: str) -> dict[str, Any]:
    """The same as JSON values, with every broken row and the profile's own text."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(asdict(profile)))
    return {
        **{name: value for name, value in plain.items() if name not in _UNSHOWN},
        "columns": dict(history.columns),
        "broken": [asdict(each) for each in history.broken],
        "held_back": held if isinstance(held, str) else _held_json(held),
        "profile": text,
        "command": command,
    }


def _held_json(held: HeldBack) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(orjson.dumps(asdict(held)))
    return {**plain, "errors": held.errors, "verdict": verdict(held)}


def _quantiles(match: Match) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(match.unit, justify="right", no_wrap=True)
    for share in match.shares:
        table.add_column(f"{100 * share:g} %", justify="right", no_wrap=True)
    for name, values in (("file", match.observed), ("market", match.fitted)):
        table.add_row(name, *(f"{value:.3g}" if value < 1000 else f"{value:.0f}" for value in values))
    return table


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)

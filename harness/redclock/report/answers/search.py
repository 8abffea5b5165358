"""A search for the smallest setting in words, at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.planner.questions.search import Search
from redclock.report.plan_words import at_most, between, count, given, percent, within


def render_search(search: Search, console: Console) -> None:
    """What was tried, in its order, and a sentence."""
    console.print(f"\n[bold]{escape(title(search))}[/]", highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in (
        called(search),
        "missed",
        f"{given(search.confidence)} sure it is",
        f"within {given(search.target)}?",
    ):
        table.add_column(escape(heading), justify="right", overflow="fold")
    for it in search.tried:
        chosen = "bold" if it.value == search.found else ""
        rate = it.row.rate
        table.add_row(str(it.value), percent(rate.mean), between(rate), within(rate, search.target), style=chosen)
    console.print(table)
    console.print(sentence(search), style="bold", markup=False, highlight=False)


def search_json(search: Search) -> dict[str, Any]:
    """All of it as JSON values, with the sentence."""
    found = {**asdict(search), "values": [search.values[0], search.values[-1]], "sentence": sentence(search)}
    told: dict[str, Any] = orjson.loads(orjson.dumps(found))
    return told


def called(search: Search) -> str:
    return search.name.removeprefix("market.")


def title(search: Search) -> str:
    days = count(search.preparation_days, "working day")
    return f"The smallest {called(search)} that stays within {given(search.target)}, with {days}"


def sentence(search: Search) -> str:
    """What to take, with what it risks; or that nothing will do, and what comes nearest."""
    target, name = given(search.target), called(search)
    tried = f"from {search.values[0]} to {search.values[-1]}"
    if search.found is not None:
        passed = [it for it in search.tried if it.meets]
        less = next((it for it in search.tried if not it.meets), None)
        besides = (
            f"; {less.value} may miss up to {at_most(less.row.rate)}" if less else ", and no smaller one was asked for"
        )
        return (
            f"Take {search.found}: the smallest {name} {tried} that is sure to stay within {target}, missing at most "
            f"{at_most(passed[-1].row.rate)}{besides}. The chance that {search.found} truly misses "
            f"more than {target} is at most {given(search.risk)}, over the whole search."
        )
    nearest = search.nearest
    wrong_way = nearest.value == search.values[0] and len(search.values) > 1
    way = (
        "smaller ones miss less here, but a search is for what helps as it grows"
        if wrong_way
        else "try more, or longer"
    )
    return (
        f"No {name} {tried} is sure to stay within {target}: the nearest, {nearest.value}, missed "
        f"{percent(nearest.row.rate.mean)} and may miss up to {at_most(nearest.row.rate)}; {way}."
    )

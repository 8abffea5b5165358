"""A grid of miss rates in words, at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.planner.questions.grid import PREPARATION_DAYS, Factor, Grid
from redclock.planner.sweep import Row
from redclock.report.plan_words import at_most, count, given, percent

MARKED = "\N{CHECK MARK}"


def render_grid(grid: Grid, console: Console) -> None:
    """The rates with their bounds, those within the target marked, and a sentence."""
    console.print(f"\n[bold]{escape(title(grid))}[/]", highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"{factor_name(grid.down)}\nby {factor_name(grid.across)}", overflow="fold")
    for value in grid.across.values:
        table.add_column(f"\n{escape(value)}", justify="right", overflow="fold")
    for value, cells in zip(grid.down.values, grid.cells, strict=True):
        table.add_row(escape(value), *(_cell(grid, each) for each in cells))
    console.print(table)
    for line in (meaning(grid), *(f"Mind: {warning}." for warning in grid.warnings)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(sentence(grid), style="bold", markup=False, highlight=False)


def grid_json(grid: Grid) -> dict[str, Any]:
    """All of it as JSON values, with the sentence."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(asdict(grid)))
    for cells, told in zip(grid.cells, found["cells"], strict=True):
        for cell, each in zip(cells, told, strict=True):
            each["meets"] = grid.meets(cell)
    return {**found, "sentence": sentence(grid)}


def title(grid: Grid) -> str:
    under = f", with {count(grid.preparation_days, 'working day')}" if grid.preparation_days else ""
    return f"Orders that miss their deadline, by {factor_name(grid.down)} and {factor_name(grid.across)}{under}"


def factor_name(factor: Factor) -> str:
    """What a factor is called: the last part of its key is enough in a heading."""
    return "working days" if factor.name == PREPARATION_DAYS else factor.name.removeprefix("market.")


def meaning(grid: Grid) -> str:
    """What stands in a cell."""
    return (
        f"Each cell: the rate, and below it what it is at most, {given(grid.confidence)} sure by itself. "
        f"{MARKED} stays within {given(grid.target)}. All cells had the same seeds."
    )


def sentence(grid: Grid) -> str:
    """What is within the target."""
    within = [[grid.meets(cell) for cell in cells] for cells in grid.cells]
    target = given(grid.target)
    if grid.preparation_days is not None:
        many, pairs = sum(map(sum, within)), len(grid.down.values) * len(grid.across.values)
        return f"{many:,} of {count(pairs, 'pair')} are sure to stay within {target}."
    shortest: dict[str, list[str]] = {}
    for value, meets in zip(grid.down.values, within, strict=True):
        days = f"{grid.across.values[meets.index(True)]} working days" if any(meets) else "none of those tried"
        shortest.setdefault(days, []).append(value)
    found = "; ".join(f"{days} with {', '.join(having)}" for days, having in shortest.items())
    return f"Shortest time sure to stay within {target}, by {factor_name(grid.down)}: {found}."


def bound(cell: Row) -> str:
    """The upper bound of a cell."""
    return "not known" if cell.rate.high is None else f"\N{LESS-THAN OR EQUAL TO} {at_most(cell.rate)}"


def _cell(grid: Grid, cell: Row) -> str:
    mark = f"[green]{MARKED}[/] " if grid.meets(cell) else ""
    return f"{mark}{percent(cell.rate.mean)}\n[dim]{bound(cell)}[/]"

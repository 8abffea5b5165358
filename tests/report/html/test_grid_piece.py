"""Two factors on the page of a plan: table, heat map and tips, each number looked up in the grid."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from xml.etree import ElementTree as ET

import pytest
from tests.report.html.conftest import Page

from fakemarket.settings import Settings
from redclock.planner.questions.grid import Factor, Grid, over_days
from redclock.planner.questions.question import same_as
from redclock.planner.sweep import Plan, plan
from redclock.report.answers.grid import sentence
from redclock.report.html.grid_piece import heat_map
from redclock.report.html.plan_page import plan_html
from redclock.report.plan_words import between, percent, within

SVG = "{http://www.w3.org/2000/svg}"
LARGE = Settings(demand=replace(Settings().demand, orders_per_day=200.0))


@pytest.fixture(scope="module")
def base() -> Plan:
    return plan(LARGE, range(4, 8), runs=4, days=7)


@pytest.fixture(scope="module")
def grid(base: Plan) -> Grid:
    markets = [replace(LARGE, warehouse=replace(LARGE.warehouse, packers=packers)) for packers in (1, 2, 4)]
    return over_days(
        base, Factor("market.warehouse.packers", ("1", "2", "4")), [partial(same_as(base), each) for each in markets]
    )


@pytest.fixture(scope="module")
def page(base: Plan, grid: Grid) -> Page:
    return Page(plan_html(base, answers=[grid]))


def test_every_cell_of_the_table_is_the_grids(grid: Grid, page: Page) -> None:
    rows = page.table("Two factors").rows
    assert rows[0] == ["warehouse.packers", "4", "5", "6", "7"]
    for name, cells, shown in zip(("1", "2", "4"), grid.cells, rows[1:], strict=True):
        rates = [f"{percent(it.rate.mean)} {between(it.rate)} {within(it.rate, grid.target)}" for it in cells]
        assert shown == [name, *rates]
    assert sentence(grid) in page.words
    assert f"Mind: {grid.warnings[0]}." in page.words


def test_pointing_at_a_cell_says_its_factors_rate_interval_and_verdict(grid: Grid, page: Page) -> None:
    cells = [
        (down, days, cell)
        for down, line in zip(grid.down.values, grid.cells, strict=True)
        for days, cell in zip(grid.across.values, line, strict=True)
    ]
    assert len(page.tips["grid"]) == len(cells) == 12
    for tip, (down, days, cell) in zip(page.tips["grid"], cells, strict=True):
        assert tip.splitlines()[:4] == [
            f"warehouse.packers {down}, working days {days}",
            f"missed {percent(cell.rate.mean)}: {cell.misses:,} of {cell.orders:,} orders",
            f"95 % sure: {between(cell.rate)}",
            f"within 2 %: {within(cell.rate, 0.02)}",
        ]


def test_cells_are_coloured_by_their_verdict_and_the_darker_the_more_is_missed(grid: Grid) -> None:
    boxes = [it for it in ET.fromstring(heat_map("g", grid).svg()).iter(f"{SVG}rect") if "fill-opacity" in it.attrib]
    cells = [cell for line in grid.cells for cell in line]
    hues = {"yes": "fill-teal", "no": "fill-red", "not sure": "fill-amber"}
    assert [it.attrib["class"] for it in boxes] == [hues[within(cell.rate, grid.target)] for cell in cells]
    assert {it.attrib["class"] for it in boxes} >= {"fill-teal", "fill-red"}
    by_rate = sorted(zip((cell.rate.mean for cell in cells), boxes, strict=True), key=lambda it: it[0])
    strengths = [float(box.attrib["fill-opacity"]) for _, box in by_rate]
    assert strengths == sorted(strengths)
    assert strengths[-1] == 0.5


def test_words_in_a_cell_are_left_out_where_they_do_not_fit(grid: Grid) -> None:
    safe = grid.cells[-1][-1]
    assert grid.meets(safe)

    def texts(many: int) -> list[str]:
        names = tuple(map(str, range(many)))
        wide = replace(grid, across=replace(grid.across, values=names), cells=((safe,) * many,))
        wide = replace(wide, down=Factor("x", ("1",)))
        return [it.text or "" for it in ET.fromstring(heat_map("g", wide).svg()).iter(f"{SVG}text")]

    rate = percent(safe.rate.mean)
    assert f"\N{CHECK MARK} {rate}" in texts(4)
    assert any(it.startswith("\N{LESS-THAN OR EQUAL TO}") for it in texts(4))
    assert not any(it.startswith("\N{LESS-THAN OR EQUAL TO}") for it in texts(17))
    assert "\N{CHECK MARK}" in texts(40)


def test_without_questions_the_page_has_no_such_part(base: Plan) -> None:
    assert "grid-part" not in Page(plan_html(base)).ids

"""Answers to questions on the page of a plan in a real Chromium: legible by day and night, on a phone and in print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.chromium import CROWDED, FAINT, FLAWS, PHONE, chromium, looked_at

from fakemarket.settings import Settings
from redclock.planner.questions.cost import Prices, cost_curve
from redclock.planner.questions.grid import Factor, Grid, over_days
from redclock.planner.questions.moves import with_value
from redclock.planner.questions.question import same_as
from redclock.planner.questions.search import smallest
from redclock.planner.questions.sobol import sobol
from redclock.planner.questions.tornado import tornado
from redclock.planner.sweep import Plan, plan
from redclock.report.answers.answer import Answer
from redclock.report.charts.chart import DARK, LIGHT
from redclock.report.html.grid_piece import _STRONGEST
from redclock.report.html.plan_page import plan_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LARGE = with_value(Settings(), "demand.orders_per_day", 200.0)
NAME = "warehouse.packers"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def found() -> Plan:
    return plan(LARGE, range(3, 9), runs=4, days=7)


@pytest.fixture(scope="module")
def grid(found: Plan) -> Grid:
    factor = Factor(NAME, ("1", "2", "3", "4"))
    markets = [with_value(LARGE, NAME, int(each)) for each in factor.values]
    return over_days(found, factor, [partial(same_as(found), each) for each in markets])


@pytest.fixture(scope="module")
def answers(found: Plan, grid: Grid) -> list[Answer]:
    one = replace(found, rows=found.rows[4:5])
    search = smallest(one, NAME, range(1, 7), lambda each: with_value(LARGE, NAME, each), same_as(found))
    swings = tornado(found, LARGE)
    together = sobol(found, LARGE, swings, 4)
    return [grid, search, swings, together, cost_curve(found, Prices(2500, 0.01, 600))]


@pytest.fixture(scope="module")
def file(found: Plan, answers: list[Answer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pieces") / "plan.html"
    path.write_text(plan_html(found, answers=answers), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_answer_is_drawn_named_and_legible(browser: Browser, file: Path, scheme: str) -> None:
    with looked_at(browser, file, color_scheme=scheme) as page:
        boxes = page.evaluate("[...document.querySelectorAll('svg.chart')].map(it => [it.id, it.getBBox().height])")
        drawn = {name for name, height in boxes if height > 100}
        assert drawn >= {"grid", "search", "sensitivity", "sobol", "costs"}
        assert page.evaluate(FLAWS) == []
        assert page.evaluate(CROWDED) == []
        assert page.evaluate(FAINT) == []
        for name in ("grid", "search", "sensitivity", "sobol", "costs"):
            assert page.locator(f"nav a[href='#{name}-part']").count() == 1


def test_with_very_many_values_no_words_meet(
    browser: Browser, found: Plan, answers: list[Answer], grid: Grid, tmp_path: Path
) -> None:
    days = tuple(map(str, range(1, 31)))
    long = tuple(f"market {each} with a name that is far too long for a heading" for each in grid.down.values)
    wide = replace(
        grid,
        down=replace(grid.down, values=long),
        across=replace(grid.across, values=days),
        cells=tuple(cells * 5 for cells in grid.cells),
    )
    path = tmp_path / "plan.html"
    path.write_text(plan_html(found, answers=[wide, *answers[1:]]), encoding="utf-8")
    with looked_at(browser, path) as page:
        assert page.evaluate(CROWDED) == []


def test_arrow_keys_read_every_cell_in_turn(browser: Browser, file: Path) -> None:
    with looked_at(browser, file) as page:
        page.locator(".plot", has=page.locator("#grid")).focus()
        page.keyboard.press("Home")
        first = page.locator("#told").inner_text()
        page.keyboard.press("ArrowRight")
        second = page.locator("#told").inner_text()
        assert first.startswith("warehouse.packers 1, working days 3")
        assert second.startswith("warehouse.packers 1, working days 4")


def test_on_a_phone_only_tables_and_charts_scroll_sideways(browser: Browser, file: Path) -> None:
    with looked_at(browser, file, viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_in_print_nothing_is_cut_off(browser: Browser, file: Path) -> None:
    with looked_at(browser, file, viewport={"width": 1032, "height": 700}) as page:
        page.emulate_media(media="print")
        wide = "[...document.querySelectorAll('.scroll, .plot')].filter(it => it.scrollWidth > 1032).length"
        assert page.evaluate(wide) == 0


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["day", "night"])
@pytest.mark.parametrize("hue", ["red", "teal", "amber"])
def test_words_stand_out_from_the_strongest_cell(colours: dict[str, str], hue: str) -> None:
    sheet, cell, ink = (
        [int(colours[name][at : at + 2], 16) / 255 for at in (1, 3, 5)] for name in ("sheet", hue, "ink")
    )
    behind = [below * (1 - _STRONGEST) + above * _STRONGEST for below, above in zip(sheet, cell, strict=True)]
    lighter, darker = sorted((luminance(ink), luminance(behind)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: list[float]) -> float:
    """As WCAG has it."""
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

"""The page of a plan in a real Chromium, from disk: drawn, quiet, legible by day and night, on a phone, in print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chromium import CROWDED, FAINT, FLAWS, PHONE, chromium, looked_at

from fakemarket.distributions import Constant
from fakemarket.settings import Settings, Warehouse
from redclock.planner.inside import inside
from redclock.planner.questions.question import same_as
from redclock.planner.questions.what_if import what_ifs
from redclock.planner.sweep import Plan, plan
from redclock.report.html.plan_charts import rates_chart
from redclock.report.html.plan_page import plan_html
from redclock.report.plan_words import between, percent

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


MARKET = Settings()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def found() -> Plan:
    return plan(preparation_days=range(3, 9), runs=8)


Look = Callable[..., AbstractContextManager["Page"]]


@pytest.fixture
def look(browser: Browser, found: Plan, tmp_path: Path) -> Look:
    """`with look() as page`: the plan from disk, without a net; it must not ask for anything else, nor complain."""

    def looked(shown: Plan = found, market: Settings = MARKET, **context: Any) -> AbstractContextManager[Page]:
        file = tmp_path / "plan.html"
        three = what_ifs(market, shown, same_as(shown))
        file.write_text(plan_html(shown, inside=inside(market, shown), what_ifs=three), encoding="utf-8")
        return looked_at(browser, file, **context)

    return looked


def test_every_chart_is_drawn_and_everything_has_a_name(look: Look) -> None:
    with look() as page:
        boxes = page.evaluate("[...document.querySelectorAll('svg.chart')].map(it => [it.id, it.getBBox().height])")
        assert [name for name, height in boxes if height > 100] == [
            *("rates", "causes", "what-if", "savings", "slack", "packing", "runs")
        ]
        assert page.evaluate(FLAWS) == []
        assert page.locator("h1").count() == 1


def test_no_words_of_a_chart_meet_or_run_out_of_it(look: Look, found: Plan) -> None:
    many = plan(preparation_days=range(1, 41), runs=4, target=0.15)
    alone = plan(preparation_days=[6], runs=1)
    busy = Settings(warehouse=Warehouse(packers=1, packing_minutes=Constant(25)))
    with look(plan(busy, preparation_days=range(3, 6), runs=4), busy) as page:
        assert page.evaluate(CROWDED) == []
    for shown in (found, many, alone, replace(found, target=0.4), replace(found, target=0.00001)):
        with look(shown) as page:
            assert page.evaluate(CROWDED) == [], shown.target


def test_pointing_at_a_preparation_time_says_its_rate_and_so_do_the_arrow_keys(look: Look, found: Plan) -> None:
    row = found.rows[-1]
    words = [f"missed {percent(row.rate.mean)}", f"95 % sure: {between(row.rate)}"]
    with look() as page:
        page.locator("#rates .hit").last.hover()
        assert all(it in page.locator("#tip").inner_text() for it in words)
        page.locator(".plot", has=page.locator("#rates")).focus()
        page.keyboard.press("End")
        assert all(it in page.locator("#told").inner_text() for it in words)


def test_arrow_keys_read_causes_slack_and_the_packers_days(look: Look, found: Plan) -> None:
    row = found.rows[0]
    cause, misses = next(iter(row.by_cause.items()))
    read = {
        "causes": f"3 working days: {cause}\n{percent(misses / row.misses)} of the misses",
        "what-if": "with one more packer: 3 working days",
        "slack": "3 working days: ",
        "packing": "Mon 9 Mar\nwork for ",
    }
    with look() as page:
        for name, words in read.items():
            page.locator(".plot", has=page.locator(f"#{name}")).focus()
            page.keyboard.press("Home")
            assert page.locator("#told").inner_text().startswith(words.replace("\n", " ")[:25]), name
            assert " ".join(words.split()) in " ".join(page.locator("#told").inner_text().split())


def test_charts_can_be_saved(look: Look, found: Plan, tmp_path: Path) -> None:
    with look(color_scheme="dark") as page:
        for kind in ("svg", "png"):
            with page.expect_download() as download:
                page.locator(f"[data-save={kind}][data-of=rates]").click()
            download.value.save_as(tmp_path / f"saved.{kind}")
    saved = (tmp_path / "saved.svg").read_text(encoding="utf-8")
    assert re.findall(r"cy=\"[\d.]+\"", saved) == re.findall(r"cy=\"[\d.]+\"", rates_chart("rates", found).svg())
    assert (tmp_path / "saved.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(look: Look, scheme: str) -> None:
    with look(color_scheme=scheme) as page:
        assert page.evaluate(FAINT) == []


def test_the_page_does_not_scroll_sideways_on_a_phone(look: Look) -> None:
    with look(viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_in_print_it_is_ink_on_white_and_nothing_is_cut_off(look: Look) -> None:
    with look(color_scheme="dark", viewport={"width": 1032, "height": 700}) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate(FAINT) == []
        wide = "[...document.querySelectorAll('.scroll, .plot')].filter(it => it.scrollWidth > 1032).length"
        assert page.evaluate(wide) == 0
        assert page.pdf(prefer_css_page_size=True, print_background=True).count(b"/MediaBox") > 2

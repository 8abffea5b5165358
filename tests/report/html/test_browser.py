"""The report in a real Chromium, from disk: drawn, quiet, readable by day and night, on a phone and in print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from tests.chromium import CROWDED, DESK, FAINT, FLAWS, PHONE, chromium, looked_at
from tests.report.html.conftest import tried

from fakemarket.faces.panel.moments import Local
from redclock.report.charts.chart import LIGHT
from redclock.report.charts.time_axis import length
from redclock.report.html.page import report_html
from redclock.report.html.timeline import timeline
from redclock.suite import Verdict

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SVG = "{http://www.w3.org/2000/svg}"
TIMELINE = "#timeline-b1-silent-expiry-0"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def crowded_suite(suite: list[Verdict]) -> list[Verdict]:
    """What has the most in its pictures: eighteen faults, several sellers, cancellations, no order at all."""
    nobody, silent = "idle", "redclock.subject.broken:never_tells"
    others = [
        tried("h3-everything-at-once", silent, 2),
        tried("g2-outage-over-the-deadline", silent, 1),
        tried("d1-number-accepted-scan-never-comes", silent, 1),
        tried("b7-one-of-five-shops", nobody, 2),
        tried("c7-cancelled-after-packed", nobody, 1),
        tried("f2-pacific-midnight", nobody, 1),
        tried("a4-unpaid-orders-pile-up", nobody, 1),
    ]
    return [*suite, *others]


@pytest.fixture(scope="module")
def file(suite: list[Verdict], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_html(suite), encoding="utf-8")
    return file


Look = Callable[..., Any]


@pytest.fixture
def look(browser: Browser, file: Path) -> Look:
    """`with look() as page`: the report from disk, without a net; it must not ask for anything else, nor complain."""

    def looked(at: Path = file, **context: Any) -> AbstractContextManager[Page]:
        return looked_at(browser, at, **context)

    return looked


def open_all(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


def test_every_chart_is_drawn(look: Look, suite: list[Verdict]) -> None:
    with look() as page:
        open_all(page)
        boxes = page.evaluate("[...document.querySelectorAll('svg.chart')].map(it => [it.id, it.getBBox().height])")
        failed = sum(not trial.passed for each in suite for trial in each.trials)
        assert len(boxes) == failed + 3 * len(suite) + 1
        assert all(height > 100 for _, height in boxes), boxes


def test_no_words_of_a_chart_meet_or_run_out_of_it(look: Look, crowded_suite: list[Verdict], tmp_path: Path) -> None:
    crowded = tmp_path / "crowded.html"
    crowded.write_text(report_html(crowded_suite), encoding="utf-8")
    with look(crowded) as page:
        open_all(page)
        assert page.evaluate(CROWDED) == []


def test_pointing_at_the_countdown_says_how_much_is_left(look: Look, suite: list[Verdict]) -> None:
    trial = suite[0].trials[0]
    assert trial.figures is not None
    assert trial.figures.case is not None
    own = trial.ledger.of(trial.figures.case.order or 0)
    start = next(it for it in own if it.what == "countdown")
    with look() as page:
        tip = page.locator("#tip")
        assert tip.is_hidden()
        page.locator(f"{TIMELINE} path.ink").first.hover()
        said = (
            f"{Local('Europe/Madrid', start.at).short(start.at)}: {length(start.facts['ship_by_at'] - start.at)} left"
        )
        assert said in tip.inner_text()
        box = tip.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= DESK["width"] - box["width"]
        bare = page.locator(TIMELINE).bounding_box()
        assert bare is not None
        page.mouse.move(bare["x"] + bare["width"] - 9, bare["y"] + 9)
        assert tip.is_hidden(), "there is nothing to say there"
        page.locator(f"{TIMELINE} path.ink").first.hover()
        page.mouse.move(2, 2)
        assert tip.is_hidden()


def test_the_chart_over_time_says_its_values_wherever_one_points(look: Look) -> None:
    with look() as page:
        plot = page.locator(".plot", has=page.locator("#health-b1-silent-expiry"))
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box is not None
        said = set()
        for share in (0.25, 0.5, 0.75):
            page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
            said.add(page.locator("#tip").inner_text())
        assert len(said) == 3
        assert all("API calls: " in each for each in said)


def test_arrow_keys_read_a_chart_aloud(look: Look) -> None:
    with look() as page:
        plot = page.locator(".plot", has=page.locator("#flow-of-all"))
        plot.focus()
        assert plot.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
        for key, words in (("ArrowRight", "ordered to paid"), ("End", "MISSED"), ("Home", "to paid")):
            page.keyboard.press(key)
            assert words in page.locator("#told").inner_text()
            assert page.locator("#tip").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("#tip").is_hidden()


def test_a_saved_svg_is_what_python_writes(look: Look, suite: list[Verdict], tmp_path: Path) -> None:
    trial = suite[0].trials[0]
    assert trial.figures is not None
    assert trial.figures.case is not None
    ours = ET.fromstring(timeline(TIMELINE[1:], trial, trial.figures.case).svg())
    with look() as page:
        with page.expect_download() as download:
            page.locator(f"[data-save=svg][data-of={TIMELINE[1:]}]").click()
        assert download.value.suggested_filename == f"{TIMELINE[1:]}.svg"
        saved = tmp_path / "saved.svg"
        download.value.save_as(saved)
    assert shapes(ET.parse(saved).getroot()) == shapes(ours)


def shapes(chart: ET.Element) -> list[tuple[str, dict[str, str], str]]:
    """All that is in it."""
    return [(it.tag, dict(it.attrib), it.text or "") for it in chart.iter() if it is not chart]


def test_a_saved_png_shows_the_chart_on_white(look: Look, tmp_path: Path, browser: Browser) -> None:
    with look(color_scheme="dark") as page:
        with page.expect_download() as download:
            page.locator("[data-save=png][data-of=flow-of-all]").click()
        saved = tmp_path / "saved.png"
        download.value.save_as(saved)
        data = saved.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        view = page.evaluate(
            "(({width, height}) => [width, height])(document.getElementById('flow-of-all').viewBox.baseVal)"
        )
        width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        assert (width, height) == (int(2 * view[0]), int(2 * view[1]))
    assert {LIGHT["sheet"], LIGHT["ink"], LIGHT["red"]} <= colours(browser, data)


def colours(browser: Browser, png: bytes) -> set[str]:
    """The colours of a picture's points."""
    page = browser.new_page()
    try:
        found: list[str] = page.evaluate(
            """async (bytes) => {
                const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
                const canvas = new OffscreenCanvas(picture.width, picture.height);
                const pen = canvas.getContext("2d");
                pen.drawImage(picture, 0, 0);
                const { data } = pen.getImageData(0, 0, picture.width, picture.height);
                const seen = new Set();
                for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
                return [...seen].map(it => "#" + it.toString(16).padStart(6, "0"));
            }""",
            list(png),
        )
    finally:
        page.close()
    return set(found)


def test_everything_has_a_name_and_every_table_its_headers(look: Look) -> None:
    with look() as page:
        assert page.evaluate(FLAWS) == []
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(look: Look, scheme: str) -> None:
    with look(color_scheme=scheme) as page:
        open_all(page)
        assert page.evaluate(FAINT) == []


def test_the_page_does_not_scroll_sideways_on_a_phone(look: Look) -> None:
    with look(viewport=PHONE) as page:
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        plot = page.locator(".plot").first
        assert plot.evaluate("it => it.scrollWidth > it.clientWidth"), "its charts do, and stay readable"


def test_the_skip_link_leads_past_the_head_and_links_open_scenarios(look: Look) -> None:
    with look() as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        closed = page.locator("#scenario-c3-wallet-empty")
        assert closed.get_attribute("open") is None
        page.get_by_role("link", name="c3-wallet-empty", exact=True).click()
        assert closed.get_attribute("open") is not None
        page.get_by_role("button", name="Close all").click()
        assert page.locator(".scenario[open]").count() == 0
        page.get_by_role("button", name="Open all scenarios").click()
        assert page.locator(".scenario[open]").count() == 3


def test_in_print_it_is_ink_on_white_and_nothing_is_cut_off(look: Look) -> None:
    with look(color_scheme="dark", viewport={"width": 1032, "height": 700}) as page:
        page.emulate_media(media="print", color_scheme="dark")
        white = page.evaluate("getComputedStyle(document.body).backgroundColor")
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert (white, ink) == ("rgb(255, 255, 255)", "rgb(26, 27, 30)")
        assert page.evaluate(FAINT) == []
        assert page.locator(".save").first.is_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1032
        wide = page.evaluate(
            "[...document.querySelectorAll('.scroll, .plot')].filter(it => it.scrollWidth > 1032).length"
        )
        assert wide == 0
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    pages = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert len(pages) > 6
    assert {float(width) > float(height) for width, height in pages} == {True}


def test_without_javascript_it_says_all_of_it(look: Look) -> None:
    with look(java_script_enabled=False) as page:
        assert page.locator(f"{TIMELINE} .hit > title").count() > 100
        assert page.get_by_role("button").count() == 0
        page.get_by_text("The numbers of this chart").first.click()
        assert page.get_by_role("columnheader", name="Orders that came to it").first.is_visible()

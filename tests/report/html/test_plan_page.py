"""The page of a plan: each number on it is looked up or counted again here, from the plan that it was made of."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html import unescape
from importlib.metadata import version
from xml.etree import ElementTree as ET

import numpy as np
import orjson
import pytest
from tests.report.html.conftest import Page

from fakemarket.distributions import Empirical
from fakemarket.settings import Settings
from redclock.checks.student import MissingExtra
from redclock.planner.sweep import Plan, plan
from redclock.report.html.plan_charts import bins, rates_chart, runs_chart, savings_chart
from redclock.report.html.plan_page import plan_html, value_words
from redclock.report.plan_words import between, percent, plan_command, recommendation

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found() -> Plan:
    return plan(preparation_days=range(4, 9), runs=12, seed=5)


@pytest.fixture(scope="module")
def alone() -> Plan:
    return plan(preparation_days=range(4, 6), runs=1, seed=5)


@pytest.fixture(scope="module")
def text(found: Plan) -> str:
    return plan_html(found)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def texts(root: ET.Element) -> dict[str, tuple[float, float]]:
    """Words of a chart and where they stand; of equal ones the first."""
    return {
        it.text or "": (float(it.attrib["x"]), float(it.attrib["y"])) for it in reversed([*root.iter(f"{SVG}text")])
    }


# Words and tables


def test_the_recommendation_stands_first_and_speaks_of_the_safe_bound(found: Plan, page: Page) -> None:
    safe = found.recommended
    assert safe is not None
    assert f"Put {safe.preparation_days} working days in the delivery template {recommendation(found)}" in page.words
    assert safe.rate.high is not None
    assert f" {safe.preparation_days} working days: the shortest time within the target " in page.words
    assert f" {percent(safe.rate.high)} missed at most, 95 % sure 2 % is the target " in page.words


def test_the_basis_and_the_packers_load_are_the_plans(found: Plan, page: Page) -> None:
    assert f"12 runs of 14 days after 7 to warm up, seeds 5 to 16, {found.rows[0].orders:,} orders." in page.words
    assert "accepted from Mon 9 Mar 2026, 00:00:00 until Mon 23 Mar 2026, 00:00:00 UTC" in page.words
    assert found.load is not None
    assert f" {100 * found.load:.1f} % of their time the packers have work; over 90 % no queue settles" in page.words


def test_each_preparation_time_has_its_rate_its_interval_and_its_orders(found: Plan, page: Page) -> None:
    rows = page.table("Miss rates").rows
    assert rows[0] == [
        *("Working days", "Missed", "95 % sure it is", "Within 2 %?", "Orders", "of them missed"),
        *(["Mind"] if any(row.rate.note for row in found.rows) else []),
    ]
    for cells, row in zip(rows[1:], found.rows, strict=True):
        rate = row.rate
        assert rate.low is not None
        assert rate.high is not None
        judged = "yes" if rate.high <= 0.02 else "no" if rate.low > 0.02 else "not sure"
        chosen = " recommended" if row is found.recommended else ""
        assert cells[:4] == [f"{row.preparation_days}{chosen}", percent(rate.mean), between(rate), judged]
        assert cells[4:6] == [f"{row.orders:,}", f"{row.misses:,}"]
    assert {cells[3] for cells in rows[1:]} >= {"yes", "no"}


def test_each_saving_is_the_mean_of_the_paired_runs(found: Plan, page: Page) -> None:
    rows = page.table("Savings").rows[1:]
    for cells, it, shorter, longer in zip(rows, found.differences, found.rows, found.rows[1:], strict=False):
        mean = sum(a - b for a, b in zip(shorter.rates, longer.rates, strict=True)) / found.runs
        assert cells[:3] == [
            f"{longer.preparation_days} instead of {shorter.preparation_days}",
            percent(mean),
            between(it.saved),
        ]
    assert len(rows) == len(found.rows) - 1


def test_the_runs_quantiles_are_counted_from_their_rates(found: Plan, page: Page) -> None:
    rows = page.table("Runs").rows
    assert rows[0] == ["Working days", "least", "5 %", "25 %", "median", "75 %", "95 %", "most"]
    for cells, row in zip(rows[1:], found.rows, strict=True):
        expected = np.percentile(row.rates, [0, 5, 25, 50, 75, 95, 100])
        assert cells == [str(row.preparation_days), *(percent(float(it)) for it in expected)]
    assert len({cell for cells in rows[1:] for cell in cells[1:]}) > 20


def test_every_assumption_is_there_with_its_value_its_mark_and_its_meaning(found: Plan, page: Page) -> None:
    rows = page.table("Assumptions").rows[1:]
    assert len(rows) == len(found.assumptions) > 90
    for cells, it in zip(rows, found.assumptions, strict=True):
        assert [cells[0], *cells[2:]] == [it.name, it.mark, " ".join(it.meaning.split())]
        for leaf in leaves(orjson.loads(orjson.dumps(it.value))):
            assert leaf in cells[1], it.name
    marks = [it.mark for it in found.assumptions]
    said = f"{len(marks)} settings that no second source confirms: {marks.count('1')} with the mark 1 "
    assert said in page.words
    assert f" {marks.count('A')} with the mark A " in page.words


def leaves(value: object) -> list[str]:
    """Whatever a value is made of, as a reader sees it."""
    match value:
        case dict(parts):
            return [leaf for part in parts.values() for leaf in leaves(part)]
        case list(parts):
            return [leaf for part in parts for leaf in leaves(part)] or ["none"]
        case bool(answer):
            return ["yes" if answer else "no"]
        case None:
            return ["none"]
        case plain:
            return [str(plain)]


def test_parts_of_a_value_have_their_names() -> None:
    assert value_words(Settings().demand.price_cents) == "lognormal: median 2400, sigma 0.7"
    assert value_words(Settings().warehouse.calendar) == "country ES, region VC, weekend 5, 6, closed none"


def test_a_long_table_of_numbers_is_shown_as_how_many_there_are_and_their_range() -> None:
    shares, hours = tuple(n / 100 for n in range(101)), tuple(n * n / 7 for n in range(101))
    words = value_words(Empirical(shares, hours))
    assert words == "empirical: shares 101 numbers from 0 to 1, values 101 numbers from 0 to 1429"
    assert value_words(tuple(range(24))) == ", ".join(map(str, range(24)))
    assert value_words(tuple(range(25))) == "25 numbers from 0 to 24"


def test_what_makes_it_less_sure_is_said(found: Plan, page: Page) -> None:
    assert "Mind:" not in page.words
    busy = Page(plan_html(replace(found, load=0.973, warnings=("packers are busy",))))
    assert " Mind: packers are busy. " in busy.words
    assert '<li class="bad"><b>97.3 %</b>' in busy.source
    assert " not known of their time the packers have work" in Page(plan_html(replace(found, load=None))).words
    noted = replace(found.rows[2], rate=replace(found.rows[2].rate, note="rough: few"))
    rows = Page(plan_html(replace(found, rows=(*found.rows[:2], noted, *found.rows[3:])))).table("Miss rates").rows
    assert rows[0][-1] == "Mind"
    assert rows[3][-1] == "rough: few"


def test_a_target_that_nothing_meets_is_in_the_head(found: Plan) -> None:
    page = Page(plan_html(replace(found, target=0.0001)))
    assert "No preparation time tried is sure to stay within 0.01 % No preparation time from 4 to 8" in page.words
    nearest = min(found.rows, key=lambda row: row.rate.high or 1)
    assert f" {nearest.preparation_days} working days: the nearest to the target " in page.words
    assert f" {percent(nearest.rate.high or 1)} missed at most, 95 % sure" in page.words
    assert "recommended" not in " ".join(row[0] for row in page.table("Miss rates").rows)


def test_one_run_has_neither_intervals_nor_a_spread(alone: Plan) -> None:
    page = Page(plan_html(alone))
    assert "One run recommends nothing" in page.words
    assert f"{percent(alone.rows[1].rate.mean)} missed in one run" in page.words
    assert page.table("Miss rates").row("5")[:3] == [percent(alone.rows[1].rate.mean), "not known", "not known"]
    assert "seeds: seed 5" not in page.words
    assert "the same for every preparation time: seed 5." in page.words
    assert set(page.tips) == {"rates", "causes", "savings"}
    assert "sure." not in rates_chart("r", alone).says + savings_chart("s", alone).says


def test_one_preparation_time_has_nothing_to_be_compared_with(found: Plan) -> None:
    page = Page(plan_html(replace(found, rows=found.rows[2:3], differences=())))
    assert set(page.tips) == {"rates", "causes", "runs"}
    assert not [it for it in page.links if it.removeprefix("#") not in page.ids]


# Charts


def test_pointing_at_the_rates_says_what_the_table_says(found: Plan, page: Page) -> None:
    assert len(page.tips["rates"]) == len(found.rows)
    for tip, row in zip(page.tips["rates"], found.rows, strict=True):
        assert tip.splitlines()[0].partition(":")[0] == f"{row.preparation_days} working days"
        assert tip.splitlines()[1:3] == [
            f"missed {percent(row.rate.mean)}: {row.misses:,} of {row.orders:,} orders",
            f"95 % sure: {between(row.rate)}",
        ]
        assert ("recommended" in tip) is (row is found.recommended)


def test_the_rates_are_drawn_where_the_axis_says(found: Plan) -> None:
    root = ET.fromstring(rates_chart("rates", replace(found, target=0.1)).svg())
    words = texts(root)
    zero, twenty = words["0 %"][1] - 4, words["20 %"][1] - 4

    def value(y: float) -> float:
        return 0.2 * (zero - y) / (zero - twenty)

    circles = list(root.iter(f"{SVG}circle"))
    assert len(circles) == len(found.rows)
    for circle, row in zip(circles, found.rows, strict=True):
        assert float(circle.attrib["cx"]) == pytest.approx(words[str(row.preparation_days)][0], abs=0.1)
        assert value(float(circle.attrib["cy"])) == pytest.approx(row.rate.mean, abs=2e-4)
    (band,) = [it.attrib["d"] for it in root.iter(f"{SVG}path") if it.get("class") == "tint-blue"]
    ends = [value(float(place.split()[1])) for place in band.strip("MZ").split("L")]
    lows, highs = [row.rate.low for row in found.rows], [row.rate.high for row in found.rows]
    assert ends == pytest.approx([*highs, *reversed(lows)], abs=2e-4)
    (target,) = [it for it in root.iter(f"{SVG}line") if it.get("class") == "red dashed"]
    assert value(float(target.attrib["y1"])) == pytest.approx(0.1, abs=2e-4)
    assert "target 10 %" in words


def test_where_the_rates_dwarf_the_target_its_neighbourhood_is_drawn_by_itself(found: Plan) -> None:
    root = ET.fromstring(rates_chart("rates", found).svg())
    words = texts(root)
    assert "The same near the target" in words
    assert f"{percent(found.rows[0].rate.mean)} \N{UPWARDS ARROW}" in words, "beyond the edge, so in words"
    zero, four = words["1 %"][1] - 4, words["4 %"][1] - 4
    near = [float(it.attrib["cy"]) for it in root.iter(f"{SVG}circle") if it.get("r") == "3"][len(found.rows) :]
    means = [0.01 + 0.03 * (zero - y) / (zero - four) for y in near]
    assert means == pytest.approx([row.rate.mean for row in found.rows if row.rate.mean <= 0.04], abs=1e-4)
    boxes = [it for it in root.iter(f"{SVG}rect") if it.get("class") == "tint-blue blue"]
    tops = [0.01 + 0.03 * (zero - float(it.attrib["y"])) / (zero - four) for it in boxes]
    sizes = [0.03 * float(it.attrib["height"]) / (zero - four) for it in boxes]
    seen = [row.rate for row in found.rows if row.rate.low is not None and row.rate.low < 0.04]
    assert len(tops) > 2
    assert tops == pytest.approx([min(it.high or 0, 0.04) for it in seen], abs=1e-4)
    assert sizes == pytest.approx([min(it.high or 0, 0.04) - (it.low or 0) for it in seen], abs=2e-4)
    assert "The same near the target" not in texts(ET.fromstring(rates_chart("r", replace(found, target=0.1)).svg()))


def test_the_savings_are_drawn_with_their_intervals(found: Plan, page: Page) -> None:
    root = ET.fromstring(savings_chart("savings", found).svg())
    words = texts(root)
    zero, ten = words["0 %"][0], words["10 %"][0]
    places = [float(it.attrib["cx"]) for it in root.iter(f"{SVG}circle")]
    assert [0.1 * (x - zero) / (ten - zero) for x in places] == pytest.approx(
        [it.saved.mean for it in found.differences], abs=2e-4
    )
    boxes = [it for it in root.iter(f"{SVG}rect") if it.get("class") == "tint-blue blue"]
    for box, each in zip(boxes, found.differences, strict=True):
        left, width = float(box.attrib["x"]), float(box.attrib["width"])
        ends = [0.1 * (x - zero) / (ten - zero) for x in (left, left + width)]
        assert ends == pytest.approx([each.saved.low, each.saved.high], abs=3e-4)
    for tip, it in zip(page.tips["savings"], found.differences, strict=True):
        assert tip.splitlines()[:3] == [
            f"{it.longer_days} instead of {it.shorter_days} working days",
            f"saves {percent(it.saved.mean)}",
            f"95 % sure: {between(it.saved)}",
        ]
        assert percent(it.saved.mean) in words
        assert f"({between(it.saved)})" in words


def test_every_run_is_in_one_bar_of_its_preparation_time(found: Plan, page: Page) -> None:
    seen: dict[int, set[int]] = {}
    for tip in page.tips["runs"]:
        found_in = re.fullmatch(r"(\d+) working days, ([\d.]+) to ([\d.]+) % missed\n(\d+) runs?: seeds? (.*)", tip)
        assert found_in is not None, tip
        days, low, high, many = int(found_in[1]), float(found_in[2]), float(found_in[3]), int(found_in[4])
        seeds = [int(seed) for seed in found_in[5].partition(" and ")[0].split(", ")]
        rates = next(row.rates for row in found.rows if row.preparation_days == days)
        for seed in seeds:
            assert low * 0.999 <= 100 * rates[seed - found.seed] <= high * 1.001
        assert len(seeds) == min(many, 8)
        assert not seen.setdefault(days, set()).intersection(seeds)
        seen[days].update(seeds)
    assert all(found.seed <= seed < found.seed + found.runs for seeds in seen.values() for seed in seeds)


def test_the_mean_and_the_target_stand_upright_among_the_runs(found: Plan) -> None:
    one = replace(found, rows=found.rows[2:3], target=found.rows[2].rates[0])
    root = ET.fromstring(runs_chart("runs", one).svg())
    ticks = {
        float(words.removesuffix(" %")): x for words, (x, _) in texts(root).items() if re.match(r"[\d.]+ %$", words)
    }
    low, high = min(ticks), max(ticks)

    def value(x: float) -> float:
        return (low + (high - low) * (x - ticks[low]) / (ticks[high] - ticks[low])) / 100

    upright = {it.get("class"): float(it.attrib["x1"]) for it in root.iter(f"{SVG}line")}
    assert value(upright["blue thick"]) == pytest.approx(one.rows[0].rate.mean, abs=1e-5)
    assert value(upright["red dashed thick"]) == pytest.approx(one.target, abs=1e-5)
    without = runs_chart("runs", replace(one, target=0.9)).body
    assert "red dashed" not in without


@pytest.mark.parametrize("rates", [(0.0, 0.0), (0.01,), (0.013, 0.02, 0.02), tuple(n / 997 for n in range(998))])
def test_bars_hold_every_run_once_whatever_the_rates(rates: tuple[float, ...]) -> None:
    low, high = 100 * min(rates), 100 * max(rates) + 0.1
    seen = bins(rates, 3, low, high)
    assert sorted(seed for it in seen for seed in it.seeds) == list(range(3, 3 + len(rates)))
    assert seen[0].low == low
    assert seen[-1].high == pytest.approx(high)
    assert 10 <= len(seen) <= 60


def test_the_chart_of_a_million_runs_stays_small(found: Plan) -> None:
    row = replace(found.rows[0], rates=tuple((n * 7919 % 100_003) / 100_003 for n in range(100_000)))
    assert len(runs_chart("runs", replace(found, rows=(row,), runs=100_000)).svg()) < 20_000


# The page as a file


def test_the_same_plan_makes_the_same_bytes(found: Plan, text: str) -> None:
    assert plan_html(found) == text
    assert plan_html(plan(preparation_days=range(4, 9), runs=12, seed=5, processes=2)) == text


def test_it_says_the_command_and_the_version_that_make_it_again(found: Plan, page: Page) -> None:
    command = "redclock plan --preparation-days 4..8 --target 2% --seed 5 --runs 12 --html plan.html"
    assert plan_command(found, "--html", "plan.html") == command
    assert f"Again {command} redclock {version('redclock')} makes the same page of it, byte for byte." in page.words
    assert "redclock plan --profile x redclock" in Page(plan_html(found, command="redclock plan --profile x")).words


@pytest.mark.parametrize("what", ["days", "confidence", "settings"])
def test_no_command_is_claimed_for_what_the_command_line_cannot_ask(found: Plan, what: str) -> None:
    changed = {
        "days": replace(found, horizon=replace(found.horizon, days=28)),
        "confidence": replace(found, confidence=0.9),
        "settings": replace(found, assumptions=(replace(found.assumptions[0], value="x"), *found.assumptions[1:])),
    }
    page = Page(plan_html(changed[what]))
    assert "byte for byte" not in page.words
    assert f"Made in Python by redclock {version('redclock')}" in page.words


def test_the_time_of_writing_is_there_only_if_it_is_handed_in(found: Plan, text: str) -> None:
    assert "Written on" not in text
    assert "Written on Mon 23 Nov 2026, 06:45:00 UTC" in plan_html(found, written_at=1_795_416_300)


def test_it_asks_nobody_for_anything(text: str) -> None:
    assert not re.findall(
        r"(?:src|href)=\"(?!#|data:,)[^\"]*\"|@import|url\(|(?:https?:)//(?!www\.w3\.org/2000/svg)", text
    )
    assert "default-src 'none'" in unescape(text)


def test_links_lead_somewhere_and_every_id_is_there_once(page: Page) -> None:
    assert not [link for link in page.links if link.removeprefix("#") not in page.ids]
    assert len(page.ids) == len(set(page.ids))


def test_words_from_outside_are_only_words(found: Plan) -> None:
    evil = '<script>alert("x")</script>&amp;{{ 7 * 7 }}'
    it = replace(found.assumptions[0], value=evil, meaning=evil)
    text = plan_html(replace(found, assumptions=(it, *found.assumptions[1:]), warnings=(evil,)))
    assert "<script>alert" not in text
    assert Page(text).words.count(evil) == 3


def test_without_jinja2_it_says_what_to_install(found: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "redclock.report.html.dress", raising=False)
    with pytest.raises(MissingExtra, match=r"jinja2.*redclock\[html\]"):
        plan_html(found)


def test_it_stays_small(text: str) -> None:
    assert len(text.encode()) < 120_000

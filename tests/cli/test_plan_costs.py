"""`redclock plan --miss-costs --lost-per-day --margin`: a cost curve from the command line to the page."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.report.html.conftest import Page

from redclock import cli
from redclock.planner.questions.cost import Prices, cost_curve
from redclock.planner.sweep import plan
from redclock.report.answers.cost import money
from redclock.report.html.cost_piece import cost_chart

FEW = ("plan", "--preparation-days", "4..8", "--runs", "6")
PRICES = ("--miss-costs", "25.50", "--lost-per-day", "1%", "--margin", "6")
SVG = "{http://www.w3.org/2000/svg}"


def test_prices_are_read_in_cents_and_repeated_as_they_were_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, *PRICES, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    costs = told["costs"]
    assert costs["prices"] == {"miss_cents": 2550, "lost_share_a_day": 0.01, "margin_cents": 600}
    assert shlex.split(told["command"])[-6:] == list(PRICES)
    for row, cost in zip(told["rows"], costs["costs"], strict=True):
        missed, lost = 2_550_000 * row["rate"]["mean"], 6000 * (row["preparation_days"] - 4)
        assert cost["whole"]["mean"] == pytest.approx(missed + lost)
    means = [it["whole"]["mean"] for it in costs["costs"]]
    assert costs["cheapest"] == 4 + means.index(min(means))
    assert costs["ratio"] == pytest.approx(6 / 2550)


def test_without_prices_there_is_no_curve(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, "--json"]) == 0
    assert "costs" not in json.loads(capsys.readouterr().out)


def test_the_terminal_names_the_cheapest_and_what_the_ratio_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, *PRICES]) == 0
    out = " ".join(capsys.readouterr().out.split())
    curve = cost_curve(plan(preparation_days=range(4, 9), runs=6), Prices(2550, 0.01, 600))
    best = curve.cheapest
    assert "As given: a miss costs 25.50, each day more loses 1 % of the orders, and an order brings 6." in out
    assert f"{best.preparation_days} working days are cheapest: {money(best.whole.mean)} EUR (" in out
    assert "a day more pays while it saves over 0.235 % of orders: " in out
    assert out.endswith("It finds the same.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (PRICES[:2], "--miss-costs alone makes no cost curve: it takes --lost-per-day and --margin too"),
        (("--preparation-days", "5", *PRICES), "needs two preparation times or more"),
        ((*PRICES, "--lost-per-day", "50%"), "more than all orders"),
        ((*PRICES, "--miss-costs", "0"), "a miss costs 0 cents"),
    ],
)
def test_prices_that_make_no_curve_are_bad_usage(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*FEW, *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ["-1", "1.005", "x", "inf", "nan"])
def test_a_sum_of_money_has_whole_cents(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([*FEW, f"--margin={text}"])
    assert f"{text!r} is no sum of money; write it like 25 or 25.50" in capsys.readouterr().err


def test_the_page_has_every_cost(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    assert cli.main([*FEW, *PRICES, "--json", "--html", str(file)]) == 0
    costs = json.loads(capsys.readouterr().out)["costs"]
    page = Page(file.read_text())
    rows = page.table("Costs").rows[1:]
    for cells, it in zip(rows, costs["costs"], strict=True):
        chosen = " cheapest" if it["preparation_days"] == costs["cheapest"] else ""
        whole = it["whole"]
        assert cells[:5] == [
            f"{it['preparation_days']}{chosen}",
            money(whole["mean"]),
            f"{money(whole['low'])} to {money(whole['high'])}",
            money(it["missed"]),
            money(it["lost"]),
        ]
    assert [cells[7] for cells in rows] == [
        *("yes" if it["saved"]["mean"] > it["needed"] else "no" for it in costs["steps"]),
        "",
    ]
    for tip, it in zip(page.tips["costs"], costs["costs"], strict=True):
        assert f"{money(it['whole']['mean'])} EUR for 1,000 orders" in tip
        assert f"{money(it['missed'])} for missed orders, {money(it['lost'])} for lost ones" in tip
    assert costs["sentence"] in page.words
    assert costs["check"] in page.words


def test_a_backtest_answers_no_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "--orders", "orders.csv", *PRICES]) == 2
    assert "--miss-costs is a question of a plan; a backtest of --orders answers none" in capsys.readouterr().err


def test_columns_are_as_high_as_they_cost_and_cut_where_they_dwarf_the_cheapest() -> None:
    curve = cost_curve(plan(preparation_days=range(4, 9), runs=6), Prices(2550, 0.01, 600))
    root = ET.fromstring(cost_chart("c", curve).svg())
    words = {it.text: float(it.attrib["y"]) for it in root.iter(f"{SVG}text")}
    zero, thousand = words["0"] - 4, words["1,000"] - 4
    boxes = [it for it in root.iter(f"{SVG}rect") if it.get("class") in ("tint-red red", "tint-amber amber")]
    heights = [100_000 * float(it.attrib["height"]) / (zero - thousand) for it in boxes]
    for n, it in enumerate(curve.costs):
        assert heights[2 * n] == pytest.approx(it.lost, abs=100)
        if it.whole.mean < 4 * curve.cheapest.whole.mean:
            assert heights[2 * n + 1] == pytest.approx(it.missed, abs=100)
    assert f"{money(curve.costs[0].whole.mean)} \N{UPWARDS ARROW}" in words
    assert money(curve.cheapest.whole.mean) in words

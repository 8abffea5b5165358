"""`redclock plan --sensitivity` and `--sobol N`: what is uncertain, from the command line to the page."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.report.html.conftest import Page

from fakemarket.distributions import Empirical, Uniform
from fakemarket.rules.deadlines import Anchor
from redclock import cli
from redclock.planner.estimate import Estimate
from redclock.report.answers.setting import MINUS, change_between, change_said, value_said

ASKED = ("plan", "--preparation-days", "6", "--runs", "4", "--sobol", "4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sensitivity")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    """What a program is told; the page is in the folder."""
    from contextlib import redirect_stdout
    from io import BytesIO, TextIOWrapper

    out = TextIOWrapper(BytesIO())
    with redirect_stdout(out):
        assert cli.main([*ASKED, "--json", "--html", str(folder / "plan.html")]) == 0
    found: dict[str, Any] = json.loads(out.buffer.getvalue())
    return found


@pytest.fixture(scope="module")
def page(told: dict[str, Any], folder: Path) -> Page:
    return Page((folder / "plan.html").read_text())


def estimate(told: dict[str, Any]) -> Estimate:
    return Estimate(told["mean"], told["low"], told["high"])


def test_the_command_asks_for_both_again(told: dict[str, Any]) -> None:
    assert told["command"].endswith("--runs 4 --sobol 4")
    assert told["sensitivity"]["bars"][0]["swing"] >= told["sensitivity"]["bars"][1]["swing"] > 0
    assert [it["name"] for it in told["sobol"]["indices"]]


def test_every_bar_of_the_page_is_the_planners(told: dict[str, Any], page: Page) -> None:
    changes = [(bar, it) for bar in told["sensitivity"]["bars"] for it in bar["changes"]]
    shown = [*page.table("Sensitivity").rows[1:], *page.table("Smaller swings").rows[1:]]
    assert len(shown) == len(changes) > 20
    for cells, (bar, it) in zip(shown, changes, strict=True):
        assert cells[0] == bar["name"]
        assert cells[3:] == [change_said(it["change"]["mean"]), change_between(estimate(it["change"])), bar["mark"]]
    assert told["sensitivity"]["sentence"] in page.words
    for name in (*told["sensitivity"]["still"], *told["sensitivity"]["unmoved"]):
        assert name in page.words


def test_pointing_at_a_bar_says_all_its_changes(told: dict[str, Any], page: Page) -> None:
    tips = page.tips["sensitivity"]
    assert len(tips) == 12
    for tip, bar in zip(tips, told["sensitivity"]["bars"], strict=False):
        first, *changes, last = tip.splitlines()
        assert first.partition(":")[0] == bar["name"]
        assert last == f"{bar['meaning']} [{bar['mark']}]"
        for line, it in zip(changes, bar["changes"], strict=True):
            said = f"{change_said(it['change']['mean'])} (95 % sure: {change_between(estimate(it['change']))})"
            assert line.endswith(said)


def test_bars_are_drawn_from_zero_to_their_change(told: dict[str, Any], page: Page) -> None:
    start = page.source.index('<svg class="chart" id="sensitivity"')
    root = ET.fromstring(page.source[start : page.source.index("</svg>", start) + 6])
    axis = (it for it in root.iter("text") if it.get("text-anchor") == "middle")
    places = {float((it.text or "").removesuffix(" %")): float(it.attrib["x"]) for it in axis}
    zero, per = places[0.0], (places[max(places)] - places[0.0]) / max(places) * 100
    boxes = [it for it in root.iter("rect") if it.attrib["class"].startswith("tint-")]
    changes = [it["change"] for bar in told["sensitivity"]["bars"][:12] for it in bar["changes"]]
    assert len(boxes) == len(changes)
    for box, change in zip(boxes, changes, strict=True):
        assert float(box.attrib["width"]) / per == pytest.approx(max(abs(change["mean"]), 1.5 / per), abs=4e-4)
        assert (float(box.attrib["x"]) - zero) / per == pytest.approx(min(change["mean"], 0.0), abs=4e-4)


def test_the_indices_of_the_page_are_the_planners(told: dict[str, Any], page: Page) -> None:
    rows = page.table("Sobol indices").rows[1:]
    for cells, it in zip(rows, told["sobol"]["indices"], strict=True):
        assert cells[0] == it["name"]
        for shown, kind in ((cells[2:4], "first"), (cells[4:6], "total")):
            found = it[kind]
            assert shown == [f"{found['mean']:.2f}", f"{found['low']:.2f} to {found['high']:.2f}"]
    assert len(page.tips["sobol"]) == 2 * len(rows)
    assert told["sobol"]["sentence"] in page.words


def test_the_terminal_has_the_ten_greatest_swings(told: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*ASKED[:-2], "--sensitivity"]) == 0
    out = capsys.readouterr().out
    table = out[out.index("What each uncertain setting alone changes, with 6 working days") :]
    names = [it["name"] for it in told["sensitivity"]["bars"]]
    places = [table.index(f"{name}: ") for name in names[:10]]
    assert places == sorted(places)
    assert f"{len(names) - 10} settings more with a smaller swing" in table
    assert told["sensitivity"]["sentence"] in " ".join(table.split())
    assert "How much of the uncertainty" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sobol", "3"), "3 is none of 2, 4, 8, ... samples"),
        (("--sensitivity", "--with", "market.mip.wallet_cents = 100000"), "asks hundreds of markets"),
    ],
)
def test_what_cannot_be_answered_is_bad_usage(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["plan", "--preparation-days", "6", "--runs", "2", *words]) == 2
    assert said in capsys.readouterr().err


def test_without_salib_nothing_is_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    monkeypatch.setattr("redclock.planner.sweep.plan", lambda *_, **__: pytest.fail("there was work"))
    assert cli.main([*ASKED]) == 2
    assert "pip install 'redclock[sensitivity]'" in capsys.readouterr().err


def test_values_and_changes_are_said_in_few_words() -> None:
    said = [
        value_said("a.closes_minute", 1050),
        value_said("a.dies", True),
        value_said("a.anchor", Anchor.PAID),
        value_said("a.share", 0.30000000000000004),
        value_said("a.hours", Uniform(0.30000000000000004, 3)),
        value_said("a.hours", Empirical((0.0, 0.5, 1.0), (1.0, 2.0, 9.5))),
    ]
    assert said == ["17:30", "yes", "paid", "0.3", "uniform 0.3, 3", "empirical 1 to 9.5"]
    assert [change_said(it) for it in (0.012, -0.012, -0.000001, 0.0)] == ["+1.2 %", f"{MINUS}1.2 %", "0.00 %", "0 %"]
    assert change_between(Estimate(0.0, -0.000001, 0.01)) == "0.00 to 1.0 %"
    assert change_between(Estimate(0.0, -0.02, -0.000001)) == f"{MINUS}2.0 to 0.00 %"

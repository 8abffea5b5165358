"""`redclock plan --find KEY=LOW..HIGH`: the smallest setting from the command line."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from tests.report.html.conftest import Page

from redclock import cli

FEW = ("plan", "--preparation-days", "6", "--runs", "4", "--with", "market.demand.orders_per_day = 100")
FIND = ("--find", "market.warehouse.packers=1..4")


def test_it_names_the_smallest_and_says_what_that_risks(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, *FIND, "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    found = plan["find"]
    assert (found["found"], found["values"], found["preparation_days"]) == (2, [1, 4], 6)
    assert [it["value"] for it in found["tried"]] == [4, 3, 2, 1]
    assert found["risk"] == pytest.approx(0.025)
    assert shlex.join(FIND) in plan["command"]
    assert cli.main([*FEW, *FIND]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Take 2: the smallest warehouse.packers from 1 to 4 that is sure to stay within 2 %, missing at most " in out
    assert out.endswith("The chance that 2 truly misses more than 2 % is at most 2.5 %, over the whole search.")


def test_where_nothing_meets_the_target_the_nearest_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, *FIND, "--target", "0.01%"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "No warehouse.packers from 1 to 4 is sure to stay within 0.01 %: the nearest, 4, missed " in out
    assert out.endswith("try more, or longer.")
    assert cli.main([*FEW, "--find", "market.mip.push_every_minutes=10..900", "--target", "0.01%"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "the nearest, 10, " in out
    assert out.endswith("smaller ones miss less here, but a search is for what helps as it grows.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--preparation-days", "4..6", *FIND), "needs one preparation time, such as --preparation-days 5"),
        (("--find", "market.warehouse.packers=0..4"), "market.warehouse.packers: is 0"),
        (("--find", "market.warehouse.pakers=1..4"), "did you mean packers"),
        ((*FIND, "--runs", "1"), "one run has no bound"),
    ],
)
def test_what_cannot_be_searched_is_bad_usage(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert cli.main([*FEW, *words]) == 2
    assert said in capsys.readouterr().err


def test_the_page_has_each_value_that_was_tried(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([*FEW, *FIND, "--html", "plan.html", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["find"]
    page = Page(Path("plan.html").read_text())
    assert found["sentence"] in page.words
    rows = page.table("Search").rows[1:]
    assert [row[0] for row in rows] == [str(it["value"]) for it in found["tried"]]
    assert [row[3] for row in rows] == ["yes", "yes", "yes", "no"]
    tips = page.tips["search"]
    assert [tip.splitlines()[0] for tip in tips] == [
        *("warehouse.packers 1", "warehouse.packers 2: the smallest", "warehouse.packers 3", "warehouse.packers 4")
    ]
    for tip, it in zip(tips, reversed(found["tried"]), strict=True):
        assert f"{it['row']['misses']:,} of {it['row']['orders']:,} orders" in tip.splitlines()[1]

"""`redclock plan --what-if`, and what a page has without being asked for it."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from redclock import cli

FEW = ("plan", "--preparation-days", "3..4", "--runs", "3", "--with", "market.demand.orders_per_day = 90")


def test_the_usual_three_stand_below_the_plan_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, "--what-if"]) == 0
    out = capsys.readouterr().out
    said = ("Again: ", "With one more packer", "With a cut-off one hour later", "With one more working day to prepare")
    assert [out.index(it) for it in said] == sorted(out.index(it) for it in said)
    assert "--what-if" in out


def test_in_json_they_have_their_rates_and_what_each_saves(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, "--what-if", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [it["with"] for it in found["what_if"]] == [
        *("one more packer", "a cut-off one hour later", "one more working day to prepare")
    ]
    for it in found["what_if"]:
        for before, after in zip(found["rows"], it["rows"], strict=True):
            saved = [was - is_now for was, is_now in zip(before["rates"], after["rates"], strict=True)]
            assert after["saved"]["mean"] == pytest.approx(sum(saved) / 3)
    assert [row["preparation_days"] for row in found["what_if"][2]["rows"]] == [4, 5]
    assert cli.main([*FEW, "--json"]) == 0
    assert "what_if" not in json.loads(capsys.readouterr().out)


def test_runs_of_them_are_kept_in_a_store_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*FEW, "--what-if", "--json", "--store", str(tmp_path / "runs.sqlite")]
    assert cli.main(asked) == 0
    first = capsys.readouterr().out
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as store, store:
        (tables,) = zip(*store.execute("select name from sqlite_master where type = 'table'"), strict=True)
        kept = sum(store.execute(f"select count(*) from {name}").fetchone()[0] for name in tables)
    assert kept >= 4 * 3
    assert cli.main(asked) == 0
    assert capsys.readouterr().out == first


def test_a_page_has_what_was_compared_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([*FEW, "--compare", "market.warehouse.packers = 6", "--html", "one.html"]) == 0
    page = Path("one.html").read_text()
    assert page.index("With market.warehouse.packers = 6") < page.index("With one more packer")


def test_a_page_has_them_the_slack_and_the_packers_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([*FEW, "--html", "one.html"]) == 0
    assert "With one more packer" not in capsys.readouterr().out
    page = Path("one.html").read_text()
    for part in ("causes-part", "what-if-part", "slack-part", "packing-part"):
        assert f'id="{part}"' in page
    (command,) = re.findall(r'<code class="command">(redclock plan .*?)</code>', page)
    assert cli.main(shlex.split(unescape(command))[1:]) == 0
    assert Path("plan.html").read_text() == page

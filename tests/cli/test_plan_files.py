"""`redclock plan --html FILE --csv FILE`: tried before the work, written after it, made again by its own words."""

from __future__ import annotations

import json
import re
import shlex
import sys
from html import unescape
from pathlib import Path

import pytest

from redclock import cli

FEW = ("plan", "--preparation-days", "5..6", "--runs", "3", "--seed", "4")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_command_on_the_page_makes_it_again_byte_for_byte(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, "--html", "anywhere.html", "--csv", "plan.csv"]) == 0
    page = Path("anywhere.html").read_bytes()
    assert "working days in the delivery template" in capsys.readouterr().out
    (command,) = re.findall(r'<code class="command">(redclock plan .*?)</code>', page.decode())
    program, *words = shlex.split(unescape(command))
    assert program == "redclock"
    assert cli.main(words) == 0
    assert Path("plan.html").read_bytes() == page
    assert Path("plan.csv").read_text().startswith("preparation_days,")


def test_the_page_of_another_market_says_the_words_that_make_it_again() -> None:
    other = ("--with", "market.warehouse.cutoff_minute = 1000", "--with", "market.demand.orders_per_day = 30")
    assert cli.main([*FEW, *other, "--html", "anywhere.html"]) == 0
    page = Path("anywhere.html").read_bytes()
    (command,) = re.findall(r'<code class="command">(redclock plan .*?)</code>', page.decode())
    assert cli.main(shlex.split(unescape(command))[1:]) == 0
    assert Path("plan.html").read_bytes() == page


def test_times_with_gaps_between_them_are_asked_for_and_named_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("plan", "--preparation-days", "8,5..6,4", "--runs", "3", "--json")
    assert cli.main([*words]) == 0
    found = json.loads(said := capsys.readouterr().out)
    assert [row["preparation_days"] for row in found["rows"]] == [4, 5, 6, 8]
    assert "--preparation-days 4..6,8" in found["command"]
    assert cli.main([*shlex.split(found["command"])[1:], "--json"]) == 0
    assert capsys.readouterr().out == said


def test_a_run_for_a_half_width_names_the_runs_that_it_came_to() -> None:
    assert cli.main([*FEW, "--half-width", "1%", "--html", "sure.html"]) == 0
    text = Path("sure.html").read_text()
    (runs,) = re.findall(r"--runs (\d+)", text)
    assert int(runs) > 3
    assert cli.main(["plan", "--preparation-days", "5..6", "--seed", "4", "--runs", runs, "--html", "again.html"]) == 0
    assert Path("again.html").read_text() == text


@pytest.mark.parametrize("kind", ["html", "csv", "parquet"])
def test_a_file_that_cannot_be_written_is_said_before_the_work(
    kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redclock.planner.sweep.plan", lambda **_: pytest.fail("there was work"))
    assert cli.main([*FEW, f"--{kind}", "absent/plan"]) == 2
    said = capsys.readouterr()
    assert said.err == f"--{kind} absent/plan: can't be written: No such file or directory; nothing was run\n"
    assert said.out == ""


def test_without_jinja2_nothing_is_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert cli.main([*FEW, "--html", "plan.html"]) == 2
    assert "pip install 'redclock[html]'; nothing was run" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["pandas", "pyarrow"])
def test_without_what_writes_parquet_nothing_is_run(
    package: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert cli.main([*FEW, "--parquet", "plan.parquet"]) == 2
    assert f"--parquet needs {package}, which the extra brings: pip install 'redclock[frames]'; nothing was run\n" == (
        capsys.readouterr().err
    )
    assert not Path("plan.parquet").exists()


def test_a_backtest_has_no_page_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.csv").write_text("purchase,handover\n")
    assert cli.main(["plan", "--orders", "orders.csv", "--html", "plan.html"]) == 2
    assert "--html, --csv and --parquet are of a plan; a backtest of --orders has --json" in capsys.readouterr().err
    assert not Path("plan.html").exists()


def test_a_question_that_has_no_answer_leaves_no_empty_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("kept.csv").write_text("mine")
    assert cli.main(["plan", "--runs", "0", "--html", "plan.html", "--csv", "kept.csv"]) == 2
    assert "must be at least 1" in capsys.readouterr().err
    assert not Path("plan.html").exists()
    assert Path("kept.csv").read_text() == "mine"

"""`redclock fit`, and `plan --profile` with what it wrote."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.planner.fit.known import HEADER, PLAIN, lines

from redclock import cli
from redclock.scenario.read import read_market

FEW = ("plan", "--preparation-days", "3..4", "--runs", "4")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def orders() -> str:
    return "\n".join(lines(PLAIN, 60)) + "\n"


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    capsys.readouterr()
    assert cli.main([*FEW, "--json", *words]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def marks(plan: dict[str, object]) -> dict[str, str]:
    assumptions = plan["assumptions"]
    assert isinstance(assumptions, list)
    return {it["name"]: it["mark"] for it in assumptions}


def test_a_process_learns_a_market_and_another_plans_for_it(orders: str) -> None:
    Path("orders.csv").write_text(orders)
    words = [sys.executable, "-m", "redclock", "fit", "orders.csv", "--hold-back", "30%"]
    learnt = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "Orders that miss their deadline, predicted and as it happened" in learnt.stderr
    assert re.search(r"The market came nearest|came nearest\.", learnt.stderr)
    Path("profile.toml").write_text(learnt.stdout)
    document = tomllib.loads(learnt.stdout)
    assert document["fitted"]["source"] == "orders.csv"
    planned = [sys.executable, "-m", "redclock", *FEW, "--profile", "profile.toml"]
    told = subprocess.run(planned, capture_output=True, text=True, check=True).stdout
    fitted = [*document["fitted"]["learnt"], *document["fitted"]["within"]]
    assert f"{len(fitted)} settings of this market come from real orders" in told
    assert "--profile profile.toml" in told


def test_the_written_profile_is_the_market_and_its_own_words_make_it_again(
    orders: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my orders.csv").write_text(orders)
    assert cli.main(["fit", "my orders.csv"]) == 0
    assert "Plan with it" not in capsys.readouterr().err, "printed, it is in no file to plan with"
    assert cli.main(["fit", "my orders.csv", "--out", "profile.toml"]) == 0
    out = capsys.readouterr().out
    assert "Plan with it: redclock plan --profile profile.toml" in out
    text = Path("profile.toml").read_text()
    (command,) = re.findall(r"^# Made by: redclock (.*)$", text, re.MULTILINE)
    assert cli.main(shlex.split(command)) == 0
    assert Path("profile.toml").read_text() == text
    document = tomllib.loads(text)
    settings = read_market({"market": document["market"]}, "profile")
    assert settings.warehouse.cutoff_minute == PLAIN.warehouse.cutoff_minute
    assert planned(capsys, "--profile", "profile.toml")["rows"] != planned(capsys)["rows"]


def test_json_has_the_fit_the_comparison_and_the_broken_rows(orders: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.csv").write_text(orders + "broken,,soon,,\n")
    assert cli.main(["fit", "orders.csv", "--json", "--preparation-days", "2..4"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["preparation_days"] for row in found["held_back"]["rows"]] == [2, 3, 4]
    assert set(found["held_back"]["errors"]) == {"predicted", "earlier", "overall"}
    (broken,) = found["broken"]
    assert broken["reason"].startswith("purchase time 'soon' is not like")
    assert [match["distance"] < 0.05 for match in found["matches"]] == [True, True]
    assert tomllib.loads(found["profile"])["fitted"]["learnt"]
    assert cli.main(shlex.split(found["command"])[1:]) == 0


def test_a_plan_says_which_settings_were_learnt_unless_they_were_changed_since(
    orders: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("orders.csv").write_text(orders)
    assert cli.main(["fit", "orders.csv", "--out", "p.toml"]) == 0
    usual, fitted = planned(capsys), planned(capsys, "--profile", "p.toml")
    assert "fitted" not in marks(usual).values()
    assert marks(fitted)["warehouse.preparation_working_days"] == "fitted"
    assert marks(fitted)["demand.hour_shares"] == "fitted", "which no plan lists otherwise: it is measured"
    assert marks(fitted)["countdown.zone"] == "A", "somebody said so"
    listed = fitted["assumptions"]
    assert isinstance(listed, list)
    (meaning,) = [it["meaning"] for it in listed if it["name"] == "demand.orders_per_day"]
    assert meaning.endswith("; learnt from orders.csv")
    (meaning,) = [it["meaning"] for it in listed if it["name"] == "warehouse.packers"]
    assert meaning.endswith("; its effect is within what was learnt from orders.csv")
    other = planned(capsys, "--profile", "p.toml", "--with", "market.demand.orders_per_day = 7")
    assert marks(other)["demand.orders_per_day"] == "A"
    assert cli.main([*FEW, "--profile", "p.toml", "--html", "plan.html"]) == 0
    page = Path("plan.html").read_text()
    assert f"{list(marks(fitted).values()).count('fitted')} settings with the mark fitted" in page
    assert "<td>fitted</td><td>mean orders a day" in page


def test_columns_of_other_names_are_mapped(orders: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.csv").write_text(orders.replace(HEADER, "no,state,bought,paid,gone"))
    assert cli.main(["fit", "orders.csv"]) == 2
    assert "has no column for the purchase time" in capsys.readouterr().err
    words = [word for each in ("purchase=bought", "approval=paid", "handover=gone") for word in ("--column", each)]
    assert cli.main(["fit", "orders.csv", *words, "--out", "p.toml"]) == 0
    assert "--column purchase=bought" in Path("p.toml").read_text()


@pytest.mark.parametrize(
    ("content", "words", "message"),
    [
        ("", (), r"orders\.csv is empty"),
        (f"{HEADER}\n", (), r"orders\.csv has a header but no orders"),
        (f"{HEADER}\n1,,2026-03-02 10:00,,\n", (), r"30 orders are needed .* there are 0"),
        (f"{HEADER}\n", ("--country", "Spian"), r"--country or --zone: there is no calendar .* ES"),
        (f"{HEADER}\n", ("--zone", "Madrid"), r"--country or --zone: "),
        (f"{HEADER}\n", ("--column", "nothing"), r"--column 'nothing' is not of the form PURCHASE=NAME"),
    ],
)
def test_a_file_of_no_use_is_refused_in_a_line(
    content: str, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("orders.csv").write_text(content)
    assert cli.main(["fit", "orders.csv", *words]) == 2
    told = capsys.readouterr()
    assert re.search(message, told.err)
    assert "Traceback" not in told.err
    assert told.out == ""


def test_few_orders_make_a_profile_that_is_not_held_against_later_ones(capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.csv").write_text("\n".join(lines(PLAIN, 8)[:80]) + "\n")
    assert cli.main(["fit", "orders.csv", "--out", "p.toml", "--hold-back", "90%"]) == 0
    assert re.search(r"Not held against later orders: 90 % can't be held back", capsys.readouterr().out)
    assert Path("p.toml").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"p\.toml cannot be read"),
        ("market = [", r"p\.toml is not TOML"),
        ("days = 3", r"p\.toml has no \[market\]; a profile is what `redclock fit` writes"),
        ("[market]\n[fitted]\nwithin = 3", r"\[fitted\] within must be a list of names"),
        ("[market.demand]\norders = 3", r"p\.toml, .*market\.demand\.orders.*orders_per_day"),
    ],
)
def test_a_file_that_is_no_profile_is_refused(
    text: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        Path("p.toml").write_text(text)
    assert cli.main([*FEW, "--profile", "p.toml"]) == 2
    assert re.search(message, capsys.readouterr().err)


def test_a_profile_that_can_t_be_written_is_said(orders: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.csv").write_text(orders)
    assert cli.main(["fit", "orders.csv", "--out", "nowhere/p.toml"]) == 2
    assert "--out nowhere/p.toml: can't be written: No such file or directory" in capsys.readouterr().err


def test_without_numpy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in [it for it in sys.modules if it.startswith("redclock.planner.fit")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    Path("orders.csv").write_text(f"{HEADER}\n")
    assert cli.main(["fit", "orders.csv"]) == 2
    assert "fitting needs numpy; install it with: pip install 'redclock[fit]'" in capsys.readouterr().err

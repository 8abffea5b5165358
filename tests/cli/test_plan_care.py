"""`redclock plan --subject WHO`: the miss rate where somebody looks after the orders, beside that where nobody does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redclock import cli

DYING = "market.tokens = { dies_early = true, revoked_every_days = { kind = 'constant', value = 3 } }"
FEW = ("plan", "--preparation-days", "5", "--runs", "2", "--with", "market.demand.orders_per_day = 10")
"""Two worlds of five weeks."""
RENEWED = """
title = "Somebody logs in again each Monday"
proves = "Nothing by itself."
start = 2026-01-01
days = 1

[market.tokens]
dies_early = true
revoked_every_days = { kind = "constant", value = 3 }

[[people]]
does = "renew_token"
days = [0]

[[expect]]
measure = "missed"
at_least = 0.0
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert cli.main([*FEW, "--json", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main([*FEW, *words]) == 2
    return capsys.readouterr().err


def test_a_plan_with_a_daily_check_is_compared_with_one_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--with", DYING, "--subject", "daily_manual_check")
    assert found["care"] == "daily_manual_check"
    (nobody,) = found["compared"]
    assert nobody["with"] == "nobody looking after the orders"
    (checked,), (alone,) = found["rows"], nobody["rows"]
    assert checked["rate"]["mean"] < alone["rate"]["mean"] / 2
    assert alone["saved"]["mean"] == pytest.approx(checked["rate"]["mean"] - alone["rate"]["mean"])
    assert alone["misses"] == told(capsys, "--with", DYING)["rows"][0]["misses"]
    assert "--subject daily_manual_check" in found["command"]


def test_the_people_of_the_market_act_only_if_somebody_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("renewed.toml").write_text(RENEWED)
    alone = told(capsys, "--market", "renewed.toml")
    assert (alone["care"], alone["compared"]) == (None, [])
    renewed = told(capsys, "--market", "renewed.toml", "--subject", "idle")
    assert renewed["care"] == "idle and 1 person"
    assert renewed["rows"][0]["misses"] < alone["rows"][0]["misses"]
    daily = ("--compare", "people = [{ does = 'renew_token', days = [0, 1, 2, 3, 4] }]")
    daily_renewed, _ = told(capsys, "--market", "renewed.toml", "--subject", "idle", *daily)["compared"]
    assert daily_renewed["rows"][0]["saved"]["mean"] > 0


def test_people_can_be_one_of_the_factors(capsys: pytest.CaptureFixture[str]) -> None:
    Path("renewed.toml").write_text(RENEWED)
    seldom, daily = (f"[{{ does = 'renew_token', days = {days} }}]" for days in ([0], [0, 1, 2, 3, 4]))
    words = ("--market", "renewed.toml", "--subject", "idle")
    grid = told(capsys, *words, "--across", f"people = {seldom}, {daily}")["across"]
    (monday,), (everyday,) = grid["cells"]
    assert monday["rates"] == told(capsys, *words)["rows"][0]["rates"]
    assert everyday["misses"] < monday["misses"]


def test_the_hour_of_the_daily_check_can_be_one_of_the_factors(capsys: pytest.CaptureFixture[str]) -> None:
    Path("renewed.toml").write_text(RENEWED.replace("days = [0]", "days = [6]"))
    hours = [f"[{{ subject = 'daily_manual_check@{hour}' }}]" for hour in (9, 16)]
    words = ("--preparation-days", "3", "--market", "renewed.toml", "--subject")
    grid = told(capsys, *words, "idle", "--across", f"subjects = {', '.join(hours)}")["across"]
    for (cell,), hour in zip(grid["cells"], (9, 16), strict=True):
        assert cell["rates"] == told(capsys, *words, f"daily_manual_check@{hour}")["rows"][0]["rates"]
    assert grid["cells"][0][0]["rates"] != grid["cells"][1][0]["rates"]


def test_the_table_says_who_looks_after_the_orders(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, "--subject", "daily_manual_check"]) == 0
    said = capsys.readouterr().out
    assert "They are looked after by daily_manual_check." in said
    assert "With nobody looking after the orders" in said


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--subject", "nobody:Home"), "nobody:Home: the module nobody can't be imported"),
        (("--subject", "reference", "--store", "plan.sqlite"), "not when that of reference changes"),
        (("--subject", "reference", "--sensitivity"), "are of markets that nobody looks after, or daily_manual_check"),
        (
            ("--market", "renewed.toml", "--with", "days = 3"),
            "days: a plan takes market of a scenario, and with",
        ),
        (("--market", "renewed.toml", "--subject", "idle", "--with", "days = 3"), "market, people, subjects, zone of"),
    ],
)
def test_what_does_not_go_together_is_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], problem: str
) -> None:
    Path("renewed.toml").write_text(RENEWED)
    assert problem in refused(capsys, *words)


def test_a_subject_that_raises_ends_the_plan_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clumsy.py").write_text("class Clumsy:\n    def __init__(self, ports): pass\n    def wake(self, now): 1 / 0\n")
    assert cli.main([*FEW, "--subject", "clumsy:Clumsy"]) == 1
    assert "clumsy:Clumsy raised ZeroDivisionError" in (said := capsys.readouterr().err)
    assert "(seed 0)" in said or "(seed 1)" in said  # two processes: whichever comes first

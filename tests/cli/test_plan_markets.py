"""`redclock plan --with`, `--compare` and `--market`: markets other than the usual one, alone and side by side."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from redclock import cli

FEW = ("plan", "--preparation-days", "3..4", "--runs", "4", "--json")


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert cli.main([*FEW, *words]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def rates(plan: object) -> list[list[float]]:
    assert isinstance(plan, dict)
    return [row["rates"] for row in plan["rows"]]


def test_a_plan_is_of_the_market_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    slow = "market.warehouse.preparation_working_days = { kind = 'constant', value = 9.0 }"
    usual, other = asked(capsys), asked(capsys, "--with", slow)
    assert rates(usual) != rates(other)
    assert all(rate > 0.9 for of_days in rates(other) for rate in of_days)
    command = other["command"]
    assert isinstance(command, str)
    assert slow in shlex.split(command)
    assert rates(asked(capsys, *shlex.split(command)[2:])) == rates(other)


def test_what_another_setting_saves_is_the_difference_run_by_run(capsys: pytest.CaptureFixture[str]) -> None:
    later, same = "market.warehouse.cutoff_minute = 1000", "market.warehouse.packers = 4"
    found = asked(capsys, "--compare", later, "--compare", same)
    compared = found["compared"]
    assert isinstance(compared, list)
    assert [each["with"] for each in compared] == [later, same]
    assert rates(compared[0]) == rates(asked(capsys, "--with", later))
    for before, after, row in zip(rates(found), rates(compared[0]), compared[0]["rows"], strict=True):
        saved = [was - is_now for was, is_now in zip(before, after, strict=True)]
        assert row["saved"]["mean"] == pytest.approx(sum(saved) / 4)
        assert row["saved"]["low"] <= row["saved"]["mean"] <= row["saved"]["high"]
    for before, row in zip(found["rows"], compared[1]["rows"], strict=True):  # type: ignore[call-overload]
        assert row["saved"]["mean"] == 0
        assert row["saved"]["high"] == before["rate"]["high"]
        assert row["saved"]["low"] == -before["rate"]["high"]


def test_the_table_of_another_setting_stands_below_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    earlier, same = "market.warehouse.cutoff_minute = 600", "market.warehouse.packers = 4"
    assert cli.main([*FEW[:-1], "--compare", earlier, "--compare", same]) == 0
    plan, table, alike = capsys.readouterr().out.split("\nWith ")
    assert "Again: redclock plan" in plan
    assert re.search(r" [\d.]+ % more  +[\d.]+ to [\d.]+ % more", table)
    assert "-" not in table
    assert re.search(r" 0 %  +([\d.]+ %) more to \1 fewer", alike)
    assert "working days: all 4 runs gave the same: the bound is" in alike


def test_what_is_to_be_minded_of_both_markets_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--with", "market.mip.wallet_cents = 100000", "--compare", "market.demand.orders_per_day = 400")
    assert cli.main(["plan", "--preparation-days", "3", "--runs", "1", *words]) == 0
    asked, other = capsys.readouterr().out.split("\nWith ")
    slow = "Mind: the market's world itself was asked"
    assert (slow in asked, slow in other) == (True, False)


def test_a_scenario_lends_its_market(capsys: pytest.CaptureFixture[str]) -> None:
    lent = asked(capsys, "--market", "c1-the-extra-day")
    assert rates(lent) != rates(asked(capsys))
    assert "--market c1-the-extra-day" in str(lent["command"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--with", "market.warehouse.pakers = 5"), "did you mean packers"),
        (("--with", "warehouse.packers = 5"), "warehouse"),
        (("--compare", "market.warehouse.packers = 0"), "market.warehouse.packers: is 0"),
        (("--market", "no-such"), "no-such"),
    ],
)
def test_a_market_that_there_cannot_be_is_bad_usage_before_any_work(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert cli.main([*FEW, *words]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert not told.out

"""A profile as a file: whatever a market may be learnt to be, the file says it and is read again."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fakemarket.distributions import Empirical, QuickOrSlow
from fakemarket.settings import Calendar, Demand, Peak, Settings, Warehouse
from redclock.planner.fit.profile import (
    Evidence,
    Finding,
    Match,
    Profile,
    market_of,
    read_profile,
    still_fitted,
    written,
)
from redclock.scenario.read import read_market

SHARES = tuple(n / 40 for n in range(41))
FINDINGS = (
    Finding("demand.orders_per_day", 12.5, "Said by 3,000 orders. " * 9),
    Finding("demand.peaks", (Peak(date(2026, 11, 11), (6.0, 2.4)), Peak(date(2026, 11, 27), (3.0,))), "Two."),
    Finding("demand.zone", "Europe/Paris", "As told.", Evidence.TOLD),
    Finding("warehouse.calendar", Calendar("FR", "", (6,), (date(2026, 5, 15), date(2026, 8, 14))), "Days."),
    Finding("warehouse.preparation_working_days", Empirical(SHARES, tuple(2 * it for it in SHARES)), "Long."),
    Finding("warehouse.packing_minutes", QuickOrSlow(0.7, 1.0, 0.5, 2.0, 9.0), "Short.", Evidence.WITHIN),
    Finding("warehouse.refuses_split", False, "No."),
)
SETTINGS = Settings(
    demand=Demand(12.5, peaks=FINDINGS[1].value, zone="Europe/Paris"),
    warehouse=Warehouse(
        calendar=FINDINGS[3].value,
        preparation_working_days=FINDINGS[4].value,
        packing_minutes=FINDINGS[5].value,
    ),
)
MATCH = Match("Approval to handover", "hours", 3000, (0.5, 0.95), (20.0, 99.5), (21.0, 98.0), 0.0421)


def profile(source: str = "orders.csv") -> Profile:
    days = date(2026, 1, 1), date(2026, 3, 31)
    return Profile(source, *days, 3000, SETTINGS, FINDINGS, (MATCH,), ("Something is odd.",))


def test_a_profile_read_again_is_the_market_that_was_learnt(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(written(profile(), "redclock fit orders.csv"))
    document, found = read_profile(tmp_path / "p.toml")
    assert read_market(document, "p.toml") == SETTINGS
    assert read_market({"market": market_of(FINDINGS)}, "findings") == SETTINGS
    assert found == {
        it.name: "learnt from orders.csv"
        if it.evidence is Evidence.LEARNT
        else "its effect is within what was learnt from orders.csv"
        for it in FINDINGS
        if it.name != "demand.zone"
    }


def test_a_profile_says_what_each_value_rests_on_and_how_well_it_fits() -> None:
    text = written(profile(), "redclock fit orders.csv")
    flowing = " ".join(line.removeprefix("# ") for line in text.splitlines())
    assert "# As told.\nzone = " in text
    assert FINDINGS[0].says.strip() in flowing
    assert "quantiles in hours of 3,000 orders and of this market: 50 % 20 and 21; 95 % 99.5 and 98." in flowing
    assert "Kolmogorov-Smirnov distance 0.042." in flowing
    assert "Something is odd." in text
    assert "# Made by: redclock fit orders.csv" in text
    assert max(map(len, text.splitlines())) <= 125


@pytest.mark.parametrize("source", ['my "best" orders.csv', "C:\\orders\\new.csv", "órdenes.csv"])
def test_any_name_of_a_file_can_be_written(source: str) -> None:
    assert tomllib.loads(written(profile(source), "x"))["fitted"]["source"] == source


def test_what_was_changed_since_is_not_learnt_any_more() -> None:
    found = dict.fromkeys(("demand.orders_per_day", "warehouse.calendar", "no.such"), "learnt")
    changed = replace(SETTINGS, demand=replace(SETTINGS.demand, orders_per_day=99))
    assert set(still_fitted(found, SETTINGS, SETTINGS)) == {"demand.orders_per_day", "warehouse.calendar"}
    assert still_fitted(found, SETTINGS, changed) == {"warehouse.calendar": "learnt"}


def test_a_market_without_a_word_about_itself_is_a_profile_too(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[market.demand]\norders_per_day = 3.0\n")
    document, found = read_profile(tmp_path / "p.toml")
    assert document == {"market": {"demand": {"orders_per_day": 3.0}}}
    assert found == {}

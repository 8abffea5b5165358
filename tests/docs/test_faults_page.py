"""The page on faults says what can be said: its example is read, and its words are the ledger's."""

from __future__ import annotations

import re
from pathlib import Path

from fakemarket.faults.when import HAPPENINGS
from redclock.checks.measures import MEASURES
from redclock.scenario.read import read

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
HEAD = 'title = "t"\nproves = "p"\nstart = 2026-03-02\ndays = 1\n'
TAIL = '\n[[expect]]\nmeasure = "missed"\nat_most = 0\n'


def test_the_example_is_a_scenario_s_faults(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "example.toml"
    path.write_text(HEAD + example + TAIL)
    (scenario,) = read([path], measures=MEASURES)
    assert [fault.kind for fault in scenario.planned_faults()] == re.findall(r'kind = "(\w+)"', example)


def test_the_words_for_what_happens_are_the_ledger_s() -> None:
    listed = PAGE.split("`what` is a word of the ledger, one of:")[1].split("##")[0]
    assert re.findall(r"`(\w+)`", listed) == list(HAPPENINGS)

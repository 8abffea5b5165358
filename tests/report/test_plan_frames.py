"""A plan as DataFrames, as Parquet and in a notebook: the numbers of the plan, every one of them, and no others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise

import pandas as pd
import pytest

from fakemarket.settings import Demand, Settings
from redclock.checks.student import MissingExtra
from redclock.notebook import Planned
from redclock.notebook import plan as shown_plan
from redclock.planner.sweep import Plan, plan
from redclock.report.plan_csv import COLUMNS, plan_csv
from redclock.report.plan_frames import plan_frame, plan_parquet, runs_frame
from redclock.report.plan_words import between, percent, recommendation

SMALL = Settings(demand=Demand(orders_per_day=25))


@pytest.fixture(scope="module")
def found() -> Plan:
    return plan(SMALL, range(4, 8), runs=12, seed=5, days=3, warm_up_days=2)


class Cells(HTMLParser):
    """The text of each cell of a table, line by line, those in bold with a star, and the paragraphs below it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[list[str]] = []
        self.paragraphs: list[str] = []
        self._into: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag == "tr":
            self.lines.append([])
        elif tag in {"td", "th", "p"}:
            self._into = self.paragraphs if tag == "p" else self.lines[-1]
            self._into.append("*" if tag == "th" else "")

    def handle_data(self, data: str) -> None:
        self._into[-1] += data


def test_a_row_is_a_preparation_time_with_every_digit(found: Plan) -> None:
    frame = plan_frame(found)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["preparation_days"].tolist() == [row.preparation_days for row in found.rows]
    assert frame["missed_share"].tolist() == [row.rate.mean for row in found.rows]
    assert frame["high"].tolist() == [row.rate.high for row in found.rows]
    assert frame["orders"].tolist() == [row.orders for row in found.rows]
    assert frame["one_step_more_saves"].tolist()[:-1] == [it.saved.mean for it in found.differences]
    assert frame["saves_low"].isna().tolist() == [False, False, False, True]
    assert frame.to_csv(index=False, lineterminator="\n") == plan_csv(found)


def test_what_one_run_does_not_know_is_missing_and_still_a_number(found: Plan) -> None:
    frame = plan_frame(plan(SMALL, (5, 6), runs=1, days=3, warm_up_days=2))
    assert frame["low"].isna().all()
    assert frame.dtypes[["low", "high", "saves_high"]].tolist() == ["float64"] * 3


def test_the_other_frame_has_a_row_a_replication_and_its_seed(found: Plan) -> None:
    frame = runs_frame(found)
    assert len(frame) == 4 * 12
    wide = frame.pivot_table(index="seed", columns="preparation_days", values="missed_share")
    assert wide.index.tolist() == list(range(5, 17))
    for row in found.rows:
        assert tuple(wide[row.preparation_days]) == row.rates
    for difference, (shorter, longer) in zip(found.differences, pairwise(wide.columns), strict=True):
        assert (wide[shorter] - wide[longer]).mean() == pytest.approx(difference.saved.mean)


def test_parquet_is_the_frame(found: Plan) -> None:
    pd.testing.assert_frame_equal(pd.read_parquet(BytesIO(plan_parquet(found))), plan_frame(found))


@pytest.mark.parametrize(
    ("package", "ask"),
    [("pandas", plan_frame), ("pandas", runs_frame), ("pandas", plan_parquet), ("pyarrow", plan_parquet)],
)
def test_what_is_missing_is_named_with_its_extra(
    package: str, ask: Callable[[Plan], object], found: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"this needs {package}, .* pip install 'redclock\[frames\]'"):
        ask(found)


def test_the_notebook_s_plan_is_the_planner_s_and_hands_out_its_frames(found: Plan) -> None:
    shown = shown_plan(SMALL, range(4, 8), runs=12, seed=5, days=3, warm_up_days=2)
    assert shown == Planned(found)
    assert shown.frame().equals(plan_frame(found))
    assert shown.runs().equals(runs_frame(found))
    assert repr(shown) == recommendation(found)


def test_a_notebook_shows_the_table_and_the_recommendation(found: Plan) -> None:
    assert found.recommended is not None
    cells = Cells(Planned(found)._repr_html_())
    assert len(cells.lines) == 1 + 4
    for line, row in zip(cells.lines[1:], found.rows, strict=True):
        bold = "*" if row is found.recommended else ""
        assert line[0] == f"{bold}{row.preparation_days}"
        assert line[1:3] == [bold + percent(row.rate.mean), bold + between(row.rate)]
        assert line[3] in {f"{bold}yes", f"{bold}no", f"{bold}not sure"}
    for line, it in zip(cells.lines[1:], found.differences, strict=False):
        assert [each.removeprefix("*") for each in line[4:]] == [percent(it.saved.mean), between(it.saved)]
    assert cells.paragraphs[0] == recommendation(found)
    assert "12 runs of 3 days" in cells.paragraphs[-1]


def test_a_notebook_shows_warnings_as_text() -> None:
    busy = plan(SMALL, (5,), runs=2, days=3, warm_up_days=2)
    cells = Cells(Planned(replace(busy, warnings=("<b>busy</b> & late",)))._repr_html_())
    assert cells.paragraphs[1] == "Mind: <b>busy</b> & late."

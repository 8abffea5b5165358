"""The page that says how true the market is leaves nothing out and names nothing that isn't there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from fakemarket.faces.aliexpress.errors import Problem
from fakemarket.faces.aliexpress.methods import DOTTED, PATHS
from fakemarket.faces.control.face import ROUTES as CONTROL
from fakemarket.faces.control.lobby import ROUTES as LOBBY
from fakemarket.faces.mip.face import ROUTES as MIP
from fakemarket.faults import KINDS
from fakemarket.knobs import described
from fakemarket.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "fidelity.md"
MARKS = re.compile(r"\[(3\+|2|1|inf|open)\]|\bA\b|`settings`")


def rows() -> list[list[str]]:
    """The cells of every row but the heads."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[-1].strip("| ") != "Evidence"]


@pytest.mark.parametrize("name", [*sorted(DOTTED), *sorted(PATHS), *MIP.names, *CONTROL.names, *LOBBY.names, *KINDS])
def test_every_call_and_every_kind_of_fault_has_a_row_of_its_own(name: str) -> None:
    assert [row[0] for row in rows()].count(f"`{name}`") == 1


@pytest.mark.parametrize("problem", Problem)
def test_every_code_of_the_gateway_has_a_row(problem: Problem) -> None:
    section = PAGE.read_text(encoding="utf-8").split("## AliExpress: errors")[1].split("\n## ")[0]
    firsts = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    assert any(re.search(rf"\b{problem.value.top_code}\b", first) for first in firsts)


def test_every_row_has_three_cells_and_a_mark() -> None:
    for row in rows():
        assert len(row) == 3, row
        assert MARKS.search(row[-1]), row


def test_every_setting_that_is_named_exists() -> None:
    known = {name for name, _, _ in described(Settings())}
    groups = "|".join(each.name for each in fields(Settings))
    named = set(re.findall(rf"`((?:{groups})\.\w+)`", PAGE.read_text(encoding="utf-8")))
    assert named
    assert named <= known

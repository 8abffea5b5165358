"""`redclock plan --across KEY=V1,V2`: two factors from the command line."""

from __future__ import annotations

import json
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from redclock import cli
from redclock.cli.questions import values

FEW = ("plan", "--preparation-days", "4..6", "--runs", "3", "--seed", "4")
BUSY = ("--with", "market.demand.orders_per_day = 200")
PACKERS, CUTOFF = "market.warehouse.packers=1,3", "market.warehouse.cutoff_minute = 600, 1000"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert cli.main([*FEW, *words, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_each_line_is_what_with_says_of_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, *BUSY, "--across", PACKERS)
    grid = found["across"]
    assert isinstance(grid, dict)
    for packers, cells in zip(("1", "3"), grid["cells"], strict=True):
        alone = told(capsys, *BUSY, "--with", f"market.warehouse.packers = {packers}")
        assert [{**row, "meets": cell["meets"]} for row, cell in zip(alone["rows"], cells, strict=True)] == cells  # type: ignore[call-overload]
    assert shlex.split(str(found["command"]))[-2:] == ["--across", PACKERS]
    assert told(capsys, *shlex.split(str(found["command"]))[8:]) == found
    assert "across" not in told(capsys)


def test_twice_it_crosses_two_settings(capsys: pytest.CaptureFixture[str]) -> None:
    grid = told(capsys, "--across", PACKERS, "--across", CUTOFF)["across"]
    assert isinstance(grid, dict)
    assert (grid["down"]["values"], grid["across"]["values"]) == (["1", "3"], ["600", "1000"])
    assert grid["preparation_days"] == 6
    assert [len(cells) for cells in grid["cells"]] == [2, 2]


def test_the_table_marks_what_is_safe_and_ends_with_the_shortest_safe_times(
    capsys: pytest.CaptureFixture[str],
) -> None:
    grid = told(capsys, "--across", PACKERS)["across"]
    assert isinstance(grid, dict)
    assert cli.main([*FEW, "--across", PACKERS]) == 0
    out = capsys.readouterr().out
    table = out[out.index("by warehouse.packers and working days") :]
    assert "\N{CHECK MARK}" not in out.removesuffix(table)
    assert table.count("\N{CHECK MARK}") == 1 + sum(cell["meets"] for cells in grid["cells"] for cell in cells)
    assert "by warehouse.packers: 6 working days with 1, 3." in " ".join(table.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--across", "market.warehouse.pakers=1"), "did you mean packers"),
        (("--across", "market.warehouse.packers=1,0"), "market.warehouse.packers: is 0"),
        (("--across", PACKERS, "--across", "market.warehouse.packers=4"), "is given twice"),
        (("--across", PACKERS, "--across", CUTOFF, "--across", "market.mip.push_every_minutes=5"), "twice at most"),
    ],
)
def test_factors_that_there_cannot_be_are_bad_usage_before_any_work(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert cli.main([*FEW, *words]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert not out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("market.warehouse.packers", "not of the form KEY=VALUE,VALUE"),
        ("market.warehouse.packers=1;2", "not of the form"),
        ("market.warehouse.packers=", "names no value"),
        ("market.warehouse.packers=1,1", "names a value twice"),
    ],
)
def test_words_that_list_no_values_are_refused(text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([*FEW, "--across", text])
    assert said in capsys.readouterr().err


def test_values_of_any_kind_have_a_heading() -> None:
    text = "market.demand.peaks = [], [{ first_day = 2026-03-11 }], [{ first_day = 2026-03-12, factors = [2.5] }]"
    assert [name for name, _ in values(text).said] == [
        "[]",
        '[{"first_day":"2026-03-11"}]',
        '[{"first_day":"2026-03-12","factors":[2.5]}]',
    ]
    read = values("market.tokens.dies_early=false,true")
    assert read.said[1] == ("true", {"market": {"tokens": {"dies_early": True}}})
    assert values('a.b = "ES", "PT"').said[0][0] == "ES"


def test_the_page_has_the_factors_and_makes_itself_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([*FEW, "--across", PACKERS, "--html", "one.html"]) == 0
    text = Path("one.html").read_text()
    assert 'id="grid-part"' in text
    command = next(b.removesuffix("</code>") for a, b in pairwise(text.split('<code class="command">')))
    command = command.partition("</code>")[0]
    assert cli.main(shlex.split(command)[1:]) == 0
    assert Path("plan.html").read_text() == text

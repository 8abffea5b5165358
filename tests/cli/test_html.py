"""`redclock run --html FILE`: the same page serial and side by side, and a word before the work if it can't be made."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.quiet_days import HOPELESS, TINY, write

from redclock import cli


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command in this process and an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS)
    return lambda *words: cli.main(["run", *words, "--no-store"])


def test_the_page_has_charts_and_is_the_same_serial_and_side_by_side(run: Callable[..., int]) -> None:
    pages = []
    for jobs in "12":
        assert run("qa", "-j", jobs, "--html", "all.html") == 1
        pages.append(Path("all.html").read_bytes())
    assert pages[0] == pages[1]
    text = pages[0].decode()
    assert "1 of 2 scenarios fail" in text
    assert 'id="timeline-hopeless-0"' in text
    assert "redclock run qa/hopeless.toml --seeds 0" in text


def test_without_jinja2_nothing_is_run(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert run("qa", "--html", "all.html") == 2
    assert "pip install 'redclock[html]'; nothing was run" in capsys.readouterr().err
    assert not Path("all.html").exists() or not Path("all.html").read_bytes()

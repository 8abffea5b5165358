"""`redclock plan --store FILE`: killed at any moment it goes on, and it says what a straight run says."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from redclock import cli
from redclock.planner import store as stores

FEW = ("plan", "--preparation-days", "5..6", "--runs", "3", "--seed", "4", "--json")
LONG = ("plan", "--preparation-days", "5..6", "--runs", "1000", "--json")
"""Seven batches, in two processes where there are two cores."""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def rows(file: str) -> int:
    """How many replications a file keeps; 0 as long as it isn't there."""
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(connection.execute("SELECT COUNT(*) FROM tallies").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def killed_midway(file: str) -> int:
    """What is kept by a plan that is killed as soon as it keeps something."""
    with subprocess.Popen([sys.executable, "-m", "redclock", *LONG, "--store", file], stdout=subprocess.PIPE) as it:
        while not rows(file):
            with suppress(subprocess.TimeoutExpired):
                assert it.wait(0.02) is None, "it was to be killed before its answer"
        os.kill(it.pid, signal.SIGKILL)
        said, _ = it.communicate(timeout=60)  # ends when its processes have ended too
    assert not said, "it was to be killed before its answer"
    return rows(file)


def test_a_plan_that_is_killed_goes_on_and_says_what_a_straight_one_says() -> None:
    there = killed_midway("plan.sqlite")
    assert 0 < there < 2000
    command = [sys.executable, "-m", "redclock", *LONG]
    went_on = subprocess.run([*command, "--store", "plan.sqlite"], capture_output=True, check=True, timeout=300)
    straight = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert went_on.stdout == straight.stdout
    assert went_on.stderr == b""
    assert json.loads(straight.stdout)["runs"] == 1000
    assert rows("plan.sqlite") == 2000


def test_more_runs_extend_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, "--store", "plan.sqlite"]) == 0
    more = [*FEW, "--runs", "7", "--compare", "market.warehouse.packers=6"]
    capsys.readouterr()
    assert cli.main([*more, "--store", "plan.sqlite"]) == 0
    extended = capsys.readouterr().out
    assert cli.main(more) == 0
    assert capsys.readouterr().out == extended
    assert rows("plan.sqlite") == 2 * 7 * 2, "of both markets"


def test_runs_of_another_version_are_told_of_and_run_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(stores, "model_version", lambda: "earlier")
        assert cli.main([*FEW, "--store", "plan.sqlite"]) == 0
        assert capsys.readouterr().err == ""
    assert cli.main([*FEW, "--store", "plan.sqlite"]) == 0
    assert capsys.readouterr().err == (
        "plan.sqlite: runs of this question by another version of the market are there; they were run anew\n"
    )
    assert rows("plan.sqlite") == 12


def test_a_file_that_is_no_store_is_said_before_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    Path("plan.csv").write_text("preparation_days\n" * 100)
    assert cli.main([*FEW, "--store", "plan.csv"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "plan.csv: file is not a database; name another file with --store, one that may be written, or leave --store "
        "out\n"
    )

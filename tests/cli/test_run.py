"""`redclock run`: what it shows, writes and remembers, also when it is stopped or can't write."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.cli.quiet_days import HOPELESS, SUBJECTS, TINY, write

from redclock import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process and an empty folder: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def started(*words: str) -> tuple[int, str, str]:
        code = cli.main(["run", *words])
        return code, *capsys.readouterr()

    return started


def test_a_line_a_scenario_then_the_suite_by_tag_the_slowest_and_the_closest(run: Run) -> None:
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS, long=TINY.replace("days = 1", "days = 3").replace("1.0", "9.0"))
    code, said, _ = run("qa", "--seeds", "0", "-j", "1")
    assert code == 1
    lines = said.splitlines()
    assert [line.split()[:3] for line in lines if line.startswith(("pass", "FAIL"))] == [
        ["FAIL", "hopeless", "0/1"],
        ["pass", "long", "1/1"],
        ["pass", "quiet", "1/1"],
    ]
    assert "by tag  P1 2/2; P2 0/1; quiet 2/3" in lines
    assert any(line.startswith("slowest  ") and "long seed 0" in line for line in lines)
    assert any(line.startswith("closest  long seed 0 order ") and line.endswith(" left") for line in lines)
    assert "  again: redclock run qa/hopeless.toml --seeds 0" in lines
    assert lines[-1].startswith("2 passed, 1 failed in ")


def test_quiet_says_what_failed_and_the_last_line(run: Run) -> None:
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS)
    _, said, _ = run("qa", "--quiet", "--seeds", "0")
    lines = [line for line in said.splitlines() if line]
    assert lines[0].startswith("FAIL  hopeless")
    assert lines[-1].startswith("1 passed, 1 failed")
    assert not any(line.startswith(("pass", "by tag", "slowest")) for line in lines)
    _, said, _ = run("qa/quiet.toml", "--quiet", "--seeds", "0")
    assert len(said.splitlines()) == 1


def test_tags_choose_and_one_that_nobody_has_is_bad_usage(run: Run) -> None:
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS)
    assert run("qa", "--tag", "P1", "--seeds", "0")[0] == 0
    assert "1 passed, 0 failed" in run("qa", "--tag", "quiet", "--tag", "P1,P3", "--seeds", "0")[1]
    code, said, wrong = run("qa", "--tag", "P7")
    assert (code, said) == (2, "")
    assert "tags: P1, P2, quiet" in wrong


def test_reports_hold_every_trial_serial_and_side_by_side_alike(run: Run, tmp_path: Path) -> None:
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS, some=f"{HOPELESS}sometimes = true\n")
    files = ("--json", "all.json", "--junit", "all.xml", "--csv", "all.csv")
    digests = []
    for words in (("-j", "1"), ("-j", "2"), ("-j", "1", "qa/some.toml", "qa/quiet.toml", "qa/hopeless.toml")):
        assert run(*files, *(words if len(words) > 2 else ("qa", *words)))[0] == 1
        told = json.loads(Path("all.json").read_text())
        each_trial = [(it["name"], each) for it in told["scenarios"] for each in it["trials"]]
        digests.append({(name, each["seed"]): each["digest"] for name, each in each_trial})
        if len(words) > 2:
            continue
        assert [it["name"] for it in told["scenarios"]] == ["hopeless", "quiet", "some"]
        assert [it["passed"] for it in told["scenarios"]] == [False, True, False]
        assert told["trials"] == {"asked": 6, "run": 6, "passed": 4}
        assert told["scenarios"][0]["trials"][1]["problems"][0]["key"] == "expect[0].at_least"
        cases = {case.get("name"): case for case in ET.parse("all.xml").iter("testcase")}
        assert len(cases) == 7
        assert {name for name, case in cases.items() if case.find("failure") is not None} == {
            "hopeless[seed-0]",
            "hopeless[seed-1]",
            "some[all-seeds]",
        }
        with Path("all.csv").open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert {row["scenario"] for row in rows} == {"hopeless", "quiet", "some"}
        assert len(rows) == sum(each["measures"]["orders"] for _, each in each_trial)
    assert digests[0] == digests[1] == digests[2]
    assert len(digests[0]) == 6


def test_a_report_that_cannot_be_written_is_told_before_the_run(run: Run) -> None:
    write(Path("qa"), quiet=TINY)
    code, said, wrong = run("qa", "--json", "absent/all.json", "--csv", "qa")
    assert (code, said) == (2, "")
    assert "--json absent/all.json: can't be written: No such file or directory" in wrong
    assert "--csv qa: can't be written" in wrong


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(("text", "expected"), [(TINY, 2), (HOPELESS, 1)])
def test_a_full_disk_is_told_and_the_verdict_stays(run: Run, text: str, expected: int) -> None:
    write(Path("qa"), quiet=text)
    code, said, wrong = run("qa", "--seeds", "0", "--junit", "/dev/full", "--csv", "all.csv")
    assert code == expected
    assert "--junit /dev/full: could not be written whole: No space left on device" in wrong
    assert " passed, " in said
    assert Path("all.csv").stat().st_size, "the others are written"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_below_the_output_is_a_clear_line_and_reports_are_written(tmp_path: Path) -> None:
    write(tmp_path / "qa", quiet=TINY)
    words = ("run", "qa", "--seeds", "0", "--json", "all.json", "--no-store")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "redclock", *words],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 3
    last = ended.stderr.splitlines()[-1]
    assert last == "redclock: No space left on device: what there was to say could not be written"
    assert json.loads((tmp_path / "all.json").read_text())["trials"]["passed"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[expect]]\nproves = \n", "qa/other.toml: not TOML"),
        (f'name = "quiet"\n{TINY}', "the name quiet is used by qa/quiet.toml too"),
        (f'{TINY}[[subjects]]\nsubject = "absent:thing"\n', "absent:thing: the module absent can't be imported"),
    ],
)
def test_nothing_is_run_if_one_file_cannot_be(run: Run, text: str, said: str) -> None:
    write(Path("qa"), quiet=TINY, other=text)
    code, out, wrong = run("qa", "--json", "all.json")
    assert (code, out) == (2, "")
    assert said in wrong
    assert not Path("all.json").exists()


def test_what_a_subject_says_cannot_break_the_xml(run: Run) -> None:
    Path("mine.py").write_text(
        "class Rude:\n    def __init__(self, ports): pass\n"
        "    def wake(self, now): raise RuntimeError('\\x00\\x1b[31m<&> \\ud800')\n"
    )
    write(Path("qa"), quiet=TINY)
    run("qa", "--seeds", "0", "--subject", "mine:Rude", "--junit", "all.xml", "-j", "1")
    (failure,) = ET.parse("all.xml").iter("failure")
    assert "??[31m<&> ?" in failure.get("message", "")


def test_only_what_failed_is_run_again(run: Run) -> None:
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS)
    store = ("--store", "here.sqlite")
    assert run("qa", *store)[0] == 1
    code, said, _ = run("qa", *store, "--rerun-failed")
    assert code == 1
    assert "0 passed, 2 failed" in said
    write(Path("qa"), hopeless=TINY)
    assert run("qa", *store, "--rerun-failed")[0] == 0
    code, said, _ = run("qa", *store, "--rerun-failed", "--json", "none.json")
    assert (code, said.startswith("nothing to run again")) == (0, True)
    assert json.loads(Path("none.json").read_text())["passed"] is True
    assert run("qa", "--no-store", "--rerun-failed")[0] == 2


def test_what_failed_elsewhere_is_named_when_nothing_of_this_is_to_be_run_again(run: Run) -> None:
    write(Path("qa"), quiet=TINY)
    write(Path("other"), hopeless=HOPELESS)
    assert run("other", "--store", "here.sqlite")[0] == 1
    code, said, _ = run("qa", "--store", "here.sqlite", "--rerun-failed")
    assert code == 0
    assert said.endswith("; name the files of hopeless to run those\n")


def test_a_history_that_was_chosen_must_be_one_and_the_usual_one_may_fail(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Path("qa"), quiet=TINY)
    Path("notes.txt").write_text("no database at all, but long enough to be looked at as one" * 20)
    code, said, wrong = run("qa", "--store", "notes.txt")
    assert (code, said) == (2, "")
    assert "notes.txt: file is not a database; choose another" in wrong
    monkeypatch.setenv("XDG_STATE_HOME", str(Path("notes.txt").resolve()))
    monkeypatch.setenv("LOCALAPPDATA", str(Path("notes.txt").resolve()))
    code, _, wrong = run("qa", "--seeds", "0")
    assert code == 0
    assert "no history is kept" in wrong
    assert run("qa", "--seeds", "0", "--no-store")[2] == ""


# With one process, with two that both have work, and with one more that has done its.
@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_ctrl_c_keeps_and_reports_what_was_finished(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "mine.py").write_text(SUBJECTS)
    slow = f'{TINY}\n[[subjects]]\nsubject = "mine:Dawdles"\n'
    write(tmp_path / "qa", a_quiet=TINY, b_slow=slow, c_never=slow)
    words = ("run", "qa", "--seeds", "0", "-j", jobs, "--json", "all.json", "--store", "here.sqlite")
    with subprocess.Popen(
        [sys.executable, "-m", "redclock", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        said, wrong = process.communicate(timeout=60)
    assert process.returncode == 130, wrong
    assert first.startswith("pass  a-quiet")
    assert "1 passed, 0 failed" in said
    assert wrong == "stopped: 1 of 3 trials were finished\n"
    told = json.loads((tmp_path / "all.json").read_text())
    assert (told["passed"], told["trials"]) == (False, {"asked": 3, "run": 1, "passed": 1})
    again = subprocess.run(
        [sys.executable, "-m", "redclock", "history", "a-quiet", "--store", "here.sqlite"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "broken off" in again.stdout

"""The commands about scenario files: `list`, `show`, `check`, `new`, and the loop of `run --watch`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.quiet_days import HOPELESS, TINY, write

from redclock import cli
from redclock.checks.measures import MEASURES
from redclock.cli.watching import stamps, watch, watched
from redclock.scenario.begin import beginning
from redclock.scenario.model import FAULT_TABLES
from redclock.scenario.read import read

Run = Callable[..., tuple[int, str, str]]
SAYS = {name: measure.says for name, measure in MEASURES.items()}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in this process and an empty folder: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def started(*words: str) -> tuple[int, str, str]:
        code = cli.main(words)
        return code, *capsys.readouterr()

    return started


def test_list_has_a_line_for_each_with_priority_name_tags_and_title(run: Run) -> None:
    write(Path("qa"), quiet=TINY, hopeless=HOPELESS)
    code, said, _ = run("list", "qa")
    assert code == 0
    assert [line.split(maxsplit=3) for line in said.splitlines()] == [
        ["P2", "hopeless", "quiet", "A quiet day"],
        ["P1", "quiet", "quiet", "A quiet day"],
    ]
    assert "hopeless" not in run("list", "qa", "--tag", "P1")[1]
    assert len(run("list")[1].splitlines()) > 40
    assert run("list", "qa", "--tag", "P9")[0] == 2


def test_show_says_what_a_scenario_is_and_gives_its_file(run: Run) -> None:
    write(Path("qa"), quiet=TINY)
    code, said, _ = run("show", "qa/quiet.toml")
    assert code == 0
    assert "proves    Nothing is missed." in said
    assert "expected  missed at most 0" in said
    assert said.rstrip().endswith(TINY.strip())
    assert "expected  minutes_to_alert[token_dead] at most 30" in run("show", "b1-silent-expiry")[1]


def test_check_says_everything_that_is_wrong_and_runs_nothing(run: Run) -> None:
    write(Path("qa"), quiet=TINY, other=f'name = "quiet"\n{TINY}', broken="[[expect\n")
    code, said, wrong = run("check", "qa")
    assert (code, said) == (2, "")
    assert "qa/broken.toml: not TOML" in wrong
    assert "the name quiet is used by qa/quiet.toml too" in wrong
    write(Path("qa"), other=TINY, broken=TINY)
    assert run("check", "qa")[:2] == (0, "3 scenarios can be run\n")
    code, _, wrong = run("check", "qa", "--subject", "absent:thing")
    assert code == 2
    assert "can't be imported" in wrong


@pytest.mark.parametrize("kind", FAULT_TABLES)
def test_a_new_scenario_with_any_fault_can_be_run(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "new.toml"
    path.write_text(beginning("", faults=[kind], measures=SAYS))
    (scenario,) = read([path], measures=MEASURES)
    assert [fault.kind for fault in scenario.faults] == [kind]
    assert [each.measure for each in scenario.expect] == ["unannounced_misses"]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_new_scenario_with_any_measure_can_be_run(tmp_path: Path, measure: str) -> None:
    path = tmp_path / "new.toml"
    path.write_text(beginning("", expect=[measure], measures=SAYS))
    (scenario,) = read([path], measures=MEASURES)
    assert [each.measure for each in scenario.expect] == [measure]


@pytest.mark.parametrize(
    ("question", "fault", "measure"),
    [
        ("Does anybody notice when the token dies on a Friday evening?", "token_dies", "minutes_to_alert"),
        ("Is anything sent twice when an answer is lost?", "answer_lost", "duplicates"),
        ('What if the "wallet" is empty\n\\ over the weekend\x00?', "wallet_empty", "unannounced_misses"),
        ("", None, "unannounced_misses"),
    ],
)
def test_the_words_of_a_question_point_to_faults_and_measures(
    tmp_path: Path, question: str, fault: str | None, measure: str
) -> None:
    path = tmp_path / "new.toml"
    path.write_text(beginning(question, measures=SAYS))
    (scenario,) = read([path], measures=MEASURES)
    assert next((each.kind for each in scenario.faults), None) == fault
    assert measure in {each.measure for each in scenario.expect}


def test_what_new_writes_holds_as_it_stands(run: Run) -> None:
    assert run("new", "quiet")[0] == 0
    assert run("new", "friday", "--question", "Does anybody notice when the token dies on a Friday evening?")[0] == 0
    code, said, _ = run("run", "quiet.toml", "friday.toml", "-j", "1", "--no-store")
    assert code == 0, said


def test_a_name_that_there_is_not_is_told_in_a_line(run: Run) -> None:
    near, far = (run("show", word)[2] for word in ("b1-silent-expirry", "./nowhere.toml"))
    assert near.endswith("nor a file or folder of TOML files; did you mean b1-silent-expiry?\n")
    assert far.endswith("nor a file or folder of TOML files; `redclock list` says which scenarios are bundled\n")


def test_a_history_is_looked_up_by_name_or_by_file(run: Run) -> None:
    write(Path("qa"), quiet=TINY)
    store = ("--store", "here.sqlite")
    assert run("run", "qa", *store)[0] == 0
    by_name, by_file = (run("history", word, *store) for word in ("quiet", "qa/quiet.toml"))
    assert by_name == by_file
    assert by_name[0] == 0
    code, _, wrong = run("history", "loud", *store)
    assert (code, wrong) == (2, "loud has no history here; `redclock history` says which have\n")


def test_new_writes_once_and_says_how_to_go_on(run: Run) -> None:
    code, said, _ = run("new", "my-day", "--question", "Is it quiet?", "--fault", "down", "--expect", "shipped")
    assert (code, said) == (0, "wrote my-day.toml; try it: redclock run my-day.toml\n")
    assert run("check", "my-day.toml")[0] == 0
    for words, wrong in (
        (("my-day.toml",), "is there already"),
        (("My_Day",), "is no name for a scenario"),
        (("other", "--fault", "token_die"), "did you mean token_dies?"),
        (("other", "--expect", "misssed"), "did you mean missed?"),
        (("absent/other",), "can't be written: No such file"),
        (("other", "--from", "nothing"), "neither a bundled scenario"),
    ):
        code, _, told = run("new", *words)
        assert code == 2
        assert wrong in told


def test_a_run_that_fails_becomes_a_scenario_that_fails_alike(run: Run) -> None:
    write(Path("qa"), hopeless=f'{HOPELESS}\n[[expect]]\nmeasure = "orders"\nat_most = 1000\n', quiet=TINY)
    assert run("new", "kept", "--from", "qa/hopeless.toml", "--seed", "1")[0] == 0
    (scenario,) = read([Path("kept.toml")], measures=MEASURES)
    assert [each.measure for each in scenario.expect] == ["missed"], "what held is left out"
    text = Path("kept.toml").read_text()
    assert text.startswith("# missed is 0, expected at least 3\n")
    assert "# again: redclock run kept.toml --seeds 1\n" in text
    assert run("run", "kept.toml", "--seeds", "1", "--no-store")[0] == 1
    code, _, wrong = run("new", "other", "--from", "qa/quiet.toml")
    assert (code, "there is no failure to keep" in wrong) == (2, True)


class _Enough(Exception):
    """Ends a loop that has no end."""


def test_the_watch_runs_again_when_a_file_changes_comes_or_goes_and_not_before(tmp_path: Path) -> None:
    write(tmp_path / "qa", quiet=TINY)
    scenario, code, new = tmp_path / "qa" / "quiet.toml", tmp_path / "shop" / "logic.py", tmp_path / "qa" / "new.toml"
    code.parent.mkdir()
    code.write_text("")
    hidden = tmp_path / ".venv" / "hidden.py"
    hidden.parent.mkdir()
    story: list[str] = []
    changes: Iterator[Callable[[], object]] = iter(
        [
            lambda: hidden.write_text("nobody looks here"),
            lambda: code.write_text("changed = 1"),
            lambda: None,
            lambda: new.write_text(TINY),
            scenario.unlink,
        ]
    )

    def wait() -> None:
        story.append("waits")
        try:
            next(changes)()
        except StopIteration:
            raise _Enough from None

    with pytest.raises(_Enough):
        watch(lambda: story.append("runs"), lambda: stamps(watched([str(tmp_path / "qa")], tmp_path)), wait)
    assert story == ["runs", "waits", "waits", "runs", "waits", "waits", "runs", "waits", "runs", "waits"]


def test_a_change_during_the_run_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    runs = 0

    def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            raise _Enough
        file.write_text("x" * runs)

    def wait() -> None:
        raise AssertionError("it should have run again at once")

    with pytest.raises(_Enough):
        watch(run, lambda: stamps([file]), wait)


def test_whoever_reads_only_the_beginning_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        ended = subprocess.run(
            [sys.executable, "-m", "redclock", "list"], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, ended.stderr) == (141, "")

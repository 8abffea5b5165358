"""What is remembered of earlier runs, by one process or several, also when one of them is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fakemarket.world.ledger import Ledger
from redclock.checks.judge import Measured, OverSeeds
from redclock.checks.measures import MEASURES
from redclock.cli.remembering import Keeper
from redclock.history import History, NoHistory, Past, history_in
from redclock.report.history_terminal import changes, render_all, render_one
from redclock.run import Outcome, Transport
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.suite import Verdict


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    (scenario,) = read(find(["c3-wallet-empty"]), measures=MEASURES)
    return scenario


def outcome(scenario: Scenario, seed: int, *, passed: bool = True, digest: str = "d0") -> Outcome:
    measured = tuple(Measured(each, 0.0, holds=passed) for each in scenario.expect)
    return Outcome(
        scenario, seed, "mine", Ledger(), measured, (), (), {}, digest=digest, seconds=0.5, measures={"missed": 2.0}
    )


def begun(history: History, subject: str = "mine", at: int = 1_000_000) -> int:
    return history.begin(began_at=at, subject=subject, transport=Transport.HTTP, version="1")


def test_a_scenario_s_runs_come_back_as_they_were_kept_the_oldest_first(tmp_path: Path, scenario: Scenario) -> None:
    with history_in(tmp_path / "deep" / "er.sqlite") as history:
        first = begun(history)
        history.keep(first, outcome(scenario, 0))
        history.keep(first, outcome(scenario, 1, passed=False, digest="d1"))
        history.end(first, [])
        second = begun(history, at=1_000_060)
        history.keep(second, outcome(scenario, 0))
    with history_in(tmp_path / "deep" / "er.sqlite") as history:
        older, newer = history.of(scenario.name)
        assert history.all() == {scenario.name: [older, newer]}
        assert history.of("absent") == []
    assert (older.began_at, newer.began_at) == (1_000_000, 1_000_060)
    assert older.digests == {0: "d0", 1: "d1"}
    assert older.passed_seeds == {0}
    assert (older.missed, older.seconds) == (4.0, 1.0)
    assert (older.passed, newer.passed) == (False, True)
    assert (older.ended, newer.ended) == (True, False)
    assert len(older.problems) == len(scenario.expect)


def test_failed_is_what_the_same_subject_failed_when_it_last_met_it(tmp_path: Path, scenario: Scenario) -> None:
    other = scenario.model_copy(update={"name": "other"})
    with history_in(tmp_path / "h.sqlite") as history:
        run = begun(history)
        for each in (scenario, other):
            history.keep(run, outcome(each, 0, passed=False))
            history.keep(run, outcome(each, 1, passed=False))
        history.keep(run, outcome(scenario, 2))
        run = begun(history)
        history.keep(run, outcome(scenario, 0))
        run = begun(history, subject="somebody else")
        history.keep(run, outcome(scenario, 1))
        history.keep(run, outcome(scenario, 2, passed=False))
        assert history.failed("mine") == {(scenario.name, 1), ("other", 0), ("other", 1)}
        assert history.failed("somebody else") == {(scenario.name, 2)}
        assert history.failed("nobody") == set()


def test_what_all_seeds_broke_together_is_failed_in_each_of_them(tmp_path: Path, scenario: Scenario) -> None:
    both = (outcome(scenario, 0), outcome(scenario, 1))
    broken = OverSeeds(scenario.expect[0].model_copy(update={"sometimes": True}), 0.0, holds=False)
    with history_in(tmp_path / "h.sqlite") as history:
        run = begun(history)
        for each in both:
            history.keep(run, each)
        assert history.failed("mine") == set()
        history.end(run, [Verdict(both, (broken,))])
        (past,) = history.of(scenario.name)
        assert not past.passed
        assert past.over_seeds == (broken.problem(),)
        assert history.failed("mine") == {(scenario.name, 0), (scenario.name, 1)}


WRITES = """
import sys
from pathlib import Path
from fakemarket.world.ledger import Ledger
from redclock.checks.measures import MEASURES
from redclock.cli.remembering import Keeper
from redclock.history import history_in
from redclock.run import Outcome, Transport
from redclock.scenario.library import find
from redclock.scenario.read import read

(scenario,) = read(find(["c3-wallet-empty"]), measures=MEASURES)
with history_in(Path(sys.argv[1])) as history:
    run = history.begin(began_at=0, subject="mine", transport=Transport.HTTP, version="1")
    for seed in range(int(sys.argv[2])):
        history.keep(run, Outcome(scenario, seed, "mine", Ledger(), (), (), (), {}, digest=str(seed)))
        if seed == 99:
            print("a hundred", flush=True)
"""


def writer(file: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITES, str(file), str(count)], stdout=subprocess.PIPE, text=True)


def test_two_runs_at_once_both_keep_everything_and_a_killed_one_keeps_what_it_had(
    tmp_path: Path, scenario: Scenario
) -> None:
    file = tmp_path / "h.sqlite"
    with writer(file, 300) as one, writer(file, 300) as two, writer(file, 1_000_000) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "a hundred\n"
        os.kill(killed.pid, signal.SIGKILL)
        assert (one.wait(60), two.wait(60)) == (0, 0)
    with history_in(file) as history:
        kept = sorted(len(past.digests) for past in history.of(scenario.name))
        assert kept.count(300) >= 2
        assert len(kept) == 3
        assert min(kept) >= 100
        begun(history)


def test_what_is_no_history_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE sales (cents INTEGER)")
    before = other.read_bytes()
    newer = tmp_path / "newer.sqlite"
    with history_in(newer):
        pass
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(NoHistory, match="written by something else"), history_in(other):
        pass
    with pytest.raises(NoHistory, match="written by a newer redclock"), history_in(newer):
        pass
    with pytest.raises(NoHistory, match="there is no history in"), history_in(tmp_path / "absent", make=False):
        pass
    assert other.read_bytes() == before


def test_a_full_disk_ends_the_remembering_and_not_the_run(
    tmp_path: Path, scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    with history_in(tmp_path / "h.sqlite") as history:
        keeper = Keeper(history, "mine", Transport.HTTP)
        keeper.keep(outcome(scenario, 0))
        history._connection.execute("PRAGMA max_page_count = 1")  # as many as there are: SQLite says it is full
        for seed in range(1, 200):
            keeper.keep(outcome(scenario, seed))
        keeper.end([])
        assert 0 < len(history.of(scenario.name)[0].digests) < 200
    said = capsys.readouterr().err
    assert said == "the rest of this run is not kept in the history: database or disk is full\n"


def past(**otherwise: object) -> Past:
    usual = Past(
        run=1,
        began_at=1_000_000,
        subject="mine",
        transport="http",
        version="1",
        ended=True,
        scenario="a-day",
        definition="f0",
        digests={0: "d0", 1: "d1"},
        passed_seeds=frozenset({0, 1}),
        missed=0.0,
        least_lead_seconds=7200,
        seconds=1.0,
        problems=(),
        over_seeds=(),
    )
    return replace(usual, **otherwise)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (past(), []),
        (past(subject="yours"), ["subject yours"]),
        (past(version="2"), ["redclock 2"]),
        (past(definition="f1"), ["the scenario"]),
        (past(ended=False), ["broken off"]),
        (past(digests={0: "d0", 1: "other", 2: "new"}), ["what happens in seed 1"]),
        (
            past(digests={0: "x", 1: "y"}, passed_seeds=frozenset()),
            ["what happens in 2 seeds, first 0", "fails 2 seeds, first 0"],
        ),
    ],
)
def test_each_line_says_what_is_otherwise_than_the_time_before(now: Past, said: list[str]) -> None:
    assert list(changes(now, past())) == said
    assert list(changes(now, None)) == [it for it in said if it == "broken off"]


def test_the_tables_show_the_last_runs_and_since_when_it_is_so() -> None:
    failed = past(passed_seeds=frozenset({0}), problems=("missed is 1, expected at most 0",))
    console = Console(file=StringIO(), width=140)
    render_all({"a-day": [past(), failed, replace(failed, began_at=1_086_400)], "b-day": [past()]}, console)
    render_one([past(), failed], console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "FAIL  a-day     .FF   since 1970-01-1" in said
    assert "pass  b-day     .     1970-01-1" in said
    newest, oldest = (line for line in said.splitlines() if line.startswith("1970"))
    assert "FAIL  1/2" in newest
    assert newest.rstrip().endswith("fails seed 1")
    assert "pass  2/2    0       2.0 h" in oldest
    assert "- missed is 1, expected at most 0" in said

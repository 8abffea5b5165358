"""The command line as its users meet it: real processes, their output, their exit codes."""

import json
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from redclock.cli.words import numbers, share

SUBJECTS = """
class Raises:
    def __init__(self, ports):
        pass

    def wake(self, now):
        raise RuntimeError("out of paper")


class NeverSleeps:
    def __init__(self, ports):
        import redclock.drive

        redclock.drive.WAKES_LIMIT = 100

    def wake(self, now):
        return now + 1


class Hangs:
    def __init__(self, ports):
        import redclock.guard

        redclock.guard.HANG_SECONDS = 0.3

    def wake(self, now):
        while True:
            pass


class CallsOut(Raises):
    def wake(self, now):
        from urllib.request import urlopen

        urlopen("http://example.org/")
"""


def redclock(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "redclock", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_exit_0_when_all_hold_and_a_line_a_scenario() -> None:
    ended = redclock("run", "a1-pending-payment-is-not-work", "--seeds", "0..1")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "pass  a1-pending-payment-is-not-work  2/2 seeds" in ended.stdout
    assert "2 passed, 0 failed" in ended.stdout


def test_exit_1_with_the_story_of_the_first_failing_order_and_a_replay_line() -> None:
    broken = "redclock.subject.broken:sends_whatever_it_sees"
    ended = redclock("run", "a1-pending-payment-is-not-work", "--seeds", "1", "--subject", broken)
    assert ended.returncode == 1
    assert "sent to the supplier" in ended.stdout
    replay = f"redclock run a1-pending-payment-is-not-work --seeds 1 --subject {broken}"
    assert replay in ended.stdout
    assert redclock(*replay.split()[1:]).stdout.split("again")[0].split(" s\n", 1)[1] in ended.stdout


def test_exit_2_for_a_bad_file_and_nothing_is_run(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'title = "x"\nstart = 2026-03-02\ndays = 0\nlenght = 3\n[[expect]]\nmeasure = "missd"\nat_most = 1.0\n'
    )
    ended = redclock("run", "b1-silent-expiry", str(path))
    assert ended.returncode == 2
    assert not ended.stdout
    for said in ("days: is 0", "lenght", "did you mean missed?", "proves: is missing"):
        assert said in ended.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "b1-silent-expirry"), "did you mean b1-silent-expiry?"),
        (("run", "b1-silent-expiry", "--subject", "absent:thing"), "can't be imported"),
        (("run", "--seeds", "9..1"), "write it like 0..9"),
        (("plan", "--target", "2000%"), "not between 0 and 100"),
        (("plan", "--orders", "absent.csv"), "absent.csv"),
        (("serve", "--start", "yesterday"), "is not a date and time"),
        (("serve", "--port", "0", "--start", "1969-12-31"), "from 1970 to the beginning of 2100"),
        (("dance",), "invalid choice"),
    ],
)
def test_exit_2_for_bad_usage_with_what_was_allowed(words: tuple[str, ...], said: str) -> None:
    ended = redclock(*words)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_exit_3_for_a_fault_of_our_own(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from redclock import cli

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("redclock.suite.run", broken)
    assert cli.main(["run", "a1-pending-payment-is-not-work"]) == 3
    assert "fault of redclock itself" in capsys.readouterr().err


def test_exit_4_when_a_limit_is_reached(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SUBJECTS)
    ended = redclock("run", "b1-silent-expiry", "--seeds", "0", "--subject", "mine:NeverSleeps", cwd=tmp_path)
    assert ended.returncode == 4
    assert "woken 100 times" in ended.stdout


@pytest.mark.parametrize(
    ("subject", "code", "said"),
    [
        ("Hangs", 4, "has not come back for 0.3 s"),
        ("CallsOut", 1, "called the real net"),
        ("Raises", 1, "out of paper"),
    ],
)
def test_a_subject_that_misbehaves_ends_its_trials_and_the_suite_goes_on(
    tmp_path: Path, subject: str, code: int, said: str
) -> None:
    (tmp_path / "mine.py").write_text(SUBJECTS)
    names = ("a1-pending-payment-is-not-work", "e1-missing-import")
    ended = redclock("run", *names, "--seeds", "0..1", "-j", "2", "--subject", f"mine:{subject}", cwd=tmp_path)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert ended.stdout.count("FAIL") == len(names)
    assert f"mine:{subject}" in ended.stdout
    assert said in ended.stdout
    assert "0 passed, 4 failed" in ended.stdout


def test_the_schema_is_printed_for_editors() -> None:
    ended = redclock("schema")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["properties"]["faults"]


def test_determinism_is_verified_with_exit_0_and_1(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "class Hashes:\n    def __init__(self, ports):\n        self.ports = ports\n\n    def wake(self, now):\n"
        "        from redclock.subject.ports import Alert, AlertKind\n"
        "        self.ports.alerts.send(Alert(AlertKind.API_DOWN, str(hash('a word'))))\n"
        "        return now + 86400\n"
    )
    same = redclock("verify-determinism", "a1-pending-payment-is-not-work", "--seed", "1")
    assert (same.returncode, "events, the same in two processes" in same.stdout) == (0, True), same.stderr
    other = redclock("verify-determinism", "a1-pending-payment-is-not-work", "--subject", "mine:Hashes", cwd=tmp_path)
    assert other.returncode == 1
    assert '"api_down"' in other.stdout
    assert redclock("verify-determinism", "nothing").returncode == 2


def test_a_subject_of_ones_own_is_found_in_the_current_folder_and_blamed_by_name(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SUBJECTS)
    ended = redclock("run", "b1-silent-expiry", "--seeds", "0", "--subject", "mine:Raises", cwd=tmp_path)
    assert ended.returncode == 1
    assert "mine:Raises raised RuntimeError" in ended.stdout
    assert "out of paper" in ended.stdout


def test_a_plan_as_json_repeats_itself() -> None:
    words = ("plan", "--preparation-days", "5..6", "--runs", "2", "--json")
    first, second = redclock(*words), redclock(*words)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(second.stdout)


def test_version_and_help_are_there() -> None:
    assert redclock("--version").stdout.strip()
    assert "exit codes" in redclock("--help").stdout


def test_numbers_and_shares_are_read_as_written() -> None:
    assert numbers("3..5") == range(3, 6)
    assert numbers("4") == range(4, 5)
    for text in ("3..", "..3", "3..x", ""):
        with pytest.raises(ArgumentTypeError, match=r"not a number or a range like 0\.\.9"):
            numbers(text)
    assert share("2%") == share("0.02") == 0.02


def test_subjects_are_shown_side_by_side_with_intervals() -> None:
    ended = redclock("compare", "e1-missing-import", "idle", "reference", "--seeds", "0..1")
    assert ended.returncode == 0, ended.stderr
    head, columns, idle, ours, said, more = ended.stdout.splitlines()
    assert head == "e1-missing-import: means of 2 seeds and their 95% intervals"
    assert columns.split() == ["accepted", "missed", "missed_share"]
    assert idle.startswith("idle ")
    assert ours.split()[0] == "reference"
    assert idle.split()[1:5] == ours.split()[1:5], "the same orders"
    assert float(idle.split()[5]) > float(ours.split()[5]) == 0.0
    assert said == "beside idle, seed by seed, + is more and - is less:"
    assert more.split()[:5] == ["reference", "+0.0", "(+0.0", "to", "+0.0)"]
    assert float(more.split()[5]) == -float(idle.split()[5])


def test_settings_are_shown_side_by_side_too() -> None:
    words = ("compare", "e1-missing-import", "idle", "--seeds", "0..1")
    more_orders = "market.demand.orders_per_day = 1.0, days = 2"
    ended = redclock(*words, "--with", more_orders)
    assert ended.returncode == 0, ended.stderr
    _, _, as_it_is, other, _, difference = ended.stdout.splitlines()
    assert other.startswith(f"idle, {more_orders} ")
    assert float(other.removeprefix(f"idle, {more_orders}").split()[0]) < float(as_it_is.split()[1])
    assert difference.removeprefix(f"idle, {more_orders}").split()[0].startswith("-")
    for change, said in (
        ("days", "is not of the form KEY=VALUE"),
        ("market.demand.orders = 1", "did you mean orders_per"),
    ):
        ended = redclock(*words, "--with", change)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert said in ended.stderr


def test_one_seed_makes_no_interval() -> None:
    ended = redclock("compare", "e1-missing-import", "--seeds", "0")
    assert ended.returncode == 2
    assert "two seeds or more" in ended.stderr

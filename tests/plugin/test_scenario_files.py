"""Scenario files as pytest items, in a folder that knows nothing of ours: real pytest, in processes of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

TINY = """
title = "A quiet day"
proves = "Nothing is missed."
tags = ["P1", "long-week"]
start = 2026-03-02
days = 1
drain_days = 0
seeds = 2

[market.demand]
orders_per_day = 1.0

[[expect]]
measure = "missed"
at_most = 0
"""
HOPELESS = TINY.replace("at_most = 0", "at_least = 3")
SUBJECTS = """
class NeverSleeps:
    def __init__(self, ports):
        import redclock.drive

        redclock.drive.WAKES_LIMIT = 100

    def wake(self, now):
        return now + 1
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / "scenarios" / f"{name.replace('_', '-')}.toml").write_text(text)


@pytest.fixture
def here(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    (pytester.path / "scenarios").mkdir()
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the plugins of this environment take their time
    monkeypatch.setenv("COLUMNS", "200")
    return pytester


def run(here: pytest.Pytester, *words: str) -> pytest.RunResult:
    return here.runpytest_subprocess("--strict-markers", "-p", "redclock", "-p", "xdist", *words)


def names(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_there_is_an_item_for_each_scenario_and_seed_and_tags_choose_among_them(here: pytest.Pytester) -> None:
    write(here.path, quiet=TINY, other=TINY.replace('"P1"', '"P2"'))
    here.makepyfile(test_plain="def test_plain(): pass")
    everything = names(run(here, "--collect-only", "-q"))
    assert everything == [
        "scenarios/other.toml::other[seed-0]",
        "scenarios/other.toml::other[seed-1]",
        "scenarios/quiet.toml::quiet[seed-0]",
        "scenarios/quiet.toml::quiet[seed-1]",
        "test_plain.py::test_plain",
    ]
    assert names(run(here, "--collect-only", "-q", "-m", "P2 or long-week and P1")) == everything[:4]
    assert names(run(here, "--collect-only", "-q", "-m", "P2")) == everything[:2]
    assert names(run(here, "--collect-only", "-q", "-k", "quiet and seed-1")) == everything[3:4]
    assert names(run(here, "--collect-only", "-q", "scenarios/quiet.toml::quiet")) == everything[2:4]


def test_a_failing_expectation_is_the_message_with_its_file_and_line(here: pytest.Pytester) -> None:
    write(here.path, hopeless=HOPELESS, quiet=TINY)
    result = run(here, "--junitxml=results.xml", "--durations=1", "-v")
    result.assert_outcomes(passed=2, failed=2)
    line = HOPELESS.splitlines().index("at_least = 3") + 1
    result.stdout.fnmatch_lines(
        [
            f"scenarios/hopeless.toml:{line}: missed is 0, expected at least 3",
            "again: redclock run scenarios/hopeless.toml --seeds 0",
            "*s call     scenarios/*",
            "FAILED scenarios/hopeless.toml::hopeless?seed-0? - missed is 0, expected at least 3",
        ]
    )
    assert result.ret == 1
    cases = {case.get("name"): case for case in ET.parse(here.path / "results.xml").iter("testcase")}
    assert set(cases) == {f"{name}[seed-{seed}]" for name in ("hopeless", "quiet") for seed in (0, 1)}
    failure = cases["hopeless[seed-0]"].find("failure")
    assert failure is not None
    assert failure.get("message") == "missed is 0, expected at least 3"


def digests(here: pytest.Pytester) -> dict[str | None, str | None]:
    cases = ET.parse(here.path / "results.xml").iter("testcase")
    return {case.get("name"): case.find("*/property[@name='digest']").get("value") for case in cases}  # type: ignore[union-attr]


def test_side_by_side_and_backwards_the_same_comes_out(here: pytest.Pytester) -> None:
    write(here.path, hopeless=HOPELESS, quiet=TINY)
    run(here, "--junitxml=results.xml").assert_outcomes(passed=2, failed=2)
    one_by_one = digests(here)
    assert len(set(one_by_one.values())) == 2, "two seeds, two worlds"
    result = run(here, "--junitxml=results.xml", "-n2", "--dist=load")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["FAILED scenarios/hopeless.toml::*seed-0? - missed is 0, expected at least 3"])
    assert digests(here) == one_by_one
    run(here, "--junitxml=results.xml", "scenarios/quiet.toml", "scenarios/hopeless.toml")
    assert digests(here) == one_by_one


def test_what_failed_last_is_repeated_alone_and_the_first_failure_may_end_it(here: pytest.Pytester) -> None:
    write(here.path, hopeless=HOPELESS, quiet=TINY)
    run(here, "-x", "-p", "cacheprovider").assert_outcomes(failed=1)
    run(here, "-p", "cacheprovider", "--lf", "scenarios").assert_outcomes(failed=1)


def test_what_only_all_seeds_tell_is_an_item_of_its_own(here: pytest.Pytester) -> None:
    write(here.path, sometimes=f"{HOPELESS}sometimes = true\n")
    result = run(here, "-n2", "--dist=load")
    result.assert_outcomes(passed=2, failed=1)
    line = f"{HOPELESS}sometimes = true".splitlines().index("sometimes = true") + 1
    result.stdout.fnmatch_lines([f"scenarios/sometimes.toml:{line}: missed holds in 0% of the seeds*"])
    run(here, "--redclock-seeds=0").assert_outcomes(passed=1)
    run(here, "-k", "all-seeds").assert_outcomes(failed=1, deselected=2)


@pytest.mark.parametrize(
    ("words", "environment", "ini", "seeds"),
    [
        ((), None, "3..4", [3, 4]),
        ((), "5", "3..4", [5]),
        (("--redclock-seeds=6",), "5", "3..4", [6]),
    ],
)
def test_the_command_line_goes_before_the_environment_and_that_before_the_ini(
    here: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    environment: str | None,
    ini: str,
    seeds: list[int],
) -> None:
    write(here.path, quiet=TINY)
    here.makeini(f"[pytest]\nredclock_seeds = {ini}\n")
    if environment:
        monkeypatch.setenv("REDCLOCK_SEEDS", environment)
    collected = names(run(here, "--collect-only", "-q", *words))
    assert collected == [f"scenarios/quiet.toml::quiet[seed-{seed}]" for seed in seeds]


FOREIGN = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n[tool.proves]\nproves = 1\n[[expect]]\n',
    "data.toml": 'proves = "a theorem"\n',
    "broken.toml": "[[expect\n",
    "binary.toml": "\x00\x01",
}


def test_foreign_toml_is_left_alone_unless_it_lies_where_scenarios_are_said_to_be(here: pytest.Pytester) -> None:
    for name, text in FOREIGN.items():
        (here.path / name).write_text(text)
    here.makepyfile(test_plain="def test_plain(): pass")
    run(here).assert_outcomes(passed=1)
    write(here.path, theorem='proves = "a theorem"\n')
    here.makefile(".ini", pytest="[pytest]\nredclock_scenarios = scenarios\n")
    result = run(here)
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*theorem.toml:1: title: is missing"])
    result = run(here, "broken.toml")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*broken.toml: not TOML: *"])


def test_exit_0_when_all_hold(here: pytest.Pytester) -> None:
    write(here.path, quiet=TINY)
    assert run(here, "--redclock-seeds=0").ret == 0


def test_exit_1_when_a_check_failed(here: pytest.Pytester) -> None:
    write(here.path, hopeless=HOPELESS)
    assert run(here, "--redclock-seeds=0").ret == 1


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (TINY.replace("days = 1", "days = 0"), (), "*quiet.toml:6: days: is 0*"),
        ("[[expect]]\nproves = \n", (), "*quiet.toml: not TOML: *"),
        (TINY.replace("long-week", "long week"), (), "*quiet.toml:4: tags?1?: is 'long week'*"),
        (TINY, ("--redclock-subject=absent:thing",), "*absent:thing: the module absent can't be imported*"),
        (TINY, ("--redclock-seeds=9..1",), "*'9..1' is empty or negative; write it like 0..9"),
        (f'name = "other"\n{TINY}', (), "*the name other is used by *other.toml too*"),
    ],
)
def test_exit_2_for_what_cannot_be_run(here: pytest.Pytester, text: str, words: tuple[str, ...], said: str) -> None:
    write(here.path, quiet=text, other=TINY)
    result = run(here, *words)
    assert result.ret == 2
    result.stdout.fnmatch_lines([said])
    assert "Traceback" not in result.stdout.str()
    result.assert_outcomes(errors=1)


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_exit_3_for_a_fault_of_our_own(here: pytest.Pytester, workers: str) -> None:
    write(here.path, quiet=TINY)
    here.makeconftest(
        """
        import redclock.suite

        def broken(*_, **__):
            raise RuntimeError("a bug of ours")

        redclock.suite.run = broken
        """
    )
    result = run(here, "--redclock-seeds=0", workers)
    assert result.ret == 3
    result.stdout.fnmatch_lines(["*RuntimeError: a bug of ours", "*fault of redclock itself*"])


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_exit_4_when_a_limit_is_reached(here: pytest.Pytester, workers: str) -> None:
    write(here.path, quiet=TINY)
    here.makepyfile(mine=SUBJECTS, test_plain="def test_plain(): assert False")
    result = run(here, "--redclock-seeds=0", "--redclock-subject=mine:NeverSleeps", workers)
    assert result.ret == 4
    result.stdout.fnmatch_lines(["*woken 100 times*"])


def test_a_fault_that_never_struck_is_a_warning(here: pytest.Pytester) -> None:
    write(here.path, quiet=f'{TINY}[[faults]]\nkind = "reset"\nshare = 0.0\n')
    result = run(here, "--redclock-seeds=0")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*fault 0 (reset) of quiet never struck (seed 0)"])


def test_nothing_of_ours_is_imported_before_the_first_scenario(here: pytest.Pytester) -> None:
    (here.path / "data.toml").write_text('proves = "a theorem"\n')
    here.makepyfile(
        """
        import sys

        HEAVY = {"numpy", "simpy", "faker", "freezegun", "pydantic", "responses", "httpx", "rich", "fakemarket"}

        def test_plain():
            assert not HEAVY & set(sys.modules)
            ours = {name for name in sys.modules if name.partition(".")[0] == "redclock"}
            light = {"", ".fixtures", ".scenario_files", ".scenario_items"}
            assert ours == {"redclock", *(f"redclock.pytest_plugin{name}" for name in light)}
        """
    )
    run(here).assert_outcomes(passed=1)
    (here.path / "data.toml").unlink()
    result = here.run(sys.executable, "-X", "importtime", "-m", "pytest", "--version", "-p", "redclock")
    imported = {line.rpartition("|")[2].strip() for line in result.errlines if "|" in line}
    assert "pytest" in imported
    packages = {name.partition(".")[0] for name in imported}
    assert not packages & {"numpy", "simpy", "faker", "freezegun", "pydantic", "fakemarket"}
    light = {f"redclock.pytest_plugin{name}" for name in ("", ".fixtures", ".scenario_files")}
    assert {it for it in imported if it.startswith("redclock")} <= {"redclock", *light}

"""A suite while it runs: how much is left, in the words of whoever watches, and nothing where nobody does."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from fakemarket.world.ledger import Ledger
from redclock.checks.judge import Measured
from redclock.checks.measures import MEASURES
from redclock.report.progress import Progress, terminal
from redclock.report.summary import seconds_left
from redclock.run import Outcome
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.suite import each_seed


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    return read(find(["c3-wallet-empty", "e1-missing-import"]), measures=MEASURES)


def outcome(scenario: Scenario, seed: int, seconds: float, *, passed: bool = True) -> Outcome:
    measured = tuple(Measured(each, 0.0, holds=passed) for each in scenario.expect)
    return Outcome(
        scenario,
        seed,
        "mine",
        Ledger(),
        measured,
        (),
        (),
        {f"fault:{number}": 1 for number in range(len(scenario.faults))},
        seconds=seconds,
        measures={"orders": 1.0},
    )


def test_the_rest_takes_as_long_as_trials_of_its_kind_did(scenarios: list[Scenario]) -> None:
    short, long = scenarios
    asked = each_seed(scenarios, range(2))
    assert seconds_left(asked, [], 0.0) is None
    done = [outcome(short, 0, 1.0)]
    assert seconds_left(asked, done, 1.0) == 3.0, "of the other scenario nothing is known yet"
    done = [outcome(short, 0, 1.0), outcome(long, 0, 9.0)]
    assert seconds_left(asked, done, 10.0) == 10.0
    assert seconds_left(asked, done, 5.0) == 5.0, "two at a time"
    assert seconds_left(asked, [*done, outcome(short, 1, 1.0), outcome(long, 1, 9.0)], 20.0) == 0.0


def shown(scenarios: list[Scenario], *, quiet: bool = False, terminal: bool = False) -> str:
    first, second = scenarios
    console = Console(file=StringIO(), width=100, force_terminal=terminal)
    clock = iter([0.0, *([2.0] * 9)])
    asked = each_seed(scenarios, range(2))
    with Progress(asked, console, quiet=quiet, now=lambda: next(clock)) as progress:
        for each in (outcome(first, 0, 1.0), outcome(second, 1, 1.0, passed=False), outcome(first, 1, 1.0)):
            progress.tell(each)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_scenario_is_shown_when_its_last_seed_is_there(scenarios: list[Scenario]) -> None:
    said = shown(scenarios)
    assert said.startswith("pass  c3-wallet-empty    2/2 seeds")
    assert "e1-missing-import" not in said
    assert "left" not in said, "no live display where there is no terminal"
    assert shown(scenarios, quiet=True) == ""


def test_a_terminal_is_told_how_much_is_left(scenarios: list[Scenario]) -> None:
    said = shown(scenarios, terminal=True)
    assert "3 of 4 trials, 0:01 left" in said


def test_a_build_server_gets_plain_lines_and_no_color_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal({}).is_terminal
    assert not terminal({"CI": "true"}).is_terminal
    monkeypatch.setenv("NO_COLOR", "1")
    console = terminal({})
    with console.capture() as said:
        console.print("[red]FAIL[/]")
    assert "\x1b[31m" not in said.get()

"""A repository with fifty scenario files of its own and two hundred ordinary tests, run as its owners would run it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCENARIO = """
title = "Day {number}"
proves = "Nobody misses anything on a day on which nearly nothing is ordered."
tags = ["P{priority}"]
start = 2026-03-02
days = 1
drain_days = 0
seeds = 1

[market.demand]
orders_per_day = 1.0

[[subjects]]
subject = "shop.logic:Sleeper"

[[expect]]
measure = "missed"
at_most = 0
"""
TESTS = """
import pytest

from shop.logic import Sleeper


@pytest.mark.parametrize("number", range(20))
def test_plain(number):
    assert Sleeper(None).wake(number) > number
"""
LOGIC = """
class Sleeper:
    def __init__(self, ports):
        pass

    def wake(self, now):
        return now + 86_400
"""
INI = """
[pytest]
pythonpath = .
addopts = --strict-markers --strict-config -W error
"""


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    files = {"pytest.ini": INI, "shop/__init__.py": "", "shop/logic.py": LOGIC}
    files |= {f"tests/part_{n}/test_part_{n}.py": TESTS for n in range(10)}
    files |= {f"qa/scenarios/day-{n}.toml": SCENARIO.format(number=n, priority=n % 3) for n in range(50)}
    files |= {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n', "qa/notes.toml": 'proves = "nothing"\n'}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


# With pytest-randomly the first runs in an order of its own; without, both in the usual one.
@pytest.mark.parametrize("words", [("--import-mode=prepend",), ("--import-mode=importlib", "-p", "no:randomly")])
def test_fifty_scenarios_and_two_hundred_tests_side_by_side(consumer: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pytest", "-n2", *words]
    ended = subprocess.run(command, cwd=consumer, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " 250 passed" in ended.stdout

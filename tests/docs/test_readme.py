"""What README, running.md and fitting.md show is run: Python, TOML as a scenario, commands as far as their words go."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.doors.test_serve import served_json

from redclock.checks.measures import MEASURES
from redclock.cli import _parser
from redclock.scenario.read import read

ROOT = Path(__file__).parents[2]
README, RUNNING, FITTING = ROOT / "README.md", ROOT / "docs" / "running.md", ROOT / "docs" / "fitting.md"


def blocks(language: str, page: Path = README) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found


def commands() -> list[str]:
    lines = "".join([*blocks("console"), *blocks("console", RUNNING), *blocks("console", FITTING)]).splitlines()
    return [line.removeprefix("$ ").partition("#")[0].strip() for line in lines if line.startswith("$ redclock ")]


def test_the_python_runs(pytester: pytest.Pytester) -> None:
    fixture, plain = blocks("python")
    pytester.makepyfile(test_fixture=fixture, test_plain=f"def test_it():\n{_indented(plain)}")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_the_scenario_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "from-the-readme.toml"
    path.write_text(blocks("toml")[0])
    assert read([path], measures=MEASURES)[0].days == 9


@pytest.mark.parametrize("command", commands())
def test_a_command_is_understood(command: str) -> None:
    assert callable(_parser().parse_args(shlex.split(command)[1:]).command)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_a_call_by_curl_is_answered_well() -> None:
    lines = [
        it.removeprefix("$ ") for block in blocks("console") for it in block.splitlines() if it.startswith("$ curl ")
    ]
    assert len(lines) == 2
    with served_json("--history-days", "0") as (_, ready):
        for line in lines:
            subprocess.run(line.replace("curl", "curl -fsS"), shell=True, check=True, env={"CONTROL": ready["control"]})


def _indented(code: str) -> str:
    return "".join(f"    {line}" for line in code.splitlines(keepends=True))

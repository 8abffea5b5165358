"""What is there before any command: help at once, with examples that work, and words that a shell completes."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from redclock.cli import _COMMANDS, _parser

SLOW = {"asyncio", "dataclasses", "importlib.metadata", "inspect", "pathlib", "sqlite3", "subprocess", "typing"}


def test_help_imports_nothing_that_takes_its_time() -> None:
    look = "import sys; from redclock.cli import main\ntry: main(['-h'])\nfinally: print(*sys.modules, file=sys.stderr)"
    # -S: whatever this environment's own start-up files import is none of our doing.
    command = [sys.executable, "-S", "-c", look]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    imported = set(ended.stderr.split())
    assert "argparse" in imported
    assert not imported & SLOW
    assert {name for name in imported if name.startswith("redclock")} == {
        "redclock",
        "redclock.cli",
        "redclock.cli.command",
    }
    assert not [name for name in imported if name.startswith("fakemarket")]


@pytest.mark.parametrize("example", [example for *_, examples in _COMMANDS for example in examples])
def test_an_example_of_the_help_is_understood(example: str) -> None:
    assert callable(_parser().parse_args(shlex.split(example.partition(">")[0])).command)


@pytest.mark.parametrize("name", [name for name, *_ in _COMMANDS])
def test_each_command_s_help_teaches_by_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _parser().parse_args([name, "--help"])
    assert ended.value.code == 0
    assert f"for example:\n  redclock {name}" in capsys.readouterr().out


@pytest.fixture(scope="module")
def bash_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("shtab")
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    file = tmp_path_factory.mktemp("completion") / "redclock.bash"
    with file.open("w") as script:
        subprocess.run([sys.executable, "-m", "redclock", "completion", "bash"], stdout=script, check=True)
    return file


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("redclock ver", ["verify-determinism"]),
        ("redclock run b1-", ["b1-silent-expiry"]),
        ("redclock run --rer", ["--rerun-failed"]),
        ("redclock explain h1-", ["h1-eleven-eleven"]),
        ("redclock check red", ["redclock.bash"]),
    ],
)
def test_bash_completes_commands_options_scenarios_and_files(bash_script: Path, typed: str, offered: list[str]) -> None:
    ask = (
        f'source {bash_script}; COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _shtab_redclock "" "" ""'
    )
    command = ["bash", "-c", f'{ask}; printf "%s\\n" "${{COMPREPLY[@]}}"']
    ended = subprocess.run(command, cwd=bash_script.parent, capture_output=True, text=True, check=False)
    assert ended.stdout.split() == offered, ended.stderr


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_zsh_can_read_its_script(tmp_path: Path) -> None:
    pytest.importorskip("shtab")
    made = subprocess.run([sys.executable, "-m", "redclock", "completion", "zsh"], capture_output=True, check=True)
    (tmp_path / "_redclock").write_bytes(made.stdout)
    subprocess.run(["zsh", "-n", tmp_path / "_redclock"], check=True)


def test_a_plan_of_the_usual_market_imports_nothing_that_it_does_not_need() -> None:
    look = (
        "import sys; from redclock.cli import main; main(['plan', '--runs', '2', '--json']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    imported = set(ended.stderr.split())
    assert "redclock.planner.engine.engine" in imported
    assert not imported & {"redclock.scenario.read", "pydantic", "numba", "jinja2", "fakemarket.market"}

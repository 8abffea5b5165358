"""What is there before any command: help at once, with examples that work, and words that a shell completes."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.missing import missing

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
    if shutil.which("bash") is None:
        missing("there is no bash")
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


ZSH = """
zmodload zsh/zpty
zpty shell 'TERM=dumb zsh -f -i'
zpty -w shell "fpath=($PWD \\$fpath); autoload -U compinit; compinit -u -D"
zpty -w shell 'tell() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N tell; bindkey "^G" tell; print "<"ready">"'
zpty -r shell seen '*<ready>*'
zpty -w -n shell "$1"$'\\t\\a'
zpty -r shell seen '*<*>*'
print -r -- $seen
"""
"""A shell with a terminal of its own: what is typed, a tab, and a key that tells what the line has become."""


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("redclock ver", "redclock verify-determinism "),
        ("redclock run b1-", "redclock run b1-silent-expiry "),
        ("redclock run --rer", "redclock run --rerun-failed "),
        ("redclock run --subject ", "redclock run --subject "),
        ("redclock serve --start ", "redclock serve --start "),
        ("redclock check _red", "redclock check _redclock "),
    ],
)
def test_zsh_completes_commands_options_scenarios_and_files(tmp_path: Path, typed: str, completed: str) -> None:
    if shutil.which("zsh") is None:
        missing("there is no zsh; install Debian's package `zsh`")
    made = subprocess.run([sys.executable, "-m", "redclock", "completion", "zsh"], capture_output=True, check=True)
    (tmp_path / "_redclock").write_bytes(made.stdout)
    command = ["zsh", "-f", "-c", ZSH, "zsh", typed]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert f"<{completed}>" in ended.stdout
    assert "not found" not in ended.stdout


def test_a_plan_of_the_usual_market_imports_nothing_that_it_does_not_need() -> None:
    look = (
        "import sys; from redclock.cli import main; main(['plan', '--runs', '2', '--json']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    imported = set(ended.stderr.split())
    assert "redclock.planner.engine.engine" in imported
    assert not imported & {"redclock.scenario.read", "pydantic", "numba", "jinja2", "fakemarket.market"}

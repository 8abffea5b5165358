"""What makes a shell complete our words: `completion`. A script made once, so that no key waits for Python.

Made by shtab from the parsers themselves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from redclock.cli.command import Command
from redclock.cli.exits import Exit

_SHELLS = ("bash", "zsh")
_FUNCTION = "_redclock_scenarios"


def completion_words(parser: argparse.ArgumentParser) -> None:
    """Of `completion`."""
    parser.add_argument("shell", choices=_SHELLS)
    parser.set_defaults(command=_completion)


def _completion(arguments: argparse.Namespace) -> int:
    try:
        import shtab
    except ModuleNotFoundError as missing:
        print(f"completion needs {missing.name}; install it with: pip install 'redclock[completion]'", file=sys.stderr)
        return Exit.USAGE
    from redclock.cli import _parser
    from redclock.scenario.library import bundled

    parser = _parser()
    names = " ".join(bundled())
    for action in _actions(parser):
        if arguments.shell == "zsh" and isinstance(action.metavar, str):
            action.metavar = action.metavar.replace(":", r"\:")  # what follows a bare one, zsh would run
        if action.dest in ("scenario", "scenarios", "source"):
            action.complete = dict.fromkeys(_SHELLS, _FUNCTION)  # type: ignore[attr-defined]
        elif action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    preamble = {
        "bash": f'{_FUNCTION}() {{ compgen -W "{names}" -- "$1"; compgen -f -- "$1"; }}',
        "zsh": f"{_FUNCTION}() {{ _alternative 'names:scenario:({names})' 'files:file:_files' }}",
    }
    print(shtab.complete(parser, arguments.shell, preamble=preamble[arguments.shell]))
    return Exit.HOLDS


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Of every command, with all its words."""
    for action in parser._actions:  # noqa: SLF001  (argparse has no other list of them, and shtab reads this one too)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for command in action.choices.values():
                if isinstance(command, Command):
                    command.fill()
                    yield from _actions(command)
        else:
            yield action

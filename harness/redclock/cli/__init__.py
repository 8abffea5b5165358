"""The command line: parses words, calls the library, turns outcomes into exit codes.

Heavy imports wait for the command that needs them.

Exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 a fault of redclock itself, 4 a limit was reached.
"""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from redclock.cli.comparing import compare_words
from redclock.cli.exits import Exit
from redclock.cli.inquiry import explain_words, hunt_words, replay_words
from redclock.cli.killing import kills_words
from redclock.cli.library import schema_words
from redclock.cli.planning import plan_words
from redclock.cli.remembering import history_words
from redclock.cli.running import run_words, verify_words
from redclock.cli.serving import demo_words, serve_words
from redclock.cli.words import Intermixed

_GC_THRESHOLD = 100_000
"""A market makes many objects and drops few while it lives: the collector's usual 700 costs a third of the time."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code."""
    arguments = _parser().parse_args(words)
    gc.set_threshold(_GC_THRESHOLD)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return Exit.INTERRUPTED
    except Exception:  # noqa: BLE001  (the one place where a fault of our own becomes an exit code)
        traceback.print_exc()
        print(
            "redclock: this is a fault of redclock itself; please report it with the lines above",
            file=sys.stderr,
        )
        return Exit.FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="redclock",
        description="A marketplace in a box whose clock you hold.",
        epilog="exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 our own fault, 4 a limit reached",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Intermixed)
    run_words(commands.add_parser("run", help="run scenarios against the logic that looks after orders"))
    history_words(commands.add_parser("history", help="how scenarios fared over time, and what changed"))
    compare_words(commands.add_parser("compare", help="subjects side by side in the same worlds, with intervals"))
    kills_words(commands.add_parser("kills", help="which scenarios notice which broken subjects"))
    hunt_words(commands.add_parser("hunt", help="look for the scenario nobody thought of"))
    replay_words(commands.add_parser("replay", help="one run again, bit for bit"))
    explain_words(commands.add_parser("explain", help="one order's story, where its time went, and why it was missed"))
    plan_words(commands.add_parser("plan", help="the miss rate for each preparation time"))
    serve_words(commands.add_parser("serve", help="a market over HTTP, for programs in any language"))
    verify_words(commands.add_parser("verify-determinism", help="one run in two processes: every event alike?"))
    schema_words(commands.add_parser("schema", help="the JSON Schema of scenario files, for editors"))
    demo_words(commands.add_parser("demo", help="watch a fortnight of orders, then every bundled scenario"))
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(version("redclock"))
        parser.exit()

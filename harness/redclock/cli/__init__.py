"""The command line: parses words, calls the library, turns outcomes into exit codes.

Imports wait for the command that needs them, so that help is there at once.

Exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 a fault of redclock itself, 4 a limit was reached.
"""

from __future__ import annotations

import argparse
import gc
import sys

from redclock.cli.command import Command

TYPE_CHECKING = False  # `typing` takes longer to import than the rest of the help
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_GC_THRESHOLD = 100_000
"""A market makes many objects and drops few while it lives: the collector's usual 700 costs a third of the time."""

# Name, help, where its words are, examples. What one does every day comes first.
_COMMANDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "run",
        "run scenarios against the logic that looks after orders",
        "running:run_words",
        (
            "run",
            "run b1-silent-expiry --seeds 0..9",
            "run my-scenarios/ --subject shop.logic:Caretaker --tag P1",
            "run my-scenarios/ --watch",
            "run --rerun-failed --quiet",
            "run my-scenarios/ --junit results.xml --json results.json --csv orders.csv",
        ),
    ),
    ("list", "the scenarios there are, with priority and tags", "library:list_words", ("list", "list --tag P1,P2")),
    (
        "show",
        "one scenario: what it proves, who acts, what is expected, its file",
        "library:show_words",
        ("show b1-silent-expiry",),
    ),
    (
        "check",
        "whether scenario files can be run; nothing is run",
        "library:check_words",
        ("check my-scenarios/", "check my-scenarios/ --subject shop.logic:Caretaker"),
    ),
    (
        "new",
        "begin a scenario, from a question or from a run that fails",
        "library:new_words",
        (
            'new friday.toml --question "Does anybody notice when the token dies on a Friday?"',
            "new quiet.toml --fault down --expect missed",
            "new kept.toml --from h1-eleven-eleven --seed 3 --subject shop.logic:Caretaker",
        ),
    ),
    (
        "history",
        "how scenarios fared over time, and what changed",
        "remembering:history_words",
        ("history", "history b1-silent-expiry"),
    ),
    (
        "compare",
        "subjects, or settings, side by side in the same worlds, with intervals",
        "comparing:compare_words",
        (
            "compare h1-eleven-eleven",
            "compare h1-eleven-eleven reference shop.logic:Caretaker --seeds 0..49",
            'compare c6-slow-warehouse --with "market.warehouse.packers = 3"',
        ),
    ),
    (
        "kills",
        "which scenarios notice which broken subjects",
        "killing:kills_words",
        ("kills", "kills my-scenarios/ --subject shop.logic:Caretaker --broken shop.broken:ForgetsParts"),
    ),
    (
        "hunt",
        "look for the scenario nobody thought of",
        "inquiry:hunt_words",
        ("hunt --subject shop.logic:Caretaker --minutes 10",),
    ),
    (
        "replay",
        "one run again, bit for bit",
        "inquiry:replay_words",
        ("replay h1-eleven-eleven --seed 3",),
    ),
    (
        "explain",
        "one order's story, where its time went, and why it was missed",
        "inquiry:explain_words",
        ("explain h1-eleven-eleven --seed 3 --subject idle",),
    ),
    (
        "plan",
        "the miss rate for each preparation time",
        "planning:plan_words",
        (
            "plan --preparation-days 3..8 --target 2%",
            "plan --half-width 0.2% --html plan.html",
            "plan --runs 10000 --store plan.sqlite",
            "plan --orders history.csv --country ES",
        ),
    ),
    (
        "fit",
        "a market learnt from your own orders, to plan for",
        "fitting:fit_words",
        (
            "fit orders.csv --out profile.toml",
            "fit orders.xlsx --country FR --zone Europe/Paris --column handover=SHIPPED",
            "plan --profile profile.toml",
        ),
    ),
    (
        "serve",
        "a market over HTTP, for programs in any language",
        "serving:serve_words",
        ("serve", "serve --port 0 --ready-json", "serve --state market/"),
    ),
    (
        "verify-determinism",
        "one run in two processes: every event alike?",
        "running:verify_words",
        ("verify-determinism b1-silent-expiry --subject shop.logic:Caretaker",),
    ),
    (
        "schema",
        "the JSON Schema of scenario files, for editors",
        "library:schema_words",
        ("schema > scenario.schema.json",),
    ),
    (
        "completion",
        "what makes your shell complete these words",
        "completing:completion_words",
        ("completion bash > ~/.local/share/bash-completion/completions/redclock", "completion zsh > _redclock"),
    ),
    (
        "demo",
        "watch a fortnight of orders, then every bundled scenario",
        "serving:demo_words",
        ("demo",),
    ),
)
_FIRST_STEPS = """\
first steps:
  redclock demo                                   what this is, in half a minute
  redclock list                                   scenarios to learn from
  redclock run b1-silent-expiry                   one of them, with our logic
  redclock run my-scenarios/ --subject shop.logic:Caretaker
                                                  yours, with your own
  redclock COMMAND --help                         more examples

exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 our own fault, 4 a limit reached"""


def main(words: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code."""
    words = sys.argv[1:] if words is None else list(words)
    arguments = _parser(words).parse_args(words)
    arguments.words = words
    gc.set_threshold(_GC_THRESHOLD)
    command: Callable[[argparse.Namespace], int] = arguments.command
    from redclock.cli.exits import Exit

    try:
        return command(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return Exit.INTERRUPTED
    except OSError as refused:
        import errno

        if refused.errno not in (errno.EPIPE, errno.ENOSPC):
            return _fault()
        _write_nowhere()
        if refused.errno == errno.EPIPE:
            return Exit.UNREAD  # whoever read this has enough of it, as `head` does
        print(f"redclock: {refused.strerror}: what there was to say could not be written", file=sys.stderr)
        return Exit.FAULT
    except Exception:  # noqa: BLE001  (the one place where a fault of our own becomes an exit code)
        return _fault()


def _fault() -> int:
    """Says what went wrong with us."""
    import traceback

    from redclock.cli.exits import Exit

    traceback.print_exc()
    print("redclock: this is a fault of redclock itself; please report it with the lines above", file=sys.stderr)
    return Exit.FAULT


def _write_nowhere() -> None:
    """What is left to be written can't be: Python need not try when it ends."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """What takes all commands; if `words` begin with one, that one only, for each costs a third of a millisecond."""
    meant = [row for row in _COMMANDS if row[0] in words[:1]] or _COMMANDS
    parser = argparse.ArgumentParser(
        prog="redclock",
        description="A marketplace in a box whose clock you hold.",
        epilog=_FIRST_STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Command)
    for name, says, where, examples in meant:
        commands.add_parser(name, help=says, where=where, examples=examples)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(version("redclock"))
        parser.exit()

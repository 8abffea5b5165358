"""What is remembered of earlier runs: `history`, and how `run` adds to it."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from redclock.cli.exits import Exit

if TYPE_CHECKING:
    from redclock.history import History
    from redclock.run import Outcome, Transport
    from redclock.suite import Verdict


def store_words(parser: argparse.ArgumentParser) -> None:
    """`--store FILE` and `--no-store`."""
    store = parser.add_argument_group("history").add_mutually_exclusive_group()
    store.add_argument("--store", type=Path, metavar="FILE", help="keep results here, not in the user's state folder")
    store.add_argument("--no-store", action="store_true", help="keep no results")


def history_words(parser: argparse.ArgumentParser) -> None:
    """Of `history`."""
    parser.add_argument("scenario", nargs="?", metavar="NAME|PATH", help="how this one fared; all of them, if none")
    parser.add_argument("--store", type=Path, metavar="FILE", help="look here, not in the user's state folder")
    parser.set_defaults(command=_history)


def open_history(arguments: argparse.Namespace, stack: ExitStack) -> History | None:
    """Where results are kept; a file that nobody chose and that can't be used is said and done without.

    Raises:
        NoHistory: the chosen file can't be used, or failures are to be looked up in it.
    """
    from redclock.history import NoHistory, history_in, usual_file

    if arguments.no_store:
        if arguments.rerun_failed:
            raise NoHistory("--rerun-failed looks into the history; leave out --no-store")
        return None
    try:
        return stack.enter_context(history_in(arguments.store or usual_file()))
    except NoHistory as wrong:
        if arguments.store or arguments.rerun_failed:
            raise
        print(f"no history is kept: {wrong}", file=sys.stderr)
        return None


class Keeper:
    """Adds one run to the history, as long as that can be written: a run is worth more than its being remembered."""

    def __init__(self, history: History | None, subject: str, transport: Transport) -> None:
        from redclock import __version__

        self._history = history
        self._run = 0
        with self._bearing():
            if self._history:
                now = int(time())
                self._run = self._history.begin(began_at=now, subject=subject, transport=transport, version=__version__)

    def keep(self, outcome: Outcome) -> None:
        """Keeps one trial, at once."""
        with self._bearing():
            if self._history:
                self._history.keep(self._run, outcome)

    def end(self, verdicts: Sequence[Verdict]) -> None:
        """The run came to its end."""
        with self._bearing():
            if self._history:
                self._history.end(self._run, verdicts)

    @contextmanager
    def _bearing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as wrong:
            print(f"the rest of this run is not kept in the history: {wrong}", file=sys.stderr)
            self._history = None


def _history(arguments: argparse.Namespace) -> int:
    import os

    from redclock.history import NoHistory, history_in, usual_file
    from redclock.report.history_terminal import render_all, render_one
    from redclock.report.progress import terminal

    try:
        with history_in(arguments.store or usual_file(), make=False) as history:
            console = terminal(os.environ)
            if arguments.scenario is None:
                render_all(history.all(), console)
                return Exit.HOLDS
            pasts = history.of(Path(arguments.scenario).stem)
            if pasts:
                render_one(pasts, console)
                return Exit.HOLDS
            print(f"{arguments.scenario} has no history here; `redclock history` says which have", file=sys.stderr)
    except NoHistory as wrong:
        print(wrong, file=sys.stderr)
    return Exit.USAGE

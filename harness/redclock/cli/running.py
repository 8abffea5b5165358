"""The commands that run scenarios and say what came of them: `run`, `verify-determinism`."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from redclock.cli.exits import Exit
from redclock.cli.remembering import Keeper, open_history, store_words
from redclock.cli.report_files import report_words, unwritable, write_reports
from redclock.cli.words import at_least_one, having, numbers, scenarios_named, subject_words, tag_words

if TYPE_CHECKING:
    from redclock.history import History
    from redclock.suite import Asked, Verdict


def run_words(parser: argparse.ArgumentParser) -> None:
    """Of `run`."""
    parser.add_argument("scenarios", nargs="*", metavar="NAME|PATH", help="bundled name, file or folder; all if none")
    tag_words(parser)
    parser.add_argument("--seeds", type=numbers, metavar="0..9", help="seeds to run; default: what each scenario says")
    parser.add_argument("-j", "--jobs", type=at_least_one, metavar="N", help="trials at a time; default: one a core")
    subject_words(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="say only what failed, and the last line")
    parser.add_argument("--rerun-failed", action="store_true", help="only what the subject failed when it last met it")
    parser.add_argument(
        "--watch",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="run again whenever a scenario named here, or Python below this folder, changes; Ctrl-C ends it",
    )
    report_words(parser)
    store_words(parser)
    parser.set_defaults(command=_run)


def verify_words(parser: argparse.ArgumentParser) -> None:
    """Of `verify-determinism`."""
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument("--seed", type=int, default=0)
    subject_words(parser)
    parser.set_defaults(command=_verify)


def _run(arguments: argparse.Namespace) -> int:
    from redclock.history import NoHistory
    from redclock.run import REFERENCE

    if arguments.watch:
        return _watch(arguments)
    subject = arguments.subject or REFERENCE
    chosen = _chosen(arguments, subject)
    if chosen is None:
        return Exit.USAGE
    asked, sources = chosen
    with ExitStack() as stack:
        try:
            history = open_history(arguments, stack)
        except NoHistory as wrong:
            print(wrong, file=sys.stderr)
            return Exit.USAGE
        if unwritable(arguments):
            return Exit.USAGE
        if arguments.rerun_failed:
            failed = history.failed(subject) if history else set()
            asked = [(scenario, seed) for scenario, seed in asked if (scenario.name, seed) in failed]
            if not asked:
                others = ", ".join(sorted({name for name, _ in failed} - set(sources)))
                hint = f"; name the files of {others} to run those" if others else ""
                print(f"nothing to run again: nothing of this failed when it was last run{hint}")
                return _exit([], written=write_reports(arguments, [], 0))
        return _run_and_tell(arguments, asked, subject, sources, history)


def _chosen(arguments: argparse.Namespace, subject: str) -> tuple[list[Asked], dict[str, str]] | None:
    """What is to be run, and how a command line calls each scenario; None if it can't be, which has been said."""
    from redclock.checks.student import MissingExtra, student_t
    from redclock.suite import each_seed

    scenarios = scenarios_named(arguments.scenarios, subject)
    chosen = scenarios and having(arguments.tag, scenarios.values())
    if not scenarios or not chosen:
        return None
    try:
        if any(each.interval is not None for scenario in chosen for each in scenario.expect):
            student_t(1, 0.95)  # better to fail now than after the work
    except MissingExtra as missing:
        print(missing, file=sys.stderr)
        return None
    return each_seed(chosen, arguments.seeds), {scenario.name: source for source, scenario in scenarios.items()}


def _watch(arguments: argparse.Namespace) -> int:
    import subprocess
    from pathlib import Path
    from time import sleep

    from redclock.cli.watching import LOOK_EVERY_SECONDS, stamps, watch, watched

    command = [sys.executable, "-m", "redclock", *arguments.words, "--no-watch"]
    try:
        watch(
            lambda: subprocess.run(command, check=False),
            lambda: stamps(watched(arguments.scenarios, Path())),
            lambda: sleep(LOOK_EVERY_SECONDS),
        )
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _run_and_tell(
    arguments: argparse.Namespace,
    asked: list[Asked],
    subject: str,
    sources: dict[str, str],
    history: History | None,
) -> int:
    from redclock.report.progress import Progress, terminal
    from redclock.report.terminal import render_summary
    from redclock.run import Transport
    from redclock.suite import trials, verdicts

    console = terminal(os.environ)
    progress = Progress(asked, console, quiet=arguments.quiet)
    transport = Transport(arguments.transport)
    keeper = Keeper(history, subject, transport)
    broken_off: KeyboardInterrupt | Exception | None = None
    try:
        outcomes = trials(
            asked,
            subject=subject,
            transport=transport,
            jobs=arguments.jobs,
            sources=sources,
            figures=arguments.html is not None,
        )
        with closing(outcomes), progress:  # the display's thread begins when all processes are there
            for outcome in outcomes:
                keeper.keep(outcome)
                progress.tell(outcome)
    except (KeyboardInterrupt, Exception) as ended:  # noqa: BLE001  (raised again, after what was finished is told)
        broken_off = ended
    found = verdicts(asked, progress.outcomes)
    written = write_reports(arguments, found, len(asked))
    render_summary(found, console, quiet=arguments.quiet, seconds=progress.seconds)
    if broken_off is not None:
        print(f"stopped: {len(progress.outcomes)} of {len(asked)} trials were finished", file=sys.stderr)
        if isinstance(broken_off, KeyboardInterrupt):
            return Exit.INTERRUPTED
        raise broken_off
    keeper.end(found)
    return _exit(found, written=written)


def _exit(verdicts: list[Verdict], *, written: bool) -> int:
    if any(trial.limit for verdict in verdicts for trial in verdict.trials):
        return Exit.LIMIT
    if not all(verdict.passed for verdict in verdicts):
        return Exit.FAILED
    return Exit.HOLDS if written else Exit.USAGE


def _verify(arguments: argparse.Namespace) -> int:
    from redclock.determinism import TrialFailed, compare
    from redclock.run import REFERENCE

    subject = arguments.subject or REFERENCE
    if scenarios_named([arguments.scenario], subject) is None:
        return Exit.USAGE
    try:
        found = compare(arguments.scenario, arguments.seed, subject=subject, transport=arguments.transport)
    except TrialFailed as failed:
        print(failed, file=sys.stderr)
        return Exit.FAULT
    said = f"{arguments.scenario}, seed {arguments.seed}"
    if found.first is None:
        print(f"{said}: {found.events} events, the same in two processes with other hash seeds and time zones")
        return Exit.HOLDS
    print(f"{said}: the same up to event {found.events}, then one process has\n  {found.first[0]}")
    print(f"and the other, with another hash seed and time zone,\n  {found.first[1]}")
    return Exit.FAILED

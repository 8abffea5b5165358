"""The commands that run scenarios and say what came of them: `run`, `verify-determinism`."""

from __future__ import annotations

import argparse
import sys

from redclock.cli.exits import Exit
from redclock.cli.words import at_least_one, numbers, scenarios_named, subject_words


def run_words(parser: argparse.ArgumentParser) -> None:
    """Of `run`."""
    parser.add_argument("scenarios", nargs="*", metavar="NAME|PATH", help="bundled name, file or folder; all if none")
    parser.add_argument("--seeds", type=numbers, metavar="0..9", help="seeds to run; default: what each scenario says")
    parser.add_argument("-j", "--jobs", type=at_least_one, metavar="N", help="trials at a time; default: one a core")
    subject_words(parser)
    parser.set_defaults(command=_run)


def verify_words(parser: argparse.ArgumentParser) -> None:
    """Of `verify-determinism`."""
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument("--seed", type=int, default=0)
    subject_words(parser)
    parser.set_defaults(command=_verify)


def _run(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.checks.student import MissingExtra
    from redclock.report.terminal import render_suite
    from redclock.run import REFERENCE, Transport
    from redclock.suite import each_seed, trials, verdicts

    subject = arguments.subject or REFERENCE
    scenarios = scenarios_named(arguments.scenarios, subject)
    if scenarios is None:
        return Exit.USAGE
    console = Console()
    outcomes = []
    asked = each_seed(scenarios, arguments.seeds)
    with console.status("") as status:
        for outcome in trials(asked, subject=subject, transport=Transport(arguments.transport), jobs=arguments.jobs):
            status.update(f"{outcome.scenario.name}, seed {outcome.seed}")
            outcomes.append(outcome)
    try:
        found = verdicts(asked, outcomes)
    except MissingExtra as missing:
        print(missing, file=sys.stderr)
        return Exit.USAGE
    render_suite(found, console)
    if any(outcome.limit for outcome in outcomes):
        return Exit.LIMIT
    return Exit.HOLDS if all(each.passed for each in found) else Exit.FAILED


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

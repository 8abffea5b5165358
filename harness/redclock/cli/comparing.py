"""The command that sets subjects side by side: `compare`."""

from __future__ import annotations

import argparse
import sys

from redclock.cli.exits import Exit
from redclock.cli.words import at_least_one, numbers, scenarios_named


def compare_words(parser: argparse.ArgumentParser) -> None:
    """Of `compare`."""
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument("subjects", nargs="*", metavar="MODULE:ATTR", help="default: nobody, a daily check, ours")
    parser.add_argument(
        "--seeds", type=numbers, default=range(100), metavar="0..99", help="two or more; default: 0..99"
    )
    parser.add_argument("-j", "--jobs", type=at_least_one, metavar="N", help="trials at a time; default: one a core")
    parser.set_defaults(command=_compare)


def _compare(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.checks.student import MissingExtra, student_t
    from redclock.report.comparison import CONFIDENCE, SIDE_BY_SIDE, render_comparison
    from redclock.scenario.actors import SubjectTable
    from redclock.suite import each_seed, trials

    if len(arguments.seeds) < 2:
        print("--seeds: an interval needs two seeds or more, e.g. --seeds 0..99", file=sys.stderr)
        return Exit.USAGE
    try:
        student_t(1, CONFIDENCE)  # better to fail now than after the work
    except MissingExtra as missing:
        print(missing, file=sys.stderr)
        return Exit.USAGE
    runs = []
    for subject in arguments.subjects or SIDE_BY_SIDE:
        scenarios = scenarios_named([arguments.scenario], subject)
        if scenarios is None:
            return Exit.USAGE
        alone = [it.model_copy(update={"subjects": (SubjectTable(subject=subject),)}) for it in scenarios.values()]
        asked = each_seed(alone[:1], arguments.seeds)
        runs += [(subject, list(trials(asked, subject=subject, jobs=arguments.jobs)))]
    render_comparison(runs, Console())
    return Exit.HOLDS

"""The command that sets subjects, or settings, side by side: `compare`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from redclock.cli.exits import Exit
from redclock.cli.words import at_least_one, change, numbers, scenarios_named, the_only

if TYPE_CHECKING:
    from redclock.scenario.model import Scenario


def compare_words(parser: argparse.ArgumentParser) -> None:
    """Of `compare`."""
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument(
        "subjects",
        nargs="*",
        metavar="MODULE:ATTR",
        help="default: nobody, a daily check, ours; ours alone with --with",
    )
    parser.add_argument(
        "--with",
        dest="changes",
        action="append",
        type=change,
        default=[],
        metavar="KEY=VALUE",
        help="the scenario with other settings, beside it as it is; once for each row",
    )
    parser.add_argument(
        "--seeds", type=numbers, default=range(100), metavar="0..99", help="two or more; default: 0..99"
    )
    parser.add_argument("-j", "--jobs", type=at_least_one, metavar="N", help="trials at a time; default: one a core")
    parser.set_defaults(command=_compare)


def _compare(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.checks.student import MissingExtra, student_t
    from redclock.report.comparison import CONFIDENCE, Side, render_comparison
    from redclock.suite import each_seed, trials

    if len(arguments.seeds) < 2:
        print("--seeds: an interval needs two seeds or more, e.g. --seeds 0..99", file=sys.stderr)
        return Exit.USAGE
    try:
        student_t(1, CONFIDENCE)  # better to fail now than after the work
    except MissingExtra as missing:
        print(missing, file=sys.stderr)
        return Exit.USAGE
    asked = _sides(arguments)
    if asked is None:
        return Exit.USAGE
    sides = []
    for name, subject, scenario in asked:
        outcomes = trials(each_seed([scenario], arguments.seeds), subject=subject, jobs=arguments.jobs)
        sides.append(Side(name, list(outcomes)))
    render_comparison(sides, Console())
    return Exit.HOLDS


def _sides(arguments: argparse.Namespace) -> list[tuple[str, str, Scenario]] | None:
    """(name, subject, scenario) of each row; None if one can't be, which has been said."""
    from redclock.report.comparison import SIDE_BY_SIDE
    from redclock.scenario.actors import SubjectTable

    sides = []
    changes = [("", {}), *arguments.changes]
    for subject in arguments.subjects or (["reference"] if arguments.changes else SIDE_BY_SIDE):
        for text, otherwise in changes:
            scenarios = scenarios_named([arguments.scenario], subject, otherwise)
            if scenarios is None:
                return None
            scenario = the_only(arguments.scenario, scenarios)
            if scenario is None:
                return None
            alone = scenario.model_copy(update={"subjects": (SubjectTable(subject=subject),)})
            sides.append((f"{subject}, {text}" if text else subject, subject, alone))
    return sides

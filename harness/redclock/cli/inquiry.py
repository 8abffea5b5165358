"""The commands that look for trouble and into it: `hunt`, `replay`, `explain`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from redclock.cli.command import Command
from redclock.cli.exits import Exit, print_json
from redclock.cli.words import at_least_one, subject_words


def hunt_words(parser: argparse.ArgumentParser) -> None:
    """Of `hunt`."""
    parser.add_argument("--subject", metavar="MODULE:ATTR", help="your own logic; default: the reference subject")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--runs", type=at_least_one, metavar="N", help="worlds to draw; default: 1000")
    length.add_argument("--minutes", type=float, metavar="M", help="how long to look for, instead")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing")
    parser.add_argument("--known", action="append", default=[], metavar="WAY", help="a way of failing not to look for")
    parser.add_argument("--out", type=Path, default=Path("found"), metavar="DIR", help="where scenarios are written")
    parser.set_defaults(command=_hunt)


def _one_run_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument("--seed", type=int, default=0, help="of the market")
    subject_words(parser)


def replay_words(parser: argparse.ArgumentParser) -> None:
    """Of `replay`."""
    _one_run_words(parser)
    parser.add_argument("--expect", metavar="DIGEST", help="exit with 1 if the run has another digest")
    parser.set_defaults(command=_replay)


def explain_words(parser: Command) -> None:
    """Of `explain`."""
    _one_run_words(parser)
    parser.intermixed = True
    parser.add_argument("order", nargs="?", type=int, metavar="ORDER", help="default: the first that was missed")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(command=_explain)


def _hunt(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.run import REFERENCE, NoSuchSubject, load_subject

    try:
        from redclock.hunt.hunt import NO_END, Hunt
        from redclock.report.hunt_terminal import show_hunt
    except ModuleNotFoundError as missing:
        print(f"hunting needs {missing.name}; install it with: pip install 'redclock[hunt]'", file=sys.stderr)
        return Exit.USAGE
    subject = arguments.subject or REFERENCE
    sys.path.insert(0, str(Path.cwd()))
    try:
        load_subject(subject)
    except NoSuchSubject as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    minutes = arguments.minutes
    if minutes is not None and not 0 < minutes < NO_END:
        print(f"--minutes {minutes:g} is no time to look in; say more than 0", file=sys.stderr)
        return Exit.USAGE
    hunt = Hunt(
        subject,
        seed=arguments.seed,
        runs=arguments.runs or (1000 if minutes is None else NO_END),
        seconds=None if minutes is None else minutes * 60,
        known=frozenset(arguments.known),
    )
    return Exit.FAILED if show_hunt(hunt, arguments.out, Console()) else Exit.HOLDS


def _replay(arguments: argparse.Namespace) -> int:
    from redclock.report.one_run import one_run
    from redclock.report.whereabouts import BadQuestion

    try:
        outcome = one_run(arguments.scenario, arguments.seed, arguments.subject, arguments.transport)
    except BadQuestion as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    digest = outcome.ledger.digest()
    print(digest)
    if arguments.expect in (None, digest):
        return Exit.HOLDS
    print(f"expected was {arguments.expect}: not the same happened", file=sys.stderr)
    return Exit.FAILED


def _explain(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.report.explain_terminal import explanation, render_explanation
    from redclock.report.one_run import inquest_of
    from redclock.report.whereabouts import BadQuestion

    try:
        inquest = inquest_of(arguments.scenario, arguments.seed, arguments.subject, arguments.transport)
        told = explanation(inquest, inquest.first_missed() if arguments.order is None else arguments.order)
    except BadQuestion as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    if arguments.json:
        print_json(told)
    else:
        render_explanation(told, Console())
    return Exit.HOLDS

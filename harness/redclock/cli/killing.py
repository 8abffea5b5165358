"""The command that tries broken subjects: `kills`."""

from __future__ import annotations

import argparse
import sys

from redclock.cli.exits import Exit, print_json
from redclock.cli.words import at_least_one, numbers, scenarios_named


def kills_words(parser: argparse.ArgumentParser) -> None:
    """Of `kills`."""
    parser.add_argument("scenarios", nargs="*", metavar="NAME|PATH", help="default: the bundled ones tagged P1")
    parser.add_argument(
        "--broken",
        action="append",
        metavar="MODULE:ATTR",
        help="a subject that is wrong on purpose; may be repeated; default: those of redclock.subject.broken",
    )
    parser.add_argument("--subject", metavar="MODULE:ATTR", help="the sound one; default: the reference subject")
    parser.add_argument("--seeds", type=numbers, default=range(1), metavar="0..2", help="default: 0")
    parser.add_argument("-j", "--jobs", type=at_least_one, metavar="N", help="trials at a time; default: one a core")
    parser.add_argument("--json", action="store_true", help="the whole matrix, for machines")
    parser.set_defaults(command=_kills)


def _kills(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.kills import Row, kills
    from redclock.report.kills_terminal import kills_json, render_row, render_toothless
    from redclock.run import REFERENCE, NoSuchSubject, load_subject
    from redclock.subject import broken

    sound = arguments.subject or REFERENCE
    subjects = arguments.broken or [f"{broken.__name__}:{name}" for name in broken.MUTANTS]
    named = scenarios_named(arguments.scenarios, sound)
    if named is None:
        return Exit.USAGE
    scenarios = [it for it in named.values() if arguments.scenarios or "P1" in it.tags]
    try:
        for name in subjects:
            load_subject(name)
    except NoSuchSubject as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    console = Console(stderr=arguments.json)
    width = max(map(len, (sound, *subjects)))
    rows: list[Row] = []
    for row in kills(scenarios, (sound, *subjects), arguments.seeds, jobs=arguments.jobs):
        render_row(row, len(scenarios), width, console, sound=not rows)
        rows.append(row)
    reference, *others = rows
    names = [it.name for it in scenarios]
    render_toothless(others, names, console)
    if arguments.json:
        print_json(kills_json(reference, others, names))
    return Exit.HOLDS if not reference.noticed and all(row.noticed for row in others) else Exit.FAILED

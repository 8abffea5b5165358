"""The commands about scenario files: `list`, `show`, `check`, `new`, `schema`."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from redclock.cli.exits import Exit, print_json
from redclock.cli.words import having, scenarios_named, scenarios_read, subject_words, tag_words

if TYPE_CHECKING:
    from redclock.run import Outcome
    from redclock.scenario.model import Scenario

_NAME = r"[a-z0-9][a-z0-9-]*"
_PRIORITY = re.compile(r"P\d+")


def list_words(parser: argparse.ArgumentParser) -> None:
    """Of `list`."""
    parser.add_argument("scenarios", nargs="*", metavar="NAME|PATH", help="bundled name, file or folder; all if none")
    tag_words(parser)
    parser.set_defaults(command=_list)


def show_words(parser: argparse.ArgumentParser) -> None:
    """Of `show`."""
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.set_defaults(command=_show)


def check_words(parser: argparse.ArgumentParser) -> None:
    """Of `check`."""
    parser.add_argument("scenarios", nargs="+", metavar="PATH", help="file or folder")
    parser.add_argument("--subject", metavar="MODULE:ATTR", help="whether this is there is checked too")
    parser.set_defaults(command=_check)


def new_words(parser: argparse.ArgumentParser) -> None:
    """Of `new`."""
    parser.add_argument("path", type=Path, metavar="NAME.toml", help="where to write it; its stem is the name")
    parser.add_argument("--question", default="", metavar="TEXT", help="its words point to faults and measures")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND", help="what goes wrong")
    parser.add_argument("--expect", action="append", default=[], metavar="MEASURE", help="what is looked at")
    failing = parser.add_argument_group("or from a run that fails")
    failing.add_argument("--from", dest="source", metavar="NAME|PATH", help="the scenario")
    failing.add_argument("--seed", type=int, default=0, help="its seed")
    subject_words(failing)
    parser.set_defaults(command=_new)


def schema_words(parser: argparse.ArgumentParser) -> None:
    """Of `schema`."""
    parser.set_defaults(command=_schema)


def _list(arguments: argparse.Namespace) -> int:
    scenarios = scenarios_read(arguments.scenarios)
    chosen = scenarios and having(arguments.tag, scenarios.values())
    if not chosen:
        return Exit.USAGE
    rows = [(*_tags(scenario), scenario.name, scenario.title) for scenario in chosen]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:3]
    for priority, tags, name, title in rows:
        print(f"{priority.ljust(widths[0])}  {name.ljust(widths[2])}  {tags.ljust(widths[1])}  {title}")
    return Exit.HOLDS


def _tags(scenario: Scenario) -> tuple[str, str]:
    """Priority, and the other tags."""
    priorities = [tag for tag in scenario.tags if _PRIORITY.fullmatch(tag)]
    return ", ".join(priorities), ", ".join(tag for tag in scenario.tags if tag not in priorities)


def _show(arguments: argparse.Namespace) -> int:
    from redclock.scenario.library import find

    scenarios = scenarios_read([arguments.scenario])
    if scenarios is None:
        return Exit.USAGE
    for path, scenario in zip(find([arguments.scenario]), scenarios.values(), strict=True):
        subjects = [table.subject or "the subject of the run" for table in scenario.subjects]
        people = [str(person.does) for person in scenario.people] or ["nobody"]
        print(f"{scenario.name}  ({path})")
        print(f"{scenario.title}\n\nproves    {scenario.proves}")
        print(f"tags      {', '.join(scenario.tags) or 'none'}")
        length = f"days of orders: {scenario.days}; seeds: {scenario.seeds}"
        print(f"when      from {scenario.start} ({scenario.zone}); {length}")
        print(f"who       {', '.join(subjects)}; people: {', '.join(people)}")
        print(f"faults    {', '.join(fault.kind for fault in scenario.faults) or 'none'}")
        for number, each in enumerate(scenario.expect):
            print(f"{'expected' if not number else '':8}  {each.name} {each.bounds()}")
        print(f"\n{path.read_text(encoding='utf-8').rstrip()}")
    return Exit.HOLDS


def _check(arguments: argparse.Namespace) -> int:
    from redclock.run import REFERENCE

    scenarios = scenarios_named(arguments.scenarios, arguments.subject or REFERENCE)
    if scenarios is None:
        return Exit.USAGE
    count = len(scenarios)
    print("1 scenario can be run" if count == 1 else f"{count} scenarios can be run")
    return Exit.HOLDS


def _new(arguments: argparse.Namespace) -> int:
    path: Path = arguments.path if arguments.path.suffix == ".toml" else arguments.path.with_suffix(".toml")
    if not re.fullmatch(_NAME, path.stem):
        print(f"{path.stem!r} is no name for a scenario: small letters, digits and hyphens", file=sys.stderr)
        return Exit.USAGE
    if path.exists():
        print(f"{path} is there already; choose another name, or remove it first", file=sys.stderr)
        return Exit.USAGE
    text = _of_a_failure(arguments, path) if arguments.source else _of_a_question(arguments)
    if text is None:
        return Exit.USAGE
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as refused:
        print(f"{path}: can't be written: {refused.strerror}", file=sys.stderr)
        return Exit.USAGE
    print(f"wrote {path}; try it: redclock run {path}")
    return Exit.HOLDS


def _of_a_question(arguments: argparse.Namespace) -> str | None:
    from redclock.checks.measures import MEASURES
    from redclock.scenario.begin import beginning
    from redclock.scenario.impossible import unknown
    from redclock.scenario.model import FAULT_TABLES

    for what, words, known in (("--fault", arguments.fault, FAULT_TABLES), ("--expect", arguments.expect, MEASURES)):
        for word in words:
            if word not in known:
                print(f"{what}: {unknown(word, sorted(known))}", file=sys.stderr)
                return None
    says = {name: measure.says for name, measure in MEASURES.items()}
    return beginning(arguments.question, faults=arguments.fault, expect=arguments.expect, measures=says)


def _of_a_failure(arguments: argparse.Namespace, path: Path) -> str | None:
    """The scenario that fails, with only what it fails, and above it what happened."""
    from importlib.util import find_spec

    from redclock.report.one_run import one_run
    from redclock.report.whereabouts import BadQuestion

    if find_spec("tomli_w") is None:  # better now than after the run
        print("writing it needs tomli-w; install it with: pip install 'redclock[hunt]'", file=sys.stderr)
        return None
    try:
        outcome = one_run(arguments.source, arguments.seed, arguments.subject, arguments.transport)
    except BadQuestion as wrong:
        print(wrong, file=sys.stderr)
        return None
    if outcome.passed:
        print(f"{arguments.source}, seed {arguments.seed} passes; there is no failure to keep", file=sys.stderr)
        return None
    return _kept(outcome, path)


def _kept(outcome: Outcome, path: Path) -> str:
    from dataclasses import replace

    from redclock.report.story import failure_lines
    from redclock.scenario.write import written

    scenario = outcome.scenario
    failed = tuple(it.expectation for it in outcome.measured if not it.holds and not it.expectation.over_seeds)
    small = scenario.model_copy(update={"name": path.stem, "expect": failed or scenario.expect})
    told = failure_lines(replace(outcome, scenario=small, source=str(path)))
    return written(small, "\n".join([*outcome.problems(), *told]))


def _schema(_: argparse.Namespace) -> int:
    from redclock.checks.measures import MEASURES
    from redclock.scenario.schema import json_schema

    print_json(json_schema((name, measure.says) for name, measure in MEASURES.items()))
    return Exit.HOLDS

"""The files that a run is to leave behind: tried before the work, written after it, whatever came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redclock.suite import Verdict

_KINDS = (
    ("html", "a page with charts, for a browser, a printer or a ticket"),
    ("json", "everything that was judged, for programs"),
    ("junit", "a case for each scenario and seed, for build servers"),
    ("csv", "a line for each order"),
)


def report_words(parser: argparse.ArgumentParser) -> None:
    """`--json FILE` and the like."""
    group = parser.add_argument_group("reports, written whatever comes of the run")
    for kind, says in _KINDS:
        group.add_argument(f"--{kind}", type=Path, metavar="FILE", help=says)


def unwritable(arguments: argparse.Namespace) -> bool:
    """Whether a report could not be written, which is said; better now than after the work."""
    wrong = arguments.html is not None and find_spec("jinja2") is None
    if wrong:
        print(
            "--html needs jinja2, which the extra brings: pip install 'redclock[html]'; nothing was run",
            file=sys.stderr,
        )
    for kind, path in _asked(arguments):
        try:
            with path.open("ab"):
                pass
        except OSError as refused:
            print(f"--{kind} {path}: can't be written: {refused.strerror}; nothing was run", file=sys.stderr)
            wrong = True
    return wrong


def write_reports(arguments: argparse.Namespace, verdicts: Sequence[Verdict], asked: int) -> bool:
    """Writes what is asked for; whether all of it could be, what couldn't is said."""
    good = True
    for kind, path in _asked(arguments):
        try:
            path.write_bytes(_made(kind, verdicts, asked))
        except OSError as refused:
            print(f"--{kind} {path}: could not be written whole: {refused.strerror}", file=sys.stderr)
            good = False
    return good


def _asked(arguments: argparse.Namespace) -> list[tuple[str, Path]]:
    paths = ((kind, getattr(arguments, kind)) for kind, _ in _KINDS)
    return [(kind, path) for kind, path in paths if path is not None]


def _made(kind: str, verdicts: Sequence[Verdict], asked: int) -> bytes:
    if kind == "html":
        from redclock.report.html.page import report_html

        return report_html(verdicts, asked=asked).encode()
    if kind == "json":
        import orjson

        from redclock.report.suite_json import suite_json

        return orjson.dumps(suite_json(verdicts, asked=asked), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if kind == "junit":
        from redclock.report.junit import junit_xml

        return junit_xml(verdicts)
    from redclock.report.orders_csv import orders_csv

    return orders_csv(verdicts).encode()

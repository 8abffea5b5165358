"""The files that a run is to leave behind: tried before the work, written after it, whatever came of it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redclock.suite import Verdict

Kinds = tuple[tuple[str, str], ...]
"""(option without its dashes, what such a file is)."""

PAGE = ("html", "a page with charts, for a browser, a printer or a ticket")
_OF_A_RUN: Kinds = (
    ("json", "everything that was judged, for programs"),
    ("junit", "a case for each scenario and seed, for build servers"),
    ("csv", "a line for each order"),
    PAGE,
)

_NEEDED = {"html": ("html", ("jinja2",)), "parquet": ("frames", ("pandas", "pyarrow"))}
"""Option: (extra, packages of it)."""


def report_words(parser: argparse.ArgumentParser) -> None:
    """`--json FILE` and the like."""
    file_words(parser.add_argument_group("reports, written whatever comes of the run"), _OF_A_RUN)


def file_words(parser: argparse._ActionsContainer, kinds: Kinds) -> None:
    """An option for each kind of file."""
    for kind, says in kinds:
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE", help=says)


def unwritable(arguments: argparse.Namespace, kinds: Kinds = _OF_A_RUN) -> bool:
    """Whether a file that is asked for could not be written, which is said; better now than after the work."""
    wrong = False
    for kind, path in asked_for(arguments, kinds):
        extra, packages = _NEEDED.get(kind, ("", ()))
        for package in packages:
            if find_spec(package) is None:
                print(
                    f"--{kind} needs {package}, which the extra brings: pip install 'redclock[{extra}]'; "
                    "nothing was run",
                    file=sys.stderr,
                )
                wrong = True
        new = not os.path.lexists(path)
        try:
            with path.open("ab"):
                pass
            if new:
                path.unlink()
        except OSError as refused:
            print(f"--{kind} {path}: can't be written: {refused.strerror}; nothing was run", file=sys.stderr)
            wrong = True
    return wrong


def write_reports(arguments: argparse.Namespace, verdicts: Sequence[Verdict], asked: int) -> bool:
    """Writes what is asked for of a run; whether all of it could be, what couldn't is said."""
    return write_files(asked_for(arguments, _OF_A_RUN), lambda kind: _made(kind, verdicts, asked))


def write_files(files: Sequence[tuple[str, Path]], made: Callable[[str], bytes]) -> bool:
    """Writes each file as its kind is made; whether all of them could be, what couldn't is said."""
    good = True
    for kind, path in files:
        try:
            path.write_bytes(made(kind))
        except OSError as refused:
            print(f"--{kind} {path}: could not be written whole: {refused.strerror}", file=sys.stderr)
            good = False
    return good


def asked_for(arguments: argparse.Namespace, kinds: Kinds) -> list[tuple[str, Path]]:
    """The files that somebody wants: (kind, where)."""
    paths = ((kind, getattr(arguments, kind)) for kind, _ in kinds)
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

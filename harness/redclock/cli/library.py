"""The commands about scenario files: `schema`."""

from __future__ import annotations

import argparse

from redclock.cli.exits import Exit, print_json


def schema_words(parser: argparse.ArgumentParser) -> None:
    """Of `schema`."""
    parser.set_defaults(command=_schema)


def _schema(_: argparse.Namespace) -> int:
    from redclock.checks.measures import MEASURES
    from redclock.scenario.schema import json_schema

    print_json(json_schema((name, measure.says) for name, measure in MEASURES.items()))
    return Exit.HOLDS

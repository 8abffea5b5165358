"""What one more packer, a later cut-off and one more day would buy: `plan --what-if`, and every page of a plan."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakemarket.settings import Settings
    from redclock.planner.questions.what_if import WhatIf
    from redclock.planner.sweep import Plan


def what_if_words(parser: argparse.ArgumentParser) -> None:
    """Of `plan`."""
    parser.add_argument(
        "--what-if",
        action="store_true",
        help="what one more packer, a cut-off one hour later and one more day would save",
    )


def considered(
    arguments: argparse.Namespace, settings: Settings, found: Plan, work: Mapping[str, Any]
) -> tuple[WhatIf, ...]:
    """The usual three, if somebody asks or a page shows them; they are printed if somebody asks at a terminal.

    Args:
        work: where it is done and kept, as arguments of `plan`.
    """
    from redclock.planner.questions.question import same_as
    from redclock.planner.questions.what_if import what_ifs

    if not arguments.what_if and arguments.html is None:
        return ()
    three = what_ifs(settings, found, same_as(found, **work))
    if arguments.what_if and not arguments.json:
        from rich.console import Console

        from redclock.report.plan_terminal import render_compared

        for it in three:
            render_compared(found, it.text, it.plan, it.saved, Console())
    return three


def considered_json(arguments: argparse.Namespace, three: tuple[WhatIf, ...]) -> dict[str, Any]:
    """The same as JSON values, if somebody asks."""
    from redclock.report.plan_terminal import compared_json

    return {"what_if": [compared_json(it.text, it.plan, it.saved) for it in three]} if arguments.what_if else {}

"""Where the work of a plan is done and kept: `--store`, and what a terminal shows meanwhile."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any


def work_words(parser: argparse.ArgumentParser) -> None:
    """Of `plan`."""
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="keep finished runs there and go on from those that are there: after a kill, or for more --runs",
    )


@contextmanager
def plan_work(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What the words say, as arguments of `plan()`.

    Raises:
        NoStore: the file can't be used.
    """
    from rich.console import Console

    from redclock.planner.store import store_in
    from redclock.report.plan_progress import PlanProgress

    watched = Console(stderr=True, force_terminal=False if os.environ.get("CI") else None)
    with ExitStack() as stack:
        progress = stack.enter_context(PlanProgress(watched))
        store = stack.enter_context(store_in(arguments.store)) if arguments.store else None
        yield {"told": progress.tell, "store": store}
    if store is not None and store.outdated:
        print(
            f"{arguments.store}: runs of this question by another version of the market are there; they were run anew",
            file=sys.stderr,
        )

"""Where the work of a plan is done and kept: `--dask`, `--store`, and what a terminal shows meanwhile."""

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
    parser.add_argument("--dask", metavar="ADDRESS", help="run on the Dask cluster there, such as tcp://10.0.0.5:8786")


@contextmanager
def plan_work(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What the words say, as arguments of `plan()`.

    Raises:
        NoStore: the file can't be used.
        NoWorkers: the cluster can't be used.
        MissingExtra: what it takes is not installed.
    """
    from rich.console import Console

    from redclock.planner.memory import keep_freed_memory
    from redclock.report.plan_progress import PlanProgress

    keep_freed_memory()
    watched = Console(stderr=True, force_terminal=False if os.environ.get("CI") else None)
    with ExitStack() as stack:
        progress = stack.enter_context(PlanProgress(watched))
        work: dict[str, Any] = {"told": progress.tell}
        if arguments.store:
            from redclock.planner.store import store_in

            work["store"] = stack.enter_context(store_in(arguments.store))
        if arguments.dask:
            from redclock.planner.dask_cluster import dask_cluster

            work["executor"] = stack.enter_context(dask_cluster(arguments.dask))
        yield work
    if arguments.store and work["store"].outdated:
        print(
            f"{arguments.store}: runs of this question by another version of the market are there; they were run anew",
            file=sys.stderr,
        )

"""A plan while it is worked out: how far it is and how much time is left, where somebody watches and it takes long."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_PATIENCE_SECONDS = 1.0
"""What is over sooner needs no bar."""


class PlanProgress:
    """A bar that is gone when the work is done. It has no thread of its own, for processes are forked meanwhile.

    Args:
        console: where somebody may watch; nothing is shown unless it is a terminal.
        now: real seconds, from any beginning.
    """

    def __init__(self, console: Console, *, now: Callable[[], float] = monotonic) -> None:
        self._console = console
        self._now = now
        self._began = now()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def tell(self, done: int, wanted: int) -> None:
        """Takes in how many replications are there, of how many."""
        if done >= wanted:
            self._end()
            self._began = self._now()
        elif self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=wanted, refresh=True)
        elif self._console.is_terminal and self._now() - self._began >= _PATIENCE_SECONDS:
            self._bar = Progress(
                TextColumn("runs"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self._console,
                auto_refresh=False,
                transient=True,
                get_time=self._now,
            )
            self._bar.add_task("runs", completed=done, total=wanted)
            self._bar.start()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

"""A suite while it runs: a line for each scenario as soon as all its seeds are there, and how much is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from redclock.report.summary import seconds_left
from redclock.report.terminal import render_verdict
from redclock.run import Outcome
from redclock.suite import Asked, verdict

_REFRESHES_A_SECOND = 4  # the cores are for the trials


def terminal(environment: Mapping[str, str]) -> Console:
    """The console of this process: plain lines where a build server runs it, no colour where none is wanted.

    A build server is known by `CI`; `NO_COLOR` and whether this is a terminal at all the console sees itself.
    """
    return Console(force_terminal=False) if environment.get("CI") else Console()


class Progress:
    """Shows a suite as its outcomes come in.

    Args:
        asked: what is to be run.
        quiet: shows scenarios that fail, and nothing while they run.
        now: real seconds, from any beginning.
    """

    def __init__(
        self, asked: Sequence[Asked], console: Console, *, quiet: bool = False, now: Callable[[], float] = monotonic
    ) -> None:
        self._asked = asked
        self._console = console
        self._quiet = quiet
        self._now = now
        self._began = now()
        self._width = max((len(scenario.name) for scenario, _ in asked), default=0)
        self._open: dict[str, int] = {}
        for scenario, _ in asked:
            self._open[scenario.name] = self._open.get(scenario.name, 0) + 1
        self.outcomes: list[Outcome] = []
        self._stack = ExitStack()
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal and not self._quiet:
            status = self._console.status(self.line(), refresh_per_second=_REFRESHES_A_SECOND)
            self._status = self._stack.enter_context(status)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def tell(self, outcome: Outcome) -> None:
        """Takes in one more."""
        self.outcomes.append(outcome)
        name = outcome.scenario.name
        self._open[name] -= 1
        if not self._open[name]:
            own = sorted((it for it in self.outcomes if it.scenario.name == name), key=lambda it: it.seed)
            found = verdict(own)
            if not (self._quiet and found.passed):
                render_verdict(found, self._console, self._width)
        if self._status:
            self._status.update(self.line(escape(f"; {name}, seed {outcome.seed}")))

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self._now() - self._began

    def line(self, last: str = "") -> str:
        """How far it is and how long it will take."""
        said = f"{len(self.outcomes)} of {len(self._asked)} trials"
        left = seconds_left(self._asked, self.outcomes, self.seconds)
        if left is not None:
            minutes, seconds = divmod(round(left), 60)
            said += f", {minutes}:{seconds:02d} left"
        return said + last

"""Logic that knows nothing of being woken: a plain function called by a schedule, a script with its own loop.

Under `warp` their `datetime.now()` is market time and their `time.sleep()` lets it pass.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from types import CodeType
from typing import Any

from redclock.actors.crew import RunOver
from redclock.subject.ports import Ports, Subject

FAR_SECONDS = 1000 * 86_400
"""Longer than any run: who is done is woken then."""


class Job:
    """A function that is called each time, with the ports if it takes an argument.

    If it gives back something that can be woken, that is woken from then on, at the schedule's times.
    """

    def __init__(self, call: Callable[..., object], ports: Ports) -> None:
        takes = [it for it in signature(call).parameters.values() if it.default is it.empty]
        self._call = call
        self._arguments = (ports,) if takes else ()
        self._made: Subject | None = None

    def wake(self, now: int) -> int:
        try:
            made = self._made or self._call(*self._arguments)
            if hasattr(made, "wake"):
                self._made = made
                made.wake(now)
        except RunOver:
            pass
        return now + FAR_SECONDS


class Script:
    """A Python file, run as a program from its first line each time that it is woken.

    Args:
        path: the file.
        now: market time, when somebody asks.
    """

    def __init__(self, path: Path, now: Callable[[], int]) -> None:
        self._path = path
        self._code: CodeType = compile(path.read_bytes(), str(path), "exec")
        self._now = now

    def wake(self, now: int) -> int:
        """Runs it until it ends, or until the run does: then it begins again if time goes on."""
        names: dict[str, Any] = {"__name__": "__main__", "__file__": str(self._path), "__builtins__": __builtins__}
        try:
            exec(self._code, names)
        except RunOver:
            return self._now() + 1
        except SystemExit as left:
            if left.code not in (None, 0):
                raise
        return now + FAR_SECONDS

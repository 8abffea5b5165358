"""time-machine's clocks at market time, for who has it and asks for it.

It replaces the clocks in C, so that names and modules don't matter, but not `time.monotonic`. Its traveller asks the
market for the time, so nothing needs to be moved along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import time_machine

_NS = 1_000_000_000


def is_travelling() -> bool:
    """Whether somebody travels already."""
    return bool(time_machine.escape_hatch.is_travelling())


@contextmanager
def travelling(now: Callable[[], int]) -> Iterator[Callable[[], bool]]:
    """The clocks of `datetime` and `time` tell what `now` tells, seconds since the epoch, and read UTC.

    Yields:
        Whether they still do: nobody travels elsewhere meanwhile.
    """
    travel = time_machine.travel(datetime.fromtimestamp(now(), UTC), tick=False)
    traveller = travel.start()
    traveller.time_ns = lambda: now() * _NS  # type: ignore[method-assign]
    try:
        yield lambda: time_machine.traveller_stack[-1:] == [traveller]
    finally:
        travel.stop()

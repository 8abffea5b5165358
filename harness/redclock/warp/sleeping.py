"""`time.sleep`, by every name that a module has for it, is whatever the innermost warp makes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from redclock.warp.freezing import LEFT_ALONE, TEST_RUNNERS
from redclock.warp.names import Names

real_sleep: Final = time.sleep
_sleepers: list[Callable[[float], None]] = []


def _sleep(seconds: float, /) -> None:
    (_sleepers[-1] if _sleepers else real_sleep)(seconds)


@cache
def _names() -> Names:
    return Names([(real_sleep, _sleep)], (*LEFT_ALONE, *TEST_RUNNERS, "redclock.warp"))


@contextmanager
def sleeping(sleep: Callable[[float], None]) -> Iterator[None]:
    """Whoever sleeps sleeps so, as long as the block lasts."""
    _sleepers.append(sleep)
    if len(_sleepers) == 1:
        _names().put_on()
    try:
        yield
    finally:
        _sleepers.remove(sleep)
        if not _sleepers:
            _names().take_off()

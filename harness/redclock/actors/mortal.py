"""A subject whose process dies in the middle of its work and is started again: what it did not write down is gone.

It dies right after a call, when the world has changed and nobody remembers: the worst moment there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fakemarket.streams import Stream
from redclock.subject.ports import Ports, Subject

RESTART_SECONDS = 60
_MOST_CALLS = 8
"""It dies after one to so many calls of a round, or with its end if there are fewer."""


class Killed(BaseException):
    """The process is gone. No `except Exception` of a subject's keeps it alive."""


class Mortal:
    """A subject with many lives.

    Args:
        factory: makes it anew.
        ports: makes the ports of one life.
        memory: the file that outlives it.
        every_seconds: from one death to the next.
        luck: after how many calls it dies.
        died: is told of each death, with when the round began that it did not end.
    """

    def __init__(
        self,
        factory: Callable[[Ports], Subject],
        ports: Callable[[], Ports],
        memory: str,
        every_seconds: int,
        luck: Stream,
        died: Callable[[int], None],
    ) -> None:
        self._factory = factory
        self._ports = ports
        self._memory = memory
        self._every_seconds = every_seconds
        self._luck = luck
        self._died = died
        self._deaths = 0
        self._dies_at: int | None = None
        self._calls_left: int | None = None
        self._subject = self._born()

    def wake(self, now: int) -> int:
        """A round, or as much of it as there is life left for."""
        self._dies_at = now + self._every_seconds if self._dies_at is None else self._dies_at
        if now < self._dies_at:
            return self._subject.wake(now)
        self._calls_left = 1 + int(self._luck.uniform(self._deaths) * _MOST_CALLS)
        try:
            self._subject.wake(now)
        except Killed:
            self._died(now)
        self._calls_left = None
        self._deaths += 1
        self._dies_at = now + self._every_seconds
        self._subject = self._born()
        return now + RESTART_SECONDS

    def _born(self) -> Subject:
        ports = self._ports()
        shops: dict[str, Any] = {channel: _Line(shop, self._after_call) for channel, shop in ports.shops.items()}
        mip: Any = _Line(ports.mip, self._after_call)
        return self._factory(replace(ports, shops=shops, mip=mip, memory=self._memory))

    def _after_call(self) -> None:
        if self._calls_left is not None:
            self._calls_left -= 1
            if self._calls_left <= 0:
                raise Killed


class _Line:
    """A port behind which each call may be the last."""

    def __init__(self, port: object, after_call: Callable[[], None]) -> None:
        self._port = port
        self._after_call = after_call

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            answer = found(*arguments, **named)
            self._after_call()
            return answer

        return call

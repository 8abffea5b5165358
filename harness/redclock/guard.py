"""What keeps a subject from hanging the suite or reaching the real net, and says that it tried.

Its limits: a hang is found in the main thread of a system that has `SIGALRM`, and only between two steps of Python,
so code that never returns from C goes on. The net is watched where Python opens it, `socket`: connections off this
machine and the look-up of names; what a library does in C of its own is not seen.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fakemarket.doors.beyond import is_here

HANG_SECONDS = 30.0
"""Real seconds that a subject may take to come back to sleep, or to its next wake."""
_AGAIN_SECONDS = 1.0
"""Who swallows the first word is told again."""


class Hangs(BaseException):
    """The subject doesn't come back. No `except Exception` of its own stops that."""


class RealNet(ConnectionError):
    """A connection off this machine, which a subject in a market of this process doesn't need."""


class Guard:
    """Stands around the code under test.

    Attributes:
        attempts: where it tried to go in the real net.
    """

    def __init__(self, hang_seconds: float | None = None) -> None:
        self.attempts: list[str] = []
        self._hang_seconds = HANG_SECONDS if hang_seconds is None else hang_seconds
        self._on = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._watching = False

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Ready for `patience` and deaf to the net, for as long as a run takes."""
        before = signal.signal(signal.SIGALRM, self._ring) if self._on else None
        try:
            with net_refused(self._refuse):
                yield
        finally:
            if self._on:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)

    @contextmanager
    def patience(self) -> Iterator[None]:
        """For so long and no longer; code within code, as when one sleeps and another acts, has its own time."""
        outer = self._watching
        self._start()
        self._watching = True
        try:
            yield
        finally:
            self._watching = outer
            self._start() if outer else self._stop()

    @contextmanager
    def rest(self) -> Iterator[None]:
        """While others act the time of one who sleeps doesn't run."""
        outer, self._watching = self._watching, False
        self._stop()
        try:
            yield
        finally:
            self._watching = outer
            if outer:
                self._start()

    def _start(self) -> None:
        if self._on:
            signal.setitimer(signal.ITIMER_REAL, self._hang_seconds, _AGAIN_SECONDS)

    def _stop(self) -> None:
        if self._on:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _signal: int, _frame: object) -> None:
        if self._watching:
            raise Hangs(f"has not come back for {self._hang_seconds:g} s of real time")

    def _refuse(self, where: str, _host: str) -> bool:
        if self._watching:
            self.attempts.append(where)
            raise RealNet(f"{where}: the real net is out of reach here; the market answers in this process")
        return False


Refuse = Callable[[str, str], bool]
"""Told an address and its host before it is reached: raises, or says whether what the host leads to is allowed too."""


@contextmanager
def net_refused(refuse: Refuse) -> Iterator[None]:
    """`socket` as it was, but for connections off this machine and names that would be looked up: `refuse` is asked."""
    real_connect, real_connect_ex, real_look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
    allowed: set[str] = set()

    def check(address: Any) -> bool:
        host = address[0] if isinstance(address, tuple) and address else None
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        if not isinstance(host, str) or host in ("", "localhost") or host in allowed or is_here(host):
            return False  # also a socket of this machine's own, such as a file
        port = f":{address[1]}" if len(address) > 1 else ""
        return refuse(f"{host}{port}", host)

    def connect(self: socket.socket, address: Any) -> None:
        check(address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return real_connect_ex(self, address)

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        is_allowed = check((host,))
        found = real_look_up(host, *args, **kwargs)
        if is_allowed:
            allowed.update(str(address[0]) for *_, address in found)
        return found

    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = look_up
    try:
        yield
    finally:
        socket.socket.connect = real_connect  # type: ignore[method-assign]
        socket.socket.connect_ex = real_connect_ex  # type: ignore[method-assign]
        socket.getaddrinfo = real_look_up

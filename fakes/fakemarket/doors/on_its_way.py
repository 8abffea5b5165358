"""Whether what was written to a connection has arrived at the other side's system.

Even on loopback that takes a moment, and whoever lets time pass meanwhile would make a caller's patience end before an
answer that was given.
"""

from __future__ import annotations

from asyncio import Transport
from contextlib import suppress
from struct import pack, unpack
from typing import Any


def is_sent(transport: Transport) -> bool:
    """Whether nothing that was written is still on its way; true where the system doesn't tell."""
    if transport.get_write_buffer_size():
        return False
    connection = transport.get_extra_info("socket")
    return connection is None or is_received(connection)


def is_received(connection: Any) -> bool:
    """The same of a socket."""
    with suppress(ImportError, OSError, ValueError):  # not every system has it, nor is every socket still open
        from fcntl import ioctl
        from termios import TIOCOUTQ

        (left,) = unpack("i", ioctl(connection.fileno(), TIOCOUTQ, pack("i", 0)))
        return bool(left == 0)
    return True

"""Writes the pieces of an answer to a connection without joining them.

A page of orders has 70 KB, and before Python 3.12 asyncio copies all of it into one piece first.
"""

from __future__ import annotations

import os
import sys
from asyncio import Transport
from collections.abc import Sequence
from contextlib import suppress

_ASYNCIO_JOINS = sys.version_info < (3, 12) and hasattr(os, "writev")


def write(transport: Transport, pieces: Sequence[bytes]) -> None:
    """What `transport.writelines` does."""
    sent = 0
    if _ASYNCIO_JOINS and not transport.get_write_buffer_size():
        with suppress(OSError):  # whatever it is, the transport meets it too and knows what to do
            sent = os.writev(transport.get_extra_info("socket").fileno(), pieces)
    if not sent:
        transport.writelines(pieces)
    elif sent < sum(map(len, pieces)):
        transport.write(b"".join(pieces)[sent:])

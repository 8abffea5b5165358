"""Writes the pieces of an answer to a connection without joining them.

A page of orders has 70 KB, and asyncio's `write` wants one piece. Its `writelines` joins them before Python 3.12; later
it never ends a connection whose last piece was empty (https://github.com/python/cpython/issues/155888), and in some
versions doesn't say that nobody reads (https://github.com/python/cpython/issues/127655).
"""

from __future__ import annotations

import os
from asyncio import Transport
from collections.abc import Sequence
from contextlib import suppress

_GATHERS = hasattr(os, "writev")


def write(transport: Transport, pieces: Sequence[bytes]) -> None:
    """What `transport.write` does, of several pieces."""
    sent = 0
    if _GATHERS and not transport.get_write_buffer_size():
        with suppress(OSError):  # whatever it is, the transport meets it too and knows what to do
            sent = os.writev(transport.get_extra_info("socket").fileno(), pieces)
    if sent < sum(map(len, pieces)):
        transport.write(b"".join(pieces)[sent:])

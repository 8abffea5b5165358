"""Memory that arrays give back stays with the process, which asks the system for none as long as it has some.

A replication makes and drops some hundred arrays. From about 16,000 orders on each is so big that glibc maps it by
itself and gives it back at once, and the system fills every page of the next one with zeros: a third of the time [D].
"""

from __future__ import annotations

import ctypes

_MAPPED_FROM, _TRIMMED_FROM = (-3, 32 << 20), (-1, 256 << 20)
"""glibc's names for what it shall do, and from how many bytes on: its most for the first."""


def keep_freed_memory() -> None:
    """For all of this process, so only for those that are ours; where the C library is another one, nothing."""
    try:
        adjust = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return
    for name, size in (_MAPPED_FROM, _TRIMMED_FROM):
        adjust(name, size)

"""How long a server waits for its clients, and for how many at once.

A client that sends nothing, or a request that never ends, holds no more than a descriptor, and that not for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final, Protocol

PATIENCE_SECONDS: Final = 75.0
"""For a whole request, since the connection was made or the last one answered."""
_LOOKS_EVERY_SECONDS: Final = 5.0
_DESCRIPTORS: Final = 8192


class Client(Protocol):
    """A connection, as far as it can be late."""

    def hurry(self, owed_since: float) -> None:
        """Closes it if a whole request has been owed since before that time, the event loop's."""
        ...


async def close_the_late(
    clients: Collection[Client],
    patience_seconds: float = PATIENCE_SECONDS,
    looks_every_seconds: float = _LOOKS_EVERY_SECONDS,
) -> None:
    """Looks again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(looks_every_seconds)
        for client in tuple(clients):
            client.hurry(loop.time() - patience_seconds)


def allow_many_connections() -> None:
    """Lets this process have thousands of descriptors open, as far as the system allows; many begin with 256."""
    try:
        import resource
    except ImportError:  # there is none for Windows, nor such a limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

"""What lies beyond the market's own hosts, and which of it may be called from this process.

This machine may always be, anything else only by its name. The doors share one `Beyond`, so that a host is allowed or
refused alike whatever library calls it. Knows no client library and no test runner: how to allow a host is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from fakemarket.doors.addresses import UnknownHost

EVERY_HOST: Final = "*"
_HERE: Final = ("", "localhost")


class Beyond:
    """The hosts that the market hasn't.

    Args:
        allowed: names of hosts that may be called; `*` allows every one, `*.example.org` all below `example.org`.
        how_to_allow: the end of the message of a refusal: what to do if the call is meant.

    Attributes:
        refused: what was called and not reached, oldest first.
    """

    def __init__(self, allowed: Iterable[str] = (), how_to_allow: str = "") -> None:
        self.allowed = frozenset(host.lower() for host in allowed)
        self.how_to_allow = how_to_allow
        self.refused: list[str] = []

    def may_be_called(self, host: str) -> bool:
        """Whether a call to a host goes out."""
        host = host.lower()
        if host in _HERE or host in self.allowed or EVERY_HOST in self.allowed or is_here(host):
            return True
        return any(name.startswith("*.") and host.endswith(name[1:]) for name in self.allowed)

    def refusal(self, call: str, host: str) -> str:
        """Takes down a call that is not let out; what to say of it."""
        self.refused.append(call)
        return f"{call}: {UnknownHost(host).args[0]}{self.how_to_allow}"


def is_here(host: str) -> bool:
    """Whether a host, written in numbers, is this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

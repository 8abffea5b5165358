"""Which address leads to which face: by host in process, by path prefix on a server.

In process a client keeps the addresses it has in production. A server has one host, so the integration
platform, the control plane and the seller's panel stand under prefixes of their own and everything else is
AliExpress, whose clients often know their paths by heart. Knows no client library and no market.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from fakemarket.faces.control.lobby import MAIN
from fakemarket.worlds import LOBBY

ALIEXPRESS_HOSTS: Final = (
    "gw.api.taobao.com",
    "eco.taobao.com",
    "api.taobao.com",
    "api-sg.aliexpress.com",
    "oauth.aliexpress.com",
)
"""The platform's own hosts, old and new [3+]."""
ALIEXPRESS_URL: Final = "https://api-sg.aliexpress.com"
"""The one of them that our own clients call."""
MIP_HOST: Final = "mip.example"
"""The integration platform's host in process: invented, and never to be found on the net (RFC 2606)."""
MIP_URL: Final = f"https://{MIP_HOST}"
MIP_PREFIX: Final = "/mip"
CONTROL_PREFIX: Final = "/_redclock"
PANEL_PREFIX: Final = "/panel"

WORLDS_PREFIX: Final = "/worlds/"
"""On a server every world but the first has all of this below `/worlds/<name>`."""

_FACE_BY_HOST: Final = dict.fromkeys(ALIEXPRESS_HOSTS, "aliexpress") | {MIP_HOST: "mip"}
_OF_ALL_WORLDS: Final = ("worlds", "snapshots")
"""Paths of the control plane that are the same in every world."""
_FACE_BY_PREFIX: Final = {MIP_PREFIX: "mip", CONTROL_PREFIX: "control", PANEL_PREFIX: "panel"}


class Place(NamedTuple):
    """A face of the market and the path below it."""

    face: str
    path: str


class UnknownHost(LookupError):
    """A call in process to a host that the market doesn't have; it is not passed on."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is no host of this market, and calls are not passed on to the net; it answers for: "
            f"{', '.join(_FACE_BY_HOST)}"
        )


def place_of(host: str, path: str) -> Place:
    """Where a call in process leads; `path` as a request has it.

    Raises:
        UnknownHost: nowhere.
    """
    face = _FACE_BY_HOST.get(host)
    if face is None:
        raise UnknownHost(host)
    return Place(face, path)


def world_on_server(path: str) -> tuple[str, str]:
    """Which world a call to a server is for, and the path that the call has there; `path` as a request has it."""
    if not path.startswith(WORLDS_PREFIX):
        return MAIN, path
    world, _, rest = path.removeprefix(WORLDS_PREFIX).partition("/")
    return world, "/" + rest


@lru_cache(maxsize=1024)
def place_on_server(path: str) -> Place:
    """Where a call to a world on a server leads; `path` as a request has it."""
    for prefix, face in _FACE_BY_PREFIX.items():
        if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/"):
            below = path[len(prefix) :] or "/"
            of_all = face == "control" and below.split("/")[1] in _OF_ALL_WORLDS
            return Place(LOBBY if of_all else face, below)
    return Place("aliexpress", path)

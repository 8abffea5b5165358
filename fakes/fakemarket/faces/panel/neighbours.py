"""The worlds of one server: which of them a page shows, and the ways from it to the others."""

from __future__ import annotations

from typing import NamedTuple

from fakemarket.faces.panel.market import Held

_ORDERS = "/orders/"


class Neighbour(NamedTuple):
    """One world of a server; `path` leads to the page there that shows the same as this one."""

    name: str
    path: str
    is_here: bool


def name_of(market: Held) -> str:
    """What a market is called among its worlds; empty for the first of them, and for one that stands alone."""
    for number, (name, each) in enumerate(market.worlds.items()):
        if each is market:
            return name if number else ""
    return ""


def neighbours(market: Held, root: str, path: str) -> tuple[Neighbour, ...]:
    """The worlds of a market's server, the first one first.

    Args:
        root: of the market's panel.
        path: the page that is shown, below that.
    """
    own = name_of(market)
    below = root.removeprefix(f"/worlds/{own}") if own else root
    return tuple(
        Neighbour(name, f"{f'/worlds/{name}' if number else ''}{below}{_page(each, path)}", each is market)
        for number, (name, each) in enumerate(market.worlds.items())
    )


def _page(market: Held, path: str) -> str:
    """The page of that path; the front page for an order that the market doesn't have."""
    number = path.removeprefix(_ORDERS)
    return path if number == path or int(number) in market.world.orders else "/"

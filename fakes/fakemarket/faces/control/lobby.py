"""The control plane's lobby: opens, lists and closes the worlds of a server, and puts worlds away as snapshots.

It belongs to no world. What it needs of the worlds above it, it says as a Protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

from fakemarket.call import Call, Request, Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.endpoint import Endpoint
from fakemarket.faces.routes import Asked, Rejected, Routes, answer, carry_out, envelope, moment

MAIN = "main"
"""The world that one gets without naming one."""


class Opening(NamedTuple):
    """Where a new world comes from: another one, a snapshot, or what a market is made of.

    Attributes:
        rate: market seconds in a real second; None for that of where it comes from.
    """

    fork_of: str | None
    snapshot: str | None
    making: Mapping[str, Any]
    rate: float | None


class Kept(Protocol):
    """A snapshot, as far as the lobby shows it."""

    @property
    def world(self) -> str: ...

    @property
    def at(self) -> int: ...

    @property
    def market(self) -> bytes: ...


class House(Protocol):
    """The worlds, as far as the lobby holds them. What can't be done raises `Rejected`."""

    @property
    def markets(self) -> Mapping[str, Held]: ...

    @property
    def snapshots(self) -> Mapping[str, Kept]: ...

    def required(self, name: str) -> Held: ...

    def open(self, name: str, opening: Opening) -> Held: ...

    def close(self, name: str) -> None: ...

    def put_away(self, name: str, of: str) -> Kept: ...

    def drop(self, name: str) -> None: ...

    def reset_all(self) -> None: ...


def listing(house: House, _asked: Asked) -> Response:
    """The worlds there are."""
    return answer({"data": [_world_json(name, market) for name, market in house.markets.items()]})


def tell(house: House, asked: Asked) -> Response:
    """One world."""
    name = asked.params["name"]
    return answer(_world_json(name, house.required(name)))


def open_world(house: House, asked: Asked) -> Response:
    """A new world: a fork, a snapshot opened, or a market from its seed."""
    from fakemarket.faces.control.bodies import NewWorld

    body = asked.body(NewWorld)
    market = house.open(body.name, Opening(body.fork_of, body.snapshot, body.making, body.rate))
    return answer(_world_json(body.name, market), 201)


def close(house: House, asked: Asked) -> Response:
    """Ends a world; the answer shows it for the last time."""
    name = asked.params["name"]
    last = _world_json(name, house.required(name))
    house.close(name)
    return answer(last)


def reset_all(house: House, asked: Asked) -> Response:
    """Every world begins again, each with its own seed."""
    house.reset_all()
    return listing(house, asked)


def snapshots(house: House, _asked: Asked) -> Response:
    """The snapshots there are."""
    return answer({"data": [_kept_json(name, kept) for name, kept in house.snapshots.items()]})


def put_away(house: House, asked: Asked) -> Response:
    """Puts a world away as it is now; it goes on, the snapshot doesn't."""
    from fakemarket.faces.control.bodies import NewSnapshot

    body = asked.body(NewSnapshot)
    return answer(_kept_json(body.name, house.put_away(body.name, body.world)), 201)


def drop(house: House, asked: Asked) -> Response:
    """Forgets a snapshot; the worlds opened from it stay."""
    name = asked.params["name"]
    house.drop(name)
    return answer({"name": name})


ENDPOINTS: Final[dict[str, Endpoint[House]]] = {
    "GET /worlds": Endpoint(listing, "The worlds there are", "WorldList"),
    "POST /worlds": Endpoint(
        open_world,
        "A new world: a fork, a snapshot opened, or a market from its seed",
        "WorldShown",
        status=201,
        body="NewWorld",
        refuses=(404, 409),
    ),
    "POST /worlds/reset": Endpoint(reset_all, "Every world begins again, each with its own seed", "WorldList"),
    "GET /worlds/{name}": Endpoint(tell, "One world", "WorldShown"),
    "DELETE /worlds/{name}": Endpoint(close, "End a world", "WorldShown", refuses=(409,)),
    "GET /snapshots": Endpoint(snapshots, "The snapshots there are", "SnapshotList"),
    "POST /snapshots": Endpoint(
        put_away,
        "Put a world away as it is now",
        "SnapshotShown",
        status=201,
        body="NewSnapshot",
        refuses=(404, 409),
    ),
    "DELETE /snapshots/{name}": Endpoint(drop, "Forget a snapshot", "Dropped"),
}
ROUTES: Routes[House] = Routes({name: endpoint.handle for name, endpoint in ENDPOINTS.items()})


class Lobby:
    """Reads requests about worlds. Paths lie below the control plane's prefix, which the door takes off."""

    def __init__(self, house: House) -> None:
        self._house = house

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        try:
            route, asked = ROUTES.find(request)
        except Rejected as rejected:
            return Call("", partial(envelope, rejected, request_id))
        return Call(route.name, partial(carry_out, partial(route.handle, self._house, asked), request_id))


def _world_json(name: str, market: Held) -> dict[str, Any]:
    now, world = market.timeline.now(), market.world
    return {
        "name": name,
        "path": "" if name == MAIN else f"/worlds/{name}",
        "seed": world.streams.seed,
        "now": now,
        "now_iso": moment(now),
        "rate": market.timeline.rate,
        "sellers": world.settings.sellers,
        "orders": len(world.orders),
        "events": len(world.ledger),
    }


def _kept_json(name: str, kept: Kept) -> dict[str, Any]:
    return {"name": name, "world": kept.world, "at": kept.at, "at_iso": moment(kept.at), "bytes": len(kept.market)}

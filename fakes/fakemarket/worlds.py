"""The worlds of one server: several markets behind one address, each with a name, a clock and a luck of its own.

The first is `main` and can't be closed. A snapshot is a market put away as it was, to be opened as often as one likes.
Everything that changes a world comes through `answer`, `due_deliveries` and `settle`; whoever wants to be told of it
hands in `record`, and does it again with `repeat`. Knows no files and no sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any, NamedTuple

from fakemarket.call import Request, Response, request_id
from fakemarket.faces.control.lobby import MAIN, Lobby, Opening
from fakemarket.faces.mip.webhooks import Posting, posting
from fakemarket.faces.routes import Rejected, envelope
from fakemarket.market import Market
from fakemarket.world.mip_webhooks import Delivery

MOST_WORLDS = 50
MOST_SNAPSHOTS = 50
LOBBY = "lobby"
"""The face that opens and closes worlds; it belongs to none of them."""


class NotKept(Exception):
    """What was done could not be recorded, so nobody must be told that it was done."""


class Called(NamedTuple):
    """A call that was answered. Instants are seconds since the epoch: `at` market time, `real_at` real time."""

    world: str
    at: int
    real_at: int
    face: str
    request: Request


class Due(NamedTuple):
    """Somebody asked what was due to webhooks."""

    world: str
    at: int


class Settled(NamedTuple):
    """It became known whether a delivery was received."""

    world: str
    number: int
    received: bool


Record = Called | Due | Settled


class Snapshot(NamedTuple):
    """A market put away.

    Attributes:
        world: whose it was.
        at: market time, seconds since the epoch.
    """

    world: str
    at: int
    market: bytes


class Worlds:
    """Markets by name.

    Args:
        first: the one called `main`.
        record: is told of everything that may have changed a world, in order, before anybody has the answer; may raise
            `NotKept`.
    """

    def __init__(self, first: Market, *, record: Callable[[Record], None] | None = None) -> None:
        self._markets: dict[str, Market] = {}
        self._take_in(MAIN, first)
        self._snapshots: dict[str, Snapshot] = {}
        self._taken: dict[tuple[str, int], Delivery] = {}
        self._asked = 0
        self._begin(record)

    def _begin(self, record: Callable[[Record], None] | None) -> None:
        self.record = record
        self._lobby = Lobby(self)
        self._lock = RLock()

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            return {name: value for name, value in vars(self).items() if name not in ("record", "_lobby", "_lock")}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept)
        for name, market in self._markets.items():
            self._take_in(name, market)
        self._begin(None)

    # Calls

    @property
    def main(self) -> Market:
        """The market that one gets without naming a world."""
        return self._markets[MAIN]

    @property
    def markets(self) -> Mapping[str, Market]:
        """The worlds there are, by name."""
        return self._markets

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """What was put away, by name."""
        return self._snapshots

    def answer(self, world: str, face: str, request: Request, *, real_at: int) -> Response:
        """Answers one call; see `Market.answer`. The lobby is a face too, of no world: it goes by the first's clock."""
        with self._lock:
            if self.record is None:
                return self._answer(world, face, request, real_at, None)
            market = self._markets.get(world, self.main)
            with market.timeline.held():
                called = Called(world, market.now(), real_at, face, request)
                response = self._answer(world, face, request, real_at, None)
            self.record(called)
            return response

    def _answer(self, world: str, face: str, request: Request, real_at: int, at: int | None) -> Response:
        if face != LOBBY and world in self._markets:
            return self._markets[world].answer(face, request, real_at=real_at, at=at)
        self._asked += 1
        name = request_id(self.main.seed, LOBBY, self._asked)
        with self.main.timeline.held(at):
            if face == LOBBY:
                return self._lobby.read(request, real_at, name).act()
            if face == "panel":
                from fakemarket.faces.panel import reception

                return reception.nowhere(self.main, world, request)
            return envelope(self._unknown(world), name)

    def deliver(self, post: Callable[[Posting], int]) -> int:
        """Sends what is due to webhooks in every world through `post`; how many were received.

        `post` sends one and returns the HTTP status of the answer, 0 if there was none. Calls are answered meanwhile.
        """
        receipts = 0
        for world, market in tuple(self._markets.items()):
            if not market.world.mip.webhooks.registered:
                continue
            with self._lock, market.timeline.held():
                due = Due(world, market.now())
                taken = self._take(due, None)
                if taken:
                    self._tell(due)
            for delivery in taken:
                received = 200 <= post(posting(delivery, market.world.now)) < 300
                receipts += received
                with self._lock:
                    settled = Settled(world, delivery.number, received)
                    self._settle(settled)
                    self._tell(settled)
        return receipts

    def _take(self, due: Due, at: int | None) -> list[Delivery]:
        taken = self._markets[due.world].due_deliveries(at=at)
        self._taken.update(((due.world, it.number), it) for it in taken)
        return taken

    def _settle(self, settled: Settled) -> None:
        delivery = self._taken.pop((settled.world, settled.number))
        if settled.world in self._markets:
            self._markets[settled.world].settle(delivery, received=settled.received)

    def _tell(self, record: Record) -> None:
        if self.record is not None:
            self.record(record)

    def repeat(self, record: Record) -> None:
        """Does again what was recorded, at the market time at which it was done."""
        match record:
            case Called():
                self._answer(record.world, record.face, record.request, record.real_at, record.at)
            case Due():
                self._take(record, record.at)
            case Settled():
                self._settle(record)

    # What the lobby does

    def open(self, name: str, opening: Opening) -> Market:
        """A new world: a fork of another, a snapshot opened, or a market from its seed.

        Its events have the numbers of its origin's, which goes on beside it, so nobody who listens there hears of it.

        Raises:
            Rejected: the name is taken, what it is to come from isn't there, or there are too many.
        """
        if name in self._markets:
            raise self._taken_already(name)
        if len(self._markets) >= MOST_WORLDS:
            raise Rejected(409, "conflict", f"there are {MOST_WORLDS} worlds, which is the most; close one first")
        if opening.fork_of is not None:
            market = self.required(opening.fork_of).fork()
        elif opening.snapshot is not None:
            market = Market.from_snapshot(self.kept(opening.snapshot).market)
        else:
            try:
                market = Market(**opening.making)
            except ValueError as impossible:
                raise Rejected(422, "validation", f"no market is like that: {impossible}") from None
        webhooks = market.world.mip.webhooks
        for webhook in tuple(webhooks.registered.values()):
            webhooks.remove(webhook, cause="opening")
        if opening.rate is not None:
            market.timeline.set_rate(opening.rate)
        self._take_in(name, market)
        return market

    def _take_in(self, name: str, market: Market) -> None:
        self._markets[name] = market
        market.worlds = self._markets

    def admit(self, name: str, market: Market) -> None:
        """A market that is there already becomes a world; nothing is recorded of that.

        Raises:
            Rejected: the name is taken.
        """
        with self._lock:
            if name in self._markets:
                raise self._taken_already(name)
            self._take_in(name, market)

    @contextmanager
    def led_by(self, market: Market) -> Iterator[None]:
        """Makes a market the first world, as long as the block lasts; nothing is recorded of that."""
        with self._lock:
            before = self.main
            self._take_in(MAIN, market)
        try:
            yield
        finally:
            with self._lock:
                self._markets[MAIN] = before

    def close(self, name: str) -> None:
        """Ends a world and all that was in it.

        Raises:
            Rejected: it isn't there, or it is the first.
        """
        self.required(name)
        if name == MAIN:
            raise Rejected(409, "conflict", f"the world {MAIN!r} stays as long as its server; reset it instead")
        del self._markets[name]

    def put_away(self, name: str, of: str) -> Snapshot:
        """A snapshot of a world as it is now.

        Raises:
            Rejected: the name is taken, the world isn't there, or there are too many.
        """
        market = self.required(of)
        if name in self._snapshots:
            there = ", ".join(self._snapshots)
            raise Rejected(409, "conflict", f"there is a snapshot {name!r} already; there is {there}")
        if len(self._snapshots) >= MOST_SNAPSHOTS:
            raise Rejected(409, "conflict", f"there are {MOST_SNAPSHOTS} snapshots, which is the most; drop one first")
        kept = self._snapshots[name] = Snapshot(of, market.now(), market.snapshot())
        return kept

    def drop(self, name: str) -> None:
        """Forgets a snapshot.

        Raises:
            Rejected: it isn't there.
        """
        self.kept(name)
        del self._snapshots[name]

    def reset_all(self) -> None:
        """Every world begins again, each with its own seed."""
        for market in self._markets.values():
            market.reset()

    def required(self, name: str) -> Market:
        """A world by name.

        Raises:
            Rejected: it isn't there.
        """
        if name not in self._markets:
            raise self._unknown(name)
        return self._markets[name]

    def _taken_already(self, name: str) -> Rejected:
        return Rejected(409, "conflict", f"there is a world {name!r} already; there is {', '.join(self._markets)}")

    def _unknown(self, name: str) -> Rejected:
        return Rejected(404, "not_found", f"there is no world {name!r} here; there is {', '.join(self._markets)}")

    def kept(self, name: str) -> Snapshot:
        """A snapshot by name.

        Raises:
            Rejected: it isn't there.
        """
        if name not in self._snapshots:
            there = ", ".join(self._snapshots) or "none"
            raise Rejected(404, "not_found", f"there is no snapshot {name!r} here; there is {there}")
        return self._snapshots[name]

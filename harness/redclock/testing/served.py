"""One server for many tests, a world for each: starting a server takes milliseconds, opening a world microseconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from fakemarket.doors.addresses import CONTROL_PREFIX, MIP_PREFIX, PANEL_PREFIX, WORLDS_PREFIX
from fakemarket.doors.guard import Guard
from fakemarket.doors.server import Server, listen, url_of
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.worlds import Worlds
from redclock.testing.shops import AliExpress, Mip


@dataclass(frozen=True, slots=True)
class MarketServer:
    """A market at an address of this machine, for clients of any kind.

    Attributes:
        market: the very object; what is done to it here is seen there.
        url: base URL of AliExpress, below which everything else stands; of this market only, so that a call that comes
            late, from the test before, finds no other one's.
        root_url: the same without a path, for clients that know their paths by heart; another test's later on.
    """

    market: Market
    url: str
    root_url: str
    address: tuple[str, int]
    _server: Server

    @property
    def aliexpress(self) -> AliExpress:
        return AliExpress(self.market, self.url)

    @property
    def mip(self) -> Mip:
        return Mip(self.market, self.url + MIP_PREFIX)

    @property
    def control_url(self) -> str:
        """The control plane: clock, faults, journal, moves."""
        return self.url + CONTROL_PREFIX

    @property
    def panel_url(self) -> str:
        """The seller's panel, for a browser."""
        return self.url + PANEL_PREFIX

    def settle(self) -> bool:
        """Answers, in real time, all that was sent to it; whether all answers have arrived."""
        return self._server.settle()


class Hall:
    """A server in a thread of its own, and the worlds it holds."""

    def __init__(self) -> None:
        nobody_orders = Settings(demand=Demand(orders_per_day=0))
        self._worlds = Worlds(Market(seed=0, settings=nobody_orders))
        listener = listen()
        self._address: tuple[str, int] = listener.getsockname()[:2]
        self._url = url_of(listener)
        self._server = Server(self._worlds, listener, Guard())
        self._thread = Thread(target=self._server.run, name="redclock-server", daemon=True)
        self._thread.start()
        self._opened = 0

    @contextmanager
    def world(self, market: Market) -> Iterator[MarketServer]:
        """A market is served as long as the block lasts."""
        self._opened += 1
        name = f"test-{self._opened}"
        self._worlds.admit(name, market)
        try:
            with self._worlds.led_by(market):
                yield MarketServer(market, self._url + WORLDS_PREFIX + name, self._url, self._address, self._server)
                self._server.settle()
        finally:
            self._worlds.close(name)

    def close(self) -> None:
        """Ends the server, its thread and its connections."""
        self._server.stop()
        self._thread.join()


@contextmanager
def hall() -> Iterator[Hall]:
    """A server that is there as long as the block lasts."""
    opened = Hall()
    try:
        yield opened
    finally:
        opened.close()

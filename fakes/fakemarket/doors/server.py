"""The door for everything else: a real server, for clients in other processes and languages.

It listens on loopback unless told otherwise. Stopping is quick: nothing here takes longer than one call, so a
connection that is still open then is waiting for its client and is closed.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EADDRINUSE
from functools import partial
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING

from fakemarket.call import Delivery, Response
from fakemarket.doors.addresses import place_on_server, world_on_server
from fakemarket.doors.connection import Connection
from fakemarket.doors.guard import LOOPBACK, OPEN, BadToken, Guard, is_loopback
from fakemarket.doors.on_its_way import is_sent
from fakemarket.doors.patience import allow_many_connections, close_the_late
from fakemarket.doors.postman import Postman
from fakemarket.doors.ready import ready
from fakemarket.keeping.cache import Cache
from fakemarket.keeping.folder import BadFolder, Folder
from fakemarket.market import Market
from fakemarket.showcase import show_every_status
from fakemarket.timeline import real_now
from fakemarket.world.beginning import Source, anew
from fakemarket.world.tokens import OWN_APP
from fakemarket.worlds import NotKept, Worlds

if TYPE_CHECKING:
    from pathlib import Path

    from fakemarket.call import Request
    from fakemarket.settings import Settings
    from fakemarket.world.world import World

BAD_USAGE = 2
UNABLE = 3
_BACKLOG = 2048
_LAST_WORDS_SECONDS = 0.5
_TURNS_OF_A_CALL = 12
_STOPPERS = (signal.SIGINT, signal.SIGTERM)
_DAY = 86_400


def listen(host: str = LOOPBACK, port: int = 0) -> socket.socket:
    """A socket that already takes calls, though nobody answers them yet; port 0 is any free one.

    Raises:
        OSError: the address is in use, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def url_of(listener: socket.socket) -> str:
    """Where to call a listening socket; one that listens everywhere is called on loopback."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


class Server:
    """Answers the calls of one listening socket from some worlds, in an event loop of its own.

    Args:
        listener: what to answer; closed at the end.
        guard: who may hold the market.
        started: called once calls are being answered.
    """

    def __init__(
        self, worlds: Worlds, listener: socket.socket, guard: Guard, started: Callable[[], None] = lambda: None
    ) -> None:
        self._worlds = worlds
        self._listener = listener
        self._guard = guard
        self._started = started
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._stopping = asyncio.Event()
        self._connections: set[Connection] = set()

    def run(self) -> None:
        """Answers until told to stop; once only."""
        postman = Postman(self._worlds)
        postman.start()
        try:
            with self._runner, self._listener:
                self._runner.run(self._serve())
        finally:
            postman.stop()

    def stop(self) -> None:
        """Makes `run` return soon. Any thread and any signal handler may call it, before `run` too."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    def settle(self) -> bool:
        """Answers every request that has arrived; for other threads than the server's own.

        Returns:
            Whether that was done in time, and every answer has arrived with its client's system.
        """
        arrived: Queue[bool] = Queue()

        def turn(left: int) -> None:
            if left:
                self._loop.call_soon(turn, left - 1)
            else:
                arrived.put(all(is_sent(each.transport) for each in self._connections))

        try:
            # A request that comes with its connection takes this many turns of the loop: accept, begin, read, answer.
            self._loop.call_soon_threadsafe(turn, _TURNS_OF_A_CALL)
            return arrived.get(timeout=_LAST_WORDS_SECONDS)
        except RuntimeError:  # it has stopped
            return True
        except Empty:
            return False

    def _answer(self, request: Request) -> Response:
        world, path = world_on_server(request.path)
        face, path = place_on_server(path)
        below = request if path == request.path else _below(request, face, path)
        try:
            refusal = self._guard.refusal(face, below)
            if refusal:
                return refusal
            let_in = self._guard.without_proof(face, below)
            return self._worlds.answer(world, face, let_in, real_at=real_now())
        except NotKept:
            self.stop()
            return Response(500, b"", delivery=Delivery.LOST)

    async def _serve(self) -> None:
        connections = self._connections
        server = await self._loop.create_server(lambda: Connection(self._answer, connections), sock=self._listener)
        watch = self._loop.create_task(close_the_late(connections))
        self._started()
        await self._stopping.wait()
        watch.cancel()
        server.close()
        await _close(connections)


def _below(request: Request, face: str, path: str) -> Request:
    """A request as its face reads it. Who holds the market is shown a head as the page would be, without the page."""
    is_head = request.method == "HEAD" and face not in OPEN
    return request._replace(path=path, method="GET" if is_head else request.method)


async def _close(connections: set[Connection]) -> None:
    """Closes every connection: at once, or a little later if its client is still reading an answer."""

    async def gone() -> None:
        while connections:  # noqa: ASYNC110  (a connection tells nobody that it has gone)
            await asyncio.sleep(0.001)

    for connection in tuple(connections):
        connection.transport.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(gone(), _LAST_WORDS_SECONDS)
    for connection in tuple(connections):
        connection.transport.abort()
    await gone()


@contextmanager
def running_server(market: Market, guard: Guard | None = None) -> Iterator[str]:
    """Serves a market on a free port of loopback, from a thread, as long as the block runs; its URL."""
    listener = listen()
    url = url_of(listener)
    server = Server(Worlds(market), listener, guard or Guard())
    thread = Thread(target=server.run, name="redclock-server", daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.stop()
        thread.join()


def serve(
    *,
    host: str = LOOPBACK,
    port: int = 8080,
    control_token: str | None = None,
    spare_token: str | None = None,
    ready_json: bool = False,
    seed: int = 1,
    settings: Settings | None = None,
    start_at: int | None = None,
    speed: float = 1.0,
    history_days: int = 28,
    state: Path | None = None,
    cache: Path | None = None,
) -> int:
    """Serves a market until SIGINT or SIGTERM; the exit code: 0, 2 if it can't begin, 3 if it could no longer be kept.

    It says on standard output when it is ready: one line of JSON if asked, else a page for a person. Call it
    from the main thread, the only one that hears signals.

    Args:
        control_token: what whoever holds the market must show; None for nothing, on loopback only.
        spare_token: takes its place beyond loopback if there is none; without either such an address is refused.
        start_at: market time at opening, seconds since the epoch; the real present unless given.
        speed: market seconds in a real second.
        history_days: whole days of simulated history before the day (UTC) of the opening; 0 for none at all.
        state: a folder that keeps the worlds, so that they outlive a kill; made if it isn't there.
        cache: a folder of pickles from which history is read where it was made before; None to make it each time.
    """
    making = {"seed": seed, "start_at": start_at, "speed": speed, "history_days": history_days}
    try:
        folder = None if state is None else Folder(state, making)
        listener, guard = _door(host, port, control_token, spare_token)
    except (BadFolder, BadToken, _NoDoor) as bad:
        sys.stderr.write(f"redclock serve: {bad}\n")
        return BAD_USAGE
    allow_many_connections()
    before = {each: signal.signal(each, signal.default_int_handler) for each in _STOPPERS}
    try:
        with listener:
            opens_at = real_now() if start_at is None else start_at
            source = anew if cache is None else Cache(cache).world
            make = partial(_opened, seed, settings, opens_at, speed, history_days, source)
            worlds = Worlds(make()) if folder is None else folder.open(make)
            said = partial(_say, worlds.main, url_of(listener), guard.token, ready_json=ready_json)
            server = Server(worlds, listener, guard, said)
            for each in _STOPPERS:
                signal.signal(each, lambda *_: server.stop())
            server.run()
    except BadFolder as bad:
        sys.stderr.write(f"redclock serve: {bad}\n")
        return BAD_USAGE
    except KeyboardInterrupt:  # while history was being made
        pass
    finally:
        if folder is not None:
            folder.close()
        for each, handler in before.items():
            signal.signal(each, handler)
    if folder is not None and folder.failure:
        sys.stderr.write(f"redclock serve: {folder.failure}; the market ends here, all it answered before is kept\n")
        return UNABLE
    return 0


def _opened(
    seed: int, settings: Settings | None, opens_at: int, speed: float, history_days: int, source: Source
) -> Market:
    """A market at its opening: history behind it, an order in every status, the sellers just logged in.

    History begins at a midnight, so that whenever one opens it that day, it is the same market.
    """
    gc.disable()  # history makes many objects and little garbage: looking for it is a quarter of the start
    start_at = opens_at - (opens_at % _DAY + history_days * _DAY if history_days else 0)
    market = Market(
        seed=seed,
        settings=settings,
        start_at=start_at,
        history_days=(opens_at - start_at) / _DAY,
        rate=speed,
        opening=_open,
        source=source,
    )
    gc.freeze()
    gc.enable()
    return market


def _open(world: World) -> None:
    show_every_status(world)
    for seller in world.settings.sellers:
        world.tokens.authorise(OWN_APP, seller, cause="opening")


def _say(market: Market, url: str, control_token: str | None, *, ready_json: bool) -> None:
    said = ready(market, url, control_token)
    sys.stdout.write(said.line() if ready_json else said.page(len(market.world.orders), market.timeline.rate))
    sys.stdout.flush()


class _NoDoor(Exception):
    """A server can't be had at that address."""


def _door(host: str, port: int, control_token: str | None, spare_token: str | None) -> tuple[socket.socket, Guard]:
    """A listening socket, and who may hold what is behind it.

    Raises:
        BadToken: the token can't be sent.
        _NoDoor: the address can't be had, or needs a token.
    """
    guard = Guard(control_token, host)
    try:
        listener = listen(host, port)
    except OSError as error:
        raise _NoDoor(_why_not(host, port, error)) from error
    if guard.token is not None or is_loopback(listener.getsockname()[0]):
        return listener, guard
    if spare_token is None:
        listener.close()
        raise _NoDoor(
            f"{host or 'every address'} can be called from elsewhere; choose a control token, which its control plane "
            "and panel will ask for"
        )
    return listener, Guard(spare_token)


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == EADDRINUSE:
        return f"port {port} of {host} is in use; name another with --port, or 0 for any free one"
    why = error.strerror or error
    return f"can't listen on port {port} of {host}: {why}; name an address of this machine with --host"

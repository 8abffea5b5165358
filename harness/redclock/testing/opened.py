"""Markets, servers and warps as context managers that are decorators too.

The composition point for tests: which doors a market stands open to, and what becomes of calls elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from errno import ENETUNREACH
from functools import partial, wraps
from inspect import iscoroutinefunction, signature
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fakemarket.doors.beyond import Beyond
from fakemarket.market import MONDAY, Market
from redclock.guard import RealNet, net_refused
from redclock.warp import LIMIT_SECONDS, Clock, Warp
from redclock.warp import warp as warped

if TYPE_CHECKING:
    from fakemarket.faults import Fault
    from fakemarket.settings import Settings
    from redclock.scenario.model import Scenario
    from redclock.testing.served import MarketServer

T = TypeVar("T")

HOW_TO_ALLOW = (
    ". If this call is meant to go out, name its host: allow=['host'] where the market is opened or in "
    "@pytest.mark.redclock(...), --redclock-allow=host, REDCLOCK_ALLOW=host, or redclock_allow in pytest's ini file "
    "('*' is every host). If it is meant for the market, let the client call one of its hosts, or `market_server`"
)


class Opened(Generic[T]):
    """Something that is open in a `with`, or around each call of a function that it decorates.

    Args:
        make: opens one.
        name: of the parameter by which a decorated function asks for it.
    """

    def __init__(self, make: Callable[[], AbstractContextManager[T]], name: str) -> None:
        self._make = make
        self._name = name
        self._open: list[AbstractContextManager[T]] = []

    def __enter__(self) -> T:
        made = self._make()
        entered = made.__enter__()
        self._open.append(made)
        return entered

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.pop().__exit__(kind, error, at)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        there = signature(function)
        takes = self._name in there.parameters

        def given(opened: T) -> dict[str, T]:
            return {self._name: opened} if takes else {}

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self._make() as opened:
                return function(*args, **given(opened), **kwargs)

        @wraps(function)
        async def call_async(*args: Any, **kwargs: Any) -> Any:
            with self._make() as opened:
                return await function(*args, **given(opened), **kwargs)

        wrapper: Any = call_async if iscoroutinefunction(function) else call
        # Or pytest would look for a fixture of that name.
        left = [it for it in there.parameters.values() if it.name != self._name]
        wrapper.__signature__ = there.replace(parameters=left)
        made: Callable[..., Any] = wrapper
        return made


def market(
    *,
    seed: int = 1,
    settings: Settings | Mapping[str, Any] | None = None,
    scenario: Scenario | str | None = None,
    start_at: int = MONDAY,
    history_days: int = 0,
    faults: Sequence[Fault] = (),
    allow: Iterable[str] = (),
) -> Opened[Market]:
    """A market in this process: `requests` and `httpx` calls to the platform's own hosts reach it while it is open.

    Calls to other hosts are refused, in whatever way they are made, and the message says how to allow them; this
    machine may be called.

    Args:
        seed: one seed, one history.
        settings: what the market is like; a mapping is read as a scenario's `[market]`.
        scenario: one that is bundled, by name, or a file: the market as it begins, with its faults.
        start_at: market time at the beginning of its history, seconds since the epoch.
        history_days: days that have passed when it opens.
        faults: what goes wrong, beside what does in the scenario.
        allow: hosts that may be called; `*` is every one, `*.example.org` all below `example.org`.
    """
    make = partial(_made, seed, settings, scenario, start_at, history_days, tuple(faults))
    return Opened(partial(_market, make, tuple(allow)), "market")


def doors(opened: Market, *, allow: Iterable[str] = ()) -> Opened[Market]:
    """Opens to `requests` and `httpx` a market that is there already, such as that of a hypothesis state machine.

    Args:
        allow: hosts that may be called for real.
    """
    return Opened(partial(_market, lambda: opened, tuple(allow)), "market")


def market_server(served: Market | None = None, **making: Any) -> Opened[MarketServer]:
    """A market at an address of this machine, for clients of any kind and language.

    Args:
        served: the market; made of the other arguments, those of `Market`, unless given.
    """

    @contextmanager
    def serve() -> Iterator[MarketServer]:
        from redclock.testing.served import hall

        with hall() as opened, opened.world(served or Market(**making)) as server:
            yield server

    return Opened(serve, "market_server")


def warp(
    held: Market,
    *,
    clock: Clock | str = Clock.FREEZEGUN,
    limit_seconds: int = LIMIT_SECONDS,
    servers: Sequence[MarketServer] = (),
) -> Opened[Warp]:
    """Holds the clocks of code under test at market time; its sleeps let market time pass. See `redclock.warp.warp`."""
    open_one = partial(warped, held, clock=Clock(clock), limit_seconds=limit_seconds, servers=servers)
    return Opened(open_one, "warp")


def _made(
    seed: int,
    settings: Settings | Mapping[str, Any] | None,
    scenario: Scenario | str | None,
    start_at: int,
    history_days: int,
    faults: tuple[Fault, ...],
) -> Market:
    if scenario is None:
        return Market(
            seed=seed, settings=_settings(settings), start_at=start_at, history_days=history_days, faults=faults
        )
    from redclock.run import open_market
    from redclock.testing.rehearsal import scenario_of

    if settings is not None or start_at != MONDAY:
        raise ValueError("a scenario has its own settings and start; give either it or them")
    opened = open_market(scenario_of(scenario), seed)
    opened.advance(days=history_days)
    for fault in faults:
        opened.faults.add(fault)
    return opened


def _settings(settings: Settings | Mapping[str, Any] | None) -> Settings | None:
    if settings is None or not isinstance(settings, Mapping):
        return settings
    import orjson
    from pydantic import TypeAdapter

    from fakemarket.settings import Settings

    # By way of JSON, as a scenario file goes: a list may stand for a tuple and a word for an enum.
    return TypeAdapter(Settings).validate_json(orjson.dumps(dict(settings)))


@contextmanager
def _market(make: Callable[[], Market], allow: tuple[str, ...]) -> Iterator[Market]:
    from fakemarket.doors.httpx_door import httpx_door
    from fakemarket.doors.requests_door import responses_door

    beyond = Beyond(allow, HOW_TO_ALLOW)

    def refuse(where: str, host: str) -> bool:
        if not beyond.may_be_called(host):
            raise RealNet(ENETUNREACH, beyond.refusal(where, host))
        return True

    opened = make()
    with ExitStack() as stack:
        stack.enter_context(responses_door(opened, beyond=beyond))
        stack.enter_context(httpx_door(opened, beyond=beyond))
        stack.enter_context(net_refused(refuse))
        yield opened

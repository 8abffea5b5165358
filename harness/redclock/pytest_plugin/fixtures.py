"""The fixtures: a market whose clock a test holds, in whatever way the code under test reaches it.

A thin shell over `redclock.testing`. Loaded in every pytest session, so nothing of ours is imported until a fixture is
asked for. Where a fixture can be set, one of that name in a test's module or conftest comes first, then the test's own
marker, the command line, the environment, the ini file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakemarket.journal import Journal
    from fakemarket.market import Market
    from fakemarket.settings import Settings
    from fakemarket.world.ledger import Ledger
    from redclock.testing import AliExpress, MarketServer, Mip, Rehearsal, Warp
    from redclock.testing.served import Hall

_MARKET = pytest.StashKey["Market"]()
_WISHES = {
    "seed": "the session's seed: a test's own derives from it and from the test's name (--randomly-seed, else 0)",
    "clock": "what holds the clocks for warp: freezegun, time-machine or none (freezegun)",
    "limit_days": "the most market time that code under test may sleep through in a test (90)",
    "allow": "hosts that may be called for real, with commas between them; * is every host (none)",
}
_CLOCKS = ("freezegun", "time-machine", "none")
_MARKS = ("scenario", "seed", "settings", "history_days", "start_at", "faults", "clock", "limit_days", "allow")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--redclock-...`, and the same in the ini file."""
    group = parser.getgroup("redclock", "redclock: a market whose clock a test holds")
    for name, what in _WISHES.items():
        group.addoption(f"--redclock-{name.replace('_', '-')}", dest=f"redclock_{name}", default=None, help=what)
        parser.addini(f"redclock_{name}", what, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Tells pytest of the marker."""
    config.addinivalue_line(
        "markers", f"redclock({', '.join(f'{name}=...' for name in _MARKS)}): what a test's market is"
    )


def pytest_report_header(config: pytest.Config) -> str:
    """The seed of the session."""
    return f"redclock: session seed {_session_seed(config)}, from which and from its name each test's own seed comes"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tells what happened in the market when a test with one fails, and how to see it again."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    market = item.stash.get(_MARKET, None)
    if report.failed and market is not None:
        from redclock.testing import failure_report

        report.sections.append(("redclock", failure_report(market, _again(item))))


def _again(item: pytest.Item) -> str:
    import shlex

    words = ["pytest", item.nodeid, f"--redclock-seed={_session_seed(item.config)}"]
    clock = _wish(item.config, "clock")
    return shlex.join([*words, f"--redclock-clock={clock}"] if clock else words)


def _wish(config: pytest.Config, name: str) -> str:
    """What is asked for by command line, environment or ini file, the first of them that says anything; or nothing."""
    said = config.getoption(f"redclock_{name}", None)
    return str(said or os.environ.get(f"REDCLOCK_{name.upper()}") or config.getini(f"redclock_{name}"))


def _session_seed(config: pytest.Config) -> int:
    said = _wish(config, "seed") or config.getoption("randomly_seed", None) or 0
    try:
        return int(said)
    except ValueError:
        raise pytest.UsageError(f"redclock's seed is {said!r}; it must be a whole number") from None


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the test's markers say; the nearest one counts."""
    said: dict[str, Any] = {}
    for marker in request.node.iter_markers("redclock"):
        unknown = [*marker.args, *(name for name in marker.kwargs if name not in _MARKS)]
        if unknown:
            raise pytest.UsageError(
                f"@pytest.mark.redclock knows no {unknown[0]!r}; it takes {', '.join(_MARKS)}, by name"
            )
        said = {**marker.kwargs, **said}
    return said


@pytest.fixture
def redclock_seed(request: pytest.FixtureRequest) -> int:
    """The seed of a test's market, from the test's name and the session's: neither order nor workers matter."""
    marked = _marked(request).get("seed")
    if marked is not None:
        return int(marked)
    from zlib import crc32

    session = _session_seed(request.config)
    name = request.node.nodeid
    return crc32((f"{session}:{name}" if session else name).encode())


@pytest.fixture
def redclock_settings(request: pytest.FixtureRequest) -> Settings | dict[str, Any] | None:
    """What a test's market is like: `Settings`, or a mapping as a scenario's `[market]`; None for the usual."""
    marked: Settings | dict[str, Any] | None = _marked(request).get("settings")
    return marked


@pytest.fixture
def redclock_clock(request: pytest.FixtureRequest) -> str:
    """What holds the clocks for `warp`: freezegun, time-machine or none."""
    clock = str(_marked(request).get("clock") or _wish(request.config, "clock") or _CLOCKS[0])
    if clock not in _CLOCKS:
        raise pytest.UsageError(f"redclock's clock is {clock!r}; there is {', '.join(_CLOCKS)}")
    return clock


@pytest.fixture
def redclock_limit_days(request: pytest.FixtureRequest) -> float:
    """The most market time, in days, that code under test may sleep through in a test."""
    said = _marked(request).get("limit_days") or _wish(request.config, "limit_days") or 90
    try:
        return float(said)
    except ValueError:
        raise pytest.UsageError(f"redclock's limit_days is {said!r}; it must be a number of days") from None


@pytest.fixture
def redclock_allow(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The hosts that may be called for real while a test has a market."""
    marked = _marked(request).get("allow")
    if marked is not None:
        return (marked,) if isinstance(marked, str) else tuple(marked)
    return tuple(host.strip() for host in _wish(request.config, "allow").split(",") if host.strip())


@pytest.fixture
def market(
    request: pytest.FixtureRequest,
    redclock_seed: int,
    redclock_settings: Settings | dict[str, Any] | None,
    redclock_allow: tuple[str, ...],
) -> Iterator[Market]:
    """A market in this process, standing still at Monday 2 March 2026 until the test advances it.

    `requests` and `httpx` calls to the platform's own hosts reach it while the test runs; other hosts are refused. A
    fault of the test's that is there at the end and never struck is a warning: the test proves less than it says.
    """
    import warnings

    from redclock.testing import market as opening

    marked = _marked(request)
    making = {name: marked[name] for name in ("scenario", "history_days", "start_at") if name in marked}
    with opening(seed=redclock_seed, settings=redclock_settings, allow=redclock_allow, **making) as opened:
        of_scenario = set(opened.faults.installed)
        for fault in marked.get("faults", ()):
            opened.faults.add(fault)
        request.node.stash[_MARKET] = opened
        yield opened
    for number in opened.faults.never_struck():
        if number not in of_scenario:
            kind = opened.faults.installed[number].kind
            warnings.warn(f"fault {number} ({kind}) of this test's market never struck", stacklevel=1)


@pytest.fixture(scope="session")
def redclock_server() -> Iterator[Hall]:
    """The one server of a worker, started by the first test that needs it; `market_server` is a world on it."""
    from redclock.testing.served import hall

    with hall() as opened:
        yield opened


@pytest.fixture
def market_server(market: Market, redclock_server: Hall) -> Iterator[MarketServer]:
    """The test's market at an address of this machine, for `aiohttp` and clients of any other kind."""
    with redclock_server.world(market) as server:
        yield server


@pytest.fixture
def aliexpress(request: pytest.FixtureRequest, market: Market) -> AliExpress:
    """Where, and with which keys, code under test calls AliExpress: on the server if the test has one."""
    from redclock.testing import AliExpress

    server = _server(request)
    return server.aliexpress if server else AliExpress(market)


@pytest.fixture
def mip(request: pytest.FixtureRequest, market: Market) -> Mip:
    """Where and with which key code under test calls the integration platform."""
    from redclock.testing import Mip

    server = _server(request)
    return server.mip if server else Mip(market)


@pytest.fixture
def warp(
    request: pytest.FixtureRequest, market: Market, redclock_clock: str, redclock_limit_days: float
) -> Iterator[Warp]:
    """Holds the clocks of the code under test at market time, and makes its sleeps the passing of market time."""
    from redclock.testing import warp as opening

    server = _server(request)
    servers = [server] if server else []
    limit_seconds = round(redclock_limit_days * 86_400)
    with opening(market, clock=redclock_clock, limit_seconds=limit_seconds, servers=servers) as opened:
        yield opened


@pytest.fixture
def scenario(request: pytest.FixtureRequest, redclock_seed: int) -> Rehearsal:
    """The scenario of the test's marker, to run logic of one's own in: `scenario.assert_passes("shop:Caretaker")`."""
    from redclock.testing import rehearsal

    named = _marked(request).get("scenario")
    if named is None:
        raise pytest.UsageError("which scenario? Name it: @pytest.mark.redclock(scenario='b1-silent-expiry')")
    return rehearsal(named, redclock_seed)


@pytest.fixture
def ledger(market: Market) -> Ledger:
    """Everything that has happened in the test's market."""
    return market.ledger


@pytest.fixture
def journal(market: Market) -> Journal:
    """Every call to the test's market: `journal.assert_called("GET /v1/orders", times=3)`."""
    return market.journal


def _server(request: pytest.FixtureRequest) -> MarketServer | None:
    """The test's server, if it asks for one anywhere."""
    if "market_server" not in request.fixturenames:
        return None
    server: MarketServer = request.getfixturevalue("market_server")
    return server

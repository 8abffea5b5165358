"""The pytest plugin: fixtures that give a test a market whose clock it holds, and scenario files as tests.

Imported at the start of every pytest session of everybody who has redclock installed, so it imports nothing of ours
until a fixture is asked for or a scenario file is met. Nothing here is autouse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakemarket.market import Market

pytest.register_assert_rewrite("fakemarket", "redclock")

_MARKET = pytest.StashKey["Market"]()


@pytest.fixture
def redclock_seed(request: pytest.FixtureRequest) -> int:
    """The seed of a test's market, from the test's own name: neither order nor workers matter. Override at will."""
    return crc32(request.node.nodeid.encode())


@pytest.fixture
def market(request: pytest.FixtureRequest, redclock_seed: int) -> Iterator[Market]:
    """A market in this process, standing still at Monday 2 March 2026 until the test advances it.

    `requests` calls to the platform's own hosts reach it while the test runs; other hosts are refused. A fault that is
    there at the end and never struck is a warning: the test proves less than it says.
    """
    import warnings

    from fakemarket.doors.requests_door import responses_door
    from fakemarket.market import Market

    opened = Market(seed=redclock_seed)
    request.node.stash[_MARKET] = opened
    with responses_door(opened):
        yield opened
    for number in opened.faults.never_struck():
        kind = opened.faults.installed[number].kind
        warnings.warn(f"fault {number} ({kind}) of this test's market never struck", stacklevel=1)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tells seed and market time when a test with a market fails."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    market = item.stash.get(_MARKET, None)
    if report.when == "call" and report.failed and market is not None:
        told = (
            f"seed {market.seed}, market time {market.moment():%a %Y-%m-%d %H:%M:%S} UTC, {len(market.orders())} orders"
        )
        report.sections.append(("redclock", told))


def pytest_addoption(parser: pytest.Parser) -> None:
    """What scenario files run with: from the command line, else REDCLOCK_SEEDS and so on, else the ini."""
    group = parser.getgroup("redclock", "scenario files (redclock)")
    group.addoption("--redclock-seeds", metavar="0..9", help="seeds of scenario files; default: what each says")
    group.addoption("--redclock-subject", metavar="MODULE:ATTR", help="the logic under test; default: the reference")
    parser.addini("redclock_seeds", "seeds of scenario files, such as 0..9")
    parser.addini("redclock_subject", "the logic under test of scenario files, module:attribute")
    parser.addini("redclock_scenarios", "folders in which every TOML file is a scenario", type="paths", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Scenario files; no other TOML file."""
    if file_path.suffix != ".toml":
        return None
    from redclock.pytest_scenarios import ScenarioFile, is_scenario

    return ScenarioFile.from_parent(parent, path=file_path) if is_scenario(file_path, parent.session) else None


class _ExitCodes:
    """Ends a session that failed with redclock's own exit codes: 3 after a fault of ours, 4 after a limit."""

    def __init__(self) -> None:
        self._asked: set[int] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == "redclock_exit" and isinstance(value, int):
                self._asked.add(value)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.TESTS_FAILED and self._asked:
            session.exitstatus = min(self._asked)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listens to every report, of this process and of others."""
    session.config.pluginmanager.register(_ExitCodes(), "redclock-exit-codes")

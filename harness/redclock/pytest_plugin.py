"""The pytest plugin: fixtures that give a test a market whose clock it holds.

Imported at the start of every pytest session of everybody who has redclock installed, so it imports nothing of ours
until a fixture is asked for. Nothing here is autouse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

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

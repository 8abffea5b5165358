"""The fixtures in somebody else's repository: what they give, how they are set, and what a failure tells."""

from __future__ import annotations

import re

import pytest

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:randomly")

SHOP = '''
"""A connector that knows nothing of tests: production addresses, the real clock, real sleeps."""
import time
from datetime import datetime, timezone

import requests


def pending(url, headers):
    answer = requests.get(f"{url}/v1/orders", headers=headers, params={"limit": 50}, timeout=10)
    answer.raise_for_status()
    return [row for row in answer.json()["data"] if row["status"] == "pending_review"]


def poll_for_ever(url, headers, seen):
    while True:
        seen.append((datetime.now(timezone.utc), len(pending(url, headers))))
        time.sleep(900)
'''

TESTS = """
import asyncio
from datetime import datetime, timedelta, timezone

import aiohttp
import httpx
import pytest
import requests

import shop
from fakemarket.faults import Aim, Down


def test_a_polling_loop_runs_days(market, mip, warp, journal):
    seen = []
    began = datetime.now(timezone.utc)
    warp.run(lambda: shop.poll_for_ever(mip.url, mip.headers, seen), days=2)
    assert datetime.now(timezone.utc) == began + timedelta(days=2) == market.moment()
    assert len(seen) == 192
    assert len(journal.assert_called("GET /v1/orders", outcome="ok")) == 192


def test_one_object_in_process_and_on_the_server(market, market_server, mip, aliexpress, journal, ledger):
    order = aliexpress.place(pays=True, review_rejects=False)
    assert mip.url.startswith("http://127.0.0.1:") and aliexpress.url == market_server.url
    for url in (mip.url, "https://mip.example"):
        assert requests.get(f"{url}/v1/channels", headers=mip.headers, timeout=5).status_code == 200
        assert httpx.get(f"{url}/v1/channels", headers=mip.headers).status_code == 200
    journal.assert_called("GET /v1/channels", times=4)
    assert ledger.of(order.id)[0].what == "place"
    assert mip.order(order.id) is None


async def orders(url, headers):
    async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/orders", headers=headers) as answer:
        return (await answer.json())["data"]


def test_aiohttp_at_the_server_under_warp(market_server, mip, warp):
    async def wait_for_an_order():
        while not await orders(mip.url, mip.headers):
            await asyncio.sleep(600)

    asyncio.run(wait_for_an_order())
    assert mip.orders()


@pytest.mark.parametrize("number", range(3))
def test_each_test_has_a_world_of_its_own_on_one_server(market_server, redclock_server, number):
    assert market_server.market.orders() == []
    assert market_server.url.startswith(redclock_server._url)
    assert list(redclock_server._worlds.markets) == ["main", market_server.url.rpartition("/")[2]]
    market_server.market.place(pays=True)


@pytest.mark.redclock(seed=5, settings={"demand": {"orders_per_day": 5.0}}, history_days=2)
def test_marked(market):
    assert market.seed == 5
    assert 2 < len(market.orders()) < 25


@pytest.mark.redclock(scenario="b1-silent-expiry")
class TestScenario:
    def test_the_market_is_the_scenarios(self, market, scenario):
        assert market.settings == scenario.scenario.market
        assert market.faults.installed[0].kind == "token_dies"

    @pytest.mark.redclock(seed=0)
    def test_it_can_be_rehearsed(self, scenario):
        assert scenario.assert_passes().seed == 0
        with pytest.raises(AssertionError, match="again: redclock run b1-silent-expiry --seeds 0 --subject"):
            scenario.assert_passes("redclock.subject.broken:Idle")


@pytest.mark.redclock(clock="time-machine", limit_days=1)
def test_another_clock_and_a_limit(warp):
    from redclock.testing import SleptTooLong
    import time

    time.sleep(86_400)
    with pytest.raises(SleptTooLong, match="no more than 1 day, 0:00:00 is allowed"):
        time.sleep(1)


def test_other_hosts_are_refused_by_whatever_library(market):
    import socket
    import urllib.request

    how = "allow=.*pytest.mark.redclock.*--redclock-allow=.*REDCLOCK_ALLOW"
    with pytest.raises(requests.exceptions.ConnectionError, match=f"example.org is no host of this market.*{how}"):
        requests.get("https://example.org/", timeout=5)
    with pytest.raises(httpx.ConnectError, match=f"example.org is no host of this market.*{how}"):
        httpx.get("https://example.org/")
    with pytest.raises(OSError, match=f"example.org is no host of this market.*{how}"):
        urllib.request.urlopen("http://example.org/")
    with pytest.raises(OSError, match="192.0.2.1 is no host of this market"):
        socket.create_connection(("192.0.2.1", 80), 1)


@pytest.mark.redclock(allow=["nowhere.invalid"])
def test_an_allowed_host_is_looked_for(market):
    with pytest.raises(requests.exceptions.ConnectionError) as raised:
        requests.get("https://nowhere.invalid/", timeout=5)
    assert "no host of this market" not in str(raised.value)
    with pytest.raises(httpx.ConnectError) as raised:
        httpx.get("https://nowhere.invalid/")
    assert "no host of this market" not in str(raised.value)


@pytest.mark.redclock(faults=[Down(Aim(operation="GET /v1/orders", nth=1))])
def test_a_fault_of_the_marker(market, mip):
    answers = [requests.get(f"{mip.url}/v1/orders", headers=mip.headers, timeout=5).status_code for _ in range(2)]
    assert answers == [503, 200]
"""

FAILS = """
import pytest
import requests
from fakemarket.faults import Aim, Down, Reset


@pytest.mark.redclock(faults=[Down(Aim(operation="GET /v1/orders", nth=2)), Reset(Aim(share=0))])
def test_that_fails(market, mip, aliexpress):
    order = aliexpress.place(pays=True, review_rejects=False, cancel_seconds=None)
    market.advance(days=1)
    url = f"{mip.url}/v1/orders"
    requests.get(f"{url}/{mip.order(order.id).id}", headers=mip.headers, timeout=5)
    requests.get(url, headers=mip.headers, timeout=5)
    requests.get(url, headers=mip.headers, timeout=5)
    assert order.status == "FINISH"
"""


def test_the_fixtures_give_what_they_say(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(shop=SHOP, test_shop=TESTS)
    result = pytester.runpytest_subprocess(*OPTIONS)
    result.assert_outcomes(passed=13)


def test_a_failure_tells_what_happened_and_how_to_see_it_again(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_fails=FAILS)
    result = pytester.runpytest_subprocess(*OPTIONS, "--redclock-seed=9", "-W", "ignore")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "redclock: session seed 9, *",
            "*- redclock -*",
            "seed *, market time Tue 2026-03-03 00:00:00 UTC, * orders",
            "fault 0 (*) struck once",
            "fault 1 (reset) never struck",
            "the last of 3 calls:",
            "  Tue 00:00:00  GET /v1/orders/{id}, order *: 200 ok",
            "  Tue 00:00:00  GET /v1/orders: 503 not JSON, struck by fault:0",
            "  Tue 00:00:00  GET /v1/orders: 200 ok",
            "order *, WAIT_SELLER_SEND_GOODS, by the clocks of Europe/Madrid:",
            "*ordered*",
            "*the countdown runs until*",
            "again: pytest test_fails.py::test_that_fails --redclock-seed=9",
        ]
    )
    again = re.search(r"again: pytest (\S+) (\S+)", result.stdout.str())
    assert again
    repeated = pytester.runpytest_subprocess(*OPTIONS, *again.groups(), "-W", "ignore")
    seeds = [re.findall(r"^seed (\d+),", each.stdout.str(), re.MULTILINE) for each in (result, repeated)]
    assert seeds[0] == seeds[1] != []


SEEDS = """
def test_seed(redclock_seed, redclock_clock, redclock_limit_days, redclock_allow):
    print(f"<{redclock_seed} {redclock_clock} {redclock_limit_days:g} {','.join(redclock_allow)}>")
"""


def wishes(pytester: pytest.Pytester, *words: str) -> str:
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-s", *words)
    told = re.search(r"<(.*)>", result.stdout.str())
    assert told, result.stdout.str()
    return told[1]


def test_a_fixture_comes_before_command_line_before_environment_before_ini_file(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(test_seed=SEEDS)
    none = wishes(pytester, "-p", "no:randomly")
    assert none.endswith(" freezegun 90 ")
    pytester.makeini(
        "[pytest]\nredclock_seed = 1\nredclock_clock = none\n"
        "redclock_limit_days = 3\nredclock_allow = a.example, b.example\n"
    )
    ini = wishes(pytester, "-p", "no:randomly")
    assert ini.endswith(" none 3 a.example,b.example")
    for name, value in {"SEED": "2", "CLOCK": "time-machine", "LIMIT_DAYS": "4", "ALLOW": "*"}.items():
        monkeypatch.setenv(f"REDCLOCK_{name}", value)
    environment = wishes(pytester, "-p", "no:randomly")
    assert environment.endswith(" time-machine 4 *")
    line = wishes(pytester, "-p", "no:randomly", "--redclock-seed=3", "--redclock-clock=freezegun")
    assert line.endswith(" freezegun 4 *")
    assert len({each.partition(" ")[0] for each in (none, ini, environment, line)}) == 4
    pytester.makeconftest(
        "import pytest\n@pytest.fixture\ndef redclock_seed():\n    return 77\n"
        "@pytest.fixture\ndef redclock_clock():\n    return 'none'\n"
    )
    assert wishes(pytester, "-p", "no:randomly", "--redclock-seed=3").startswith("77 none ")


def test_seeds_follow_pytest_randomly(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_randomly")
    pytester.makepyfile(test_seed=SEEDS)
    randomly = [wishes(pytester, f"--randomly-seed={seed}") for seed in (5, 6)]
    assert randomly[0] != randomly[1]
    assert randomly[0] == wishes(pytester, "-p", "no:randomly", "--redclock-seed=5")


WRONG = """
import pytest

pytestmark = pytest.mark.redclock(clock="none")


@pytest.mark.redclock(sed=1)
def test_mark(market): pass


@pytest.mark.redclock("b1")
def test_word(market): pass


@pytest.mark.redclock(scenario="b1-silent")
def test_scenario(market): pass


@pytest.mark.redclock(settings={"demnd": {}})
def test_settings(market): pass


@pytest.mark.redclock(clock="sundial")
def test_clock(warp): pass


@pytest.mark.redclock(limit_days="long")
def test_limit(warp): pass


def test_no_scenario(scenario): pass
"""


def test_what_is_asked_for_wrongly_is_refused_with_what_there_is(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(WRONG)
    result = pytester.runpytest_subprocess(*OPTIONS)
    result.assert_outcomes(errors=7)
    result.stdout.fnmatch_lines(
        [
            "*knows no 'sed'; it takes scenario, seed, settings*",
            "*knows no 'b1'*",
            "*b1-silent: neither a bundled scenario*",
            "*demnd*",
            "*clock is 'sundial'; there is freezegun, time-machine, none*",
            "*limit_days is 'long'; it must be a number of days*",
            "*which scenario? Name it: @pytest.mark.redclock(scenario=*",
        ]
    )


def test_a_seed_that_is_none_is_refused_before_anything_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SEEDS)
    result = pytester.runpytest_subprocess(*OPTIONS, "--redclock-seed=many")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*redclock's seed is 'many'; it must be a whole number*"])

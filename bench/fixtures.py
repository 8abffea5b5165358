"""What the fixtures cost: a session that uses nothing of them, a test with a market, a warp, a call through each door.

Everything is measured in processor time and in turns, so that the machine's speed drifts alike for all of it. A figure
is the median over the rounds; quote the ratios.

    python bench/fixtures.py [--rounds 7]
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import httpx
import requests
import responses

from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from redclock.testing import Clock, market, warp

URL = "https://mip.example/v1/channels"
GOALS = {
    "plugin, ms a session": 15.0,
    "market fixture, empty world, ms": 2.0,
    "market fixture, 100 orders, ms": 5.0,
    "warp after the first, freezegun, ms": 0.2,
    "warp after the first, time-machine, ms": 0.2,
    "a call through responses, of a trivial callback's": 1.15,
    "a call through the httpx door, of the same": 0.575,
}


def seconds_each(work: Callable[[], object], times: int) -> float:
    began = process_time()
    for _ in range(times):
        work()
    return (process_time() - began) / times


_LOAD = """
import time
from _pytest.config import get_config
manager = get_config().pluginmanager
began = time.process_time()
import redclock.pytest_plugin as plugin
manager.register(plugin, "redclock")
assert manager.has_plugin("redclock.pytest_plugin.fixtures")
print(time.process_time() - began)
"""


def plugin_ms(rounds: int) -> float:
    """What the plugin adds to a session that uses nothing of it: to be loaded and registered, in a new process."""
    command = [sys.executable, "-c", _LOAD]
    with TemporaryDirectory() as folder:  # where what was compiled is kept, as in anybody's environment
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": folder}
        runs = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            for _ in range(rounds + 1)
        ]
    return 1000 * median(float(run.stdout) for run in runs[1:])


NOBODY_ORDERS = Settings(demand=Demand(orders_per_day=0))


def empty_market() -> None:
    with market(seed=7, settings=NOBODY_ORDERS):
        pass


def usual_market() -> None:
    """As the fixture has it unless told otherwise: the fates of the first day's orders are drawn when it opens."""
    with market(seed=7):
        pass


def market_of_a_hundred() -> None:
    with market(seed=7, settings=NOBODY_ORDERS) as shop:
        for _ in range(100):
            shop.place(pays=True)


def some_days() -> None:
    """A hundred orders that come by themselves, with all that happens to them meanwhile."""
    with market(seed=7) as shop:
        shop.advance(days=2.5)


def calls(rounds: int) -> tuple[float, float, float, float]:
    """Seconds of a call: a trivial callback's, both doors', and the market's own part of it."""
    shop = Market(seed=7, settings=NOBODY_ORDERS)
    headers = {"authorization": f"Bearer {shop.world.mip.api_key}"}
    seen: dict[str, list[float]] = {"trivial": [], "responses": [], "httpx": [], "market": []}
    session, client = requests.Session(), httpx.Client()

    def ask() -> object:
        return session.get(URL, headers=headers)

    from fakemarket.doors.plain_door import plain_door

    send = plain_door(shop)
    body = send("GET", URL, headers)[1]
    for _ in range(rounds + 1):
        with responses.RequestsMock() as mock:
            mock.add_callback("GET", URL, lambda _: (200, {"content-type": "application/json"}, body))
            seen["trivial"].append(seconds_each(ask, 300))
        with market(seed=7) as opened:
            headers["authorization"] = f"Bearer {opened.world.mip.api_key}"
            assert session.get(URL, headers=headers).status_code == 200
            seen["responses"].append(seconds_each(ask, 300))
            seen["httpx"].append(seconds_each(lambda: client.get(URL, headers=headers), 300))
        headers["authorization"] = f"Bearer {shop.world.mip.api_key}"
        seen["market"].append(seconds_each(lambda: send("GET", URL, headers), 300))
    trivial, through_responses, through_httpx, alone = (median(each[1:]) for each in seen.values())
    return trivial, through_responses, through_httpx, alone


def warp_ms(clock: Clock) -> tuple[float, float]:
    """The first one, and each one after it."""
    shop = Market(seed=7)

    def once() -> None:
        with warp(shop, clock=clock):
            pass

    return 1000 * seconds_each(once, 1), 1000 * median(seconds_each(once, 100) for _ in range(5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    figures = {"plugin, ms a session": plugin_ms(rounds)}
    works = {
        "empty world": empty_market,
        "the usual world": usual_market,
        "100 orders": market_of_a_hundred,
        "2.5 days": some_days,
    }
    for name, work in works.items():
        work()
        gc.collect()
        figures[f"market fixture, {name}, ms"] = 1000 * median(seconds_each(work, 20) for _ in range(rounds))
    for clock in (Clock.FREEZEGUN, Clock.TIME_MACHINE):
        figures[f"first warp, {clock}, ms"], figures[f"warp after the first, {clock}, ms"] = warp_ms(clock)
    trivial, through_responses, through_httpx, alone = calls(rounds)
    figures |= {
        "a trivial callback through responses, us": 1e6 * trivial,
        "the market's own part of a call, us": 1e6 * alone,
        "a call through responses, of a trivial callback's": through_responses / trivial,
        "a call through the httpx door, of the same": through_httpx / trivial,
    }
    for name, figure in figures.items():
        goal = GOALS.get(name)
        judged = "" if goal is None else f"  goal {goal:g}: {'met' if figure <= goal else 'MISSED'}"
        print(f"{name:52}{figure:9.3f}{judged}")


if __name__ == "__main__":
    main()

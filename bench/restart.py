"""What keeping a served market costs, and how long it takes to come back after very many commands.

    python bench/restart.py [CALLS]

Every call is a command that changes the market: an order every thousandth, else a second of market time. Each figure is
of one run; restarts are the median of three openings of the same folder in this process.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from fakemarket.call import Request
from fakemarket.keeping.folder import Folder
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.worlds import Worlds

MAKING = {"seed": 1}
SECOND = Request("POST", "/clock/advance", "", {"content-type": "application/json"}, b'{"seconds": 1}')
ORDER = Request("POST", "/orders", "", {"content-type": "application/json"}, b"{}")


def make() -> Market:
    return Market(history_days=1, settings=Settings(demand=Demand(orders_per_day=10)))


def use(worlds: Worlds, calls: int) -> float:
    """Seconds that so many calls take."""
    began = perf_counter()
    for number in range(calls):
        worlds.answer("main", "control", SECOND if number % 1000 else ORDER, real_at=0)
    return perf_counter() - began


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    bare = use(Worlds(make()), min(calls, 20_000)) / min(calls, 20_000)
    with TemporaryDirectory() as path:
        folder = Folder(Path(path), MAKING)
        kept = use(folder.open(make), calls) / calls
        folder.close()
        restarts = []
        for _ in range(3):
            began = perf_counter()
            folder = Folder(Path(path), MAKING)
            worlds = folder.open(make)
            restarts.append(perf_counter() - began)
            folder.close()
        size = sum(it.stat().st_size for it in Path(path).iterdir())
    print(f"{calls:,} calls: {1e6 * bare:.0f} us each unkept, {1e6 * kept:.0f} us kept ({kept / bare:.2f}x)")
    print(f"{len(worlds.main.orders()):,} orders, {len(worlds.main.ledger):,} events; folder {size / 1e6:.1f} MB")
    print(f"restart: {median(restarts):.2f} s")


if __name__ == "__main__":
    main()

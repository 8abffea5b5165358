"""A fortnight of orders with the reference subject polling every quarter of an hour: how fast,
and how much of it is HTTP.

Runs the same fortnight three ways, interleaved, and prints medians: the world alone, the subject on direct ports,
the subject over HTTP messages in this process. Quote the ratios; the machine's speed drifts.

    python bench/fortnight.py [--orders-per-day 200] [--days 14] [--rounds 3]
"""

import argparse
import gc
from statistics import median
from time import perf_counter

from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from redclock.drive import drive
from redclock.run import Transport, ports_to
from redclock.subject.caretaker import Caretaker

DAY = 86_400


def market(orders_per_day: float, days: int) -> Market:
    settings = Settings(demand=Demand(orders_per_day=orders_per_day))
    return Market(seed=1, settings=settings, orders_until_at=MONDAY + days * DAY)


def world_alone(orders_per_day: float, days: int) -> Market:
    it = market(orders_per_day, days)
    it.advance(days=days)
    return it


def looked_after(orders_per_day: float, days: int, transport: Transport) -> Market:
    it = market(orders_per_day, days)
    drive(it, Caretaker(ports_to(it, transport)), MONDAY + days * DAY)
    return it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders-per-day", type=float, default=200)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    size = (arguments.orders_per_day, arguments.days)
    ways = {
        "world alone": lambda: world_alone(*size),
        "subject, direct ports": lambda: looked_after(*size, Transport.DIRECT),
        "subject, HTTP": lambda: looked_after(*size, Transport.HTTP),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    orders = 0
    for _ in range(arguments.rounds + 1):  # the first round warms caches and is dropped
        for name, way in ways.items():
            gc.collect()
            began = perf_counter()
            orders = len(way().orders())
            seconds[name].append(perf_counter() - began)
    medians = {name: median(runs[1:]) for name, runs in seconds.items()}
    print(f"{orders} orders in {arguments.days} days of market time, median of {arguments.rounds} rounds")
    for name, value in medians.items():
        print(f"  {name:24}{value:8.2f} s{orders / value:10.0f} orders/s")
    http, direct = medians["subject, HTTP"], medians["subject, direct ports"]
    print(f"share of the HTTP run spent in HTTP: {(http - direct) / http:.0%}")


if __name__ == "__main__":
    main()

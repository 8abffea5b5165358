"""The planner's engine beside the market's world, on the same replications: how many orders a second each decides.

Replications of the default market, five weeks of orders each until the last verdict. The world is asked for one
preparation time and the engine for three, as each would be; orders count as often as they are placed, not as often as
they are judged. The rounds are interleaved and the figures are medians of processor time, because wall time says more
about what else the machine does; quote the ratios. Several processes are also measured by wall time beside the world's
own in the same round: that ratio is for a machine with nothing else to do, and the load is said. Then both with
somebody who checks daily, and 10 million orders at once, by wall time, beside the world on their market: the more a
replication has, the less is lost on starting each. Before all that, a second start, and the memory that few and many
take.

    python bench/plan_engine.py [--rounds 5] [--orders 10_000_000] [--processes 2]
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time

from fakemarket.settings import Settings
from redclock.planner.care import Care, cared_for, habits_of
from redclock.planner.engine import compiled
from redclock.planner.engine.engine import Engine
from redclock.planner.replication import Horizon, decided, tally
from redclock.planner.replications import Replications
from redclock.planner.sweep import START_AT

HORIZON = Horizon(START_AT, 7, 14)
MARKET = Settings()
THREE = (3, 5, 8)
BUSY = replace(
    MARKET, demand=replace(MARKET.demand, orders_per_day=400), warehouse=replace(MARKET.warehouse, packers=40)
)
"""Ten times the orders and the packers: what ten million orders are made of."""


def seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def switch(*, on: bool) -> None:
    if on:
        compiled.compile_if_possible()
    else:
        compiled.use_numpy_alone()


def started(*words: str) -> tuple[float, float, float]:
    """Wall time and processor time in seconds, and peak memory in MB, of `redclock` from its start to its end."""
    began = perf_counter()
    command = [sys.executable, "-m", "redclock", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert not process.returncode, command
    return perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def checked(rounds: int) -> None:
    """The same where somebody compares the panels each morning, compiled."""
    care = Care("daily_manual_check")
    habits = habits_of(care, MARKET)
    assert habits is not None
    engine = Engine(MARKET, HORIZON, THREE, habits)
    switch(on=True)
    assert engine.replicate(0)[1] == cared_for(MARKET, 0, HORIZON, care), "the engine must say what the world says"
    worlds, engines = [], []
    for number in range(rounds):
        worlds.append(seconds(lambda seed=number: cared_for(MARKET, seed, HORIZON, care)))  # type: ignore[misc]
        engines.append(seconds(lambda: [engine.replicate(it) for it in range(100)]) / 100)
    world, fast = median(worlds), median(engines)
    print(
        f"  with a daily check: {1000 * world:.0f} ms in the world, {1000 * fast:.2f} ms in the engine, compiled: "
        f"{world / fast:.0f}x"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    # First of all, because the peak of what is started counts from the size of what started it.
    memory = [started("plan", "--json", "--runs", runs)[2] for runs in ("100", "1000", "10000")]
    print(
        f"the biggest process of a plan: {memory[0]:.0f} MB for 100 runs; with numba, which they are too few for, "
        f"{memory[1]:.0f} MB for 1,000 and {memory[2]:.0f} MB for 10,000"
    )
    wall, cpu, _ = started("plan", "--json")
    print(f"redclock plan from its start: {wall:.2f} s, {cpu:.2f} s of processor time")
    engine = Engine(MARKET, HORIZON, THREE)
    world = decided(MARKET, 0, HORIZON)
    placed = len(world.orders)
    switch(on=True)
    assert engine.replicate(0)[1] == tally(world, HORIZON), "the engine must say what the world says"

    taken: dict[str, list[float]] = {"the world": [], "engine, numpy alone": [], "engine, compiled": []}
    walls = []
    for number in range(arguments.rounds):
        seeds = range(100 * number, 100 * number + 100)
        taken["the world"].append(seconds(lambda seed=number: decided(MARKET, seed, HORIZON)))  # type: ignore[misc]
        for name, on in (("engine, numpy alone", False), ("engine, compiled", True)):
            switch(on=on)
            taken[name].append(seconds(lambda seeds=seeds: [engine.replicate(it) for it in seeds]) / len(seeds))  # type: ignore[misc]
        began = perf_counter()
        decided(MARKET, number, HORIZON)
        alone = perf_counter() - began
        many = range(10_000 * (number + 1), 10_000 * (number + 2))  # some seconds, so that the start is no great part
        began = perf_counter()
        Replications(MARKET, HORIZON, THREE, arguments.processes).tallies(many)
        walls.append(alone * len(many) / (perf_counter() - began))
    slowest = median(taken["the world"])
    print(f"a replication of {placed:,} orders, median processor time of {arguments.rounds} rounds, one core")
    for name, each in taken.items():
        value = median(each)
        print(f"  {name:24}{1000 * value:10.2f} ms{placed / value:14,.0f} orders/s{slowest / value:8.0f}x")

    print(
        f"  {arguments.processes} processes, by wall time from the start of both: {median(walls):.0f}x the world "
        f"(from {min(walls):.0f}x to {max(walls):.0f}x), with {os.getloadavg()[0]:.1f} processes at work on average"
    )
    checked(arguments.rounds)
    busy(arguments.orders, arguments.processes, arguments.rounds)


def busy(orders: int, processes: int, rounds: int) -> None:
    """Many orders at once, and the world on the same market."""
    replications = Replications(BUSY, HORIZON, THREE, processes)
    runs = round(orders / Engine(BUSY, HORIZON, THREE).orders_a_replication)
    replications.tallies(range(2))
    used, began = getrusage(RUSAGE_CHILDREN), perf_counter()
    replications.tallies(range(runs))
    wall = perf_counter() - began
    after = getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    peak = max(getrusage(RUSAGE_SELF).ru_maxrss, after.ru_maxrss) / 1024
    rates, walls = [], []
    for number in range(rounds):
        began, began_cpu = perf_counter(), process_time()
        placed = len(decided(BUSY, number, HORIZON).orders)
        rates.append(placed / (process_time() - began_cpu))
        walls.append(placed / (perf_counter() - began))
    print(
        f"{orders:,} orders, three preparation times, {processes} processes: {wall:.1f} s, {cpu:.1f} s of "
        f"processor time; no process over {peak:.0f} MB\n"
        f"  {orders / cpu:,.0f} orders/s a core, {orders / cpu / median(rates):.0f}x the world on that market, which "
        f"decides {median(rates):,.0f}; {orders / wall / median(walls):.0f}x with {processes} processes, by wall time"
    )


if __name__ == "__main__":
    main()

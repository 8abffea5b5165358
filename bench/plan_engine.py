"""The planner's engine beside the market's world, on the same replications: how many orders a second each decides.

Replications of the default market, five weeks of orders each until the last verdict. The world is asked for one
preparation time and the engine for three, as each would be; orders count as often as they are placed, not as often as
they are judged. The rounds are interleaved and the figures are medians of processor time, because wall time says more
about what else the machine does; quote the ratios. Several processes, from their start to their end, are measured by
both: by wall time the world runs as long before them and after them as a fair look at the machine takes, and even so
that ratio is for a machine with nothing else to do, and the load is said. Then both with somebody who checks daily, and
10 million orders at once beside the world on their market. Before all that, a second start, and the memory that few and
many take.

    python bench/plan_engine.py [--rounds 5] [--orders 10_000_000] [--processes 2]
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import fmean, median
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
RUNS = 300
"""Replications that the engine is measured on at a time; many go together."""
WORLDS = 3
"""The same of the world."""
BUSY = replace(
    MARKET, demand=replace(MARKET.demand, orders_per_day=400), warehouse=replace(MARKET.warehouse, packers=40)
)
"""Ten times the orders and the packers: what ten million orders are made of."""


def seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def of_children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def worlds_wall(number: int) -> float:
    """Wall time of a world, the mean of some."""
    began = perf_counter()
    for seed in range(number, number + WORLDS):
        decided(MARKET, seed, HORIZON)
    return (perf_counter() - began) / WORLDS


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
    assert engine.replicate([0])[0][1] == cared_for(MARKET, 0, HORIZON, care), "the engine must say what the world says"
    worlds, engines = [], []
    for number in range(rounds):
        worlds.append(seconds(lambda seed=number: cared_for(MARKET, seed, HORIZON, care)))  # type: ignore[misc]
        engines.append(seconds(lambda: engine.replicate(range(RUNS))) / RUNS)
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
    for on in (False, True):
        switch(on=on)
        assert engine.replicate(range(RUNS))[0][1] == tally(world, HORIZON), "the engine must say what the world says"

    taken: dict[str, list[float]] = {"the world": [], "engine, numpy alone": [], "engine, compiled": []}
    walls, cores = [], []
    for number in range(arguments.rounds):
        seeds = range(RUNS * number, RUNS * (number + 1))
        for seed in seeds[:WORLDS]:
            taken["the world"].append(seconds(lambda seed=seed: decided(MARKET, seed, HORIZON)))  # type: ignore[misc]
        for name, on in (("engine, numpy alone", False), ("engine, compiled", True)):
            switch(on=on)
            taken[name].append(seconds(lambda seeds=seeds: engine.replicate(seeds)) / RUNS)  # type: ignore[misc]
        alone = [worlds_wall(number)]
        many = range(20_000 * (number + 1), 20_000 * (number + 2))  # some seconds, so that the start is no great part
        used, began = process_time() + of_children(), perf_counter()
        Replications(MARKET, HORIZON, THREE, arguments.processes).tallies(many)
        wall, used = perf_counter() - began, process_time() + of_children() - used
        alone.append(worlds_wall(number))
        walls.append(fmean(alone) * len(many) / wall)
        cores.append(median(taken["the world"][-WORLDS:]) * len(many) / used)
    slowest = median(taken["the world"])
    print(f"a replication of {placed:,} orders, median processor time of {arguments.rounds} rounds, one core")
    for name, each in taken.items():
        value = median(each)
        print(f"  {name:24}{1000 * value:10.2f} ms{placed / value:14,.0f} orders/s{slowest / value:8.0f}x")

    print(
        f"  {arguments.processes} processes, from their start: {median(cores):.0f}x the world for each core's time at "
        f"work; by wall time {median(walls):.0f}x (from {min(walls):.0f}x to {max(walls):.0f}x), with "
        f"{os.getloadavg()[0]:.1f} processes at work on average"
    )
    checked(arguments.rounds)
    busy(arguments.orders, arguments.processes, arguments.rounds)


def busy(orders: int, processes: int, rounds: int) -> None:
    """Many orders at once, and the world on the same market."""
    replications = Replications(BUSY, HORIZON, THREE, processes)
    runs = round(orders / Engine(BUSY, HORIZON, THREE).orders_a_replication)
    replications.tallies(range(2))
    used, began = process_time() + of_children(), perf_counter()
    replications.tallies(range(runs))
    wall, cpu = perf_counter() - began, process_time() + of_children() - used
    peak = max(getrusage(RUSAGE_SELF).ru_maxrss, getrusage(RUSAGE_CHILDREN).ru_maxrss) / 1024
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

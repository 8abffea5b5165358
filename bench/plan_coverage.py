"""Do the planner's intervals hold the truth as often as they say, and does its queue wait as long as the formula says?

The truth is the mean of very many replications of the default market; plans are disjoint groups of them. A nominal 95 %
interval should hold the truth in 93 to 97 of 100 plans. The queue is M/M/c in working time, beside Erlang's C formula:
many queues of each kind, as one whose interval misses the formula shows nothing (one in twenty does). How far a share
may be off that is counted from so many stands beside it.

    python bench/plan_coverage.py [--replications 60_000] [--queues 2_000]
"""

import argparse
from collections.abc import Sequence
from math import factorial, sqrt

import numpy as np

from fakemarket.settings import Settings
from redclock.checks.student import student_t
from redclock.planner.engine import compiled, passes
from redclock.planner.estimate import of_means
from redclock.planner.replication import Horizon
from redclock.planner.replications import Replications
from redclock.planner.sweep import START_AT

DAYS = (4, 5, 6, 8)
GROUPS = (12, 50, 100)
SERVICE_SECONDS = 600.0
CUSTOMERS, BATCHES = 200_000, 20


def coverage(replications: int) -> None:
    tallies = Replications(Settings(), Horizon(START_AT, 7, 14), DAYS).tallies(range(replications))
    print(f"share of nominal 95 % intervals that hold the truth, {replications:,} replications of the default market")
    print(f"{'days':>6}{'truth':>10}" + "".join(f"{size:>13} runs" for size in GROUPS))
    for days, found in zip(DAYS, tallies, strict=True):
        rates = [each.misses / each.orders for each in found]
        truth = float(np.mean(rates))
        shares = []
        for size in GROUPS:
            plans = [of_means(rates[n : n + size], "run") for n in range(0, len(rates) - size + 1, size)]
            held = [it.low <= truth <= it.high for it in plans if it.low is not None and it.high is not None]
            shares.append(share_of(held))
        print(f"{days:>6}{truth:>10.3%}" + "".join(f"{share:>18}" for share in shares))


def share_of(held: Sequence[bool]) -> str:
    """The share that holds, and how far that may be off (95 %) if 95 in 100 do."""
    return f"{np.mean(held):.1%} ± {1.96 * sqrt(0.95 * 0.05 / len(held)):.1%}"


def erlang_c_wait(servers: int, load: float) -> float:
    """Mean seconds in an M/M/c queue whose servers are busy `load` of their time."""
    offered = servers * load
    last = offered**servers / factorial(servers) / (1 - load)
    chance = last / (sum(offered**n / factorial(n) for n in range(servers)) + last)
    return chance * SERVICE_SECONDS / (servers * (1 - load))


def queue(servers: int, load: float, luck: np.random.Generator) -> tuple[float, float]:
    """Mean wait by the engine's queue, and how far it may be off (95 %, Student's t over batches)."""
    gaps = luck.exponential(SERVICE_SECONDS / servers / load, CUSTOMERS)
    ready = np.cumsum(gaps).astype(np.int64)
    work = np.rint(luck.exponential(SERVICE_SECONDS, CUSTOMERS)).astype(np.int64)
    begun, done = np.empty_like(ready), np.empty_like(ready)
    passes.pack(ready, work, servers, np.zeros(1, dtype=np.int64), np.ones(1), False, begun, done)
    means = (begun - ready).reshape(BATCHES, -1).mean(axis=1)
    return float(means.mean()), student_t(BATCHES - 1, 0.95) * float(means.std(ddof=1)) / sqrt(BATCHES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=60_000)
    parser.add_argument("--queues", type=int, default=2_000)
    arguments = parser.parse_args()
    coverage(arguments.replications)
    if not compiled.compile_if_possible():
        raise SystemExit("queues of so many need numba: pip install 'redclock[plan]'")
    print(f"mean wait in M/M/c queues, {CUSTOMERS:,} customers each, service {SERVICE_SECONDS:.0f} s")
    luck = np.random.default_rng(1)
    for servers, load in ((1, 0.5), (2, 0.8), (4, 0.9), (10, 0.7)):
        wanted = erlang_c_wait(servers, load)
        found = np.array([queue(servers, load, luck) for _ in range(arguments.queues)])
        means, offs = found.T
        off = student_t(len(means) - 1, 0.95) * means.std(ddof=1) / sqrt(len(means))
        held = (np.abs(means - wanted) <= offs).tolist()
        print(
            f"  c={servers:<3} load {load:.0%}: {means.mean():9.2f} ± {off:.2f} s, by Erlang C {wanted:9.2f} s, "
            f"in {share_of(held)} of their 95 % intervals"
        )


if __name__ == "__main__":
    main()

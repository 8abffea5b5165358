"""Who does the work decides nothing of what comes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from fakemarket.settings import Demand, Settings
from redclock.planner import executors, replications
from redclock.planner.executors import NoWorkers, as_done, own_processes
from redclock.planner.sweep import Plan, plan

SMALL = Settings(demand=Demand(orders_per_day=25))


class LastFirst(Executor):
    """Does nothing until somebody waits, and then the last piece first."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, fn, args))
        if len(self.waiting) >= 3:
            self.work()
        return future

    def work(self) -> None:
        while self.waiting:
            future, fn, args = self.waiting.pop()
            try:
                future.set_result(fn(*args))
            except ZeroDivisionError as wrong:
                future.set_exception(wrong)


def small_plan(executor: Executor | None = None) -> Plan:
    return plan(SMALL, range(2, 5), runs=9, days=3, warm_up_days=2, processes=1, executor=executor)


@pytest.fixture(autouse=True)
def _a_replication_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replications, "_ORDERS_A_BATCH", 1)


def test_any_executor_gives_the_numbers_of_one_process() -> None:
    alone = small_plan()
    assert small_plan(LastFirst()) == alone
    with ThreadPoolExecutor(3) as threads:
        assert small_plan(threads) == alone
    with ProcessPoolExecutor(2) as processes:
        assert small_plan(processes) == alone


def test_every_task_comes_back_once_as_it_ends_and_few_are_in_hand_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_IN_HAND", 3)
    begun = []

    def tasks() -> Iterator[int]:
        for n in range(12):
            begun.append(n)
            yield n

    found = []
    for each in as_done(LastFirst(), str, tasks()):
        found.append(each)
        assert len(begun) <= len(found) - 1 + 3
    assert sorted(found) == [(n, str(n)) for n in range(12)]
    assert found != sorted(found)


def test_what_fails_ends_it_and_what_was_not_begun_is_given_up() -> None:
    hands = LastFirst()
    with pytest.raises(ZeroDivisionError):
        list(as_done(hands, lambda n: 1 // n, (3, 2, 0, 1, 1)))
    assert [future.cancelled() for future, _, _ in hands.waiting] == [True, True]


def test_a_dead_process_is_said_with_what_to_do() -> None:
    with pytest.raises(NoWorkers, match=r"a worker process died.*ask again: with --store"), own_processes(2) as pool:
        list(as_done(pool, os._exit, [1]))


WAITS = """
import os, sys
from redclock.planner.executors import own_processes

with own_processes(2) as pool:
    print(*{future.result() for future in [pool.submit(os.getpid) for _ in range(20)]}, flush=True)
    sys.stdin.read()
"""


def test_processes_end_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline()
        os.kill(parent.pid, signal.SIGKILL)
        parent.communicate(timeout=30)  # ends when nobody has the other end of the pipe any more

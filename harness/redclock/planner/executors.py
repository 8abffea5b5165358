"""Work handed to other hands, by any executor of `concurrent.futures`: each piece comes back once, when it is done.

Knows neither what the work is nor what is made of it.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import parent_process
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from redclock.planner.memory import keep_freed_memory

_IN_HAND = 1000
"""Pieces handed out at a time: enough for any cluster's workers, and no more in memory however many there are."""
_GC_THRESHOLD = 100_000
"""A world makes many objects and drops few while it lives: the collector's usual 700 costs a fifth of the time."""

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class NoWorkers(RuntimeError):
    """Nobody is there to do the work, or nobody any more; says what can be done."""


def as_done(
    executor: Executor | None, work: Callable[[_Task], _Result], tasks: Iterable[_Task]
) -> Generator[tuple[_Task, _Result]]:
    """Every task with what came of it, in the order in which they end; without an executor here, one after the other.

    Raises:
        Exception: whatever the first task raises that fails; those not begun are given up.
    """
    if executor is None:
        for task in tasks:
            yield task, work(task)
        return
    waiting = iter(tasks)
    in_hand: dict[Future[_Result], _Task] = {}
    ended: SimpleQueue[Future[_Result]] = SimpleQueue()
    try:
        while True:
            for task in islice(waiting, _IN_HAND - len(in_hand)):
                future = executor.submit(work, task)
                in_hand[future] = task
                future.add_done_callback(ended.put)
            if not in_hand:
                return
            done = ended.get()
            yield in_hand.pop(done), done.result()
    finally:
        for future in in_hand:
            future.cancel()


@contextmanager
def own_processes(count: int) -> Iterator[Executor | None]:
    """So many processes of this machine; None for one, which is this one.

    Raises:
        NoWorkers: one of them died.
    """
    if count <= 1:
        yield None
        return
    pool = ProcessPoolExecutor(count, initializer=_start_worker)
    try:
        yield pool
    except BrokenProcessPool as broken:
        raise NoWorkers(
            "a worker process died, perhaps for want of memory; ask again: with --store FILE what was finished by then "
            "is not run twice"
        ) from broken
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """What a process does before its first piece: Ctrl-C ends it without a word, and so does its parent's end."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    keep_freed_memory()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed says nothing, and its workers would wait for work for ever."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)

"""A Dask cluster that is there already, as an executor. Knows neither what is run on it nor how a command asks for it.

Dask gives the work of a worker that dies to another one. What it doesn't do is give up: without a single worker it
waits for one for ever, so that is watched here.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import re
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from redclock.checks.student import MissingExtra
from redclock.planner.executors import NoWorkers

if TYPE_CHECKING:
    from distributed import Client

_ADDRESS = re.compile(r"(tcp|tls)://\S+:\d+")
_ANSWER_SECONDS = 3.0
"""How long a scheduler may take to answer, and a first worker to join it."""
_ALONE_SECONDS = 15.0
"""How long there may be no worker in the middle of the work: whoever looks after workers starts a dead one sooner."""
_LOOK_SECONDS = 1.0
_HERE = "or run on this machine without --dask"


@contextmanager
def dask_cluster(address: str) -> Iterator[Executor]:
    """Its workers, which need redclock and its extra `plan` on their path; the scheduler needs neither.

    Args:
        address: of the scheduler, such as `tcp://10.0.0.5:8786`.

    Raises:
        MissingExtra: distributed is not installed.
        NoWorkers: no scheduler answers, it has no workers, or they are gone in the middle of the work.
    """
    if not _ADDRESS.fullmatch(address):
        raise NoWorkers(f"{address!r} is no address of a Dask scheduler: write it like tcp://10.0.0.5:8786, {_HERE}")
    try:
        from distributed import Client, KilledWorker
    except ModuleNotFoundError as missing:
        raise MissingExtra(
            f"--dask needs {missing.name}, which the extra brings: pip install 'redclock[dask]'; {_HERE}"
        ) from missing
    with _few_words():
        try:
            with ThreadPoolExecutor(1) as aside:  # a notebook's own thread has a loop already
                aside.submit(lambda: asyncio.run(_answers(address))).result()
        except (OSError, ValueError, MemoryError) as refused:  # another server's words may read as a very long message
            raise NoWorkers(
                f"no Dask scheduler answers at {address} ({_first_line(refused)}); start one with `dask scheduler`, "
                f"{_HERE}"
            ) from refused
        over = Event()
        client = Client(address, timeout=_ANSWER_SECONDS, set_as_default=False)
        try:
            _await_worker(client, address)
            executor = client.get_executor(pure=False)
            Thread(target=_give_up_alone, args=(client, executor, over), daemon=True).start()
            yield _Sealing(executor)
        except ModuleNotFoundError as missing:
            raise NoWorkers(
                f"a worker of the Dask cluster at {address} has no {missing.name}: install redclock[plan] there, "
                f"{_HERE}"
            ) from missing
        except (CancelledError, KilledWorker) as lost:
            why = _first_line(lost) if isinstance(lost, KilledWorker) else _whose_fault(client)
            raise NoWorkers(
                f"the Dask cluster at {address} was lost in the middle of the work: {why}; ask again when it is back, "
                f"{_HERE}: with --store FILE nothing finished is run twice"
            ) from lost
        finally:
            over.set()
            client.close(timeout=_ANSWER_SECONDS)


class _Sealing(Executor):
    """Hands tasks on as bytes that only a worker opens, because a scheduler reads what it is given."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        def opened(sealed: bytes) -> Any:  # told by its code, as functions in functions are: nobody imports this module
            from pickle import loads

            work, args, named = loads(sealed)
            return work(*args, **named)

        return self._executor.submit(opened, pickle.dumps((fn, args, named)))


async def _answers(address: str) -> None:
    """Fails unless a scheduler does. `Client` would go on trying after it has failed, and say so much later."""
    from distributed.comm import connect

    await (await connect(address, timeout=_ANSWER_SECONDS)).close()


def _await_worker(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_ANSWER_SECONDS)
    except TimeoutError:
        raise NoWorkers(
            f"the Dask scheduler at {address} has no workers; start one with `dask worker {address}`, {_HERE}"
        ) from None


def _give_up_alone(client: Client, executor: Executor, over: Event) -> None:
    """Gives up what is in hand when there has been no worker for long."""
    alone_seconds = 0.0
    while not over.wait(_LOOK_SECONDS):
        try:
            alone_seconds = 0.0 if _workers(client) else alone_seconds + _LOOK_SECONDS
        except (OSError, CancelledError, RuntimeError):  # the scheduler is gone, and Dask gives up by itself
            return
        if alone_seconds >= _ALONE_SECONDS:
            executor.shutdown(wait=False)
            return


def _whose_fault(client: Client) -> str:
    return "no worker was left" if client.status == "running" else "its scheduler is gone"


def _workers(client: Client) -> int:
    return len(client.scheduler_info(n_workers=1)["workers"])


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


@contextmanager
def _few_words() -> Iterator[None]:
    """Without Dask's own account of a connection that was lost, page after page: what matters of it is said here."""
    loggers = [logging.getLogger(name) for name in ("distributed.client", "distributed.comm", "distributed.core")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)

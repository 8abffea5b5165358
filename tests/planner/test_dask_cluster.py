"""A plan on a Dask cluster: a real scheduler and real workers, some of which die in the middle of the work."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from fakemarket.settings import Demand, Settings
from redclock import cli
from redclock.checks.student import MissingExtra
from redclock.planner import dask_cluster as clusters
from redclock.planner import replications
from redclock.planner.dask_cluster import dask_cluster
from redclock.planner.executors import NoWorkers
from redclock.planner.replication import Horizon
from redclock.planner.replications import Batch
from redclock.planner.store import store_in
from redclock.planner.sweep import START_AT, plan

pytest.importorskip("distributed")

SMALL = Settings(demand=Demand(orders_per_day=25))
RUNS = 200
WITHOUT_OURS = """
import sys
sys.path.append(sys.argv.pop(1))
from distributed.cli.dask_scheduler import main
main()
"""


@contextmanager
def running(words: list[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended, by its id, whatever happens."""
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a scheduler that can't import anything of ours, and its process; its workers can."""
    usual = {**os.environ, "DASK_TEMPORARY_DIRECTORY": str(folder)}
    bare = {name: value for name, value in usual.items() if name != "PYTHONPATH"}
    python, places = sys.executable, ["--no-dashboard", "--host", "127.0.0.1"]
    with ExitStack() as stack:
        words = [python, "-S", "-c", WITHOUT_OURS, sysconfig.get_path("purelib"), "--port", "0", *places]
        scheduler = stack.enter_context(running(words, **bare))
        assert scheduler.stderr is not None
        lines = (re.search(r"Scheduler at:\s+(tcp://\S+)", line) for line in scheduler.stderr)
        address = next(found[1] for found in lines if found)
        for _ in range(workers):
            command = [python, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", *places]
            stack.enter_context(running(command, **usual))
        yield address, scheduler


def test_nothing_is_lost_or_counted_twice_when_a_worker_is_killed_and_a_dead_scheduler_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    def asked(**more: object) -> object:
        return plan(SMALL, (3, 4), runs=RUNS, days=3, warm_up_days=2, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(replications, "_ORDERS_A_BATCH", 1000)
    told: list[int] = []
    killed: list[int] = []
    with (
        cluster(tmp_path, workers=2) as (address, scheduler),
        Client(address, set_as_default=False) as client,
        store_in(tmp_path / "plan.sqlite") as store,
    ):
        client.wait_for_workers(2, timeout=60)
        pids = client.run(os.getpid)

        def kill_one_at_work(done: int, _wanted: int) -> None:
            told.append(done)
            at_work = [worker for worker, tasks in client.processing().items() if tasks]
            if done and at_work and not killed:
                killed.append(pids[at_work[0]])
                os.kill(killed[0], signal.SIGKILL)

        with dask_cluster(address) as executor:
            found = asked(executor=executor, store=store, told=kill_one_at_work)
            assert list(client.run(os.getpid).values()) == [pid for pid in pids.values() if pid not in killed]
        assert killed
        assert found == asked()
        assert len(told) > 20
        assert told[-1] == sum(len(store.tallies(SMALL, Horizon(START_AT, 2, 3), it, range(RUNS))) for it in (3, 4))

        lost = pytest.raises(NoWorkers, match=r"lost in the middle of the work: its scheduler is gone; ask again when")
        with lost, dask_cluster(address) as executor:
            asked(executor=executor, told=lambda done, _wanted: scheduler.kill() if done else None)


def test_a_cluster_without_workers_is_said_before_the_work_and_in_the_middle_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_ALONE_SECONDS", 0.2)
    monkeypatch.setattr(clusters, "_LOOK_SECONDS", 0.1)
    with cluster(tmp_path, workers=0) as (address, _):
        with monkeypatch.context() as patch:
            patch.setattr(clusters, "_ANSWER_SECONDS", 1.0)
            none = pytest.raises(NoWorkers, match=r"has no workers; start one with `dask worker tcp://.*without --dask")
            with none, dask_cluster(address):
                pytest.fail("there is nobody to work")
        monkeypatch.setattr(clusters, "_await_worker", lambda *_: None)  # as if the last one died just now
        lost = pytest.raises(NoWorkers, match="lost in the middle of the work: no worker was left; ask again")
        with lost, dask_cluster(address) as executor:
            executor.submit(os.getpid).result(timeout=60)


def test_a_dead_scheduler_is_said_within_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clusters, "_ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    assert cli.main(["plan", "--runs", "2", "--dask", address]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(
        rf"no Dask scheduler answers at {address} \(.*\); start one with `dask scheduler`, or run on this machine "
        r"without --dask\n",
        said.err,
    )


@pytest.mark.parametrize("address", ["10.0.0.5", "10.0.0.5:8786", "http://10.0.0.5:8786", "tcp://10.0.0.5"])
def test_what_is_no_address_is_said(address: str) -> None:
    none = pytest.raises(NoWorkers, match=f"'{address}' is no address .* write it like tcp://10.0.0.5:8786")
    with none, dask_cluster(address):
        pytest.fail("there is nobody to work")


def test_without_distributed_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    none = pytest.raises(MissingExtra, match=r"--dask needs distributed, .*'redclock\[dask\]'; or run on this machine")
    with none, dask_cluster("tcp://127.0.0.1:8786"):
        pytest.fail("there is nobody to work")


def test_a_worker_of_another_version_counts_nothing() -> None:
    batch = Batch(SMALL, Horizon(START_AT, 2, 3), (3,), (0,), by_engine=True, compiled=False)
    with pytest.raises(NoWorkers, match="a worker has another version of redclock"):
        replications._counted_alike(batch, "another")

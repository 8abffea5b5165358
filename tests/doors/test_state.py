"""`redclock serve --state` outlives `kill -9` at any moment: what was answered before is there after."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

JSON = {"content-type": "application/json"}
SERVE = [
    sys.executable,
    "-m",
    "redclock",
    "serve",
    "--port",
    "0",
    "--ready-json",
    "--speed",
    "0",
    "--history-days",
    "1",
]
STARTS = ["--start", "2026-03-02T00:00"]


@contextmanager
def running(words: list[str]) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A server and its control plane; killed at the end of the block if it is still there."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            ready = json.loads(process.stdout.readline())
            with httpx.Client(base_url=ready["control"], trust_env=False) as control:
                yield process, control
        finally:
            process.kill()


def served(state: Path) -> AbstractContextManager[tuple[subprocess.Popen[str], httpx.Client]]:
    return running([*SERVE, *STARTS, "--state", str(state)])


def ask(control: httpx.Client, said: str, body: Any = None) -> Any:
    method, path = said.split()
    answer = control.request(method, path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.mark.parametrize("calls", [1, 7, 40])
def test_what_was_answered_before_a_kill_is_there_after_it(tmp_path: Path, calls: int) -> None:
    with served(tmp_path / "state") as (process, control):
        ask(control, "POST /worlds", {"name": "b", "fork_of": "main"})
        for number in range(calls):
            ask(control, "POST /orders", {"fate": {"pays": True}})
            ask(control, "POST /clock/advance", {"minutes": number})
        before = ask(control, "GET /digest"), ask(control, "GET /worlds")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with served(tmp_path / "state") as (_, control):
        assert (ask(control, "GET /digest"), ask(control, "GET /worlds")) == before


def test_a_kill_in_the_middle_of_calls_loses_none_that_was_answered(tmp_path: Path) -> None:
    answered: list[dict[str, Any]] = []
    with served(tmp_path / "state") as (process, control):

        def call_on() -> None:
            try:
                while True:
                    answered.append(ask(control, "POST /orders"))
                    ask(control, "POST /clock/advance", {"seconds": 61})
                    if len(answered) >= 60:
                        process.send_signal(signal.SIGKILL)
            except httpx.TransportError:
                return

        callers = [Thread(target=call_on) for _ in range(4)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        process.wait()
    assert len(answered) >= 60
    with served(tmp_path / "state") as (_, control):
        for order in answered:
            story = ask(control, f"GET /orders/{order['id']}")["story"]
            assert (story[0]["what"], story[0]["cause"]) == ("place", "call")
        first = ask(control, "GET /digest")
    with served(tmp_path / "state") as (_, control):
        assert ask(control, "GET /digest") == first, "and once more"


def test_a_running_clock_goes_on_from_the_last_answer(tmp_path: Path) -> None:
    with served(tmp_path / "state") as (process, control):
        ask(control, "POST /clock/speed", {"rate": 1e6})
        last = [ask(control, "GET /clock")["now"] for _ in range(5)][-1]
        process.send_signal(signal.SIGKILL)
        process.wait()
    with served(tmp_path / "state") as (_, control):
        clock = ask(control, "GET /clock")
        assert clock["rate"] == 1e6
        assert last <= clock["now"]
        story = ask(control, "GET /ledger?limit=500")
        assert [it["seq"] for it in story["data"]] == list(range(len(story["data"])))


def test_what_is_kept_opens_no_door(tmp_path: Path) -> None:
    """Whoever reads the folder learns the market's secrets, but not how to hold a server that listens elsewhere."""
    state, token = tmp_path / "state", "a-token-nobody-may-read"
    bearer, signed_in = {"authorization": f"Bearer {token}"}, "redclock_signed_in"
    with running([*SERVE, *STARTS, "--state", str(state), "--control-token", token]) as (_, control):
        assert control.post("/clock/advance", json={"hours": 1}, headers=bearer).is_success
        assert control.get("/worlds", headers=bearer).is_success
        panel = str(control.base_url).replace("_redclock", "panel")
        assert control.post(panel, data={"control_token": token}).status_code == 303
        proof = control.cookies[signed_in]
        assert control.get(panel).is_success
    kept = b"".join(it.read_bytes() for it in state.iterdir())
    for word in (token, proof, signed_in):
        assert word.encode() not in kept


@pytest.mark.parametrize("words", [["--seed", "2"], ["--history-days", "3"]])
def test_another_market_than_the_folders_own_is_refused(tmp_path: Path, words: list[str]) -> None:
    with served(tmp_path / "state"):
        pass
    again = subprocess.run(
        [*SERVE, *STARTS, "--state", str(tmp_path / "state"), *words], capture_output=True, text=True, check=False
    )
    assert (again.returncode, again.stdout) == (2, "")
    assert "keeps a market of" in again.stderr
    assert again.stderr.count("\n") == 1


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    with served(tmp_path / "state"):
        second = subprocess.run(
            [*SERVE, *STARTS, "--state", str(tmp_path / "state")], capture_output=True, text=True, check=False
        )
    assert second.returncode == 2
    assert "another server keeps its worlds in" in second.stderr


def test_a_server_that_cannot_write_any_more_breaks_the_call_says_why_and_ends(tmp_path: Path) -> None:
    words = ["serve", *SERVE[4:], *STARTS, "--state", str(tmp_path / "state")]
    script = f"""
import resource, signal
from redclock.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({1 << 22}, {1 << 22}))
raise SystemExit(main({words!r}))
"""
    with running([sys.executable, "-c", script]) as (process, control):
        page = json.dumps({"page": "x" * 900_000})
        for _ in range(4):
            assert control.post("/nothing", content=page, headers=JSON).status_code == 404
        with pytest.raises(httpx.TransportError):
            control.post("/nothing", content=page, headers=JSON)
        assert process.wait(10) == 3
        assert process.stderr
        said = process.stderr.read()
    assert "can't be written" in said
    assert "the market ends here, all it answered before is kept" in said

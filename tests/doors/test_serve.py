"""`redclock serve` as another process sees it: the ready line, the calls, the end."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from fakemarket.doors.server import serve
from fakemarket.rules.status import Status

SERVE = [sys.executable, "-m", "redclock", "serve", "--port", "0"]
STOPS_WITHIN_SECONDS = 2


@contextmanager
def served(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `redclock serve` and the first line it said; it is ended if the block doesn't."""
    # Bytecode may be written: a process that has to compile everything is no measure of anything.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(
        [*SERVE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


@contextmanager
def served_json(*words: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    with served("--ready-json", *words) as (process, line):
        yield process, json.loads(line)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "99999"], "'99999' is not a number from 0 to 65535"),
        (["--port", "-1"], "'-1' is not"),
        (["--speed", "-1"], "'-1' is not a number from 0 to 1000000"),
        (["--speed", "nan"], "'nan' is not"),
        (["--speed", "fast"], "'fast' is not"),
        (["--seed", "-1"], "'-1' is not"),
        (["--seed", str(2**63)], "is not a number from 0 to 9223372036854775807"),
        (["--history-days", "-1"], "'-1' is not a number from 0 to 100000"),
        (["--history-days", "50000"], "name another --start or fewer --history-days"),
        (["--start", "2150-01-01"], "market time is from 0"),
        (["--start", "1970-01-02"], "market time is from 0"),
        (["--start", "soon"], "'soon' is not a date and time like 2026-03-02T09:00"),
    ],
)
def test_words_that_no_market_can_be_made_of_are_refused(words: list[str], said: str) -> None:
    ended = subprocess.run([*SERVE, *words], capture_output=True, text=True, check=False, timeout=20)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_ready_line_holds_all_that_a_client_needs() -> None:
    with served_json("--seed", "5") as (_, ready):
        assert ready["seed"] == 5
        assert ready["aliexpress"].startswith("http://127.0.0.1:")
        assert ready["mip"] == f"{ready['aliexpress']}/mip"
        assert ready["control"] == f"{ready['aliexpress']}/_redclock"
        known = httpx.get(f"{ready['control']}/credentials").json()
        for key in ("app_key", "app_secret", "access_token", "refresh_token", "mip_api_key"):
            assert ready[key] == known[key]
        orders = httpx.get(f"{ready['mip']}/v1/orders", headers={"authorization": f"Bearer {ready['mip_api_key']}"})
        assert orders.status_code == 200
        assert orders.json()["data"]


def test_it_opens_at_the_real_present_and_time_goes_on() -> None:
    with served_json("--speed", "1000") as (_, ready):
        assert abs(ready["now"] - time()) < 1000 * 5
        first = httpx.get(f"{ready['control']}/clock").json()
        second = httpx.get(f"{ready['control']}/clock").json()
        assert ready["now"] < first["now"] < second["now"]


def test_a_clock_that_runs_leads_to_what_a_jump_leads_to() -> None:
    opens_at = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
    until_at = opens_at + 86_400

    def story(control: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        while page := httpx.get(f"{control}/ledger", params={"since": len(events)}).json()["data"]:
            events += page
            if page[-1]["at"] >= until_at:
                break
        return [event for event in events if event["at"] < until_at]

    words = ("--start", "2026-03-02", "--history-days", "2", "--speed")
    with served_json(*words, "100000") as (_, ready):
        while httpx.get(f"{ready['control']}/clock").json()["now"] < until_at:
            pass
        ran = story(ready["control"])
    with served_json(*words, "0") as (_, ready):
        httpx.post(f"{ready['control']}/clock/run-until", json={"at": until_at}).raise_for_status()
        jumped = story(ready["control"])
    assert ran[-1]["at"] > opens_at
    assert ran == jumped


def test_it_opens_when_it_is_told_to_with_weeks_behind_it() -> None:
    opens_at = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp())
    with served_json("--start", "2026-03-02T09:00", "--speed", "0", "--history-days", "14") as (_, ready):
        assert ready["now"] == opens_at
        first_at = httpx.get(f"{ready['control']}/ledger?limit=1").json()["data"][0]["at"]
        assert first_at == opens_at - 9 * 3600 - 14 * 86_400  # a midnight


def test_whenever_one_opens_it_in_a_day_it_is_the_same_market() -> None:
    stories = []
    for hour in ("00:00", "09:00", "23:59:59"):
        words = ("--start", f"2026-03-02T{hour}", "--speed", "0", "--history-days", "3")
        with served_json(*words) as (_, ready):
            events = httpx.get(f"{ready['control']}/ledger?limit=10000").json()["data"]
        stories.append([event for event in events if event["at"] < ready["now"]])
    night, morning, evening = stories
    assert len(night) < len(morning) < len(evening)
    assert night == morning[: len(night)]
    assert morning == evening[: len(morning)]


@pytest.mark.parametrize(("words", "files"), [((), 1), (("--no-cache",), 0)])
def test_a_second_start_finds_the_history_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], files: int
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    digests, changes = set(), set()
    for _ in range(2):
        with served_json("--start", "2026-03-02T09:00", "--speed", "0", "--history-days", "3", *words) as (_, ready):
            httpx.post(f"{ready['control']}/clock/advance", json={"days": 9}).raise_for_status()
            digests.add(httpx.get(f"{ready['control']}/digest").json()["digest"])
        kept = [each for each in tmp_path.rglob("*") if each.is_file()]
        changes |= {(each, each.stat().st_ino) for each in kept}
        assert len(kept) == files
    assert len(digests) == 1
    assert len(changes) == files


def test_there_are_orders_in_every_status() -> None:
    with served_json() as (_, ready), httpx.Client(base_url=ready["control"]) as control:
        counts = {status: control.get(f"/orders?limit=1&status={status}").json()["total"] for status in Status}
    assert not [status for status, count in counts.items() if count == 0]


def test_it_is_ready_within_a_second() -> None:
    """In seconds of its own work: what else this machine does meanwhile is no part of the promise."""

    def seconds_of_work() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with served_json():
            pass
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    assert min(seconds_of_work() for _ in range(3)) < 1


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(sent: signal.Signals) -> None:
    with served_json() as (process, ready), httpx.Client(base_url=ready["control"]) as idle:
        assert idle.get("/clock").status_code == 200
        process.send_signal(sent)
        said, complained = process.communicate(timeout=STOPS_WITHIN_SECONDS)
        assert (process.returncode, said, complained) == (0, "", "")


def test_an_answer_on_its_way_arrives_although_a_signal_came() -> None:
    with served_json() as (process, ready), socket.socket() as wire:
        address = urlsplit(ready["control"])
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that most of the answer waits in the server
        wire.settimeout(10)
        wire.connect((address.hostname, address.port))
        wire.sendall(b"GET /_redclock/ledger?limit=10000 HTTP/1.1\r\nhost: localhost\r\n\r\n")
        received = wire.recv(1)
        process.terminate()
        received += b"".join(iter(lambda: wire.recv(65_536), b""))
        assert process.wait(STOPS_WITHIN_SECONDS) == 0
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head


def test_called_as_a_function_it_gives_the_signals_back() -> None:
    script = """
import signal
from fakemarket.doors.server import serve
def mine(*_): ...
for each in (signal.SIGINT, signal.SIGTERM):
    signal.signal(each, mine)
assert serve(port=0, ready_json=True, history_days=0) == 0
assert {signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)} == {mine}
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        assert process.wait(STOPS_WITHIN_SECONDS) == 0


def heeds(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler of its own for a signal."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux what a process heeds")
def test_a_signal_while_history_is_made_ends_it_cleanly_too() -> None:
    with subprocess.Popen(
        [*SERVE, "--ready-json", "--history-days", "20000"], stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            while not heeds(process.pid, signal.SIGTERM):
                assert process.poll() is None
            process.terminate()
            said, complained = process.communicate(timeout=STOPS_WITHIN_SECONDS)
            assert (process.returncode, said, complained) == (0, b"", b"")
        finally:
            process.kill()


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run([*SERVE, "--port", str(port)], capture_output=True, text=True, check=False, timeout=30)
    assert run.returncode == 2
    assert run.stdout == ""
    said = f"redclock serve: port {port} of 127.0.0.1 is in use; name another with --port, or 0 for any free one\n"
    assert run.stderr == said


def test_an_address_of_another_machine_is_said_in_one_line() -> None:
    run = subprocess.run([*SERVE, "--host", "192.0.2.1"], capture_output=True, text=True, check=False, timeout=30)
    assert run.returncode == 2
    assert run.stderr.startswith("redclock serve: can't listen on port 0 of 192.0.2.1: ")
    assert run.stderr.count("\n") == 1


def test_on_loopback_no_token_is_asked_for() -> None:
    with served_json() as (_, ready):
        assert ready["control_token"] is None


@pytest.mark.parametrize("host", ["0.0.0.0", ""])
def test_beyond_loopback_a_token_is_made_up_and_asked_for(host: str) -> None:
    tokens = set()
    for _ in range(2):
        with served_json("--host", host, "--history-days", "0") as (_, ready):
            token = ready["control_token"]
            assert len(token) >= 40
            tokens.add(token)
            assert httpx.get(f"{ready['control']}/credentials").status_code == 401
            assert httpx.get(ready["panel"]).status_code == 401
            shown = {"authorization": f"Bearer {token}", "host": "market.example"}
            assert httpx.get(f"{ready['control']}/credentials", headers=shown).status_code == 200
    assert len(tokens) == 2


def test_called_as_a_function_it_listens_beyond_loopback_with_a_token_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve(host="0.0.0.0", port=0) == 2
    said = (
        "redclock serve: 0.0.0.0 can be called from elsewhere; choose a control token, which its control plane and "
        "panel will ask for\n"
    )
    assert capsys.readouterr() == ("", said)


def test_a_token_can_be_chosen_by_word_or_environment_and_the_word_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDCLOCK_CONTROL_TOKEN", "from-the-environment")
    with served_json("--history-days", "0") as (_, ready):
        assert ready["control_token"] == "from-the-environment"
        assert httpx.get(f"{ready['control']}/clock").status_code == 401
    with served_json("--history-days", "0", "--control-token", "said") as (_, ready):
        assert ready["control_token"] == "said"
    monkeypatch.setenv("REDCLOCK_CONTROL_TOKEN", "")
    with served_json("--history-days", "0") as (_, ready):
        assert ready["control_token"] is None


def test_a_token_that_cant_be_sent_is_said_in_one_line() -> None:
    command = [*SERVE, "--control-token", "two words"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (run.returncode, run.stdout) == (2, "")
    said = "redclock serve: a control token is 1 to 200 printable ASCII characters without a space\n"
    assert run.stderr == said


def test_a_person_is_told_what_to_try() -> None:
    with served() as (process, line):
        process.terminate()
        assert process.stdout
        said = line + process.stdout.read()
    assert said.startswith("A marketplace is open: ")
    assert "curl -H 'Authorization: Bearer " in said
    assert "Ctrl-C ends it" in said
    assert "control token" not in said


def test_a_person_is_told_the_token_too() -> None:
    with served("--control-token", "open-sesame", "--history-days", "0") as (process, line):
        process.terminate()
        assert process.stdout
        assert "\n    control token  open-sesame\n" in line + process.stdout.read()

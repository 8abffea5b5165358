"""A program that knows only `requests`, `datetime.now()` and `time.sleep()` runs as it is; its mistakes are told."""

from __future__ import annotations

import os
import socket
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from redclock import guard
from redclock.actors import crew
from redclock.run import NoSuchSubject, Outcome, run
from redclock.scenario.model import Scenario

HEAD = "import os, time\nfrom datetime import datetime, timezone\nimport requests\n"
CRON = """
for row in requests.get(
    "https://mip.example/v1/orders",
    headers={"authorization": "Bearer " + os.environ["MIP_API_KEY"]},
    params={"limit": 200},
).json()["data"]:
    if row["status"] == "pending_review":
        requests.post(
            f"https://mip.example/v1/orders/{row['id']}/resend",
            headers={"authorization": "Bearer " + os.environ["MIP_API_KEY"]},
        )
"""
LOOP = HEAD + "while True:\n" + "".join(f"    {line}\n" for line in CRON.splitlines()) + "    time.sleep(1800)\n"
EMPTY_ON_TUESDAY = [{"kind": "wallet_empty", "from": "2026-03-02T00:00:00", "until": "2026-03-03T12:00:00"}]


def scenario(**changes: object) -> Scenario:
    fields: dict[str, object] = {
        "name": "small",
        "title": "small",
        "proves": "small",
        "start": "2026-03-02",
        "days": 2,
        "market": {"demand": {"orders_per_day": 15.0}},
        "settle": {"leaves": ["canceled_on_marketplace_open_in_mip"]},
        "expect": [{"measure": "missed", "at_most": 1000.0}],
    }
    import orjson

    return Scenario.model_validate_json(orjson.dumps({**fields, **changes}))


def ran(tmp_path: Path, program: str, **changes: object) -> Outcome:
    path = tmp_path / "program.py"
    path.write_text(program)
    return run(scenario(**changes), 0, subject=f"script:{path}")


def test_a_program_with_its_own_loop_looks_after_orders_and_sees_market_time(tmp_path: Path) -> None:
    outcome = ran(tmp_path, LOOP, faults=EMPTY_ON_TUESDAY)
    assert outcome.error == outcome.limit == ""
    resent = [event for event in outcome.ledger.named("sent_to_supplier") if event.cause == "call"]
    assert resent
    noon = 1772535600  # Tuesday 3 March 2026, 12:00 in Madrid
    assert {(event.at - noon) // 1800 for event in resent} == {0}, "half an hour after the money came"
    without = run(scenario(faults=EMPTY_ON_TUESDAY), 0, subject="idle")
    assert outcome.measures["missed"] < (without.measures["missed"] or 0)  # type: ignore[operator]


def test_the_same_program_without_its_loop_is_a_cron_job(tmp_path: Path) -> None:
    often = [{"every": "30 min", "subject": None}]
    job = ran(tmp_path, HEAD + CRON, faults=EMPTY_ON_TUESDAY, subjects=often)
    loop = ran(tmp_path, LOOP, faults=EMPTY_ON_TUESDAY)
    assert job.measures == loop.measures


def test_a_program_with_a_loop_of_asyncio_and_httpx_is_led_likewise(tmp_path: Path) -> None:
    program = """
import asyncio, os
from datetime import datetime
import httpx

async def main():
    began = datetime.now()
    async with httpx.AsyncClient(headers={"authorization": "Bearer " + os.environ["MIP_API_KEY"]}) as client:
        for _ in range(3):
            assert (await client.get("https://mip.example/v1/orders")).status_code == 200
            await asyncio.gather(asyncio.sleep(1800), asyncio.sleep(900))
    assert (datetime.now() - began).total_seconds() == 5400

asyncio.run(main())
"""
    assert ran(tmp_path, program).error == ""
    reaches_out = "import asyncio, httpx\nasyncio.run(httpx.AsyncClient().get('https://example.org/'))"
    assert "called the real net" in ran(tmp_path, reaches_out).error


def test_clock_sleep_and_net_are_as_before_when_it_is_over(tmp_path: Path) -> None:
    before = (time.sleep, time.time, datetime, socket.socket.connect, socket.getaddrinfo, os.environ.get("MIP_API_KEY"))
    ran(tmp_path, HEAD + "time.sleep(60)\nraise RuntimeError('x')")
    import datetime as dt

    after = (time.sleep, time.time, dt.datetime, socket.socket.connect, socket.getaddrinfo)
    assert (*after, os.environ.get("MIP_API_KEY")) == before


def test_its_clock_goes_on_by_what_it_sleeps_and_reads_utc(tmp_path: Path) -> None:
    program = """
began = datetime.now()
assert began.isoformat() == "2026-03-01T23:00:00", began
time.sleep(0.2)
assert (datetime.now() - began).total_seconds() == 1
time.sleep(59)
assert time.time() == began.replace(tzinfo=timezone.utc).timestamp() + 60
"""
    assert ran(tmp_path, HEAD + program).error == ""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ValueError('out of paper')", "raised ValueError at market time"),
        ("raise SystemExit(3)", "raised SystemExit"),
        ("requests.get('https://example.org/')", "called the real net at market time 1772406000: GET https://example"),
        (
            "try:\n    requests.get('https://example.org/')\nexcept Exception:\n    pass",
            "called the real net",
        ),
        ("import socket\nsocket.create_connection(('192.0.2.1', 80), 1)", "called the real net"),
        ("import urllib.request\nurllib.request.urlopen('http://example.org/')", "called the real net"),
        ("time.sleep(-1)", "sleep length must be non-negative"),
    ],
)
def test_what_a_program_does_wrong_ends_its_run_and_names_it(tmp_path: Path, program: str, said: str) -> None:
    outcome = ran(tmp_path, HEAD + program)
    assert not outcome.passed
    assert "program.py" in outcome.error
    assert said in outcome.error
    assert run(scenario(), 0).error == "", "the next run goes on"


@pytest.mark.parametrize(
    "program", ["while True: pass", "while True:\n    try:\n        while True: pass\n    except Exception: pass"]
)
def test_a_program_that_hangs_meets_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(guard, "HANG_SECONDS", 0.2)
    outcome = ran(tmp_path, program)
    assert "program.py has not come back for 0.2 s of real time" in outcome.limit
    assert not outcome.passed


def test_a_program_that_sleeps_for_nothing_meets_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "SLEEPS_LIMIT", 300)
    assert "slept 300 times" in ran(tmp_path, HEAD + "while True: time.sleep(0)").limit


def test_what_others_do_while_it_sleeps_is_not_held_against_it(tmp_path: Path) -> None:
    people = [{"does": "renew_token", "hours": "00:00-24:00", "days": "Mon-Sun"}]
    faults = [{"kind": "token_dies", "at": "2026-03-03T10:00:00"}]
    outcome = ran(tmp_path, HEAD + "time.sleep(86400 * 30)", people=people, faults=faults)
    assert outcome.error == outcome.limit == ""
    renewed = [event.at for event in outcome.ledger.named("token_authorised") if event.cause == "person:0"]
    died = outcome.ledger.named("token_revoked")[0].at
    assert [at - died for at in renewed] == [0]


def test_a_sleep_ends_with_the_run_however_long_it_was_meant_to_be(tmp_path: Path) -> None:
    ends_at = scenario(days=1, drain_days=0).ends_at
    settle = {"within": "1 h", "leaves": ["missing_in_mip", "not_sent", "tracking_missing_on_marketplace"]}
    outcome = ran(tmp_path, HEAD + "time.sleep(86400 * 30)", days=1, drain_days=0, settle=settle)
    assert ends_at - 7200 < outcome.ledger[len(outcome.ledger) - 1].at <= ends_at + 3600


def test_a_file_that_is_none_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(NoSuchSubject, match="there is no file"):
        run(scenario(), 0, subject="script:absent.py")
    with pytest.raises(NoSuchSubject, match="is not Python"):
        ran(tmp_path, "while True")


calls: list[str] = []


def nightly() -> None:
    """What most people's cron job is: a function of a module."""
    calls.append(datetime.now().isoformat())  # noqa: DTZ005


def test_a_function_of_a_module_is_called_on_working_days_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jobs_of_this_test", sys.modules[__name__])
    calls.clear()
    table = {"subject": "jobs_of_this_test:nightly", "at": "23:00", "working_days": True}
    run(scenario(start="2026-03-05", days=5, drain_days=0, subjects=[table]), 0)
    assert calls[:3] == ["2026-03-05T22:00:00", "2026-03-06T22:00:00", "2026-03-09T22:00:00"]

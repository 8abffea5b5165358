"""One trial: determinism, transports, and subjects that misbehave."""

import os
import subprocess
import sys

import pytest

from redclock.checks.measures import MEASURES
from redclock.run import NoSuchSubject, Transport, load_subject, run
from redclock.scenario.expect import Expectation
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.subject.ports import Alert, AlertKind, Ports

HERE = __name__


def small(**changes: object) -> Scenario:
    fields: dict[str, object] = {
        "name": "small",
        "title": "small",
        "proves": "small",
        "start": "2026-03-02",
        "days": 2,
        "market": {"demand": {"orders_per_day": 15.0}},
        "expect": [{"measure": "missed", "at_most": 1000.0}],
    }
    import orjson

    return Scenario.model_validate_json(orjson.dumps({**fields, **changes}))


class Raises:
    def __init__(self, ports: Ports) -> None:
        self.woken = 0

    def wake(self, now: int) -> int:
        self.woken += 1
        if self.woken == 3:
            raise RuntimeError("out of paper")
        return now + 3600


class GoesBack(Raises):
    def wake(self, now: int) -> int:
        return now - 1


class NeverSleeps(Raises):
    def wake(self, now: int) -> int:
        return now + 1


class WritesWhatNoFileHolds(Raises):
    def __init__(self, ports: Ports) -> None:
        self.send = ports.alerts.send

    def wake(self, now: int) -> int:
        self.send(Alert(AlertKind.TOKEN_DEAD, "half a pair: \ud800"))
        return now + 3600


class SaysWhatIsNoJson(WritesWhatNoFileHolds):
    def wake(self, now: int) -> int:
        self.send(Alert(AlertKind.TOKEN_DEAD, "", facts={"sellers": {"shop-1"}}))
        return now + 3600


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets `module:attribute` find the subjects of this file under a plain name."""
    monkeypatch.setitem(sys.modules, "subjects_of_this_test", sys.modules[HERE])


def test_the_same_scenario_and_seed_give_the_same_ledger() -> None:
    first, second, other = run(small(), 4), run(small(), 4), run(small(), 5)
    assert first.ledger.digest() == second.ledger.digest()
    assert first.ledger.digest() != other.ledger.digest()


def test_hash_seed_and_time_zone_of_the_process_do_not_matter() -> None:
    program = (
        "from redclock.scenario.read import read\n"
        "from redclock.scenario.library import find\n"
        "from redclock.checks.measures import MEASURES\n"
        "from redclock.run import run\n"
        "scenario = read(find(['b1-silent-expiry']), measures=MEASURES)[0]\n"
        "print(run(scenario, 1).ledger.digest())"
    )
    digests = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Los_Angeles"))
    ]
    assert digests[0] == digests[1] != ""


def test_a_market_run_in_hourly_steps_has_the_same_ledger() -> None:
    from redclock.run import open_market

    scenario = small()
    at_once, by_hours = open_market(scenario, 3), open_market(scenario, 3)
    at_once.advance(days=5)
    for _ in range(5 * 24):
        by_hours.advance(hours=1)
    assert at_once.ledger.digest() == by_hours.ledger.digest()


@pytest.mark.parametrize("name", ["a1-pending-payment-is-not-work", "d2-wrong-carrier", "e1-missing-import"])
def test_http_and_direct_ports_lead_to_the_same_ledger(name: str) -> None:
    (scenario,) = read(find([name]), measures=MEASURES)

    def told(transport: Transport) -> list[tuple[int, int | None, str]]:
        return [(event.at, event.order, event.what) for event in run(scenario, 0, transport=transport).ledger]

    assert told(Transport.HTTP) == told(Transport.DIRECT)


def test_a_subject_that_raises_ends_its_run_with_a_verdict_that_names_it() -> None:
    outcome = run(small(), 0, subject="subjects_of_this_test:Raises")
    assert not outcome.passed
    assert "RuntimeError" in outcome.error
    assert "out of paper" in outcome.error
    assert "subjects_of_this_test:Raises" in outcome.error


@pytest.mark.parametrize("operation", ["", "aliexpress.solution.order.get"])
def test_bans_of_a_second_are_no_reason_for_the_reference_to_ask_each_second(operation: str) -> None:
    """As long as nothing gets through, each wait is twice the one before it, up to the usual quarter of an hour."""
    limited = {"kind": "rate_limited", "ban_seconds": 1, "operation": operation}
    free, banned = (run(small(days=1, drain_days=2, faults=it), 0).wakes for it in ([], [limited]))
    assert free < banned < free + 20


@pytest.mark.parametrize("name", ["WritesWhatNoFileHolds", "SaysWhatIsNoJson"])
def test_an_alert_that_no_ledger_can_hold_is_the_fault_of_its_subject(name: str) -> None:
    outcome = run(small(), 0, subject=f"subjects_of_this_test:{name}")
    assert f"subjects_of_this_test:{name} raised ValueError" in outcome.error
    assert "an alert of kind token_dead can't be kept" in outcome.error
    assert outcome.ledger.digest()


def test_calls_that_wait_past_the_next_wake_delay_it_and_the_run_ends_all_the_same() -> None:
    slow = small(faults=[{"kind": "latency", "seconds": 1200, "share": 0.5}], days=1, drain_days=1)
    outcome = run(slow, 0)
    assert (outcome.error, outcome.limit) == ("", "")
    assert outcome.faults_struck["fault:0"] > 20
    assert run(slow, 0).ledger.digest() == outcome.ledger.digest()


def test_a_subject_that_asks_for_the_past_is_told_what_is_allowed() -> None:
    outcome = run(small(), 0, subject="subjects_of_this_test:GoesBack")
    assert "must return a later instant" in outcome.error


def test_a_subject_that_never_sleeps_meets_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redclock.drive.WAKES_LIMIT", 500)
    outcome = run(small(), 0, subject="subjects_of_this_test:NeverSleeps")
    assert not outcome.passed
    assert "woken 500 times" in outcome.limit


@pytest.mark.parametrize("path", ["nothing", "redclock.absent:thing", "redclock.run:absent", "redclock.run:MIP_URL"])
def test_a_subject_that_is_none_is_refused_before_anything_runs(path: str) -> None:
    with pytest.raises(NoSuchSubject):
        load_subject(path)


@pytest.mark.parametrize(("value", "holds"), [(None, False), (1.0, False), (2.0, True), (3.0, True), (3.5, False)])
def test_an_expectation_holds_within_its_bounds_and_never_without_a_value(value: float | None, holds: bool) -> None:
    assert Expectation(measure="missed", at_least=2.0, at_most=3.0).holds(value) is holds

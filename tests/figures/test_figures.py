"""What is kept of a run for its pictures: each number is the ledger's or the journal's, and it stays small."""

import pickle
from typing import Any

import pytest

import redclock.run
from fakemarket.market import Market
from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event, Ledger
from redclock.checks.evidence import ALL, Evidence
from redclock.checks.measures import MEASURES
from redclock.figures import Figures, distil, first_concerned
from redclock.figures.case import MOST_ALERTS, MOST_REQUESTS, SLICES
from redclock.figures.hours import HOUR, Outage, outages
from redclock.figures.requests import FIRST_SHOWN
from redclock.report.whereabouts import whereabouts
from redclock.run import IDLE, REFERENCE, Outcome, Transport, run
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.suite import each_seed, trials

NEVER_RENEWS = "redclock.subject.broken:never_renews"


def scenario(name: str) -> Scenario:
    (found,) = read(find([name]), measures=MEASURES)
    return found


Trial = tuple[Outcome, Market]


def tried(name: str, subject: str, seed: int = 0) -> Trial:
    """An outcome with figures, and the market that they were distilled from."""
    lives: list[Any] = []
    lived = redclock.run._live

    def remembered(*asked: Any) -> Any:
        lives.append(lived(*asked))
        return lives[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redclock.run, "_live", remembered)
        outcome = run(scenario(name), seed, subject=subject, figures=True)
    return outcome, lives[0].market


@pytest.fixture(scope="module")
def expiry() -> Trial:
    """The platform's token dies on Friday evening, and nobody renews it."""
    return tried("b1-silent-expiry", NEVER_RENEWS)


@pytest.fixture(scope="module")
def everything() -> Trial:
    """Faults of eighteen kinds at once."""
    return tried("h3-everything-at-once", IDLE)


@pytest.fixture(params=["expiry", "everything"])
def trial(request: pytest.FixtureRequest) -> Trial:
    found: Trial = request.getfixturevalue(request.param)
    return found


def kept(outcome: Outcome) -> Figures:
    assert outcome.figures is not None
    return outcome.figures


def measured(name: str, trial: Trial) -> float:
    outcome, market = trial
    return MEASURES[name].of(Evidence(outcome.ledger, market.journal.tally), ALL) or 0.0


def test_nothing_is_kept_unless_asked_for() -> None:
    assert run(scenario("a1-pending-payment-is-not-work"), 0, transport=Transport.DIRECT).figures is None


def test_each_order_went_one_way(trial: Trial) -> None:
    outcome, _ = trial
    ways = kept(outcome).ways
    assert sum(ways.values()) == measured("orders", trial)
    missed = sum(count for way, count in ways.items() if way[-1] == Move.COUNTDOWN_ENDS)
    assert missed == measured("missed", trial) > 0


def test_the_hours_hold_what_the_ledger_and_the_journal_say(trial: Trial) -> None:
    outcome, market = trial
    hours = kept(outcome).hours
    assert (sum(hours.placed), sum(hours.missed)) == (measured("orders", trial), measured("missed", trial))
    assert sum(hours.strikes) == sum(outcome.faults_struck.values()) == len(outcome.ledger.named("fault"))
    waiting = MEASURES["waiting"].course
    assert waiting is not None
    assert max(hours.waiting) == max(value for _, value in waiting(Evidence(outcome.ledger), ALL))
    dead = sum(it.until_at - it.from_at for it in hours.outages) / HOUR
    assert dead == pytest.approx(measured("dead_token_hours", trial))
    assert {len(counts) for counts in (hours.placed, hours.waiting, hours.table, hours.strikes)} == {len(hours)}
    assert 0 <= hours.ended_at - (hours.start_at + (len(hours) - 1) * HOUR) < HOUR
    if market.journal.tally:
        assert sum(sum(counts) for counts in hours.calls.values()) == measured("calls", trial) > 0
        failed = [it for it in market.journal if it.outcome != "ok"]
        assert sum(sum(counts) for counts in hours.failed.values()) == len(failed)
    else:
        assert (hours.calls, hours.failed) == ({}, {})


def test_a_queue_that_stands_through_an_hour_is_seen_in_it(expiry: Trial) -> None:
    outcome, _ = expiry
    hours = kept(outcome).hours
    waiting = MEASURES["waiting"].course
    assert waiting is not None
    course = list(waiting(Evidence(outcome.ledger), ALL))
    for number, peak in enumerate(hours.waiting):
        begins = hours.start_at + number * HOUR
        before = [value for at, value in course if at < begins][-1:]
        during = [value for at, value in course if begins <= at < begins + HOUR]
        assert peak == max([*before, *during], default=0), number


def test_a_token_that_is_never_renewed_is_dead_until_the_run_ends() -> None:
    def event(at: int, what: str) -> Event:
        return Event(at, at, None, what, {"app": "mip", "seller": "shop-1"}, "test")

    told = [
        event(1, "token_revoked"),
        event(2, "token_expired"),
        event(5, "token_refreshed"),
        event(8, "token_expired"),
    ]
    assert list(outages(told, 9)) == [Outage("mip", "shop-1", 1, 5), Outage("mip", "shop-1", 8, 9)]


def test_the_file_of_an_order_has_its_whole_story(expiry: Trial) -> None:
    outcome, _ = expiry
    case = kept(outcome).case
    assert case is not None
    missed = outcome.ledger.named(Move.COUNTDOWN_ENDS)[0]
    assert case.order == missed.order
    assert case.order is not None
    told = [(event.at, event.what) for event in outcome.ledger.of(case.order)]
    assert [(event.at, event.what) for event in case.ledger.of(case.order)] == told
    assert whereabouts(case.ledger, case.order) == whereabouts(outcome.ledger, case.order)
    assert case.from_at < told[0][0] < missed.at < case.until_at


def test_calls_and_strikes_of_its_time_are_counted(trial: Trial) -> None:
    outcome, market = trial
    case = kept(outcome).case
    assert case is not None
    seller = market.settings.sellers[0]
    for lane in ("aliexpress", "mip"):
        calls = [it for it in market.journal if it.face == lane and case.from_at <= it.at <= case.until_at]
        calls = [it for it in calls if it.seller in (None, seller)]
        slices = [it for it in case.slices if it.lane == lane]
        assert sum(it.count for it in slices) == len(calls)
        assert sum(it.wrong for it in slices) == sum(it.outcome != "ok" for it in calls)
        assert len(slices) <= SLICES + 1
    strikes = [it for it in outcome.ledger.named("fault") if case.from_at <= it.at <= case.until_at]
    assert sum(it.count for it in case.slices if it.lane.startswith("fault:")) == len(strikes) > 0
    assert sum(it.wrong for it in case.slices if it.lane.startswith("fault:")) == sum(
        it.order == case.order for it in strikes
    )


def test_the_requests_that_mattered_have_no_secrets(expiry: Trial) -> None:
    outcome, market = expiry
    case = kept(outcome).case
    assert case is not None
    first = case.requests[0]
    assert first.why == FIRST_SHOWN
    assert str(case.order) in first.body
    entry = next(it for it in market.journal if it.number == first.number)
    assert (first.at, first.operation, first.outcome) == (entry.at, entry.operation, "ok")
    said = repr(case)
    assert "***" in said
    for secret in market._secrets():
        assert secret not in said


def test_what_failed_is_kept_once_and_counted() -> None:
    outcome, market = tried("g2-outage-over-the-deadline", REFERENCE, 1)
    case = distil(market, outcome.scenario.start_at, Evidence(outcome.ledger), (), passed=False).case
    assert case is not None
    failed = [it for it in case.requests if not it.went_well]
    assert failed
    assert any(it.times > 1 and it.faults for it in failed)
    assert case.requests_left_out == 0
    alike = [(it.why, it.face, it.operation, it.outcome) for it in case.requests]
    assert len(alike) == len(set(alike)) <= MOST_REQUESTS


def test_it_all_stays_small(trial: Trial) -> None:
    outcome, _ = trial
    case = kept(outcome).case
    assert case is not None
    assert len(case.requests) <= MOST_REQUESTS
    assert len(case.ledger.named("alert")) <= MOST_ALERTS
    assert len(pickle.dumps(kept(outcome))) < 60_000


def test_a_run_that_passed_has_no_file_and_processes_hand_over_the_same() -> None:
    asked = each_seed([scenario("a1-pending-payment-is-not-work")], range(2))
    alone, together = (list(trials(asked, jobs=jobs, figures=True)) for jobs in (1, 2))
    assert {it.seed: it.figures for it in alone} == {it.seed: it.figures for it in together}
    assert all(it.passed and kept(it).case is None for it in alone)


@pytest.mark.parametrize("what", ["false_shipment", Move.CANCEL_TIMEOUT])
def test_where_no_order_missed_another_one_that_went_wrong_is_looked_at(what: str) -> None:
    ledger = Ledger()
    for order in (7, 8):
        ledger.append(1, order, Move.PASS_REVIEW, {}, "test")
        ledger.append(2, order, "imported", {}, "test")
    assert first_concerned(ledger, ()) is None
    ledger.append(3, 8, what, {}, "test")
    assert first_concerned(ledger, ()) == 8
    ledger.append(4, 7, Move.COUNTDOWN_ENDS, {}, "test")
    assert first_concerned(ledger, ()) == 7, "a missed one comes first"

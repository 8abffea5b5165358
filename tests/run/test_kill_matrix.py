"""Each bundled scenario is passed by the reference and failed by a subject that is wrong in just its way."""

import pytest

from redclock.checks.measures import MEASURES
from redclock.run import run
from redclock.scenario.library import bundled
from redclock.scenario.read import read

KILLS = {
    "a1-pending-payment-is-not-work": "sends_whatever_it_sees",
    "b1-silent-expiry": "never_renews",
    "b2-tracking-stops-while-packing-goes-on": "never_declares",
    "c3-wallet-empty": "alerts_order_by_order",
    "d2-wrong-carrier": "repeats_refused_carriers",
    "d4-answer-lost": "never_reads_back",
    "e1-missing-import": "trusts_the_platform",
    "f2-pacific-midnight": "counts_days_in_madrid",
    "h1-eleven-eleven": "never_renews",
}


def test_every_bundled_scenario_has_its_broken_subject() -> None:
    assert set(KILLS) == set(bundled())


@pytest.mark.parametrize("name", KILLS)
def test_the_reference_passes_and_every_fault_strikes(name: str) -> None:
    (scenario,) = read([bundled()[name]], measures=MEASURES)
    outcome = run(scenario, 0)
    assert outcome.passed, outcome.problems()
    assert all(outcome.faults_struck.values()), outcome.faults_struck


@pytest.mark.parametrize(("name", "broken"), KILLS.items())
def test_the_broken_subject_fails(name: str, broken: str) -> None:
    (scenario,) = read([bundled()[name]], measures=MEASURES)
    outcome = run(scenario, 0, subject=f"redclock.subject.broken:{broken}")
    assert not outcome.passed
    assert not outcome.error, "it must fail for what it does, not for falling over"

"""Each bundled scenario is passed by the reference, and fails broken subjects for just what they do wrong."""

import orjson
import pytest
from tests.run import kills_a_to_d, kills_e_to_i
from tests.run.overrides import otherwise

from redclock.checks.measures import MEASURES
from redclock.run import REFERENCE, run
from redclock.scenario.library import bundled
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.subject.broken import MUTANTS
from redclock.suite import verdict

KILLS = {**kills_a_to_d.KILLS, **kills_e_to_i.KILLS}
PAIRS = [(name, mutant, noticed) for name, killed in KILLS.items() for mutant, noticed in killed.items()]


def scenario_of(name: str) -> Scenario:
    (scenario,) = read([bundled()[name]], measures=MEASURES)
    return scenario


def test_every_bundled_scenario_has_its_broken_subjects() -> None:
    assert set(KILLS) == set(bundled())
    assert all(KILLS.values())


def test_every_broken_subject_fails_a_scenario_of_the_first_suite() -> None:
    killed = {mutant for name, mutants in KILLS.items() if "P1" in scenario_of(name).tags for mutant in mutants}
    assert set(MUTANTS) <= killed


@pytest.mark.parametrize("name", KILLS)
def test_the_reference_passes_and_every_fault_strikes(name: str) -> None:
    outcome = run(scenario_of(name), 0)
    assert outcome.passed, outcome.problems()
    assert not outcome.never_struck


@pytest.mark.parametrize(("name", "mutant", "noticed"), PAIRS)
def test_the_broken_subject_fails_for_what_it_does(name: str, mutant: str, noticed: str) -> None:
    scenario = scenario_of(name)
    path, equals, value = mutant.partition(" = ")
    if equals:
        scenario, mutant = otherwise(scenario, path, orjson.loads(value)), REFERENCE
    subject = f"redclock.subject.broken:{mutant}" if mutant in MUTANTS else mutant
    of_all_seeds = any(each.over_seeds and each.name == noticed for each in scenario.expect)
    seeds = range(scenario.seeds) if of_all_seeds else [0]
    broken = verdict([run(scenario, seed, subject=subject) for seed in seeds]).broken
    assert noticed in broken
    assert not broken & {"error", "limit"}, "it must fail for what it does, not for falling over"

"""A suite in tables: what holds in some seeds only, what is of all seeds together, scenarios without tags."""

from __future__ import annotations

from dataclasses import replace

from redclock.report.html.summary import by_tag, expected, first_problem, tally, warnings
from redclock.suite import Verdict


def test_an_expectation_holds_if_it_does_in_every_seed(suite: list[Verdict]) -> None:
    good = suite[2]
    first = good.trials[0]
    broken = replace(first, measured=(replace(first.measured[0], holds=False), *first.measured[1:]))
    rows = expected(Verdict((broken, *good.trials[1:]), ()))
    assert [row.holds for row in rows] == [False, *[True] * (len(rows) - 1)]
    assert [holds for _, holds in rows[0].values] == [False, True]


def test_one_seed_has_no_interval_and_none_is_made_of_a_missing_value(suite: list[Verdict]) -> None:
    alone = expected(Verdict(suite[2].trials[:1], ()))
    assert {row.interval for row in alone} == {None}
    first = suite[2].trials[0]
    missing = replace(first, measured=(replace(first.measured[0], value=None), *first.measured[1:]))
    row = expected(Verdict((missing, suite[2].trials[1]), ()))[0]
    assert row.interval is None
    assert row.mean == suite[2].trials[1].measured[0].value


def test_scenarios_without_a_tag_stand_together_at_the_end(suite: list[Verdict]) -> None:
    trials = tuple(replace(it, scenario=it.scenario.model_copy(update={"tags": ()})) for it in suite[2].trials)
    found = by_tag([suite[0], Verdict(trials, ())])
    assert [tag for tag, _ in found] == ["P1", "tokens", "no tag"]
    assert found[-1][1] == tally([suite[2]])


def test_the_first_problem_is_a_trials_or_that_of_all_seeds(suite: list[Verdict]) -> None:
    assert first_problem(suite[0]) == suite[0].trials[0].problems()[0]
    assert first_problem(suite[2]) == ""


def test_a_fault_that_never_struck_is_told(suite: list[Verdict]) -> None:
    assert warnings(suite[0].trials) == []
    idle = [replace(it, faults_struck={"fault:0": 0}) for it in suite[0].trials[:1]]
    assert warnings(idle) == ["seed 0: fault 0 (token_dies) never struck"]

"""Differences are taken seed by seed, so that what worlds have in common falls out."""

from dataclasses import replace

from fakemarket.world.ledger import Ledger
from redclock.checks.judge import interval
from redclock.checks.measures import MEASURES
from redclock.report.comparison import Side, differences
from redclock.run import Outcome
from redclock.scenario.library import find
from redclock.scenario.read import read


def test_a_difference_between_very_unlike_worlds_has_a_narrow_interval() -> None:
    (scenario,) = read(find(["c3-wallet-empty"]), measures=MEASURES)
    empty = Outcome(scenario, 0, "mine", Ledger(), (), (), (), {})
    missed = {0: 100.0, 1: 0.0, 2: 50.0, 3: 7.0}
    first = Side("first", [replace(empty, seed=seed, measures={"missed": value}) for seed, value in missed.items()])
    one_less = [replace(it, measures={"missed": (it.measures["missed"] or 0) - 1}) for it in first.outcomes]
    other = Side("other", one_less[::-1])  # outcomes come as they finish
    assert differences(other, first, "missed") == [-1.0] * 4
    assert interval(differences(other, first, "missed"), 0.95) == (-1.0, -1.0)

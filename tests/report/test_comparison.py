"""Differences are taken seed by seed, so that what worlds have in common falls out."""

import re
from dataclasses import replace

from rich.console import Console

from fakemarket.world.ledger import Ledger
from redclock.checks.judge import interval
from redclock.checks.measures import MEASURES
from redclock.report.comparison import Side, differences, render_comparison
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


def test_a_mean_of_what_is_counted_has_no_bound_below_none() -> None:
    (scenario,) = read(find(["c3-wallet-empty"]), measures=MEASURES)
    empty = Outcome(scenario, 0, "mine", Ledger(), (), (), (), {})
    shown = {"accepted": 9.0, "missed_share": 0.0}
    few = [replace(empty, seed=seed, measures={**shown, "missed": missed}) for seed, missed in ((0, 0.0), (1, 5.0))]
    none = [replace(it, measures={**shown, "missed": 0.0}) for it in few]
    console = Console(record=True, width=120)
    render_comparison([Side("few", few), Side("none", none)], console)
    _, _, few_said, _, _, less = console.export_text().splitlines()
    assert re.search(r" 2\.5 \(0\.0 to 34\.3\) ", few_said)
    assert "-2.5 (-34.3 to +29.3)" in less

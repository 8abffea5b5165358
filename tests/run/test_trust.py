"""Trust in the simulator itself: whoever looks after the shop, its buyers do the same."""

from __future__ import annotations

import pytest

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Ledger
from redclock.checks.invariants import PLACED
from redclock.checks.measures import MEASURES
from redclock.run import run
from redclock.scenario.library import find
from redclock.scenario.read import read

BUYERS = (*PLACED, Move.PAY, Move.PAYMENT_FAILS, Move.START_REVIEW, Move.PASS_REVIEW)
"""What buyers and the platform do before there is anything for a subject to do."""


def by_buyers(ledger: Ledger) -> list[tuple[int, str, int | None]]:
    return [(event.at, event.what, event.order) for event in ledger.named(*BUYERS)]


@pytest.mark.parametrize("other", ["idle", "daily_manual_check", "redclock.subject.broken:repeats_alerts"])
def test_buyers_do_the_same_whoever_looks_after_the_shop(other: str) -> None:
    (scenario,) = read(find(["e1-missing-import"]), measures=MEASURES)
    mine, theirs = (by_buyers(run(scenario, 0, subject=subject).ledger) for subject in ("reference", other))
    assert mine
    shared = min(mine[-1], theirs[-1])  # a run ends when nothing is left to decide
    assert [it for it in mine if it <= shared] == [it for it in theirs if it <= shared]

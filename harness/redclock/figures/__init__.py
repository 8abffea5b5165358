"""What is kept of a run for its pictures, once its market is gone: small frozen values, made where it ran.

A trial runs in a process of its own, and neither its ledger nor its journal could go from there to a report for every
one of a suite. So what a report draws is distilled beside the run, from these two alone: which way the orders went, how
things stood in each hour, and of a trial that failed the file of one order. It knows no report and no chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakemarket.market import Market
from redclock.checks.evidence import Evidence
from redclock.checks.invariants import Violation
from redclock.figures.case import Case, case_of, first_concerned
from redclock.figures.hours import Hours, hours_of
from redclock.figures.ways import Ways, ways_of

__all__ = ["Case", "Figures", "Hours", "Ways", "distil", "first_concerned"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run.

    Attributes:
        ways: which way the orders went, and how many each.
        hours: how things stood, hour by hour.
        case: the file of the order to look at first; None if the run passed.
    """

    ways: Ways
    hours: Hours
    case: Case | None


def distil(
    market: Market, start_at: int, evidence: Evidence, violations: Sequence[Violation], *, passed: bool
) -> Figures:
    """What is to be kept of a market that has run since `start_at`."""
    case = None if passed else case_of(market, start_at, first_concerned(market.ledger, violations))
    return Figures(ways_of(market.ledger), hours_of(market, start_at, evidence), case)

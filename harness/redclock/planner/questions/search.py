"""The smallest value of a setting that meets the target, with a guarantee over the whole search.

The values are asked from the largest down and the search ends at the first that doesn't meet the target by its upper
bound. An order fixed beforehand needs no correction for asking often (Maurer, Hothorn and Lehmacher 1995, tests of
a-priori ordered hypotheses): to name a value that fails, the largest one that truly fails must have been passed. Which
that is hangs on no luck, so it is wrongly passed as seldom as any single bound is wrong: that of a two-sided interval
is too low in (1 - confidence) / 2 of cases at most. This holds whether or not the setting helps as it grows, and though
all values share their seeds; that what is found is the smallest hangs on its helping.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemarket.settings import Settings
from redclock.planner.questions.question import Ask
from redclock.planner.sweep import BadPlan, Plan, Row


@dataclass(frozen=True, slots=True)
class Tried:
    """A value that was asked about."""

    value: int
    row: Row
    meets: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What was found.

    Attributes:
        name: of the setting.
        values: from the least to the greatest that might have been tried.
        preparation_days: under which it was searched.
        tried: in the order of the search, the largest first; if that fails, the smallest is the second, for comparison.
        found: the smallest value that meets the target; None if not even the largest does.
        risk: the chance that what was found doesn't meet it, at most.
    """

    name: str
    values: range
    preparation_days: int
    tried: tuple[Tried, ...]
    found: int | None
    target: float
    confidence: float
    risk: float

    @property
    def nearest(self) -> Tried:
        """The value, of those tried, whose upper bound is the lowest."""
        return min(self.tried, key=lambda it: (it.row.rate.high or it.row.rate.mean, it.row.rate.mean))


def smallest(plan: Plan, name: str, values: range, market: Callable[[int], Settings], ask: Ask) -> Search:
    """Searches under the preparation time of a plan of one.

    Args:
        plan: the question, about one preparation time.
        name: of the setting.
        values: whole numbers, each one more than the last; the greater, the fewer orders are missed.
        market: with a value of the setting.

    Raises:
        BadPlan: the plan has several preparation times, or one run, which has no bound.
    """
    if len(plan.rows) > 1:
        raise BadPlan(f"a search for {name} needs one preparation time, such as --preparation-days 5")
    if plan.runs == 1:
        raise BadPlan("one run has no bound that a search could go by; ask for 2 runs or more")
    days = plan.rows[0].preparation_days
    tried: list[Tried] = []
    for value in reversed(values):
        tried.append(_tried(value, ask(market(value), [days]).rows[0], plan.target))
        if not tried[-1].meets:
            break
    passed = [it.value for it in tried if it.meets]
    if not passed and len(values) > 1:
        tried.append(_tried(values[0], ask(market(values[0]), [days]).rows[0], plan.target))
    return Search(
        name=name,
        values=values,
        preparation_days=days,
        tried=tuple(tried),
        found=passed[-1] if passed else None,
        target=plan.target,
        confidence=plan.confidence,
        risk=(1 - plan.confidence) / 2,
    )


def _tried(value: int, row: Row, target: float) -> Tried:
    return Tried(value, row, row.rate.high is not None and row.rate.high <= target)

"""What the usual three would buy: one more packer, a cut-off an hour later, one more day.

Each is a plan of its own in the same luck, and what it saves is taken run by run, so that it is known better than the
rates themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fakemarket.rules.zones import MINUTES_A_DAY
from fakemarket.settings import Settings
from redclock.planner.estimate import Estimate
from redclock.planner.questions.question import Ask
from redclock.planner.sweep import Plan, paired

LATER_MINUTES = 60


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One thing otherwise.

    Attributes:
        text: what, after "with".
        plan: of the market, or the preparation times, that are so.
        saved: share of orders, for each preparation time of the plan that was asked for; less than 0 if it costs some.
    """

    text: str
    plan: Plan
    saved: tuple[Estimate, ...]


def what_ifs(settings: Settings, found: Plan, ask: Ask) -> tuple[WhatIf, ...]:
    """The usual three, but for what can't be: where orders are taken until midnight, no cut-off is later.

    Args:
        settings: of the market that was planned for.
        found: the plan.
        ask: makes others like it, with the same seeds.
    """
    days = [row.preparation_days for row in found.rows]
    longer = [it + 1 for it in days]
    plans = [(text, ask(market, days)) for text, market in _markets(settings)]
    plans.append(("one more working day to prepare", ask(settings, longer)))
    return tuple(WhatIf(text, other, paired(found, other)) for text, other in plans)


def _markets(settings: Settings) -> Iterator[tuple[str, Settings]]:
    house = settings.warehouse
    yield "one more packer", replace(settings, warehouse=replace(house, packers=house.packers + 1))
    periods = tuple(
        it if it.cutoff_minute is None else replace(it, cutoff_minute=_later(it.cutoff_minute)) for it in house.periods
    )
    later = replace(house, cutoff_minute=_later(house.cutoff_minute), periods=periods)
    if later != house:
        yield "a cut-off one hour later", replace(settings, warehouse=later)


def _later(minute: int) -> int:
    return min(minute + LATER_MINUTES, MINUTES_A_DAY)

"""Questions that take many plans: each asks the same of another market, in the same luck.

Whoever answers is handed in, so that a question can be asked of markets whose true rates are known too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fakemarket.settings import Settings
from redclock.planner.sweep import Plan, plan

Ask = Callable[[Settings, Sequence[int]], Plan]
"""A market and preparation times to a plan; with the same seeds for every market (common random numbers)."""


def same_as(asked: Plan, **work: Any) -> Ask:
    """Asks what a plan was asked: its target, seeds, days, confidence, and who looks after the orders.

    Args:
        work: what else `plan` takes: who does it, where it is kept, other people.
    """

    def ask(settings: Settings, preparation_days: Sequence[int]) -> Plan:
        return plan(
            settings,
            preparation_days,
            asked.target,
            seed=asked.seed,
            runs=asked.runs,
            days=asked.horizon.days,
            warm_up_days=asked.horizon.warm_up_days,
            start_at=asked.horizon.start_at,
            confidence=asked.confidence,
            **{"care": asked.care, **work},
        )

    return ask

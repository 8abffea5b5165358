"""For notebooks and scripts: a plan that shows itself, and whose numbers come as DataFrames.

    from redclock.notebook import plan

    plan(preparation_days=range(4, 8))

It adds nothing to what the planner says and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from redclock.planner import sweep
from redclock.planner.sweep import Plan
from redclock.report.plan_frames import plan_frame, runs_frame
from redclock.report.plan_notebook import plan_snippet
from redclock.report.plan_words import recommendation

if TYPE_CHECKING:
    import pandas as pd

_Asked = ParamSpec("_Asked")


@dataclass(frozen=True, slots=True, repr=False)
class Planned:
    """A plan as a notebook shows it: the table and the recommendation."""

    plan: Plan

    def frame(self) -> pd.DataFrame:
        """A row a preparation time, shortest first, with the columns of `redclock plan --csv`.

        Raises:
            MissingExtra: pandas is not installed.
        """
        return plan_frame(self.plan)

    def runs(self) -> pd.DataFrame:
        """A row a replication and preparation time: `preparation_days`, `seed`, `missed_share` (from 0 to 1).

        Rows of one seed share their luck, so differences between preparation times are best taken seed by seed.

        Raises:
            MissingExtra: pandas is not installed.
        """
        return runs_frame(self.plan)

    def __repr__(self) -> str:
        return recommendation(self.plan)

    def _repr_html_(self) -> str:
        return plan_snippet(self.plan)


def _shown(ask: Callable[_Asked, Plan]) -> Callable[_Asked, Planned]:
    @wraps(ask)
    def asked(*args: _Asked.args, **named: _Asked.kwargs) -> Planned:
        return Planned(ask(*args, **named))

    return asked


plan = _shown(sweep.plan)

"""A plan as CSV, a line a preparation time: for a spreadsheet, or another program. Knows no words about it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from redclock.planner.sweep import Plan
from redclock.report.plan_words import within

COLUMNS = (
    "preparation_days",
    "missed_share",
    "low",
    "high",
    "within_target",
    "orders",
    "missed",
    "one_step_more_saves",
    "saves_low",
    "saves_high",
    "runs",
    "first_seed",
    "target",
    "confidence",
    "note",
)


def plan_csv(plan: Plan) -> str:
    """The text; shares are from 0 to 1 with all their digits, what isn't known is empty."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(plan_lines(plan))
    return text.getvalue()


def plan_lines(plan: Plan) -> Iterator[tuple[Any, ...]]:
    """The values of each line, as `COLUMNS` names them; None is what isn't known."""
    asked = (plan.runs, plan.seed, plan.target, plan.confidence)
    for row, difference in zip(plan.rows, (*plan.differences, None), strict=True):
        rate, saved = row.rate, difference and difference.saved
        judged = (rate.mean, rate.low, rate.high, within(rate, plan.target))
        saves = (saved.mean, saved.low, saved.high) if saved else (None, None, None)
        yield (row.preparation_days, *judged, row.orders, row.misses, *saves, *asked, rate.note)

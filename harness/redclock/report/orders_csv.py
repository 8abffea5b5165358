"""The orders of a suite as CSV, a line an order: for a spreadsheet, or another program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO

from redclock.suite import Verdict

COLUMNS = (
    "scenario",
    "seed",
    "order",
    "seller",
    "placed",
    "accepted",
    "ship_by",
    "shipped",
    "lead_seconds",
    "missed",
    "status",
)


def orders_csv(verdicts: Iterable[Verdict]) -> str:
    """The text; instants are UTC, `ship_by` is the first one too late, what didn't happen is empty."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in verdicts:
        for trial in verdict.trials:
            for row in trial.orders:
                instants = (row.placed_at, row.accepted_at, row.ship_by_at, row.shipped_at)
                lead = "" if row.lead_seconds is None else row.lead_seconds
                writer.writerow(
                    [
                        trial.scenario.name,
                        trial.seed,
                        row.order,
                        row.seller,
                        *map(_said, instants),
                        lead,
                        "yes" if row.missed else "no",
                        row.status,
                    ]
                )
    return text.getvalue()


def _said(at: int | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"

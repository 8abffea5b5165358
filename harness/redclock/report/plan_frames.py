"""A plan as DataFrames and as a Parquet file, by pandas, which is heavy and so imported when it is asked for.

Knows no words about a plan, and no command line but the extra that brings what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from redclock.checks.student import MissingExtra
from redclock.planner.sweep import Plan
from redclock.report.plan_csv import COLUMNS, plan_lines

if TYPE_CHECKING:
    import pandas as pd

_SHARES = ("missed_share", "low", "high", "one_step_more_saves", "saves_low", "saves_high")


def plan_frame(plan: Plan) -> pd.DataFrame:
    """A row a preparation time, shortest first, with the columns of `--csv`; what isn't known is missing.

    Raises:
        MissingExtra: pandas is not installed.
    """
    return _frame(plan_lines(plan), COLUMNS).astype(dict.fromkeys(_SHARES, "float64"))


def runs_frame(plan: Plan) -> pd.DataFrame:
    """A row a replication and preparation time: `preparation_days`, `seed`, `missed_share` (from 0 to 1).

    Rows of one seed are the same luck, so differences between preparation times are best taken seed by seed.

    Raises:
        MissingExtra: pandas is not installed.
    """
    rows = ((row.preparation_days, plan.seed + n, rate) for row in plan.rows for n, rate in enumerate(row.rates))
    return _frame(rows, ("preparation_days", "seed", "missed_share"))


def plan_parquet(plan: Plan) -> bytes:
    """`plan_frame` as a Parquet file.

    Raises:
        MissingExtra: pandas or pyarrow is not installed.
    """
    file = BytesIO()
    try:
        plan_frame(plan).to_parquet(file, engine="pyarrow", index=False)
    except ImportError as missing:
        raise missing if isinstance(missing, MissingExtra) else _missing("pyarrow") from missing
    return file.getvalue()


def _frame(rows: Iterable[tuple[Any, ...]], columns: Iterable[str]) -> pd.DataFrame:
    try:
        import pandas as pd
    except ModuleNotFoundError as missing:
        raise _missing("pandas") from missing
    return pd.DataFrame(list(rows), columns=list(columns))


def _missing(name: str) -> MissingExtra:
    return MissingExtra(f"this needs {name}, which the extra `frames` brings: pip install 'redclock[frames]'")

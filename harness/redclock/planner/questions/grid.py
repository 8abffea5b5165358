"""The miss rate over two factors: preparation times by the values of a setting, or two settings by each other.

Every cell has the same seeds (common random numbers), so that what differs between two of them is the factors alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from redclock.planner.sweep import BUSY, BadPlan, Plan, Row

PREPARATION_DAYS = "preparation_days"


@dataclass(frozen=True, slots=True)
class Factor:
    """A setting and the values that are tried, as they are written."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells.

    Attributes:
        down: one line of cells for each of its values.
        across: one cell in each line for each of its values.
        preparation_days: of all cells, where neither factor is the preparation time.
        cells: `cells[i][j]` has the i-th value of `down` and the j-th of `across`.
        target: miss rate not to be exceeded.
        confidence: how sure the intervals are, two-sided, each by itself.
        warnings: why figures are less sure than they look, each once.
    """

    down: Factor
    across: Factor
    preparation_days: int | None
    cells: tuple[tuple[Row, ...], ...]
    target: float
    confidence: float
    warnings: tuple[str, ...]

    def meets(self, cell: Row) -> bool:
        """Whether a cell's upper bound meets the target."""
        return cell.rate.high is not None and cell.rate.high <= self.target


Asked = Callable[[Sequence[int]], Plan]
"""Preparation times to a plan, of one pair of values or all that have one value."""


def over_days(plan: Plan, factor: Factor, asked: Sequence[Asked]) -> Grid:
    """The preparation times of a plan by the values of a setting.

    Args:
        asked: one for each value of the factor.
    """
    days = [row.preparation_days for row in plan.rows]
    plans = [ask(days) for ask in asked]
    cells = tuple(each.rows for each in plans)
    tried = Factor(PREPARATION_DAYS, tuple(map(str, days)))
    return Grid(factor, tried, None, cells, plan.target, plan.confidence, tuple(_warnings(factor.values, plans)))


def over_settings(plan: Plan, down: Factor, across: Factor, asked: Sequence[Asked]) -> Grid:
    """Two settings by each other, under the preparation time that the plan recommends, or else the nearest.

    Args:
        asked: one for each pair of values, all pairs with the first value of `down` first.

    Raises:
        BadPlan: both settings are the same.
    """
    if down.name == across.name:
        raise BadPlan(f"{down.name} is both factors; name another setting")
    days = (plan.recommended or plan.nearest).preparation_days
    plans = [ask([days]) for ask in asked]
    found = [each.rows[0] for each in plans]
    width = len(across.values)
    cells = tuple(tuple(found[n : n + width]) for n in range(0, len(found), width))
    pairs = [f"{one} and {other}" for one in down.values for other in across.values]
    return Grid(down, across, days, cells, plan.target, plan.confidence, tuple(_warnings(pairs, plans)))


def _warnings(values: Sequence[str], plans: Sequence[Plan]) -> Iterator[str]:
    """Those of the plans, each once; of saturation, which every plan says with its own load, one for all."""
    named = list(zip(values, plans, strict=True))
    busy = [value for value, each in named if each.load is not None and each.load > BUSY]
    if busy:
        yield (
            f"the packers have work for over {BUSY * 100:.0f} % of their time with {', '.join(busy)}: near saturation "
            "no queue settles, so those rates hang on how long is counted and how long is warmed up"
        )
    yield from dict.fromkeys(it for value, each in named if value not in busy for it in each.warnings)

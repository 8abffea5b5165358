"""A plan as a piece of HTML for a notebook: a short table and the recommendation, in the notebook's own dress.

Every number is the planner's and every word is `plan_words`'s. The page with charts is another one.
"""

from __future__ import annotations

from html import escape

from redclock.planner.sweep import Plan
from redclock.report.plan_words import basis, between, given, notes, percent, recommendation, within


def plan_snippet(plan: Plan) -> str:
    """A table with a line a preparation time, the recommended one bold, and what is said of it."""
    sure = f"{given(plan.confidence)} sure it is"
    titles = ("working days", "missed", sure, f"within {given(plan.target)}?", "one step more saves", sure)
    lines = [_line("th", titles)]
    for row, difference in zip(plan.rows, (*plan.differences, None), strict=True):
        saves = (percent(difference.saved.mean), between(difference.saved)) if difference else ("", "")
        judged = (percent(row.rate.mean), between(row.rate), within(row.rate, plan.target))
        lines.append(_line("th" if row is plan.recommended else "td", (str(row.preparation_days), *judged, *saves)))
    said = [f"<p><strong>{escape(recommendation(plan))}</strong></p>"]
    said += [f"<p>Mind: {escape(warning)}.</p>" for warning in plan.warnings]
    small = [basis(plan), *notes((row.preparation_days, row.rate) for row in plan.rows)]
    said += [f"<p><small>{escape(' '.join(small))}</small></p>"]
    return f"<div><table>{''.join(lines)}</table>{''.join(said)}</div>"


def _line(tag: str, cells: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"

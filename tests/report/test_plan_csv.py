"""A plan as CSV: every number whole, as a program reads it."""

import csv
from io import StringIO

from redclock.planner.sweep import plan
from redclock.report.plan_csv import COLUMNS, plan_csv


def test_a_line_has_everything_about_a_preparation_time() -> None:
    found = plan(preparation_days=range(5, 8), runs=3, seed=2)
    rows = list(csv.DictReader(StringIO(plan_csv(found))))
    assert list(rows[0]) == list(COLUMNS)
    for line, row in zip(rows, found.rows, strict=True):
        assert int(line["preparation_days"]) == row.preparation_days
        assert [float(line[it]) for it in ("missed_share", "low", "high")] == [
            row.rate.mean,
            row.rate.low,
            row.rate.high,
        ]
        assert [int(line[it]) for it in ("orders", "missed", "runs", "first_seed")] == [row.orders, row.misses, 3, 2]
        assert (float(line["target"]), float(line["confidence"]), line["note"]) == (0.02, 0.95, row.rate.note)
    for line, it in zip(rows, found.differences, strict=False):
        saves = [float(line[name]) for name in ("one_step_more_saves", "saves_low", "saves_high")]
        assert saves == [it.saved.mean, it.saved.low, it.saved.high]
    assert [rows[0]["within_target"], rows[-1]["one_step_more_saves"]] == ["no", ""]


def test_what_one_run_does_not_know_is_empty() -> None:
    (line,) = csv.DictReader(StringIO(plan_csv(plan(preparation_days=[6], runs=1))))
    assert (line["low"], line["high"], line["within_target"]) == ("", "", "not known")

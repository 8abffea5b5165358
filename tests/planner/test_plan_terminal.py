"""What a person reads of a plan and a backtest, and what a program gets."""

import io
import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.deadlines import Anchor, CountdownRules, DeadlineClock
from fakemarket.settings import Settings
from redclock.planner.backtest import Backtest, backtest
from redclock.planner.causes import CAUSES, Cause
from redclock.planner.estimate import Estimate
from redclock.planner.history import read_orders
from redclock.planner.replication import Horizon
from redclock.planner.sweep import Difference, Plan, Row, assumptions
from redclock.report.plan_terminal import backtest_json, plan_json, render_backtest, render_plan, summary
from redclock.report.plan_words import percent, recommendation


def row(days: int, mean: float, low: float | None, high: float | None, note: str = "") -> Row:
    misses = round(1000 * mean)
    causes = {Cause.QUEUE: misses // 4, Cause.PREPARATION: misses - misses // 4}
    counts = tuple(causes.get(cause, 0) for cause in CAUSES)
    return Row(days, Estimate(mean, low, high, note), 1000, misses, (mean, mean), counts)


PLAN = Plan(
    rows=(row(4, 0.2, 0.18, 0.22), row(5, 0.019, 0.014, 0.024), row(6, 0.007, 0.005, 0.009, "rough: only 2 of 12")),
    differences=(
        Difference(4, 5, Estimate(0.181, 0.17, 0.19)),
        Difference(5, 6, Estimate(0.012, 0.0081, 0.0163)),
    ),
    target=0.02,
    seed=7,
    runs=12,
    horizon=Horizon(0, 7, 14),
    confidence=0.95,
    assumptions=assumptions(Settings()),
    load=0.4,
    warnings=(),
)
ALONE = replace(
    PLAN,
    rows=(row(4, 0.2, None, None, "why"), row(5, 0.03, None, None, "why")),
    differences=PLAN.differences[:1],
    runs=1,
)


def shown(of: Plan | Backtest, width: int = 80, command: str = "") -> str:
    console = Console(file=io.StringIO(), width=width)
    if isinstance(of, Plan):
        render_plan(of, console, command=command)
    else:
        render_backtest(of, console, command=command)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def tested(tmp_path: Path) -> Backtest:
    path = tmp_path / "my orders.csv"
    good = [f"2026-03-{day:02} 10:00,2026-03-{day + 4:02} 10:00,delivered,2" for day in range(2, 20)]
    broken = [f"2026-03-02 10:00,2026-03-01 10:{n:02},delivered,1" for n in range(12)]
    lines = ["bought,shipped_at,status,weight", *good, "2026-03-02 10:00,,canceled,5", *broken]
    path.write_text("\n".join(lines))
    rules = CountdownRules(
        5, Anchor.ORDER_CREATED, True, DeadlineClock.END_OF_DAY, "Europe/Madrid", WorkingCalendar("ES", "VC")
    )
    return backtest(read_orders(path, "Europe/Madrid", {"purchase": "bought"}), rules, (3, 4))


def test_a_share_has_the_digits_that_tell_something() -> None:
    assert [percent(it) for it in (0.4829, 0.04, 0.0099499, 0.00995, 0.0007, 0, 1)] == [
        *("48.3 %", "4.0 %", "0.99 %", "1.0 %", "0.07 %", "0 %", "100.0 %")
    ]


def test_the_table_says_for_each_time_what_is_missed_and_whether_that_is_safe() -> None:
    lines = [line.split() for line in shown(PLAN).splitlines()]
    assert ["4", "20.0", "%", "18.0", "to", "22.0", "%", "no", "18.1", "%", "17.0", "to", "19.0", "%"] in lines
    assert ["5", "1.9", "%", "1.4", "to", "2.4", "%", "not", "sure", "1.2", "%", "0.81", "to", "1.6", "%"] in lines
    assert ["6", "0.70", "%", "0.50", "to", "0.90", "%", "yes"] in lines


def test_a_mean_over_the_target_is_not_a_no_while_the_bounds_hold_the_target() -> None:
    lines = [line.split() for line in shown(replace(PLAN, target=0.0185)).splitlines()]
    assert [line[7:9] for line in lines if line[:2] == ["5", "1.9"]] == [["not", "sure"]]


def test_the_table_fits_a_terminal_of_eighty_columns() -> None:
    table = shown(PLAN).splitlines()[2:7]
    assert max(len(line.rstrip()) for line in table) <= 80
    assert not any("…" in line for line in table)


def test_a_plan_ends_with_the_recommendation_and_the_command_that_repeats_it() -> None:
    *_, sentence, command = shown(PLAN, width=400).splitlines()
    assert sentence == recommendation(PLAN)
    assert command == "Again: redclock plan --preparation-days 4..6 --target 2% --seed 7 --runs 12"
    assert shown(PLAN, command="redclock plan --profile x").endswith("Again: redclock plan --profile x\n")


def test_what_makes_a_plan_less_sure_than_it_looks_is_said_before_the_recommendation() -> None:
    *_, warning, empty, _, _ = shown(replace(PLAN, warnings=("packers are busy",)), width=400).splitlines()
    assert (warning.strip(), empty.strip()) == ("Mind: packers are busy.", "")
    assert "Mind" not in shown(PLAN, width=400)


def test_the_recommendation_speaks_of_the_safe_bound_and_of_one_day_less() -> None:
    assert recommendation(PLAN) == (
        "Put 6 working days in the delivery template: the shortest time tried that stays within 2 %, missing at most "
        "0.90 % (95 % sure); 5 may miss up to 2.4 %. But mind: template 'recommended' promises 6 working days, but "
        "the platform is said to take at most 5 for goods in local warehouses; shorten it or ask the platform."
    )
    assert "may miss" not in recommendation(replace(PLAN, target=0.5)), "nothing shorter was tried"


def test_a_target_that_nothing_meets_is_said_plainly_with_the_nearest() -> None:
    text = recommendation(replace(PLAN, target=0.008))
    assert text.startswith(
        "No preparation time from 4 to 6 working days is sure to stay within 0.8 %: the nearest, 6, missed"
    )
    assert "0.70 % and may miss up to 0.90 % (95 % sure); more runs may settle it." in text
    assert recommendation(replace(PLAN, target=0.001)).endswith("try longer times.")
    assert recommendation(replace(PLAN, target=0.008, rows=PLAN.rows[-1:])).startswith(
        "A preparation time of 6 working days is not sure to stay within 0.8 %: it missed 0.70 % and may miss up to"
    )


def test_one_run_recommends_nothing_and_asks_for_more() -> None:
    text = shown(ALONE, width=400)
    assert "Nothing can be recommended from one run" in text
    assert "in this run 5 working days missed 3.0 %" in text
    assert "4, 5 working days: why." in text
    one = replace(ALONE, rows=(replace(ALONE.rows[0], preparation_days=1),), differences=())
    assert "1 working day: why." in shown(one, width=400)
    assert "in this run 1 working day missed" in recommendation(one)
    assert "not known" in text
    assert "1 run of 14 days after 7 to warm up, seed 7," in text


def test_notes_and_assumptions_are_shown() -> None:
    text = shown(PLAN, width=400)
    assert "6 working days: rough: only 2 of 12." in text
    assert f"It rests on {len(PLAN.assumptions)} settings that one source or none confirms" in text
    for words in (
        "anchor review_passed",
        "zone America/Los_Angeles",
        "calendar ES weekend 5 6,",
        "count_anchor_day yes",
    ):
        assert words in text


def test_why_orders_are_missed_is_said_of_the_recommended_time_and_in_json_of_each() -> None:
    assert "Why orders are missed with 6 working days: preparation 85.7 %, packing queue 14.3 %." in shown(
        PLAN, width=400
    )
    found = json.loads(json.dumps(plan_json(PLAN)))
    misses = dict(zip(found["causes"], found["rows"][0]["causes"], strict=True))
    assert {cause: count for cause, count in misses.items() if count} == {"preparation": 150, "packing queue": 50}
    nothing = replace(PLAN, rows=tuple(replace(it, causes=(0,) * len(CAUSES)) for it in PLAN.rows))
    assert "Why" not in shown(nothing, width=400)


def test_the_json_of_a_plan_has_every_number_and_assumption() -> None:
    found = json.loads(json.dumps(plan_json(PLAN)))
    assert found["rows"][1]["rate"] == {"mean": 0.019, "low": 0.014, "high": 0.024, "note": ""}
    assert found["rows"][1]["rates"] == [0.019, 0.019]
    assert found["differences"][0]["saved"]["mean"] == 0.181
    assert (found["recommended"], found["nearest"], found["runs"], found["seed"]) == (6, 6, 12, 7)
    assert found["horizon"] == {"start_at": 0, "warm_up_days": 7, "days": 14}
    calendar = next(it for it in found["assumptions"] if it["name"] == "countdown.calendar")
    assert calendar["value"] == {"country": "ES", "region": "", "weekend": [5, 6], "closed": []}
    assert found["recommendation"] == recommendation(PLAN)
    assert found["command"].startswith("redclock plan")
    assert plan_json(replace(PLAN, target=0.001))["recommended"] is None


def test_a_backtest_shows_both_readings_what_is_left_out_and_the_first_ten_broken_rows(tested: Backtest) -> None:
    text = shown(tested, width=400)
    lines = [line.split() for line in text.splitlines()]
    counted, free = tested.rows[0].counted, tested.rows[0].free
    assert ["3", *percent(counted.mean).split()] in [line[:3] for line in lines]
    assert percent(free.mean) in text
    assert "18 orders that stand for 36 (column weight)" in text
    assert "countdown from order_created, ES-VC working days, days end in Europe/Madrid" in text
    assert "Not judged: 1 order weighing 5: canceled, never handed over." in text
    assert "Broken: 12 rows, not in the table." in text
    assert text.count("before the purchase") == 10
    assert "line 21: handed over at 2026-03-01 10:00" in text
    assert "and 2 more" in text
    assert "varies between 3 weeks of purchase" in text


def test_a_backtest_ends_with_a_sentence_and_a_command_that_repeats_it(tested: Backtest) -> None:
    *_, sentence, command = shown(tested, width=400).splitlines()
    assert sentence == summary(tested)
    words = shlex.split(command.removeprefix("Again: "))
    assert words[:3] == ["redclock", "plan", "--orders"]
    assert words[3] == tested.history.source
    assert words[4:] == [
        "--preparation-days",
        "3..4",
        "--country",
        "ES",
        "--zone",
        "Europe/Madrid",
        "--column",
        "purchase=bought",
    ]
    single = replace(tested, rows=tested.rows[:1])
    assert summary(single).startswith("With 3 working days ")


def test_the_json_of_a_backtest_accounts_for_every_row(tested: Backtest) -> None:
    found = json.loads(json.dumps(backtest_json(tested)))
    assert found["read"] == 31 == found["judged"] + sum(it["orders"] for it in found["unjudged"]) + len(found["broken"])
    assert found["rows"][0]["preparation_days"] == 3
    assert found["rows"][0]["counted"]["mean"] == tested.rows[0].counted.mean
    assert (found["country"], found["region"], found["anchor"]) == ("ES", "VC", "order_created")
    assert found["columns"]["purchase"] == "bought"
    assert found["own_limit"] is None
    assert found["summary"] == summary(tested)


def test_text_from_a_file_is_never_taken_for_markup(tested: Backtest) -> None:
    odd = replace(tested, history=replace(tested.history, source="[bold]x[/bold]"))
    assert "[bold]x[/bold]" in shown(odd)


def test_a_time_over_the_platforms_cap_is_recommended_with_a_warning_and_one_at_it_is_not() -> None:
    assert "But mind" in recommendation(PLAN)
    at_the_cap = replace(PLAN, target=0.03)
    assert at_the_cap.recommended is not None
    assert at_the_cap.recommended.preparation_days == 5
    assert "But mind" not in recommendation(at_the_cap)

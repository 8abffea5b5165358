"""Causes, what-ifs, slack and packing on a plan's page: each number is counted again from the engine's replications."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.report.html.conftest import Page

from fakemarket.distributions import Constant
from fakemarket.settings import Demand, Settings, Warehouse
from redclock.planner.causes import CAUSES, Cause
from redclock.planner.engine.engine import Engine
from redclock.planner.engine.inside import busy_shares, slacks
from redclock.planner.inside import BIN_SECONDS, SHARES, Inside, inside
from redclock.planner.questions.question import same_as
from redclock.planner.questions.what_if import WhatIf, what_ifs
from redclock.planner.sweep import Plan, plan
from redclock.report.html.plan_causes import causes_chart, chosen
from redclock.report.html.plan_packing import packing_chart
from redclock.report.html.plan_page import plan_html
from redclock.report.html.plan_slack import left_words, slack_chart
from redclock.report.html.plan_what_ifs import what_if_chart
from redclock.report.plan_words import percent

DAY = 86_400
MARKET = Settings(
    demand=Demand(orders_per_day=40),
    warehouse=Warehouse(packers=1, packing_minutes=Constant(11), out_of_stock_share=0.01),
)
DAYS, RUNS, SEED = range(3, 7), 6, 2
SEEDS = range(SEED, SEED + RUNS)


@pytest.fixture(scope="module")
def found() -> Plan:
    return plan(MARKET, DAYS, runs=RUNS, seed=SEED)


@pytest.fixture(scope="module")
def engine(found: Plan) -> Engine:
    return Engine(MARKET, found.horizon, DAYS, beyond_days=8)


@pytest.fixture(scope="module")
def seen(found: Plan) -> Inside:
    there = inside(MARKET, found)
    assert there is not None
    return there


@pytest.fixture(scope="module")
def three(found: Plan) -> tuple[WhatIf, ...]:
    return what_ifs(MARKET, found, same_as(found))


@pytest.fixture(scope="module")
def page(found: Plan, seen: Inside, three: tuple[WhatIf, ...]) -> Page:
    return Page(plan_html(found, inside=seen, what_ifs=three))


def test_every_cause_has_the_engine_s_misses_and_those_of_a_time_add_up(engine: Engine, page: Page) -> None:
    tallies = engine.replicate(SEEDS)
    rows = page.table("Causes").rows
    assert rows[0] == ["Cause", "3 days", "4 days", "5 days", "6 days"]
    assert rows[-1] == ["All misses", *(f"{sum(run[n].misses for run in tallies):,}" for n in range(4))]
    told = {cells[0]: cells[1:] for cells in rows[1:-1]}
    for code, cause in enumerate(CAUSES):
        misses = [sum(run[n].causes[code] for run in tallies) for n in range(4)]
        of = [sum(run[n].misses for run in tallies) for n in range(4)]
        cells = [f"{each:,} {percent(each / all_of)}" for each, all_of in zip(misses, of, strict=True)]
        assert told.get(cause) == (cells if any(misses) else None)
    assert len(told) > 5


def test_pointing_at_a_cause_says_its_share(found: Plan, page: Page) -> None:
    row = found.rows[0]
    queue = row.by_cause[Cause.QUEUE]
    assert (
        f"3 working days: packing queue\n{percent(queue / row.misses)} of the misses: {queue:,} of {row.misses:,}\n"
        f"{percent(queue / row.orders)} of all orders"
    ) in page.tips["causes"]
    assert len(page.tips["causes"]) == 4 * (len(page.table("Causes").rows) - 2)


def test_the_bars_of_a_column_are_as_long_as_the_shares(found: Plan) -> None:
    chart = causes_chart("causes", found)
    assert chart is not None
    bars = [float(it.split('width="')[1].split('"')[0]) for it in chart.body.split("<rect")[1:] if "fill-blue" in it]
    assert sum(bars) == pytest.approx(4 * (650 / 4 - 12), rel=0.02)


def test_where_nothing_is_missed_there_is_no_chart_of_causes(found: Plan) -> None:
    clean = tuple(replace(row, misses=0, causes=(0,) * len(CAUSES)) for row in found.rows)
    assert causes_chart("causes", replace(found, rows=clean)) is None
    assert "causes-part" not in plan_html(replace(found, rows=clean))
    one = causes_chart("causes", replace(found, rows=(*found.rows[:3], clean[3])))
    assert one is not None
    assert "6 working days: no order was missed" in one.body


def test_of_many_preparation_times_some_have_a_column_and_the_best_is_one(found: Plan) -> None:
    many = [replace(found.rows[0], preparation_days=days) for days in range(1, 31)]
    many[17] = replace(many[17], rate=replace(many[17].rate, mean=0.001, high=0.002))
    shown = [row.preparation_days for row in chosen(replace(found, rows=tuple(many)))]
    assert shown == [1, 7, 13, 18, 24, 30]


def test_what_if_has_the_paired_difference_of_every_time(found: Plan, three: tuple[WhatIf, ...], page: Page) -> None:
    rows = page.table("What it would buy").rows
    assert rows[0] == ["Working days", "Missed", *(f"With {it.text}" for it in three)]
    for n, cells in enumerate(rows[1:]):
        before = found.rows[n]
        assert cells[:2] == [str(before.preparation_days), percent(before.rate.mean)]
        for place, it in enumerate(three):
            after = it.plan.rows[n]
            mean = np.mean(np.subtract(before.rates, after.rates))
            assert cells[2 + 2 * place] == f"{percent(abs(float(mean)))}{' fewer' if mean > 0 else ''}"
            low, high = it.saved[n].low, it.saved[n].high
            assert low is not None
            assert high is not None
            fewer = f"{percent(low).removesuffix(' %')} to {percent(high)} fewer"
            assert cells[3 + 2 * place] == (fewer if low >= 0 else f"{percent(-low)} more to {percent(high)} fewer")
    packer = three[0]
    assert (
        f"with one more packer: 3 working days\nmissed {percent(packer.plan.rows[0].rate.mean)} instead of "
        f"{percent(found.rows[0].rate.mean)}\nthat is {rows[1][2]}\n95 % sure: {rows[1][3]}"
    ) in "\n".join(page.tips["what-if"])
    assert len(page.tips["what-if"]) == 3 * len(found.rows)
    assert float(rows[1][2].split()[0]) > 1, "the test needs a warehouse that one packer is too few for"


def test_warnings_of_another_way_are_told_with_it(found: Plan, three: tuple[WhatIf, ...]) -> None:
    warned = (replace(three[0], plan=replace(three[0].plan, warnings=("it is slow",))), *three[1:])
    assert "Mind, with one more packer: it is slow." in Page(plan_html(found, what_ifs=warned)).words
    shared = replace(found, warnings=("it is slow",))
    assert "with one more packer: it is slow" not in Page(plan_html(shared, what_ifs=warned)).words


def test_slack_is_that_of_the_engine_s_orders(engine: Engine, page: Page) -> None:
    runs = [slacks(engine, seed) for seed in SEEDS]
    rows = page.table("Time left").rows
    assert rows[0][4:] == ["1 %", "5 %", "25 %", "median", "75 %", "95 %"]
    for n, cells in enumerate(rows[1:]):
        left = np.sort(np.concatenate([run[n] for run in runs]))
        never = int((left < -7 * DAY).sum())
        assert cells[:4] == [
            str(DAYS[n]),
            f"{len(left):,}",
            percent((left <= 0).mean()),
            percent(never / len(left)),
        ]
        for share, words in zip(SHARES, cells[4:], strict=True):
            value = int(left[int(share * len(left))])
            assert words == left_words(value if value >= -7 * DAY else None)
    assert "6 runs looked at: seeds 2 to 7." in page.words


def test_every_order_that_is_ever_ready_is_in_one_bar_of_slack(seen: Inside, page: Page) -> None:
    told = sum(int(tip.split("\n")[1].split(" ")[0].replace(",", "")) for tip in page.tips["slack"])
    assert told == sum(it.orders - it.never for it in seen.slacks)
    it = seen.slacks[0]
    orders = dict(it.bins)[-BIN_SECONDS]
    assert f"3 working days: 0 s to 6 h late\n{orders} orders, {percent(orders / it.orders)}" in page.tips["slack"]


def test_the_bars_of_missed_orders_are_red_and_end_where_the_time_does(seen: Inside) -> None:
    body = slack_chart("slack", replace(seen, slacks=seen.slacks[:1])).body
    rects = [it for it in body.split("<rect")[1:] if "fill-red" in it or "fill-soft" in it]
    ends = {"red": 0.0, "soft": 10_000.0}
    for it in rects:
        left, width = (float(it.split(f'{name}="')[1].split('"')[0]) for name in (" x", "width"))
        hue = "red" if "fill-red" in it else "soft"
        ends[hue] = max(ends[hue], left + width) if hue == "red" else min(ends[hue], left)
    zero = float(body.split('class="ink"')[0].rsplit('x1="', 1)[1].split('"')[0])
    assert ends["red"] == pytest.approx(zero, abs=1.6)
    assert ends["soft"] == pytest.approx(zero, abs=0.6)


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "never"), (-3600, "1 h late"), (0, "0 s late"), (1, "1 s"), (2 * DAY, "2 d")]
)
def test_time_left_and_time_too_late_are_told_apart(seconds: int | None, words: str) -> None:
    assert left_words(seconds) == words


def test_load_and_queue_of_every_working_day_are_those_of_the_engine_s_packers(
    engine: Engine, found: Plan, seen: Inside, page: Page
) -> None:
    zone = ZoneInfo(MARKET.warehouse.zone)
    house = engine.house
    runs = []
    for seed in SEEDS:
        _, begun, done = engine.packing(seed)
        runs.append(busy_shares(house, begun, done))
    opens = {datetime.fromtimestamp(at, UTC).astimezone(zone).date(): n for n, at in enumerate(house.opens.tolist())}
    rows = page.table("Packers").rows[1:]
    counted = range(found.horizon.counts_from_at, found.horizon.counts_until_at)
    days = [day for day, n in opens.items() if house.opens[n] in counted]
    assert len(rows) == len(days) == 9, "two weeks less a holiday"
    for cells, day in zip(rows, days, strict=True):
        shares = [float(run[opens[day]]) for run in runs]
        low, high = np.percentile(shares, (5, 95))
        assert cells[0] == f"{day:%a} {day.day} {day:%b}"
        assert cells[1:3] == [percent(float(np.mean(shares))), f"{percent(float(low))} to {percent(float(high))}"]
        n = opens[day]
        hours = [it for it in seen.waiting if house.opens[n] <= it.from_at <= house.closes[n]]
        most = max(hours, key=lambda it: it.mean)
        assert cells[3:5] == [f"{most.mean:.1f}", f"{most.low:.1f} to {most.high:.1f}"]
        assert cells[5] == f"{datetime.fromtimestamp(most.from_at, UTC).astimezone(zone):%H:%M}"
    assert max(float(cells[3]) for cells in rows) > 1
    assert len(page.tips["packing"]) == len(rows)
    assert all(cell in page.tips["packing"][0] for cell in rows[0])


def test_a_page_of_a_plan_alone_has_neither_what_ifs_nor_an_inside(found: Plan) -> None:
    alone = Page(plan_html(found))
    assert not {"what-if-part", "slack-part", "packing-part"} & set(alone.ids)
    assert "causes-part" in alone.ids
    assert set(alone.links) == {f"#{it}" for it in alone.ids if f"#{it}" in alone.links}


def test_no_line_is_drawn_through_the_headings_of_what_it_would_buy(found: Plan, three: tuple[WhatIf, ...]) -> None:
    drawn = list(ET.fromstring(what_if_chart("b", found, three).svg()).iter())
    headings = [
        float(it.attrib["y"]) for it in drawn if "".join(it.itertext()).startswith("With ") and "y" in it.attrib
    ]
    lines = [(float(it.attrib["y1"]), float(it.attrib["y2"])) for it in drawn if it.tag.endswith("line")]
    assert len(headings) == 3
    assert len(lines) > 20
    assert not [y for y in headings for top, bottom in lines if top < y and y - 10 < bottom]


def test_files_of_the_charts_are_whole(found: Plan, three: tuple[WhatIf, ...], seen: Inside) -> None:
    charts = (
        causes_chart("a", found),
        what_if_chart("b", found, three),
        slack_chart("c", seen),
        packing_chart("d", seen),
    )
    for chart in charts:
        assert chart is not None
        assert ET.fromstring(chart.svg()).tag.endswith("svg")

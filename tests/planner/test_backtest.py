"""Real orders against the deadline rules: verdicts, weights, and what is left out of them."""

import csv
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.deadlines import Anchor, CountdownRules, DeadlineClock
from redclock.checks.student import MissingExtra
from redclock.planner.backtest import Backtest, backtest, is_late, miss_rate
from redclock.planner.history import HistoricOrder, History, read_orders
from redclock.planner.sheets import BadOrderFile
from redclock.planner.sweep import BadPlan

MADRID, SAO_PAULO = "Europe/Madrid", "America/Sao_Paulo"
SPAIN = CountdownRules(
    preparation_days=5,
    anchor=Anchor.ORDER_CREATED,
    count_anchor_day=True,
    deadline_clock=DeadlineClock.END_OF_DAY,
    zone=MADRID,
    calendar=WorkingCalendar("ES"),
)
BRAZIL = replace(SPAIN, zone=SAO_PAULO, calendar=WorkingCalendar("BR"))
OLIST = Path(__file__).parents[2] / "../shared/data/olist/orders-2016-2017.csv"


def at(text: str, zone: str = MADRID) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def order(bought: str, handed_over: str | None, weight: float = 1.0, **more: object) -> HistoricOrder:
    fields = {"line": 2, "status": "", "approved_at": None, "limit_at": None} | more
    handed_over_at = None if handed_over is None else at(handed_over)
    return HistoricOrder(purchased_at=at(bought), handed_over_at=handed_over_at, weight=weight, **fields)  # type: ignore[arg-type]


def history(*orders: HistoricOrder) -> History:
    return History("orders.csv", MADRID, {}, {}, orders, ())


# Verdicts


@pytest.mark.parametrize(
    ("handed_over", "late"),
    [("2026-03-06 23:59:59", False), ("2026-03-07 00:00:00", True), ("2026-03-07 00:00:01", True)],
)
def test_an_order_is_late_from_midnight_after_the_last_day_on(handed_over: str, late: bool) -> None:
    """Monday 2 March 2026 with 5 days, the order day counted, ends with Friday the 6th: the first worked example."""
    assert is_late(order("2026-03-02 10:00", handed_over), SPAIN) is late
    assert not is_late(order("2026-03-02 10:00", handed_over), replace(SPAIN, count_anchor_day=False))


def test_an_order_of_a_day_off_has_one_deadline_under_both_readings() -> None:
    for count in (True, False):
        rules = replace(SPAIN, count_anchor_day=count)
        assert not is_late(order("2026-03-07 10:00", "2026-03-13 23:00"), rules)
        assert is_late(order("2026-03-07 10:00", "2026-03-14 00:00"), rules)


def test_the_countdown_may_start_at_the_approval() -> None:
    late = order("2026-03-02 10:00", "2026-03-09 12:00", approved_at=at("2026-03-03 09:00"))
    assert is_late(late, SPAIN)
    for anchor in (Anchor.PAID, Anchor.REVIEW_PASSED):
        assert not is_late(late, replace(SPAIN, anchor=anchor))


def test_the_marketplaces_midnight_ends_the_day_whatever_zone_the_file_was_written_in() -> None:
    pacific = replace(SPAIN, zone="America/Los_Angeles")
    assert not is_late(order("2026-03-02 18:00", "2026-03-07 08:59:59"), pacific)
    assert is_late(order("2026-03-02 18:00", "2026-03-07 09:00:00"), pacific)


def test_each_row_of_the_table_has_both_readings() -> None:
    """Bought on a Monday, handed over on the Friday, the next Monday and the next Tuesday."""
    found = backtest(
        history(*(order("2026-03-02 10:00", f"2026-03-{day} 12:00") for day in ("06", "09", "10"))), SPAIN, (6, 5, 4)
    )
    table = [(row.preparation_days, row.counted.mean, row.free.mean) for row in found.rows]
    assert table == [
        (4, 1, pytest.approx(2 / 3)),
        (5, pytest.approx(2 / 3), pytest.approx(1 / 3)),
        (6, pytest.approx(1 / 3), 0),
    ]


# What is judged


def test_what_was_never_handed_over_is_counted_by_status_and_not_judged() -> None:
    found = backtest(
        history(
            order("2026-03-02 10:00", "2026-03-03 10:00", status="delivered"),
            order("2026-03-02 10:00", None, status="canceled", weight=2),
            order("2026-03-02 10:00", None, status="canceled", weight=3),
            order("2026-03-02 10:00", None),
        ),
        SPAIN,
    )
    assert (found.judged, found.weight) == (1, 1)
    assert [(it.why, it.orders, it.weight) for it in found.unjudged] == [
        ("canceled, never handed over", 2, 5),
        ("no status, never handed over", 1, 1),
    ]
    assert found.rows[0].counted.mean == 0


def test_a_cancelled_order_that_was_handed_over_is_judged_like_any_other() -> None:
    late = order("2026-03-02 10:00", "2026-03-31 10:00", status="canceled")
    assert backtest(history(late), SPAIN).rows[0].counted.mean == 1


def test_an_order_handed_over_before_its_approval_is_kept_and_counted() -> None:
    early = order("2026-03-02 10:00", "2026-03-03 10:00", approved_at=at("2026-03-03 10:00:01"))
    found = backtest(history(early), replace(SPAIN, anchor=Anchor.PAID))
    assert (found.judged, found.before_approval) == (1, 1)
    assert found.rows[0].counted.mean == 0
    in_order = replace(early, approved_at=at("2026-03-03 10:00:00"))
    assert backtest(history(in_order), SPAIN).before_approval == 0


def test_without_an_approval_there_is_no_verdict_when_the_countdown_starts_there() -> None:
    both = history(
        order("2026-03-02 10:00", "2026-03-03 10:00"),
        order("2026-03-02 10:00", "2026-03-03 10:00", approved_at=at("2026-03-02 11:00")),
    )
    found = backtest(both, replace(SPAIN, anchor=Anchor.REVIEW_PASSED))
    assert found.judged == 1
    assert [(it.why, it.orders) for it in found.unjudged] == [("no approval time to start the countdown from", 1)]
    assert backtest(both, SPAIN).judged == 2


def test_the_files_own_limit_is_met_up_to_its_second() -> None:
    limit = at("2026-03-04 10:00:00")
    orders = [
        order("2026-03-02 10:00", f"2026-03-04 {clock}", limit_at=limit) for clock in ("09:59:59", "10:00", "10:00:01")
    ]
    own = backtest(history(*orders, order("2026-03-02 10:00", "2026-05-02 10:00")), SPAIN).own_limit
    assert own is not None
    assert own.mean == pytest.approx(1 / 3), "the order without a limit is not among them"
    assert backtest(history(order("2026-03-02 10:00", "2026-05-02 10:00")), SPAIN).own_limit is None


def test_a_file_in_which_nothing_can_be_judged_is_refused() -> None:
    for useless in (order("2026-03-02 10:00", None), order("2026-03-02 10:00", "2026-03-03 10:00", weight=0)):
        with pytest.raises(BadOrderFile, match="none of its 1 orders has a weight, a handover and a start"):
            backtest(history(useless), SPAIN)


@pytest.mark.parametrize("days", [(), (0, 3)])
def test_a_preparation_time_of_less_than_a_day_is_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(BadPlan, match="must be 1 or more"):
        backtest(history(order("2026-03-02 10:00", "2026-03-03 10:00")), SPAIN, days)


def test_without_scipy_a_backtest_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    two_weeks = history(
        order("2026-03-02 10:00", "2026-03-30 10:00"),
        order("2026-03-09 10:00", "2026-03-30 10:00"),
        order("2026-03-09 10:00", "2026-03-10 10:00"),
    )
    with pytest.raises(MissingExtra, match="redclock"):
        backtest(two_weeks, SPAIN)


# Weights

LATE, IN_TIME = "2026-03-31 10:00", "2026-03-03 10:00"
weighted = st.lists(st.tuples(st.integers(1, 20), st.booleans(), st.integers(0, 3)), min_size=1, max_size=30)


def rate_of(rows: list[tuple[int, bool, int]], scale: float = 1.0, *, repeat: bool = False) -> float:
    orders = []
    for weight, late, week in rows:
        one = order(
            f"2026-03-{2 + 7 * week:02} 10:00",
            None,
            weight=1.0 if repeat else weight * scale,
            status="x" if late else "",
        )
        orders += [one] * (weight if repeat else 1)
    return miss_rate(orders, lambda it: it.status == "x", MADRID).mean


@given(weighted)
def test_an_order_of_weight_n_counts_like_n_orders(rows: list[tuple[int, bool, int]]) -> None:
    assert rate_of(rows) == pytest.approx(rate_of(rows, repeat=True))
    assert rate_of(rows) == pytest.approx(sum(w for w, late, _ in rows if late) / sum(w for w, *_ in rows))


@given(weighted, st.floats(0.01, 1000))
def test_only_the_proportion_of_weights_matters(rows: list[tuple[int, bool, int]], scale: float) -> None:
    assert rate_of(rows, scale) == pytest.approx(rate_of(rows))
    assert 0 <= rate_of(rows, scale) <= 1


@given(weighted, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, bool, int]], random: object) -> None:
    mixed = rows[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert rate_of(mixed) == pytest.approx(rate_of(rows))


def test_weeks_are_the_units_so_a_bad_week_widens_the_interval() -> None:
    days = [(week, n, f"2026-03-{2 + 7 * week + n:02} 10:00") for week in range(4) for n in range(4)]
    spread = [order(bought, None, status="x" * (n == 0)) for _, n, bought in days]
    bunched = [order(bought, None, status="x" * (week == 0)) for week, _, bought in days]
    even, uneven = (miss_rate(orders, lambda it: it.status == "x", MADRID) for orders in (spread, bunched))
    assert even.mean == uneven.mean == 0.25
    assert "all 4 weeks gave the same" in even.note
    assert even.high is not None
    assert uneven.high is not None
    assert 0.25 < even.high < 0.7 < uneven.high


# The real file

real = pytest.mark.skipif(not OLIST.exists(), reason="the real orders are not part of the project (see data/olist)")

HOLIDAYS = [
    *("2016-09-07", "2016-10-12", "2016-11-02", "2016-11-15", "2016-12-25", "2017-01-01", "2017-04-14", "2017-04-21"),
    *("2017-05-01", "2017-09-07", "2017-10-12", "2017-11-02", "2017-11-15", "2017-12-25", "2018-01-01", "2018-03-30"),
    *("2018-04-21", "2018-05-01"),
]
"""Brazil's national holidays by the law, written down by hand: Good Friday is among them, Carnival isn't."""


@pytest.fixture(scope="module")
def olist() -> Backtest:
    return backtest(read_orders(OLIST, SAO_PAULO), BRAZIL)


@real
def test_the_real_table_agrees_with_an_independent_count_of_working_days(olist: Backtest) -> None:
    """Working days from purchase to handover, counted by numpy on dates, without deadlines, zones or instants."""
    with OLIST.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["order_delivered_carrier_date"]]
    bought = np.array([row["order_purchase_timestamp"][:10] for row in rows], dtype="datetime64[D]")
    handed_over = np.array([row["order_delivered_carrier_date"][:10] for row in rows], dtype="datetime64[D]")
    weight = np.array([float(row["weight"]) for row in rows])
    holidays = np.array(HOLIDAYS, dtype="datetime64[D]")
    # Working days begun after the order day and up to the handover's eve: what lay before the day of handover.
    before = np.busday_count(bought + np.timedelta64(1, "D"), handed_over, holidays=holidays)
    same_day = handed_over == bought
    on_working_day = np.is_busday(bought, holidays=holidays)
    for row in olist.rows:
        free = ~same_day & (before >= row.preparation_days)
        counted = ~same_day & (before + on_working_day >= row.preparation_days)
        assert row.free.mean == pytest.approx(float(weight[free].sum() / weight.sum()), abs=1e-12)
        assert row.counted.mean == pytest.approx(float(weight[counted].sum() / weight.sum()), abs=1e-12)


@real
def test_the_real_file_is_read_to_the_last_row(olist: Backtest) -> None:
    assert olist.judged + sum(each.orders for each in olist.unjudged) + len(olist.history.broken) == 4049
    assert olist.judged == 2313 + 539 + 6
    assert [(row.line, row.reason) for row in olist.history.broken] == [
        (3791, "delivered, but without a handover time")
    ]
    assert olist.before_approval == 4
    assert olist.weight == pytest.approx(2313 * 18.65 + 539 + 6)


@real
def test_the_real_rates_are_near_those_of_the_longer_extract(olist: Backtest) -> None:
    """The reference's table 5.3 covers 2016-2018 and says that this slice differs a little."""
    longer = {3: (26.3, 17.6), 4: (15.6, 10.2), 5: (9.1, 6.7), 6: (6.0, 4.8), 7: (4.5, 3.6), 8: (3.4, 2.9)}
    for row in olist.rows:
        counted, free = longer[row.preparation_days]
        assert 100 * row.counted.mean == pytest.approx(counted, rel=0.15)
        assert 100 * row.free.mean == pytest.approx(free, rel=0.15)
    assert olist.own_limit is not None
    assert 100 * olist.own_limit.mean == pytest.approx(9.1, abs=0.5)


@real
def test_forgetting_the_weights_gives_another_table(olist: Backtest) -> None:
    orders = tuple(replace(each, weight=1.0) for each in olist.history.orders)
    unweighted = backtest(replace(olist.history, orders=orders), BRAZIL, (5,))
    assert unweighted.rows[0].counted.mean > olist.rows[2].counted.mean * 1.05


def test_the_holidays_written_by_hand_are_off() -> None:
    assert not any(BRAZIL.calendar.is_working(date.fromisoformat(day)) for day in HOLIDAYS)

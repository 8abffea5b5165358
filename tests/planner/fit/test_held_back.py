"""Predictions of orders held back, real ones among them."""

from dataclasses import replace
from datetime import date
from math import fsum
from pathlib import Path

import pytest
from tests.planner.fit.known import HEADER, PLAIN, history_of, lines, with_house, written

from fakemarket.rules.zones import local_date
from fakemarket.world.world import countdown_rules
from redclock.planner.backtest import backtest
from redclock.planner.fit.held_back import HeldBack, held_back
from redclock.planner.fit.learning import learn
from redclock.planner.fit.mirror import predicted
from redclock.planner.history import History, read_orders
from redclock.planner.sheets import BadOrderFile

SAO_PAULO = "America/Sao_Paulo"
OLIST = Path(__file__).parents[3] / "../shared/data/olist/orders-2016-2017.csv"
real = pytest.mark.skipif(not OLIST.exists(), reason="the real orders are not part of the project (see data/olist)")


def test_the_later_orders_of_a_steady_market_miss_what_was_predicted(tmp_path: Path) -> None:
    found = held_back(history_of(tmp_path, PLAIN, 90), "ES", 0.25, range(2, 6))
    assert found.judged > 1000
    for row in found.rows:
        assert row.predicted == pytest.approx(row.actual.mean, abs=0.03)
        assert row.earlier == pytest.approx(row.actual.mean, abs=0.04)
    errors = found.errors
    assert errors["predicted"] < 0.02 < errors["overall"]


def test_the_latest_orders_are_held_back_by_weight(tmp_path: Path) -> None:
    history = history_of(tmp_path, PLAIN, 60)
    orders = sorted(history.orders, key=lambda it: it.purchased_at)
    whole = fsum(it.weight for it in orders)
    for share in (0.2, 0.5):
        found = held_back(history, "ES", share, (3,))
        later = fsum(it.weight for it in orders if local_date(it.purchased_at, history.zone) >= found.cut)
        assert later / whole == pytest.approx(share, abs=0.03)
    heavy = replace(
        history, orders=tuple(replace(it, weight=9.0 if it in orders[:600] else 1.0) for it in history.orders)
    )
    assert held_back(heavy, "ES", 0.5, (3,)).cut < found.cut


def test_nothing_known_only_later_is_learnt_from(tmp_path: Path) -> None:
    """Whatever happened after the cut could have been otherwise."""
    rows = lines(PLAIN, 60)
    truth = held_back(written(tmp_path, rows), "ES", 0.25, (2, 3))
    cut = str(truth.cut)
    other = [
        row.replace(sent, f"2026-05-05 {sent[11:]}") if (sent := row.split(",")[4]) >= cut and sent[:2] == "20" else row
        for row in rows
    ]
    assert other != rows
    changed = held_back(written(tmp_path, other), "ES", 0.25, (2, 3))
    assert [(it.predicted, it.earlier) for it in changed.rows] == [(it.predicted, it.earlier) for it in truth.rows]
    assert changed.rows[0].actual.mean == 1


def test_without_approvals_the_countdown_of_those_held_back_begins_with_the_purchase(tmp_path: Path) -> None:
    rows = [row.split(",") for row in lines(PLAIN, 90)]
    found = held_back(
        written(tmp_path, [f"{number},{bought},{sent}" for number, _, bought, _, sent in rows]), "ES", 0.25
    )
    assert found.judged > 1000
    for row in found.rows:
        assert row.predicted == pytest.approx(row.actual.mean, abs=0.03)
        assert row.earlier == pytest.approx(row.actual.mean, abs=0.04)


def test_too_few_orders_on_either_side_are_said_to_be(tmp_path: Path) -> None:
    few = written(tmp_path, [HEADER, *lines(PLAIN, 5)[1:60]])
    with pytest.raises(BadOrderFile, match=r"50 % can't be held back: .*orders\.csv: 30 orders are needed"):
        held_back(few, "ES", 0.5)
    rows = [row for row in lines(with_house(), 40) if row[:1] == "o" or row.split(",")[2] < "2026-02-10"]
    rows += [f"x{n},,2026-02-20 10:00:00,2026-02-20 10:05:00," for n in range(300)]
    with pytest.raises(BadOrderFile, match=r"10 % can't be held back: .*none of its"):
        held_back(written(tmp_path, rows), "ES", 0.1)


# Real orders


@pytest.fixture(scope="module")
def orders() -> History:
    return read_orders(OLIST, SAO_PAULO)


@pytest.fixture(scope="module")
def olist(orders: History) -> HeldBack:
    return held_back(orders, "BR", 0.25)


@real
def test_real_orders_held_back_are_predicted_far_better_than_by_one_rate(olist: HeldBack) -> None:
    assert [row.preparation_days for row in olist.rows] == [3, 4, 5, 6, 7, 8]
    assert (olist.cut, olist.learnt > 2000, olist.judged > 700) == (date(2017, 11, 15), True, True)
    errors = olist.errors
    assert errors["predicted"] < 0.5 * errors["overall"]
    assert errors["predicted"] < errors["earlier"] + 0.002, "no worse than what the past itself would say"
    assert sum(row.actual.low <= row.predicted <= row.actual.high for row in olist.rows) >= 5  # type: ignore[operator]


@real
@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_wherever_real_orders_are_cut_one_rate_is_beaten(orders: History, share: float) -> None:
    errors = held_back(orders, "BR", share).errors
    assert errors["predicted"] < 0.6 * errors["overall"]


@real
def test_what_happened_is_the_backtest_of_the_later_orders(orders: History, olist: HeldBack) -> None:
    later = tuple(it for it in orders.orders if local_date(it.purchased_at, SAO_PAULO) >= olist.cut)
    rules = countdown_rules(learn(orders, "BR").settings)
    table = backtest(replace(orders, orders=later), rules).rows
    assert [row.actual for row in olist.rows] == [row.counted for row in table]


@real
def test_a_market_learnt_from_real_orders_has_their_rates_their_handovers_and_their_black_friday(
    orders: History,
) -> None:
    found = learn(orders, "BR")
    payment, handover = found.matches
    assert payment.distance < 0.03
    assert handover.distance < 0.08
    rates = predicted(found.settings, range(3, 9), found.first_day, found.last_day)
    actual = [row.counted.mean for row in backtest(orders, countdown_rules(found.settings)).rows]
    assert rates == pytest.approx(actual, abs=0.01)
    (peak,) = found.settings.demand.peaks
    assert peak.first_day == date(2017, 11, 24)
    assert 4 < peak.factors[0] < 7, "5.7 times, by the reference's table"
    assert found.settings.warehouse.calendar.weekend == (5, 6)
    assert found.settings.buyers.cancel_share == pytest.approx(0.006, abs=0.002)


@real
def test_quantiles_serve_real_orders_better_than_formulas(orders: History, olist: HeldBack) -> None:
    assert olist.errors["predicted"] < held_back(orders, "BR", 0.25, parametric=True).errors["predicted"]

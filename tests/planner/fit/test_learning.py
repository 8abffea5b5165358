"""A market whose settings are known is found again in the orders that it made."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planner.fit.known import HEADER, PLAIN, history_of, lines, with_house, written

from fakemarket.distributions import Constant, Distribution, Empirical, Lognormal, Uniform, table
from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.settings import Calendar, Mip, Peak, Period, Settings, Tokens
from redclock.planner.fit.learning import WITHIN, learn
from redclock.planner.fit.profile import Profile
from redclock.planner.sheets import BadOrderFile
from redclock.planner.sweep import plan

GOOD = ",delivered,2026-03-02 10:00:00,2026-03-02 10:05:00,2026-03-04 16:00:00"


def rates(market: Settings, like: Settings) -> list[float]:
    """Miss rates of 2 to 5 days under the countdown of another market, with nobody's token dying."""
    asked = replace(market, countdown=like.countdown, tokens=Tokens(refresh_extends=True))
    return [row.rate.mean for row in plan(asked, range(2, 6), runs=20, processes=1).rows]


def quantiles(distribution: Distribution) -> list[float]:
    return [table(distribution).at(share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return learn(history_of(tmp_path_factory.mktemp("plain"), PLAIN, 90), "ES")


def test_preparation_hours_cut_off_and_pickup_are_found_again(plain: Profile) -> None:
    house, known = plain.settings.warehouse, PLAIN.warehouse
    minutes = house.opens_minute, house.closes_minute, house.cutoff_minute, house.pickup_minute
    assert minutes == (known.opens_minute, known.closes_minute, known.cutoff_minute, known.pickup_minute)
    assert quantiles(house.preparation_working_days) == pytest.approx(
        quantiles(known.preparation_working_days), rel=0.08
    )
    assert (house.calendar.weekend, house.calendar.closed) == ((5, 6), ())


def test_demand_is_found_again(plain: Profile) -> None:
    found, known = plain.settings.demand, PLAIN.demand
    accepted = 1 - PLAIN.payments.never_share - 0.11 * 0.25 - PLAIN.review.rejected_share - PLAIN.review.hold_share / 2
    assert found.orders_per_day == pytest.approx(known.orders_per_day * accepted, rel=0.1)
    assert found.weekday_shares == pytest.approx(known.weekday_shares, abs=3)
    assert found.hour_shares == pytest.approx(known.hour_shares, abs=1)
    assert found.day_cv == pytest.approx(known.day_cv, abs=0.07)
    assert found.peaks == ()


def test_the_fitted_market_misses_what_the_known_one_misses(plain: Profile) -> None:
    known = rates(PLAIN, plain.settings)
    assert known[0] > 0.5
    assert 0.2 < known[1] < 0.3
    assert rates(plain.settings, plain.settings) == pytest.approx(known, abs=0.012)


def test_the_profile_says_how_well_it_fits(plain: Profile) -> None:
    payment, handover = plain.matches
    assert (payment.what, handover.what) == ("Purchase to approval", "Approval to handover")
    for match in plain.matches:
        assert match.distance < 0.03
        assert match.observed == pytest.approx(match.fitted, rel=0.15)
    assert handover.orders == plain.orders > 4000


def test_a_fit_that_is_bad_says_so(tmp_path: Path) -> None:
    """Everything leaves within the hour, at night and on Sundays: no warehouse of the market can do that."""
    bought = [row.split(",")[3] for row in lines(PLAIN, 30)[1:]]
    rows = [f"{n},,{at},{at},{at[:14]}59:59" for n, at in enumerate(bought) if at]
    found = learn(written(tmp_path, [HEADER, *rows]), "ES")
    assert found.matches[1].distance > 0.3
    assert any("sooner than the market's one pickup a day lets them be: " in it for it in found.remarks)


def test_formulas_are_found_too_where_they_hold(tmp_path: Path) -> None:
    known = with_house(preparation_working_days=Lognormal(1.2, 0.5))
    found = learn(history_of(tmp_path, known, 90), "ES", parametric=True)
    preparation = found.settings.warehouse.preparation_working_days
    assert isinstance(preparation, Lognormal)
    assert preparation.median == pytest.approx(1.2, rel=0.05)
    assert preparation.sigma == pytest.approx(0.5, rel=0.1)
    assert rates(found.settings, found.settings) == pytest.approx(rates(known, found.settings), abs=0.03)


def test_days_off_are_seen_in_the_handovers(tmp_path: Path) -> None:
    off = (date(2026, 2, 24), date(2026, 2, 25))
    known = with_house(calendar=Calendar(weekend=(6,), closed=off))
    found = learn(history_of(tmp_path, known, 70), "ES").settings.warehouse.calendar
    assert (found.weekend, found.closed) == ((6,), off)


def test_a_holiday_of_the_region_is_seen_as_a_closed_day(tmp_path: Path) -> None:
    found = learn(history_of(tmp_path, with_house(calendar=Calendar(region="VC")), 80), "ES")
    assert found.settings.warehouse.calendar.closed == (date(2026, 3, 19),)
    assert not WorkingCalendar("ES", "VC").is_working(date(2026, 3, 19))


def test_a_peak_is_found_with_its_days(tmp_path: Path) -> None:
    peak = Peak(date(2026, 2, 11), (5.0, 2.5))
    known = replace(PLAIN, demand=replace(PLAIN.demand, day_cv=0.0, peaks=(peak,)))
    found = learn(history_of(tmp_path, known, 60), "ES").settings.demand
    ((first_day, factors),) = [(it.first_day, it.factors) for it in found.peaks]
    assert first_day == peak.first_day
    assert factors == pytest.approx(peak.factors, rel=0.2)
    assert found.orders_per_day == pytest.approx(52, rel=0.06), "the peak is not part of the level"


def test_a_slow_week_is_told_of_with_the_words_to_plan_for_one(tmp_path: Path) -> None:
    slow = Period(date(2026, 2, 9), date(2026, 2, 15), slowdown=2.0)
    found = learn(history_of(tmp_path, with_house(periods=(slow,)), 70), "ES")
    (remark,) = [it for it in found.remarks if it.startswith("Slow")]
    assert remark.startswith("Slow: 2026-02-09 to 2026-02-15, ")
    times = float(remark.split("slowdown = ")[1].split(" ")[0])
    assert 1.5 < times < 2.2
    assert not any(it.startswith("Slow") for it in learn(history_of(tmp_path, PLAIN, 70), "ES").remarks)


def test_numbers_known_late_after_the_pickup_keep_their_clock_and_their_day(tmp_path: Path) -> None:
    """Declared some six hours after the pickup, half of them after midnight: no handover is of a Saturday's making."""
    known = replace(PLAIN, mip=Mip(tracking_hours=Lognormal(6, 0.6), import_every_minutes=1, push_every_minutes=1))
    found = learn(history_of(tmp_path, known, 90), "ES")
    assert found.settings.warehouse.calendar.weekend == (5, 6)
    assert found.matches[1].distance < 0.05
    assert rates(found.settings, found.settings) == pytest.approx(rates(known, found.settings), abs=0.015)


@settings(max_examples=5, deadline=None)
@given(
    preparation=st.one_of(
        st.floats(0.3, 1.5).map(lambda low: Uniform(low, low + 2)),
        st.builds(Lognormal, st.floats(0.5, 2.0), st.floats(0.2, 0.7)),
    ),
    cutoff=st.sampled_from([12, 14, 24]),
    seed=st.integers(0, 1000),
)
def test_miss_rates_are_found_again_whatever_the_market(
    tmp_path_factory: pytest.TempPathFactory, preparation: Distribution, cutoff: int, seed: int
) -> None:
    known = with_house(preparation_working_days=preparation, cutoff_minute=cutoff * 60)
    found = learn(history_of(tmp_path_factory.mktemp("any"), known, 60, seed), "ES").settings
    assert rates(found, found) == pytest.approx(rates(known, found), abs=0.03)


# What is odd in a file


def test_orders_too_late_to_be_done_with_do_not_make_the_market_look_quick(tmp_path: Path) -> None:
    """A file made on 20 February: of what was bought then, only the quick ones have a handover."""
    made = [
        row if (sent := row.split(",")[4]) < "2026-02-20" else row.replace(sent, "") for row in lines(PLAIN, 39)[1:]
    ]
    found, whole = (learn(written(tmp_path, [HEADER, *rows]), "ES") for rows in (made, lines(PLAIN, 39)[1:]))
    assert found.matches[1].observed == pytest.approx(whole.matches[1].observed, rel=0.06)
    assert any("so late that others like them may still be waiting" in it for it in found.remarks)


def test_odd_orders_are_told_of_and_kept(tmp_path: Path) -> None:
    odd = [
        "x1,,2026-01-20 10:00:00,2026-01-21 10:00:00,2026-01-20 15:00:00",
        "x2,,2026-01-20 10:00:00,2026-01-20 09:00:00,2026-01-22 15:00:00",
        "x3,,2026-01-20 10:00:00,,",
        "x4,,2026-01-20 10:00:00,2026-01-20 10:01:00,2026-01-19 10:00:00",
    ]
    history = written(tmp_path, [*lines(PLAIN, 40), *odd])
    told = "\n".join(learn(history, "ES").remarks)
    for sentence in (
        "Broken rows, left out: 1",
        "Orders handed over before their approval: 1",
        "Orders approved before they were bought: 1",
        "Orders never handed over: 1",
    ):
        assert sentence in told


def test_a_country_whose_holidays_are_worked_is_questioned(tmp_path: Path) -> None:
    known = with_house(calendar=Calendar("US", weekend=()))
    found = learn(history_of(tmp_path, replace(known, countdown=PLAIN.countdown), 60), "CN")
    assert any("are of days off in CN: is that the country?" in it for it in found.remarks)


@pytest.mark.parametrize(
    ("header", "blank"), [(HEADER.replace(",approved_at", ""), ""), (HEADER, ",")], ids=["no column", "an empty column"]
)
def test_without_approvals_an_order_counts_from_its_purchase(tmp_path: Path, header: str, blank: str) -> None:
    rows = [
        f"{n},,{bought}{blank},{sent}" for n, _, bought, _, sent in (row.split(",") for row in lines(PLAIN, 40)[1:])
    ]
    found = learn(written(tmp_path, [header, *rows]), "ES")
    assert found.settings.payments.delay_minutes == Constant(0)
    assert found.settings.payments.never_share == 0
    assert [it.what for it in found.matches] == ["Purchase to handover"]
    assert {it.evidence for it in found.findings if it.name.startswith("payments.")} == {WITHIN}
    (preparation,) = (it.says for it in found.findings if it.name == "warehouse.preparation_working_days")
    assert preparation.startswith("From purchase to handover")
    assert any(it.startswith("No approval times: an order counts as approved when") for it in found.remarks)
    assert not any("not approved" in it for it in found.remarks)


def test_dates_without_times_are_told_of(tmp_path: Path, plain: Profile) -> None:
    rows = [",".join(cell.split(" ")[0] for cell in row.split(",")) for row in lines(PLAIN, 40)]
    found = learn(written(tmp_path, rows), "ES")
    said = "Purchases have dates and no times"
    assert any(it.startswith(said) for it in found.remarks)
    assert not any(it.startswith(said) for it in plain.remarks)


def test_statuses_say_who_never_left(tmp_path: Path) -> None:
    rows = lines(PLAIN, 40)
    begun = len(rows) - 1
    rows += [f"c{n},Canceled,2026-01-20 10:00:00,2026-01-20 10:05:00," for n in range(20)]
    rows += [f"u{n},unavailable,2026-01-20 10:00:00,2026-01-20 10:05:00," for n in range(10)]
    found = learn(written(tmp_path, rows), "ES").settings
    assert found.buyers.cancel_share == pytest.approx(20 / (begun + 30), abs=1e-4)
    assert found.warehouse.out_of_stock_share == pytest.approx(10 / (begun + 30), abs=1e-4)


def test_rows_that_stand_for_many_orders_weigh_so_much(tmp_path: Path) -> None:
    """Slow orders thrice as heavy as quick ones: as if there were three times as many."""
    slow = lines(with_house(preparation_working_days=Constant(3)), 40)[1:]
    quick = [f"q{row}" for row in lines(PLAIN, 40, seed=2)[1:]]
    thrice = [f"{n}-{row}" for n in range(3) for row in slow]
    weighed = learn(
        written(tmp_path, [f"{HEADER},weight", *(f"{row},3" for row in slow), *(f"{row},1" for row in quick)]), "ES"
    )
    repeated = learn(written(tmp_path, [HEADER, *thrice, *quick]), "ES")
    assert weighed.settings.demand.orders_per_day == pytest.approx(repeated.settings.demand.orders_per_day)
    one, other = (it.settings.warehouse.preparation_working_days for it in (weighed, repeated))
    assert quantiles(one) == pytest.approx(quantiles(other), rel=0.02)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [GOOD],
            r"30 orders are needed that are handed over, approved and .*; there are 1; rows: 1; approved ",
        ),
        (["a,delivered,,,"], r"there are 0; rows: 1; broken: 1, the first in line 2 \(no purchase time\); handed "),
        (
            [GOOD, *(f"{n},,2026-03-02 10:00:00,,2026-03-04 16:00:00" for n in range(49))],
            r"there are 1; rows: 50; approved \(column approved_at\): 1; handed over \(column handed_over_at\): 50",
        ),
    ],
)
def test_a_file_that_says_too_little_is_refused(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(BadOrderFile, match=message):
        learn(written(tmp_path, [HEADER, *rows]), "ES")


def test_a_purchase_in_a_wrong_year_is_refused_by_its_line(tmp_path: Path) -> None:
    rows = [*lines(PLAIN, 20), "x,,2062-01-20 10:00:00,2062-01-20 10:05:00,2062-01-21 10:00:00"]
    with pytest.raises(BadOrderFile, match=rf"over a year .* to 2062-01-20 \(line {len(rows)}\); if one is a slip"):
        learn(written(tmp_path, rows), "ES")


def test_more_orders_than_a_market_can_have_are_as_many_as_it_can(tmp_path: Path) -> None:
    rows = [f"{HEADER},weight", *(f"{row},10000" for row in lines(PLAIN, 20)[1:])]
    assert learn(written(tmp_path, rows), "ES").settings.demand.orders_per_day == 50_000


def test_orders_of_one_hour_are_still_a_market(tmp_path: Path) -> None:
    """All alike: nothing varies, nothing divides by zero."""
    rows = [f"{n},,2026-03-02 10:00:00,2026-03-02 10:05:00,2026-03-04 16:00:00" for n in range(40)]
    found = learn(written(tmp_path, [HEADER, *rows]), "ES").settings
    assert found.payments.delay_minutes == Constant(5)
    assert found.warehouse.pickup_minute == 16 * 60
    assert isinstance(found.warehouse.preparation_working_days, Empirical | Constant)


def test_an_order_of_years_counts_as_long_and_no_more(tmp_path: Path) -> None:
    rows = [*lines(PLAIN, 40), "x,,2026-01-20 10:00:00,2026-01-20 10:05:00,2090-01-20 10:00:00"]
    found = learn(written(tmp_path, rows), "ES")
    assert "Orders that took over a year: 1; taken as a year." in found.remarks
    assert table(found.settings.warehouse.preparation_working_days).at(0.5) == pytest.approx(1.7, abs=0.2)

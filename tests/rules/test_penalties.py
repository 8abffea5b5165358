"""Violations, a seller's standing at its boundaries, the loss of a miss."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.penalties import (
    PenaltyRules,
    Severity,
    Violation,
    ViolationKind,
    WindowRate,
    loss_cents,
    must_be_online_by_at,
    standing,
    violation,
)
from fakemarket.rules.zones import instant_at

DAY_SECONDS = 86_400
NOW = 1_772_442_000
RULES = PenaltyRules()


def settled(orders: int, missed: int, at: int = NOW) -> list[tuple[int, bool]]:
    return [(at, number < missed) for number in range(orders)]


@pytest.mark.parametrize(
    ("orders", "missed", "severity"),
    [
        (0, 0, Severity.FINE),
        (150, 0, Severity.FINE),
        (151, 3, Severity.FINE),  # 1.99 %
        (150, 3, Severity.WARN),  # 2 % exactly
        (149, 3, Severity.WARN),
        (81, 4, Severity.WARN),  # 4.94 %
        (80, 4, Severity.SERIOUS),  # 5 % exactly
        (79, 4, Severity.SERIOUS),
        (2, 2, Severity.FINE),  # all of them, but too few to judge
        (30, 2, Severity.FINE),
        (3, 3, Severity.SERIOUS),
    ],
)
def test_the_rate_decides_from_its_threshold_on(orders: int, missed: int, severity: Severity) -> None:
    assert standing(settled(orders, missed), NOW, RULES).severity is severity


@pytest.mark.parametrize("days", [7, 30])
@pytest.mark.parametrize(("later_seconds", "inside"), [(-1, False), (0, False), (1, True)])
def test_an_order_leaves_a_window_on_the_second(days: int, later_seconds: int, inside: bool) -> None:
    at = NOW - days * DAY_SECONDS + later_seconds
    found = {window.days: window for window in standing(settled(4, 4, at), NOW, RULES).windows}
    assert found[days] == (WindowRate(days, 4, 4) if inside else WindowRate(days, 0, 0))


@pytest.mark.parametrize(("at", "orders"), [(NOW - 1, 4), (NOW, 4), (NOW + 1, 0)])
def test_what_has_not_happened_yet_does_not_count(at: int, orders: int) -> None:
    assert standing(settled(4, 4, at), NOW, RULES).windows[0].orders == orders


def test_the_worse_window_decides() -> None:
    fortnight_ago = NOW - 14 * DAY_SECONDS
    found = standing(settled(10, 5, fortnight_ago) + settled(40, 0), NOW, RULES)
    assert [window.rate for window in found.windows] == [0.0, 0.1]
    assert found.severity is Severity.SERIOUS


def test_a_short_bad_week_in_a_good_month_is_seen() -> None:
    fortnight_ago = NOW - 14 * DAY_SECONDS
    found = standing(settled(1000, 0, fortnight_ago) + settled(20, 3), NOW, RULES)
    assert found.severity is Severity.SERIOUS
    assert found.windows[1].rate == pytest.approx(3 / 1020)


@given(
    st.lists(st.tuples(st.integers(NOW - 40 * DAY_SECONDS, NOW + DAY_SECONDS), st.booleans()), max_size=60),
    st.integers(NOW - 40 * DAY_SECONDS, NOW),
)
def test_another_miss_never_betters_a_standing(orders: list[tuple[int, bool]], at: int) -> None:
    before = standing(orders, NOW, RULES).severity
    assert standing([*orders, (at, True)], NOW, RULES).severity >= before


def test_points_follow_the_list_and_its_last_number_goes_on() -> None:
    rules = PenaltyRules(points_per_violation=(1, 2, 6))
    found = [violation(ViolationKind.NOT_SHIPPED, NOW, earlier, rules) for earlier in range(5)]
    assert [each.points for each in found if each] == [1, 2, 6, 6, 6]


def test_points_are_zero_as_long_as_nobody_knows_them() -> None:
    assert violation(ViolationKind.NOT_SHIPPED, NOW, 9, RULES) == Violation(ViolationKind.NOT_SHIPPED, NOW, 0)


@pytest.mark.parametrize(
    ("counts", "buyers_reason", "blamed"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_cancelling_is_a_violation_unless_the_reason_was_the_buyers(
    counts: bool, buyers_reason: bool, blamed: bool
) -> None:
    rules = PenaltyRules(seller_cancel_counts_as_violation=counts)
    found = violation(ViolationKind.SELLER_CANCELLED, NOW, 0, rules, buyers_reason=buyers_reason)
    assert (found is not None) is blamed


@pytest.mark.parametrize("kind", [ViolationKind.NOT_SHIPPED, ViolationKind.FALSE_SHIPMENT])
def test_no_reason_of_the_buyers_excuses_a_miss(kind: ViolationKind) -> None:
    rules = PenaltyRules(seller_cancel_counts_as_violation=False)
    assert violation(kind, NOW, 0, rules, buyers_reason=True) is not None


@pytest.mark.parametrize(("packed", "cents"), [(False, 4000 + 150), (True, 4000 + 2500 + 600 + 150)])
def test_a_packed_parcel_costs_its_goods_and_label_too(packed: bool, cents: int) -> None:
    rules = PenaltyRules(penalty_cents=150)
    assert loss_cents(4000, packed=packed, goods_cents=2500, label_cents=600, rules=rules) == cents


@pytest.mark.parametrize(
    ("declared", "last_day"),
    [
        (date(2026, 3, 2), date(2026, 3, 9)),  # Monday to Monday
        (date(2026, 3, 7), date(2026, 3, 13)),  # Saturday to Friday
        (date(2026, 4, 30), date(2026, 5, 8)),  # 1 May is off
    ],
)
def test_a_number_must_be_online_by_the_end_of_the_fifth_working_day(declared: date, last_day: date) -> None:
    zone = "Europe/Madrid"
    for minute in (0, 12 * 60, 24 * 60 - 1):
        found = must_be_online_by_at(instant_at(declared, minute, zone), 5, WorkingCalendar("ES"), zone)
        assert found == instant_at(last_day, 24 * 60, zone)


@pytest.mark.parametrize(("warn", "serious"), [(-0.1, 0.5), (0.5, 0.4), (0.5, 1.1)])
def test_thresholds_that_make_no_sense_are_refused(warn: float, serious: float) -> None:
    with pytest.raises(ValueError, match=f"not_shipped_rate_warn is {warn} and not_shipped_rate_serious is {serious}"):
        PenaltyRules(not_shipped_rate_warn=warn, not_shipped_rate_serious=serious)


def test_empty_lists_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        PenaltyRules(points_per_violation=())
    with pytest.raises(ValueError, match="must not be empty"):
        PenaltyRules(not_shipped_rate_window_days=())

"""Settings: defaults, bounds, marks."""

import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import date
from math import inf, nan
from typing import Any

import pytest

from fakemarket.distributions import Constant, Exponential, Lognormal, Triangular, Uniform
from fakemarket.knobs import described
from fakemarket.settings import (
    Buyers,
    Calendar,
    Countdown,
    Demand,
    Mip,
    Payments,
    Peak,
    Penalties,
    Period,
    Settings,
    Tokens,
    Warehouse,
)

WEEK = (1.0,) * 7
DAY = (1.0,) * 24


def test_every_setting_has_a_sentence_and_the_mark_of_its_evidence() -> None:
    told = list(described(Settings()))
    assert len(told) > 80
    for name, _, field in told:
        assert field.metadata["mark"] in {"C", "D", "1", "A"}, name
        assert len(field.metadata["doc"]) > 10, name


def test_every_setting_is_described_under_its_dotted_name_with_its_value() -> None:
    told = {name: value for name, value, _ in described(Settings(mip=Mip(overlap_minutes=7)))}
    assert told["mip.overlap_minutes"] == 7
    assert told["sellers"] == ("shop-1",)
    # A calendar is a setting made of settings; the whole is told, not the parts.
    assert told["countdown.calendar"] == Countdown().calendar


@pytest.mark.parametrize("group", [each.default for each in fields(Settings) if is_dataclass(each.default)])
def test_every_default_keeps_its_bounds(group: Any) -> None:
    # As copies, for a group of nothing but its own defaults is not looked at when it is made.
    values = {each.name: pickle.loads(pickle.dumps(each.default)) for each in fields(group)}
    assert any(value is not each.default for value, each in zip(values.values(), fields(group), strict=True))
    assert type(group)(**values) == group


def test_settings_are_values() -> None:
    assert Settings() == Settings()
    assert hash(Settings()) == hash(Settings())
    with pytest.raises(FrozenInstanceError):
        Settings().demand.orders_per_day = 1  # type: ignore[misc]


def test_a_calendar_has_days_off_of_its_own_beside_the_country_s() -> None:
    usual, own = Calendar("ES").working(), Calendar("ES", weekend=(6,), closed=(date(2026, 3, 3),)).working()
    days = (date(2026, 3, day) for day in (2, 3, 7, 8))
    assert [(usual.is_working(day), own.is_working(day)) for day in days] == [
        *((True, True), (True, False), (False, True), (False, False))
    ]
    assert not own.is_working(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Calendar(weekend=(0, 1, 2, 3, 4, 5, 6)),
            "Calendar.weekend is (0, 1, 2, 3, 4, 5, 6), but must be at most",
        ),
        (lambda: Calendar(weekend=(7,)), "Calendar.weekend[0] is 7, but must be at most 6"),
        (lambda: Demand(orders_per_day=-0.1), "Demand.orders_per_day is -0.1, but must be at least 0"),
        (lambda: Demand(orders_per_day=inf), "Demand.orders_per_day is inf, but must be at most 50000"),
        (lambda: Demand(orders_per_day=nan), "Demand.orders_per_day is nan, but must be at least 0"),
        (lambda: Demand(day_cv=1.1), "Demand.day_cv is 1.1, but must be at most 1"),
        (lambda: Payments(unpaid_close_hours=inf), "Payments.unpaid_close_hours is inf, but must be finite"),
        (lambda: Demand(zone="Europe/Madird"), "Demand.zone is 'Europe/Madird', but must be the name of a time zone"),
        (lambda: Demand(weekday_shares=WEEK[:6]), "Demand.weekday_shares is (1.0, 1.0, 1.0, 1.0, 1.0, 1.0), but must"),
        (lambda: Demand(hour_shares=(*DAY, 1.0)), "but must be at most 24 long"),
        (lambda: Demand(weekday_shares=(*WEEK[:6], -1.0)), "Demand.weekday_shares[6] is -1.0, but must be at least 0"),
        (lambda: Demand(hour_shares=(0.0,) * 24), "Demand.hour_shares is all zeros"),
        (lambda: Demand(price_cents=Lognormal(0, 1)), "Demand.price_cents.median is 0, but must be more than 0"),
        (lambda: Peak(date(2026, 11, 11), factors=()), "Peak.factors is (), but must be at least 1 long"),
        (lambda: Peak(date(2026, 11, 11), factors=(2.0, 0.0)), "Peak.factors[1] is 0.0, but must be more than 0"),
        (lambda: Payments(failure_share=1.01), "Payments.failure_share is 1.01, but must be at most 1"),
        (lambda: Payments(unpaid_close_hours=0), "Payments.unpaid_close_hours is 0, but must be more than 0"),
        (lambda: Payments(retry_minutes=Exponential(-5)), "Payments.retry_minutes.mean is -5, but must be at least 0"),
        (lambda: Countdown(preparation_days=0), "Countdown.preparation_days is 0, but must be at least 1"),
        (lambda: Penalties(points_per_violation=()), "Penalties.points_per_violation is (), but must be at least 1"),
        (lambda: Penalties(points_per_violation=(3, -3)), "Penalties.points_per_violation[1] is -3"),
        (lambda: Warehouse(opens_minute=1080), "Warehouse.opens_minute is 1080, but must be before closes_minute 1080"),
        (lambda: Warehouse(packers=0), "Warehouse.packers is 0, but must be at least 1"),
        (lambda: Warehouse(packing_minutes=Constant(inf)), "Warehouse.packing_minutes.value is inf, but must be fin"),
        (lambda: Period(date(2026, 8, 2), date(2026, 8, 1)), "Period.last_day is 2026-08-01, but must not be before"),
        (
            lambda: Mip(push_lost_share=0.7, push_answer_lost_share=0.31),
            "Mip.push_lost_share and Mip.push_answer_lost_share are 1.01 together, but must be at most 1",
        ),
        (lambda: Settings(sellers=()), "Settings.sellers is (), but must be at least 1 long"),
        (lambda: Settings(sellers=("a", "b", "a")), "Settings.sellers is ('a', 'b', 'a'), but must name each seller"),
        (lambda: Settings(sellers=tuple(map(str, range(101)))), "but must be at most 100 long"),
    ],
)
def test_a_value_outside_its_bounds_is_refused_with_its_name_and_what_was_allowed(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Demand(orders_per_day=0, day_cv=0),
        lambda: Demand(orders_per_day=50_000),
        lambda: Demand(weekday_shares=(0, 0, 0, 0, 0, 0, 1)),
        lambda: Payments(failure_share=1, never_share=0),
        lambda: Countdown(preparation_days=1),
        lambda: Warehouse(opens_minute=0, closes_minute=1440, packers=1),
        lambda: Warehouse(preparation_working_days=Triangular(1, 1, 1), packing_minutes=Uniform(0, 0)),
        lambda: Period(date(2026, 8, 1), date(2026, 8, 1)),
        lambda: Buyers(dispute_share=1),
        lambda: Tokens(access_hours=0.25),
        lambda: Mip(push_lost_share=0.7, push_answer_lost_share=0.3),
        lambda: Settings(sellers=tuple(map(str, range(100)))),
    ],
)
def test_the_bounds_themselves_are_allowed(make: Callable[[], object]) -> None:
    make()


def test_a_changed_copy_is_checked_too() -> None:
    with pytest.raises(ValueError, match=r"Mip\.import_every_minutes is 0"):
        replace(Settings().mip, import_every_minutes=0)

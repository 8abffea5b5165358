"""When orders come: weekdays, hours, sales, the ups and downs from day to day, and the days on which clocks change."""

from collections import Counter
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import fmean, pvariance
from zoneinfo import ZoneInfo

import pytest

from fakemarket.settings import Demand, Peak, Settings
from fakemarket.streams import Streams
from fakemarket.world.fate import FateBook
from fakemarket.world.world import World

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = date(2026, 1, 5)
FLAT_WEEK = (1.0,) * 7


def book(demand: Demand, *, seed: int = 2) -> FateBook:
    return FateBook(Settings(demand=demand), Streams(seed))


def counts(demand: Demand, days: int, *, seed: int = 2, first: date = MONDAY) -> list[int]:
    drawn = book(demand, seed=seed)
    return [drawn._count(first.toordinal() + n) for n in range(days)]


def chi_square(found: list[int], weights: tuple[float, ...]) -> float:
    """How far counts are from their shares: about as much as there are cells when chance alone is at work."""
    expected = [sum(found) * weight / sum(weights) for weight in weights]
    return sum((n - mean) ** 2 / mean for n, mean in zip(found, expected, strict=True))


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=MADRID).timestamp())


def unlikely(cells: int) -> float:
    """A chi-square that chance alone reaches about once in ten thousand times."""
    return cells + 4 * sqrt(2 * cells)


def test_weekdays_have_their_shares() -> None:
    demand = Demand(orders_per_day=100, day_cv=0)
    found = [0] * 7
    for n, count in enumerate(counts(demand, 7 * 200)):
        found[n % 7] += count
    assert chi_square(found, demand.weekday_shares) < unlikely(7)
    assert fmean(found) / 200 == pytest.approx(100, rel=0.01)


def test_hours_have_their_shares_in_the_buyers_zone() -> None:
    demand = Demand(orders_per_day=2000, day_cv=0)
    drawn = book(demand)
    hours = Counter(
        datetime.fromtimestamp(fate.placed_at, MADRID).hour
        for n in range(10)
        for fate in drawn.arrivals(MONDAY + timedelta(n))
    )
    assert chi_square([hours[hour] for hour in range(24)], demand.hour_shares) < unlikely(24)


def test_within_an_hour_every_minute_is_alike() -> None:
    drawn = book(Demand(orders_per_day=2000, day_cv=0))
    minutes = Counter(fate.placed_at // 60 % 60 for n in range(10) for fate in drawn.arrivals(MONDAY + timedelta(n)))
    # Hours differ in their shares, minutes within an hour don't.
    assert chi_square([minutes[minute] for minute in range(60)], (1.0,) * 60) < unlikely(60)


def test_nobody_orders_in_an_hour_without_a_share() -> None:
    shares = (0.0,) * 9 + (1.0,) * 12 + (0.0,) * 3
    fates = book(Demand(orders_per_day=3000, hour_shares=shares)).arrivals(MONDAY)
    assert {datetime.fromtimestamp(fate.placed_at, MADRID).hour for fate in fates} == set(range(9, 21))


@pytest.mark.parametrize("mean", [0.2, 3, 40, 1200])
def test_days_without_ups_and_downs_of_their_own_are_poisson(mean: float) -> None:
    found = counts(Demand(orders_per_day=mean, day_cv=0, weekday_shares=FLAT_WEEK), 4000)
    assert abs(fmean(found) - mean) < 4 * sqrt(mean / 4000)
    assert pvariance(found) == pytest.approx(mean, rel=0.12)


@pytest.mark.parametrize("day_cv", [0.1, 0.25, 0.6])
def test_the_level_of_a_day_varies_as_set(day_cv: float) -> None:
    mean = 300
    found = counts(Demand(orders_per_day=mean, day_cv=day_cv, weekday_shares=FLAT_WEEK), 6000)
    assert fmean(found) == pytest.approx(mean, rel=4 * day_cv / sqrt(6000) + 0.005)
    of_the_level = pvariance(found) - mean
    assert sqrt(of_the_level) / mean == pytest.approx(day_cv, rel=0.05)


def test_a_sale_multiplies_its_days_and_no_other() -> None:
    peak = Peak(date(2026, 11, 11))
    usual, sale = (Demand(orders_per_day=5000, day_cv=0, peaks=peaks) for peaks in ((), (peak,)))
    first = peak.first_day - timedelta(2)
    before, after = counts(usual, 9, first=first), counts(sale, 9, first=first)
    ratios = [many / few for few, many in zip(before, after, strict=True)]
    assert ratios == pytest.approx([1, 1, 6, 2.4, 2.4, 2.3, 1.8, 1, 1], rel=0.05)
    assert before[:2] == after[:2]
    assert before[7:] == after[7:]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_the_day_on_which_clocks_change_has_all_its_orders_within_it(day: date, hours: int) -> None:
    starts_at = midnight(day)
    fates = book(Demand(orders_per_day=5000, day_cv=0)).arrivals(day)
    assert len(fates) == counts(Demand(orders_per_day=5000, day_cv=0), 1, first=day)[0]
    offsets = [(fate.placed_at - starts_at) / 3600 for fate in fates]
    assert 0 <= offsets[0] < 0.1
    assert hours - 0.1 < offsets[-1] < hours
    assert {datetime.fromtimestamp(fate.placed_at, MADRID).date() for fate in fates} == {day}


@pytest.mark.parametrize("start", [date(2026, 3, 27), date(2026, 10, 23)])
def test_the_world_takes_every_arrival_of_the_days_around_a_change_of_clocks(start: date) -> None:
    market = Settings(demand=Demand(orders_per_day=50))
    world = World(market, Streams(4), midnight(start))
    world.advance_to(midnight(start + timedelta(5)) - 1)
    drawn = FateBook(market, Streams(4).child("shop-1"))
    expected = [fate.placed_at for n in range(5) for fate in drawn.arrivals(start + timedelta(n))]
    assert [order.placed_at for order in world.orders.values()] == expected


def test_no_order_comes_before_the_market_opens_or_from_the_last_instant_on() -> None:
    market = Settings(demand=Demand(orders_per_day=200))
    opens_at = int(datetime(2026, 3, 3, 12, tzinfo=MADRID).timestamp())
    until_at = opens_at + 30 * 3600
    world = World(market, Streams(4), opens_at, orders_until_at=until_at)
    world.advance_to(until_at + 5 * 86_400)
    placed = [order.placed_at for order in world.orders.values()]
    drawn = FateBook(market, Streams(4).child("shop-1"))
    days = (date(2026, 3, 3) + timedelta(n) for n in range(3))
    everybody = [fate.placed_at for day in days for fate in drawn.arrivals(day)]
    assert placed == [each for each in everybody if opens_at <= each < until_at]
    assert len(placed) > 200


@pytest.mark.parametrize(("later_seconds", "comes"), [(-1, True), (0, True), (1, False)])
def test_the_second_in_which_the_market_opens_still_counts(later_seconds: int, comes: bool) -> None:
    market = Settings(demand=Demand(orders_per_day=20))
    first = FateBook(market, Streams(4).child("shop-1")).arrivals(date(2026, 3, 3))[0]
    world = World(market, Streams(4), first.placed_at + later_seconds)
    world.advance_to(first.placed_at + 10)
    assert (first.placed_at in [order.placed_at for order in world.orders.values()]) == comes


@pytest.mark.parametrize(("later_seconds", "comes"), [(-1, False), (0, False), (1, True)])
def test_the_last_instant_is_the_first_without_arrivals(later_seconds: int, comes: bool) -> None:
    market = Settings(demand=Demand(orders_per_day=20))
    start_at = midnight(date(2026, 3, 3))
    first = FateBook(market, Streams(4).child("shop-1")).arrivals(date(2026, 3, 3))[0]
    world = World(market, Streams(4), start_at, orders_until_at=first.placed_at + later_seconds)
    world.advance_to(start_at + 86_400)
    assert bool(world.orders) == comes


def test_a_market_without_demand_has_no_orders_and_goes_on() -> None:
    world = World(Settings(demand=Demand(orders_per_day=0)), Streams(4), 1_772_409_600)
    world.advance_to(1_772_409_600 + 10 * 86_400)
    assert not world.orders
    assert world.next_event_at() is not None

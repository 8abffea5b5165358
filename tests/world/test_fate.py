"""Fate at birth: an order's luck depends on its key and the purpose, and on nothing else that is drawn or set."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from math import sqrt
from statistics import correlation, fmean

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakemarket.distributions import Constant, Exponential, Uniform
from fakemarket.settings import Buyers, Carriers, Countdown, Demand, Mip, Payments, Peak, Review, Settings, Warehouse
from fakemarket.streams import Streams
from fakemarket.world.fate import DAY, DAY_SLOTS, FIRST_PLACED_BY_HAND, Fate, FateBook
from fakemarket.world.world import World

START_AT = 1_772_409_600
"""Monday 2 March 2026, 00:00 UTC."""
TUESDAY = date(2026, 3, 3)
RICH = Settings(
    demand=Demand(orders_per_day=60, several_products_share=0.3),
    payments=Payments(failure_share=0.4, never_share=0.1, offline_share=0.2),
    review=Review(hold_share=0.2),
    buyers=Buyers(cancel_share=0.2, frozen_share=0.2, dispute_share=0.3),
)
"""Every detail that is drawn only for the orders it happens to happens to some."""
BUSY = replace(Settings(), demand=Demand(orders_per_day=3000, several_products_share=0.25))


def book(market: Settings = RICH, *, seed: int = 1, seller: str = "shop-1") -> FateBook:
    return FateBook(market, Streams(seed).child(seller))


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), days=st.integers(0, 700))
def test_a_fate_drawn_alone_is_the_one_drawn_with_its_day(seed: int, days: int) -> None:
    fates = book(seed=seed).arrivals(TUESDAY + timedelta(days))
    for fate in fates:
        assert book(seed=seed)._fates(fate.key, [fate.placed_at]) == [fate]


@given(steps=st.lists(st.tuples(st.integers(1, 3), st.sampled_from((0, 60, DAY // 2, DAY))), max_size=80))
@example(steps=[(1, 0)] * 130)
def test_an_order_placed_by_hand_has_the_fate_that_it_would_have_alone(steps: list[tuple[int, int]]) -> None:
    used, number, placed_at = book(), -1, START_AT
    for more, seconds in steps:
        number, placed_at = number + more, placed_at + seconds
        alone = book().placed_by_hand(placed_at, number)
        assert used.placed_by_hand(placed_at, number) == alone
        assert (alone.key % DAY_SLOTS, alone.placed_at) == (FIRST_PLACED_BY_HAND + number, placed_at)


def test_a_fate_does_not_depend_on_the_days_drawn_before() -> None:
    used = book()
    for days in range(5):
        used.arrivals(TUESDAY + timedelta(days))
    assert used.arrivals(TUESDAY) == book().arrivals(TUESDAY)


def test_a_day_comes_in_the_order_of_placing() -> None:
    placed = [fate.placed_at for fate in book().arrivals(TUESDAY)]
    assert len(placed) > 20
    assert placed == sorted(placed)


def test_more_demand_on_one_day_leaves_every_other_day_as_it_was_and_keeps_its_first_orders() -> None:
    usual = book()
    sale = book(replace(RICH, demand=replace(RICH.demand, peaks=(Peak(TUESDAY, (6.0,)),))))
    for days in (-2, -1, 1, 2, 7):
        day = TUESDAY + timedelta(days)
        assert sale.arrivals(day) == usual.arrivals(day)
    few = {fate.key: fate for fate in usual.arrivals(TUESDAY)}
    many = {fate.key: fate for fate in sale.arrivals(TUESDAY)}
    assert len(many) > 4 * len(few)
    assert {key: many[key] for key in few} == few


@given(few=st.floats(0, 2000), more=st.floats(0, 2000), days=st.integers(0, 1000))
@example(few=440, more=480, days=116)  # across the size of a piece of the day
def test_more_demand_never_brings_fewer_orders(few: float, more: float, days: int) -> None:
    low, high = (
        FateBook(Settings(demand=Demand(orders_per_day=mean)), Streams(3))._count(TUESDAY.toordinal() + days)
        for mean in sorted((few, more))
    )
    assert low <= high


CHANGES: dict[str, tuple[Settings, set[str]]] = {
    "dispute share": (replace(RICH, buyers=replace(RICH.buyers, dispute_share=0.9)), {"dispute"}),
    "cancel share": (replace(RICH, buyers=replace(RICH.buyers, cancel_share=0.9)), {"cancel"}),
    "freezes": (replace(RICH, buyers=replace(RICH.buyers, frozen_hours=Constant(5))), {"freeze"}),
    "feedback": (replace(RICH, buyers=replace(RICH.buyers, feedback_share=0.9)), {"feedback"}),
    "transit": (replace(RICH, carriers=Carriers(transit_days=Constant(3))), {"parcels"}),
    "tracking": (replace(RICH, mip=Mip(tracking_hours=Constant(3))), {"parcels"}),
    "stock": (replace(RICH, warehouse=Warehouse(out_of_stock_share=0.5)), {"out_of_stock"}),
    "splits": (replace(RICH, warehouse=Warehouse(split_share=0.1)), {"parcels"}),
    "reviews": (replace(RICH, review=replace(RICH.review, hours=Exponential(9))), {"review"}),
    "retries": (
        replace(RICH, payments=replace(RICH.payments, retry_minutes=Constant(9))),
        {"attempts_seconds", "gives_up"},
    ),
    "preparation time": (replace(RICH, countdown=Countdown(preparation_days=9)), set()),
}


@pytest.mark.parametrize(("changed", "touched"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_setting_touches_only_what_it_is_about(changed: Settings, touched: set[str]) -> None:
    moved: set[str] = set()
    for days in range(3):
        day = TUESDAY + timedelta(days)
        for before, after in zip(book().arrivals(day), book(changed).arrivals(day), strict=True):
            moved |= {name for name in Fate._fields if getattr(before, name) != getattr(after, name)}
    assert all(any(name.startswith(each) for each in touched) for name in moved), moved
    assert bool(moved) == bool(touched)


def test_the_tracking_of_every_order_stays_where_it_was_when_disputes_and_promises_change() -> None:
    def tracking(market: Settings) -> dict[int | None, list[tuple[str, int]]]:
        world = World(market, Streams(5), START_AT)
        world.advance_to(START_AT + 21 * 86_400)
        told: dict[int | None, list[tuple[str, int]]] = {}
        for event in world.ledger.named("packed", "handed_over", "tracking_known", "first_scan", "delivered"):
            told.setdefault(event.order, []).append((str(event.what), event.at))
        return told

    usual = Settings(demand=Demand(orders_per_day=25))
    otherwise = replace(
        usual,
        buyers=Buyers(dispute_share=0.5, confirm_share=0.1, feedback_share=0.9),
        countdown=Countdown(preparation_days=2),
    )
    before = tracking(usual)
    assert sum(map(len, before.values())) > 1000
    assert tracking(otherwise) == before


def test_sellers_have_luck_of_their_own() -> None:
    world = World(replace(BUSY, sellers=("one", "two")), Streams(1), START_AT)
    columns = [
        [fate.parcels[0].preparation_days for fate in world._books[seller]._fates(0, [0] * 5000)]
        for seller in world.settings.sellers
    ]
    assert abs(correlation(*columns)) < 4 / sqrt(5000)


def test_the_quantities_of_an_order_have_nothing_to_do_with_each_other() -> None:
    eventful = replace(BUSY, buyers=Buyers(cancel_share=0.5, frozen_share=0.5, dispute_share=0.5))
    fates = book(eventful)._fates(0, [0] * 5000)
    columns = [
        [float(fate.review_seconds) for fate in fates],
        [float(fate.processing_seconds) for fate in fates],
        [float(fate.pays) for fate in fates],
        [float(fate.goods[0][2]) for fate in fates],
        [float(fate.out_of_stock) for fate in fates],
        [fate.parcels[0].preparation_days for fate in fates],
        [float(fate.parcels[0].packing_seconds) for fate in fates],
        [float(fate.parcels[0].tracking_seconds) for fate in fates],
        [float(fate.parcels[0].transit_seconds) for fate in fates],
        [float(fate.confirm_seconds or 0) for fate in fates],
        [float(fate.feedback_seconds or 0) for fate in fates],
        [float(fate.dispute_seconds is not None) for fate in fates],
        [float(fate.cancel_seconds is not None) for fate in fates],
        [float(fate.freeze_after_seconds is not None) for fate in fates],
    ]
    for n, one in enumerate(columns):
        for other in columns[n + 1 :]:
            assert abs(correlation(one, other)) < 4 / sqrt(5000)


def test_the_second_parcel_has_luck_of_its_own_and_is_ready_after_the_first() -> None:
    fates = [fate for fate in book(BUSY)._fates(0, [0] * 20_000) if len(fate.parcels) == 2]
    assert all(second.preparation_days > first.preparation_days for first, second in (it.parcels for it in fates))
    packing = [[float(fate.parcels[n].packing_seconds) for fate in fates] for n in (0, 1)]
    assert abs(correlation(*packing)) < 4 / sqrt(len(fates))


SHARES: dict[str, tuple[Callable[[Fate], bool], float]] = {
    "never pays": (lambda fate: not fate.attempts_seconds, 0.05),
    "first attempt fails": (lambda fate: len(fate.attempts_seconds) > 1, 0.95 * 0.11),
    "second attempt fails": (lambda fate: len(fate.attempts_seconds) > 2, 0.95 * 0.11 * 0.5),
    "pays": (lambda fate: fate.pays, 0.95 * (1 - 0.11 * 0.25)),
    "gives up": (lambda fate: fate.gives_up_seconds is not None, 0.5 * (1 - 0.95 * (1 - 0.11 * 0.25))),
    "pays offline": (lambda fate: fate.pays_offline, 0.0),
    "rejected": (lambda fate: fate.review_rejects, 0.015),
    "held": (lambda fate: fate.review_holds, 0.003),
    "appeal passes": (lambda fate: fate.appeal_passes, 0.003 * 0.5),
    "cancels": (lambda fate: fate.cancel_seconds is not None, 0.006),
    "frozen": (lambda fate: fate.freeze_after_seconds is not None, 0.002),
    "out of stock": (lambda fate: fate.out_of_stock, 0.006),
    "bad address": (lambda fate: fate.bad_address, 0.0),
    "bad postcode": (lambda fate: fate.bad_postcode, 0.0),
    "no carrier": (lambda fate: fate.no_carrier, 0.0),
    "supplier fails": (lambda fate: fate.supplier_fails, 0.0),
    "unknown sku": (lambda fate: fate.unknown_sku, 0.0),
    "needs an invoice": (lambda fate: fate.needs_invoice, 0.0),
    "never scanned": (lambda fate: fate.parcels[0].scan_seconds is None, 0.01),
    "confirms": (lambda fate: fate.confirm_seconds is not None, 0.6),
    "disputes": (lambda fate: fate.dispute_seconds is not None, 0.02),
    "refunded": (lambda fate: fate.dispute_refunds, 0.02 * 0.5),
    "rates": (lambda fate: fate.feedback_seconds is not None, 0.4),
    "several products": (lambda fate: len(fate.goods) > 1, 0.25),
    "two pieces": (lambda fate: fate.goods[0][1] == 2, 0.078),
    "splits": (lambda fate: len(fate.parcels) > 1, 0.25 * 0.6),
}


@pytest.fixture(scope="module")
def many_fates() -> list[Fate]:
    return book(BUSY, seed=9)._fates(0, [0] * 60_000)


@pytest.mark.parametrize(("happens", "share"), SHARES.values(), ids=SHARES.keys())
def test_things_happen_as_often_as_the_settings_say(
    many_fates: list[Fate], happens: Callable[[Fate], bool], share: float
) -> None:
    found = fmean(happens(fate) for fate in many_fates)
    assert abs(found - share) <= 4 * sqrt(share * (1 - share) / len(many_fates))


def test_durations_are_those_of_the_settings(many_fates: list[Fate]) -> None:
    def mean_of(seconds: Callable[[Fate], int | None], unit: int) -> float:
        return fmean(found / unit for fate in many_fates if (found := seconds(fate)) is not None)

    assert mean_of(lambda it: it.processing_seconds, 60) == pytest.approx(5.5, rel=0.02)
    assert mean_of(lambda it: it.confirm_seconds, 86_400) == pytest.approx(4, rel=0.03)
    assert mean_of(lambda it: it.dispute_open_seconds or None, 86_400) == pytest.approx(7, rel=0.05)
    assert mean_of(lambda it: it.feedback_seconds, 86_400) == pytest.approx(15, rel=0.03)
    assert mean_of(lambda it: it.cancel_seconds, 3600) == pytest.approx(30, rel=0.2)
    assert mean_of(lambda it: it.freeze_after_seconds, 86_400) == pytest.approx(1.5, rel=0.2)
    assert fmean(it.parcels[0].preparation_days for it in many_fates) == pytest.approx(2, rel=0.01)


def test_details_are_drawn_only_for_the_orders_they_happen_to(many_fates: list[Fate]) -> None:
    for fate in many_fates[:5000]:
        assert fate.pays or fate.gives_up_seconds is None or fate.gives_up_seconds > 0
        assert not (fate.pays and fate.gives_up_seconds is not None)
        assert (fate.appeal_seconds > 0) == fate.review_holds
        assert not (fate.review_rejects and fate.review_holds)
        assert (fate.freeze_seconds > 0) == (fate.freeze_after_seconds is not None)
        assert (fate.dispute_open_seconds > 0) == (fate.dispute_seconds is not None)
        assert len(fate.parcels) <= len(fate.goods)


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_a_buyer_who_always_fails_tries_once_and_every_retry_and_never_pays(retries: int) -> None:
    hopeless = Settings(payments=Payments(failure_share=1, retry_success_share=0, retries=retries, never_share=0))
    for fate in book(hopeless)._fates(0, [0] * 50):
        assert (len(fate.attempts_seconds), fate.pays) == (1 + retries, False)


def test_a_buyer_who_gives_up_does_so_after_the_last_attempt_and_before_the_close_or_never() -> None:
    hopeless = Settings(
        payments=Payments(
            failure_share=1, retry_success_share=0, never_share=0, gives_up_share=1, delay_minutes=Uniform(1, 5)
        )
    )
    for fate in book(hopeless)._fates(0, [0] * 200):
        assert fate.gives_up_seconds is not None
        waited = fate.gives_up_seconds - sum(fate.attempts_seconds)
        assert 0 <= waited < 480 * 3600


def test_orders_placed_by_hand_take_no_arrivals_number() -> None:
    by_hand = book().placed_by_hand(START_AT, 0)
    assert by_hand.key % DAY_SLOTS == 900_000
    assert book().arrivals(date(2026, 3, 2))[0].key // DAY_SLOTS == by_hand.key // DAY_SLOTS
    assert book().placed_by_hand(START_AT, 1) != by_hand
    assert book().placed_by_hand(START_AT, 0) == by_hand

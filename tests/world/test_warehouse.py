"""The supplier's warehouse: cut-off, preparation, the queue for the packers, the carrier's call, stopping."""

from collections.abc import Callable
from datetime import date
from heapq import heapify, heapreplace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.rules.calendars import WorkingCalendar, WorkingHours
from fakemarket.rules.zones import local_date
from fakemarket.settings import Demand, Period, Settings, Warehouse
from fakemarket.streams import Streams
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
Events = Callable[..., list[Any]]
DAY = 86_400
HOURS = WorkingHours(WorkingCalendar("ES", "VC"), "Europe/Madrid", 9 * 60, 18 * 60)
TWO_PRODUCTS = ((0, 1, 1000), (1, 2, 500))


def times(world: World, order: Order, what: str) -> list[int]:
    return [event.at for event in world.ledger.of(order.id) if event.what == what]


def test_a_parcel_is_prepared_packed_and_handed_over_in_working_time(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T09:00+01:00")
    order = place(world, parcels=({"preparation_days": 1.5, "packing_seconds": 600},))
    world.advance_to(world.start_at + 4 * DAY)
    # Sent with the round at 09:15; a day and a half of nine hours later it is Tuesday 13:45.
    assert times(world, order, "sent_to_supplier") == [at("2026-03-02T09:15+01:00")]
    assert times(world, order, "packed") == [at("2026-03-03T13:55+01:00")]
    assert times(world, order, "handed_over") == [at("2026-03-03T17:30+01:00")]


@pytest.mark.parametrize(
    ("sent", "packed"),
    [
        ("2026-03-02T13:59:59+01:00", "2026-03-02T15:00:59+01:00"),
        ("2026-03-02T14:00:00+01:00", "2026-03-03T10:01:00+01:00"),
        ("2026-03-02T14:00:01+01:00", "2026-03-03T10:01:00+01:00"),
        # Friday after the cut-off, and any time of the weekend, count from Monday's opening.
        ("2026-03-06T14:00:00+01:00", "2026-03-09T10:01:00+01:00"),
        ("2026-03-07T10:00:00+01:00", "2026-03-09T10:01:00+01:00"),
        ("2026-03-08T15:00:00+01:00", "2026-03-09T10:01:00+01:00"),
        # Before opening nothing is lost, and the Valencian holiday of 19 March is no working day.
        ("2026-03-03T03:00:00+01:00", "2026-03-03T10:01:00+01:00"),
        ("2026-03-18T15:00:00+01:00", "2026-03-20T10:01:00+01:00"),
    ],
)
def test_orders_from_the_cut_off_on_count_from_the_next_working_day(
    open_world: Open, place: Place, at: At, sent: str, packed: str
) -> None:
    world = open_world(at(sent) - 900)
    order = place(world, parcels=({"preparation_days": 1 / 9, "packing_seconds": 60},))
    world.advance_to(at(sent) + 4 * DAY)
    assert times(world, order, "sent_to_supplier") == [at(sent)]
    assert times(world, order, "packed") == [at(packed)]


@pytest.mark.parametrize(
    ("packed", "handed_over"),
    [
        ("2026-03-02T17:29:59+01:00", "2026-03-02T17:30+01:00"),
        ("2026-03-02T17:30:00+01:00", "2026-03-02T17:30+01:00"),
        ("2026-03-02T17:30:01+01:00", "2026-03-03T17:30+01:00"),
        ("2026-03-06T17:30:01+01:00", "2026-03-09T17:30+01:00"),
        ("2026-03-18T17:45:00+01:00", "2026-03-20T17:30+01:00"),
        # The day after clocks change is a working day like any other.
        ("2026-03-27T17:45:00+01:00", "2026-03-30T17:30+02:00"),
    ],
)
def test_the_carrier_calls_on_working_days_at_its_minute(
    open_world: Open, place: Place, at: At, packed: str, handed_over: str
) -> None:
    opens_at = at(packed[:10] + "T09:00" + packed[-6:])
    world = open_world(opens_at)
    work = at(packed) - opens_at - 900
    order = place(world, parcels=({"preparation_days": (work - 60 + 0.5) / (9 * 3600), "packing_seconds": 60},))
    world.advance_to(at(handed_over) + DAY)
    assert times(world, order, "packed") == [at(packed)]
    assert times(world, order, "handed_over") == [at(handed_over)]


def test_slow_days_stretch_preparation_and_packing_and_may_have_a_cut_off_of_their_own(
    open_world: Open, place: Place, at: At
) -> None:
    period = Period(date(2026, 3, 3), date(2026, 3, 3), slowdown=2.0, cutoff_minute=10 * 60)
    packed = {}
    for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
        for clock in ("09:00", "09:45"):
            world = open_world(f"{day}T{clock}+01:00", warehouse=Warehouse(periods=(period,)))
            order = place(world, parcels=({"preparation_days": 1 / 9, "packing_seconds": 600},))
            world.advance_to(world.start_at + 2 * DAY)
            (packed[day, clock],) = times(world, order, "packed")
    assert packed == {
        ("2026-03-02", "09:00"): at("2026-03-02T10:25+01:00"),
        ("2026-03-02", "09:45"): at("2026-03-02T11:10+01:00"),
        ("2026-03-03", "09:00"): at("2026-03-03T11:35+01:00"),
        ("2026-03-03", "09:45"): at("2026-03-04T10:10+01:00"),
        ("2026-03-04", "09:00"): at("2026-03-04T10:25+01:00"),
        ("2026-03-04", "09:45"): at("2026-03-04T11:10+01:00"),
    }


def test_packing_is_as_slow_as_the_day_on_which_it_begins(open_world: Open, place: Place, at: At) -> None:
    period = Period(date(2026, 3, 3), date(2026, 3, 3), slowdown=2.0)
    world = open_world("2026-03-02T20:00+01:00", warehouse=Warehouse(cutoff_minute=1440, periods=(period,)))
    order = place(world, parcels=({"preparation_days": 0, "packing_seconds": 600},))
    world.advance_to(world.start_at + DAY)
    assert times(world, order, "packed") == [at("2026-03-03T09:20+01:00")]


# The queue


def queue(jobs: list[tuple[int, int, int]], packers: int) -> list[int]:
    """When each of some jobs (ready, key, work) is done, in working time, first in, first out by ready and key."""
    free = [-(10**12)] * packers
    heapify(free)
    done = {}
    for job in sorted(jobs):
        ready, key, work = job
        done[key] = max(HOURS.to_work(ready), free[0]) + work
        heapreplace(free, done[key])
    return [done[key] for _, key, _ in jobs]


@settings(max_examples=60)
@given(
    packers=st.integers(1, 3),
    jobs=st.lists(
        # Few different values, so that many are ready in the same second.
        st.tuples(st.integers(0, 40), st.sampled_from([0.0, 0.1, 0.5, 1.25]), st.sampled_from([60, 600, 7000, 40_000])),
        min_size=1,
        max_size=12,
    ),
)
def test_parcels_are_packed_first_in_first_out_by_so_many_packers(
    open_world: Open, place: Place, packers: int, jobs: list[tuple[int, float, int]]
) -> None:
    world = open_world("2026-03-02T09:00+01:00", warehouse=Warehouse(packers=packers, cutoff_minute=1440))
    orders = []
    for quarters, preparation_days, packing_seconds in sorted(jobs):
        world.advance_to(world.start_at + quarters * 900)
        parcel = {"preparation_days": preparation_days, "packing_seconds": packing_seconds}
        orders.append(place(world, parcels=(parcel,)))
    world.advance_to(world.start_at + 30 * DAY)
    expected = queue(
        [
            (
                HOURS.add_work(times(world, order, "sent_to_supplier")[0], int(parcel.preparation_days * 9 * 3600)),
                order.fate.key,
                parcel.packing_seconds,
            )
            for order in orders
            for parcel in order.fate.parcels
        ],
        packers,
    )
    assert [HOURS.to_work(times(world, order, "packed")[0]) for order in orders] == expected


def test_nothing_is_packed_or_handed_over_while_the_house_is_closed() -> None:
    market = Settings(demand=Demand(orders_per_day=150), warehouse=Warehouse(packers=2))
    world = World(market, Streams(3), 1_773_360_000)  # Friday 13 March, so that a holiday and Easter come
    world.advance_to(world.start_at + 28 * DAY)
    packed, handed_over = world.ledger.named("packed"), world.ledger.named("handed_over")
    assert len(packed) > 2000
    assert {local_date(event.at, HOURS.zone) for event in packed}.isdisjoint(
        {date(2026, 3, 19), date(2026, 4, 3), date(2026, 4, 6)}
    )
    for event in packed:
        # The closing instant itself still belongs to the work that ends with it.
        assert HOURS.next_open(event.at - 1) == event.at - 1
    for event in handed_over:
        day = local_date(event.at, HOURS.zone)
        assert HOURS.calendar.is_working(day)
        assert HOURS.next_open(event.at) == event.at


def test_a_busier_house_is_a_slower_one() -> None:
    def mean_wait(packers: int) -> float:
        market = Settings(demand=Demand(orders_per_day=100), warehouse=Warehouse(packers=packers))
        world = World(market, Streams(3), 1_772_409_600)
        world.advance_to(world.start_at + 14 * DAY)
        sent = {event.order: event.at for event in world.ledger.named("sent_to_supplier")}
        waits = [event.at - sent[event.order] for event in world.ledger.named("packed")]
        return sum(waits) / len(waits)

    assert mean_wait(1) > 1.2 * mean_wait(2) > mean_wait(8)


# Several parcels, stopping


def test_an_order_of_two_products_leaves_in_two_parcels_each_with_its_own(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(world, goods=TWO_PRODUCTS, parcels=({}, {"preparation_days": 2.5}))
    world.advance_to(world.start_at + 10 * DAY)
    handed = events(world, order, "handed_over")
    assert [event.facts["parcel"] for event in handed] == [0, 1]
    assert len({event.facts["number"] for event in handed}) == 2
    assert handed[1].at > handed[0].at
    shipments = world.mip.orders[order.id].shipments
    assert [[line.number for line in shipment.lines] for shipment in shipments] == [[1], [2]]
    assert [[line.quantity for line in shipment.lines] for shipment in shipments] == [[1], [2]]


@pytest.mark.parametrize(
    ("goods", "parcels", "lines"),
    [
        (TWO_PRODUCTS, 1, [[1, 2]]),
        (((0, 1, 100),), 2, [[1]]),
        ((*TWO_PRODUCTS, (2, 1, 300)), 2, [[1], [2, 3]]),
    ],
    ids=["one parcel takes all", "no parcel is empty", "the last parcel takes the rest"],
)
def test_every_product_is_in_one_parcel(
    open_world: Open, place: Place, goods: tuple[Any, ...], parcels: int, lines: list[list[int]]
) -> None:
    world = open_world()
    order = place(world, goods=goods, parcels=({},) * parcels)
    world.advance_to(world.start_at + 10 * DAY)
    shipments = sorted(world.mip.orders[order.id].shipments, key=lambda shipment: shipment.lines[0].number)
    assert [[line.number for line in shipment.lines] for shipment in shipments] == lines


@pytest.mark.parametrize("stopped_at", ["waiting", "on the table", "being packed", "packed"])
def test_an_order_stopped_before_it_left_never_leaves(open_world: Open, place: Place, at: At, stopped_at: str) -> None:
    world = open_world("2026-03-02T09:00+01:00", warehouse=Warehouse(packers=1))
    # The first order keeps the only packer busy until 11:15.
    place(world, parcels=({"preparation_days": 0, "packing_seconds": 2 * 3600},))
    order = place(world, parcels=({"preparation_days": 1 / 9, "packing_seconds": 3600},))
    moments = {
        "waiting": "2026-03-02T09:30+01:00",
        "on the table": "2026-03-02T10:30+01:00",
        "being packed": "2026-03-02T11:30+01:00",
        "packed": "2026-03-02T13:00+01:00",
    }
    world.advance_to(at(moments[stopped_at]))
    assert world.warehouse.stop(order)
    world.advance_to(world.start_at + 10 * DAY)
    assert not times(world, order, "handed_over")
    assert not times(world, order, "tracking_known")
    # A packer who has begun ends the work.
    assert bool(times(world, order, "packed")) == (stopped_at in {"being packed", "packed"})
    assert world.warehouse.has_packed(order) == (stopped_at in {"being packed", "packed"})


def test_a_stopped_order_frees_its_packer(open_world: Open, place: Place, at: At) -> None:
    world = open_world("2026-03-02T09:00+01:00", warehouse=Warehouse(packers=1))
    place(world, parcels=({"preparation_days": 0, "packing_seconds": 2 * 3600},))
    stopped = place(world, parcels=({"preparation_days": 0, "packing_seconds": 3600},))
    last = place(world, parcels=({"preparation_days": 0, "packing_seconds": 600},))
    world.advance_to(at("2026-03-02T10:00+01:00"))
    world.warehouse.stop(stopped)
    world.advance_to(world.start_at + DAY)
    assert times(world, last, "packed") == [at("2026-03-02T11:25+01:00")]


@pytest.mark.parametrize(("later_seconds", "stops"), [(-1, True), (0, False), (1, False)])
def test_what_is_with_the_carrier_cannot_be_stopped(
    open_world: Open, place: Place, at: At, later_seconds: int, stops: bool
) -> None:
    world = open_world("2026-03-02T09:00+01:00")
    order = place(world, goods=TWO_PRODUCTS, parcels=({}, {"preparation_days": 2.5}))
    world.advance_to(at("2026-03-03T17:30+01:00") + later_seconds)
    assert world.warehouse.stop(order) == stops
    world.advance_to(world.start_at + 10 * DAY)
    assert len(times(world, order, "handed_over")) == (0 if stops else 2)


def test_an_order_nobody_sent_can_be_stopped(open_world: Open, place: Place) -> None:
    world = open_world()
    assert world.warehouse.stop(place(world))
    assert not world.warehouse.has_packed(place(world))


def test_an_order_sent_twice_is_made_once(open_world: Open, place: Place, events: Events) -> None:
    world = open_world()
    order = place(world)
    world.advance_to(world.start_at + 3600)
    mirror = world.mip.orders[order.id]
    world.mip.send(mirror, cause="test")
    world.advance_to(world.start_at + 10 * DAY)
    assert [event.facts["number"] for event in events(world, order, "sent_to_supplier")] == [1, 2]
    assert len(events(world, order, "handed_over")) == 1

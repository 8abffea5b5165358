"""Carriers: formats, the first scan, and what the platform makes of a number that never shows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.status import Status
from fakemarket.settings import Calendar, Carriers, Countdown
from fakemarket.world.carriers import BY_KEY, CARRIERS, OF_SUPPLIER, fits, number_for
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
At = Callable[[str], int]
Events = Callable[..., list[Any]]
DAY = 86_400


@given(bits=st.integers(0, 2**64 - 1))
def test_the_numbers_of_the_supplier_fit_its_carriers(bits: int) -> None:
    for carrier in OF_SUPPLIER:
        assert fits(carrier, number_for(carrier, bits))


def test_a_carriers_number_fits_no_other_carrier_of_the_supplier() -> None:
    for carrier in OF_SUPPLIER:
        number = number_for(carrier, 987654321987654321)
        assert [it.key for it in OF_SUPPLIER if fits(it, number)] == [carrier.key]


@pytest.mark.parametrize("number", ["", "PQ12345678ES", "PQ123456789ES ", "pq123456789ES", "PQ123456789ES\n", "x"])
def test_a_number_that_only_looks_alike_does_not_fit(number: str) -> None:
    assert not fits(BY_KEY["CORREOS_ES"], number)


def test_the_keys_are_unique_and_the_fallbacks_need_a_website() -> None:
    assert len(BY_KEY) == len(CARRIERS)
    assert {it.key for it in CARRIERS if it.needs_website} == {
        it.key for it in CARRIERS if re.match("OTHER_ES_(LOCAL|OVERSEAS)", it.key)
    }


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        ({"carrier": "CORREOS_ES", "number": "PQ123456789ES"}, None),
        ({"carrier": "CORREOS_ES", "number": "PQ12345678ES"}, "NUMBER_FORMAT"),
        ({"carrier": "NOBODY", "number": "PQ123456789ES"}, "CARRIER_NOT_AUTHORISED"),
        ({"carrier": "OTHER_ES_LOCAL", "number": "ABC123"}, "WEBSITE_MISSING"),
        ({"carrier": "OTHER_ES_LOCAL", "number": "ABC123", "website": "https://track.example"}, None),
        ({"carrier": "OTHER_ES_LOCAL", "number": "ABC12", "website": "https://track.example"}, "NUMBER_FORMAT"),
    ],
)
def test_a_declaration_is_taken_or_refused_with_its_reason(
    open_world: Open, place: Place, events: Events, declaration: dict[str, Any], code: str | None
) -> None:
    world = open_world()
    order = place(world)
    world.advance_to(world.start_at + 720)
    refusal = world.declare(order, whole=True, cause="test", **declaration)
    assert (refusal and refusal.code) == code
    assert (order.status is Status.WAIT_BUYER_ACCEPT_GOODS) == (code is None)
    assert [event.facts["why"] for event in events(world, order, "declare_refused")] == ([code] if code else [])
    assert len(order.declarations) == (code is None)


@pytest.mark.parametrize("status", [Status.PLACE_ORDER_SUCCESS, Status.RISK_CONTROL, Status.WAIT_BUYER_ACCEPT_GOODS])
def test_a_declaration_is_refused_in_every_other_status(open_world: Open, place: Place, status: Status) -> None:
    world = open_world()
    order = place(world, review_seconds=3600)
    world.advance_to(world.start_at + {Status.PLACE_ORDER_SUCCESS: 0, Status.RISK_CONTROL: 200}.get(status, 4000))
    if status is Status.WAIT_BUYER_ACCEPT_GOODS:
        world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    assert order.status is status
    refusal = world.declare(order, carrier="CORREOS_ES", number="PQ000000000ES", whole=True, cause="test")
    assert refusal is not None
    assert refusal.code == "STATUS_NOT_ALLOWED"
    assert str(order.id) in refusal.message
    assert status in refusal.message


def test_a_refused_carrier_is_refused_and_a_fallback_taken(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world)
    world.advance_to(world.start_at + 720)
    world.refuses_carrier = lambda _: True
    refusal = world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    assert refusal is not None
    assert refusal.code == "CARRIER_NOT_AUTHORISED"
    website = "https://track.example/1"
    fallback = world.declare(
        order, carrier="OTHER_ES_LOCAL", number="PQ123456789ES", website=website, whole=True, cause="test"
    )
    assert fallback is None


def test_a_parcel_is_scanned_and_delivered_at_its_own_pace(open_world: Open, place: Place, events: Events) -> None:
    world = open_world()
    order = place(world, parcels=({"scan_seconds": 5000, "transit_seconds": 70_000},))
    world.advance_to(world.start_at + 10 * DAY)
    handed_over, scan, delivered = events(world, order, "handed_over", "first_scan", "delivered")
    assert (scan.at - handed_over.at, delivered.at - scan.at) == (5000, 70_000)
    assert scan.facts["number"] == delivered.facts["number"] == handed_over.facts["number"]


# False shipments. The limit: the end of the fifth working day after the declaration's own, in Los Angeles.


def test_a_number_that_nobody_carries_is_a_false_shipment_when_the_limit_is_over(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world("2026-03-02T09:00+01:00")
    order = place(world, out_of_stock=True)
    world.advance_to(at("2026-03-02T12:00-08:00"))
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    limit = at("2026-03-10T00:00-07:00")
    world.advance_to(limit - 1)
    assert not events(world, order, "false_shipment")
    world.advance_to(limit + 30 * DAY)
    (told,) = events(world, order, "false_shipment")
    assert told.at == limit
    assert told.facts == {"number": "PQ123456789ES", "carrier": "CORREOS_ES", "why": "no parcel carries it"}


def test_a_parcel_that_is_never_scanned_is_a_false_shipment_and_never_arrives(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(world, parcels=({"scan_seconds": None},))
    world.advance_to(world.start_at + 40 * DAY)
    (told,) = events(world, order, "false_shipment")
    assert told.facts["why"] == "never scanned"
    assert order.declarations[0].number == told.facts["number"]
    assert not events(world, order, "first_scan", "delivered")
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS


@pytest.mark.parametrize("declared_first", [False, True])
@pytest.mark.parametrize(("later_seconds", "false"), [(-1, False), (0, True), (1, True)])
def test_the_first_scan_must_come_before_the_limit(
    open_world: Open, place: Place, at: At, events: Events, later_seconds: int, false: bool, declared_first: bool
) -> None:
    # Handed over on Tuesday 17:30; the platform's push at 18:30 declares it, unless that was done before.
    handed_over_at, limit = at("2026-03-03T17:30+01:00"), at("2026-03-11T00:00-07:00")
    world = open_world("2026-03-02T09:00+01:00")
    order = place(world, parcels=({"scan_seconds": limit - handed_over_at + later_seconds},))
    if declared_first:
        world.advance_to(at("2026-03-03T17:29+01:00"))
        parcel = world.warehouse._parcels[order.id][0]
        assert world.declare(order, carrier=parcel.carrier.key, number=parcel.number, whole=True, cause="test") is None
    world.advance_to(limit + 10 * DAY)
    assert events(world, order, "declare_all")[0].at == at("2026-03-03T17:29+01:00") + (0 if declared_first else 3660)
    assert bool(events(world, order, "false_shipment")) == false


def test_a_freeze_or_a_dispute_neither_renews_nor_repeats_the_limit(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world("2026-03-02T09:00+01:00")
    order = place(world, parcels=({"scan_seconds": None},), freeze_after_seconds=2 * DAY, freeze_seconds=DAY)
    world.advance_to(world.start_at + 40 * DAY)
    assert events(world, order, "unfreeze")
    assert [event.at for event in events(world, order, "false_shipment")] == [at("2026-03-11T00:00-07:00")]


def test_each_number_of_a_partial_order_has_a_limit_of_its_own_even_if_the_rest_never_comes(
    open_world: Open, place: Place, at: At, events: Events
) -> None:
    world = open_world("2026-03-02T09:00+01:00", carriers=Carriers(online_limit_days=3))
    order = place(world, out_of_stock=True)
    world.advance_to(at("2026-03-03T12:00-08:00"))
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=False, cause="test")
    world.advance_to(world.start_at + 40 * DAY)
    assert order.end_reason == "seller_send_goods_timeout"
    assert [event.at for event in events(world, order, "false_shipment")] == [at("2026-03-07T00:00-08:00")]


def test_holidays_of_the_marketplace_stretch_the_limit(open_world: Open, place: Place, at: At, events: Events) -> None:
    countdown = Countdown(zone="Europe/Madrid", calendar=Calendar(region="VC"))
    world = open_world("2026-04-01T09:00+02:00", countdown=countdown, carriers=Carriers(online_limit_days=1))
    order = place(world, out_of_stock=True)
    world.advance_to(world.start_at + 3600)
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    world.advance_to(world.start_at + 20 * DAY)
    # Wednesday before Easter: Maundy Thursday is worked in Valencia, the Friday and the Monday are not.
    assert [event.at for event in events(world, order, "false_shipment")] == [at("2026-04-03T00:00+02:00")]

"""A number that no carrier ever scans, and the one that a person puts in its place."""

from typing import Any

import pytest
from tests.subject.pictures import NOW, POLICY, detail, listed, mirrored, picture, shipment

from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import EndReason
from fakemarket.settings import Demand, Settings
from fakemarket.world.order import Order
from redclock.drive import drive
from redclock.run import ports_to
from redclock.subject.caretaker import Caretaker
from redclock.subject.picture import SENT
from redclock.subject.ports import AlertKind, Correction
from redclock.subject.tracking import warn_of_false_shipments

DAY, HOUR = 86_400, 3600
SMOOTH: dict[str, Any] = {
    "pays": True,
    "pays_offline": False,
    "attempts_seconds": (60,),
    "processing_seconds": 60,
    "review_seconds": 60,
    "review_rejects": False,
    "review_holds": False,
    "cancel_seconds": None,
    "freeze_after_seconds": None,
    "out_of_stock": False,
    "dispute_seconds": None,
    "confirm_seconds": DAY,
}


def lost_on_the_way(market: Market) -> Order:
    """An order whose parcel is handed over on the day it was placed, a Monday, and never seen again."""
    order = market.place(**SMOOTH)
    fate = order.fate.parcels[0]._replace(preparation_days=0.2, tracking_seconds=HOUR, scan_seconds=None)
    order.fate = order.fate._replace(parcels=(fate,))
    return order


def packs_another(market: Market, order: Order) -> tuple[str, str]:
    """The goods leave once more, in a parcel that a carrier scans; its carrier and number."""
    fate = order.fate.parcels[0]._replace(preparation_days=0.0, scan_seconds=2 * HOUR, transit_seconds=DAY)
    order.fate = order.fate._replace(parcels=(fate,))
    (parcel,) = market.world.warehouse.order(order, order.lines)
    return parcel.carrier.key, parcel.number


def never(_: Market) -> bool:
    return False


def told(market: Market, kind: AlertKind) -> list[int]:
    return [event.at for event in market.ledger.named("alert") if event.facts["kind"] == kind]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_replaced_number_mends_a_false_shipment_and_nobody_puts_the_old_one_back(replaced: bool) -> None:
    market = Market(seed=3, settings=Settings(demand=Demand(orders_per_day=0)))
    order, ports = lost_on_the_way(market), ports_to(market)
    subject = Caretaker(ports)
    end_at = MONDAY
    while not told(market, AlertKind.FALSE_SHIPMENT_RISK):
        end_at += HOUR
        drive(market, subject, end_at, done=never)
    (lost,) = order.declarations
    assert end_at - lost.at < market.settings.carriers.edit_window_hours * HOUR, "there is time left to replace it"
    if replaced:
        carrier, number = packs_another(market, order)
        correction = Correction(order.id, lost.carrier, lost.number, carrier, number, whole=True)
        assert ports.aliexpress.correct(correction) is None
    drive(market, subject, end_at + 12 * DAY, done=never)
    assert bool(market.ledger.named("false_shipment")) is not replaced
    assert len(told(market, AlertKind.FALSE_SHIPMENT_RISK)) == 1
    assert told(market, AlertKind.WRONG_NUMBER) == []
    assert told(market, AlertKind.DIFFERENCE) == []
    if replaced:
        assert order.declarations[0].number == number
        assert order.end_reason is EndReason.BUYER_ACCEPT_GOODS


@pytest.mark.parametrize(("offset", "suspect"), [(-1, False), (0, True), (1, True)])
def test_a_number_put_in_another_s_place_is_suspect_after_its_own_time(offset: int, suspect: bool) -> None:
    seen = picture([listed(7, status=SENT)], [mirrored(7, shipment("accepted", number="A"))])
    seen.read_back(7, detail(7, "A"))
    assert list(warn_of_false_shipments(seen, POLICY)), "declared seventy hours ago"
    seen.read_back(7, detail(7, "B"))
    seen.now = NOW + POLICY.scan_hours * HOUR + offset
    assert bool(list(warn_of_false_shipments(seen, POLICY))) is suspect

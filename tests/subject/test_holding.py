"""Parcels with more in them than is wanted: held, told of once, put right and sent again."""

from typing import Any

import pytest
from tests.subject.pictures import FAILING, HOUR, NOW, POLICY, listed, mirrored, picture, shipment

from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move
from fakemarket.settings import Demand, Settings
from redclock.drive import drive
from redclock.run import Transport, ports_to
from redclock.subject.actions import Import, Resend, Stop, Tell
from redclock.subject.caretaker import Caretaker
from redclock.subject.holding import HELD, hold_what_is_too_much
from redclock.subject.picture import Picture
from redclock.subject.ports import MipOrder
from redclock.subject.reconcile import HOLD

WANTED, ORDERED = {1: 1}, {1: 2}


def drifted(copy: MipOrder | None = None, *, stopped: bool | None = None, health: Any = None) -> Picture:
    """An order of which one piece is wanted, and the platform's copy of it."""
    copy = copy or mirrored(7, lines=ORDERED)
    seen = picture([listed(7, 9 * HOUR, lines=WANTED)], [copy], **({"health": health} if health else {}))
    if stopped is not None:
        seen.store.stops.put(7, stopped)
    return seen


def actions(seen: Picture) -> list[Any]:
    return list(hold_what_is_too_much(seen, POLICY))


def test_a_parcel_with_a_piece_too_many_is_told_of_and_stopped() -> None:
    tell, stop = actions(drifted())
    assert isinstance(tell, Tell)
    assert (tell.alert.orders, tell.alert.facts["class"]) == ((7,), "partial_mismatch")
    assert stop == Stop(7, "M7")
    assert [it.action for it in drifted().differences] == [HOLD]


@pytest.mark.parametrize("status", ["sent_to_supplier", "preparing", "partially_shipped", "shipped"])
def test_a_stop_is_tried_however_far_the_supplier_is_until_a_number_is_known(status: str) -> None:
    assert Stop(7, "M7") in actions(drifted(mirrored(7, lines=ORDERED, status=status)))
    numbered = mirrored(7, shipment(lines=ORDERED), lines=ORDERED, status=status)
    assert Stop(7, "M7") not in actions(drifted(numbered))


def test_one_that_could_not_be_stopped_is_only_told_of() -> None:
    (tell,) = actions(drifted(stopped=False))
    assert isinstance(tell, Tell)


def test_once_stopped_it_is_imported_again_and_then_sent_again() -> None:
    (imported,) = actions(drifted(mirrored(7, lines=ORDERED, status="canceled"), stopped=True))
    assert isinstance(imported, Import)
    assert imported.orders == (7,)
    assert actions(drifted(mirrored(7, lines=WANTED, status="canceled"), stopped=True)) == [Resend(("M7",), HELD)]


def test_one_that_went_out_again_before_a_restart_is_stopped_again() -> None:
    assert actions(drifted(mirrored(7, lines=WANTED), stopped=True)) == [Stop(7, "M7")]


@pytest.mark.parametrize(
    "copy",
    [
        mirrored(7, lines=WANTED),
        mirrored(7, lines={1: 2}, status="canceled"),  # by somebody else, who knows why
        mirrored(7, lines=ORDERED, status="imported"),  # its next import puts it right
        mirrored(7, shipment(lines=ORDERED), lines=ORDERED),  # it has left
        mirrored(7, lines={2: 1}),  # other goods, not fewer of them
    ],
)
def test_nothing_is_stopped_that_is_right_or_gone_or_not_understood(copy: MipOrder) -> None:
    assert actions(drifted(copy)) == []


def test_nothing_is_held_while_the_platform_can_not_look_again() -> None:
    assert actions(drifted(health=FAILING)) == []
    down = drifted()
    down.mip_down_since = NOW - 60
    assert actions(down) == []


def test_an_order_whose_buyer_wants_out_is_left_to_the_answer() -> None:
    asked = picture([listed(7, HOUR, lines=WANTED, status="IN_CANCEL")], [mirrored(7, lines=ORDERED)])
    assert actions(asked) == []


@pytest.mark.parametrize("transport", Transport)
def test_what_was_held_goes_out_again_once_with_the_pieces_that_are_wanted(transport: Transport) -> None:
    market = Market(seed=3, settings=Settings(demand=Demand(orders_per_day=0)))
    smooth: dict[str, Any] = {"pays": True, "review_rejects": False, "review_holds": False, "cancel_seconds": None}
    order = market.place(goods=((0, 2, 1000),), freeze_after_seconds=None, out_of_stock=False, **smooth)
    subject = Caretaker(ports_to(market, transport))
    drive(market, subject, MONDAY + 30 * HOUR)
    market.world.force(order, Move.PARTIAL_REFUND, "test")
    drive(market, subject, MONDAY + 14 * 24 * HOUR)
    told = [event.what for event in market.ledger.of(order.id)]
    assert [told.count(what) for what in ("sent_to_supplier", "supplier_stopped", "handed_over", "alert")] == [
        2,
        1,
        1,
        1,
    ]
    (shipment,) = market.world.mip.orders[order.id].shipments
    assert [line.quantity for line in shipment.lines] == [1]
    assert order.sent_at is not None


def test_the_most_urgent_goes_first() -> None:
    seen = picture(
        [listed(1, 9 * HOUR, lines=WANTED), listed(2, 5 * HOUR, lines=WANTED)],
        [mirrored(1, lines=ORDERED), mirrored(2, lines=ORDERED)],
    )
    tell, *stops = actions(seen)
    assert tell.alert.orders == (2, 1)
    assert stops == [Stop(2, "M2"), Stop(1, "M1")]

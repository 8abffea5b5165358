"""The red clock: when it is red, when it has ended, when it rests, and whose time it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fakemarket.faces.panel.countdown import Awaited, Countdown, countdown, urgency
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Countdown as CountdownSettings

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place

DAY = 86_400


@pytest.mark.parametrize(("left", "urgent"), [(DAY + 1, False), (DAY, False), (DAY - 1, True), (0, True), (-1, True)])
def test_it_is_red_with_less_than_a_day_left(left: int, urgent: bool) -> None:
    assert Countdown(Awaited.SHIPMENT, ends_at=left, now=0).urgent is urgent
    assert Countdown(Awaited.ANSWER, ends_at=left, now=0).urgent is urgent


@pytest.mark.parametrize("awaited", [Awaited.PAYMENT, Awaited.RECEIPT])
def test_other_peoples_time_is_never_red(awaited: Awaited) -> None:
    assert not Countdown(awaited, ends_at=1, now=0).urgent


@pytest.mark.parametrize(
    ("left", "text"),
    [(DAY + 3 * 3600 + 15 * 60 + 59, "1 d 03:15"), (59, "0 d 00:00"), (1, "0 d 00:00"), (0, "ended"), (-1, "ended")],
)
def test_it_shows_days_hours_and_minutes_until_the_second_it_ends(left: int, text: str) -> None:
    assert Countdown(Awaited.SHIPMENT, ends_at=left, now=0).text == text


def test_a_clock_at_rest_shows_what_was_left_and_is_not_red() -> None:
    resting = Countdown(Awaited.SHIPMENT, ends_at=1000, now=900, stopped_at=400)
    assert (resting.left_seconds, resting.urgent, resting.words) == (600, False, "to ship, at rest")


def test_each_status_shows_the_time_that_runs_in_it(market: Market, place: Place) -> None:
    unpaid, cancelling, frozen, sent = (place(market) for _ in range(4))
    unpaid = place(market, wait=False, attempts_seconds=(), pays=False)
    world = market.world
    world.move(cancelling, Move.REQUEST_CANCEL, "buyer")
    world.move(frozen, Move.FREEZE, "platform")
    world.declare(sent, carrier="GLS_ES", number="12345678901", whole=True, cause="call")
    market.advance(hours=1)
    shown = [countdown(world, order) for order in (unpaid, cancelling, frozen, sent)]
    assert [each and each.words for each in shown] == [
        "for the buyer to pay",
        "to answer the buyer",
        "to ship, at rest",
        "for the buyer to confirm",
    ]


def test_a_request_to_cancel_that_stops_no_clock_shows_the_earlier_end(
    open_market: Callable[..., Market], place: Place
) -> None:
    market = open_market(countdown=CountdownSettings(pauses_in_cancel=False))
    order = place(market)
    assert order.ship_by_at is not None
    market.advance_to(order.ship_by_at - DAY)
    market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    shown = countdown(market.world, order)
    assert shown == Countdown(Awaited.SHIPMENT, order.ship_by_at, market.now())


def test_a_missed_order_stays_ended(market: Market, place: Place) -> None:
    order = place(market)
    assert order.ship_by_at is not None
    market.advance_to(order.ship_by_at)
    assert order.status is Status.FINISH
    market.advance(days=3)
    shown = countdown(market.world, order)
    assert shown is not None
    assert (shown.text, shown.urgent) == ("ended", True)


def test_least_time_left_comes_first_then_rests_then_others_then_none() -> None:
    late = Countdown(Awaited.SHIPMENT, ends_at=500, now=0)
    soon = Countdown(Awaited.ANSWER, ends_at=100, now=0)
    overdue = Countdown(Awaited.SHIPMENT, ends_at=-100, now=0)
    resting = Countdown(Awaited.SHIPMENT, ends_at=50, now=0, stopped_at=10)
    buyers = Countdown(Awaited.PAYMENT, ends_at=10, now=0)
    missed = Countdown(Awaited.SHIPMENT, ends_at=-10, now=0, stopped_at=-10)
    ordered = [overdue, soon, late, resting, buyers]
    assert sorted([buyers, resting, late, overdue, soon], key=urgency) == ordered
    assert urgency(missed) == urgency(None) > urgency(buyers)

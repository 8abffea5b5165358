"""An order's page: what it shows in every status, and what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fakemarket.faces.panel.moments import Local
from fakemarket.faces.panel.story import WORDS, told
from fakemarket.market import Market
from fakemarket.rules.panel import panel_label
from fakemarket.rules.status import EndReason, Move, Status
from fakemarket.settings import Countdown, Demand, Settings
from fakemarket.showcase import show_every_status
from fakemarket.world.ledger import Event

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place, Visitor

GOOD = {"do": "declare", "carrier": "GLS_ES", "number": "12345678901", "send": "all", "website": ""}


@pytest.fixture(scope="module")
def one_of_each() -> Market:
    market = Market(seed=2, settings=Settings(demand=Demand(orders_per_day=0)))
    show_every_status(market.world)
    return market


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_page_that_tells_all_that_happened(
    one_of_each: Market, visit: type[Visitor], status: Status
) -> None:
    [order] = one_of_each.orders(status)
    visitor = visit(one_of_each)
    visitor.get(f"/orders/{order.id}")
    buyer = one_of_each.world.people.buyer(order)
    said = (panel_label(order.status, order.end_reason), order.status, buyer.name, buyer.street, buyer.zip_code)
    for words in said:
        assert " ".join(words.split()) in visitor.text
    assert visitor.source.count("<li>") + visitor.source.count('<li class="bad">') >= len(
        one_of_each.ledger.of(order.id)
    )
    for event in one_of_each.ledger.of(order.id):
        assert WORDS[event.what] in visitor.text


def test_lines_add_up_to_the_total(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market, goods=((1, 2, 1250), (2, 1, 399)))
    visitor.get(f"/orders/{order.id}")
    for words in ("12.50 EUR 2 25.00 EUR", "3.99 EUR 1 3.99 EUR", "Paid 28.99 EUR", order.lines[1].sku):
        assert words in visitor.text


def test_times_are_told_in_the_sellers_zone_and_it_is_named(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    assert order.ship_by_at == 1_772_870_400  # Saturday 7 March 2026, 00:00 in Los Angeles
    visitor.get(f"/orders/{order.id}")
    assert "Mon 2 Mar 2026, 01:15:00 market time, Europe/Madrid" in visitor.text
    assert "before Sat 7 Mar, 09:00" in visitor.text
    assert "ends in America/Los_Angeles" in visitor.text


def test_a_shipment_is_declared_and_the_countdown_stops(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    assert order.ship_by_at is not None
    market.advance_to(order.ship_by_at - 1)
    said = visitor.do(f"/orders/{order.id}", **GOOD)
    assert "Declared GLS_ES 12345678901. The countdown stopped with 0 d 00:00 left." in said
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS
    assert "12345678901 GLS_ES everything" in said
    assert [event.cause for event in market.ledger.named(Move.DECLARE_ALL)] == ["panel"]


def test_at_the_second_the_countdown_ends_it_is_too_late(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    assert order.ship_by_at is not None
    market.advance_to(order.ship_by_at)
    assert visitor.post(f"/orders/{order.id}", GOOD).status == 422
    assert f"AliExpress refuses: order {order.id} is FINISH" in visitor.text
    assert "Missed No shipment was declared before Sat 7 Mar, 09:00. The order was closed and not charged." in (
        visitor.text
    )
    assert "Not charged" in visitor.text


def test_a_part_leaves_the_countdown_running(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    said = visitor.do(f"/orders/{order.id}", **GOOD | {"send": "part"})
    assert "Declared GLS_ES 12345678901. The countdown goes on." in said
    assert "Partially sent" in said
    assert "Enter tracking" in said
    assert visitor.do(f"/orders/{order.id}", **GOOD | {"number": "12345678902"}).count("GLS_ES") > 1
    assert [each.whole for each in order.declarations] == [False, True]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"number": "123"}, "NUMBER_FORMAT"),
        ({"number": ""}, "NUMBER_FORMAT"),
        ({"carrier": "PIGEON"}, "CARRIER_NOT_AUTHORISED"),
        ({"carrier": "OTHER_ES_LOCAL", "number": "ABC123"}, "WEBSITE_MISSING"),
    ],
)
def test_a_refusal_stands_beside_the_form_as_it_was_filled_in(
    market: Market, visitor: Visitor, place: Place, entry: dict[str, str], code: str
) -> None:
    order = place(market)
    assert visitor.post(f"/orders/{order.id}", GOOD | {"send": "part"} | entry).status == 422
    assert "AliExpress refuses: " in visitor.text
    assert f"({code})" in visitor.text
    assert f'value="{entry.get("number", GOOD["number"])}"' in visitor.source
    assert 'value="part" checked' in visitor.source
    assert 'aria-describedby="refused"' in visitor.source
    if entry.get("carrier", "PIGEON") != "PIGEON":
        assert f'value="{entry["carrier"]}" selected' in visitor.source
    assert order.status is Status.WAIT_SELLER_SEND_GOODS
    assert [event.what for event in market.ledger.of(order.id)][-1] == "declare_refused"


def test_an_other_carrier_is_taken_with_its_website(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    entry = {"carrier": "OTHER_ES_LOCAL", "number": "ABC123", "website": "https://track.example"}
    assert "Declared OTHER_ES_LOCAL ABC123." in visitor.do(f"/orders/{order.id}", **GOOD | entry)


def test_an_entry_without_end_is_refused_before_the_market_hears_of_it(
    market: Market, visitor: Visitor, place: Place
) -> None:
    order = place(market)
    before = market.ledger.digest()
    assert visitor.post(f"/orders/{order.id}", GOOD | {"number": "1" * 201}).status == 422
    assert "An entry may have 200 characters at most." in visitor.text
    assert market.ledger.digest() == before


def test_a_cancellation_is_accepted(market: Market, visitor: Visitor, place: Place) -> None:
    order = place(market)
    market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    visitor.get(f"/orders/{order.id}")
    assert "Unanswered, the request is granted at Wed 4 Mar, 01:15. The countdown to ship rests" in visitor.text
    assert "The cancellation is accepted" in visitor.do(f"/orders/{order.id}", do="accept")
    assert (order.status, order.end_reason) == (Status.FINISH, EndReason.CANCEL_ORDER_CLOSE_TRADE)


def test_a_cancellation_is_refused_and_the_clock_goes_on_where_it_stopped(
    market: Market, visitor: Visitor, place: Place
) -> None:
    order = place(market)
    ship_by_at = order.ship_by_at
    assert ship_by_at is not None
    market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    market.advance(hours=5)
    assert "The cancellation is refused" in visitor.do(f"/orders/{order.id}", do="refuse")
    assert (order.status, order.ship_by_at) == (Status.WAIT_SELLER_SEND_GOODS, ship_by_at + 5 * 3600)


def test_a_clock_that_a_request_does_not_stop_is_said_to_run_on(
    open_market: Callable[..., Market], visit: type[Visitor], place: Place
) -> None:
    market = open_market(countdown=Countdown(pauses_in_cancel=False))
    order = place(market)
    market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    visitor = visit(market)
    visitor.get(f"/orders/{order.id}")
    assert "The countdown to ship runs on meanwhile." in visitor.text


@pytest.mark.parametrize("answer", ["accept", "refuse"])
def test_an_answer_that_comes_too_late_says_so(market: Market, visitor: Visitor, place: Place, answer: str) -> None:
    order = place(market)
    before = market.ledger.digest()
    assert visitor.post(f"/orders/{order.id}", {"do": answer}).status == 422
    assert "The order is WAIT_SELLER_SEND_GOODS: no cancellation request waits any more." in visitor.text
    assert market.ledger.digest() == before


@pytest.mark.parametrize("number", ["1", "9109557000000000", "x", "1" * 30, "²", "-1", "%"])
def test_an_unknown_order_has_a_page_in_the_same_dress(visitor: Visitor, number: str) -> None:
    assert visitor.send("GET", f"/orders/{number}").status == 404
    assert f"There is no order {number} in this market." in visitor.text
    assert "redclock seller" in visitor.text
    assert visitor.post(f"/orders/{number}", GOOD).status == 404


def test_a_form_that_says_nothing_is_refused(market: Market, visitor: Visitor, place: Place) -> None:
    assert visitor.post(f"/orders/{place(market).id}", {"do": "dance"}).status == 400


def test_every_move_is_told_in_words_of_its_own() -> None:
    assert set(Move) <= set(WORDS)
    assert len(set(WORDS.values())) == len(WORDS)


def test_an_event_without_words_is_told_as_it_stands() -> None:
    event = Event(0, 0, 1, "confirmation_extended", {"number": "N1"}, "fault:2")
    shown = told(event, Local("Europe/Madrid", 0), "EUR")
    assert (shown.words, shown.who, shown.details) == ("Confirmation extended", "fault 2", ("number N1",))

"""The MIP beside AliExpress: each kind of difference, made by what causes it in a real market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakemarket.faces.panel.beside import Kind, beside
from fakemarket.market import Market
from fakemarket.rules.status import Move
from fakemarket.world.order import Order

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place, Visitor


def kinds(market: Market, order: Order) -> list[Kind]:
    return [difference.kind for difference in beside(market.world, order).differences]


@pytest.fixture
def imported(market: Market, place: Place) -> Order:
    """An order on both sides alike, whose later changes the MIP won't hear of: its token is dead."""
    order = place(market)
    market.advance(minutes=30)
    assert kinds(market, order) == []
    market.world.tokens.revoke("mip", "shop-1", cause="call")
    return order


def test_an_order_is_missing_until_the_next_round_imports_it(market: Market, place: Place) -> None:
    order = place(market, wait=False)
    assert kinds(market, order) == [Kind.MISSING]
    market.advance(minutes=14, seconds=59)
    assert kinds(market, order) == [Kind.MISSING]
    market.advance(seconds=1)
    assert kinds(market, order) == []


def test_an_order_stays_missing_while_the_token_is_dead(market: Market, place: Place) -> None:
    market.world.tokens.revoke("mip", "shop-1", cause="call")
    order = place(market)
    market.advance(days=2)
    [difference] = beside(market.world, order).differences
    assert (difference.kind, difference.since_at) == (Kind.MISSING, order.placed_at)


def test_a_status_is_stale_when_the_order_went_on_without_the_mip(market: Market, imported: Order) -> None:
    market.world.move(imported, Move.FREEZE, "platform")
    market.advance(hours=1)
    [difference] = beside(market.world, imported).differences
    assert (difference.kind, difference.since_at) == (Kind.STALE_STATUS, imported.modified_at)


def test_a_deadline_differs_after_a_rest(market: Market, imported: Order) -> None:
    market.world.move(imported, Move.FREEZE, "platform")
    market.advance(hours=30)
    assert kinds(market, imported) == [Kind.OTHER_DEADLINE]


def test_tracking_is_missing_on_aliexpress_until_a_person_enters_it(
    market: Market, visitor: Visitor, imported: Order
) -> None:
    mirror = market.world.mip.mirror(imported.id)
    assert mirror is not None
    market.world.mip.add_shipment(mirror, imported.lines, "gls", "12345678901", cause="supplier")
    market.advance(hours=2)
    assert kinds(market, imported) == [Kind.NUMBER_NOT_DECLARED]
    entry = {"do": "declare", "carrier": "GLS_ES", "number": "12345678901", "send": "all"}
    visitor.do(f"/orders/{imported.id}", **entry)
    assert kinds(market, imported) == [Kind.STALE_STATUS]


def test_a_number_entered_by_hand_is_missing_in_the_mip(market: Market, visitor: Visitor, imported: Order) -> None:
    entry = {"do": "declare", "carrier": "GLS_ES", "number": "12345678901", "send": "all"}
    visitor.do(f"/orders/{imported.id}", **entry)
    assert kinds(market, imported) == [Kind.STALE_STATUS, Kind.NUMBER_UNKNOWN]


def test_the_order_page_marks_what_differs(market: Market, visitor: Visitor, imported: Order) -> None:
    visitor.get(f"/orders/{imported.id}")
    assert "Differs" not in visitor.text
    market.world.move(imported, Move.FREEZE, "platform")
    visitor.get(f"/orders/{imported.id}")
    assert visitor.text.count("Differs") == 1
    assert "Status Differs IN_FROZEN WAIT_SELLER_SEND_GOODS" in visitor.text


def test_the_order_page_says_that_the_mip_has_never_seen_it(market: Market, visitor: Visitor, place: Place) -> None:
    visitor.get(f"/orders/{place(market, wait=False).id}")
    assert "Differs The MIP has never imported this order." in visitor.text


def test_the_overview_counts_and_lists_every_difference(busy_market: Market, visit: type[Visitor]) -> None:
    visitor, world = visit(busy_market), busy_market.world
    compared = {order.id: kinds(busy_market, order) for order in busy_market.orders()}
    differing = {number: found for number, found in compared.items() if found}
    assert {Kind.MISSING, Kind.STALE_STATUS, Kind.NUMBER_NOT_DECLARED} <= {k for ks in differing.values() for k in ks}
    visitor.get("/mip")
    assert f"{len(world.orders)} orders compared, {len(differing)} differ." in visitor.text
    for kind in Kind:
        expected = {number for number, found in compared.items() if kind in found}
        assert f"<b>{len(expected)}</b> <span>{kind}</span>" in visitor.source
        seen: set[int] = set()
        for page in (1, 2, 3):
            visitor.get("/mip", f"kind={kind.name.lower()}&page={page}")
            seen |= {int(link.rpartition("/")[2]) for link in visitor.links if "/orders/" in link}
        assert seen == expected
        assert ("No order differs like that." in visitor.text) is (not expected)
        assert "Both sides agree" not in visitor.text


def test_when_both_sides_agree_the_overview_says_so(market: Market, visitor: Visitor, place: Place) -> None:
    place(market)
    market.advance(minutes=30)
    visitor.get("/mip", "kind=nonsense")
    assert "1 orders compared, 0 differ." in visitor.text
    assert "Both sides agree on every order." in visitor.text

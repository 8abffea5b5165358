"""Nothing that anybody wrote becomes part of a page's own language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from fakemarket.faces.panel import orders
from fakemarket.market import Market
from fakemarket.world.goods import product
from fakemarket.world.people import People

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Place, Visitor

EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
SELLER = "<b>\"shop' & co</b>"
OURS = 1
"""Scripts on each page that are ours: a reference to our own file."""


def test_words_of_buyers_goods_sellers_and_the_mip_are_shown_as_they_are(
    open_market: Callable[..., Market], visit: type[Visitor], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = open_market(sellers=(SELLER, "shop-2"))
    order = place(market, seller=SELLER)
    market.advance(minutes=30)
    buyer = market.world.people.buyer(order)
    evil = dict.fromkeys(("login", "first_name", "last_name", "street", "city", "province", "country_name"), EVIL)
    monkeypatch.setattr(People, "buyer", lambda *_: buyer._replace(**evil))
    monkeypatch.setattr(orders, "product", lambda bits: product(bits)._replace(name=EVIL, sku=EVIL))
    mirror = market.world.mip.mirror(order.id)
    assert mirror is not None
    market.world.mip.add_shipment(mirror, (order.lines[0]._replace(quantity=1),), EVIL, EVIL, cause=EVIL)
    market.world.note(order.id, EVIL, {"number": EVIL, "why": EVIL}, EVIL)
    visitor = visit(market)
    for path, query in (
        ("/", ""),
        ("/", f"q={quote(EVIL)}&status={quote(EVIL)}&bucket={quote(EVIL)}&seller={quote(EVIL)}&sort={quote(EVIL)}"),
        (f"/orders/{order.id}", quote(EVIL)),
        ("/mip", f"kind={quote(EVIL)}"),
        ("/tokens", ""),
        ("/templates", ""),
    ):
        source = visitor.get(path, query)
        assert source.count("<script") == OURS, path
        assert "<img src=x" not in source
        assert '<b>"shop' not in source
    entry = {"do": "declare", "carrier": EVIL, "number": EVIL, "website": EVIL}
    assert visitor.post(f"/orders/{order.id}", entry).status == 422
    assert EVIL in visitor.text
    assert visitor.source.count("<script") == OURS


def test_an_address_that_nobody_made_is_shown_as_it_is(visitor: Visitor) -> None:
    for path in (f"/{EVIL}", f"/orders/{EVIL}"):
        assert visitor.send("GET", path).status == 404
        assert visitor.source.count("<script") == OURS


def test_a_forged_message_is_text(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.cookies["redclock_said"] = quote(EVIL)
    assert visitor.get("/").count("<script") == OURS
    assert EVIL in visitor.text

"""Tokens and delivery templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fakemarket.market import Market
from fakemarket.settings import Countdown, Settings, Tokens

if TYPE_CHECKING:
    from tests.faces.panel.conftest import Visitor


@pytest.mark.parametrize("app", ["own", "mip"])
def test_a_dead_token_is_shown_and_authorised_again(market: Market, visitor: Visitor, app: str) -> None:
    tokens = market.world.tokens
    tokens.revoke(app, "shop-1", cause="call")
    visitor.get("/tokens")
    assert visitor.text.count("revoked") == 1
    old = tokens.current(app, "shop-1")
    said = visitor.do("/tokens", app=app, seller="shop-1")
    assert f"Authorised {app} for shop-1, until Wed 1 Apr 2026, 02:00:00." in said
    assert "revoked" not in said
    assert tokens.alive(app, "shop-1")
    assert tokens.current(app, "shop-1") != old
    assert [event.cause for event in market.ledger.named("token_authorised")][-1] == "panel"


@pytest.mark.parametrize(("seconds", "state"), [(-1, "alive"), (0, "expired"), (1, "expired")])
def test_a_token_expires_on_the_second(
    open_market: Callable[..., Market], visit: type[Visitor], seconds: int, state: str
) -> None:
    market = open_market(tokens=Tokens(access_hours=2, refresh_hours=4))
    market.advance_to(market.world.tokens.current("own", "shop-1").expires_at + seconds)
    visitor = visit(market)
    visitor.get("/tokens")
    assert f"own app shop-1 {state}" in visitor.text


def test_no_page_shows_a_token_or_a_secret(busy_market: Market, visit: type[Visitor]) -> None:
    world, visitor = busy_market.world, visit(busy_market)
    secrets = {world.mip.api_key, *(app.secret for app in world.tokens.apps)}
    for seller in ("shop-1", "shop-2"):
        for app in ("own", "mip"):
            grant = world.tokens.current(app, seller)
            secrets |= {grant.access_token, grant.refresh_token}
    for path in ("/", "/tokens", "/mip", "/templates", f"/orders/{busy_market.orders()[0].id}"):
        source = visitor.get(path)
        assert not [secret for secret in secrets if secret in source]


def test_a_channel_that_fails_shows_how_often(busy_market: Market, visit: type[Visitor]) -> None:
    visitor = visit(busy_market)
    visitor.get("/tokens")
    channel = busy_market.world.mip.channels["shop-2"]
    assert channel.consecutive_errors > 90
    assert f"{channel.consecutive_errors} IllegalAccessToken" in visitor.text


@pytest.mark.parametrize(
    "fields", [{}, {"app": "own"}, {"app": "x", "seller": "shop-1"}, {"app": "own", "seller": "x"}]
)
def test_nobody_else_is_authorised(market: Market, visitor: Visitor, fields: dict[str, str]) -> None:
    before = market.ledger.digest()
    assert visitor.post("/tokens", fields).status == 400
    assert market.ledger.digest() == before


def test_each_sellers_templates_are_shown_as_the_api_lists_them(busy_market: Market, visit: type[Visitor]) -> None:
    visitor = visit(busy_market)
    visitor.get("/templates")
    for seller in busy_market.settings.sellers:
        for template in busy_market.world.templates.of(seller):
            marked = "yes" if template.is_default else "Make it the default"
            said = f"{template.name} {seller} {template.preparation_days} working days {marked}"
            assert said in visitor.text, visitor.text


def test_one_day_is_no_days(visit: type[Visitor]) -> None:
    visitor = visit(Market(settings=Settings(countdown=Countdown(preparation_days=1, other_template_days=(2,)))))
    visitor.get("/templates")
    assert "Shipping in 1 working day shop-1 1 working day yes" in visitor.text
    assert "Shipping in 2 working days shop-1 2 working days" in visitor.text


def test_a_chosen_template_holds_for_orders_placed_from_then_on(market: Market, visitor: Visitor) -> None:
    before = market.place(pays=True)
    other = next(it for it in market.world.templates.of("shop-1") if not it.is_default)
    said = visitor.do("/templates", seller="shop-1", template=str(other.template_id))
    assert f"{other.name} is the default for orders placed from now on." in said
    assert market.world.templates.default("shop-1").template_id == other.template_id
    assert before.preparation_days == market.settings.countdown.preparation_days
    assert market.place(pays=True).preparation_days == other.preparation_days


@pytest.mark.parametrize(
    "fields", [{}, {"seller": "shop-1"}, {"seller": "shop-1", "template": "x"}, {"seller": "x", "template": "1000"}]
)
def test_no_other_template_can_be_chosen(market: Market, visitor: Visitor, fields: dict[str, str]) -> None:
    before = market.ledger.digest()
    assert visitor.post("/templates", fields).status == 400
    assert market.ledger.digest() == before


@pytest.mark.parametrize(("days", "warned"), [(5, False), (6, True)])
def test_a_template_over_the_cap_is_warned_of(
    open_market: Callable[..., Market], visit: type[Visitor], days: int, warned: bool
) -> None:
    settings = Countdown(preparation_days=days, other_template_days=(3,), cap_days=5)
    visitor = visit(open_market(countdown=settings))
    visitor.get("/templates")
    assert ("said to take at most 5" in visitor.text) is warned

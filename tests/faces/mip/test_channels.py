"""A channel's health: what the platform lets on about a token that died, and how a person mends it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fakemarket.faults import MissingFromImport
from fakemarket.market import Market
from fakemarket.settings import Demand, Mip, Settings, Tokens
from fakemarket.world.order import Order, OrderId

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]

CHANNEL = "/v1/channels/aliexpress-shop-1"
LONG_AGO = "2026-03-01T00:00:00Z"


def test_there_is_a_channel_for_each_seller(ask_of: Callable[[Market], Ask]) -> None:
    ask = ask_of(Market(settings=Settings(sellers=("shop-1", "shop-2"))))
    assert ask("GET /v1/channels") == (
        200,
        {
            "data": [
                {"id": "aliexpress-shop-1", "marketplace": "aliexpress", "seller": "shop-1"},
                {"id": "aliexpress-shop-2", "marketplace": "aliexpress", "seller": "shop-2"},
            ]
        },
    )


def test_a_healthy_channel_says_when_it_last_looked_and_pushed(market: Market, ask: Ask, place: Place) -> None:
    place()
    market.advance(days=9)
    push = market.ledger.named("declare_all")[-1].at
    assert ask(f"GET {CHANNEL}/sync-status")[1] == {
        "channel": "aliexpress-shop-1",
        "token_status": "ok",
        "token_expires_at": "2026-04-01T00:00:00Z",
        "last_import_at": "2026-03-11T00:00:00Z",
        "last_successful_import_at": "2026-03-11T00:00:00Z",
        "last_push_at": datetime.fromtimestamp(push, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "consecutive_errors": 0,
        "last_error": None,
    }


def test_a_token_that_just_died_looks_well_until_the_next_round(market: Market, ask: Ask) -> None:
    market.advance(hours=1)
    before = ask(f"GET {CHANNEL}/sync-status")[1]
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    market.advance(minutes=14, seconds=59)
    assert ask(f"GET {CHANNEL}/sync-status")[1] == before
    market.advance(seconds=1)
    assert ask(f"GET {CHANNEL}/sync-status")[1] == {
        **before,
        "token_status": "error",
        "last_import_at": "2026-03-02T01:15:00Z",
        "consecutive_errors": 1,
        "last_error": "IllegalAccessToken",
    }


def test_errors_add_up_round_by_round_and_the_promised_date_stays(market: Market, ask: Ask) -> None:
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    market.advance(hours=2)
    health = ask(f"GET {CHANNEL}/sync-status")[1]
    assert health["consecutive_errors"] == 8
    assert health["token_expires_at"] == "2026-04-01T00:00:00Z"
    assert health["last_successful_import_at"] is None


@pytest.mark.parametrize(("age_days", "status"), [(29, "ok"), (30, "error")])
def test_a_token_dies_of_age_where_the_platform_does_not_refresh_it(
    age_days: int, status: str, ask_of: Callable[[Market], Ask]
) -> None:
    settings = Settings(demand=Demand(orders_per_day=0), mip=Mip(refreshes_token=False))
    market = Market(settings=settings)
    ask = ask_of(market)
    market.advance(days=age_days)
    assert ask(f"GET {CHANNEL}/sync-status")[1]["token_status"] == status


def test_a_new_token_lets_rounds_go_on_but_what_was_missed_needs_an_import_by_hand(
    ask_of: Callable[[Market], Ask],
) -> None:
    """The rounds look back a day at most; the token was dead for three."""
    market = Market(seed=3, settings=Settings(demand=Demand(orders_per_day=30)), history_days=1)
    ask = ask_of(market)
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    market.advance(days=3)
    assert ask(f"GET {CHANNEL}/sync-status")[1]["consecutive_errors"] >= 3 * 96

    def missing() -> set[OrderId]:
        return {order.id for order in market.orders()} - set(market.world.mip.orders)

    dead = ask(f"POST {CHANNEL}/import", from_=LONG_AGO)
    assert (dead[0], dead[1]["error"]["code"]) == (409, "conflict")
    assert "reset its credentials" in dead[1]["error"]["message"]

    missed = len(missing())
    status, health = ask(f"POST {CHANNEL}/reset-credentials")
    assert (status, health["token_expires_at"]) == (200, "2026-04-05T00:00:00Z")
    assert health["token_status"] == "error", "it has not been tried yet"
    market.advance(minutes=15)
    assert ask(f"GET {CHANNEL}/sync-status")[1]["token_status"] == "ok"
    assert ask(f"GET {CHANNEL}/sync-status")[1]["consecutive_errors"] == 0
    assert 0 < len(missing()) < missed

    left = len(missing())
    status, imported = ask(f"POST {CHANNEL}/import", from_=LONG_AGO)
    assert status == 200
    assert imported == {
        "channel": "aliexpress-shop-1",
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-06T00:15:00Z",
        "new_orders": left,
    }
    assert not missing()
    assert len(market.ledger.named("mip_failing")) == len(market.ledger.named("mip_recovered")) == 1


def test_an_import_by_hand_takes_in_what_the_rounds_never_see(ask_of: Callable[[Market], Ask]) -> None:
    market = Market(seed=3, faults=[MissingFromImport()], history_days=2)
    ask = ask_of(market)
    assert ask("GET /v1/orders")[1]["data"] == []
    assert ask(f"POST {CHANNEL}/import", from_=LONG_AGO)[1]["new_orders"] == len(market.orders())
    assert ask(f"POST {CHANNEL}/import", from_=LONG_AGO)[1]["new_orders"] == 0


def test_an_import_by_hand_is_a_use_of_the_token_like_any_other(market: Market, ask: Ask) -> None:
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    ask(f"POST {CHANNEL}/import", from_=LONG_AGO)
    assert ask(f"GET {CHANNEL}/sync-status")[1]["consecutive_errors"] == 1
    ask(f"POST {CHANNEL}/reset-credentials")
    ask(f"POST {CHANNEL}/import", from_=LONG_AGO)
    health = ask(f"GET {CHANNEL}/sync-status")[1]
    assert (health["token_status"], health["consecutive_errors"], health["last_error"]) == ("ok", 0, None)
    assert health["last_successful_import_at"] is None, "that is for the rounds, which go on from there"


def test_an_import_takes_both_ends_of_its_window(market: Market, ask: Ask, place: Place) -> None:
    market.advance(seconds=60)
    place(pays=False, attempts_seconds=())
    market.advance(seconds=60)
    for start, end, new in ((61, 120, 0), (0, 59, 0), (60, 60, 1)):
        window = {"from_": f"2026-03-02T00:0{start // 60}:{start % 60:02d}Z"}
        window["to"] = f"2026-03-02T00:0{end // 60}:{end % 60:02d}Z"
        assert ask(f"POST {CHANNEL}/import", **window)[1]["new_orders"] == new


def test_a_window_that_ends_before_it_begins_is_refused(market: Market, ask: Ask) -> None:
    market.advance(hours=1)
    backwards = {"from_": "2026-03-02T00:30:01Z", "to": "2026-03-02T00:30:00Z"}
    assert ask(f"POST {CHANNEL}/import", **backwards)[0] == 422
    assert ask(f"POST {CHANNEL}/import", from_="2026-03-02T01:00:01Z")[0] == 422
    assert ask(f"POST {CHANNEL}/import", from_="2026-03-02T01:00:00Z")[0] == 200
    assert ask(f"POST {CHANNEL}/import")[1]["error"]["details"][0]["field"] == "from"


def test_a_reset_ends_the_old_pair_and_the_new_one_lives_a_full_term(
    ask_of: Callable[[Market], Ask],
) -> None:
    market = Market(settings=Settings(tokens=Tokens(access_hours=48)))
    ask = ask_of(market)
    old = market.credentials(app="mip")
    market.advance(hours=10)
    assert ask(f"POST {CHANNEL}/reset-credentials")[1]["token_expires_at"] == "2026-03-04T10:00:00Z"
    assert market.credentials(app="mip").access_token != old.access_token
    assert market.world.tokens.check(old.access_token, app="mip") == "revoked"


def test_being_looked_at_renews_no_token_but_the_next_round_does(ask_of: Callable[[Market], Ask]) -> None:
    """The renewal is due a day before the end, here 86 seconds before the round at day 29."""
    settings = Settings(demand=Demand(orders_per_day=0), mip=Mip(token_age_days=0.001))
    market = Market(settings=settings)
    ask = ask_of(market)
    market.advance(days=29, seconds=-30)
    assert ask(f"GET {CHANNEL}/sync-status")[1]["token_expires_at"] == "2026-03-31T23:58:34Z"
    assert not market.ledger.named("token_refreshed")
    market.advance(seconds=30)
    assert ask(f"GET {CHANNEL}/sync-status")[1]["token_expires_at"] == "2026-04-30T00:00:00Z"


def test_an_unknown_channel_is_not_found_and_the_known_ones_are_named(ask: Ask) -> None:
    for what in ("GET /v1/channels/x/sync-status", "POST /v1/channels/x/reset-credentials"):
        status, said = ask(what)
        assert (status, said["error"]["code"]) == (404, "not_found")
        assert "aliexpress-shop-1" in said["error"]["message"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_an_instant_that_no_calendar_has_in_utc_is_refused(ask: Ask, at: str) -> None:
    assert ask("POST /v1/channels/aliexpress-shop-1/import", from_=at)[0] == 422
    assert ask("GET /v1/orders", updated_since=at)[0] == 422

"""The reference subject in markets where one thing goes wrong: what can be saved is saved."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from fakemarket.distributions import Uniform
from fakemarket.faults import Aim, Fault, Window
from fakemarket.faults.kinds import (
    AnswerLost,
    Down,
    FailsInside,
    Garbage,
    LateVisibility,
    MissingFromImport,
    MissingFromList,
    PageDrift,
    RateLimited,
    RefreshRace,
    Timeout,
    TokenDies,
)
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Buyers, Demand, Mip, Settings, Tokens, Warehouse, Wire
from fakemarket.world.tokens import OWN_APP
from redclock.checks.invariants import broken
from redclock.drive import drive
from redclock.run import ports_to
from redclock.subject.caretaker import Caretaker, leaves_renewals_to_people

DAY, HOUR = 86_400, 3600
DAYS = 4
QUICK = Warehouse(preparation_working_days=Uniform(0.2, 1.2), out_of_stock_share=0.0)
SETTINGS = Settings(
    demand=Demand(orders_per_day=30.0), warehouse=QUICK, buyers=Buyers(cancel_share=0.05, frozen_share=0.0)
)
FULFILL = "aliexpress.solution.order.fulfill"
DEAD = TokenDies(MONDAY + DAY)
NO_RENEWAL = Down(Aim("POST /v1/channels/{id}/reset-credentials", window=Window(None, MONDAY + 4 * DAY + 14 * HOUR)))
"""Long enough for the first orders to be declared without the platform, short enough for the last to be imported."""


def looked_after(*faults: Fault, settings: Settings = SETTINGS, subject: type | object = Caretaker) -> Market:
    market = Market(seed=8, settings=settings, faults=faults, orders_until_at=MONDAY + DAYS * DAY)
    drive(market, subject(ports_to(market)), MONDAY + (DAYS + 10) * DAY)  # type: ignore[operator]
    return market


def lost(market: Market) -> set[int | None]:
    """Orders that could have been saved: the countdown ended though a number was known, or no renewal was barred."""
    ended = {it.order: it.at for it in market.ledger.named("countdown_ends")}
    if NO_RENEWAL in market.faults.installed.values():
        return {it.order for it in market.ledger.named("tracking_known") if it.at < ended.get(it.order, 0)}
    return set(ended)


def alerts(market: Market) -> Counter[str]:
    return Counter(it.facts["kind"] for it in market.ledger.named("alert"))


@pytest.mark.parametrize(
    "faults",
    [
        (Down(Aim(share=0.1)),),
        (Timeout(Aim(share=0.1)),),
        (Garbage(Aim(share=0.1)),),
        (FailsInside(Aim(share=0.1)),),
        (AnswerLost(Aim(share=0.1)), DEAD),
        (FailsInside(Aim(FULFILL, share=0.3)), DEAD, NO_RENEWAL),
        (PageDrift(Aim(), rows=1, count_off=-3), MissingFromImport(Aim(share=0.05))),
        (LateVisibility(), MissingFromImport(Aim(share=0.05))),
        (MissingFromList(Aim(share=0.1)), DEAD, NO_RENEWAL),
        (RefreshRace(),),
        (TokenDies(MONDAY + DAY, app="own"),),
    ],
    ids=lambda faults: "-".join(it.kind for it in faults),
)
def test_no_countdown_ends_and_no_rule_is_broken(faults: tuple[Fault, ...]) -> None:
    market = looked_after(*faults)
    assert not lost(market)
    assert not broken(market.ledger)


def test_what_the_platform_has_of_an_order_is_as_old_as_the_look_that_first_heard_it() -> None:
    market = Market(seed=8, settings=SETTINGS)
    subject = Caretaker(ports_to(market))
    (picture,) = subject.pictures
    heard: dict[int, int] = {}
    while market.now() < MONDAY + DAY:
        again_at = subject.wake(market.now())
        heard |= dict.fromkeys(picture.mip.keys() - heard.keys(), market.now())
        market.advance(seconds=again_at - market.now())
    assert heard
    assert all(picture.turned[order] >= at for order, at in heard.items())
    assert any(picture.turned[order] == at for order, at in heard.items())


def test_one_dead_token_of_five_is_found_among_totals_that_look_well() -> None:
    shops = tuple(f"shop-{number}" for number in range(1, 6))
    settings = Settings(sellers=shops, demand=Demand(orders_per_day=6.0), warehouse=QUICK)
    market = looked_after(TokenDies(MONDAY + DAY, seller="shop-3"), settings=settings)
    (told,) = (it for it in market.ledger.named("alert") if it.facts["kind"] == "token_dead")
    assert told.facts["channel"] == "aliexpress-shop-3"
    assert told.at - (MONDAY + DAY) <= 30 * 60
    assert not lost(market)


def test_numbers_are_declared_one_a_second_when_no_more_are_taken() -> None:
    wire = Wire(app_method_calls_per_second=1)
    settings = Settings(demand=Demand(orders_per_day=60.0, several_products_share=0.0), warehouse=QUICK, wire=wire)
    market = looked_after(DEAD, NO_RENEWAL, settings=settings)
    at = [it.at for it in market.ledger.named("declare_all") if it.cause == "call"]
    assert len(at) > 20
    assert len(set(at)) == len(at)
    assert not lost(market)


def test_calls_that_never_get_through_a_ban_are_tried_half_as_often_each_time() -> None:
    market = Market(seed=8, settings=SETTINGS, faults=(RateLimited(Aim("aliexpress."), ban_seconds=1),))
    subject, woken_at = Caretaker(ports_to(market)), [market.now()]
    while (at := subject.wake(woken_at[-1])) < MONDAY + 15 * 60:
        market.advance(seconds=at - woken_at[-1])
        woken_at.append(at)
    assert [after - before for before, after in pairwise(woken_at)] == [1 << n for n in range(9)]


def test_a_small_quota_is_shared_out_so_that_declarations_always_get_through() -> None:
    settings = Settings(demand=Demand(orders_per_day=30.0), warehouse=QUICK, wire=Wire(app_calls_per_day=60))
    market = looked_after(DEAD, NO_RENEWAL, settings=settings)
    assert not alerts(market)["quota_gone"]
    assert not lost(market)


def test_people_get_the_numbers_when_neither_side_has_a_live_token() -> None:
    market = looked_after(DEAD, TokenDies(MONDAY + DAY, app="own"), subject=leaves_renewals_to_people)
    told = [it for it in market.ledger.named("alert") if it.facts["kind"] == "manual_entry"]
    numbers = [entry["number"] for it in told for entry in it.facts["entries"]]
    assert len(numbers) == len(set(numbers)) > 10, "each once"
    for it in told:
        ends = [entry["ship_by_at"] for entry in it.facts["entries"]]
        assert ends == sorted(ends)
    assert not [it for it in market.ledger.named("token_authorised") if it.cause == "call"]


def test_messages_come_once_a_cause() -> None:
    wallet = Settings(demand=Demand(orders_per_day=30.0), warehouse=QUICK, mip=Mip(wallet_cents=20_000))
    market = looked_after(DEAD, NO_RENEWAL, settings=wallet)
    counted = alerts(market)
    assert counted["pending_review"] == 1
    assert counted["token_dead"] == 1
    assert counted["api_down"] == 1


def test_a_refresh_that_fails_for_the_platforms_own_trouble_is_tried_again() -> None:
    settings = replace(SETTINGS, tokens=Tokens(access_hours=24.0))
    market = looked_after(FailsInside(Aim("/auth/token/refresh", nth=1)), settings=settings)
    assert len(market.ledger.named("fault")) == 1
    assert not alerts(market)["token_dead"], "the refresh token lives: nobody need log in again"
    assert not lost(market)


def test_a_token_of_a_day_is_renewed_twice_a_day_and_nobody_need_hear_of_it() -> None:
    settings = replace(SETTINGS, tokens=Tokens(access_hours=24.0), mip=Mip(refreshes_token=False))
    market = looked_after(settings=settings)
    renewed = [it.at for it in market.ledger.named("token_authorised") if it.cause == "call"]
    assert {after - before for before, after in pairwise(renewed)} == {12 * HOUR}
    assert not {"token_expiring", "token_dead"} & alerts(market).keys()
    assert all(it.facts["app"] == OWN_APP for it in market.ledger.named("token_expired"))


@pytest.mark.parametrize(("quiet_minutes", "messages"), [(15, 1), (180, 2)])
def test_what_is_down_again_is_told_of_again_unless_it_hardly_worked(quiet_minutes: int, messages: int) -> None:
    until = MONDAY + 10 * HOUR
    again = until + quiet_minutes * 60
    down = [Down(Aim("aliexpress.", window=Window(at - 2 * HOUR, at))) for at in (until, again + 2 * HOUR)]
    market = looked_after(*down)
    told = [it for it in market.ledger.named("alert") if it.facts["kind"] == "api_down"]
    assert len(told) == messages
    assert len({it.facts["since_at"] for it in told}) == messages


def test_access_that_dies_again_soon_after_somebody_renewed_it_is_told_of_again_and_once() -> None:
    market = Market(seed=8, settings=SETTINGS, orders_until_at=MONDAY)
    subject, tokens = Caretaker(ports_to(market)), market.world.tokens
    drive(market, subject, MONDAY + HOUR, done=lambda _: False)
    tokens.revoke(OWN_APP, "shop-1", cause="test")
    drive(market, subject, MONDAY + 3 * HOUR, done=lambda _: False)
    assert alerts(market)["token_dead"] == 1
    tokens.authorise(OWN_APP, "shop-1", cause="test")
    drive(market, subject, MONDAY + 5 * HOUR, done=lambda _: False)
    tokens.revoke(OWN_APP, "shop-1", cause="test")
    drive(market, subject, MONDAY + 30 * HOUR, done=lambda _: False)
    first, second = (it.facts for it in market.ledger.named("alert"))
    assert {first["kind"], second["kind"]} == {"token_dead"}
    assert first["looked_at"] < second["looked_at"], "two messages, not one twice"

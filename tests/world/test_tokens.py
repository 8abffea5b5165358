"""Tokens: how they are granted, expire without a word, are refreshed, and die early."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.distributions import Constant, Exponential
from fakemarket.settings import Mip, Tokens
from fakemarket.world.tokens import MIP_APP, OWN_APP, Grant, Refused
from fakemarket.world.world import World

Open = Callable[..., World]
HOUR, DAY = 3600, 86_400
SELLER = "shop-1"


def own(world: World) -> Grant:
    return world.tokens.current(OWN_APP, SELLER)


def refreshed(world: World, grant: Grant) -> Grant:
    found = world.tokens.refresh(grant.refresh_token, app=OWN_APP, cause="test")
    assert isinstance(found, Grant)
    return found


def told(world: World, *what: str) -> list[tuple[str, int, str]]:
    """The tokens' events of the seller's own app: name, seconds after the start, cause."""
    return [
        (str(event.what), event.at - world.start_at, event.cause)
        for event in world.ledger.named(*what)
        if event.facts["app"] == OWN_APP
    ]


def test_every_app_and_seller_has_a_pair_of_its_own_from_the_start(open_world: Open) -> None:
    world = open_world(sellers=("one", "two"))
    grants = [world.tokens.current(app, seller) for app in (OWN_APP, MIP_APP) for seller in ("one", "two")]
    assert len({grant.access_token for grant in grants} | {grant.refresh_token for grant in grants}) == 8
    for grant in grants:
        assert world.tokens.check(grant.access_token, app=grant.app) == grant
        assert world.tokens.alive(grant.app, grant.seller)
        assert (grant.issued_at, grant.expires_at) == (world.start_at, world.start_at + 30 * DAY)
        assert grant.refresh_expires_at == world.start_at + 180 * DAY


def test_the_apps_have_keys_of_their_own_that_the_seed_decides(open_world: Open) -> None:
    apps = open_world(seed=5).tokens.apps
    assert len({app.key for app in apps} | {app.secret for app in apps}) == 4
    assert open_world(seed=5).tokens.apps == apps
    assert open_world(seed=6).tokens.apps != apps


@pytest.mark.parametrize(("later_seconds", "alive"), [(-1, True), (0, False), (1, False)])
def test_an_access_token_is_dead_from_the_second_it_expires(open_world: Open, later_seconds: int, alive: bool) -> None:
    world = open_world(tokens=Tokens(access_hours=10))
    grant = own(world)
    world.advance_to(world.start_at + 10 * HOUR + later_seconds)
    assert world.tokens.check(grant.access_token, app=OWN_APP) == (grant if alive else Refused.EXPIRED)
    assert world.tokens.alive(OWN_APP, SELLER) == alive
    assert told(world, "token_expired") == ([] if alive else [("token_expired", 10 * HOUR, "platform")])


@pytest.mark.parametrize(("later_seconds", "alive"), [(-1, True), (0, False), (1, False)])
def test_a_refresh_token_is_dead_from_the_second_it_expires(open_world: Open, later_seconds: int, alive: bool) -> None:
    world = open_world(tokens=Tokens(access_hours=10, refresh_hours=20))
    grant = own(world)
    world.advance_to(world.start_at + 20 * HOUR + later_seconds)
    found = world.tokens.refresh(grant.refresh_token, app=OWN_APP, cause="test")
    assert isinstance(found, Grant) if alive else found is Refused.EXPIRED


def test_reading_a_token_changes_nothing(open_world: Open) -> None:
    world = open_world(tokens=Tokens(access_hours=1))
    grant = own(world)
    world.advance_to(world.start_at + 2 * HOUR)
    before = world.ledger.digest()
    for token in (grant.access_token, "5000nobody"):
        world.tokens.check(token, app=OWN_APP)
    assert world.ledger.digest() == before


def test_tokens_open_no_door_of_another_app_or_kind(open_world: Open) -> None:
    world = open_world()
    grant = own(world)
    assert world.tokens.check(grant.access_token, app=MIP_APP) is Refused.UNKNOWN
    assert world.tokens.check(grant.refresh_token, app=OWN_APP) is Refused.UNKNOWN
    assert world.tokens.check("", app=OWN_APP) is Refused.UNKNOWN
    assert world.tokens.refresh(grant.refresh_token, app=MIP_APP, cause="test") is Refused.UNKNOWN
    assert world.tokens.refresh(grant.access_token, app=OWN_APP, cause="test") is Refused.UNKNOWN


@pytest.mark.parametrize("rotates", [True, False])
def test_a_refresh_gives_a_new_access_token_and_kills_the_old_one(open_world: Open, rotates: bool) -> None:
    world = open_world(tokens=Tokens(refresh_rotates=rotates))
    old = own(world)
    world.advance_to(world.start_at + DAY)
    new = refreshed(world, old)
    assert own(world) == new
    assert (new.issued_at, new.expires_at) == (world.now, world.now + 30 * DAY)
    assert world.tokens.check(new.access_token, app=OWN_APP) == new
    assert world.tokens.check(old.access_token, app=OWN_APP) is Refused.REVOKED
    assert (new.refresh_token == old.refresh_token) == (not rotates)
    again = world.tokens.refresh(old.refresh_token, app=OWN_APP, cause="test")
    assert again is Refused.REVOKED if rotates else isinstance(again, Grant)


@pytest.mark.parametrize("rotates", [True, False])
def test_the_pair_after_a_refresh_can_be_refreshed_and_revoked_too(open_world: Open, rotates: bool) -> None:
    world = open_world(tokens=Tokens(refresh_rotates=rotates))
    second = refreshed(world, refreshed(world, own(world)))
    world.tokens.revoke(OWN_APP, SELLER, cause="test")
    assert world.tokens.check(second.access_token, app=OWN_APP) is Refused.REVOKED
    assert world.tokens.refresh(second.refresh_token, app=OWN_APP, cause="test") is Refused.REVOKED


@pytest.mark.parametrize(("extends", "days"), [(True, 190), (False, 180)])
def test_a_refresh_renews_the_refresh_tokens_life_only_if_set(open_world: Open, extends: bool, days: int) -> None:
    world = open_world(tokens=Tokens(refresh_extends=extends))
    world.advance_to(world.start_at + 10 * DAY)
    assert refreshed(world, own(world)).refresh_expires_at == world.start_at + days * DAY


def test_an_expired_access_token_can_still_be_refreshed(open_world: Open) -> None:
    world = open_world(tokens=Tokens(access_hours=1))
    world.advance_to(world.start_at + 5 * HOUR)
    new = refreshed(world, own(world))
    assert world.tokens.check(new.access_token, app=OWN_APP) == new


def test_a_revoked_pair_is_dead_at_once_and_told_once(open_world: Open) -> None:
    world = open_world()
    grant = own(world)
    world.advance_to(world.start_at + 100)
    for _ in range(2):
        world.tokens.revoke(OWN_APP, SELLER, cause="test")
    assert world.tokens.check(grant.access_token, app=OWN_APP) is Refused.REVOKED
    assert world.tokens.refresh(grant.refresh_token, app=OWN_APP, cause="test") is Refused.REVOKED
    assert told(world, "token_revoked") == [("token_revoked", 100, "test")]
    # It is not said to expire later: it is dead already.
    world.advance_to(world.start_at + 40 * DAY)
    assert not told(world, "token_expired")


def test_logging_in_again_gives_a_whole_new_life_and_ends_the_old_one(open_world: Open) -> None:
    world = open_world()
    old = own(world)
    world.tokens.revoke(OWN_APP, SELLER, cause="test")
    world.advance_to(world.start_at + DAY)
    new = world.tokens.authorise(OWN_APP, SELLER, cause="test")
    assert new.refresh_expires_at == world.now + 180 * DAY
    assert world.tokens.alive(OWN_APP, SELLER)
    assert world.tokens.check(old.access_token, app=OWN_APP) is Refused.REVOKED


def test_a_replaced_token_does_not_expire_in_the_ledger(open_world: Open) -> None:
    world = open_world(tokens=Tokens(access_hours=48))
    world.advance_to(world.start_at + 24 * HOUR)
    refreshed(world, own(world))
    world.advance_to(world.start_at + 200 * HOUR)
    assert told(world, "token_expired") == [("token_expired", 72 * HOUR, "platform")]


def test_an_authorisation_may_be_older_than_the_market(open_world: Open) -> None:
    world = open_world(mip=Mip(token_age_days=29.5, refreshes_token=False))
    grant = world.tokens.current(MIP_APP, SELLER)
    assert grant.expires_at == world.start_at + DAY // 2
    world.advance_to(world.start_at + DAY // 2)
    assert not world.tokens.alive(MIP_APP, SELLER)
    assert world.tokens.alive(OWN_APP, SELLER)


def test_an_authorisation_may_have_expired_before_the_market_opened(open_world: Open) -> None:
    world = open_world(mip=Mip(token_age_days=40, refreshes_token=False))
    world.advance_to(world.start_at)
    assert not world.tokens.alive(MIP_APP, SELLER)
    assert [event.facts["app"] for event in world.ledger.named("token_expired")] == [MIP_APP]


# Codes


def test_a_code_gives_a_pair_once_and_only_to_the_app_it_was_given_to(open_world: Open) -> None:
    world = open_world()
    code = world.tokens.issue_code(OWN_APP, SELLER)
    assert world.tokens.redeem(code, app=MIP_APP, cause="test") is Refused.UNKNOWN
    grant = world.tokens.redeem(code, app=OWN_APP, cause="test")
    assert grant == own(world)
    assert world.tokens.redeem(code, app=OWN_APP, cause="test") is Refused.UNKNOWN
    assert world.tokens.redeem("0_nobody", app=OWN_APP, cause="test") is Refused.UNKNOWN


@pytest.mark.parametrize(("later_seconds", "alive"), [(-1, True), (0, False)])
def test_a_code_is_dead_from_the_second_it_expires(open_world: Open, later_seconds: int, alive: bool) -> None:
    world = open_world(tokens=Tokens(code_minutes=2))
    code = world.tokens.issue_code(OWN_APP, SELLER)
    world.advance_to(world.start_at + 120 + later_seconds)
    assert isinstance(world.tokens.redeem(code, app=OWN_APP, cause="test"), Grant) == alive


# Early deaths


def test_a_token_may_die_early_and_takes_the_refresh_token_with_it(open_world: Open) -> None:
    world = open_world(tokens=Tokens(dies_early=True, revoked_every_days=Constant(3)))
    grant = own(world)
    world.advance_to(world.start_at + 3 * DAY - 1)
    assert world.tokens.alive(OWN_APP, SELLER)
    world.advance_to(world.start_at + 3 * DAY)
    assert world.tokens.check(grant.access_token, app=OWN_APP) is Refused.REVOKED
    assert world.tokens.refresh(grant.refresh_token, app=OWN_APP, cause="test") is Refused.REVOKED
    assert told(world, "token_revoked") == [("token_revoked", 3 * DAY, "chance")]


def test_an_old_authorisation_has_survived_so_far(open_world: Open) -> None:
    tokens = Tokens(dies_early=True, revoked_every_days=Constant(3))
    world = open_world(tokens=tokens, mip=Mip(token_age_days=20))
    world.advance_to(world.start_at + 3 * DAY - 1)
    assert world.tokens.alive(MIP_APP, SELLER)
    world.advance_to(world.start_at + 3 * DAY)
    assert not world.tokens.alive(MIP_APP, SELLER)


def test_each_pair_has_luck_of_its_own_and_a_renewal_moves_nobody_elses(open_world: Open) -> None:
    def deaths(renewed: bool) -> list[tuple[str, int]]:
        tokens = Tokens(dies_early=True, revoked_every_days=Exponential(20), access_hours=24 * 400)
        world = open_world(sellers=("one", "two"), tokens=tokens)
        for _ in range(5 if renewed else 0):
            world.tokens.authorise(OWN_APP, "one", cause="test")
        world.advance_to(world.start_at + 60 * DAY)
        # A login after the deaths of all, so that later pairs are compared too.
        for app, seller in ((OWN_APP, "two"), (MIP_APP, "one"), (MIP_APP, "two")):
            world.tokens.authorise(app, seller, cause="test")
        world.advance_to(world.start_at + 200 * DAY)
        return [
            (f"{event.facts['app']} {event.facts['seller']}", event.at)
            for event in world.ledger.named("token_revoked")
            if (event.facts["app"], event.facts["seller"]) != (OWN_APP, "one")
        ]

    told_of: Any = deaths(renewed=False)
    assert len({at for _, at in told_of}) == len(told_of) > 3
    assert deaths(renewed=True) == told_of

"""Tokens over the wire: a code for a pair, a refresh token for the next pair, and the shape of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from fakemarket.faces.aliexpress.envelope import Content
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.shop import Work
from fakemarket.world.tokens import App, Grant, Refused
from fakemarket.world.world import World


def create_token(world: World, app: App, arguments: Arguments) -> Work:
    """Redeems an authorization code; `uuid`, which protects it, is taken and not compared [A]."""
    arguments.accept("uuid")
    code = arguments.text("code")
    return Work(lambda: token_pair(world, redeemed(world, app, code)))


def refresh_token(world: World, app: App, arguments: Arguments) -> Work:
    """Asks for the next pair."""
    token = arguments.text("refresh_token")

    def act() -> Content:
        grant = world.tokens.refresh(token, app=app.name, cause="call")
        if isinstance(grant, Refused):
            raise PlatformError(Problem.INVALID_REFRESH_TOKEN)
        return token_pair(world, grant)

    return Work(act)


def owner(world: World, parameters: Mapping[str, str]) -> str | None:
    """The seller whose tokens a call is about, which says so by a refresh token or a code alone."""
    return world.tokens.owner(parameters.get("refresh_token") or parameters.get("code", ""))


def told_as_text(read: Callable[[World, App, Arguments], Work]) -> Callable[[World, App, Arguments], Work]:
    """The older gateway's form of a call for tokens: the pair as JSON text in one field [3+]."""

    def told(world: World, app: App, arguments: Arguments) -> Work:
        work = read(world, app, arguments)
        return Work(lambda: {"token_result": orjson.dumps(work.act()).decode()})

    return told


def redeemed(world: World, app: App, code: str) -> Grant:
    """The pair for a code.

    Raises:
        PlatformError: the code is unknown, used, another app's, or too old.
    """
    grant = world.tokens.redeem(code, app=app.name, cause="call")
    if isinstance(grant, Refused):
        raise PlatformError(Problem.INVALID_CODE)
    return grant


def token_pair(world: World, grant: Grant) -> Content:
    """A pair with its lives, left in seconds and ending in epoch milliseconds. Ids are digits in texts [1]."""
    number = seller_id(world, grant.seller)
    off = world.lens.expiry_off_seconds()
    expires_at, refresh_expires_at = grant.expires_at + off, grant.refresh_expires_at + off
    return {
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "expires_in": max(expires_at - world.now, 0),
        "refresh_expires_in": max(refresh_expires_at - world.now, 0),
        "expire_time": expires_at * 1000,
        "refresh_token_valid_time": refresh_expires_at * 1000,
        "user_id": number,
        "seller_id": number,
        "havana_id": number,
        "user_nick": grant.seller,
        "account": grant.seller,
        "account_platform": "seller_center",
        "locale": "en_US",
        "sp": "ae",
    }


def seller_id(world: World, seller: str) -> str:
    """The platform's number of a seller; digits in a text [1]."""
    return str(int(world.streams.child("sellers").token(seller, 0, digits=10), 16))

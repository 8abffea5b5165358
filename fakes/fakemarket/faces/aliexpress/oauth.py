"""Authorisation in the browser: consent for a code, and the old unsigned exchange of a code for tokens.

There is no page: in this market the seller always agrees at once. Who that is, `&seller=` says, where the real page
lets a person log in; unsaid, it is the market's first. Errors are the flat JSON of the newer gateway, as no source
shows what the real pages say [A].
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from fakemarket.call import Call, Response
from fakemarket.faces.aliexpress.envelope import Content, Envelope
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.token_calls import redeemed, token_pair
from fakemarket.world.tokens import App
from fakemarket.world.world import World

AUTHORIZE_PATHS = ("/oauth/authorize", "/authorize")
TOKEN_PATH = "/token"


def authorize(world: World, parameters: Mapping[str, str], envelope: Envelope) -> Call:
    """Sends the browser back to the app's registered callback with a code.

    Raises:
        PlatformError: the app or the seller is unknown, or anything but a code for its own callback is asked for.
    """
    arguments = Arguments(parameters)
    app = _app(world, arguments)
    _expect(arguments, "response_type", "code")
    _expect(arguments, "redirect_uri", app.callback)
    sellers = world.settings.sellers
    seller = arguments.maybe_text("seller") or sellers[0]
    if seller not in sellers:
        raise PlatformError(Problem.INVALID_ARGUMENT, "seller", f"{seller} is none of {', '.join(sellers)}")

    def act() -> Response:
        answer = {"code": world.tokens.issue_code(app.name, seller)}
        if arguments.has("state"):
            answer["state"] = arguments.text("state")
        joint = "&" if urlsplit(app.callback).query else "?"
        return Response(302, b"", {"location": f"{app.callback}{joint}{urlencode(answer)}"})

    return Call(envelope.operation, act, seller)


def exchange(world: World, parameters: Mapping[str, str], envelope: Envelope) -> Call:
    """The old way from a code to tokens: unsigned, the secret itself is sent.

    Raises:
        PlatformError: the app is unknown, its secret wrong, or another grant type is asked for.
    """
    arguments = Arguments(parameters)
    app = _app(world, arguments)
    _expect(arguments, "client_secret", app.secret)
    _expect(arguments, "grant_type", "authorization_code")
    # Some clients misspell the name [1].
    _expect(arguments, "redirect_url" if arguments.has("redirect_url") else "redirect_uri", app.callback)
    code = arguments.text("code")

    def act() -> Response:
        try:
            pair = token_pair(world, redeemed(world, app, code))
        except PlatformError as error:
            return envelope.error(error)
        return envelope.success(_old_style(pair))

    return Call(envelope.operation, act)


def _old_style(pair: Content) -> Content:
    """The old endpoint's own fields beside the others [1]."""
    return {
        **pair,
        "token_type": "Bearer",
        "re_expires_in": pair["refresh_expires_in"],
        "w1_valid": pair["expire_time"],
        "w2_valid": pair["expire_time"],
        "r1_valid": pair["refresh_token_valid_time"],
        "r2_valid": pair["refresh_token_valid_time"],
    }


def _app(world: World, arguments: Arguments) -> App:
    key = arguments.text("client_id")
    for app in world.tokens.apps:
        if app.key == key:
            return app
    raise PlatformError(Problem.INVALID_APP_KEY, key)


def _expect(arguments: Arguments, name: str, value: str) -> None:
    if arguments.text(name) != value:
        raise PlatformError(Problem.INVALID_ARGUMENT, name, "it is not what is registered or offered")

"""Authorisation in the browser: consent for a code, and the old unsigned exchange of a code for tokens.

There is no page: in this market the seller always agrees at once. Who that is, `&seller=` says, where the real page
lets a person log in; unsaid, it is the market's first. An app may be called back where it is registered, or on this
machine, where nobody registers what is still being written [A]. Errors are the flat JSON of the newer gateway, as no
source shows what the real pages say [A].
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from fakemarket.call import Call, Response
from fakemarket.faces.aliexpress.envelope import Content, Envelope
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.token_calls import owner, redeemed, token_pair
from fakemarket.world.tokens import App
from fakemarket.world.world import World

AUTHORIZE_PATHS = ("/oauth/authorize", "/authorize")
TOKEN_PATH = "/token"
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def authorize(world: World, parameters: Mapping[str, str], envelope: Envelope) -> Call:
    """Sends the browser back to the app with a code.

    Raises:
        PlatformError: the app or the seller is unknown, or anything but a code for a callback of its own is asked for.
    """
    arguments = Arguments(parameters)
    app = _app(world, arguments)
    _expect(arguments, "response_type", "code")
    callback = _callback(arguments, "redirect_uri", app)
    sellers = world.settings.sellers
    seller = arguments.maybe_text("seller") or sellers[0]
    if seller not in sellers:
        raise PlatformError(Problem.INVALID_ARGUMENT, "seller", f"{seller} is none of {', '.join(sellers)}")

    def act() -> Response:
        answer = {"code": world.tokens.issue_code(app.name, seller)}
        if arguments.has("state"):
            answer["state"] = arguments.text("state")
        joint = "&" if urlsplit(callback).query else "?"
        return Response(302, b"", {"location": f"{callback}{joint}{urlencode(answer)}"})

    return Call(envelope.operation, act, seller)


def exchange(world: World, parameters: Mapping[str, str], envelope: Envelope) -> Call:
    """The old way from a code to tokens: unsigned, the secret itself is sent.

    Raises:
        PlatformError: the app is unknown, its secret wrong, or another grant type is asked for.
    """
    arguments = Arguments(parameters)
    app = _app(world, arguments)
    if arguments.text("client_secret") != app.secret:
        raise PlatformError(Problem.INVALID_ARGUMENT, "client_secret", "it is not this app's")
    _expect(arguments, "grant_type", "authorization_code")
    # Some clients misspell the name [1].
    _callback(arguments, "redirect_url" if arguments.has("redirect_url") else "redirect_uri", app)
    code = arguments.text("code")

    def act() -> Response:
        try:
            pair = token_pair(world, redeemed(world, app, code))
        except PlatformError as error:
            return envelope.error(error)
        return envelope.success(_old_style(pair))

    return Call(envelope.operation, act, owner(world, parameters))


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
        raise PlatformError(Problem.INVALID_ARGUMENT, name, f"it must be {value}")


def _callback(arguments: Arguments, name: str, app: App) -> str:
    """Where an app wants to be called back."""
    said = arguments.text(name)
    if said != app.callback and not _is_here(said):
        allowed = f"it must be {app.callback}, which is registered, or an address of this machine"
        raise PlatformError(Problem.INVALID_ARGUMENT, name, allowed)
    return said


def _is_here(address: str) -> bool:
    """Whether a web address, fit for a header, is this machine's own."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_plain = address.isascii() and address.isprintable() and not {" ", "#"} & set(address)
    return is_plain and parts.scheme in ("http", "https") and parts.hostname in _THIS_MACHINE

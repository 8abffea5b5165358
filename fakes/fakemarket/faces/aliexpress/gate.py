"""The gateway's checks, in one place and in one order, before any method is looked at.

The order is ours, no source states it [A]: who calls, what, when, how, signed, whether there is such a method, and
whose data. So a call that is wrong in two ways is always answered the same. Knows no method by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hmac import compare_digest
from typing import NamedTuple

from fakemarket.faces.aliexpress.envelope import Entrance
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import timestamp
from fakemarket.faces.aliexpress.question import Asked
from fakemarket.faces.aliexpress.signature import SignMethod, sign
from fakemarket.settings import Wire
from fakemarket.world.tokens import App, Refused, Tokens

_SIGN_METHODS: Mapping[str, SignMethod] = {str(method): method for method in SignMethod}


class Gate(NamedTuple):
    """The checks of one market's gateway.

    Attributes:
        wire: how strictly.
        tokens: the apps and sessions there are.
    """

    wire: Wire
    tokens: Tokens

    def check_protocol(
        self,
        asked: Asked,
        known: Collection[str],
        present_at: tuple[int, ...],
    ) -> App:
        """Everything about a call but whose data it concerns.

        Args:
            asked: its entrance decides what is compulsory and how far a timestamp may be off.
            known: the operations that the entrance has.
            present_at: instants that a timestamp may be near to, seconds since the epoch.

        Returns:
            The calling app.

        Raises:
            PlatformError: the first check that fails.
        """
        question = asked.question
        parameters, entrance = question.parameters, question.entrance
        app = self._app(parameters)
        if not question.operation:
            raise PlatformError(Problem.MISSING_METHOD)
        self._check_timestamp(entrance, asked.timestamp, present_at)
        if entrance is Entrance.TOP:
            version = parameters.get("v")
            if not version:
                raise PlatformError(Problem.MISSING_VERSION)
            if version != "2.0":
                raise PlatformError(Problem.UNSUPPORTED_VERSION, version, "2.0 is")
        wanted = parameters.get("format")
        offered = ("json",) if entrance is Entrance.SYSTEM else ("json", "xml")
        if wanted and wanted not in offered:
            raise PlatformError(Problem.INVALID_FORMAT, wanted, f"{' and '.join(offered)} are")
        _check_signature(app, asked)
        if question.operation not in known:
            raise PlatformError(Problem.INVALID_METHOD, question.operation)
        return app

    def check_session(self, app: App, parameters: Mapping[str, str]) -> str:
        """The seller whose data the call may see.

        Raises:
            PlatformError: no session, a dead one, or one of another app.
        """
        session = parameters.get("session") or parameters.get("access_token")
        if not session:
            raise PlatformError(Problem.MISSING_SESSION)
        match self.tokens.check(session, app=app.name):
            case Refused.UNKNOWN:
                raise PlatformError(Problem.FOREIGN_SESSION)
            case Refused():
                raise PlatformError(Problem.INVALID_SESSION)
            case grant:
                return grant.seller

    def _app(self, parameters: Mapping[str, str]) -> App:
        key = parameters.get("app_key")
        if not key:
            raise PlatformError(Problem.MISSING_APP_KEY)
        for app in self.tokens.apps:
            if app.key == key:
                return app
        raise PlatformError(Problem.INVALID_APP_KEY, key)

    def _check_timestamp(self, entrance: Entrance, text: str, present_at: tuple[int, ...]) -> None:
        """Near enough to one of the presents. The older form and the older gateway have the narrower limit [C]."""
        if not text:
            raise PlatformError(Problem.MISSING_TIMESTAMP)
        stamp = timestamp(text)
        if stamp is None:
            raise PlatformError(Problem.INVALID_TIMESTAMP, text)
        narrow = stamp.is_local or entrance is Entrance.TOP
        skew_ms = 1000 * (self.wire.skew_seconds if narrow else self.wire.rest_skew_seconds)
        for at in present_at:
            if abs(stamp.at_ms - at * 1000) <= skew_ms:
                return
        raise PlatformError(Problem.INVALID_TIMESTAMP, text, f"{skew_ms // 1000} s are allowed")


def _check_signature(app: App, asked: Asked) -> None:
    """The platform writes signs in upper case, and takes no other."""
    if not asked.sign:
        raise PlatformError(Problem.MISSING_SIGNATURE)
    question = asked.question
    named = question.parameters.get("sign_method")
    if not named:
        raise PlatformError(Problem.MISSING_ARGUMENT, "sign_method")
    method = _SIGN_METHODS.get(named)
    if method is None:
        allowed = ", ".join(_SIGN_METHODS)
        raise PlatformError(Problem.INVALID_ARGUMENT, "sign_method", f"{named} is none of {allowed}")
    api_path = question.operation if question.operation.startswith("/") else ""
    expected = sign(method, app.secret, question.signed_text(asked.timestamp), api_path)
    if not compare_digest(expected.encode(), asked.sign.encode()):
        raise PlatformError(Problem.INVALID_SIGNATURE)

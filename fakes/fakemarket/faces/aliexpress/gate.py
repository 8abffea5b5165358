"""The gateway's checks, in one place and in one order, before any method is looked at.

The order is ours, no source states it [A]: who calls, what, when, how, signed, whether there is such a method, and
whose data. So a call that is wrong in two ways is always answered the same. Knows no method by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fakemarket.faces.aliexpress.envelope import Entrance
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.moments import timestamp
from fakemarket.faces.aliexpress.signature import SignMethod, is_signed
from fakemarket.settings import Wire
from fakemarket.world.tokens import App, Refused, Tokens


@dataclass(frozen=True, slots=True)
class Gate:
    """The checks of one market's gateway.

    Attributes:
        wire: how strictly.
        tokens: the apps and sessions there are.
    """

    wire: Wire
    tokens: Tokens

    def check_protocol(
        self,
        entrance: Entrance,
        operation: str,
        known: Collection[str],
        parameters: Mapping[str, str],
        present_at: tuple[int, ...],
    ) -> App:
        """Everything about a call but whose data it concerns.

        Args:
            entrance: decides what is compulsory and how far a timestamp may be off.
            operation: dotted method or API path.
            known: the operations that the entrance has.
            parameters: all of them, decoded.
            present_at: instants that a timestamp may be near to, seconds since the epoch.

        Returns:
            The calling app.

        Raises:
            PlatformError: the first check that fails.
        """
        app = self._app(parameters)
        if not operation:
            raise PlatformError(Problem.MISSING_METHOD)
        self._check_timestamp(entrance, parameters, present_at)
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
        self._check_signature(app, operation, parameters)
        if operation not in known:
            raise PlatformError(Problem.INVALID_METHOD, operation)
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

    def _check_timestamp(self, entrance: Entrance, parameters: Mapping[str, str], present_at: tuple[int, ...]) -> None:
        """Near enough to one of the presents. The older form and the older gateway have the narrower limit [C]."""
        text = parameters.get("timestamp")
        if not text:
            raise PlatformError(Problem.MISSING_TIMESTAMP)
        stamp = timestamp(text)
        if stamp is None:
            raise PlatformError(Problem.INVALID_TIMESTAMP, text)
        narrow = stamp.is_local or entrance is Entrance.TOP
        skew_ms = 1000 * (self.wire.skew_seconds if narrow else self.wire.rest_skew_seconds)
        if all(abs(stamp.at_ms - at * 1000) > skew_ms for at in present_at):
            raise PlatformError(Problem.INVALID_TIMESTAMP, text, f"{skew_ms // 1000} s are allowed")

    def _check_signature(self, app: App, operation: str, parameters: Mapping[str, str]) -> None:
        if not parameters.get("sign"):
            raise PlatformError(Problem.MISSING_SIGNATURE)
        named = parameters.get("sign_method")
        if not named:
            raise PlatformError(Problem.MISSING_ARGUMENT, "sign_method")
        try:
            method = SignMethod(named)
        except ValueError:
            allowed = ", ".join(SignMethod)
            raise PlatformError(Problem.INVALID_ARGUMENT, "sign_method", f"{named} is none of {allowed}") from None
        api_path = operation if operation.startswith("/") else ""
        if not is_signed(method, app.secret, parameters, api_path):
            raise PlatformError(Problem.INVALID_SIGNATURE)

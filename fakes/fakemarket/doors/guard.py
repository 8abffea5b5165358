"""Who may hold a served market: the check before its control plane and its panel.

The two APIs are open to every caller, as the platform's are: a client proves itself to them, and it may have been sent
here by a hosts file under any name. Whoever holds the clock proves nothing to the market, so the door asks. With a
control token it asks for that. Without one the server listens on loopback only, and what could still come from afar
comes through the user's own browser: a page whose host name was pointed here, or one that posts here. Neither can say
that it calls a name of this machine, from a page of this server, with JSON. Knows no market.
"""

from __future__ import annotations

import re
from hmac import compare_digest
from ipaddress import ip_address
from itertools import count

from fakemarket.call import Request, Response, request_id
from fakemarket.faces.origin import sent_from_here
from fakemarket.faces.routes import Rejected, envelope

LOOPBACK = "127.0.0.1"
_TOKEN = re.compile(r"[!-~]{1,200}")
_PORT = re.compile(r":[0-9]*$")
OPEN = ("aliexpress", "mip")
"""The faces that every caller may call."""
_READING = ("GET", "HEAD")
_JSON = "application/json"


class BadToken(ValueError):
    """A control token that can't be sent in a header."""

    def __init__(self) -> None:
        super().__init__("a control token is 1 to 200 printable ASCII characters without a space")


class Guard:
    """Lets through whoever may hold the market.

    Args:
        token: what to ask for; None only for a server on loopback.
        host: the name that the server was told to listen on, by which it may be called too.

    Raises:
        BadToken: the token can't be sent.
    """

    def __init__(self, token: str | None = None, host: str = LOOPBACK) -> None:
        if token is not None and not _TOKEN.fullmatch(token):
            raise BadToken
        self.token = token
        self._names = ("localhost", host.lower())
        self._refused = count(1)

    def refusal(self, face: str, request: Request) -> Response | None:
        """The answer to a request that must not reach its face; None if it may."""
        if face in OPEN:
            return None
        return self._before_panel(request) if face == "panel" else self._before_control(request)

    def without_proof(self, face: str, request: Request) -> Request:
        """A request that may go on without what let it: nobody behind the door needs that, and no log is to keep it."""
        if self.token is None or face in OPEN:
            return request
        kept = {name: value for name, value in request.headers.items() if name != "authorization"}
        if "cookie" in kept:
            from fakemarket.faces.panel.sign_in import SIGN_IN_COOKIE

            cookies = [it.strip() for it in kept["cookie"].split(";")]
            kept["cookie"] = "; ".join(it for it in cookies if not it.startswith(f"{SIGN_IN_COOKIE}="))
        return request._replace(headers=kept)

    def _before_control(self, request: Request) -> Response | None:
        try:
            self._check_host(request)
            self._check_token(request)
            _check_sender(request)
        except Rejected as rejected:
            return envelope(rejected, request_id(0, "door", next(self._refused)))
        return None

    def _before_panel(self, request: Request) -> Response | None:
        from fakemarket.faces.panel.sign_in import sign_in

        try:
            self._check_host(request)
        except Rejected as rejected:
            said = f"{rejected}\n".encode()
            return Response(rejected.status, said, {"content-type": "text/plain; charset=utf-8"})
        return None if self.token is None else sign_in(request, self.token)

    def _check_token(self, request: Request) -> None:
        shown = request.headers.get("authorization", "").encode("latin-1", "replace")
        if self.token is not None and not compare_digest(shown, b"Bearer " + self.token.encode()):
            message = "the control token is missing or wrong; send it as `Authorization: Bearer <control token>`"
            raise Rejected(401, "token_invalid", message, headers={"www-authenticate": "Bearer"})

    def _check_host(self, request: Request) -> None:
        """Without a token nobody may come under a name that need not be this machine's.

        Raises:
            Rejected: 403.
        """
        host = request.headers.get("host", "")
        name = _PORT.sub("", host).lower()
        if self.token is None and name not in self._names and not is_loopback(name.strip("[]")):
            written = host.encode("ascii", "replace").decode()
            message = (
                f"this is not to be had under the host name {written!r}, only under localhost, {LOOPBACK} and [::1]; "
                "start the server with --control-token to allow any name"
            )
            raise Rejected(403, "forbidden", message)


def _check_sender(request: Request) -> None:
    """Refuses what a page of another site can have a browser send without asking first.

    Raises:
        Rejected: 403 or 415.
    """
    if request.method in _READING:
        return
    if not sent_from_here(request):
        raise Rejected(403, "forbidden", "a page of another site sent this; nothing was done")
    kind = request.headers.get("content-type")
    if kind is None and not request.body:
        return
    if (kind or "").partition(";")[0].strip().lower() != _JSON:
        message = f"a body comes as `Content-Type: {_JSON}`, and this came as {(kind or 'nothing')[:100]!a}"
        raise Rejected(415, "unsupported_media_type", message)


def is_loopback(address: str) -> bool:
    """Whether an address, written in numbers, is one at which only this machine can be called."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False

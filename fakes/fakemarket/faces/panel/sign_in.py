"""The page before the panel where a control token is asked for, and the cookie of a browser that gave it.

Stands before the panel rather than in it: it shows nothing of the market, and the panel knows nothing of it. The cookie
doesn't hold the token but what can only be made from it, so that it outlives the process and nothing has to be stored.
It opens the panel of every world on the server.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest
from urllib.parse import parse_qsl, quote

from fakemarket.call import Request, Response
from fakemarket.faces.panel.session import cookies_of
from fakemarket.faces.panel.visit import SAFETY, root_of

SIGN_IN_COOKIE = "redclock_signed_in"
TOKEN_FIELD = "control_token"
_LONGEST_FORM = 4000
_MOST_FIELDS = 10


def sign_in(request: Request, token: str) -> Response | None:
    """The page that asks for `token`, or its answer; None for a browser that may go on, and for mere files."""
    if request.method == "GET" and request.path.startswith("/assets/"):
        return None
    given, said = cookies_of(request).get(SIGN_IN_COOKIE, ""), _said(request)
    if said is None and compare_digest(given.encode("utf-8", "replace"), _proof(token).encode()):
        return None
    from fakemarket.faces.panel.dress import render

    root = root_of(request)
    if said is not None and compare_digest(said.encode("utf-8", "replace"), token.encode()):
        query = quote(request.query, safe="/?&=%+~")
        headers = {
            "location": f"{root}{quote(request.path, safe='/%')}{'?' if query else ''}{query}",
            "set-cookie": f"{SIGN_IN_COOKIE}={_proof(token)}; Path=/; HttpOnly; SameSite=Strict",
            "cache-control": "no-store",
        }
        return Response(303, b"", {**SAFETY, **headers})
    page = render("sign_in.html", root=root, field=TOKEN_FIELD, was_wrong=said is not None)
    return Response(401, page, {**SAFETY, "content-type": "text/html; charset=utf-8", "cache-control": "no-store"})


def _proof(token: str) -> str:
    return blake2b(b"panel", key=blake2b(token.encode()).digest(), digest_size=32).hexdigest()


def _said(request: Request) -> str | None:
    """The token that a form holds; None if it is no sign-in."""
    if request.method != "POST" or len(request.body) > _LONGEST_FORM:
        return None
    try:
        fields = dict(parse_qsl(request.body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        return None
    return fields.get(TOKEN_FIELD)

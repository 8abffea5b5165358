"""Who a form comes from: the session cookie, the token in each form, and the message carried to the next page.

A form is taken if it holds the token that belongs to the browser's session, and if the browser doesn't say that another
site sent it. Both are needed: the token's secret comes from the market's seed, so that a recorded session can be
replayed, and a seed can be guessed; where a page comes from can't be told falsely by another page. Nothing is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from urllib.parse import quote, unquote

from fakemarket.call import Request
from fakemarket.faces.origin import sent_from_here
from fakemarket.streams import Streams

SESSION_COOKIE = "redclock_session"
MESSAGE_COOKIE = "redclock_said"
TOKEN_FIELD = "token"
_SESSION = re.compile(r"[0-9a-f]{32}")
_LONGEST_MESSAGE = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """One browser.

    Attributes:
        name: what its cookie says, or will.
        is_new: the cookie has yet to be set.
        said: what the last page had to say, to be shown once; empty if nothing.
    """

    name: str
    secret: bytes
    is_new: bool
    said: str = ""

    @property
    def token(self) -> str:
        """What this session's forms carry."""
        return blake2b(self.name.encode(), key=self.secret, digest_size=16).hexdigest()

    def sent(self, form: Mapping[str, str], request: Request) -> bool:
        """Whether a form comes from one of our own pages in this browser."""
        right = compare_digest(form.get(TOKEN_FIELD, "").encode("utf-8", "replace"), self.token.encode())
        return right and not self.is_new and sent_from_here(request)


def session_of(request: Request, streams: Streams, real_at: int) -> Session:
    """The session of the browser that sent a request; a new one if it has none yet."""
    secret = streams.child("panel").token("secret", 0).encode()
    cookies = cookies_of(request)
    name = cookies.get(SESSION_COOKIE, "")
    if _SESSION.fullmatch(name):
        return Session(name, secret, is_new=False, said=unquote(cookies.get(MESSAGE_COOKIE, ""))[:_LONGEST_MESSAGE])
    seen = f"{real_at} {request.headers.get('user-agent', '')}".encode("utf-8", "replace")
    return Session(blake2b(seen, key=secret, digest_size=16).hexdigest(), secret, is_new=True)


def cookies_of(request: Request) -> dict[str, str]:
    """What a browser brings along, by name."""
    parts = (part.partition("=") for part in request.headers.get("cookie", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def session_cookie(session: Session, root: str) -> str:
    """`set-cookie` for a new session: it ends with the browser, and no other site's form brings it along."""
    return f"{SESSION_COOKIE}={session.name}; Path={root or '/'}; HttpOnly; SameSite=Strict"


def message_cookie(said: str, root: str) -> str:
    """`set-cookie` for a message to the next page; an empty one takes the last away."""
    life = 60 if said else 0
    return f"{MESSAGE_COOKIE}={quote(said, safe='')}; Path={root or '/'}; Max-Age={life}; HttpOnly; SameSite=Strict"

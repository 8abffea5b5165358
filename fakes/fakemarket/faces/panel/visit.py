"""One request of one browser: what it brings, and the ways to answer it.

Answers are pages in the panel's dress, or a redirect after something was done, so that going back or reloading does
nothing twice. Every answer carries the headers that keep a browser from anything but our own files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from fakemarket.call import Request, Response, decoded
from fakemarket.faces.panel.market import Held
from fakemarket.faces.panel.moments import Local
from fakemarket.faces.panel.neighbours import name_of, neighbours
from fakemarket.faces.panel.session import TOKEN_FIELD, Session, message_cookie, session_cookie
from fakemarket.world.world import World

SAFETY: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: a browser would then hide from us that a form is our own.
    "referrer-policy": "same-origin",
}
SPEEDS: Mapping[int, str] = {0: "still", 1: "real time", 60: "a minute a second", 3600: "an hour a second"}
"""Market seconds in a real second that the clock bar offers."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, who sent it, and the form it brings.

    Attributes:
        root: path of the panel's front page, without a slash at the end; links are made from it.
        form: fields of a POST by name; empty for a GET.
    """

    market: Held
    request: Request
    root: str
    session: Session
    form: Mapping[str, str]

    @property
    def world(self) -> World:
        return self.market.world

    @property
    def local(self) -> Local:
        """Instants in the seller's zone."""
        return Local(self.world.settings.warehouse.zone, self.world.now)

    def link(self, path: str, parameters: Iterable[tuple[str, object]] = ()) -> str:
        """An address on the panel; parameters that say nothing are left out."""
        query = urlencode([(name, value) for name, value in parameters if value not in ("", None)])
        return f"{self.root}{path}{'?' if query else ''}{query}"

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page; it also says what the last one left to be said."""
        from fakemarket.faces.panel.dress import render

        session, now = self.session, self.world.now
        body = render(
            template,
            visit=self,
            root=self.root,
            world=self.world,
            local=self.local,
            now=now,
            rate=self.market.timeline.rate,
            speeds=SPEEDS,
            token_field=TOKEN_FIELD,
            back=self._here(),
            world_name=name_of(self.market),
            neighbours=partial(neighbours, self.market, self.root),
            **values,
        )
        headers = {**SAFETY, "content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
        if session.is_new:
            headers["set-cookie"] = session_cookie(session, self.root)
        elif session.said:
            headers["set-cookie"] = message_cookie("", self.root)
        return Response(status, body, headers)

    def go(self, path: str, said: str) -> Response:
        """To another page, which says what was done."""
        headers = {
            **SAFETY,
            "location": quote(self.root + path, safe="/?&=%+~"),
            "set-cookie": message_cookie(said, self.root),
            "cache-control": "no-store",
        }
        return Response(303, b"", headers)

    def _here(self) -> str:
        """This page's path and query, to come back to; what a form was sent to is shown at the same path."""
        query = self.request.query if self.request.method == "GET" else ""
        return f"{self.request.path}{'?' if query else ''}{query}"


def root_of(request: Request) -> str:
    """Where on its server the panel stands: the address as it was called, without the path below the panel."""
    path = "/" + request.url.partition("://")[2].partition("/")[2] if "://" in request.url else ""
    return quote(decoded(path).removesuffix(request.path).rstrip("/"), safe="/%")

"""Whether a browser says that another site's page sent a request. Such a page must hold no market."""

from __future__ import annotations

from fakemarket.call import Request


def sent_from_here(request: Request) -> bool:
    """What the browser says of the page that sent it; a program that says nothing is believed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")

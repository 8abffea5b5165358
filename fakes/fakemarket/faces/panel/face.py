"""The panel's face. Light: what makes the pages is imported when somebody first looks, and most markets nobody does."""

from __future__ import annotations

from fakemarket.call import Call, Request
from fakemarket.faces.panel.market import Held


class Panel:
    """Reads requests to the panel. Paths lie below a prefix, which the door takes off."""

    def __init__(self, market: Held) -> None:
        self._market = market

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        from fakemarket.faces.panel import reception

        return reception.read(self._market, request, real_at)

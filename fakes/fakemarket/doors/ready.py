"""What a server says once it answers: one line for a program that waits for it, a page for a person.

Holds no server and writes nothing: it returns the text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import orjson

from fakemarket.doors.addresses import CONTROL_PREFIX, MIP_PREFIX, PANEL_PREFIX

if TYPE_CHECKING:
    from fakemarket.market import Market


class Ready(NamedTuple):
    """What a client of a served market needs.

    Attributes:
        aliexpress: base URL, with `/router/rest`, `/sync` and `/rest/...` below it; `mip`, `control` and `panel` too.
        app_key: of the seller's own app, like the three after it; the tokens are the first seller's.
        control_token: what the control plane and the panel ask for; None if they ask for nothing.
        now: market time when the market opened, seconds since the epoch.
    """

    aliexpress: str
    mip: str
    control: str
    panel: str
    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str
    mip_api_key: str
    control_token: str | None
    seed: int
    now: int

    def line(self) -> str:
        """One line of JSON."""
        return orjson.dumps(self._asdict()).decode() + "\n"

    def page(self, orders: int, speed: float) -> str:
        """For a person; `orders` is how many the market holds."""
        now = datetime.fromtimestamp(self.now, UTC)
        token = f"\n    control token  {self.control_token}" if self.control_token else ""
        return f"""\
A marketplace is open: {orders} orders, in every status.
Its clock stands at {now:%A %d %B %Y %H:%M:%S} UTC and runs at speed {speed:g}; its seed is {self.seed}.

  AliExpress     {self.aliexpress}  (/router/rest, /sync, /rest/...)
    app key        {self.app_key}
    app secret     {self.app_secret}
    access token   {self.access_token}
    refresh token  {self.refresh_token}
  MIP            {self.mip}
    api key        {self.mip_api_key}
  control        {self.control}
  seller's panel {self.panel}  (open it in a browser){token}

Try it from another terminal:

  curl -H 'Authorization: Bearer {self.mip_api_key}' '{self.mip}/v1/orders?limit=3'

Ctrl-C ends it, and the market with it.
"""


def ready(market: Market, url: str, control_token: str | None) -> Ready:
    """What to say of a market that is served at `url` and held by whoever has the token."""
    credentials = market.credentials()
    return Ready(
        aliexpress=url,
        mip=url + MIP_PREFIX,
        control=url + CONTROL_PREFIX,
        panel=url + PANEL_PREFIX,
        app_key=credentials.app_key,
        app_secret=credentials.app_secret,
        access_token=credentials.access_token,
        refresh_token=credentials.refresh_token,
        mip_api_key=market.world.mip.api_key,
        control_token=control_token,
        seed=market.seed,
        now=market.now(),
    )

"""The two APIs as code under test is told of them: where to call and with which keys, in process or on a server.

Handy views beside, for a test to look at what became of its calls. They ask the market; nothing is kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakemarket.doors.addresses import ALIEXPRESS_URL, MIP_URL

if TYPE_CHECKING:
    from fakemarket.market import Market
    from fakemarket.rules.status import Status
    from fakemarket.world.mip_order import MipOrder
    from fakemarket.world.order import Order


@dataclass(frozen=True, slots=True)
class AliExpress:
    """The marketplace for one seller.

    Args:
        url: base URL: the platform's own in process, the server's on one.
        seller: whose tokens and orders; the market's first one unless named.
    """

    market: Market
    url: str = ALIEXPRESS_URL
    seller: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "seller", self.seller or self.market.settings.sellers[0])

    def of(self, seller: str) -> AliExpress:
        """The same for another seller."""
        return AliExpress(self.market, self.url, seller)

    @property
    def router_url(self) -> str:
        """Where methods such as `aliexpress.solution.order.get` are called in the old way."""
        return f"{self.url}/router/rest"

    @property
    def sync_url(self) -> str:
        """Where the same methods are called in the new way."""
        return f"{self.url}/sync"

    @property
    def rest_url(self) -> str:
        """Below it are paths such as `/auth/token/refresh`."""
        return f"{self.url}/rest"

    @property
    def app_key(self) -> str:
        return self.market.credentials(seller=self.seller).app_key

    @property
    def app_secret(self) -> str:
        return self.market.credentials(seller=self.seller).app_secret

    @property
    def access_token(self) -> str:
        """As it is at this moment."""
        return self.market.credentials(seller=self.seller).access_token

    @property
    def refresh_token(self) -> str:
        """As it is at this moment."""
        return self.market.credentials(seller=self.seller).refresh_token

    def orders(self, *statuses: Status | str) -> list[Order]:
        """The seller's orders, of some statuses if asked, oldest first."""
        return self.market.orders(*statuses, seller=self.seller)

    def place(self, **fate: object) -> Order:
        """A buyer orders from this seller now; see `Market.place`."""
        return self.market.place(seller=self.seller, **fate)


@dataclass(frozen=True, slots=True)
class Mip:
    """The integration platform.

    Args:
        url: base URL; `/v1/orders` and the rest are below it.
    """

    market: Market
    url: str = MIP_URL

    @property
    def api_key(self) -> str:
        return self.market.world.mip.api_key

    @property
    def headers(self) -> dict[str, str]:
        """What every call must send."""
        return {"authorization": f"Bearer {self.api_key}"}

    def order(self, marketplace_order: int) -> MipOrder | None:
        """Its copy of a marketplace order; None if it has not been imported."""
        return self.market.world.mip.mirror(self.market.order(marketplace_order).id)

    def orders(self) -> list[MipOrder]:
        """All its copies, as they were imported."""
        return list(self.market.world.mip.orders.values())

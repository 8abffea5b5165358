"""The subject's ports without HTTP: straight to the world.

Same answers as over HTTP, some thirty times as fast. One contract suite runs on these and on the real clients, so that
what is found here holds there.
"""

from __future__ import annotations

from collections.abc import Sequence

from fakemarket.market import Market
from fakemarket.rules.status import Status
from fakemarket.world.mip_order import MipOrder as Mirror
from fakemarket.world.order import Order, OrderId
from fakemarket.world.tokens import OWN_APP, Grant
from redclock.subject.ports import (
    CallFailed,
    Declaration,
    ListedOrder,
    MipOrder,
    MipShipment,
    OrderDetail,
    Refusal,
    SyncStatus,
    TokenDead,
)


class DirectAliExpress:
    """The marketplace for one seller."""

    def __init__(self, market: Market, seller: str) -> None:
        self._market = market
        self._seller = seller
        self._grant = market.world.tokens.current(OWN_APP, seller)

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        self._check_access()
        found = self._market.world.orders_of(self._seller, [Status(status) for status in statuses])
        return [_listed(order) for order in found if order.modified_at >= (modified_since_at or 0)]

    def order(self, order_id: int) -> OrderDetail:
        self._check_access()
        order = self._market.world.order(order_id, self._seller)
        return OrderDetail(order_id, order.status, tuple(it.number for it in order.declarations))

    def declare(self, declaration: Declaration) -> Refusal | None:
        self._check_access()
        refusal = self._market.world.declare(
            self._market.world.order(declaration.order_id, self._seller),
            carrier=declaration.carrier,
            number=declaration.number,
            whole=declaration.whole,
            website=declaration.website,
            cause="call:own",
        )
        return None if refusal is None else Refusal(refusal.code, refusal.message)

    def _check_access(self) -> None:
        tokens = self._market.world.tokens
        if isinstance(tokens.check(self._grant.access_token, app=OWN_APP), Grant):
            return
        refreshed = tokens.refresh(self._grant.refresh_token, app=OWN_APP, cause="call:own")
        if not isinstance(refreshed, Grant):
            raise TokenDead(f"the refresh token was refused: {refreshed}")
        self._grant = refreshed


class DirectMip:
    """The integration platform with every channel."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._mip = market.world.mip
        self._sellers = {channel.id: channel.seller for channel in self._mip.channels.values()}

    def orders(self, *, updated_since_at: int) -> list[MipOrder]:
        return [_mirrored(mirror) for mirror in self._mip.changes(since_at=updated_since_at)]

    def channels(self) -> list[SyncStatus]:
        return [
            SyncStatus(it.id, it.consecutive_errors, it.last_error, it.last_successful_import_at)
            for it in self._mip.channels.values()
        ]

    def import_window(self, channel: str, from_at: int, to_at: int) -> None:
        taken = self._mip.import_window(self._sellers[channel], from_at, to_at, cause="call")
        if not isinstance(taken, int):
            raise CallFailed(f"{channel} can't import: its token is {taken}")

    def resend(self, mip_order: str) -> bool:
        mirror = self._mip.orders[OrderId(int(mip_order.removeprefix("M")))]
        self._mip.send(mirror, cause="call")
        return mirror.review is None

    def reset_credentials(self, channel: str) -> None:
        self._mip.reset_credentials(self._sellers[channel], cause="call")


def _listed(order: Order) -> ListedOrder:
    return ListedOrder(
        order.id,
        order.status,
        order.ship_by_at,
        tuple(line.child_id for line in order.lines),
        order.modified_at,
    )


def _mirrored(mirror: Mirror) -> MipOrder:
    return MipOrder(
        id=mirror.id,
        order_id=mirror.order.id,
        status=mirror.status,
        marketplace_status=mirror.marketplace_status,
        review_reason=mirror.review,
        shipments=tuple(
            MipShipment(it.carrier, it.number, tuple(line.child_id for line, _ in it.lines), it.push_status)
            for it in mirror.shipments
        ),
    )

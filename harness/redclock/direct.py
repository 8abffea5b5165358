"""The subject's ports without HTTP: straight to the world.

Same answers as over HTTP, some thirty times as fast. One contract suite runs on these and on the real clients, so that
what is found here holds there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fakemarket.market import Market
from fakemarket.rules.status import Status
from fakemarket.world.carriers import SUPPLIER_CARRIERS
from fakemarket.world.desk import correct
from fakemarket.world.mip_order import MipOrder as Mirror
from fakemarket.world.mip_order import MipStatus
from fakemarket.world.mip_wallet import MovementKind
from fakemarket.world.order import Line, Order, OrderId
from fakemarket.world.tokens import MIP_APP, OWN_APP, Grant
from fakemarket.world.world import Refusal as WorldRefusal
from fakemarket.world.world import UnknownOrder
from redclock.subject.mip_http import PUSH_ERRORS
from redclock.subject.ports import (
    CallFailed,
    Correction,
    Declaration,
    DeclaredParcel,
    ListedOrder,
    MipOrder,
    MipShipment,
    OrderDetail,
    Refusal,
    SyncStatus,
    TokenDead,
    Wallet,
    Why,
)

_SHIP = (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS)
_LISTED_AS_FINISHED = (Status.FINISH, Status.FUND_PROCESSING)
_WALLET_PAGE = 50


class DirectAliExpress:
    """The marketplace for one seller."""

    def __init__(self, market: Market, seller: str) -> None:
        self._market = market
        self._seller = seller
        self._grant = market.world.tokens.current(OWN_APP, seller)
        self.calls_made = 0

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        self._check_access()
        world = self._market.world
        wanted = [Status(status) for status in statuses]
        if Status.FINISH in wanted:
            wanted.append(Status.FUND_PROCESSING)
        if modified_since_at is None:
            return [self._listed(order) for order in world.orders_of(self._seller, wanted)]
        changed = world.changed_between(self._seller, modified_since_at, world.now)
        return [self._listed(order) for order in changed if order.status in wanted]

    def order(self, order_id: int) -> OrderDetail | None:
        self._check_access()
        try:
            order = self._market.world.order(order_id, self._seller)
        except UnknownOrder:
            return None
        return OrderDetail(
            order_id,
            order.status,
            tuple(
                DeclaredParcel(it.carrier, it.number, it.at, self._is_scanned(it.number)) for it in order.declarations
            ),
            order.modified_at,
            order.ship_by_at if order.status in _SHIP else None,
            order.end_reason or "",
        )

    def declare(self, declaration: Declaration) -> Refusal | None:
        self._check_access()
        return _refusal(
            self._market.world.declare(
                self._market.world.order(declaration.order_id, self._seller),
                carrier=declaration.carrier,
                number=declaration.number,
                whole=declaration.whole,
                website=declaration.website,
                cause="call:own",
            )
        )

    def correct(self, correction: Correction) -> Refusal | None:
        self._check_access()
        return _refusal(
            correct(
                self._market.world,
                self._market.world.order(correction.order_id, self._seller),
                (correction.old_carrier, correction.old_number),
                carrier=correction.carrier,
                number=correction.number,
                website=correction.website,
                whole=correction.whole,
                cause="call:own",
            )
        )

    def answer_cancellation(self, order_id: int, *, accept: bool) -> Refusal | None:
        self._check_access()
        order = self._market.world.order(order_id, self._seller)
        return _refusal(self._market.world.answer_cancellation(order, accept=accept, cause="call:own"))

    def _is_scanned(self, number: str) -> bool:
        parcel = self._market.world.tracking.parcel(number)
        return parcel is not None and parcel.scanned_at is not None

    def _listed(self, order: Order) -> ListedOrder:
        status = Status.FINISH if order.status in _LISTED_AS_FINISHED else order.status
        asked = status is Status.IN_CANCEL
        return ListedOrder(
            order.id,
            status,
            order.ship_by_at if status in _SHIP else None,
            _pieces(order.lines),
            order.modified_at,
            self._market.world.platform.times_out_at(order) if asked else None,
            order.end_reason or "",
        )

    def _check_access(self) -> None:
        self.calls_made += 1
        tokens = self._market.world.tokens
        if isinstance(tokens.check(self._grant.access_token, app=OWN_APP), Grant):
            return
        self._grant = tokens.current(OWN_APP, self._seller)
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
        return [self._mirrored(mirror) for mirror in self._mip.changes(since_at=updated_since_at)]

    def channels(self) -> list[SyncStatus]:
        tokens = self._market.world.tokens
        return [
            SyncStatus(
                it.id,
                it.consecutive_errors,
                it.last_error,
                it.last_successful_import_at,
                tokens.current(MIP_APP, it.seller).expires_at,
            )
            for it in self._mip.channels.values()
        ]

    def wallet(self, channel: str) -> Wallet:
        seller = self._sellers[channel]
        movements = self._mip.supplier.wallets[seller].movements[:_WALLET_PAGE]
        costs = [-it.cents for it in movements if it.kind is MovementKind.SUPPLIER_ORDER]
        mean_cents = sum(costs) // len(costs) if costs else None
        return Wallet(self._mip.supplier.balance_cents(seller), mean_cents)

    def import_window(self, channel: str, from_at: int, to_at: int) -> None:
        taken = self._mip.import_window(self._sellers[channel], from_at, to_at, cause="call")
        if not isinstance(taken, int):
            raise CallFailed(f"{channel} can't import: its token is {taken}")

    def resend(self, mip_order: str, carrier: str | None = None) -> str | None:
        mirror = self._named(mip_order)
        if not mirror.may_be_sent:
            raise CallFailed(f"{mip_order} is {mirror.status} and can't be sent to the supplier any more")
        self._mip.send(mirror, carrier=SUPPLIER_CARRIERS[carrier] if carrier else None, cause="call")
        return mirror.review

    def cancel(self, mip_order: str) -> bool:
        mirror = self._named(mip_order)
        if mirror.status is MipStatus.CANCELED:
            return True
        if mirror.status is MipStatus.CLOSED or mirror.shipments:
            return False
        return self._mip.cancel(mirror, cause="call")

    def reset_credentials(self, channel: str) -> None:
        self._mip.reset_credentials(self._sellers[channel], cause="call")

    def _named(self, mip_order: str) -> Mirror:
        return self._mip.orders[OrderId(int(mip_order.removeprefix("M")))]

    def _mirrored(self, mirror: Mirror) -> MipOrder:
        return MipOrder(
            id=mirror.id,
            channel=self._mip.channels[mirror.order.seller].id,
            order_id=mirror.order.id,
            status=mirror.status,
            marketplace_status=mirror.marketplace_status,
            review_reason=mirror.review,
            shipments=tuple(
                MipShipment(
                    it.carrier,
                    it.number,
                    _pieces(it.lines),
                    it.push_status,
                    it.shipped_at,
                    PUSH_ERRORS.get(it.push_error, Why.OTHER) if it.push_error else None,
                )
                for it in mirror.shipments
            ),
            lines=_pieces(mirror.lines),
            imported_at=mirror.imported_at,
            ship_by_at=mirror.ship_by_at,
        )


def _pieces(lines: Iterable[Line]) -> dict[int, int]:
    return {line.child_id: line.quantity for line in lines}


def _refusal(refusal: WorldRefusal | None) -> Refusal | None:
    return None if refusal is None else Refusal(PUSH_ERRORS.get(refusal.code, Why.OTHER), refusal.message)

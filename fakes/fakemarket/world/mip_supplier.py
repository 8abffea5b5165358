"""Ordering from the supplier: what it refuses, what it charges, and the orders that it took.

The supplier's side of the platform's `send`. It changes nothing of an order but its supplier orders; what a refusal
means for the order is `mip`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakemarket.world.mip_order import MipOrder, ReviewReason, SupplierOrder
from fakemarket.world.mip_wallet import Movement, MovementKind, Wallet
from fakemarket.world.order import total_cents

if TYPE_CHECKING:
    from fakemarket.world.order import Line
    from fakemarket.world.world import World

_POSTCODE = "postcode"
_PAID = MovementKind.SUPPLIER_ORDER
_SETTLED = frozenset(
    {
        *(ReviewReason.UNKNOWN_SKU, ReviewReason.BELOW_MINIMUM, ReviewReason.EXPORT_INVOICE),
        *(ReviewReason.WAREHOUSE_SPLIT, ReviewReason.SUPPLIER_ERROR),
    }
)
"""What an order is refused for once: to send it again settles it."""


class Supplying:
    """The supplier as the platform deals with it.

    Args:
        emptied: sellers whose money is gone, whatever their wallet held.
    """

    def __init__(self, world: World, emptied: set[str]) -> None:
        self._world = world
        self._clock = world.env
        self._emptied = emptied
        self._refuses_split = world.settings.warehouse.refuses_split
        self._goods_share = world.settings.penalties.goods_share
        self._minimum_cents = world.settings.warehouse.minimum_order_cents
        self.wallets = {seller: Wallet(world.settings.mip.wallet_cents) for seller in world.settings.sellers}
        self.keys: dict[str, tuple[str, Movement]] = {}
        """By idempotency key: what was asked with it, and the top-up that came of it."""

    def refusal(self, mirror: MipOrder) -> ReviewReason | None:
        """Why the supplier doesn't take the order now.

        Missing stock stays so. An address or a carrier is right once somebody has put it right; an order refused for
        lying in two warehouses is ordered from each the next time, and what failed once works again. Who sends an order
        again has made its article known, handed in its invoice, or pays the minimum: there is no call for either [A].
        """
        fate, seller = mirror.order.fate, mirror.order.seller
        wallet, apart = self.wallets[seller], self._refuses_split and len(fate.parcels) > 1
        affords = wallet.balance_cents is None or wallet.affords(sum(self._costs_cents(mirror)))
        broke = not affords or seller in self._emptied
        trouble = fate.out_of_stock or fate.bad_address or fate.bad_postcode or fate.no_carrier or fate.supplier_fails
        if not (trouble or fate.unknown_sku or fate.needs_invoice or broke or apart or self._minimum_cents):
            return None  # as for nearly every order
        mended, small = mirror.address or {}, min(self._costs_cents(mirror)) < self._minimum_cents
        refusals = {
            ReviewReason.WALLET_EMPTY: broke,
            ReviewReason.UNKNOWN_SKU: fate.unknown_sku,
            ReviewReason.OUT_OF_STOCK: fate.out_of_stock,
            ReviewReason.INVALID_ADDRESS: fate.bad_address and not mended.keys() - {_POSTCODE},
            ReviewReason.INVALID_POSTCODE: fate.bad_postcode and _POSTCODE not in mended,
            ReviewReason.NO_CARRIER: fate.no_carrier and mirror.carrier is None,
            ReviewReason.BELOW_MINIMUM: small,
            ReviewReason.EXPORT_INVOICE: fate.needs_invoice,
            ReviewReason.WAREHOUSE_SPLIT: apart,
            ReviewReason.SUPPLIER_ERROR: fate.supplier_fails,
        }
        settled = mirror.reviewed & _SETTLED
        return next((reason for reason, holds in refusals.items() if holds and reason not in settled), None)

    def order(self, mirror: MipOrder) -> None:
        """Orders and pays; an order that the supplier already has is ordered and paid for again."""
        now, wallet = self._clock.now, self.wallets[mirror.order.seller]
        for lines in self._parts(mirror):
            name = f"AE-{mirror.order.id}-{len(mirror.supplier_orders) + 1}"
            ordered = SupplierOrder(name, lines, self._cost_cents(mirror, lines), now, mirror.carrier)
            mirror.supplier_orders += (ordered,)
            wallet.move(now, _PAID, -ordered.cost_cents, name)

    def cancel(self, mirror: MipOrder) -> None:
        """Nothing of it will leave: the money comes back."""
        now, wallet = self._clock.now, self.wallets[mirror.order.seller]
        for ordered in (it for it in mirror.supplier_orders if it.canceled_at is None):
            ordered.canceled_at = now
            wallet.move(now, MovementKind.REFUND, ordered.cost_cents, ordered.id)

    def top_up(self, seller: str, cents: int, *, key: tuple[str, str] | None, cause: str) -> Movement:
        """Pays money in; a wallet that something emptied holds what it held before, and this.

        `key`: the idempotency key under which it was asked, and what was asked with it.
        """
        wallet = self.wallets[seller]
        self._emptied.discard(seller)
        wallet.move(self._clock.now, MovementKind.TOP_UP, cents)
        movement = wallet.movements[-1]
        if key is not None:
            self.keys[key[0]] = (key[1], movement)
        self._world.note(None, "topped_up", {"seller": seller, "cents": cents}, cause)
        return movement

    def balance_cents(self, seller: str) -> int | None:
        """What can be spent; None: no end of it."""
        return 0 if seller in self._emptied else self.wallets[seller].balance_cents

    def _parts(self, mirror: MipOrder) -> tuple[tuple[Line, ...], ...]:
        """The lines of each supplier order that it takes."""
        apart = self._refuses_split and len(mirror.order.fate.parcels) > 1
        return tuple((line,) for line in mirror.lines) if apart else (mirror.lines,)

    def _costs_cents(self, mirror: MipOrder) -> list[int]:
        """What each of them costs."""
        return [self._cost_cents(mirror, lines) for lines in self._parts(mirror)]

    def _cost_cents(self, mirror: MipOrder, lines: tuple[Line, ...]) -> int:
        """What a supplier order costs: the minimum at least, once it was refused for less."""
        cents = int(total_cents(lines) * self._goods_share)
        if self._minimum_cents and ReviewReason.BELOW_MINIMUM in mirror.reviewed:
            return max(cents, self._minimum_cents)
        return cents

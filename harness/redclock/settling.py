"""How a run ends: nothing goes wrong any more, and the books are closed."""

from __future__ import annotations

from fakemarket.market import Market
from fakemarket.world.mip_wallet import MovementKind
from fakemarket.world.tokens import APPS

LIVENESS = "both_sides_agree_again"
_PLENTY_CENTS = 100_000_000
_CAUSE = "settling"


def begin_settling(market: Market) -> None:
    """No fault any more, the access of both apps and the supplier's money there again."""
    world = market.world
    for number in market.faults.installed:
        market.faults.remove(number)
    for seller in market.settings.sellers:
        for app in APPS:
            if not world.tokens.alive(app, seller):
                world.tokens.authorise(app, seller, cause=_CAUSE)
        if world.mip.supplier.balance_cents(seller) is not None:
            world.mip.supplier.top_up(seller, _PLENTY_CENTS, key=None, cause=_CAUSE)


def close_books(market: Market) -> None:
    """Tells the ledger what became of each wallet, by its own movements, so that checks can add it up."""
    for seller, wallet in market.world.mip.supplier.wallets.items():
        if wallet.balance_cents is None:
            continue
        sums = dict.fromkeys(MovementKind, 0)
        for movement in wallet.movements:
            sums[movement.kind] += movement.cents
        facts = {
            "seller": seller,
            "opening_cents": market.settings.mip.wallet_cents or 0,
            "paid_in_cents": sums[MovementKind.TOP_UP],
            "back_cents": sums[MovementKind.REFUND],
            "ordered_cents": -sums[MovementKind.SUPPLIER_ORDER],
            "balance_cents": wallet.balance_cents,
        }
        market.world.note(None, "books", facts, "run")

"""Orders that the supplier refused: one message a cause, and another try where that can help, least time left first."""

from __future__ import annotations

from collections.abc import Iterable

from redclock.subject.actions import Action, Resend, Tell
from redclock.subject.picture import Picture
from redclock.subject.policy import HOUR, Policy
from redclock.subject.ports import Alert, AlertKind, MipOrder, Wallet

WALLET, STOCK, CARRIER = "wallet_empty", "out_of_stock", "no_carrier"
ONCE_MORE = ("supplier_error", "warehouse_split", CARRIER)
"""Refusals that a second try may mend; the rest need a person, or money."""


def resend_refused(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Refused orders by cause."""
    if picture.mip_down_since is not None:
        return
    for reason, mirrors in refused_by_reason(picture).items():
        orders = tuple(it.order_id for it in mirrors)
        if reason == WALLET:
            yield Tell(_money_alert(picture, orders), f"review:{reason}:{picture.channel}")
            if _may_afford(picture.wallet):
                yield Resend(tuple(it.id for it in mirrors), reason)
        elif reason == STOCK:
            message = "the supplier has no stock; cancel with the buyer's consent before the countdown ends"
            yield Tell(Alert(AlertKind.OUT_OF_STOCK, message, orders, {"reason": reason}), f"review:{reason}", True)
        else:
            fresh = tuple(it.id for it in mirrors if f"resend:{it.id}:{reason}" not in picture.store.tried)
            if reason in ONCE_MORE and fresh:
                yield Resend(fresh, reason, policy.other_carrier if reason == CARRIER else None)
            stuck = tuple(it.order_id for it in mirrors if it.id not in fresh or reason not in ONCE_MORE)
            if stuck:
                alert = Alert(
                    AlertKind.PENDING_REVIEW, f"orders wait for a person: {reason}", stuck, {"reason": reason}
                )
                yield Tell(alert, f"review:{reason}", by_order=True)


def refused_by_reason(picture: Picture) -> dict[str, list[MipOrder]]:
    """The platform's copies of waiting orders in review, by the supplier's reason, least time left first."""
    found: dict[str, list[MipOrder]] = {}
    for order in picture.refused:
        mirror = picture.mip.get(order.order_id)
        if mirror is not None and mirror.review_reason:
            found.setdefault(mirror.review_reason, []).append(mirror)
    return found


def _money_alert(picture: Picture, orders: tuple[int, ...]) -> Alert:
    wallet = picture.wallet or Wallet(None, None)
    needed = None
    if wallet.mean_order_cents is not None:
        needed = max(len(orders) * wallet.mean_order_cents - (wallet.balance_cents or 0), 0)
    facts = {"reason": WALLET, "needed_cents": needed, "balance_cents": wallet.balance_cents}
    first = next(it for it in picture.waiting if it.order_id == orders[0])
    hours = picture.seconds_left(first) // HOUR
    said = "" if needed is None else f", about {needed / 100:.2f} is needed"
    message = f"{len(orders)} orders wait for money with the supplier{said}; the first ends in {hours} h"
    return Alert(AlertKind.PENDING_REVIEW, message, orders, facts)


def _may_afford(wallet: Wallet | None) -> bool:
    """Something is there again. How much an order costs the supplier alone knows."""
    return wallet is None or wallet.balance_cents is None or wallet.balance_cents > 0

"""Orders of which the buyer was paid a piece back: the parcel is held, and sent again as the marketplace has it.

The supplier can't be told of another quantity, so its order is cancelled while nothing has left, and once the platform
has looked at the order again it is ordered anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from redclock.subject.actions import Action, Resend, Stop, Tell
from redclock.subject.picture import CANCELED, WAITING, DifferenceKind, Picture, is_at_supplier
from redclock.subject.policy import Policy
from redclock.subject.ports import Alert, AlertKind, ListedOrder, MipOrder
from redclock.subject.reconcile import import_again

HELD = "held"
"""Why an order is sent again."""


def hold_what_is_too_much(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Stops parcels with more in them than is wanted any more; what was stopped so goes out again, put right.

    Only while the platform can look at the order again: an order that misses its countdown costs more than a piece.
    """
    if not picture.can_import:
        return
    kind = DifferenceKind.PARTIAL_MISMATCH
    too_much = [
        (order, mirror)
        for order, mirror in _waiting(picture, [it.order_id for it in picture.differences if it.kind is kind])
        if is_at_supplier(mirror) and _is_less(order, mirror)
    ]
    if too_much:
        message = (
            "fewer pieces are wanted than the supplier has to pack; the parcels are held and sent again, put right"
        )
        orders = tuple(order.order_id for order, _ in too_much)
        alert = Alert(AlertKind.DIFFERENCE, message, orders, {"class": kind})
        yield Tell(alert, f"difference:{kind}", by_order=True)
    for order, mirror in too_much:
        if order.order_id not in picture.store.stops:
            yield Stop(order.order_id, mirror.id)
    for order, mirror in _waiting(picture, [it for it, stopped in picture.store.stops.items() if stopped]):
        if is_at_supplier(mirror):
            yield Stop(order.order_id, mirror.id)  # it went out again, and a restart has forgotten that
        elif mirror.status == CANCELED and dict(mirror.lines) != dict(order.lines):
            yield from import_again(picture, (order.order_id,))
        elif mirror.status == CANCELED:
            yield Resend((mirror.id,), HELD)


def _waiting(picture: Picture, orders: Iterable[int]) -> list[tuple[ListedOrder, MipOrder]]:
    """Those of some orders whose countdown runs and that the platform has, least time left first."""
    found = [(picture.open[it], picture.mip[it]) for it in orders if it in picture.open and it in picture.mip]
    waiting = [(order, mirror) for order, mirror in found if order.status in WAITING]
    return sorted(waiting, key=lambda it: (it[0].ship_by_at or 0, it[0].order_id))


def _is_less(order: ListedOrder, mirror: MipOrder) -> bool:
    """The marketplace wants no more of any line than the platform has, and less of one."""
    wanted, had = dict(order.lines), dict(mirror.lines)
    return wanted != had and wanted.keys() == had.keys() and all(wanted[line] <= had[line] for line in had)

"""Buyers who want out, and orders that ended without being shipped: nothing unwanted should leave the warehouse."""

from __future__ import annotations

from collections.abc import Iterable

from redclock.subject.actions import Action, Answer, Stop, Tell
from redclock.subject.picture import ASKED, STOPPED, DifferenceKind, Picture
from redclock.subject.policy import Policy
from redclock.subject.ports import Alert, AlertKind


def answer_cancellations(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Stop the parcel if it is still in the house, and grant; if it has left, refuse. Never let the time run out."""
    asked = sorted(
        (it for it in picture.open.values() if it.status == ASKED), key=lambda it: (it.answer_by_at or 0, it.order_id)
    )
    if not asked:
        return
    message = "buyers ask to cancel; their parcels are stopped, or the request is refused if they have left"
    alert = Alert(AlertKind.CANCELLATION_REQUEST, message, tuple(it.order_id for it in asked))
    yield Tell(alert, "cancel", by_order=True)
    for order in asked:
        mirror = picture.mip.get(order.order_id)
        if mirror is None and not picture.can_import:
            continue  # it may have been imported since the platform was last seen
        if mirror is None or mirror.status in STOPPED:
            yield from _answer(picture, order.order_id, accept=True)
        elif mirror.shipments:
            yield from _answer(picture, order.order_id, accept=False)
        elif order.order_id in picture.store.stops:
            yield from _answer(picture, order.order_id, accept=picture.store.stops[order.order_id])
        else:
            yield Stop(order.order_id, mirror.id)


def stop_closed(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders that ended on the marketplace and go on in the warehouse."""
    gone = []
    for difference in picture.differences:
        mirror = picture.mip.get(difference.order_id)
        if difference.kind is not DifferenceKind.CANCELED_ON_MARKETPLACE_OPEN_IN_MIP or mirror is None:
            continue
        if mirror.order_id not in picture.store.stops:
            yield Stop(mirror.order_id, mirror.id)
        elif not picture.store.stops[mirror.order_id]:
            gone.append(mirror.order_id)
    if gone:
        message = "these orders were closed after their parcels had left; ask the carrier to bring them back"
        yield Tell(Alert(AlertKind.CLOSED_AFTER_HANDOVER, message, tuple(gone)), "left", by_order=True)


def _answer(picture: Picture, order_id: int, *, accept: bool) -> Iterable[Action]:
    if picture.can_declare:
        yield Answer(order_id, accept)

"""The platform's orders as they were: what a read that lags behind shows.

Worked out from the platform's journal, which has an event for every change that gives an order a new version. What the
marketplace did is not looked at: the platform knew only what it had seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.rules.status import Status
from fakemarket.world.mip_journal import Happening, Noticed
from fakemarket.world.mip_order import MipOrder, MipStatus, PushStatus, ReviewReason, Shipment

if TYPE_CHECKING:
    from fakemarket.world.mip import Mip
    from fakemarket.world.past import Past


class _Known(NamedTuple):
    """An order's last change of then, its number among all changes, and when it last came to wait for a person."""

    change: Noticed
    version: int
    waits_since: int | None


def mirrors_at(mip: Mip, past: Past, present: Collection[MipOrder]) -> list[MipOrder]:
    """Some of the platform's orders as they were, oldest change first; those it hadn't imported yet are left out.

    For reading only. What somebody put right in an address is shown as it is.
    """
    before, later = mip.journal.around(past.at)
    changed = {event.order for event in later}
    unread = {f"M{event.order}" for event in past.later() if event.what == "acknowledged"}
    changed |= unread
    if any(mirror.id in changed for mirror in present):
        past.differs()
        known = _known(before)
        created = {event.shipment for event in before if event.type is Happening.SHIPMENT_CREATED}
        present = [
            _as_it_was(mirror, known[mirror.id], created, past, read=mirror.id not in unread)
            if mirror.id in changed
            else mirror
            for mirror in present
            if mirror.id in known
        ]
    return sorted(present, key=lambda mirror: mirror.version)


def _known(before: Sequence[Noticed]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    version = 0
    for event in before:
        if event.order is not None and event.shipment is None:
            old = known.get(event.order)
            since = event.at if event.type is Happening.ORDER_PENDING_REVIEW else old and old.waits_since
            known[event.order] = _Known(event, version, since)
            version += 1
    return known


def _as_it_was(
    mirror: MipOrder,
    known: _Known,
    created: Collection[str | None],
    past: Past,
    *,
    read: bool,
) -> MipOrder:
    change = known.change
    reason = change.facts["reason_code"]
    shipments = tuple(_push_then(it, past) for it in mirror.shipments if it.id in created)
    ordered = [replace(it, canceled_at=past.known(it.canceled_at)) for it in mirror.supplier_orders]
    return replace(
        mirror,
        lines=change.lines,
        marketplace_status=Status(str(change.facts["marketplace_status"])),
        paid_at=change.paid_at,
        ship_by_at=change.ship_by_at,
        updated_at=change.at,
        version=known.version,
        status=MipStatus(str(change.facts["status"])),
        review=None if reason is None else ReviewReason(str(reason)),
        review_since=None if reason is None else known.waits_since,
        supplier_orders=tuple(it for it in ordered if it.sent_at <= past.at),
        parcels=[replace(it, handed_over_at=past.known(it.handed_over_at)) for it in mirror.parcels],
        shipments=shipments,
        acknowledged=mirror.acknowledged and read,
    )


def _push_then(shipment: Shipment, past: Past) -> Shipment:
    """What was known of a push: nothing before the first one."""
    if shipment.pushed_at is None:
        return shipment
    known = next((it for it in shipment.earlier if past.at < it.until_at), None)
    pushed_at = known.pushed_at if known else shipment.pushed_at
    if past.known(pushed_at) is None:
        return replace(shipment, push_status=PushStatus.QUEUED, push_error="", pushed_at=None)
    if known is None:
        return shipment
    return replace(shipment, push_status=known.status, push_error=known.error, pushed_at=pushed_at)

"""Comparing both sides: every order is in agreement, or in exactly one of nine classes of difference.

The marketplace is right about an order's state, the platform about its parcels. Classes are tried from the gravest to
the least, so an order with two troubles is in the graver class. The same picture always gives the same differences.
"""

from __future__ import annotations

from collections.abc import Iterable

from redclock.subject.actions import Action, Import, Tell
from redclock.subject.picture import (
    GONE,
    OPEN,
    OVER,
    PART,
    RECEIVED,
    SENT,
    STOPPED,
    WAITING,
    Difference,
    DifferenceKind,
    Picture,
    is_live,
)
from redclock.subject.policy import HOUR, MINUTE, Policy
from redclock.subject.ports import Alert, AlertKind, ListedOrder, MipOrder

ACTIONS = {
    DifferenceKind.MISSING_IN_MIP: "import it",
    DifferenceKind.MISSING_IN_MARKETPLACE: "ask the marketplace's support; hold the parcel",
    DifferenceKind.STALE_STATUS: "import it again",
    DifferenceKind.TRACKING_MISSING_ON_MARKETPLACE: "declare the number before the countdown ends",
    DifferenceKind.TRACKING_MISMATCH: "correct the number while it may be",
    DifferenceKind.DUPLICATE_IN_MIP: "cancel the younger copy",
    DifferenceKind.CANCELED_ON_MARKETPLACE_OPEN_IN_MIP: "stop the parcel",
    DifferenceKind.PARTIAL_MISMATCH: "find the lines that were not declared; a dispute may come",
    DifferenceKind.DEADLINE_MISMATCH: "go by the marketplace's countdown; import it again",
}
HOLD = "hold the parcel, and send it again with the right pieces"
"""What to do about lines that differ before anything was sent."""
_TOLD = (
    DifferenceKind.MISSING_IN_MARKETPLACE,
    DifferenceKind.TRACKING_MISMATCH,
    DifferenceKind.DUPLICATE_IN_MIP,
    DifferenceKind.PARTIAL_MISMATCH,
    DifferenceKind.DEADLINE_MISMATCH,
)
"""Classes that a person should know of; the rest mend themselves or are told of elsewhere."""
_IMPORTED_ANEW = (DifferenceKind.STALE_STATUS, DifferenceKind.DEADLINE_MISMATCH)


def classify(picture: Picture, policy: Policy, order_id: int) -> DifferenceKind | None:
    """The one class an order is in; None if both sides agree, or may yet without anybody's doing."""
    listed, mirror = picture.listed.get(order_id), picture.mip.get(order_id)
    if order_id in picture.twins:
        return DifferenceKind.DUPLICATE_IN_MIP
    if mirror is None:
        missing = listed is not None and listed.status in OPEN
        return DifferenceKind.MISSING_IN_MIP if missing else None
    if listed is None or order_id in picture.unknown:
        gone = order_id in picture.unknown and mirror.status not in STOPPED
        return DifferenceKind.MISSING_IN_MARKETPLACE if gone else None
    if listed.status == OVER and listed.end_reason not in RECEIVED and is_live(mirror):
        return DifferenceKind.CANCELED_ON_MARKETPLACE_OPEN_IN_MIP
    return _in_the_parcels(picture, listed, mirror) or _in_the_state(picture, policy, listed, mirror)


def compare(picture: Picture, policy: Policy) -> tuple[Difference, ...]:
    """Every difference, least time left first; one that was there before keeps its `first_seen_at`."""
    candidates = picture.open.keys() | picture.twins | picture.unknown
    candidates |= {it for it, mirror in picture.mip.items() if _may_differ(picture, mirror)}
    found = []
    for order_id in candidates:
        kind = classify(picture, policy, order_id)
        if kind is not None:
            seen = picture.store.seen.get(order_id)
            since_at = int(seen[1]) if seen is not None and seen[0] == kind else picture.now
            listed = picture.listed.get(order_id)
            action = HOLD if _is_to_be_held(kind, listed) else ACTIONS[kind]
            found.append(Difference(order_id, kind, since_at, listed.ship_by_at if listed else None, action))
    return tuple(sorted(found, key=lambda it: (it.ship_by_at is None, it.ship_by_at or 0, it.order_id)))


def import_missing(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders that the marketplace shows and the platform lacks, once they can't just be late."""
    if not picture.can_import:
        return
    lost = _due(picture, policy, (DifferenceKind.MISSING_IN_MIP,))
    if lost:
        alert = Alert(AlertKind.MISSING_IMPORT, "orders are missing on the platform", lost)
        yield Tell(alert, "missing", by_order=True)
        yield from import_again(picture, lost)


def refresh_stale(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders whose state or deadline the platform has not noticed."""
    if not picture.can_import:
        return
    yield from import_again(picture, _due(picture, policy, _IMPORTED_ANEW))


def tell_of_differences(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Differences that don't mend themselves, one message a class."""
    for kind in _TOLD:
        orders = _due(picture, policy, (kind,))
        if orders:
            alert = Alert(AlertKind.DIFFERENCE, f"{kind}: {ACTIONS[kind]}", orders, {"class": kind})
            yield Tell(alert, f"difference:{kind}", by_order=True)


def _due(picture: Picture, policy: Policy, kinds: tuple[DifferenceKind, ...]) -> tuple[int, ...]:
    grace = policy.missing_grace_minutes * MINUTE
    due = (it for it in picture.differences if it.kind in kinds and it.age_seconds(picture.now) >= grace)
    return tuple(it.order_id for it in due)


def import_again(picture: Picture, orders: tuple[int, ...]) -> Iterable[Action]:
    """One window for all of some orders that were not asked for within the hour."""
    tried = picture.store.tried
    fresh = [it for it in orders if picture.now - (tried.get(f"import:{it}") or 0) >= HOUR]
    changed = [picture.listed[it].modified_at for it in fresh if it in picture.listed]
    if changed:
        yield Import(picture.channel, min(changed), picture.now, tuple(fresh))


def _is_to_be_held(kind: DifferenceKind, listed: ListedOrder | None) -> bool:
    return kind is DifferenceKind.PARTIAL_MISMATCH and listed is not None and listed.status in WAITING


def _may_differ(picture: Picture, mirror: MipOrder) -> bool:
    """A cheap first look: most copies are of orders that are long done on both sides."""
    listed = picture.listed.get(mirror.order_id)
    if listed is None or listed.order_id in picture.open:
        return False
    if listed.status == OVER:
        return is_live(mirror) or mirror.marketplace_status in WAITING
    return mirror.marketplace_status != listed.status or mirror.status in ("tracking_pending", "tracking_rejected")


def _in_the_parcels(picture: Picture, listed: ListedOrder, mirror: MipOrder) -> DifferenceKind | None:
    """Numbers and pieces, of orders that go on."""
    if listed.status == OVER:
        return None
    known, rest = picture.sent(mirror)
    detail = picture.details.get(listed.order_id)
    if detail is not None and mirror.shipments:
        numbers = {it.number for it in mirror.shipments}
        if any(it.number not in numbers for it in detail.parcels):
            return DifferenceKind.TRACKING_MISMATCH
    if dict(listed.lines) != dict(mirror.lines):
        return DifferenceKind.PARTIAL_MISMATCH
    if listed.status == SENT and rest and (detail is not None or known):
        return DifferenceKind.PARTIAL_MISMATCH
    if listed.status in WAITING and rest:
        return DifferenceKind.TRACKING_MISSING_ON_MARKETPLACE
    return None


def _in_the_state(picture: Picture, policy: Policy, listed: ListedOrder, mirror: MipOrder) -> DifferenceKind | None:
    """Status and deadline, which the platform hears of late."""
    if listed.modified_at > picture.now - policy.missing_grace_minutes * MINUTE:
        return None
    if mirror.marketplace_status != listed.status and not _same(listed.status, mirror.marketplace_status):
        return DifferenceKind.STALE_STATUS
    if listed.ship_by_at is not None and listed.status != PART:
        off = abs(listed.ship_by_at - (mirror.ship_by_at or 0))
        if off > policy.deadline_tolerance_seconds:
            return DifferenceKind.DEADLINE_MISMATCH
    return None


def _same(listed: str, copied: str) -> bool:
    """Lists show money on its way as finished."""
    return listed == OVER and copied in GONE

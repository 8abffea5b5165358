"""Getting numbers to the marketplace in time, and making sure that they are the right ones.

A number is declared by its mapped carrier, once refused for its carrier by the fallback key with a website, then by a
person; nothing that was refused is sent again as it was. The most urgent order comes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from redclock.subject.actions import Action, Check, Correct, Declare, Tell
from redclock.subject.picture import PART, REJECTED, SENT, DifferenceKind, Picture
from redclock.subject.policy import DAY, HOUR, MINUTE, Policy
from redclock.subject.ports import Alert, AlertKind, Correction, Declaration, ListedOrder, MipOrder, MipShipment, Why

THE_NUMBER = "the number"
"""Stands among the refused carriers of a number that no carrier would mend."""


def declare_numbers(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Numbers that the platform won't get to the marketplace in time, or that were refused."""
    if not picture.can_declare:
        return
    for order, shipment in picture.undeclared():
        if not _is_due(picture, policy, order, shipment):
            continue
        declaration = declaration_of(picture, policy, order, shipment)
        if declaration is not None:
            store = picture.store
            unsure = shipment.number in store.handed or f"unsure:{shipment.number}" in store.tried
            unread = order.status == PART and order.order_id not in picture.details
            raced = not picture.failing  # the platform may have declared it since it was last seen
            yield Declare(declaration, read_back_first=unsure or unread or raced)


def tell_of_refused_numbers(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Numbers that nothing but a person can mend: not shipped, whatever left the warehouse."""
    hopeless = [
        (order, shipment)
        for order, shipment in picture.undeclared()
        if carrier_for(policy, shipment, picture.store.refused.get(shipment.number) or ()) is None
    ]
    if hopeless:
        facts = {"entries": [_entry(policy, order, shipment, whole=False) for order, shipment in hopeless]}
        orders = tuple(dict.fromkeys(order.order_id for order, _ in hopeless))
        alert = Alert(AlertKind.TRACKING_REJECTED, "the marketplace takes these numbers by no carrier", orders, facts)
        yield Tell(alert, "rejected", by_order=True)


def hand_over_to_people(picture: Picture, policy: Policy) -> Iterable[Action]:
    """While no call gets through: the numbers to be entered by hand, ready to paste, least time left first.

    Handed over once the first of them is due, and then all there are, so that one sitting is enough.
    """
    if not _is_cut_off(picture, policy):
        return
    handed = picture.store.handed
    fresh = [(order, it) for order, it in picture.undeclared() if it.number not in handed]
    if not any(_is_due(picture, policy, order, shipment) for order, shipment in fresh):
        return
    entries = []
    for order, shipment in fresh:
        made = declaration_of(picture, policy, order, shipment)
        entries.append(_entry(policy, order, shipment, whole=made is not None and made.whole))
    orders = tuple(dict.fromkeys(order.order_id for order, _ in fresh))
    message = f"enter {len(entries)} numbers by hand, in this order"
    alert = Alert(AlertKind.MANUAL_ENTRY, message, orders, {"entries": entries})
    yield Tell(alert, f"manual:{fresh[0][1].number}")


def look_for_scans(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Shipped orders whose number no carrier may ever have seen, and those somebody else declared."""
    if not picture.can_declare or picture.short_of_calls or picture.compared_at != picture.now:
        return
    for order_id, shipped_at in list(picture.store.unscanned.items()):
        if order_id not in picture.listed and order_id not in picture.mip:
            continue  # another shop's, whom this one's access would be told that there is no such order
        detail = picture.details.get(order_id)
        if detail is not None and detail.parcels and all(it.scanned for it in detail.parcels):
            continue
        old = picture.now - shipped_at >= policy.scan_hours * HOUR
        checked_at = picture.store.tried.get(f"scan:{order_id}")
        fresh = checked_at is None and (old or _declared_by_others(picture, order_id))
        if fresh or (checked_at is not None and old and picture.now - checked_at >= DAY):
            yield Check(order_id)


def warn_of_false_shipments(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Numbers that are declared and that no carrier has scanned for too long; one put in place later has as long."""
    declared_by, tried = picture.now - policy.scan_hours * HOUR, picture.store.tried
    late = {
        order_id
        for order_id, detail in picture.details.items()
        for it in detail.parcels
        if not it.scanned and max(it.declared_at, tried.get(f"replaced:{order_id}") or 0) <= declared_by
    }
    suspect = [order_id for order_id in picture.store.unscanned if order_id in late] if late else []
    if suspect:
        message = "no carrier has scanned these numbers; ask the warehouse for others and replace them"
        alert = Alert(AlertKind.FALSE_SHIPMENT_RISK, message, tuple(suspect))
        yield Tell(alert, "scan", by_order=True)


def correct_wrong_numbers(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Numbers that the supplier doesn't know for an order, such as two that were swapped in typing."""
    if not picture.can_declare:
        return
    for order_id in (it.order_id for it in picture.differences if it.kind is DifferenceKind.TRACKING_MISMATCH):
        detail, mirror = picture.details.get(order_id), picture.mip.get(order_id)
        if mirror is None or detail is None or detail.status not in (SENT, PART):
            continue
        declared = set(detail.declared_numbers)
        right = [it for it in mirror.shipments if it.number not in declared]
        wrong = [it for it in detail.parcels if it.number not in {each.number for each in mirror.shipments}]
        for parcel, shipment in zip(wrong, right, strict=False):
            alert = Alert(
                AlertKind.WRONG_NUMBER,
                f"order {order_id} was declared with {parcel.number}, its parcel has {shipment.number}",
                (order_id,),
            )
            yield Tell(alert, f"wrong:{parcel.number}")
            if f"correct:{parcel.number}" not in picture.store.tried:
                whole = detail.status == SENT and parcel is detail.parcels[-1]
                key = carrier_for(policy, shipment, ()) or policy.fallback_carrier
                yield Correct(
                    Correction(
                        order_id,
                        parcel.carrier,
                        parcel.number,
                        key,
                        shipment.number,
                        whole,
                        _website(policy, key, shipment.number),
                    )
                )


def declaration_of(picture: Picture, policy: Policy, order: ListedOrder, shipment: MipShipment) -> Declaration | None:
    """How to declare a number next; None if only a person can."""
    key = carrier_for(policy, shipment, picture.store.refused.get(shipment.number) or ())
    if key is None:
        return None
    return Declaration(
        order_id=order.order_id,
        carrier=key,
        number=shipment.number,
        whole=_completes(picture, order, picture.mip[order.order_id], shipment),
        website=_website(policy, key, shipment.number),
    )


def carrier_for(policy: Policy, shipment: MipShipment, refused: Iterable[str]) -> str | None:
    """The first rung of the ladder that was not refused: the mapped carrier, the fallback, nothing."""
    tried = set(refused)
    mapped = policy.carriers.get(shipment.carrier)
    if mapped is None and shipment.carrier in policy.carriers.values():
        mapped = shipment.carrier
    if shipment.refused_for in (Why.CARRIER, Why.OTHER) and mapped is not None:
        tried.add(mapped)
    if THE_NUMBER in tried or shipment.refused_for is Why.NUMBER:
        return None
    return next((key for key in (mapped, policy.fallback_carrier) if key is not None and key not in tried), None)


def _completes(picture: Picture, order: ListedOrder, mirror: MipOrder, shipment: MipShipment) -> bool:
    """Whether nothing is left to send once this goes: the call itself doesn't say which lines went."""
    pieces: dict[int, int] = {}
    for it in (*picture.sent(mirror)[0], shipment):
        for line, quantity in it.lines.items():
            pieces[line] = pieces.get(line, 0) + quantity
    return all(pieces.get(line, 0) >= quantity for line, quantity in order.lines.items())


def _is_due(picture: Picture, policy: Policy, order: ListedOrder, shipment: MipShipment) -> bool:
    if shipment.push_status == REJECTED:
        return True
    down_since = picture.mip_down_since
    unseen = down_since is not None and picture.now - down_since >= policy.down_minutes * MINUTE
    margin_hours = policy.safety_margin_hours if picture.failing or unseen else policy.last_moment_hours
    return picture.seconds_left(order) <= margin_hours * HOUR


def _is_cut_off(picture: Picture, policy: Policy) -> bool:
    """No call gets through, and not only for a moment."""
    down_since, back_at = picture.marketplace_down_since, picture.marketplace_back_at
    down = down_since is not None and picture.now - down_since >= policy.down_minutes * MINUTE
    banned = back_at is not None and back_at - picture.now >= HOUR
    return picture.own_access_dead or down or banned


def _declared_by_others(picture: Picture, order_id: int) -> bool:
    """The marketplace has numbers of an order that neither the platform nor the subject gave it."""
    mirror = picture.mip.get(order_id)
    return mirror is not None and bool(mirror.shipments) and bool(picture.sent(mirror)[1])


def _entry(policy: Policy, order: ListedOrder, shipment: MipShipment, *, whole: bool) -> dict[str, Any]:
    """One line of the list that people paste from."""
    key = carrier_for(policy, shipment, ()) or policy.fallback_carrier
    return {
        "order": order.order_id,
        "number": shipment.number,
        "carrier": key,
        "website": _website(policy, key, shipment.number),
        "send_type": "all" if whole else "part",
        "ship_by_at": order.ship_by_at,
    }


def _website(policy: Policy, key: str, number: str) -> str:
    return policy.website.format(number=number) if key == policy.fallback_carrier else ""

"""What to do about a picture: pure functions from what is known to what should be done.

Each function looks for one kind of trouble. They are handed to the caretaker as a list, so a subject with one of them
missing or mistaken is easily made, and a suite can show that it notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from redclock.subject.picture import ASKED, Picture
from redclock.subject.ports import Alert, AlertKind, Declaration, ListedOrder, MipShipment

HOUR = 3600
MINUTE = 60
FALLBACK_CARRIER = "OTHER_ES_LOCAL"


@dataclass(frozen=True, slots=True)
class Policy:
    """How careful to be."""

    every_minutes: int = 15
    morning_hour: int = 8
    zone: str = "Europe/Madrid"
    overlap_minutes: int = 10
    missing_grace_minutes: int = 35
    """An order may be missing on the platform for two import rounds before it counts as lost."""
    safety_margin_hours: int = 24
    last_moment_hours: int = 3
    """With so little left a number is declared even if the platform seems well."""
    carriers: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(
            {"correos": "CORREOS_ES", "seur": "SEUR_ES", "gls": "GLS_ES", "dhl": "DHL_EU"}
        )
    )
    """The supplier's names of carriers to the marketplace's keys."""


@dataclass(frozen=True, slots=True)
class Renew:
    """Renew a channel's authorisation, then import what it missed."""

    channel: str
    from_at: int


@dataclass(frozen=True, slots=True)
class Import:
    """Have a channel import a window by hand."""

    channel: str
    from_at: int
    to_at: int


@dataclass(frozen=True, slots=True)
class Declare:
    """Declare a shipment on the marketplace without the platform."""

    declaration: Declaration


@dataclass(frozen=True, slots=True)
class Resend:
    """Send orders to the supplier again, in this order, until it refuses one."""

    mip_orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell a person, unless `key` has been told before."""

    alert: Alert
    key: str


Action = Renew | Import | Declare | Resend | Tell
Decision = Callable[[Picture, Policy], Iterable[Action]]


def renew_dead_tokens(picture: Picture, policy: Policy) -> Iterable[Action]:
    """A failing channel is not a quiet day: say so, renew, and fetch what it missed."""
    for channel in picture.failing():
        since_at = channel.last_successful_import_at or picture.now - 14 * 24 * HOUR
        at_risk = tuple(order.order_id for order in picture.waiting)
        message = f"{channel.channel}: the token is dead; last import {(picture.now - since_at) // MINUTE} min ago"
        alert = Alert(AlertKind.TOKEN_DEAD, message, at_risk, {"channel": channel.channel})
        yield Tell(alert, f"token:{channel.channel}:{since_at}")
        yield Renew(channel.channel, since_at - policy.overlap_minutes * MINUTE)


def import_missing(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders that the marketplace shows and the platform lacks, once they can't just be late."""
    failing = {it.channel for it in picture.failing()}
    grace = policy.missing_grace_minutes * MINUTE
    lost = sorted(it for it, since_at in picture.missing_since.items() if picture.now - since_at >= grace)
    if not lost or failing:
        return
    changed = [picture.open[order_id].modified_at for order_id in lost]
    alert = Alert(AlertKind.MISSING_IMPORT, f"{len(lost)} orders are missing on the platform", tuple(lost))
    yield Tell(alert, f"missing:{lost}")
    for channel in picture.channels:
        yield Import(channel.channel, min(changed), max(changed))


def declare_late_numbers(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Numbers that the platform won't get to the marketplace in time, or that were refused."""
    failing = bool(picture.failing())
    margin = (policy.safety_margin_hours if failing else policy.last_moment_hours) * HOUR
    for order, shipment in picture.undeclared():
        rejected = shipment.push_status == "rejected"
        if not rejected and picture.seconds_left(order) > margin:
            continue
        declaration = _declaration(picture, policy, order, shipment, fallback=rejected)
        message = f"order {order.order_id}: {shipment.number} declared by hand ({shipment.push_status} on the platform)"
        kind = AlertKind.TRACKING_REJECTED if rejected else AlertKind.DECLARED_BY_HAND
        yield Tell(Alert(kind, message, (order.order_id,)), f"declared:{shipment.number}")
        yield Declare(declaration)


def resend_refused(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders the supplier refused: one message for each cause, and another try, least time left first."""
    by_reason: dict[str, list[str]] = {}
    orders: dict[str, list[int]] = {}
    for order in picture.waiting:
        mirror = picture.mip.get(order.order_id)
        if mirror is not None and mirror.review_reason:
            by_reason.setdefault(mirror.review_reason, []).append(mirror.id)
            orders.setdefault(mirror.review_reason, []).append(order.order_id)
    for reason, mirrors in by_reason.items():
        message = f"{len(mirrors)} orders wait for review: {reason}"
        yield Tell(
            Alert(AlertKind.PENDING_REVIEW, message, tuple(orders[reason]), {"reason": reason}),
            f"review:{reason}",
        )
        if reason == "wallet_empty":
            yield Resend(tuple(mirrors))


def warn_of_time(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders that run out of time with no number known to anybody."""
    margin = policy.safety_margin_hours * HOUR
    for order in picture.waiting:
        mirror = picture.mip.get(order.order_id)
        if picture.seconds_left(order) > margin:
            return
        if mirror is None or not mirror.shipments:
            hours = picture.seconds_left(order) // HOUR
            facts = {"ship_by_at": order.ship_by_at}
            message = f"order {order.order_id} has no tracking and {hours} h left"
            yield Tell(Alert(AlertKind.RUNNING_OUT, message, (order.order_id,), facts), f"time:{order.order_id}")


def report_cancellations(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Buyers who want out: somebody has to answer."""
    for order in picture.open.values():
        if order.status == ASKED:
            alert = Alert(
                AlertKind.CANCELLATION_REQUEST,
                f"order {order.order_id}: cancellation asked",
                (order.order_id,),
            )
            yield Tell(alert, f"cancel:{order.order_id}")


DECISIONS: tuple[Decision, ...] = (
    renew_dead_tokens,
    import_missing,
    declare_late_numbers,
    resend_refused,
    warn_of_time,
    report_cancellations,
)


def _declaration(
    picture: Picture, policy: Policy, order: ListedOrder, shipment: MipShipment, *, fallback: bool
) -> Declaration:
    known, _ = picture.sent(picture.mip[order.order_id])
    sent = {line for it in (*known, shipment) for line in it.lines}
    key = FALLBACK_CARRIER if fallback else policy.carriers.get(shipment.carrier, FALLBACK_CARRIER)
    return Declaration(
        order_id=order.order_id,
        carrier=key,
        number=shipment.number,
        whole=sent >= set(order.lines),
        website=f"https://track.example/{shipment.number}" if key == FALLBACK_CARRIER else "",
    )

"""What a seller can do to orders beside shipping them whole: lines, corrections, more time for the buyer, ratings.

Each either happens whole or is refused and changes nothing. Knows no API.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fakemarket.rules.status import RECEIVED, Status
from fakemarket.world.order import Declaration, Order
from fakemarket.world.world import Refusal, World

DAY = 86_400
HOUR = 3600


class LineShipment(NamedTuple):
    """One tracking number of one line.

    Attributes:
        line: the line's place in the order, from 1.
        completes_line: nothing of the line is left to send.
    """

    line: int
    completes_line: bool
    carrier: str
    number: str
    website: str = ""


def declare_lines(world: World, order: Order, shipments: Sequence[LineShipment], *, cause: str) -> Refusal | None:
    """Declares shipments line by line; the order is shipped when every line is. None if all were accepted."""
    indices = {line.number for line in order.lines}
    for each in shipments:
        if each.line not in indices:
            return Refusal("NO_SUCH_LINE", f"order {order.id} has no line {each.line}; it has 1 to {len(indices)}")
        if refusal := world.refusal_to_ship(order, each.carrier, each.number, each.website):
            return refusal
    complete = {it.line for it in order.declarations if it.completes_line}
    complete |= {it.line for it in shipments if it.completes_line}
    for place, each in enumerate(shipments, start=1):
        world.declare(
            order,
            carrier=each.carrier,
            number=each.number,
            whole=place == len(shipments) and complete >= indices,
            website=each.website,
            line=each.line,
            completes_line=each.completes_line,
            cause=cause,
        )
    return None


def correct(
    world: World,
    order: Order,
    old: tuple[str, str],
    *,
    carrier: str,
    number: str,
    website: str,
    whole: bool,
    cause: str,
) -> Refusal | None:
    """Replaces carrier and number of a declaration, `old`, while it may be corrected. None if that was accepted.

    The shipment keeps its instant, and the new number must come online in the old one's time.
    """
    declared = next((it for it in order.declarations if (it.carrier, it.number) == old), None)
    if declared is None:
        return Refusal("NO_SUCH_SHIPMENT", f"order {order.id} has no shipment {old[1]} by {old[0]}")
    if order.status not in (Status.SELLER_PART_SEND_GOODS, Status.WAIT_BUYER_ACCEPT_GOODS):
        return Refusal("STATUS_NOT_ALLOWED", f"order {order.id} is {order.status} and its shipment stays as it is")
    if whole is not declared.whole:
        told = "all" if declared.whole else "part"
        return Refusal("SEND_TYPE_DIFFERS", f"the shipment {old[1]} was declared as {told}, and that can't be changed")
    until_at = declared.at + int(world.settings.carriers.edit_window_hours * HOUR)
    if world.now >= until_at:
        return Refusal(
            "EDIT_WINDOW_OVER", f"the shipment {old[1]} could be corrected until {until_at}, not at {world.now}"
        )
    if refusal := world.refusal_of_carrier(order, carrier, number, website):
        return refusal
    corrected = declared._replace(carrier=carrier, number=number)
    place = order.declarations.index(declared)
    order.declarations = (*order.declarations[:place], corrected, *order.declarations[place + 1 :])
    facts = {"carrier": carrier, "number": number, "old_carrier": old[0], "old_number": old[1]}
    world.revise(order, "shipment_corrected", facts, cause)
    world.tracking.watch(order, corrected)
    world.tracking.settle_receipt(order)
    return None


def extend_receipt(world: World, order: Order, days: int, *, cause: str) -> Refusal | None:
    """Gives the buyer more days to confirm receipt. None if the marketplace took it."""
    if order.status is not Status.WAIT_BUYER_ACCEPT_GOODS:
        return Refusal("STATUS_NOT_ALLOWED", f"order {order.id} is {order.status} and waits for no receipt")
    most = world.settings.buyers.receipt_extension_days
    if order.receipt_extension_days + days > most:
        had = order.receipt_extension_days
        return Refusal("EXTENSION_TOO_LONG", f"order {order.id} had {had} more days and may have {most} in all")
    order.receipt_extension_days += days
    world.revise(order, "receipt_extended", {"days": days}, cause)
    world.platform.await_receipt(order)
    return None


def rate(world: World, order: Order, stars: int, *, cause: str) -> Refusal | None:
    """The seller's feedback on a buyer, once. None if the marketplace took it."""
    if not _may_be_rated(world, order):
        return Refusal("NOT_TO_BE_RATED", f"order {order.id} is {order.status}: it is too early or too late to rate it")
    if order.seller_feedback_at is not None:
        return Refusal("ALREADY_RATED", f"order {order.id} was rated at {order.seller_feedback_at}")
    order.seller_feedback_at, order.seller_stars = world.now, stars
    world.note(order.id, "seller_feedback", {"stars": stars}, cause)
    return None


def to_rate(world: World, seller: str) -> list[Order]:
    """The orders that a seller may still rate, newest first."""
    ended = world.orders_of(seller, (Status.FINISH, Status.ARCHIVE))
    waiting = [it for it in ended if it.seller_feedback_at is None and _may_be_rated(world, it)]
    return sorted(waiting, key=lambda it: (it.placed_at, it.id), reverse=True)


def rateable_until_at(world: World, order: Order) -> int | None:
    """The first instant too late for either side's feedback; None while the order is open."""
    return None if order.ended_at is None else order.ended_at + int(world.settings.buyers.feedback_days * DAY)


def feedback_missing(world: World, order: Order) -> bool:
    """Either side's feedback is still missing and may still be given."""
    return _may_be_rated(world, order) and None in (order.buyer_feedback_at, order.seller_feedback_at)


def _may_be_rated(world: World, order: Order) -> bool:
    until_at = rateable_until_at(world, order)
    return until_at is not None and order.end_reason in RECEIVED and world.now < until_at


def stars_of(world: World, order: Order) -> int:
    """The buyer's stars, 1 to 5, drawn once for each order; most are content [A]."""
    luck = world.streams.child(order.seller).stream("buyer-stars").uniform(order.fate.key)
    return next(stars for stars, share in ((5, 0.8), (4, 0.9), (3, 0.94), (2, 0.97), (1, 1.0)) if luck < share)


def shipments_of(order: Order, carrier: str | None, number: str | None, line: int | None) -> list[Declaration]:
    """An order's declarations, of one carrier, number or line if asked. One that names no line is of every line."""

    def is_meant(it: Declaration) -> bool:
        named = carrier in (None, it.carrier) and number in (None, it.number)
        return named and (it.line is None or line in (None, it.line))

    return [it for it in order.declarations if is_meant(it)]

"""The MIP API's calls on orders.

A listing follows the platform's changes, oldest first, and its cursor is a place among them. An order that
changes between two pages moves to the end and comes again as its new self, so a caller who pages to the end
misses nothing and is never shown the same state twice.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import assert_never

from fakemarket.call import Response
from fakemarket.faces.mip.rendering import order_json, supplier_orders_json
from fakemarket.faces.routes import Asked, Rejected, answer
from fakemarket.world.carriers import SUPPLIER_CARRIERS
from fakemarket.world.mip_order import MipOrder, MipStatus
from fakemarket.world.mip_past import mirrors_at
from fakemarket.world.order import OrderId
from fakemarket.world.tokens import Refused
from fakemarket.world.world import Refusal, World

_NUMBER = re.compile(r"[0-9]{16}")


def listing(world: World, asked: Asked) -> Response:
    from fakemarket.faces.mip.bodies import OrderQuery, cursor_at

    channels = {channel.id: channel for channel in world.mip.channels.values()}
    query = asked.query(OrderQuery, channels=tuple(channels))
    after = -1 if query.cursor is None else query.cursor
    past = world.lens.past
    if past is None:
        changes = world.mip.changes(status=query.status, since_at=query.updated_since, after=after)
    else:
        changes = (
            mirror
            for mirror in mirrors_at(world.mip, past, world.mip.orders.values())
            if mirror.version > after
            and query.status in (None, mirror.status)
            and (query.updated_since is None or mirror.updated_at >= query.updated_since)
        )
    if query.channel is not None:
        seller = channels[query.channel].seller
        changes = (mirror for mirror in changes if mirror.order.seller == seller)
    if query.marketplace_status is not None:
        changes = (mirror for mirror in changes if mirror.marketplace_status is query.marketplace_status)
    page = list(islice(changes, query.limit + 1))
    more = len(page) > query.limit
    del page[query.limit :]
    data = [order_json(mirror, world.mip.channels[mirror.order.seller]) for mirror in page]
    return answer({"data": data, "next_cursor": cursor_at(page[-1].version) if more else None})


def one(world: World, asked: Asked) -> Response:
    return _shown(world, seen(world, asked))


def by_marketplace(world: World, asked: Asked) -> Response:
    return _shown(world, seen(world, asked))


def acknowledge(world: World, asked: Asked) -> Response:
    """The consumer has the order. Once or often is the same."""
    mirror = required(world, asked)
    _no_body(asked)
    world.mip.acknowledge(mirror, cause="call")
    return _shown(world, mirror)


def resend(world: World, asked: Asked) -> Response:
    """Sends an order to the supplier, out of review, for the first time or anew, with what the body puts right.

    The platform trusts its caller [A]: an unpaid order is sent, and one that the supplier has is sent again.
    """
    from fakemarket.faces.mip.bodies import Resending

    mirror = required(world, asked)
    body = asked.body(Resending)
    if not mirror.may_be_sent:
        raise _conflict(world, mirror, "can't be sent to the supplier any more; only an order that waits can")
    carrier = None if body.carrier is None else SUPPLIER_CARRIERS[body.carrier]
    address = body.address.model_dump(exclude_none=True) if body.address else {}
    world.mip.send(mirror, carrier=carrier, address=address, cause="call")
    return _shown(world, mirror)


def cancel(world: World, asked: Asked) -> Response:
    """Cancels an order with the supplier; the marketplace and the buyer hear nothing of it."""
    mirror = required(world, asked)
    _no_body(asked)
    if mirror.status is MipStatus.CANCELED:
        return _shown(world, mirror)
    if mirror.status is MipStatus.CLOSED or mirror.shipments or not world.mip.cancel(mirror, cause="call"):
        raise _conflict(world, mirror, "can't be canceled: it is over, or some of it has left the supplier")
    return _shown(world, mirror)


def accept_cancellation(world: World, asked: Asked) -> Response:
    """Grants on the marketplace what its buyer asks for; the supplier hears nothing of it."""
    return _answer_cancellation(world, asked, accept=True)


def refuse_cancellation(world: World, asked: Asked) -> Response:
    """Refuses on the marketplace what its buyer asks for: the order is to be shipped."""
    return _answer_cancellation(world, asked, accept=False)


def supplier_orders(world: World, asked: Asked) -> Response:
    return answer({"data": supplier_orders_json(required(world, asked))})


def find(world: World, asked: Asked) -> MipOrder | None:
    """The order that a path names, by the platform's id or by channel and marketplace id."""
    params = asked.params
    number = params.get("marketplace_order_id") or params.get("id", "").removeprefix("M")
    mirror = world.mip.orders.get(OrderId(int(number))) if _NUMBER.fullmatch(number) else None
    if mirror is None or params.get("id", mirror.id) != mirror.id:
        return None
    channel = world.mip.channels[mirror.order.seller].id
    return mirror if params.get("channel", channel) == channel else None


def required(world: World, asked: Asked) -> MipOrder:
    """The order that a path names.

    Raises:
        Rejected: 404, the platform has no such order, which doesn't say that the marketplace has none.
    """
    mirror = find(world, asked)
    if mirror is None:
        raise _not_imported(asked)
    return mirror


def seen(world: World, asked: Asked) -> MipOrder:
    """The order that a path names as this call sees it, which may be as it was.

    Raises:
        Rejected: 404, likewise if it had not been imported yet.
    """
    mirror, past = required(world, asked), world.lens.past
    if past is None:
        return mirror
    found = mirrors_at(world.mip, past, [mirror])
    if not found:
        raise _not_imported(asked)
    return found[0]


def _not_imported(asked: Asked) -> Rejected:
    return Rejected(404, "not_found", f"no order {' '.join(asked.params.values())} has been imported")


def marketplace_refuses(world: World, seller: str) -> Rejected:
    """What the platform says when the marketplace doesn't take its token: its answer, not the reason."""
    channel = world.mip.channels[seller]
    message = f"the marketplace answered {channel.last_error} to channel {channel.id}; reset its credentials"
    return Rejected(409, "conflict", message)


def _answer_cancellation(world: World, asked: Asked, *, accept: bool) -> Response:
    mirror = required(world, asked)
    _no_body(asked)
    failure = world.mip.answer_cancellation(mirror, accept=accept, cause="call")
    match failure:
        case None:
            return _shown(world, mirror)
        case Refusal():
            raise Rejected(
                409, "conflict", f"the marketplace answered {failure.code} at {world.now}: {failure.message}"
            )
        case Refused():
            raise marketplace_refuses(world, mirror.order.seller)
        case _:
            assert_never(failure)


def _shown(world: World, mirror: MipOrder) -> Response:
    return answer(order_json(mirror, world.mip.channels[mirror.order.seller]))


def _no_body(asked: Asked) -> None:
    from fakemarket.faces.mip.bodies import Nothing

    asked.body(Nothing)


def _conflict(world: World, mirror: MipOrder, why: str) -> Rejected:
    return Rejected(409, "conflict", f"order {mirror.id} is {mirror.status} at market time {world.now} and {why}")

"""The control plane's views: the truth about orders, the ledger, credentials.

Ids are strings: 16 digits are too many for the numbers of some JSON readers.
"""

from __future__ import annotations

import re
from typing import Any

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, Rejected, answer, moment
from fakemarket.world.ledger import Event
from fakemarket.world.order import Order
from fakemarket.world.tokens import OWN_APP
from fakemarket.world.world import UnknownOrder

_NUMBER = re.compile(r"[0-9]{1,18}")


def orders(market: Held, asked: Asked) -> Response:
    """The newest orders, newest first, and how many there are."""
    from fakemarket.faces.control.bodies import OrderQuery

    query = asked.query(OrderQuery)
    world = market.world
    statuses = None if query.status is None else [query.status]
    found = [order for seller in world.settings.sellers for order in world.orders_of(seller, statuses)]
    found.sort(key=lambda order: (order.placed_at, order.id), reverse=True)
    return answer({"data": [order_json(order) for order in found[: query.limit]], "total": len(found)})


def order(market: Held, asked: Asked) -> Response:
    """One order and its story."""
    found = required(market, asked.params["id"])
    story = [event_json(event) for event in market.world.ledger.of(found.id)]
    return answer({**order_json(found), "story": story})


def ledger(market: Held, asked: Asked) -> Response:
    """Events from a position on; `next` is the position to go on from."""
    from fakemarket.faces.control.bodies import LedgerQuery

    query = asked.query(LedgerQuery)
    told = market.world.ledger
    end = min(query.since + query.limit, len(told))
    data = [event_json(told[seq]) for seq in range(query.since, end)]
    return answer({"data": data, "next": max(end, query.since), "total": len(told)})


def digest(market: Held, _asked: Asked) -> Response:
    return answer({"digest": market.world.ledger.digest(), "events": len(market.world.ledger)})


def credentials(market: Held, asked: Asked) -> Response:
    """What a client needs; the seller's own app, the first seller unless named."""
    from fakemarket.faces.control.bodies import SellerQuery

    world = market.world
    seller = asked.query(SellerQuery, sellers=world.settings.sellers).seller or world.settings.sellers[0]
    app = next(app for app in world.tokens.apps if app.name == OWN_APP)
    grant = world.tokens.current(OWN_APP, seller)
    return answer(
        {
            "seed": world.streams.seed,
            "seller": seller,
            "app_key": app.key,
            "app_secret": app.secret,
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "mip_api_key": world.mip.api_key,
        }
    )


def required(market: Held, number: str) -> Order:
    """The order of an id.

    Raises:
        Rejected: 404, there is none.
    """
    try:
        return market.world.order(int(number) if _NUMBER.fullmatch(number) else 0)
    except UnknownOrder:
        said = f"no order {number} in this market at {market.world.now} (seed {market.world.streams.seed})"
        raise Rejected(404, "not_found", said) from None


def order_json(order: Order) -> dict[str, Any]:
    """One order as the marketplace keeps it."""
    return {
        "id": str(order.id),
        "seller": order.seller,
        "status": order.status,
        "came_from": order.came_from,
        "end_reason": order.end_reason,
        "total": f"{order.total_cents // 100}.{order.total_cents % 100:02d}",
        "placed_at": moment(order.placed_at),
        "paid_at": moment(order.paid_at),
        "accepted_at": moment(order.accepted_at),
        "ship_by_at": moment(order.ship_by_at),
        "sent_at": moment(order.sent_at),
        "ended_at": moment(order.ended_at),
        "lines": [{"child_id": str(line.child_id), "sku": line.sku, "quantity": line.quantity} for line in order.lines],
        "declarations": [
            {"at": moment(it.at), "carrier": it.carrier, "number": it.number, "whole": it.whole}
            for it in order.declarations
        ],
    }


def event_json(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": event.at,
        "at_iso": moment(event.at),
        "order": None if event.order is None else str(event.order),
        "what": event.what,
        "facts": event.facts,
        "cause": event.cause,
    }

"""The MIP API's calls on shipments: numbers that a caller enters, and pushing them to the marketplace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakemarket.call import Response
from fakemarket.faces.mip import orders
from fakemarket.faces.mip.keys import key_of, used_otherwise
from fakemarket.faces.mip.rendering import shipment_json
from fakemarket.faces.routes import Asked, Rejected, answer
from fakemarket.world.mip_order import NOT_REJECTED, MipOrder, MipStatus, PushStatus
from fakemarket.world.world import World

if TYPE_CHECKING:
    from fakemarket.faces.mip.bodies import NewShipment
    from fakemarket.world.order import Line


def of_order(world: World, asked: Asked) -> Response:
    mirror = orders.seen(world, asked)
    return answer({"data": [shipment_json(mirror, shipment) for shipment in mirror.shipments]})


def add(world: World, asked: Asked) -> Response:
    """Enters a number; the next round pushes it.

    With an `Idempotency-Key` the same call again is answered with the first one's shipment, and another call
    under the same key is refused. Keys last as long as the market.
    """
    from fakemarket.faces.mip.bodies import NewShipment

    mirror = orders.required(world, asked)
    key = key_of(asked)
    body = asked.body(NewShipment, order=mirror, now=world.now)
    meant = f"{mirror.id} {body.model_dump_json()}"
    if key in world.mip.shipment_keys:
        first, shipment = world.mip.shipment_keys[key]
        if first != meant:
            raise used_otherwise(key)
        return answer(shipment_json(mirror, shipment), 201, {"idempotent-replayed": "true"})
    lines = _lines(world, mirror, body)
    shipment = world.mip.add_shipment(
        mirror,
        lines,
        body.carrier,
        body.tracking_number,
        shipped_at=body.shipped_at,
        key=(key, meant) if key else None,
        cause="call",
    )
    return answer(shipment_json(mirror, shipment), 201)


def push(world: World, asked: Asked) -> Response:
    """Pushes a number now. One that is accepted or waits for its answer is left alone, a rejected one is tried again.

    Of one whose answer never came it is looked first whether the marketplace shows it.
    """
    found = world.mip.shipments.get(asked.params["id"])
    if found is None:
        raise Rejected(404, "not_found", f"no shipment {asked.params['id']}")
    mirror, shipment = found
    if shipment.push_status is not PushStatus.ACCEPTED:
        refused = world.mip.push(mirror, shipment, cause="call")
        if refused is not None:
            raise orders.marketplace_refuses(world, mirror.order.seller)
    return answer(shipment_json(mirror, shipment))


def find_order(world: World, asked: Asked) -> MipOrder | None:
    """The order of the shipment that a path names."""
    found = world.mip.shipments.get(asked.params["id"])
    return found[0] if found else None


def _lines(world: World, mirror: MipOrder, body: NewShipment) -> tuple[Line, ...]:
    """What the body's lines mean; rejected shipments don't count as sent."""
    if mirror.status in (MipStatus.CANCELED, MipStatus.CLOSED):
        message = f"order {mirror.id} is {mirror.status} at market time {world.now} and takes no shipment"
        raise Rejected(409, "conflict", message)
    taken = mirror.shipped(*NOT_REJECTED)
    quantities = {line.child_id: line.quantity for line in body.lines}
    asked = [(line, quantities[str(line.child_id)]) for line in mirror.lines if str(line.child_id) in quantities]
    over = [
        {
            "field": str(line.child_id),
            "message": f"{line.quantity - taken.get(line.child_id, 0)} left to ship, {quantity} given",
        }
        for line, quantity in asked
        if quantity > line.quantity - taken.get(line.child_id, 0)
    ]
    if over:
        said = "; ".join(f"{each['field']}: {each['message']}" for each in over)
        raise Rejected(409, "conflict", f"order {mirror.id} has less left to ship: {said}", details=over)
    return tuple(line._replace(quantity=quantity) for line, quantity in asked)

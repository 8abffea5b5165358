"""Who bought, as much of it as the platform shows: whole, or with name, street and phone masked [1].

A masked answer carries an `oaid`, which with the order's id asks for the rest [1]. How the platform masks is not known
in detail, so the first letter is left of a name and nothing of the rest [A].
"""

from __future__ import annotations

from fakemarket.world.order import Order
from fakemarket.world.people import Person
from fakemarket.world.world import World

_MASK = "****"


def shown_buyer(world: World, order: Order) -> Person:
    """The buyer as answers show them."""
    buyer = world.people.buyer(order)
    return _masked(buyer) if world.settings.wire.masks_buyers else buyer


def oaid(world: World, order: Order) -> str | None:
    """What stands for the address of an order whose buyer is masked; None if nothing is."""
    return oaid_of(world, order) if world.settings.wire.masks_buyers else None


def oaid_of(world: World, order: Order) -> str:
    """The word that unmasks an order's buyer."""
    return world.streams.child(order.seller).token("oaid", order.id)


def _masked(buyer: Person) -> Person:
    return buyer._replace(
        first_name=f"{buyer.first_name[:1]}{_MASK}",
        last_name=f"{buyer.last_name[:1]}{_MASK}",
        street=_MASK,
        phone=_MASK,
    )

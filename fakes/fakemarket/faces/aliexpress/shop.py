"""One seller's shop as a call of its owner sees it, and what reading such a call leaves to be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fakemarket.faces.aliexpress.envelope import Content, Result
from fakemarket.faces.aliexpress.order_list import OrderLists
from fakemarket.world.order import Order
from fakemarket.world.world import UnknownOrder, World


class Work(NamedTuple):
    """A call whose arguments are read. It hangs on them alone, as it may be carried out again and again.

    Attributes:
        act: carries it out and gives the content of the answer; may still raise PlatformError.
        order: the order it concerns, if one, whether it exists or not.
    """

    act: Callable[[], Content | Result]
    order: int | None = None


class Shop(NamedTuple):
    """What a session opens: one seller's orders and no one else's."""

    world: World
    seller: str
    lists: OrderLists
    simplify: bool

    @property
    def told_now(self) -> int:
        """The present as answers tell it."""
        return self.world.now + self.world.lens.clock_off_seconds

    def order(self, number: int) -> Order:
        """One of the seller's orders.

        Raises:
            UnknownOrder: there is none, or it is another seller's.
        """
        return self.world.order(number, self.seller)

    def seen(self, number: int) -> Order:
        """One of the seller's orders as this call sees it, which may be as it was.

        Raises:
            UnknownOrder: there is none, it is another seller's, or it wasn't there yet.
        """
        order, past = self.order(number), self.world.lens.past
        if past is None:
            return order
        found = past.orders([order])
        if not found:
            raise UnknownOrder(f"no order {number} in this market at {past.at} (seed {self.world.streams.seed})")
        return found[0]

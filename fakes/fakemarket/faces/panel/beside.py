"""The integration platform's copy of an order beside the marketplace's, and where the two differ.

Both are what the other side would answer now; who is right is left to the reader. A difference younger than the
platform's next round may settle itself, so its age stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fakemarket.world.mip_order import MipOrder, PushStatus

if TYPE_CHECKING:
    from fakemarket.world.order import Order
    from fakemarket.world.world import World


class Kind(StrEnum):
    """The kinds of difference, in words."""

    MISSING = "Missing in the MIP"
    STALE_STATUS = "Status is stale in the MIP"
    OTHER_DEADLINE = "Ship-by differs"
    NUMBER_NOT_DECLARED = "Tracking missing on AliExpress"
    NUMBER_UNKNOWN = "Tracking missing in the MIP"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of one order; `since_at` is how old it is at least, market time."""

    kind: Kind
    since_at: int


@dataclass(frozen=True, slots=True)
class Beside:
    """One order on both sides; `mirror` is None if the platform has never imported it."""

    order: Order
    mirror: MipOrder | None
    differences: tuple[Difference, ...]

    def differs(self, *names: str) -> bool:
        """Whether there is a difference of one of these kinds, by the enumeration's names."""
        return any(difference.kind.name in names for difference in self.differences)


def beside(world: World, order: Order) -> Beside:
    """Compares one order."""
    mirror = world.mip.mirror(order.id)
    return Beside(order, mirror, tuple(_differences(order, mirror)))


def _differences(order: Order, mirror: MipOrder | None) -> Iterator[Difference]:
    if mirror is None:
        yield Difference(Kind.MISSING, order.placed_at)
        return
    if mirror.marketplace_status is not order.status:
        yield Difference(Kind.STALE_STATUS, order.modified_at)
    if mirror.ship_by_at != order.ship_by_at:
        yield Difference(Kind.OTHER_DEADLINE, order.modified_at)
    declared = {each.number: each.at for each in order.declarations}
    known = {
        each.number: each.shipped_at
        for each in mirror.shipments
        # An accepted number stands at the marketplace, or stood there until somebody corrected it.
        if each.push_status is not PushStatus.ACCEPTED
    }
    undeclared = [known[number] for number in known.keys() - declared.keys()]
    if undeclared:
        yield Difference(Kind.NUMBER_NOT_DECLARED, min(undeclared))
    unknown = [declared[number] for number in declared.keys() - {each.number for each in mirror.shipments}]
    if unknown:
        yield Difference(Kind.NUMBER_UNKNOWN, min(unknown))

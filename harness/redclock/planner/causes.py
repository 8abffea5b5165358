"""Why an order missed its countdown in a market that nobody looks after, in the words of the inquest of a scenario.

Each miss has exactly one cause, the first that applies:

1. it was accepted when its countdown was over, or its buyer's request to cancel was unanswered when it ended;
2. the platform never sent it to the supplier (its token dead, or not), or the supplier refused it;
3. its number was known but rejected by the marketplace, or should have been pushed but the token was dead;
4. the packing queue, the cut-off or the import, in this order, if it would have been in time with no other parcel
   before its own, then also with its work begun as soon as it was ordered, then also with no wait for its import;
5. where it would have stood when its countdown ended even so: its own preparation, packing, pickup, number or push.

This is the reading of a world, order by order; the planner's engine has the same of arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event
from fakemarket.world.order import OrderId

if TYPE_CHECKING:
    from fakemarket.world.fate import ParcelFate
    from fakemarket.world.world import World


class Cause(StrEnum):
    """What an order was missed by, in the order of its way."""

    ACCEPTED = "accepted when its countdown was over"
    CANCELLING = "waiting for an answer to a cancellation"
    IMPORT = "waiting for import"
    IMPORT_LOCKED = "waiting for import, the platform's token dead"
    SUPPLIER = "refused by the supplier"
    CUT_OFF = "ordered after the cut-off"
    PREPARATION = "preparation"
    QUEUE = "packing queue"
    PACKING = "packing"
    CARRIER = "waiting for the carrier's call"
    NUMBER = "number not known yet"
    PUSH = "waiting for the number to be pushed"
    PUSH_LOCKED = "number not pushed, the platform's token dead"
    REFUSED = "number refused by the marketplace"


CAUSES = tuple(Cause)


def causes(world: World, orders: Iterable[int]) -> dict[int, Cause]:
    """The cause of each missed order of a world that nobody looked after.

    Args:
        world: in which the countdowns of these orders have ended.
        orders: ids of missed orders.
    """
    told: dict[int, list[Event]] = {order: [] for order in orders}
    failing_at: dict[str, int] = {}
    for event in world.ledger:
        if event.order in told:
            told[event.order].append(event)
        elif event.what == "mip_failing":
            failing_at.setdefault(event.facts["channel"], event.at)
    return {order: _Miss(world, events, failing_at).cause() for order, events in told.items()}


class _Miss:
    """One missed order, as it stood when its countdown ended."""

    def __init__(self, world: World, events: Sequence[Event], failing_at: dict[str, int]) -> None:
        end = next(event for event in events if event.what == Move.COUNTDOWN_ENDS)
        assert end.order is not None
        self._world = world
        self._order = world.orders[OrderId(end.order)]
        self._ended_at = end.at
        self._before = [event for event in events if event.seq < end.seq]
        self._failing_at = failing_at.get(world.mip.channels[self._order.seller].id)

    def cause(self) -> Cause:
        accepted_at = self._order.accepted_at
        assert accepted_at is not None
        if self._ended_at <= accepted_at:
            return Cause.ACCEPTED
        if self._status() is Status.IN_CANCEL:
            return Cause.CANCELLING
        told = {event.what for event in self._before}
        if "pending_review" in told:
            return Cause.SUPPLIER
        if "push_rejected" in told:
            return Cause.REFUSED
        if "push_unanswered" in told:
            return Cause.PUSH
        sent_at = next((event.at for event in self._before if event.what == "sent_to_supplier"), None)
        return self._not_imported(accepted_at) if sent_at is None else self._not_pushed(accepted_at, sent_at)

    def _not_pushed(self, accepted_at: int, sent_at: int) -> Cause:
        if self._due_in_time():
            return Cause.PUSH_LOCKED
        if self._stands(sent_at, cut_off=True) is None:
            return Cause.QUEUE
        if self._stands(sent_at, cut_off=False) is None:
            return Cause.CUT_OFF
        return self._stands(accepted_at, cut_off=False) or Cause.IMPORT

    def _status(self) -> Status:
        return Status([event.facts["to"] for event in self._before if "to" in event.facts][-1])

    def _not_imported(self, accepted_at: int) -> Cause:
        if self._failing_at is None:
            return Cause.IMPORT
        every = self._world.settings.mip.import_every_minutes * 60
        failed_at = self._next_round(max(accepted_at, self._failing_at), every)
        return Cause.IMPORT_LOCKED if failed_at < self._ended_at else Cause.IMPORT

    def _due_in_time(self) -> bool:
        """Whether a push with a live token would have had all its numbers."""
        laid_out_at: dict[int, int] = {}
        parcels: dict[str, int] = {}
        due: list[int] = []
        every = self._world.settings.mip.push_every_minutes * 60
        for event in self._before:
            match event.what:
                case "laid_out":
                    laid_out_at[event.facts["parcel"]] = event.at
                case "handed_over":
                    parcels[event.facts["number"]] = event.facts["parcel"]
                case "tracking_known":
                    round_at = self._next_round(event.at, every)
                    # Known in the second of the round but after it, as the packing queue comes last.
                    late = event.at == round_at == laid_out_at[parcels[event.facts["number"]]]
                    due.append(round_at + every if late else round_at)
        return len(due) == len(self._parcels()) and max(due) < self._ended_at

    def _stands(self, sent_at: int, *, cut_off: bool) -> Cause | None:
        """Where an order sent then would stand at the end of its countdown with no queue; None: declared."""
        every = self._world.settings.mip.push_every_minutes * 60
        ways = [self._world.warehouse.way(it, sent_at, cut_off=cut_off) for it in self._parcels()]
        laid_out_at, packed_at, called_at, known_at = (max(instants) for instants in zip(*ways, strict=True))
        steps = {
            Cause.PREPARATION: laid_out_at,
            Cause.PACKING: packed_at,
            Cause.CARRIER: called_at,
            Cause.NUMBER: known_at,
            Cause.PUSH: self._next_round(known_at, every),
        }
        return next((step for step, done_at in steps.items() if done_at >= self._ended_at), None)

    def _parcels(self) -> tuple[ParcelFate, ...]:
        return self._order.fate.parcels[: len(self._order.lines)]

    def _next_round(self, at: int, every_seconds: int) -> int:
        start_at = self._world.start_at
        return start_at + max(-(-(at - start_at) // every_seconds), 1) * every_seconds

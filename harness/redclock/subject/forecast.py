"""Which orders will run out of time: those that have, nearly, and those that will as things go in the warehouse.

What a warehouse takes is learnt from what it took: working time from import to number, of the parcels of the last
days, and how many numbers come in a working day. Nothing is assumed of it beforehand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from redclock.subject.actions import Action, Tell
from redclock.subject.picture import Picture, is_at_supplier
from redclock.subject.policy import DAY, HOUR, MINUTE, Policy
from redclock.subject.ports import Alert, AlertKind, ListedOrder, MipOrder

_RECENT_DAYS = 5
_TOLD = "forecast"
"""What messages go by, with the order's number."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a warehouse took lately.

    Attributes:
        took: working seconds from import to number, ascending.
        per_second: numbers that came in a working second.
    """

    took: tuple[int, ...]
    per_second: float

    def will_miss(self, age: int, left: int, ahead: int) -> bool:
        """Whether an order that has waited `age` and has `left`, in working seconds, will more likely miss than not.

        It does if most of the parcels that took longer than its age took longer than all its time, or if those `ahead`
        of it alone take that long.
        """
        slower = len(self.took) - bisect_right(self.took, age)
        too_slow = len(self.took) - bisect_right(self.took, age + left)
        if slower and too_slow / slower > 0.5:
            return True
        return self.per_second > 0 and ahead / self.per_second > max(left, 0)


def pace(picture: Picture, policy: Policy) -> Pace | None:
    """What the warehouse took lately; None if too few parcels have been seen."""
    since_at = picture.now - _RECENT_DAYS * DAY
    recent = [times for times in picture.parcels.values() if times[1] >= since_at]
    if len(recent) < policy.forecast_samples:
        return None
    took = sorted(policy.days.worked_seconds(imported_at, known_at) for imported_at, known_at in recent)
    worked = policy.days.worked_seconds(min(known_at for _, known_at in recent), picture.now)
    return Pace(tuple(took), len(took) / worked if worked else 0.0)


def forecast_misses(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders that will miss as things go, in the order in which they should be packed; each is told of once.

    A forecast comes and goes with the hours that people work, which is no news.
    """
    if picture.compared_at != picture.now:
        return
    known = pace(picture, policy)
    if known is None:
        return
    queue = _in_the_warehouse(picture)
    place = {it.order_id: ahead for ahead, (_, it) in enumerate(sorted(queue, key=lambda both: both[1].imported_at))}
    will_miss = []
    for order, mirror in queue:
        if order.ship_by_at is None or picture.seconds_left(order) > policy.forecast_hours * HOUR:
            continue
        if f"{_TOLD}:{order.order_id}" in picture.store.told:
            continue
        age = policy.days.worked_seconds(mirror.imported_at, picture.now)
        left = policy.days.worked_seconds(picture.now, order.ship_by_at)
        if known.will_miss(age, left, place[order.order_id]):
            will_miss.append(order.order_id)
    if will_miss:
        message = "as the warehouse goes, these orders will miss; pack them first, in this order"
        yield Tell(Alert(AlertKind.WILL_MISS, message, tuple(will_miss)), _TOLD, by_order=True)


def warn_of_time(picture: Picture, policy: Policy) -> Iterable[Action]:
    """Orders that run out of time while no number, or not every line's, is known to anybody."""
    margin = policy.safety_margin_hours * HOUR
    for order in picture.waiting:
        if picture.seconds_left(order) > margin:
            return
        if not _all_numbers_known(order, picture.mip.get(order.order_id)):
            hours = picture.seconds_left(order) // HOUR
            facts = {"ship_by_at": order.ship_by_at}
            message = f"order {order.order_id} lacks tracking and has {hours} h left"
            known_at = picture.known_at(order)
            if known_at is not None and known_at < picture.now:
                facts["as_of_at"] = known_at
                message += f", as last read {(picture.now - known_at) // MINUTE} min ago"
            yield Tell(Alert(AlertKind.RUNNING_OUT, message, (order.order_id,), facts), f"time:{order.order_id}")


def _all_numbers_known(order: ListedOrder, mirror: MipOrder | None) -> bool:
    if mirror is None or not mirror.shipments:
        return False
    known = {line for it in mirror.shipments for line in it.lines}
    return known >= set(order.lines)


def _in_the_warehouse(picture: Picture) -> list[tuple[ListedOrder, MipOrder]]:
    """Orders that are with the supplier and of which no number is known, least time left first."""
    both = ((order, picture.mip.get(order.order_id)) for order in picture.waiting)
    return [(order, mirror) for order, mirror in both if mirror is not None and is_at_supplier(mirror)]

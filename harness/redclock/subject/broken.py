"""Subjects that are wrong on purpose, each in one way. A scenario that none of them fails proves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from redclock.subject.caretaker import Caretaker
from redclock.subject.decide import (
    DECISIONS,
    Action,
    Decision,
    Declare,
    Policy,
    Resend,
    Tell,
    declare_late_numbers,
    import_missing,
    renew_dead_tokens,
    resend_refused,
    warn_of_time,
)
from redclock.subject.picture import Picture
from redclock.subject.ports import Alert, AlertKind, Declaration, OutcomeUnknown, Ports


class Idle:
    """Does nothing: what happens when nobody looks."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def wake(self, now: int) -> int:
        return now + 86_400


def without(*missing: Decision) -> tuple[Decision, ...]:
    return tuple(decision for decision in DECISIONS if decision not in missing)


def never_renews(ports: Ports) -> Caretaker:
    """Takes a dead token for a quiet day."""
    return Caretaker(ports, decisions=without(renew_dead_tokens))


def trusts_the_platform(ports: Ports) -> Caretaker:
    """Never compares: an order that the platform lacks is an order that doesn't exist."""
    return Caretaker(ports, decisions=without(import_missing))


def never_declares(ports: Ports) -> Caretaker:
    """Leaves every number to the platform, however late."""
    return Caretaker(ports, decisions=without(declare_late_numbers))


def repeats_refused_carriers(ports: Ports) -> Caretaker:
    """Sends a refused declaration again as it was."""

    def declare(picture: Picture, policy: Policy) -> Iterable[Action]:
        for action in declare_late_numbers(picture, policy):
            if isinstance(action, Declare):
                order = picture.open[action.declaration.order_id]
                shipments = picture.mip[order.order_id].shipments
                named = next(it.carrier for it in shipments if it.number == action.declaration.number)
                yield Declare(replace(action.declaration, carrier=policy.carriers[named], website=""))
            else:
                yield action

    return Caretaker(ports, decisions=(*without(declare_late_numbers), declare))


def sends_whatever_it_sees(ports: Ports) -> Caretaker:
    """Sends every imported order to the supplier, paid or not."""

    def send(picture: Picture, policy: Policy) -> Iterable[Action]:
        fresh = [it.id for it in picture.mip.values() if it.status == "imported"]
        if fresh:
            yield Resend(tuple(fresh))

    return Caretaker(ports, decisions=(*DECISIONS, send))


def alerts_order_by_order(ports: Ports) -> Caretaker:
    """One message an order instead of one a cause, and no second try at the supplier."""

    def tell(picture: Picture, policy: Policy) -> Iterable[Action]:
        for order in picture.waiting:
            mirror = picture.mip.get(order.order_id)
            if mirror is not None and mirror.review_reason:
                alert = Alert(AlertKind.PENDING_REVIEW, f"order {order.order_id} waits", (order.order_id,))
                yield Tell(alert, f"review:{order.order_id}")

    return Caretaker(ports, decisions=(*without(resend_refused), tell))


class NoReadBack(Caretaker):
    """Sends a declaration again when no answer came, without looking whether it was carried out."""

    def _declare(self, declaration: Declaration) -> None:
        for _ in range(3):
            try:
                self.ports.aliexpress.declare(declaration)
            except OutcomeUnknown:
                continue
            return


def counts_days_in_madrid(ports: Ports) -> Caretaker:
    """Works out the deadline itself: five weekdays by the wall clock of Madrid."""
    madrid = ZoneInfo("Europe/Madrid")

    def own_deadline(modified_at: int) -> int:
        day = datetime.fromtimestamp(modified_at, madrid).replace(hour=0, minute=0, second=0)
        counted = 1 if day.weekday() < 5 else 0
        while counted < 5:
            day += timedelta(days=1)
            counted += day.weekday() < 5
        return int((day + timedelta(days=1)).timestamp())

    def warn(picture: Picture, policy: Policy) -> Iterable[Action]:
        for order_id, order in picture.open.items():
            picture.open[order_id] = replace(order, ship_by_at=own_deadline(order.modified_at))
        picture.compare()
        yield from warn_of_time(picture, policy)

    return Caretaker(ports, decisions=(*without(warn_of_time), warn))

"""How the supplier and those who cancel can be dealt with wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from redclock.subject.actions import Action, Answer, Resend, Tell
from redclock.subject.broken.change import instead, without
from redclock.subject.cancellations import answer_cancellations, stop_closed
from redclock.subject.caretaker import Caretaker
from redclock.subject.decide import DECISIONS
from redclock.subject.forecast import forecast_misses, warn_of_time
from redclock.subject.picture import ASKED, Picture
from redclock.subject.policy import Policy
from redclock.subject.ports import (
    Alert,
    AlertKind,
    Ports,
)
from redclock.subject.supplier import refused_by_reason, resend_refused


def sends_whatever_it_sees(ports: Ports) -> Caretaker:
    """Sends every imported order to the supplier, paid or not."""

    def send(picture: Picture, policy: Policy) -> Iterable[Action]:
        fresh = [it.id for it in picture.mip.values() if it.status == "imported"]
        if fresh:
            yield Resend(tuple(fresh), "imported")

    return Caretaker(ports, decisions=(*DECISIONS, send))


def never_resends(ports: Ports) -> Caretaker:
    """Waits for refused orders to go out by themselves."""

    def tell(picture: Picture, policy: Policy) -> Iterable[Action]:
        return (it for it in resend_refused(picture, policy) if isinstance(it, Tell))

    return Caretaker(ports, decisions=instead(resend_refused, tell))


def trusts_the_supplier(ports: Ports) -> Caretaker:
    """Takes every order that the supplier answered for one that it took, whatever the answer says."""
    return Caretaker(ports, decisions=without(resend_refused))


def resends_the_newest_first(ports: Ports) -> Caretaker:
    """Spends what money there is on the orders that have the most time."""

    def resend(picture: Picture, policy: Policy) -> Iterable[Action]:
        for action in resend_refused(picture, policy):
            yield replace(action, mip_orders=action.mip_orders[::-1]) if isinstance(action, Resend) else action

    return Caretaker(ports, decisions=instead(resend_refused, resend))


def alerts_order_by_order(ports: Ports) -> Caretaker:
    """One message an order instead of one a cause, and no second try at the supplier."""

    def tell(picture: Picture, policy: Policy) -> Iterable[Action]:
        for mirrors in refused_by_reason(picture).values():
            for mirror in mirrors:
                alert = Alert(AlertKind.PENDING_REVIEW, f"order {mirror.order_id} waits", (mirror.order_id,))
                yield Tell(alert, f"review:{mirror.order_id}")

    return Caretaker(ports, decisions=instead(resend_refused, tell))


def ignores_cancellations(ports: Ports) -> Caretaker:
    """Lets requests to cancel run into their automatic acceptance, and the parcels with them."""
    return Caretaker(ports, decisions=without(answer_cancellations, stop_closed))


def grants_every_cancellation(ports: Ports) -> Caretaker:
    """Grants what a buyer asks for without a word to the warehouse, also when the parcel is under way."""

    def grant(picture: Picture, policy: Policy) -> Iterable[Action]:
        if picture.can_declare:
            yield from [Answer(it.order_id, accept=True) for it in picture.open.values() if it.status == ASKED]

    decisions = tuple(grant if it is answer_cancellations else it for it in without(stop_closed))
    return Caretaker(ports, decisions=decisions)


def refuses_every_cancellation(ports: Ports) -> Caretaker:
    """Refuses what a buyer asks for, also when nothing has been packed."""

    def refuse(picture: Picture, policy: Policy) -> Iterable[Action]:
        if picture.can_declare:
            yield from [Answer(it.order_id, accept=False) for it in picture.open.values() if it.status == ASKED]

    return Caretaker(ports, decisions=instead(answer_cancellations, refuse))


def never_forecasts(ports: Ports) -> Caretaker:
    """Notices that an order won't make it when it hasn't."""
    return Caretaker(ports, decisions=without(forecast_misses, warn_of_time))

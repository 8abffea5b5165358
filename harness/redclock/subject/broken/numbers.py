"""How numbers can be got to the marketplace wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from redclock.subject.actions import Action, Declare
from redclock.subject.broken.change import careless, instead, without
from redclock.subject.caretaker import Caretaker
from redclock.subject.hands import Hands
from redclock.subject.picture import Picture
from redclock.subject.policy import Policy
from redclock.subject.ports import (
    CallFailed,
    Declaration,
    OutcomeUnknown,
    Ports,
    Refusal,
)
from redclock.subject.reconcile import tell_of_differences
from redclock.subject.tracking import (
    correct_wrong_numbers,
    declare_numbers,
    hand_over_to_people,
    look_for_scans,
    tell_of_refused_numbers,
)


def never_declares(ports: Ports) -> Caretaker:
    """Leaves every number to the platform, however late."""
    return Caretaker(ports, decisions=without(declare_numbers))


def keeps_no_list(ports: Ports) -> Caretaker:
    """Waits for its own access to come back, and lets nobody enter anything meanwhile."""
    return Caretaker(ports, decisions=without(hand_over_to_people, tell_of_refused_numbers))


def first_in_first_out(ports: Ports) -> Caretaker:
    """Declares numbers in the order in which they became known, the most urgent one wherever that may be."""

    def declare(picture: Picture, policy: Policy) -> Iterable[Action]:
        due = [it for it in declare_numbers(picture, policy) if isinstance(it, Declare)]
        known_at = {it.number: it.shipped_at for mirror in picture.mip.values() for it in mirror.shipments}
        yield from sorted(due, key=lambda it: (known_at[it.declaration.number], it.declaration.order_id))

    return Caretaker(ports, decisions=instead(declare_numbers, declare))


class Stubborn(Hands):
    """Forgets that it was refused."""

    def note_refused(self, declaration: Declaration, refusal: Refusal, picture: Picture) -> None:
        return


def repeats_refused_carriers(ports: Ports) -> Caretaker:
    """Sends a refused declaration again as it was."""

    def declare(picture: Picture, policy: Policy) -> Iterable[Action]:
        for action in declare_numbers(picture, policy):
            if isinstance(action, Declare):
                order = picture.open[action.declaration.order_id]
                shipments = picture.mip[order.order_id].shipments
                named = next(it.carrier for it in shipments if it.number == action.declaration.number)
                again = replace(action.declaration, carrier=policy.carriers.get(named, named), website="")
                yield replace(action, declaration=again)

    return Caretaker(ports, decisions=instead(declare_numbers, declare), hands=Stubborn)


def knows_no_carriers(ports: Ports) -> Caretaker:
    """Declares by the supplier's own names of carriers, and has nothing else to offer."""

    def declare(picture: Picture, policy: Policy) -> Iterable[Action]:
        for action in declare_numbers(picture, policy):
            if isinstance(action, Declare):
                shipments = picture.mip[action.declaration.order_id].shipments
                named = next(it.carrier for it in shipments if it.number == action.declaration.number)
                if named not in (picture.store.refused.get(action.declaration.number) or ()):
                    yield replace(action, declaration=replace(action.declaration, carrier=named, website=""))

    return Caretaker(ports, decisions=instead(declare_numbers, declare))


class NeverReadsBack(Hands):
    """Sends a declaration again when no answer came."""

    def declare(self, declaration: Declaration, picture: Picture, *, read_back_first: bool) -> None:
        for _ in range(3):
            try:
                refusal = self.ports.shops[picture.channel].declare(declaration)
            except OutcomeUnknown:
                continue
            if refusal is None:
                self.note_declared(declaration, picture)
            return


class TrustsAnyAnswer(Hands):
    """Takes whatever answer comes for a yes."""

    def declare(self, declaration: Declaration, picture: Picture, *, read_back_first: bool) -> None:
        try:
            self.ports.shops[picture.channel].declare(declaration)
        except OutcomeUnknown:
            return
        except CallFailed:
            pass
        self.note_declared(declaration, picture)


def never_reads_back(ports: Ports) -> Caretaker:
    """Sends a declaration again when no answer came, without looking whether it was carried out."""
    return Caretaker(ports, hands=NeverReadsBack)


def trusts_http_200(ports: Ports) -> Caretaker:
    """Takes an answer for a success because there is one."""
    return Caretaker(ports, hands=TrustsAnyAnswer)


def forgets_parts(ports: Ports) -> Caretaker:
    """Declares the first parcel of an order as all of it."""

    def declare(picture: Picture, policy: Policy) -> Iterable[Action]:
        for action in declare_numbers(picture, policy):
            if isinstance(action, Declare):
                yield replace(action, declaration=replace(action.declaration, whole=True))

    return Caretaker(ports, decisions=instead(declare_numbers, declare))


def never_looks_for_scans(ports: Ports) -> Caretaker:
    """Thinks that a number which was taken is a parcel under way."""
    return Caretaker(ports, decisions=without(look_for_scans))


def suspects_slow_parcels(ports: Ports) -> Caretaker:
    """Takes every parcel that was not scanned within a day for lost."""
    return careless(ports, scan_hours=24)


def never_corrects(ports: Ports) -> Caretaker:
    """Leaves a number that belongs to another order where it is."""
    return Caretaker(ports, decisions=without(correct_wrong_numbers, tell_of_differences))

"""How people can be told wrongly."""

from __future__ import annotations

from dataclasses import replace

from redclock.subject.caretaker import Caretaker
from redclock.subject.hands import Hands
from redclock.subject.picture import Picture
from redclock.subject.ports import (
    Alert,
    Ports,
)


class Forgetful(Hands):
    """Tells of a cause whenever it sees it."""

    def tell(self, alert: Alert, key: str, picture: Picture, *, by_order: bool = False) -> None:
        self.ports.alerts.send(alert)


def forgets_at_restart(ports: Ports) -> Caretaker:
    """Keeps what it knows in memory only."""
    return Caretaker(replace(ports, memory=":memory:"))


def repeats_alerts(ports: Ports) -> Caretaker:
    """Tells of everything again in every round."""
    return Caretaker(ports, hands=Forgetful)


def never_tells(ports: Ports) -> Caretaker:
    """Does its work in silence."""

    class Silent(Hands):
        def tell(self, alert: Alert, key: str, picture: Picture, *, by_order: bool = False) -> None:
            return

    return Caretaker(ports, hands=Silent)

"""What subjects that are wrong on purpose are made with: the reference, with something left out or replaced."""

from __future__ import annotations

from redclock.subject.actions import Decision
from redclock.subject.caretaker import Caretaker
from redclock.subject.decide import DECISIONS
from redclock.subject.policy import Policy
from redclock.subject.ports import (
    Ports,
)


class Idle:
    """Does nothing: what happens when nobody looks."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def wake(self, now: int) -> int:
        return now + 86_400


def without(*missing: Decision) -> tuple[Decision, ...]:
    return tuple(decision for decision in DECISIONS if decision not in missing)


def instead(of: Decision, other: Decision) -> tuple[Decision, ...]:
    """The usual decisions with one replaced, in its place."""
    return tuple(other if decision is of else decision for decision in DECISIONS)


def careless(ports: Ports, **other: object) -> Caretaker:
    """The reference with some numbers of its policy replaced."""
    return Caretaker(ports, Policy.knowing(ports.facts, **other))

"""What a measure is: a number taken from a run, and for some its course through the run.

A count has a course by itself, of the events that it counts. A gauge is a course, and its last value the number. A
figure is a number only: a quantile at a moment says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fakemarket.world.ledger import Event
from redclock.checks.evidence import About, Evidence

Course = Iterator[tuple[int, float]]
"""(market time, value) after each event that may have changed it; 0 before the first."""
Figure = Callable[[Evidence, About], float | None]
Count = Callable[[Evidence, About], Iterator[Event]]
Gauge = Callable[[Evidence, About], Course]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure.

    Attributes:
        name: as expectations say it.
        says: what it is, in a sentence.
        takes: what it can be asked about: `alert`, `fault`, `operation`, `seller`.
        of: its value for a run; None where there is nothing to measure.
        course: its values through a run; None if it has none.
        compares: it goes by the same world looked after by another subject too, by nobody (`idle`) unless said.
    """

    name: str
    says: str
    takes: frozenset[str]
    of: Figure
    course: Gauge | None = None
    compares: bool = False


def figure(function: Figure, *takes: str, compares: bool = False) -> Measure:
    return Measure(function.__name__, _doc(function), frozenset(takes), function, compares=compares)


def counted(function: Count, *takes: str) -> Measure:
    def of(evidence: Evidence, about: About) -> float:
        return sum(1 for _ in function(evidence, about))

    def course(evidence: Evidence, about: About) -> Course:
        yield from ((event.at, float(number)) for number, event in enumerate(function(evidence, about), start=1))

    return Measure(function.__name__, _doc(function), frozenset(takes), of, course)


def gauged(function: Gauge, *takes: str) -> Measure:
    def of(evidence: Evidence, about: About) -> float:
        last = 0.0
        for _, last in function(evidence, about):  # noqa: B007
            pass
        return last

    return Measure(function.__name__, _doc(function), frozenset(takes), of, function)


def quantile(values: list[float], share: float) -> float | None:
    """The value that a share of the values lie below; None of none."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else None


def _doc(function: Callable[..., object]) -> str:
    return " ".join((function.__doc__ or "").split())

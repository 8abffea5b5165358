"""How things stood in each hour of a run: orders, queues, calls, and who was locked out when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fakemarket.market import Market
from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event, Ledger
from redclock.checks.evidence import ALL, Evidence
from redclock.checks.invariants import PLACED
from redclock.checks.measures.access import BIRTHS, DEATHS
from redclock.checks.measures.orders import waiting

HOUR = 3600
FACES = ("aliexpress", "mip")

Counts = tuple[int, ...]
"""One for each hour from the start on."""


@dataclass(frozen=True, slots=True)
class Outage:
    """An app that had lost its access to a seller, in market time [from_at, until_at)."""

    app: str
    seller: str
    from_at: int
    until_at: int


@dataclass(frozen=True, slots=True)
class Hours:
    """A run by hours of market time.

    Attributes:
        start_at: when the first hour begins, seconds since the epoch.
        ended_at: the last event.
        placed: orders placed in the hour.
        missed: countdowns that ended in it.
        waiting: the most orders that waited to be shipped at a moment of it.
        table: the most parcels that lay on the packing table at a moment of it.
        calls: the subject's calls to each API; empty if it made them without HTTP.
        failed: those that were refused, failed or never answered, likewise.
        strikes: how often faults struck.
        outages: of tokens, by the time at which they began.
    """

    start_at: int
    ended_at: int
    placed: Counts
    missed: Counts
    waiting: Counts
    table: Counts
    calls: dict[str, Counts]
    failed: dict[str, Counts]
    strikes: Counts
    outages: tuple[Outage, ...]

    def __len__(self) -> int:
        return len(self.placed)


def hours_of(market: Market, start_at: int, evidence: Evidence) -> Hours:
    """The hours of a market that has run since `start_at`.

    Failed calls are read from the journal, which lets go of the oldest ones of a very long run.
    """
    ledger = market.ledger
    ended_at = max(ledger[len(ledger) - 1].at if len(ledger) else start_at, start_at)
    clock = _Clock(start_at, (ended_at - start_at) // HOUR + 1)
    calls = {face: clock.none() for face in FACES}
    for (face, _, hour), number in market.journal.tally.items():
        if face in calls:
            calls[face][clock.hour(hour * HOUR)] += number
    failed = {
        face: clock.counted(it.at for it in market.journal if it.face == face and it.outcome != "ok") for face in FACES
    }
    made = bool(market.journal.tally)
    return Hours(
        start_at=start_at,
        ended_at=ended_at,
        placed=clock.counted(it.at for it in evidence.named(*PLACED)),
        missed=clock.counted(it.at for it in evidence.named(Move.COUNTDOWN_ENDS)),
        waiting=clock.peaks(waiting(evidence, ALL)),
        table=clock.peaks(_on_the_table(ledger)),
        calls={face: tuple(counts) for face, counts in calls.items()} if made else {},
        failed=failed if made else {},
        strikes=clock.counted(it.at for it in evidence.named("fault")),
        outages=tuple(sorted(outages(evidence.named(*DEATHS, *BIRTHS), ended_at), key=lambda it: it.from_at)),
    )


def outages(events: Iterable[Event], ended_at: int) -> Iterator[Outage]:
    """Who was without access when, from the deaths and births of tokens; the last ones last until `ended_at`."""
    dead: dict[tuple[str, str], int] = {}
    for event in events:
        of = event.facts["app"], event.facts["seller"]
        if event.what in DEATHS:
            dead.setdefault(of, event.at)
        elif of in dead:
            yield Outage(*of, dead.pop(of), event.at)
    for (app, seller), at in dead.items():
        yield Outage(app, seller, at, ended_at)


def _on_the_table(ledger: Ledger) -> Iterator[tuple[int, float]]:
    """How many parcels wait for a packer, at each change."""
    there: set[tuple[int | None, int]] = set()
    for event in ledger.named("laid_out", "packing", "supplier_stopped"):
        match event.what:
            case "laid_out":
                there.add((event.order, event.facts["parcel"]))
            case "packing":
                there.discard((event.order, event.facts["parcel"]))
            case _ if event.facts["stopped"]:
                there = {it for it in there if it[0] != event.order}
        yield event.at, len(there)


@dataclass(frozen=True, slots=True)
class _Clock:
    """So many hours from a moment on."""

    start_at: int
    many: int

    def hour(self, at: int) -> int:
        """The number of the hour that holds an instant; the first or last one for what lies outside."""
        return min(max((at - self.start_at) // HOUR, 0), self.many - 1)

    def none(self) -> list[int]:
        return [0] * self.many

    def counted(self, instants: Iterable[int]) -> Counts:
        """How many instants each hour holds."""
        found = self.none()
        for at in instants:
            found[self.hour(at)] += 1
        return tuple(found)

    def peaks(self, course: Iterable[tuple[int, float]]) -> Counts:
        """The largest value that held at a moment of each hour."""
        found, last, value = self.none(), 0, 0
        for at, after in course:
            hour = self.hour(at)
            for passed in range(last, hour + 1):
                found[passed] = max(found[passed], value)
            last, value = hour, int(after)
            found[hour] = max(found[hour], value)
        for passed in range(last, self.many):
            found[passed] = max(found[passed], value)
        return tuple(found)

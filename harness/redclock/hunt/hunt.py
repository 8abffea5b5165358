"""The hunt itself: draws worlds by chance, runs a subject in each, and makes what breaks it small.

hypothesis draws and shrinks. Each way of failing is hunted once; then the hunt goes on for others. A run that strikes
no calls goes by ports without HTTP, which is ten times as fast and has the same ledger; what is found is run once more
over HTTP, because that is how the file that says it will be run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from time import monotonic

from hypothesis import HealthCheck, Phase, Verbosity, find
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from fakemarket.settings import Wire
from redclock.hunt.promises import PROMISES, Broken, broken, looked_at, suspicious
from redclock.hunt.smaller import STEPS, World, size
from redclock.hunt.space import FELT, OF_THE_WORLD, SETTINGS, SPOTS, Spot
from redclock.hunt.strategies import ORDERS_PER_DAY, scenarios, settings
from redclock.run import REFERENCE, Outcome, Transport, run
from redclock.scenario.expect import Expectation
from redclock.scenario.model import Scenario

SHRINK_SECONDS = 25.0
NO_END = 1_000_000
"""More worlds than anybody waits for: how many a hunt draws that only the clock ends."""
SELLERS = 2
"""Worlds have up to so many."""
STRAINS = 1
"""Worlds that no blow strikes are short of up to so many things, beside that of their spot and single settings."""
DEMAND, DEMAND_OVER_HTTP = ORDERS_PER_DAY[2:], ORDERS_PER_DAY[1:3]
"""Enough orders a day for something to happen to one of them, fewer where calls are slow."""
FEW_DAYS = 1
"""Orders arrive for so long where calls are slow."""
SEEDS = 100
"""Worlds have one of so many seeds."""
_CALLS = "wire.app_calls_per_day"
"""A setting that only calls over HTTP can feel."""
_SOMETHING_HAPPENS = (Expectation(measure="orders", at_least=1.0),)


@dataclass(frozen=True, slots=True)
class Find:
    """A way of failing, in the smallest scenario in which it was seen.

    Attributes:
        broken: what breaks.
        scenario: says only what it takes; it fails in the same way when it is run.
        seed: of the market.
        transport: how the subject has to reach the market for it.
        after_runs: how many runs it took to find.
        shrink_runs: how many more to make it small.
        seconds: real time for both.
    """

    broken: Broken
    scenario: Scenario
    seed: int
    transport: Transport
    after_runs: int
    shrink_runs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a hunt is.

    Attributes:
        runs: worlds drawn and run.
        shrinking: what is being made small, if something is.
    """

    runs: int
    shrinking: str = ""


class _Enough(BaseException):
    """A world was found and is as small as it gets. An Exception would be a failure to hypothesis, to be made small."""


@dataclass(slots=True)
class Hunt:
    """A hunt for everything that breaks a subject.

    Args:
        subject: `module:attribute`.
        seed: of the drawing; one seed, one hunt, as long as time doesn't end it.
        runs: how many worlds at most.
        seconds: how long at most, in real time; None: as long as it takes.
        known: ways of failing that are not hunted.
        kinds: of faults that are drawn.
        tell: hears how far it is, after each run.
    """

    subject: str = REFERENCE
    seed: int = 0
    runs: int = 1000
    seconds: float | None = None
    known: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = FELT
    tell: Callable[[Progress], None] | None = None
    done: int = 0
    """Worlds run so far, those of shrinking left out."""
    seen: dict[bytes, list[Broken]] = field(default_factory=dict)
    """What each world broke: none is run twice."""

    @property
    def wakes_itself(self) -> bool:
        """Whether the subject says when it is woken; a script runs on by itself."""
        return not self.subject.startswith("script:")

    def finds(self) -> Iterator[Find]:
        """What breaks, each way once, as it is found."""
        known = set(self.known)
        ends_at = None if self.seconds is None else monotonic() + self.seconds
        for number in range(self.runs):
            if ends_at is not None and monotonic() >= ends_at:
                return
            found = _Quarry(self, known).chase(self.seed, number)
            self.done = number + 1
            if found is not None:
                known.add(found.broken.way)
                yield found


class _Quarry:
    """One way of failing that is not known yet: looked for, then pinned down and made small."""

    def __init__(self, hunt: Hunt, known: set[str]) -> None:
        self._hunt = hunt
        self._known = known
        self._began = monotonic()
        self._best: tuple[World, Broken] | None = None
        self._runs = 0

    def chase(self, seed: int, number: int) -> Find | None:
        """The find; None if a world that is drawn, and the simplest one, break nothing new.

        One world at a time: left to itself, hypothesis spends most runs on variants of what it ran before.
        """
        once = hypothesis_settings(
            max_examples=2,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        with suppress(NoSuchExample, _Enough):
            drawn = worlds(self._hunt.kinds, deaths=self._hunt.wakes_itself, turn=seed + number)
            find(drawn, self._breaks, settings=once, random=Random(f"{seed} {number}"))
        return None if self._best is None else self._told(*self._best[0], self._best[1])

    def _breaks(self, world: World) -> bool:
        """Whether a world breaks anything new; if so it is made small, and the chase is over."""
        new = next((each for each in self._verdict(world) if each.way not in self._known), None)
        if new is None:
            return False
        self._best = (world, new)
        self._shrinks_until = monotonic() + SHRINK_SECONDS
        self._make_small()
        raise _Enough

    def _make_small(self) -> None:
        """One kind of step after another, each as long as it leads to a smaller world that breaks as well."""
        assert self._best is not None
        started_from: World | None = None
        while started_from is not self._best[0]:
            started_from = self._best[0]
            for kind in STEPS:
                steps = kind(self._best[0])
                while (step := next(steps, None)) is not None:
                    if size(step) < size(self._best[0]) and self._breaks_again(step):
                        steps = kind(step)

    def _breaks_again(self, world: World) -> bool:
        """Whether a world breaks the same; then it is the one to be made smaller."""
        assert self._best is not None
        wanted = self._best[1].way
        again = next((each for each in self._verdict(world, wanted) if each.way == wanted), None)
        if again is not None:
            self._best = (world, again)
        return again is not None

    def _verdict(self, world: World, wanted: str = "") -> list[Broken]:
        scenario, seed = world
        said = f"{wanted} {seed} {scenario.model_dump_json(by_alias=True)}"
        key = blake2b(said.encode(), digest_size=16).digest()
        seen = self._hunt.seen
        if key not in seen:
            if self._best is not None and monotonic() >= self._shrinks_until:
                raise _Enough
            seen[key] = list(verdict(scenario, seed, self._hunt.subject, wanted=wanted))
            self._runs += 1
            if self._hunt.tell is not None:
                self._hunt.tell(Progress(self._hunt.done, wanted))
        return seen[key]

    def _told(self, scenario: Scenario, seed: int, what: Broken) -> Find:
        """The find as a scenario of its own that expects just what it broke, checked over HTTP."""
        small = scenario.model_copy(
            update={
                "name": f"found-{what.way.replace('_', '-')}",
                "title": f"Found by a hunt: {what.way.replace('_', ' ')}",
                "proves": _sentence(what),
                "tags": ("hunt",),
                "seeds": seed + 1,
                "expect": _SOMETHING_HAPPENS if what.expect is None else (what.expect,),
            }
        )
        over_http = any(
            it.way == what.way for it in verdict(scenario, seed, self._hunt.subject, Transport.HTTP, wanted=what.way)
        )
        return Find(
            broken=what,
            scenario=small,
            seed=seed,
            transport=Transport.HTTP if over_http else Transport.DIRECT,
            after_runs=self._hunt.done + 1,
            shrink_runs=self._runs,
            seconds=monotonic() - self._began,
        )


def worlds(kinds: Collection[str] = FELT, *, deaths: bool = False, turn: int = 0) -> st.SearchStrategy[World]:
    """Scenarios in which every promise is looked at, and the seed; most need no HTTP, the others are small.

    Args:
        kinds: of faults.
        deaths: the subject's process may die.
        turn: each is in another one of `space.SPOTS` than the one before it.
    """
    spots = [spot for spot in SPOTS if {word for word, _ in spot.blow} <= set(kinds)]
    spot = spots[turn % len(spots)]
    light = [kind for kind in OF_THE_WORLD if kind in kinds]
    if not light or not ({word for word, _ in spot.blow} <= set(light) and _CALLS not in spot.strain):
        drawn = _over_http(spot, kinds, deaths=deaths)
    else:
        calm = settings(
            names=[name for name in SETTINGS if name != _CALLS],
            orders_per_day=DEMAND,
            sellers=SELLERS,
            strains=0 if spot.blow else STRAINS,
            spot=spot,
        )
        quick = scenarios(expect=looked_at(), kinds=light, world=calm, deaths=deaths, spot=spot)
        # `quick | quick | any_kind` would not do: hypothesis takes equal branches for one.
        drawn = st.sampled_from(("quick", "quick again", "any")).flatmap(
            lambda which: _over_http(spot, kinds, deaths=deaths) if which == "any" else quick
        )
    return st.tuples(drawn, st.integers(0, SEEDS - 1))


def _over_http(spot: Spot, kinds: Collection[str], *, deaths: bool) -> st.SearchStrategy[Scenario]:
    """With any kind of fault, and few orders on few days, because calls are slow."""
    few = settings(orders_per_day=DEMAND_OVER_HTTP, sellers=SELLERS, strains=0 if spot.blow else STRAINS, spot=spot)
    return scenarios(expect=looked_at(), kinds=kinds, world=few, most_days=FEW_DAYS, deaths=deaths, spot=spot)


def verdict(
    scenario: Scenario, seed: int, subject: str, transport: Transport | None = None, *, wanted: str = ""
) -> Iterator[Broken]:
    """What a subject breaks in a world of `worlds`, the reference having been asked if need be.

    Args:
        wanted: the one way of failing that is asked for; everything unless given.
    """
    by = transport or fastest(scenario)
    outcome = run(scenario, seed, subject=subject, transport=by)
    reference: Outcome | None = None
    if subject != REFERENCE and not outcome.error and suspicious(outcome, wanted):
        reference = run(scenario, seed, transport=by)
    return broken(outcome, reference)


def fastest(scenario: Scenario) -> Transport:
    """Ports without HTTP, unless faults or limits strike calls: those are calls over HTTP."""
    by_world = all(fault.kind in OF_THE_WORLD for fault in scenario.faults) and scenario.market.wire == Wire()
    return Transport.DIRECT if by_world else Transport.HTTP


def _sentence(what: Broken) -> str:
    says = next((promise.says for promise in PROMISES if promise.name == what.way), what.way.replace("_", " "))
    return f"{says[0].upper()}{says[1:]}."

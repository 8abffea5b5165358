"""One trial: a scenario and a seed make a market, subjects and people look after it, checks read the ledger.

The composition point of the harness: nothing else puts these parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from time import perf_counter

import orjson

from fakemarket.doors.addresses import ALIEXPRESS_URL, MIP_URL
from fakemarket.doors.plain_door import plain_door
from fakemarket.market import Market
from fakemarket.world.ledger import Ledger
from redclock.actors.cast import NoSuchSubject, crew_of, load_subject, subjects_of
from redclock.actors.watch import SubjectFailed
from redclock.checks.differences import Difference, Differences
from redclock.checks.evidence import ALL, Evidence
from redclock.checks.invariants import Violation, broken
from redclock.checks.judge import Measured, judge
from redclock.checks.measures import MEASURES
from redclock.checks.order_row import OrderRow
from redclock.direct import DirectAliExpress, DirectMip
from redclock.drive import LimitReached, SubjectMisbehaved
from redclock.figures import Figures, distil
from redclock.scenario.actors import SubjectTable
from redclock.scenario.model import Scenario
from redclock.settling import LIVENESS, begin_settling, close_books
from redclock.subject.aliexpress_http import Access, AliExpressHttp
from redclock.subject.http import Http
from redclock.subject.mip_http import MipHttp
from redclock.subject.ports import Alert, Facts, Ports

REFERENCE = "redclock.subject.caretaker:Caretaker"
_YEAR_DAYS = 366
_SATURDAY = 5
IDLE = "idle"

__all__ = [
    "IDLE",
    "REFERENCE",
    "NoSuchSubject",
    "Outcome",
    "Transport",
    "load_subject",
    "open_market",
    "ports_to",
    "run",
    "subjects_of",
]


_GoesOn = Callable[[int, Callable[[Market], bool]], None]
"""Runs everybody until an instant, or until something holds."""


class Transport(StrEnum):
    """How the subject reaches the market."""

    HTTP = "http"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one trial."""

    scenario: Scenario
    seed: int
    subject: str
    ledger: Ledger
    measured: tuple[Measured, ...]
    violations: tuple[Violation, ...]
    """Safety: what must never happen and did."""
    unsettled: tuple[Violation, ...]
    """Liveness: what ought to be right again once nothing goes wrong any more, and was not."""
    faults_struck: Mapping[str, int]
    error: str = ""
    """What the subject did wrong, if the run ended early for it."""
    limit: str = ""
    """Which limit stopped the run."""
    seconds: float = 0.0
    wakes: int = 0
    measures: Mapping[str, float | None] = field(default_factory=dict)
    transport: Transport = Transport.HTTP
    source: str = ""
    """How a command line calls the scenario, if not by its name."""
    digest: str = ""
    """The ledger's, of a trial in a suite."""
    orders: tuple[OrderRow, ...] = ()
    """What became of each order, of a trial in a suite."""
    figures: Figures | None = None
    """What pictures of the run are drawn from, if that was asked for."""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong with this trial; what only all seeds together can tell is not asked."""
        wrong = self.error or self.limit or self.violations or self.unsettled
        return not wrong and all(each.holds for each in self.measured if not each.expectation.over_seeds)

    @property
    def never_struck(self) -> tuple[int, ...]:
        """The places of the scenario's faults that did nothing: aimed at what never came, so the run proves less."""
        return tuple(number for number in range(len(self.scenario.faults)) if not self.faults_struck[f"fault:{number}"])

    def problems(self) -> list[str]:
        """Everything that keeps the trial from passing, one line each."""
        return [problem for _, problem in self.problems_by_key()]

    def problems_by_key(self) -> Iterator[tuple[str, str]]:
        """The same, each with the key of the scenario file that it breaks; none for what holds in every scenario."""
        yield from (("", line) for line in (self.error, self.limit) if line)
        for place, each in enumerate(self.measured):
            if not each.holds and not each.expectation.over_seeds:
                yield f"expect[{place}].{each.expectation.broken_by(each.value)}", each.problem()
        yield from (("", violation.message) for violation in self.violations)
        yield from (("settle", violation.message) for violation in self.unsettled)


class _Alerts:
    """Messages to people go into the ledger, where checks find them."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def send(self, alert: Alert) -> None:
        facts = {"kind": alert.kind, "message": alert.message, "orders": list(alert.orders), **alert.facts}
        try:
            orjson.dumps(facts)
        except TypeError as why:
            raise ValueError(
                f"an alert of kind {alert.kind} can't be kept: {why}; its message must be text that UTF-8 can "
                "hold, and its facts values that JSON can"
            ) from None
        self._market.world.note(alert.orders[0] if len(alert.orders) == 1 else None, "alert", facts, "subject")


def open_market(scenario: Scenario, seed: int) -> Market:
    """The market of a scenario at its start."""
    market = Market(
        seed=seed,
        settings=scenario.market,
        start_at=scenario.start_at,
        faults=scenario.planned_faults(),
        orders_until_at=scenario.orders_until_at,
    )
    for phase in scenario.phases:
        for seller in (phase.seller,) if phase.seller else scenario.market.sellers:
            _promise(market, seller, phase.preparation_days, scenario.instant(phase.start))
            if phase.end is not None:
                _promise(market, seller, scenario.market.countdown.preparation_days, scenario.instant(phase.end))
    return market


def _promise(market: Market, seller: str, days: int, at: int) -> None:
    """Has a seller choose, at an instant, the delivery template that promises so many days."""
    templates = market.world.templates
    template = next(it for it in templates.of(seller) if it.preparation_days == days)
    market.world.at(max(at, market.now()), partial(_choose, market, seller), template.template_id)


def _choose(market: Market, seller: str, template: int) -> None:
    market.world.templates.choose_default(seller, template, cause="seller")


def ports_to(market: Market, transport: Transport = Transport.HTTP) -> Ports:
    """A subject's ports to a market of this process, for all its sellers."""
    alerts, mip = _Alerts(market), market.world.mip
    channels = {channel.id: channel.seller for channel in mip.channels.values()}
    facts = Facts(_holidays(market), market.settings.wire.app_calls_per_day)
    if transport is Transport.DIRECT:
        shops = {channel: DirectAliExpress(market, seller) for channel, seller in channels.items()}
        return Ports(shops, DirectMip(market), alerts, facts)
    send = plain_door(market)
    return Ports(
        {channel: aliexpress_client(market, send, seller) for channel, seller in channels.items()},
        MipHttp(send, MIP_URL, mip.api_key),
        alerts,
        facts,
    )


def aliexpress_client(market: Market, send: Http, seller: str, base_url: str = ALIEXPRESS_URL) -> AliExpressHttp:
    """A client for one seller; its app's workers share the token pair that the market knows as the last one."""

    def shared() -> Access:
        keys = market.credentials(seller=seller)
        return Access(keys.app_key, keys.app_secret, keys.access_token, keys.refresh_token)

    return AliExpressHttp(send, base_url, shared(), market.now, shared)


def _holidays(market: Market) -> frozenset[date]:
    """The weekdays of the coming year on which the people in the warehouse's region don't work."""
    calendar = market.settings.warehouse.calendar.working()
    first = datetime.fromtimestamp(market.now(), UTC).date()
    days = (first + timedelta(number) for number in range(_YEAR_DAYS))
    return frozenset(day for day in days if day.weekday() < _SATURDAY and not calendar.is_working(day))


@dataclass(slots=True)
class _Life:
    """What became of one market."""

    market: Market
    error: str = ""
    limit: str = ""
    wakes: int = 0
    unsettled: tuple[Violation, ...] = ()

    def evidence(self, without: Evidence | None = None) -> Evidence:
        market = self.market
        return Evidence(market.ledger, market.journal.tally, market.settings.wire.app_calls_per_day, without)


def run(
    scenario: Scenario,
    seed: int,
    *,
    subject: str = REFERENCE,
    transport: Transport = Transport.HTTP,
    figures: bool = False,
) -> Outcome:
    """Runs one scenario with one seed; a subject that fails ends its run, never the suite.

    Args:
        figures: keep what pictures are drawn from, too.

    Raises:
        NoSuchSubject: the scenario, or the caller, names one that there is not.
    """
    began = perf_counter()
    life = _live(scenario, seed, subject, transport)
    others = {each.against or IDLE for each in scenario.expect if each.against or MEASURES[each.measure].compares}
    compared: dict[str | None, Evidence] = {None: life.evidence()}
    for other in sorted(others):
        alone = scenario.model_copy(update={"subjects": (SubjectTable(subject=other),)})
        compared[other] = life.evidence(_live(alone, seed, other, transport).evidence())
    measured = []
    for each in scenario.expect:
        against = each.against or (IDLE if MEASURES[each.measure].compares else None)
        measured.append(judge(each, compared[against]))
    ledger = life.market.ledger
    outcome = Outcome(
        scenario=scenario,
        seed=seed,
        subject=subject,
        ledger=ledger,
        measured=tuple(measured),
        violations=tuple(broken(ledger)),
        unsettled=life.unsettled,
        faults_struck=dict(life.market.faults.struck),
        error=life.error,
        limit=life.limit,
        seconds=perf_counter() - began,
        wakes=life.wakes,
        measures=_main_figures(compared[None]),
        transport=transport,
    )
    if not figures:
        return outcome
    kept = distil(life.market, scenario.start_at, compared[None], outcome.violations, passed=outcome.passed)
    return replace(outcome, figures=kept)


def _live(scenario: Scenario, seed: int, subject: str, transport: Transport) -> _Life:
    """Lets a market live through a scenario: the trouble, then settling, then what is left of it."""
    market = open_market(scenario, seed)
    life = _Life(market)
    with crew_of(scenario, market, subject, partial(ports_to, market, transport)) as crew:
        settles_at = None if scenario.settle.start is None else scenario.instant(scenario.settle.start)
        try:
            crew.run(scenario.ends_at if settles_at is None else settles_at)
            life.unsettled = _settle(scenario, market, crew.run)
            if settles_at is not None:
                crew.run(scenario.ends_at)
        except LimitReached as reached:
            life.limit = str(reached)
        except (SubjectMisbehaved, SubjectFailed) as wrong:
            life.error = str(wrong).encode(errors="replace").decode()  # text that no file can hold stops no report
        life.wakes = crew.wakes
    close_books(market)
    return life


def _settle(scenario: Scenario, market: Market, go_on: _GoesOn) -> tuple[Violation, ...]:
    """Nothing goes wrong any more; what the two sides still disagree about when the time for it is over."""
    begin_settling(market)
    there, seen = Differences(), 0

    def left() -> list[tuple[Difference, int]]:
        nonlocal seen
        there.see(market.ledger.since(seen))
        seen = len(market.ledger)
        return [(it, since_at) for it, since_at in there.open.items() if it[1] not in scenario.settle.leaves]

    def agreed(_: Market) -> bool:
        return not left()

    within = scenario.settle.within
    go_on(market.now() + within, agreed)
    remaining = left()
    if not remaining:
        return ()
    (order, kind), since_at = remaining[0]
    message = (
        f"unsettled: {len(remaining)} differences are left {within / 3600:g} h after the last fault; first {kind} of "
        f"order {order}, since market time {since_at} (seed {market.seed})"
    )
    return (Violation(LIVENESS, message, order, since_at),)


def _main_figures(evidence: Evidence) -> dict[str, float | None]:
    """The measures that reports show of every run."""
    return {name: MEASURES[name].of(evidence, ALL) for name in ("orders", "accepted", "missed", "missed_share")}

"""One trial: a scenario and a seed make a market, a subject looks after it, checks read the ledger.

The composition point of the harness: nothing else puts these parts together.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from time import perf_counter

from fakemarket.doors.plain_door import plain_door
from fakemarket.market import Market
from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.world.ledger import Ledger
from redclock.checks.invariants import Violation, broken
from redclock.checks.measures import MEASURES
from redclock.direct import DirectAliExpress, DirectMip
from redclock.drive import LimitReached, SubjectMisbehaved, drive
from redclock.scenario.model import Expectation, Scenario
from redclock.subject.aliexpress_http import Access, AliExpressHttp
from redclock.subject.http import Http
from redclock.subject.mip_http import MipHttp
from redclock.subject.ports import Alert, Facts, Ports, Subject

ALIEXPRESS_URL = "https://api-sg.aliexpress.com"
MIP_URL = "https://mip.example"
REFERENCE = "redclock.subject.caretaker:Caretaker"
_YEAR_DAYS = 366
_SATURDAY = 5

SubjectFactory = Callable[[Ports], Subject]


class Transport(StrEnum):
    """How the subject reaches the market."""

    HTTP = "http"
    DIRECT = "direct"


class NoSuchSubject(LookupError):
    """`module:attribute` leads to no subject."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An expectation and what came of it."""

    expectation: Expectation
    value: float | None

    @property
    def holds(self) -> bool:
        return self.expectation.holds(self.value)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one trial."""

    scenario: Scenario
    seed: int
    subject: str
    ledger: Ledger
    measured: tuple[Measured, ...]
    violations: tuple[Violation, ...]
    faults_struck: Mapping[str, int]
    error: str = ""
    """What the subject did wrong, if the run ended early for it."""
    limit: str = ""
    """Which limit stopped the run."""
    seconds: float = 0.0
    wakes: int = 0
    measures: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not (self.error or self.limit or self.violations) and all(each.holds for each in self.measured)

    @property
    def never_struck(self) -> tuple[int, ...]:
        """The places of the scenario's faults that did nothing: aimed at what never came, so the run proves less."""
        return tuple(number for number in range(len(self.scenario.faults)) if not self.faults_struck[f"fault:{number}"])

    def problems(self) -> list[str]:
        """Everything that keeps the trial from passing, one line each."""
        found = [line for line in (self.error, self.limit) if line]
        for each in self.measured:
            if not each.holds:
                value = "nothing to measure" if each.value is None else f"{each.value:g}"
                found.append(f"{each.expectation.name} is {value}, expected {each.expectation.bounds()}")
        return [*found, *(violation.message for violation in self.violations)]


class _Alerts:
    """Messages to people go into the ledger, where checks find them."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def send(self, alert: Alert) -> None:
        facts = {"kind": alert.kind, "message": alert.message, "orders": list(alert.orders), **alert.facts}
        self._market.world.note(alert.orders[0] if len(alert.orders) == 1 else None, "alert", facts, "subject")


def load_subject(path: str) -> SubjectFactory:
    """The factory behind `module:attribute`: called with the ports, it gives an object with `wake(now) -> next wake`.

    Raises:
        NoSuchSubject: says what was found instead.
    """
    module_name, _, attribute = path.partition(":")
    if not attribute:
        raise NoSuchSubject(f"{path!r} is not of the form module:attribute, e.g. {REFERENCE}")
    try:
        factory = getattr(import_module(module_name), attribute)
    except ImportError as missing:
        raise NoSuchSubject(f"{path}: the module {module_name} can't be imported: {missing}") from missing
    except AttributeError as missing:
        raise NoSuchSubject(f"{path}: {missing}") from missing
    if not callable(factory):
        raise NoSuchSubject(f"{path} is a {type(factory).__name__}; it must be callable with the ports")
    loaded: SubjectFactory = factory
    return loaded


def open_market(scenario: Scenario, seed: int) -> Market:
    """The market of a scenario at its start."""
    return Market(
        seed=seed,
        settings=scenario.market,
        start_at=scenario.start_at,
        faults=scenario.planned_faults(),
        orders_until_at=scenario.orders_until_at,
    )


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
    house = market.settings.warehouse.calendar
    calendar = WorkingCalendar(house.country, house.region)
    first = datetime.fromtimestamp(market.now(), UTC).date()
    days = (first + timedelta(number) for number in range(_YEAR_DAYS))
    return frozenset(day for day in days if day.weekday() < _SATURDAY and not calendar.is_working(day))


def run(scenario: Scenario, seed: int, *, subject: str = REFERENCE, transport: Transport = Transport.HTTP) -> Outcome:
    """Runs one scenario with one seed; a subject that fails ends its run, never the suite."""
    began = perf_counter()
    factory = load_subject(subject)
    market = open_market(scenario, seed)
    ports = ports_to(market, transport)
    error = limit = ""
    wakes = 0
    try:
        wakes = drive(market, factory(ports), scenario.ends_at)
    except LimitReached as reached:
        limit = str(reached)
    except SubjectMisbehaved as wrong:
        error = f"{subject}: {wrong}"
    except Exception as raised:  # noqa: BLE001  (anything a user's subject raises is its verdict, not our fault)
        where = traceback.extract_tb(raised.__traceback__)[-1]
        place = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno}"
        error = f"{subject} raised {type(raised).__name__} at market time {market.now()} ({place}): {raised}"
    ledger = market.ledger
    return Outcome(
        scenario=scenario,
        seed=seed,
        subject=subject,
        ledger=ledger,
        measured=tuple(Measured(each, MEASURES[each.measure](ledger, each.alert)) for each in scenario.expect),
        violations=tuple(broken(ledger)),
        faults_struck=dict(market.faults.struck),
        error=error,
        limit=limit,
        seconds=perf_counter() - began,
        wakes=wakes,
        measures={name: measure(ledger, None) for name, measure in MEASURES.items()},
    )

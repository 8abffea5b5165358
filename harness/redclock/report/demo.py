"""The demo: a fortnight of orders looked after before your eyes, then every bundled scenario, then where to go next."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from shutil import which
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fakemarket.faults import TokenDies
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Demand, Settings, Warehouse
from fakemarket.world.ledger import Event
from redclock.checks.measures import MEASURES
from redclock.drive import drive
from redclock.report.terminal import render_suite
from redclock.run import ports_to, run
from redclock.scenario.library import find
from redclock.scenario.read import read
from redclock.subject.broken import Idle
from redclock.subject.caretaker import Caretaker
from redclock.subject.ports import Subject
from redclock.suite import verdict

DAY = 86_400
SEED = 11
ORDERS_A_DAY = 40
TOKEN_DIES_AT = MONDAY + 4 * DAY + 17 * 3600
ZONE = ZoneInfo("Europe/Madrid")
NEXT = (
    ("see a scenario fail", "redclock run b1-silent-expiry --subject redclock.subject.broken:never_renews"),
    ("your scenarios, your logic", "redclock run my-scenarios/ --subject mymodule:MyLogic"),
    ("the miss rate for a preparation time", "redclock plan --preparation-days 3..8 --target 2%"),
    ("the same market over HTTP, for any language", "redclock serve"),
    ("the pytest fixture, in any repository", "def test_it(market): market.advance(days=3)"),
)


def demo() -> bool:
    """Runs it; whether every scenario held."""
    console = Console()
    console.rule("[bold]A fortnight of marketplace orders, in a few seconds")
    console.print(
        f"A seeded market (seed {SEED}) receives {ORDERS_A_DAY} orders a day. Each must have tracking uploaded before "
        "its red countdown ends. An integration platform (MIP) imports the orders and pushes tracking back; on Friday "
        "at 18:00 its token dies without a word. The caretaker, our reference logic, looks every 15 minutes over the "
        "two fake APIs.\n"
    )
    cared = _fortnight(Caretaker)
    _narrate(cared, console)
    alone = _fortnight(Idle)
    missed = len(cared.ledger.named(Move.COUNTDOWN_ENDS)), len(alone.ledger.named(Move.COUNTDOWN_ENDS))
    console.print(
        f"\nOrders closed uncharged and penalised: [bold]{missed[0]}[/] with the caretaker, "
        f"[bold]{missed[1]}[/] in the same fortnight (same seed) with nobody looking.\n"
    )

    console.rule("[bold]The bundled scenarios, each with its verdict")
    verdicts = [verdict([run(scenario, seed=0)]) for scenario in read(find([]), measures=MEASURES)]
    render_suite(verdicts, console)

    console.rule("[bold]What you saw, and where to look next")
    console.print(
        "You saw one market, one clock and two APIs: the caretaker spoke HTTP to fakes that keep state and verify "
        "signatures. Nothing waited for real time, and the same seed gives the same orders again, to the last byte.\n"
    )
    for what, command in NEXT:
        console.print(f"  {what}\n    [bold]{escape(command)}[/]", highlight=False, soft_wrap=True)
    if which("redclock") is None:
        console.print(f"\n  (here the command is {Path(sys.argv[0])})", highlight=False, soft_wrap=True)
    return all(outcome.passed for outcome in verdicts)


def _fortnight(subject: type[Caretaker | Idle]) -> Market:
    settings = Settings(demand=Demand(orders_per_day=ORDERS_A_DAY), warehouse=Warehouse(out_of_stock_share=0))
    market = Market(seed=SEED, settings=settings, faults=[TokenDies(TOKEN_DIES_AT)], orders_until_at=MONDAY + 14 * DAY)
    logic: Subject = subject(ports_to(market))
    drive(market, logic, MONDAY + 28 * DAY)
    return market


def _narrate(market: Market, console: Console) -> None:
    """A line a day, and what people were told on it."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("day", "ordered", "accepted", "shipped", "missed", "waiting"):
        table.add_column(title, justify="left" if title == "day" else "right")
    table.add_column("told to a person")
    waiting: set[int | None] = set()
    for day, events in _by_day(market):
        count = Counter(event.what for event in events)
        for event in events:
            if event.facts.get("to") in (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS):
                waiting.add(event.order)
            elif "to" in event.facts:
                waiting.discard(event.order)
        told = Counter(event.facts["kind"] for event in events if event.what == "alert")
        table.add_row(
            day,
            str(count[Move.PLACE]),
            str(count[Move.PASS_REVIEW]),
            str(count[Move.DECLARE_ALL]),
            f"[red]{count[Move.COUNTDOWN_ENDS]}[/]" if count[Move.COUNTDOWN_ENDS] else "0",
            str(len(waiting)),
            ", ".join(f"{kind.replace('_', ' ')}{f' ({n})' if n > 1 else ''}" for kind, n in told.items()),
        )
    console.print(table)


def _by_day(market: Market) -> Iterator[tuple[str, list[Event]]]:
    days: dict[str, list[Event]] = {}
    for event in market.ledger:
        days.setdefault(datetime.fromtimestamp(event.at, ZONE).strftime("%a %d %b"), []).append(event)
    yield from list(days.items())[:21]

"""The file of one order of a run that failed: what happened to it, what went wrong beside it, which calls mattered.

Without an order, when none is to blame, it is the file of the whole run. Its size is bounded whatever the run: calls
and strikes are counted in slices of its time, and of requests and messages a few are kept and the others counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fakemarket.journal import Entry
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event, Ledger
from redclock.checks.invariants import PLACED, Violation
from redclock.checks.measures.access import BIRTHS, DEATHS
from redclock.figures.requests import Asked, asked_about

SLICES = 120
"""Into so many slices of time calls and strikes are sorted: more can't be told apart in a picture."""
MOST_REQUESTS = 16
MOST_ALERTS = 40
_ENDS = (Status.WAIT_BUYER_ACCEPT_GOODS, Status.FINISH)
_MARGIN = 0.04


@dataclass(frozen=True, slots=True)
class Slice:
    """What happened in one lane in a slice of time.

    Attributes:
        lane: `aliexpress` and `mip` for calls, `fault:2` for strikes of a fault.
        at: when the first of it happened.
        count: how many calls or strikes.
        wrong: how many of the calls failed, or of the strikes hit the order.
    """

    lane: str
    at: int
    count: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Case:
    """The file of one order, or of a run.

    Attributes:
        order: None if no order is to blame.
        from_at: when its picture begins, market time.
        until_at: when it ends.
        ledger: the events that concern it, those of its seller's tokens, and the last one of the run.
        slices: calls and strikes between these two moments, by lane and time.
        requests: those that mattered, oldest first, secrets masked.
        requests_left_out: how many more concern the order or failed.
        alerts_left_out: messages to people beyond the first ones.
        by_http: whether calls are known at all.
        calls_from_at: before this moment calls have been let go of; None if all are known.
    """

    order: int | None
    from_at: int
    until_at: int
    ledger: Ledger
    slices: tuple[Slice, ...]
    requests: tuple[Asked, ...]
    requests_left_out: int
    alerts_left_out: int
    by_http: bool
    calls_from_at: int | None


def first_concerned(ledger: Ledger, violations: Iterable[Violation]) -> int | None:
    """The order to look at first: one that broke a check, missed, was never imported, or went wrong in another way."""
    for violation in violations:
        if violation.order is not None:
            return violation.order
    missed = ledger.named(Move.COUNTDOWN_ENDS)
    if missed:
        return missed[0].order
    imported = {event.order for event in ledger.named("imported")}
    lost = [event.order for event in ledger.named(Move.PASS_REVIEW) if event.order not in imported]
    others = [event.order for event in ledger.named("false_shipment", Move.CANCEL_TIMEOUT)]
    return next(iter((*lost, *others)), None)


def case_of(market: Market, start_at: int, order: int | None) -> Case:
    """The file of an order of a market that has run since `start_at`."""
    ledger, journal = market.ledger, market.journal
    own = [] if order is None else ledger.of(order)
    ended_at = ledger[len(ledger) - 1].at if len(ledger) else start_at
    from_at, until_at = _window(own, start_at, ended_at)
    seller = next((str(event.facts["seller"]) for event in own if event.what in PLACED), None)
    kept, alerts_left_out = _events(ledger, order, seller, until_at)
    calls = [it for it in journal if from_at <= it.at <= until_at and it.seller in (None, seller or it.seller)]
    requests, left_out = asked_about(calls, order, journal.shown, MOST_REQUESTS)
    return Case(
        order=order,
        from_at=from_at,
        until_at=until_at,
        ledger=kept,
        slices=(*_calls(calls, from_at, until_at), *_strikes(ledger, order, from_at, until_at)),
        requests=requests,
        requests_left_out=left_out,
        alerts_left_out=alerts_left_out,
        by_http=bool(journal.tally),
        calls_from_at=next(iter(journal)).at if journal.dropped else None,
    )


def _window(own: Sequence[Event], start_at: int, ended_at: int) -> tuple[int, int]:
    """From before an order's beginning until after what happened to it last, or the end of its countdown.

    An order that was closed otherwise needs no time up to a countdown that will never end.
    """
    if not own:
        return start_at, max(ended_at, start_at + 1)
    end = next((it for it in own if it.facts.get("to") in _ENDS), None)
    end_at = ended_at if end is None else end.at
    due = max((it.facts["ship_by_at"] for it in own if it.what == "countdown"), default=end_at)
    closed = end is not None and end.facts["to"] == Status.FINISH
    last = min(own[-1].at, max(end_at, due)) if closed else max(end_at, min(due, ended_at))
    last = max(last, own[0].at + 60)
    margin = max(int((last - own[0].at) * _MARGIN), 60)
    return own[0].at - margin, last + margin


def _events(ledger: Ledger, order: int | None, seller: str | None, until_at: int) -> tuple[Ledger, int]:
    """The events that a file has, as a small ledger, and how many messages were left out."""
    kept, alerts, left_out = Ledger(), 0, 0
    for event in ledger:
        if event.what == "alert":
            if event.at > until_at or (order not in event.facts["orders"] and event.facts["orders"] and order):
                continue
            alerts += 1
            if alerts > MOST_ALERTS:
                left_out += 1
                continue
        elif event.what in (*DEATHS, *BIRTHS):
            if seller is not None and event.facts["seller"] != seller:
                continue
        elif (order is None or event.order != order) and event.seq != len(ledger) - 1:
            continue
        kept.append(event.at, event.order, event.what, event.facts, event.cause)
    return kept, left_out


def _calls(calls: Iterable[Entry], from_at: int, until_at: int) -> list[Slice]:
    return _sliced(((it.face, it.at, it.outcome != "ok") for it in calls), from_at, until_at)


def _strikes(ledger: Ledger, order: int | None, from_at: int, until_at: int) -> list[Slice]:
    struck = (it for it in ledger.named("fault") if from_at <= it.at <= until_at)
    return _sliced(((it.cause, it.at, order is not None and it.order == order) for it in struck), from_at, until_at)


def _sliced(happened: Iterable[tuple[str, int, bool]], from_at: int, until_at: int) -> list[Slice]:
    first: dict[tuple[str, int], int] = {}
    count: Counter[tuple[str, int]] = Counter()
    wrong: Counter[tuple[str, int]] = Counter()
    for lane, at, bad in happened:
        key = lane, (at - from_at) * SLICES // max(until_at - from_at, 1)
        first.setdefault(key, at)
        count[key] += 1
        wrong[key] += bad
    return [Slice(key[0], at, count[key], wrong[key]) for key, at in sorted(first.items())]

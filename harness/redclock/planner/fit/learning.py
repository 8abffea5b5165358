"""Learns a market from the orders of a file.

The fitted market's orders are accepted and declared when the file's are approved and handed over. So all that lies
between is in the warehouse's preparation: queue, packing and review too, because a file of orders doesn't show them. Of
an order bought so late that its handover may have come after the file was made, only the purchase counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from fakemarket.distributions import Constant, Distribution
from fakemarket.rules.zones import local_date
from fakemarket.settings import Calendar, Settings
from redclock.planner.engine.covered import NotCovered
from redclock.planner.fit import mirror
from redclock.planner.fit.demand import arrivals
from redclock.planner.fit.house import Days, House, house
from redclock.planner.fit.moments import Floats, Moments, day
from redclock.planner.fit.profile import Evidence, Finding, Match, Profile, market_of
from redclock.planner.fit.shapes import SHOWN, Sample, distance, drawn, nearest, observed
from redclock.planner.fit.work import NO_CUTOFF_MINUTE, Work, work
from redclock.planner.history import HistoricOrder, History
from redclock.planner.sheets import BadOrderFile
from redclock.scenario.read import read_market

FEWEST = 30
"""Handovers from which on a profile is more than a guess [A]."""
_SETTLED_SHARE = 0.98
_YEAR_SECONDS = 365 * 86_400
_CANCELLED = {"canceled", "cancelled"}
_NO_STOCK = {"unavailable", "out_of_stock"}
_PACKERS = 100
_MOST_A_DAY = 50_000.0
"""More than a market can have change nothing: nobody waits for another's order in a fitted one."""
_MUCH = 0.05
WITHIN, TOLD = Evidence.WITHIN, Evidence.TOLD


def learn(history: History, country: str, *, parametric: bool = False) -> Profile:
    """The market that these orders came from, as far as they tell.

    Args:
        history: the orders; their zone is taken for the buyers', the warehouse's and the countdown's.
        country: whose holidays the warehouse and the countdown keep.
        parametric: durations as the formula that comes nearest, not as the file's own quantiles.

    Raises:
        BadOrderFile: there are too few orders to learn from, or years between them.
    """
    orders = sorted((it for it in history.orders if it.weight), key=lambda it: it.purchased_at)
    _refuse_gaps(history, orders)
    done_with = settled(history, orders)
    weights = np.array([it.weight for it in done_with])
    approvals = Moments.of((_begin(it) for it in done_with), history.zone)
    ready = house(approvals, Moments.of((it.handed_over_at or 0 for it in done_with), history.zone), weights, country)
    every = np.concatenate([approvals.days, ready.shipped.days])
    days = Days.of(ready.calendar, int(every.min()), int(every.max()))
    done = work(approvals, ready.shipped.days, weights, days, ready.pickup_minute)
    paid = [it for it in orders if it.approved_at is not None]
    findings = (
        *_demand(orders, history.zone),
        *_payments(orders, paid, parametric=parametric),
        *_countdown(history.zone, country),
        *_buyers(history, orders),
        *_warehouse(history, orders, ready, done, len(done_with), parametric=parametric),
        *_platform(ready, weights),
    )
    settings = read_market({"market": market_of(findings)}, history.source)
    bought = Moments.of((it.purchased_at for it in orders), history.zone).days
    first_day, last_day = day(bought.min()), day(bought.max())
    return Profile(
        source=history.source,
        first_day=first_day,
        last_day=last_day,
        orders=len(done_with),
        settings=settings,
        findings=findings,
        matches=_matches(settings, _start(history), done_with, paid, first_day, last_day),
        remarks=tuple(_remarks(history, orders, done_with, ready, done)),
    )


def _refuse_gaps(history: History, orders: Sequence[HistoricOrder]) -> None:
    """One purchase in a wrong year would make nearly every day one without orders."""
    for before, after in pairwise(orders):
        if after.purchased_at - before.purchased_at > _YEAR_SECONDS:
            days = [local_date(it.purchased_at, history.zone) for it in (before, after)]
            raise BadOrderFile(
                f"{history.source}: over a year without a purchase, from {days[0]} (line {before.line}) to {days[1]} "
                f"(line {after.line}); if one is a slip of the pen, put it right, else fit the years one by one"
            )


def _start(history: History) -> str:
    """From what on the way to the carrier is counted."""
    return "approval" if "approval" in history.columns else "purchase"


def _begin(order: HistoricOrder) -> int:
    """The approval, or the purchase where the file has none."""
    return order.purchased_at if order.approved_at is None else order.approved_at


def settled(history: History, orders: Sequence[HistoricOrder]) -> list[HistoricOrder]:
    """The orders whose way to the carrier is known, less those bought so late that others like them may be missing.

    One that took over a year counts as a year: there may be a slip of the pen in it.
    """
    approves = "approval" in history.columns
    handed = [
        replace(it, handed_over_at=min(it.handed_over_at, _begin(it) + _YEAR_SECONDS))
        for it in orders
        if it.handed_over_at is not None and (it.approved_at is not None or not approves)
    ]
    if handed:
        lags = Sample.of(np.array([_lag(it) for it in handed]), np.array([it.weight for it in handed]))
        seen = [it.handed_over_at or 0 for it in handed if _lag(it) < _YEAR_SECONDS]
        until_at = max(seen, default=0) - lags.quantiles((_SETTLED_SHARE,))[0]
        handed = [it for it in handed if it.purchased_at <= until_at]
    if len(handed) < FEWEST:
        raise BadOrderFile(f"{history.source}: {_too_few(history, orders, len(handed))}")
    return handed


def _too_few(history: History, orders: Sequence[HistoricOrder], done_with: int) -> str:
    """What became of the rows of a file that says too little."""
    broken = history.broken
    rows = [f"rows: {len(orders) + len(broken)}"]
    rows += [f"broken: {len(broken)}, the first in line {broken[0].line} ({broken[0].reason})"] if broken else []
    if name := history.columns.get("approval"):
        rows.append(f"approved (column {name}): {sum(it.approved_at is not None for it in orders)}")
    name = history.columns["handover"]
    rows.append(f"handed over (column {name}): {sum(it.handed_over_at is not None for it in orders)}")
    approved = ", approved" if "approval" in history.columns else ""
    return (
        f"{FEWEST} orders are needed that are handed over{approved} and bought so long ago that none like them still "
        f"waits; there are {done_with}; {'; '.join(rows)}"
    )


def _lag(order: HistoricOrder) -> float:
    return float((order.handed_over_at or 0) - order.purchased_at)


def _shape(sample: Sample, *, parametric: bool) -> Distribution:
    return nearest(sample) if parametric else observed(sample)


def _demand(orders: Sequence[HistoricOrder], zone: str) -> list[Finding]:
    weights = np.array([it.weight for it in orders])
    bought = Moments.of((it.purchased_at for it in orders), zone)
    found = arrivals(bought, weights)
    rests = f"{len(orders):,} orders"
    if weights.max() != 1:
        rests += f" that stand for {weights.sum():,.0f}"
    per_day = (
        f"Mean of the last {found.recent_days} days, peaks taken out; {found.overall_per_day:g} over the whole file: "
        f"{rests}."
    )
    findings = [
        Finding("demand.orders_per_day", min(found.orders_per_day, _MOST_A_DAY), per_day),
        Finding("demand.weekday_shares", found.weekday_shares, f"Percent of Monday to Sunday, by {rests}."),
        Finding("demand.hour_shares", found.hour_shares, f"Percent of the hours of the day, by {rests}."),
        Finding("demand.day_cv", found.day_cv, "How much days vary about the weeks around them, beyond chance."),
        Finding("demand.zone", zone, "As told.", TOLD),
    ]
    if found.peaks:
        says = f"{found.peak_orders:,} orders came on days that stand out. Move the dates to plan for the next time."
        findings.insert(4, Finding("demand.peaks", found.peaks, says))
    return findings


def _payments(orders: Sequence[HistoricOrder], paid: Sequence[HistoricOrder], *, parametric: bool) -> list[Finding]:
    whole = sum(it.weight for it in orders)
    never = 1 - sum(it.weight for it in paid) / whole if paid else 0.0
    inside = "Within delay_minutes."
    if paid:
        says = f"From purchase to approval, review included, which the file does not tell apart: {len(paid):,} orders."
        unpaid = f"{len(orders) - len(paid):,} orders without approval."
        found = [
            Finding("payments.never_share", round(never, 5), unpaid),
            Finding("payments.delay_minutes", _shape(_payment_minutes(paid), parametric=parametric), says),
        ]
    else:
        says = "The file has no approvals, so an order counts as approved when it is bought."
        found = [
            Finding("payments.never_share", 0.0, says, WITHIN),
            Finding("payments.delay_minutes", Constant(0), f"{says} The wait is within the preparation.", WITHIN),
        ]
    return [
        Finding("payments.failure_share", 0.0, inside, WITHIN),
        *found,
        Finding("payments.processing_minutes", Constant(0), inside, WITHIN),
        Finding("review.hours", Constant(0), "Within payments.delay_minutes.", WITHIN),
        Finding("review.rejected_share", 0.0, "Not approved: within payments.never_share.", WITHIN),
        Finding("review.hold_share", 0.0, "Within payments.delay_minutes.", WITHIN),
    ]


def _payment_minutes(paid: Sequence[HistoricOrder]) -> Sample:
    seconds = [min(max((it.approved_at or 0) - it.purchased_at, 0), _YEAR_SECONDS) for it in paid]
    return Sample.of(np.array(seconds) / 60, np.array([it.weight for it in paid]))


def _countdown(zone: str, country: str) -> list[Finding]:
    return [
        Finding("countdown.zone", zone, "As told; the marketplace's own may be another.", TOLD),
        Finding("countdown.calendar", Calendar(country), "As told.", TOLD),
    ]


def _buyers(history: History, orders: Sequence[HistoricOrder]) -> list[Finding]:
    return [
        Finding("buyers.cancel_share", share, f"{count:,} orders are cancelled and were never handed over.")
        for share, count in _never_left(history, orders, _CANCELLED)
    ]


def _never_left(history: History, orders: Sequence[HistoricOrder], statuses: set[str]) -> list[tuple[float, int]]:
    """(share of the approved orders, orders) that never left and have a status like these, if the file has any."""
    if "status" not in history.columns:
        return []
    approved = [it for it in orders if it.approved_at is not None or "approval" not in history.columns]
    found = [it for it in approved if it.handed_over_at is None and it.status.casefold() in statuses]
    share = sum(it.weight for it in found) / max(sum(it.weight for it in approved), 1e-9)
    return [(round(share, 5), len(found))]


def _warehouse(
    history: History, orders: Sequence[HistoricOrder], ready: House, done: Work, rests: int, *, parametric: bool
) -> list[Finding]:
    weekend = "days of the week by handovers" if ready.judged else "too few handovers to tell the weekend"
    closed = (
        f"closed on {len(ready.calendar.closed)} further days of {ready.closed_judged} with enough orders to show it"
        if ready.closed_judged
        else "too few orders a day to show closed days"
    )
    inside = "Within preparation_working_days."
    cutoff = "No cut-off shows." if done.cutoff_minute == NO_CUTOFF_MINUTE else "Minute of the day; the likeliest hour."
    return [
        Finding("warehouse.calendar", ready.calendar, f"Country as told; {weekend}; {closed}."),
        Finding("warehouse.zone", history.zone, "As told.", TOLD),
        Finding("warehouse.opens_minute", done.opens_minute, "Likelier than other hours, or the usual if none is."),
        Finding("warehouse.closes_minute", done.closes_minute, "The same."),
        Finding("warehouse.cutoff_minute", done.cutoff_minute, cutoff),
        Finding("warehouse.pickup_minute", ready.pickup_minute, "By then 40 % of a day's orders are handed over."),
        Finding(
            "warehouse.packers",
            _PACKERS,
            "Nobody waits for a packer here: the queue is within the preparation.",
            WITHIN,
        ),
        Finding(
            "warehouse.preparation_working_days",
            _shape(done.preparation, parametric=parametric),
            f"From {_start(history)} to handover, in working days of these hours, queue and packing included: "
            f"{rests:,} orders.",
        ),
        Finding("warehouse.packing_minutes", Constant(0), inside, WITHIN),
        Finding("warehouse.split_share", 0.0, inside, WITHIN),
        *(
            Finding("warehouse.out_of_stock_share", share, f"{count:,} orders were unavailable.")
            for share, count in _never_left(history, orders, _NO_STOCK)
        ),
    ]


def _platform(ready: House, weights: Floats) -> list[Finding]:
    after = np.maximum(ready.shipped.seconds - ready.pickup_minute * 60, 0) / 3600
    return [
        Finding("mip.import_every_minutes", 1, "Within the preparation.", WITHIN),
        Finding("mip.push_every_minutes", 1, "Within tracking_hours.", WITHIN),
        Finding(
            "mip.tracking_hours",
            observed(Sample.of(after, weights)),
            f"From the pickup to the file's handover, which is when the countdown stops: {len(weights):,} orders.",
        ),
    ]


def _matches(
    settings: Settings,
    start: str,
    settled: Sequence[HistoricOrder],
    paid: Sequence[HistoricOrder],
    first_day: date,
    last_day: date,
) -> tuple[Match, ...]:
    found = []
    if paid:
        seen, given = _payment_minutes(paid), drawn(settings.payments.delay_minutes)
        found.append(_match("Purchase to approval", "minutes", len(paid), seen, given))
    hours = [max((it.handed_over_at or 0) - _begin(it), 0) / 3600 for it in settled]
    seen = Sample.of(np.array(hours), np.array([it.weight for it in settled]))
    try:
        given = mirror.handover_hours(settings, first_day, last_day)
    except NotCovered as why:
        raise BadOrderFile(f"the market that these orders came from can't be asked: {why}") from why
    found.append(_match(f"{start.capitalize()} to handover", "hours", len(settled), seen, given))
    return tuple(found)


def _match(what: str, unit: str, orders: int, seen: Sample, given: Sample) -> Match:
    one, other = (tuple(it.quantiles(SHOWN)) for it in (seen, given))
    return Match(what, unit, orders, SHOWN, one, other, distance(seen, given))


def _remarks(
    history: History, orders: Sequence[HistoricOrder], settled: Sequence[HistoricOrder], ready: House, done: Work
) -> list[str]:
    inverted = sum(it.approved_at is not None and it.approved_at < it.purchased_at for it in orders)
    before = sum((it.handed_over_at or 0) < _begin(it) for it in settled)
    handed = sum(it.handed_over_at is not None for it in orders)
    long = sum((it.handed_over_at or 0) - _begin(it) >= _YEAR_SECONDS for it in settled)
    never, others = len(orders) - handed, handed - len(settled)
    demand, country = "they count for the demand alone", ready.calendar.country
    approves = "approval" in history.columns
    late = "not approved, or so late" if approves else "so late"
    dates = not Moments.of((it.purchased_at for it in orders), history.zone).seconds.any()
    said: list[tuple[Any, str]] = [
        (
            not approves,
            "No approval times: an order counts as approved when bought; is there a --column approval=NAME?",
        ),
        (dates, "Purchases have dates and no times: what hangs on the hour, such as a cut-off, is not in the file."),
        (history.broken, f"Broken rows, left out: {len(history.broken):,}; --json says which."),
        (inverted, f"Orders approved before they were bought: {inverted:,}; taken as approved at once."),
        (before, f"Orders handed over before their approval: {before:,}; taken as handed over as soon as can be."),
        (long, f"Orders that took over a year: {long:,}; taken as a year."),
        (never, f"Orders never handed over: {never:,}; {demand}."),
        (others, f"Orders {late} that others like them may still be waiting: {others:,}; {demand}."),
        (
            ready.off_share > _MUCH,
            f"Of the handovers {100 * ready.off_share:.0f} % are of days off in {country}: is that the country?",
        ),
        (
            done.early - before > _MUCH * len(settled),
            f"Orders handed over sooner than the market's one pickup a day lets them be: {done.early:,}.",
        ),
    ]
    remarks = [text for applies, text in said if applies]
    for slow in done.slow:
        first, last = day(slow.first), day(slow.last)
        remarks.append(
            f"Slow: {first} to {last}, {slow.slowdown:g} times as long ({slow.orders:,} orders); they are within the "
            "preparation. To plan for such weeks, say when: --with 'market.warehouse.periods = "
            f"[{{ first_day = {first}, last_day = {last}, slowdown = {slow.slowdown:g} }}]'."
        )
    remarks.append("What more packers or other hours would change can't be learnt from when orders left.")
    return remarks

"""What a run is measured by: numbers taken from the ledger, None where there is nothing to measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event, Ledger
from redclock.checks.invariants import (
    DECLARED,
    PAID,
    no_declaration_repeated,
    no_supplier_order_for_an_unpaid_order,
)

Measure = Callable[[Ledger, str | None], float | None]
_TROUBLE = ("token_expired", "token_revoked", "fault")


def orders(ledger: Ledger, alert: str | None) -> float:
    """Orders placed."""
    return len(ledger.named(Move.PLACE))


def accepted(ledger: Ledger, alert: str | None) -> float:
    """Orders that became the seller's work."""
    return len(ledger.named(*PAID))


def missed(ledger: Ledger, alert: str | None) -> float:
    """Orders whose countdown ended without tracking."""
    return len(ledger.named(Move.COUNTDOWN_ENDS))


def missed_share(ledger: Ledger, alert: str | None) -> float | None:
    """Missed orders among accepted ones."""
    total = accepted(ledger, alert)
    return missed(ledger, alert) / total if total else None


def unpaid_sent(ledger: Ledger, alert: str | None) -> float:
    """Unpaid orders sent to the supplier."""
    return len(list(no_supplier_order_for_an_unpaid_order(ledger)))


def repeated_declarations(ledger: Ledger, alert: str | None) -> float:
    """Declarations sent again although the marketplace had answered them."""
    return len(list(no_declaration_repeated(ledger)))


def never_imported(ledger: Ledger, alert: str | None) -> float:
    """Accepted orders that the integration platform never got."""
    imported = {event.order for event in ledger.named("imported")}
    return sum(event.order not in imported for event in ledger.named(*PAID))


def alerts(ledger: Ledger, alert: str | None) -> float:
    """Messages to people, of one kind if asked."""
    return len(_alerts(ledger, alert))


def minutes_to_alert(ledger: Ledger, alert: str | None) -> float | None:
    """Minutes from the first trouble (a fault, a token's death) to the first alert of the kind after it."""
    trouble = next((event for event in ledger if event.what in _TROUBLE), None)
    if trouble is None:
        return None
    told = next((event for event in _alerts(ledger, alert) if event.at >= trouble.at), None)
    return None if told is None else (told.at - trouble.at) / 60


def deadline_error_minutes(ledger: Ledger, alert: str | None) -> float | None:
    """The largest difference between a deadline that the subject named and the marketplace's own."""
    ends = {event.order: event.facts["ship_by_at"] for event in ledger.named("countdown")}
    errors = [
        abs(event.facts["ship_by_at"] - ends[event.facts["orders"][0]]) / 60
        for event in _alerts(ledger, alert)
        if event.facts.get("ship_by_at") and event.facts["orders"][0] in ends
    ]
    return max(errors, default=None)


def lead_hours_p05(ledger: Ledger, alert: str | None) -> float | None:
    """Hours left when tracking was accepted: one order in twenty had less."""
    ends: dict[int | None, int] = {}
    leads = []
    for event in ledger.named("countdown", *DECLARED):
        if event.what == "countdown":
            ends[event.order] = event.facts["ship_by_at"]
        elif event.what == Move.DECLARE_ALL:
            leads.append((ends[event.order] - event.at) / 3600)
    return sorted(leads)[len(leads) // 20] if leads else None


def _alerts(ledger: Ledger, kind: str | None) -> list[Event]:
    return [event for event in ledger.named("alert") if kind in (None, event.facts["kind"])]


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.__name__: measure
        for measure in (
            orders,
            accepted,
            missed,
            missed_share,
            unpaid_sent,
            repeated_declarations,
            never_imported,
            alerts,
            minutes_to_alert,
            deadline_error_minutes,
            lead_hours_p05,
        )
    }
)

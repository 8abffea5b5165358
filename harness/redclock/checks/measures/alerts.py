"""What people were told: how soon, how often, how rightly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event
from redclock.checks.evidence import About, Evidence
from redclock.checks.invariants import DECLARED

_TROUBLE = ("token_expired", "token_revoked", "fault")
_GROUNDS: Mapping[str, tuple[str, ...]] = {
    "token_dead": ("token_expired", "token_revoked", "mip_failing"),
    "pending_review": ("pending_review",),
    "tracking_rejected": ("push_rejected", "declare_refused"),
    "cancellation_request": (Move.REQUEST_CANCEL,),
}
"""What must have happened, to the order that is named or to anybody if none is, before an alert of a kind is right."""


def alerts(evidence: Evidence, about: About) -> Iterator[Event]:
    """Messages to people, of one kind if asked."""
    yield from evidence.alerts(about)


def repeated_alerts(evidence: Evidence, about: About) -> Iterator[Event]:
    """Messages to people that say what was said before: the same kind, orders and facts."""
    told: set[str] = set()
    for event in evidence.alerts(about):
        said = repr([(key, value) for key, value in sorted(event.facts.items()) if key != "message"])
        if said in told:
            yield event
        told.add(said)


def false_alarms(evidence: Evidence, about: About) -> Iterator[Event]:
    """Messages without grounds: of a token when none had died, of an order as missing, refused or running out of time
    that was not, of a number as false that a carrier scanned before or afterwards."""
    happened: set[tuple[str, int | None]] = {(event.what, event.order) for event in evidence.named("first_scan")}
    words = {word for words in _GROUNDS.values() for word in words}
    for event in evidence.named("alert", "imported", *DECLARED, *words):
        if event.what != "alert":
            happened |= {(event.what, event.order), (event.what, None)}
        elif about.alert in (None, event.facts["kind"]) and not _has_grounds(event, happened):
            yield event


def _has_grounds(event: Event, happened: set[tuple[str, int | None]]) -> bool:
    kind, named = event.facts["kind"], event.facts["orders"] or [None]
    match kind:
        case "missing_import":
            return any(("imported", order) not in happened for order in named)
        case "running_out":
            return any((Move.DECLARE_ALL, order) not in happened for order in named)
        case "false_shipment_risk":
            return any(("first_scan", order) not in happened for order in named)
        case "token_dead":
            return any((word, None) in happened for word in _GROUNDS[kind])
        case _ if kind in _GROUNDS:
            return any((word, order) in happened for word in _GROUNDS[kind] for order in named)
    return True


def minutes_to_alert(evidence: Evidence, about: About) -> float | None:
    """Minutes from the first trouble (a fault, a token's death; one fault's first strike if asked) to the first alert
    of the kind after it."""
    cause = None if about.fault is None else f"fault:{about.fault}"
    troubles = evidence.named(*_TROUBLE) if cause is None else evidence.named("fault")
    started = next((event.at for event in troubles if cause in (None, event.cause)), None)
    if started is None:
        return None
    told = next((event.at for event in evidence.alerts(about) if event.at >= started), None)
    return None if told is None else (told - started) / 60


def minutes_to_find(evidence: Evidence, about: About) -> float | None:
    """The longest from an order's being struck by a fault to the first alert that names it, of those that were named;
    one fault's strikes if asked."""
    named = _first_named(evidence, about)
    cause = None if about.fault is None else f"fault:{about.fault}"
    struck = [event for event in evidence.named("fault") if event.order in named and cause in (None, event.cause)]
    return max(((named[it.order or 0] - it.at) / 60 for it in struck), default=None)


def deadline_error_minutes(evidence: Evidence, about: About) -> float | None:
    """The largest difference between a deadline that the subject named and the marketplace's own: at that moment, or
    when the subject had last read it if the alert says so (`as_of_at`)."""
    ends: dict[int | None, list[tuple[int, int]]] = {}
    errors = []
    for event in evidence.named("countdown", "alert"):
        if event.what == "countdown":
            ends.setdefault(event.order, []).append((event.at, event.facts["ship_by_at"]))
        elif event.facts.get("ship_by_at") and about.alert in (None, event.facts["kind"]):
            named, as_of_at = event.facts["ship_by_at"], event.facts.get("as_of_at", event.at)
            known = ends.get(event.facts["orders"][0], [(0, named)])
            end_at = next((end_at for at, end_at in reversed(known) if at <= as_of_at), known[0][1])
            errors.append(abs(named - end_at) / 60)
    return max(errors, default=None)


def forecast_precision(evidence: Evidence, about: About) -> float | None:
    """Of the orders that alerts named, the share that the other subject missed in the same world."""
    named, lost = set(_first_named(evidence, about)), _lost(evidence)
    return len(named & lost) / len(named) if named else None


def forecast_recall(evidence: Evidence, about: About) -> float | None:
    """Of the orders that the other subject missed in the same world, the share that an alert named."""
    named, lost = _first_named(evidence, about), _lost(evidence)
    return len(lost & set(named)) / len(lost) if lost else None


def warning_hours_p05(evidence: Evidence, about: About) -> float | None:
    """Hours from the first alert that named an order to the end of its countdown: one order in twenty had less."""
    named = _first_named(evidence, about)
    ends = {event.order: event.facts["ship_by_at"] for event in evidence.named("countdown")}
    hours = sorted((ends[order] - at) / 3600 for order, at in named.items() if order in ends)
    return hours[len(hours) // 20] if hours else None


def unannounced_misses(evidence: Evidence, about: About) -> Iterator[Event]:
    """Missed orders that no alert had named before."""
    named = _first_named(evidence, about)
    for event in evidence.named(Move.COUNTDOWN_ENDS):
        if named.get(event.order or 0, event.at) >= event.at:
            yield event


def unannounced_false_shipments(evidence: Evidence, about: About) -> Iterator[Event]:
    """Declared numbers that no carrier scanned in time, of orders that no alert had named before."""
    named = _first_named(evidence, about)
    for event in evidence.named("false_shipment"):
        if named.get(event.order or 0, event.at) >= event.at:
            yield event


def unfound_slips(evidence: Evidence, about: About) -> float:
    """Numbers that a person swapped or took for all of an order, and that nobody refused, put right or named in an
    alert afterwards."""
    slips = {event.order: event.at for event in evidence.named("slip")}
    for event in evidence.named("declare_refused"):
        if event.cause.startswith("person:") and event.at == slips.get(event.order):
            del slips[event.order]
    for event in (*evidence.named("shipment_corrected"), *evidence.alerts(about)):
        for order in event.facts.get("orders", [event.order]):
            if slips.get(order, event.at) < event.at:
                del slips[order]
    return len(slips)


def _first_named(evidence: Evidence, about: About) -> dict[int, int]:
    """When an alert first named each order."""
    first: dict[int, int] = {}
    for event in evidence.alerts(about):
        for order in event.facts["orders"]:
            first.setdefault(order, event.at)
    return first


def _lost(evidence: Evidence) -> set[int]:
    events = (evidence.without or evidence).named(Move.COUNTDOWN_ENDS)
    return {event.order for event in events if event.order is not None}

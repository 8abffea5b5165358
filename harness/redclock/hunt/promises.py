"""What a subject promises, by name: what a hunt holds against it beside the invariants.

Some promises are absolute. The others are kept by comparison: the reference, in the same world with the same luck, does
better. So nobody has to know beforehand how many orders of a drawn world can be saved at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from redclock.checks.measures.access import DEATHS
from redclock.run import Outcome, Transport
from redclock.scenario.expect import Expectation
from redclock.subject.ports import AlertKind


@dataclass(frozen=True, slots=True)
class Promise:
    """A measure that stays small, or, if so much is `enough`, doesn't get small.

    Attributes:
        says: what is promised, in a sentence.
        measure: by its name in scenarios.
        alert: for measures that look at alerts, of which kind.
        at_most: no more than this, whatever the reference does; None: only the comparison counts.
        slack: so much more than the reference is still kept.
        times: and so many times as much.
        free: up to this it is nobody's business how the reference does.
        enough: for a measure that is better the larger it is: from this on the same.
        must_be: no value is worse than any, if the reference has one.
    """

    says: str
    measure: str
    alert: AlertKind | None = None
    at_most: float | None = None
    slack: float = 0.0
    times: float = 1.0
    free: float = 0.0
    enough: float | None = None
    must_be: bool = False

    @property
    def name(self) -> str:
        return f"{self.measure}-{self.alert}" if self.alert else self.measure

    def looked_at(self) -> Expectation:
        """An expectation that has the measure taken, and keeps the absolute bound if there is one."""
        at_least = 0.0 if self.at_most is None else None
        return Expectation(measure=self.measure, alert=self.alert, at_most=self.at_most, at_least=at_least)

    def bound(self, of_reference: float | None) -> float | None:
        """What the measure may be at most, or must be at least, if the reference had this value; None: anything."""
        if self.enough is not None:
            return None if of_reference is None else min(of_reference - self.slack, self.enough)
        compared = None if of_reference is None else max(of_reference * self.times + self.slack, self.free)
        return min((it for it in (self.at_most, compared) if it is not None), default=None)

    def keeps(self, value: float, bound: float) -> bool:
        """Whether a value is on the right side of a bound."""
        return value <= bound if self.enough is None else value >= bound

    def expects(self, bound: float) -> Expectation:
        """What a scenario says to have a bound kept."""
        if self.enough is None:
            return Expectation(measure=self.measure, alert=self.alert, at_most=bound)
        return Expectation(measure=self.measure, alert=self.alert, at_least=bound)


PROMISES = (
    Promise("no unpaid order is sent to the supplier", "unpaid_sent", at_most=0),
    Promise("no order that has a live supplier order is ordered again", "duplicates", at_most=0),
    Promise("no declaration is repeated that was answered", "repeated_declarations", at_most=0),
    Promise("a deadline that is named is the marketplace's own", "deadline_error_minutes", at_most=1),
    Promise("no message says what was said before, oftener than by the reference", "repeated_alerts"),
    Promise("no order is missed that the reference ships in time", "missed"),
    Promise("no order stays unknown to the platform that the reference has imported", "never_imported"),
    Promise("no miss comes without a word that the reference announces", "unannounced_misses"),
    Promise("no number stays unscanned without a word that the reference announces", "unannounced_false_shipments"),
    Promise("no parcel is packed in vain that the reference stops", "wasted"),
    Promise("no parcel leaves with a piece in it that was paid back, if the reference holds it", "wrongly_sent"),
    Promise("no parcel of an ended order leaves that the reference stops", "sent_after_the_end"),
    Promise("no request to cancel is left unanswered that the reference answers", "unanswered_cancellations"),
    Promise("no request to cancel is refused that the reference grants", "wrong_refusals"),
    Promise("no refused order goes out behind one with more time left", "resend_inversions"),
    Promise("no number is declared behind one with more time left", "declaration_inversions"),
    Promise("no alarm is raised without grounds more often than by the reference", "false_alarms"),
    Promise("no difference is left unnamed that the reference names", "unknown_differences"),
    Promise("no number stays wrong that the reference puts right", "false_shipments"),
    Promise("no access is dead for longer than with the reference, give or take an hour", "dead_token_hours", slack=1),
    Promise(
        "a dead token is told of as soon as by the reference, give or take an hour",
        "minutes_to_alert",
        AlertKind.TOKEN_DEAD,
        slack=60,
        must_be=True,
    ),
    Promise(
        "people get one message for a cause, not one for an order",
        "alerts",
        AlertKind.PENDING_REVIEW,
        slack=3,
        times=2,
    ),
    Promise("people get one message for a difference", "alerts", AlertKind.DIFFERENCE, slack=3, times=2),
    Promise("no slip of a person stays unfound that the reference finds", "unfound_slips"),
    Promise("no import takes four hours longer than with the reference", "import_minutes_max", slack=240),
    Promise("the day's calls don't run out where the reference makes do with them", "quota_share_max", free=0.99),
    Promise(
        "no number is left to the last six hours that the reference brings before", "lead_hours_p05", slack=6, enough=6
    ),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """What a run shows to be broken.

    Attributes:
        way: the name of the promise or of the invariant; `error` or `limit` for a run that ended before its time.
        problem: what was seen.
        expect: the bound that it broke, if a measure did.
    """

    way: str
    problem: str
    expect: Expectation | None = None


def looked_at() -> tuple[Expectation, ...]:
    """What a drawn scenario expects, so that every promise can be judged."""
    return tuple(promise.looked_at() for promise in PROMISES)


def suspicious(outcome: Outcome, wanted: str = "") -> bool:
    """Whether it is worth asking how the reference fares: something is worse than anybody may do, or missing.

    Args:
        wanted: the name of the promise that is asked for; every one unless given.
    """
    of_calls = outcome.transport is Transport.HTTP and any(outcome.faults_struck.values())
    trouble = of_calls or any(event.what in DEATHS for event in outcome.ledger)
    for promise, value in _values(outcome).items():
        if wanted in ("", promise.name):
            if value is None and promise.must_be and trouble:
                return True
            best = promise.enough if promise.enough is not None else promise.bound(0.0)
            if value is not None and best is not None and not promise.keeps(value, best):
                return True
    return False


def broken(outcome: Outcome, reference: Outcome | None) -> Iterator[Broken]:
    """Everything that a run breaks, the worst first.

    Args:
        reference: the reference's run in the same world; None: only what is absolute counts.
    """
    if outcome.error:
        yield Broken("error", outcome.error)
    if outcome.limit:
        yield Broken("limit", outcome.limit)
    for violation in (*outcome.violations, *outcome.unsettled):
        yield Broken(violation.check, violation.message)
    values = _values(outcome)
    of_reference = {} if reference is None else _values(reference)
    for promise in PROMISES:
        value, other = values[promise], of_reference.get(promise)
        bound = promise.bound(other)
        if bound is None or (value is None and not (promise.must_be and other is not None)):
            continue
        if value is None or not promise.keeps(value, bound):
            expect = promise.expects(bound)
            found = "nothing" if value is None else f"{value:g}"
            yield Broken(
                promise.name, f"{expect.name} is {found}, {expect.bounds()} was promised: {promise.says}", expect
            )


def _values(outcome: Outcome) -> Mapping[Promise, float | None]:
    return {promise: it.value for promise, it in zip(PROMISES, outcome.measured, strict=True)}

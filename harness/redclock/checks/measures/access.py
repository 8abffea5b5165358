"""Tokens, calls, and what the two sides disagree about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fakemarket.world.ledger import Event
from redclock.checks.differences import Differences
from redclock.checks.evidence import About, Calls, Evidence
from redclock.checks.measures.measure import Course

DEATHS = ("token_expired", "token_revoked")
BIRTHS = ("token_authorised", "token_refreshed")
_BEIJING_HOURS = 8


def token_deaths(evidence: Evidence, about: About) -> Iterator[Event]:
    """Times that an app lost its access."""
    yield from evidence.named(*DEATHS, about=about)


def dead_tokens(evidence: Evidence, about: About) -> Course:
    """Apps and sellers without access; at the end, locked out."""
    dead: set[tuple[str, str]] = set()
    for event in evidence.named(*DEATHS, *BIRTHS, about=about):
        change = dead.add if event.what in DEATHS else dead.discard
        change((event.facts["app"], event.facts["seller"]))
        yield event.at, len(dead)


def dead_token_hours(evidence: Evidence, about: About) -> float:
    """Hours without access, of all apps and sellers together."""
    since: dict[tuple[str, str], int] = {}
    seconds = 0
    for event in evidence.named(*DEATHS, *BIRTHS, about=about):
        of = event.facts["app"], event.facts["seller"]
        if event.what in DEATHS:
            since.setdefault(of, event.at)
        elif of in since:
            seconds += event.at - since.pop(of)
    ended_at = evidence.ledger[len(evidence.ledger) - 1].at if len(evidence.ledger) else 0
    return (seconds + sum(ended_at - at for at in since.values())) / 3600


def token_refreshes(evidence: Evidence, about: About) -> Iterator[Event]:
    """Refreshes of a token, whoever made them."""
    yield from evidence.named("token_refreshed", about=about)


def calls(evidence: Evidence, about: About) -> float | None:
    """Calls of the subject to both APIs, of some operations if asked; none without HTTP."""
    return sum(_asked(evidence.calls, about).values()) if evidence.calls else None


def calls_a_day_max(evidence: Evidence, about: About) -> float | None:
    """The most calls to the marketplace in one of its days, midnight to midnight in Beijing."""
    return max(_by_day(evidence, about).values(), default=None)


def quota_share_max(evidence: Evidence, about: About) -> float | None:
    """The same as a share of the app's daily quota, where the market has one."""
    days = _by_day(evidence, about)
    return max(days.values()) / evidence.calls_a_day if days and evidence.calls_a_day else None


def _asked(made: Calls, about: About) -> Calls:
    return {key: number for key, number in made.items() if key[1].startswith(about.operation or "")}


def _by_day(evidence: Evidence, about: About) -> Counter[int]:
    days: Counter[int] = Counter()
    for (face, _, hour), number in _asked(evidence.calls, about).items():
        if face == "aliexpress":
            days[(hour + _BEIJING_HOURS) // 24] += number
    return days


def differences(evidence: Evidence, about: About) -> Course:
    """Differences between marketplace and platform that are open: an order or a number that one of them lacks, goods
    ordered for an order that has ended."""
    for at, there in Differences().courses(evidence.ledger):
        yield at, len(there)


def oldest_difference_hours(evidence: Evidence, about: About) -> Course:
    """How long the oldest open difference has been open."""
    for at, there in Differences().courses(evidence.ledger):
        yield at, (at - next(iter(there.values()))) / 3600 if there else 0.0


def unknown_differences(evidence: Evidence, about: About) -> float:
    """Differences open at the end of orders that no alert has named."""
    at_end = Differences()
    at_end.see(evidence.ledger)
    named = {order for event in evidence.alerts(about) for order in event.facts["orders"]}
    return sum(order not in named for order, _ in at_end.open)

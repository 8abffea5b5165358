"""The requests that mattered for one order, out of all that a journal has; secrets are masked before they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fakemarket.journal import Entry

LONGEST_BODY = 700
_BEFORE = 160


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and its answer, masked.

    Attributes:
        why: it is kept: what it is to the order.
        times: how many were alike: the same operation and outcome.
        parameters: what was asked for, as JSON.
        body: the part of the answer that matters, cut.
        faults: what struck it, as the ledger names them.
    """

    number: int
    at: int
    face: str
    operation: str
    status: int
    outcome: str
    why: str
    times: int
    parameters: str
    body: str
    faults: tuple[str, ...]

    @property
    def went_well(self) -> bool:
        return self.outcome == "ok"


ABOUT, FIRST_SHOWN, FAILED = "about the order", "first answer that shows the order", "failed meanwhile"
"""Why a request is kept. What failed about another order is that order's affair."""
_RANK = (FIRST_SHOWN, ABOUT, FAILED)


def asked_about(
    calls: Sequence[Entry], order: int | None, shown: Callable[[Entry], Mapping[str, Any]], most: int
) -> tuple[tuple[Asked, ...], int]:
    """The calls that mattered, oldest first, and how many that did are left out.

    Of calls that are alike in operation, outcome and reason the first one is kept.

    Args:
        shown: a call as JSON values, secrets masked.
        most: how many are kept; those that fail for everybody go first.
    """
    alike: dict[tuple[str, str, str, str], list[Entry]] = {}
    seen: set[str] = set()
    number = b"" if order is None else str(order).encode()
    for call in calls:
        shows = bool(number) and number in call.response.body
        outcome = call.outcome
        if shows and call.face not in seen and outcome == "ok":
            seen.add(call.face)
            why = FIRST_SHOWN
        elif order is not None and call.order == order:
            why = ABOUT
        elif outcome != "ok" and (order is None or call.order is None):
            why = FAILED
        else:
            continue
        alike.setdefault((why, call.face, call.operation, outcome), []).append(call)
    ranked = sorted(alike.items(), key=lambda row: (_RANK.index(row[0][0]), row[1][0].number))
    kept = [_asked(them[0], why, len(them), shown(them[0]), order) for (why, *_), them in ranked[:most]]
    left_out = sum(len(them) for _, them in ranked[most:])
    return tuple(sorted(kept, key=lambda it: it.number)), left_out


def _asked(call: Entry, why: str, times: int, shown: Mapping[str, Any], order: int | None) -> Asked:
    parameters = orjson.dumps(shown["request"]["parameters"], option=orjson.OPT_SORT_KEYS).decode()
    return Asked(
        number=call.number,
        at=call.at,
        face=call.face,
        operation=call.operation or f"{shown['request']['method']} {shown['request']['path']}",
        status=call.status,
        outcome=call.outcome,
        why=why,
        times=times,
        parameters=_part(parameters, order),
        body=_part(shown["response"]["body"], order),
        faults=call.causes,
    )


def _part(text: str, order: int | None) -> str:
    """A text, or the part of a long one that the order stands in."""
    if len(text) <= LONGEST_BODY:
        return text
    found = 0 if order is None else max(text.find(str(order)), 0)
    start = max(min(found - _BEFORE, len(text) - LONGEST_BODY), 0)
    before = f"({start} characters) ... " if start else ""
    after = len(text) - start - LONGEST_BODY
    return f"{before}{text[start : start + LONGEST_BODY]}{f' ... ({after} characters)' if after > 0 else ''}"

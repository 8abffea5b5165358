"""What a move does to an order, worked out once for each row of the table and looked up from then on.

Knows statuses only: neither instants nor what anybody does about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from fakemarket.rules.status import END_REASONS, EndReason, Move, Status, after


class Step(NamedTuple):
    """One move from one status.

    Attributes:
        to: where it leads.
        leads_on: that is another status.
        stamp: the instant of the order that it sets beside `modified_at`, if one.
        end_reason: why the order ends, if it does.
        disputed: what it makes of a dispute; None: nothing.
        told: what the ledger hears of it, for every order the same.
    """

    to: Status
    leads_on: bool
    stamp: str | None
    end_reason: EndReason | None
    disputed: bool | None
    told: Mapping[str, Status | None]


_OF_MOVES: Final = {Move.PAY: "paid_at", Move.PAY_OFFLINE: "paid_at", Move.DECLARE_ALL: "sent_at"}
_OF_STATUSES: Final = {Status.FINISH: "ended_at", Status.FUND_PROCESSING: "received_at"}


@cache
def step(left: Status, move: Move, came_from: Status | None) -> Step:
    """What a move does to an order that is in one status and came from another.

    Raises:
        IllegalMove: the status has no such move.
    """
    to = after(left, move, came_from)
    return Step(
        to,
        to is not left,
        _OF_MOVES.get(move) or _OF_STATUSES.get(to),
        END_REASONS.get(move),
        to is Status.IN_ISSUE if Status.IN_ISSUE in (left, to) else None,
        {"from": left, "to": to},
    )

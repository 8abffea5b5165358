"""What a move does to an order, worked out once for each row of the table and looked up from then on.

Knows statuses only: neither instants nor what anybody does about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from fakemarket.rules.status import BACK, END_REASONS, MOVES, EndReason, Move, Status, after

Step = tuple[Status, bool, str | None, EndReason | None, bool | None, Mapping[str, Status | None]]
"""One move from one status: where it leads; whether that is another status; the instant of the order that it sets
beside `modified_at`, if one; why the order ends, if it does; what it makes of a dispute, None if nothing; and what the
ledger hears of it, for every order the same. A plain tuple, which is taken apart in a third of a named one's time."""

_OF_MOVES: Final = {Move.PAY: "paid_at", Move.PAY_OFFLINE: "paid_at", Move.DECLARE_ALL: "sent_at"}
_OF_STATUSES: Final = {Status.FINISH: "ended_at", Status.FUND_PROCESSING: "received_at"}


@cache
def placed_as(by: Move) -> Status:
    """The status of an order that is placed by a move; raises IllegalMove if it places none."""
    return after(None, by)


@cache
def step(left: Status, move: Move, came_from: Status | None) -> Step:
    """What a move does to an order that is in one status and came from another.

    Raises:
        IllegalMove: the status has no such move.
    """
    to = after(left, move, came_from)
    return (
        to,
        to is not left,
        _OF_MOVES.get(move) or _OF_STATUSES.get(to),
        END_REASONS.get(move),
        to is Status.IN_ISSUE if Status.IN_ISSUE in (left, to) else None,
        {"from": left, "to": to},
    )


STEPS: Final[Mapping[Status, Mapping[Move, Step]]] = {
    left: {move: step(left, move, None) for home, move in MOVES if home is left and MOVES[home, move] is not BACK}
    for left in Status
}
"""The same for each status and move, but for moves that lead back to where an order came from."""

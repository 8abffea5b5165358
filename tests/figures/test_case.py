"""Of which stretch of time an order's file is a picture."""

from __future__ import annotations

from typing import Any

import pytest

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event
from redclock.figures.case import _window

HOUR = 3600


def own(*told: tuple[int, str, dict[str, Any]]) -> list[Event]:
    return [Event(at * HOUR, seq, 1, what, facts, "test") for seq, (at, what, facts) in enumerate(told)]


PLACED = (10, Move.PLACE, {"to": Status.PLACE_ORDER_SUCCESS})
COUNTDOWN = (11, "countdown", {"ship_by_at": 100 * HOUR})


@pytest.mark.parametrize(
    ("then", "run_ends", "last"),
    [
        ([], 300, 300),
        ([], 50, 50),
        ([(40, Move.DECLARE_ALL, {"to": Status.WAIT_BUYER_ACCEPT_GOODS})], 300, 100),
        ([(40, Move.DECLARE_ALL, {"to": Status.WAIT_BUYER_ACCEPT_GOODS})], 60, 60),
        ([(100, Move.COUNTDOWN_ENDS, {"to": Status.FINISH}), (200, "first_scan", {})], 300, 100),
        ([(40, Move.CANCEL_TIMEOUT, {"to": Status.FINISH}), (45, "first_scan", {})], 300, 45),
    ],
)
def test_it_ends_with_the_countdown_or_with_what_happened_last(
    then: list[tuple[int, str, dict[str, Any]]], run_ends: int, last: int
) -> None:
    from_at, until_at = _window(own(PLACED, COUNTDOWN, *then), 0, run_ends * HOUR)
    margin = int((last - 10) * HOUR * 0.04)
    assert (from_at, until_at) == (10 * HOUR - margin, last * HOUR + margin)


def test_without_an_order_it_is_the_whole_run() -> None:
    assert _window([], 5, 500) == (5, 500)
    assert _window([], 5, 5) == (5, 6), "never empty"

"""Of which stretch of time an order's file is a picture."""

from __future__ import annotations

from typing import Any

import pytest

from fakemarket.call import Request, Response
from fakemarket.journal import Entry
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Event
from redclock.figures.case import MOST_ALERTS, _window, case_of

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


def test_calls_that_the_journal_has_let_go_of_are_told() -> None:
    market = Market(seed=1)
    market.journal.calls_limit = 3
    request, answer = Request("GET", "/v1/orders"), Response(503, b"")
    for number in range(5):
        at = market.now() + number
        market.journal.add(Entry(number, "r", at, "mip", "GET /v1/orders", None, None, request, answer, ()))
    market.advance(hours=1)
    case = case_of(market, market.now() - HOUR, None)
    assert case.calls_from_at == market.now() - HOUR + 2
    assert sum(it.count for it in case.slices) == 3
    assert [(it.number, it.times) for it in case.requests] == [(2, 3)]


def test_messages_are_kept_if_they_name_the_order_or_none_and_only_so_many() -> None:
    market = Market(seed=1)
    order = market.place(pays=True)
    for orders in ([order.id], [order.id + 10], [], *([[]] * MOST_ALERTS)):
        market.world.note(None, "alert", {"kind": "k", "orders": orders}, "subject")
    market.advance(hours=1)
    case = case_of(market, order.placed_at, order.id)
    kept = [event.facts["orders"] for event in case.ledger.named("alert")]
    assert kept == [[order.id], *([[]] * (MOST_ALERTS - 1))]
    assert case.alerts_left_out == 2
    assert all(event.order in (None, order.id) for event in list(case.ledger)[:-1])

"""One row an order: counted against the measures that count otherwise."""

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Ledger
from redclock.checks.measures import MEASURES
from redclock.checks.order_row import order_rows
from redclock.run import run
from redclock.scenario.library import find
from redclock.scenario.read import read


def test_rows_count_what_the_measures_count() -> None:
    (scenario,) = read(find(["b2-tracking-stops-while-packing-goes-on"]), measures=MEASURES)
    outcome = run(scenario, 0, subject="idle")
    rows = list(order_rows(outcome.ledger))
    assert len(rows) == outcome.measures["orders"]
    assert sum(row.accepted_at is not None for row in rows) == outcome.measures["accepted"]
    assert sum(row.missed for row in rows) == outcome.measures["missed"]
    assert outcome.measures["missed"], "or nothing is shown"
    assert [row.placed_at for row in rows] == sorted(row.placed_at for row in rows)


def test_the_lead_is_what_the_last_countdown_left() -> None:
    ledger = Ledger()
    ledger.append(0, 7, Move.PLACE, {"seller": "shop-1", "to": Status.PLACE_ORDER_SUCCESS}, "buyer")
    ledger.append(10, 7, Move.PASS_REVIEW, {"to": Status.WAIT_SELLER_SEND_GOODS}, "platform")
    ledger.append(10, 7, "countdown", {"ship_by_at": 100}, "platform")
    ledger.append(20, 7, "countdown", {"ship_by_at": 160}, "platform")
    ledger.append(159, 7, Move.DECLARE_ALL, {"to": Status.WAIT_BUYER_ACCEPT_GOODS}, "call")
    ledger.append(161, None, "alert", {}, "subject")
    (row,) = order_rows(ledger)
    assert row.lead_seconds == 1
    assert row == (7, "shop-1", 0, 10, 160, 159, False, "WAIT_BUYER_ACCEPT_GOODS")

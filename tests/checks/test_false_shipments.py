"""Which false shipments were named in time, and which numbers were suspected wrongly."""

from fakemarket.world.ledger import Ledger
from redclock.checks.evidence import ALL, Evidence
from redclock.checks.measures import MEASURES


def told(*events: tuple[int, int, str]) -> Evidence:
    """A run in which things happened to orders: (market time, order, what)."""
    ledger = Ledger()
    for at, order, what in events:
        facts = {"kind": "false_shipment_risk", "orders": [order]} if what == "alert" else {}
        ledger.append(at, order, what, facts, "test")
    return Evidence(ledger)


def test_a_false_shipment_is_announced_only_by_an_alert_before_it() -> None:
    before = told((1, 7, "alert"), (2, 7, "false_shipment"))
    at_once = told((2, 7, "alert"), (2, 7, "false_shipment"))
    of_another = told((1, 8, "alert"), (2, 7, "false_shipment"))
    measure = MEASURES["unannounced_false_shipments"].of
    assert [measure(it, ALL) for it in (before, at_once, of_another)] == [0, 1, 1]


def test_a_number_that_a_carrier_scans_after_all_was_suspected_wrongly() -> None:
    lost, slow = told((1, 7, "alert")), told((1, 7, "alert"), (2, 7, "first_scan"))
    assert [MEASURES["false_alarms"].of(it, ALL) for it in (lost, slow)] == [0, 1]


def test_a_slip_that_the_form_refuses_needs_no_finding() -> None:
    ledger = Ledger()
    for order in (7, 8):
        ledger.append(1, order, "slip", {"with": 9}, "person:0")
    ledger.append(1, 7, "declare_refused", {}, "person:0")
    ledger.append(2, 8, "declare_refused", {}, "mip")
    assert MEASURES["unfound_slips"].of(Evidence(ledger), ALL) == 1

"""Panel labels and notification buckets."""

from datetime import date

import pytest

from fakemarket.rules.panel import Bucket, PanelLabel, buckets, panel_label
from fakemarket.rules.status import EndReason, Status
from fakemarket.rules.zones import instant_at

PACIFIC = "America/Los_Angeles"
NOON_AT = instant_at(date(2026, 3, 4), 12 * 60, PACIFIC)
MIDNIGHT_AT = instant_at(date(2026, 3, 4), 0, PACIFIC)
LONG_AGO_AT = NOON_AT - 10 * 86_400


def in_buckets(
    status: Status,
    placed_at: int = LONG_AGO_AT,
    now: int = NOON_AT,
    zone: str = PACIFIC,
    *,
    has_issue: bool = False,
    feedback_missing: bool = False,
) -> frozenset[Bucket]:
    return buckets(status, placed_at, now, zone, has_issue=has_issue, feedback_missing=feedback_missing)


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (Status.PLACE_ORDER_SUCCESS, "Pending payment"),
        (Status.PAYMENT_PROCESSING, "Payment processing"),
        (Status.RISK_CONTROL, "Payment processing"),
        (Status.RISK_CONTROL_HOLD, "Locked"),
        (Status.WAIT_SELLER_SEND_GOODS, "Pending shipment"),
        (Status.SELLER_PART_SEND_GOODS, "Partially sent"),
        (Status.WAIT_BUYER_ACCEPT_GOODS, "Waiting for confirmation from the buyer"),
        (Status.IN_CANCEL, "The buyer has requested cancellation"),
        (Status.IN_FROZEN, "Locked"),
        (Status.IN_ISSUE, "In dispute"),
    ],
)
def test_an_open_order_has_the_seeds_label(status: Status, label: str) -> None:
    assert panel_label(status, None) == label


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("end_reason", EndReason)
def test_every_status_has_a_label(status: Status, end_reason: EndReason) -> None:
    assert panel_label(status, end_reason) in PanelLabel


@pytest.mark.parametrize("status", [Status.FINISH, Status.ARCHIVE])
def test_completed_closed_and_complete_are_three_different_ends(status: Status) -> None:
    assert panel_label(status, EndReason.BUYER_ACCEPT_GOODS) == "Order closed"
    assert panel_label(status, EndReason.BUYER_ACCEPT_GOODS_TIMEOUT) == "Completed"
    assert panel_label(status, EndReason.SELLER_SEND_GOODS_TIMEOUT) == "Order complete"


def test_a_sent_order_still_open_bears_none_of_the_three_names() -> None:
    three = {PanelLabel.COMPLETED, PanelLabel.ORDER_CLOSED, PanelLabel.ORDER_COMPLETE}
    open_labels = {panel_label(status, None) for status in Status if status not in ("FINISH", "ARCHIVE")}
    assert not three & open_labels


@pytest.mark.parametrize("status", [Status.FINISH, Status.ARCHIVE])
def test_an_ended_order_without_a_reason_gets_no_label(status: Status) -> None:
    with pytest.raises(ValueError, match=f"an order in {status} has no end_reason"):
        panel_label(status, None)


def test_payment_processing_and_fund_processing_are_not_the_same_stage() -> None:
    assert panel_label(Status.PAYMENT_PROCESSING, None) is PanelLabel.PAYMENT_PROCESSING
    assert panel_label(Status.FUND_PROCESSING, None) is not PanelLabel.PAYMENT_PROCESSING


@pytest.mark.parametrize(
    ("bucket", "statuses"),
    [
        (
            Bucket.PENDING_PAYMENTS,
            {
                Status.PLACE_ORDER_SUCCESS,
                Status.PAYMENT_PROCESSING,
                Status.RISK_CONTROL,
                Status.WAIT_SELLER_EXAMINE_MONEY,
            },
        ),
        (Bucket.PENDING_SHIPMENTS, {Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS}),
        (Bucket.CANCELLATION_REQUESTS, {Status.IN_CANCEL}),
        (Bucket.IN_DISPUTE, {Status.IN_ISSUE}),
        (Bucket.NEW_ORDERS, set()),
        (Bucket.TO_REVIEW, set()),
    ],
)
def test_the_bucket_counts_these_statuses(bucket: Bucket, statuses: set[Status]) -> None:
    assert {status for status in Status if bucket in in_buckets(status)} == statuses


@pytest.mark.parametrize(("placed_at", "new"), [(MIDNIGHT_AT - 1, False), (MIDNIGHT_AT, True), (MIDNIGHT_AT + 1, True)])
def test_an_order_is_new_from_midnight_on(placed_at: int, new: bool) -> None:
    assert (Bucket.NEW_ORDERS in in_buckets(Status.FINISH, placed_at)) is new


@pytest.mark.parametrize(("passed_seconds", "new"), [(-1, True), (0, False), (1, False)])
def test_an_order_stops_being_new_at_the_next_midnight(passed_seconds: int, new: bool) -> None:
    next_midnight_at = MIDNIGHT_AT + 86_400
    found = in_buckets(Status.WAIT_SELLER_SEND_GOODS, NOON_AT, next_midnight_at + passed_seconds)
    assert (Bucket.NEW_ORDERS in found) is new


def test_today_is_the_marketplaces_today() -> None:
    late_evening_at = MIDNIGHT_AT - 1800
    assert Bucket.NEW_ORDERS not in in_buckets(Status.WAIT_SELLER_SEND_GOODS, late_evening_at, NOON_AT)
    assert Bucket.NEW_ORDERS in in_buckets(Status.WAIT_SELLER_SEND_GOODS, late_evening_at, NOON_AT, "Europe/Madrid")


def test_buckets_overlap() -> None:
    found = in_buckets(Status.SELLER_PART_SEND_GOODS, NOON_AT, has_issue=True)
    assert found == {Bucket.NEW_ORDERS, Bucket.PENDING_SHIPMENTS, Bucket.IN_DISPUTE}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("missing", [False, True])
def test_only_an_ended_order_whose_feedback_is_missing_waits_for_review(status: Status, missing: bool) -> None:
    waits = Bucket.TO_REVIEW in in_buckets(status, feedback_missing=missing)
    assert waits == (missing and status in (Status.FINISH, Status.ARCHIVE))

"""What the seller's panel calls an order, and which notification buckets it is counted in.

Labels and buckets are for people. The names contradict each other (an order list called complete, orders
called completed, orders called closed), so no logic may read them: they are derived here from status and end
reason, and lead nowhere. Knows no orders, only plain values.
"""

from enum import StrEnum

from fakemarket.rules.status import EndReason, Status
from fakemarket.rules.zones import local_date


class PanelLabel(StrEnum):
    """The seller panel's words for a status: first the seed article's, then ours where it has none [A]."""

    PENDING_PAYMENT = "Pending payment"
    PAYMENT_PROCESSING = "Payment processing"
    PENDING_SHIPMENT = "Pending shipment"
    PARTIALLY_SENT = "Partially sent"
    WAITING_FOR_BUYER = "Waiting for confirmation from the buyer"
    CANCELLATION_REQUESTED = "The buyer has requested cancellation"
    LOCKED = "Locked"
    ORDER_COMPLETE = "Order complete"
    COMPLETED = "Completed"
    ORDER_CLOSED = "Order closed"
    IN_DISPUTE = "In dispute"

    AMOUNT_TO_CONFIRM = "Amount to be confirmed"
    MONEY_ON_ITS_WAY = "Money on its way"
    WAITING_FOR_GROUP = "Waiting for the group"
    PRESALE = "Presale"


class Bucket(StrEnum):
    """The six counters at the top of the panel. They overlap, so their sum means nothing."""

    NEW_ORDERS = "New orders"
    PENDING_PAYMENTS = "Pending payments"
    PENDING_SHIPMENTS = "Pending shipments"
    CANCELLATION_REQUESTS = "Cancellation requests"
    IN_DISPUTE = "In dispute"
    TO_REVIEW = "To review"


_LABELS = {
    Status.PLACE_ORDER_SUCCESS: PanelLabel.PENDING_PAYMENT,
    Status.PAYMENT_PROCESSING: PanelLabel.PAYMENT_PROCESSING,
    Status.RISK_CONTROL: PanelLabel.PAYMENT_PROCESSING,
    Status.RISK_CONTROL_HOLD: PanelLabel.LOCKED,
    Status.WAIT_SELLER_EXAMINE_MONEY: PanelLabel.AMOUNT_TO_CONFIRM,
    Status.WAIT_SELLER_SEND_GOODS: PanelLabel.PENDING_SHIPMENT,
    Status.SELLER_PART_SEND_GOODS: PanelLabel.PARTIALLY_SENT,
    Status.WAIT_BUYER_ACCEPT_GOODS: PanelLabel.WAITING_FOR_BUYER,
    Status.IN_CANCEL: PanelLabel.CANCELLATION_REQUESTED,
    Status.IN_FROZEN: PanelLabel.LOCKED,
    Status.IN_ISSUE: PanelLabel.IN_DISPUTE,
    Status.FUND_PROCESSING: PanelLabel.MONEY_ON_ITS_WAY,
    Status.WAIT_GROUP_SUCCESS: PanelLabel.WAITING_FOR_GROUP,
    Status.IN_PRESELL_PROMOTION: PanelLabel.PRESALE,
}

_ENDED = frozenset({Status.FINISH, Status.ARCHIVE})

# The seed says "completed" is an order that was sent and "closed" one whose buyer confirmed receipt. Whatever
# ended otherwise is in the list called "order complete" and has no word of its own [1].
_ENDED_LABELS = {
    EndReason.BUYER_ACCEPT_GOODS: PanelLabel.ORDER_CLOSED,
    EndReason.BUYER_ACCEPT_GOODS_TIMEOUT: PanelLabel.COMPLETED,
}

_PENDING_PAYMENT = frozenset(
    {
        Status.PLACE_ORDER_SUCCESS,
        Status.PAYMENT_PROCESSING,
        Status.RISK_CONTROL,
        Status.WAIT_SELLER_EXAMINE_MONEY,
    }
)
_PENDING_SHIPMENT = frozenset({Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS})


def panel_label(status: Status, end_reason: EndReason | None) -> PanelLabel:
    """The panel's word. Raises ValueError for an ended order without a reason: FINISH alone says nothing."""
    if status not in _ENDED:
        return _LABELS[status]
    if end_reason is None:
        raise ValueError(f"an order in {status} has no end_reason; without it nobody knows how it ended")
    return _ENDED_LABELS.get(end_reason, PanelLabel.ORDER_COMPLETE)


def buckets(
    status: Status, placed_at: int, now: int, zone: str, *, has_issue: bool, feedback_missing: bool
) -> frozenset[Bucket]:
    """The buckets that count this order at `now`.

    `zone` is the marketplace's, whose midnight ends "today" [A]. `has_issue`: a line is in dispute.
    `feedback_missing`: a side has yet to rate the other and still may; it matters once the order has ended.
    """
    rules = {
        Bucket.NEW_ORDERS: local_date(placed_at, zone) == local_date(now, zone),
        Bucket.PENDING_PAYMENTS: status in _PENDING_PAYMENT,
        Bucket.PENDING_SHIPMENTS: status in _PENDING_SHIPMENT,
        Bucket.CANCELLATION_REQUESTS: status is Status.IN_CANCEL,
        Bucket.IN_DISPUTE: status is Status.IN_ISSUE or has_issue,
        Bucket.TO_REVIEW: status in _ENDED and feedback_missing,
    }
    return frozenset(bucket for bucket, holds in rules.items() if holds)

"""Which moves an order may make, as one literal table, and how an order that ends says why.

Knows nothing else: no instants, no money, no parcels. A move that the table doesn't hold raises before
anything changes, so the world never has to undo one. Spellings are the platform's own (order_status and
end_reason of the order calls [C]); no source states the graph itself, so the rows follow from meanings, end
reasons and timeouts [A].
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import cache
from typing import Final


class Status(StrEnum):
    """Every order_status of the platform [C]; group, presale, hold, archive, payment processing are [1]."""

    PLACE_ORDER_SUCCESS = "PLACE_ORDER_SUCCESS"
    PAYMENT_PROCESSING = "PAYMENT_PROCESSING"
    RISK_CONTROL = "RISK_CONTROL"
    RISK_CONTROL_HOLD = "RISK_CONTROL_HOLD"
    WAIT_SELLER_EXAMINE_MONEY = "WAIT_SELLER_EXAMINE_MONEY"
    WAIT_SELLER_SEND_GOODS = "WAIT_SELLER_SEND_GOODS"
    SELLER_PART_SEND_GOODS = "SELLER_PART_SEND_GOODS"
    WAIT_BUYER_ACCEPT_GOODS = "WAIT_BUYER_ACCEPT_GOODS"
    IN_CANCEL = "IN_CANCEL"
    IN_FROZEN = "IN_FROZEN"
    IN_ISSUE = "IN_ISSUE"
    FUND_PROCESSING = "FUND_PROCESSING"
    FINISH = "FINISH"
    ARCHIVE = "ARCHIVE"
    WAIT_GROUP_SUCCESS = "WAIT_GROUP_SUCCESS"
    IN_PRESELL_PROMOTION = "IN_PRESELL_PROMOTION"


class Move(StrEnum):
    """What can happen to an order's status. The words are ours; the platform names no moves."""

    PLACE = "place"
    PLACE_IN_GROUP = "place_in_group"
    PLACE_PRESALE = "place_presale"
    GROUP_SUCCEEDS = "group_succeeds"
    GROUP_FAILS = "group_fails"
    PRESALE_OPENS = "presale_opens"
    PAY = "pay"
    PAY_OFFLINE = "pay_offline"
    PAYMENT_FAILS = "payment_fails"
    CONFIRM_MONEY = "confirm_money"
    UNPAID_TIMEOUT = "unpaid_timeout"
    BUYER_CANCELS_UNPAID = "buyer_cancels_unpaid"
    START_REVIEW = "start_review"
    PASS_REVIEW = "pass_review"
    HOLD_REVIEW = "hold_review"
    REJECT_REVIEW = "reject_review"
    BUYER_CANCELS_IN_REVIEW = "buyer_cancels_in_review"
    PARTIAL_REFUND = "partial_refund"
    DECLARE_PART = "declare_part"
    DECLARE_ALL = "declare_all"
    REQUEST_CANCEL = "request_cancel"
    ACCEPT_CANCEL = "accept_cancel"
    CANCEL_TIMEOUT = "cancel_timeout"
    REFUSE_CANCEL = "refuse_cancel"
    COUNTDOWN_ENDS = "countdown_ends"
    SELLER_CANCELS = "seller_cancels"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    OPEN_DISPUTE = "open_dispute"
    SETTLE_DISPUTE = "settle_dispute"
    REFUND_DISPUTE = "refund_dispute"
    DISPUTE_TIMEOUT = "dispute_timeout"
    CONFIRM_RECEIPT = "confirm_receipt"
    AUTO_CONFIRM = "auto_confirm"
    RELEASE_FUNDS = "release_funds"
    ARCHIVE = "archive"


class EndReason(StrEnum):
    """The platform's end_reason strings ([C] for two, [1] for the rest), and two that are invented [A]."""

    BUYER_PAY_TIMEOUT = "buyer_pay_timeout"
    BUYER_CANCEL_NOTPAY_ORDER = "buyer_cancel_notpay_order"
    RISK_REJECT_CLOSED = "risk_reject_closed"
    BUYER_CANCEL_ORDER_IN_RISK = "buyer_cancel_order_in_risk"
    SELLER_SEND_GOODS_TIMEOUT = "seller_send_goods_timeout"
    CANCEL_ORDER_CLOSE_TRADE = "cancel_order_close_trade"
    BUYER_ACCEPT_GOODS = "buyer_accept_goods"
    BUYER_ACCEPT_GOODS_TIMEOUT = "buyer_accept_goods_timeout"
    SELLER_ACCEPT_ISSUE_NO_GOODS_RETURN = "seller_accept_issue_no_goods_return"
    SELLER_RESPONSE_ISSUE_TIMEOUT = "seller_response_issue_timeout"
    # Invented: these ends exist, but no source gives the platform's word for them.
    SELLER_CANCEL_ORDER = "seller_cancel_order"
    GROUP_FAILED = "group_failed"


class Back(Enum):
    """The one value of a row that leads to the status held before."""

    BACK = "back"


BACK: Final = Back.BACK

MOVES: Final[Mapping[tuple[Status | None, Move], Status | Back]] = {
    # Placing. Groups and presales are paid for once they have come about [A].
    (None, Move.PLACE): Status.PLACE_ORDER_SUCCESS,
    (None, Move.PLACE_IN_GROUP): Status.WAIT_GROUP_SUCCESS,
    (None, Move.PLACE_PRESALE): Status.IN_PRESELL_PROMOTION,
    (Status.WAIT_GROUP_SUCCESS, Move.GROUP_SUCCEEDS): Status.PLACE_ORDER_SUCCESS,
    (Status.WAIT_GROUP_SUCCESS, Move.GROUP_FAILS): Status.FINISH,
    (Status.IN_PRESELL_PROMOTION, Move.PRESALE_OPENS): Status.PLACE_ORDER_SUCCESS,
    # Paying.
    (Status.PLACE_ORDER_SUCCESS, Move.PAY): Status.PAYMENT_PROCESSING,
    (Status.PLACE_ORDER_SUCCESS, Move.PAY_OFFLINE): Status.WAIT_SELLER_EXAMINE_MONEY,
    (Status.PLACE_ORDER_SUCCESS, Move.PAYMENT_FAILS): Status.PLACE_ORDER_SUCCESS,
    (Status.PLACE_ORDER_SUCCESS, Move.UNPAID_TIMEOUT): Status.FINISH,
    (Status.PLACE_ORDER_SUCCESS, Move.BUYER_CANCELS_UNPAID): Status.FINISH,
    (Status.WAIT_SELLER_EXAMINE_MONEY, Move.CONFIRM_MONEY): Status.WAIT_SELLER_SEND_GOODS,
    (Status.WAIT_SELLER_EXAMINE_MONEY, Move.UNPAID_TIMEOUT): Status.FINISH,  # money that nobody confirms [A]
    # The risk review. A held order may still pass, when the buyer's appeal does.
    (Status.PAYMENT_PROCESSING, Move.START_REVIEW): Status.RISK_CONTROL,
    (Status.RISK_CONTROL, Move.PASS_REVIEW): Status.WAIT_SELLER_SEND_GOODS,
    (Status.RISK_CONTROL, Move.HOLD_REVIEW): Status.RISK_CONTROL_HOLD,
    (Status.RISK_CONTROL, Move.REJECT_REVIEW): Status.FINISH,
    (Status.RISK_CONTROL, Move.BUYER_CANCELS_IN_REVIEW): Status.FINISH,
    (Status.RISK_CONTROL_HOLD, Move.PASS_REVIEW): Status.WAIT_SELLER_SEND_GOODS,
    (Status.RISK_CONTROL_HOLD, Move.REJECT_REVIEW): Status.FINISH,
    (Status.RISK_CONTROL_HOLD, Move.BUYER_CANCELS_IN_REVIEW): Status.FINISH,
    # Declaring shipment. IN_CANCEL has no row: a declaration is taken in these two statuses only [C].
    (Status.WAIT_SELLER_SEND_GOODS, Move.DECLARE_PART): Status.SELLER_PART_SEND_GOODS,
    (Status.WAIT_SELLER_SEND_GOODS, Move.DECLARE_ALL): Status.WAIT_BUYER_ACCEPT_GOODS,
    (Status.SELLER_PART_SEND_GOODS, Move.DECLARE_PART): Status.SELLER_PART_SEND_GOODS,
    (Status.SELLER_PART_SEND_GOODS, Move.DECLARE_ALL): Status.WAIT_BUYER_ACCEPT_GOODS,
    # The buyer is paid a piece of a line back, and the rest is to be sent [A].
    (Status.WAIT_SELLER_SEND_GOODS, Move.PARTIAL_REFUND): Status.WAIT_SELLER_SEND_GOODS,
    # Cancelling before shipment.
    (Status.WAIT_SELLER_SEND_GOODS, Move.REQUEST_CANCEL): Status.IN_CANCEL,
    (Status.WAIT_SELLER_SEND_GOODS, Move.SELLER_CANCELS): Status.FINISH,
    (Status.IN_CANCEL, Move.ACCEPT_CANCEL): Status.FINISH,
    (Status.IN_CANCEL, Move.CANCEL_TIMEOUT): Status.FINISH,
    (Status.IN_CANCEL, Move.REFUSE_CANCEL): BACK,
    # The countdown. Whether it runs on during a cancellation request is a setting of the world [A].
    (Status.WAIT_SELLER_SEND_GOODS, Move.COUNTDOWN_ENDS): Status.FINISH,
    (Status.SELLER_PART_SEND_GOODS, Move.COUNTDOWN_ENDS): Status.FINISH,
    (Status.IN_CANCEL, Move.COUNTDOWN_ENDS): Status.FINISH,
    # Freezing.
    (Status.RISK_CONTROL, Move.FREEZE): Status.IN_FROZEN,
    (Status.WAIT_SELLER_SEND_GOODS, Move.FREEZE): Status.IN_FROZEN,
    (Status.SELLER_PART_SEND_GOODS, Move.FREEZE): Status.IN_FROZEN,
    (Status.WAIT_BUYER_ACCEPT_GOODS, Move.FREEZE): Status.IN_FROZEN,
    (Status.IN_FROZEN, Move.UNFREEZE): BACK,
    # Disputes.
    (Status.SELLER_PART_SEND_GOODS, Move.OPEN_DISPUTE): Status.IN_ISSUE,
    (Status.WAIT_BUYER_ACCEPT_GOODS, Move.OPEN_DISPUTE): Status.IN_ISSUE,
    (Status.IN_ISSUE, Move.SETTLE_DISPUTE): BACK,
    (Status.IN_ISSUE, Move.REFUND_DISPUTE): Status.FINISH,
    (Status.IN_ISSUE, Move.DISPUTE_TIMEOUT): Status.FINISH,
    # Receipt and the money.
    (Status.WAIT_BUYER_ACCEPT_GOODS, Move.CONFIRM_RECEIPT): Status.FUND_PROCESSING,
    (Status.WAIT_BUYER_ACCEPT_GOODS, Move.AUTO_CONFIRM): Status.FUND_PROCESSING,
    (Status.FUND_PROCESSING, Move.RELEASE_FUNDS): Status.FINISH,
    (Status.FINISH, Move.ARCHIVE): Status.ARCHIVE,
}

END_REASONS: Final[Mapping[Move, EndReason]] = {
    Move.UNPAID_TIMEOUT: EndReason.BUYER_PAY_TIMEOUT,
    Move.BUYER_CANCELS_UNPAID: EndReason.BUYER_CANCEL_NOTPAY_ORDER,
    Move.REJECT_REVIEW: EndReason.RISK_REJECT_CLOSED,
    Move.BUYER_CANCELS_IN_REVIEW: EndReason.BUYER_CANCEL_ORDER_IN_RISK,
    Move.COUNTDOWN_ENDS: EndReason.SELLER_SEND_GOODS_TIMEOUT,
    Move.ACCEPT_CANCEL: EndReason.CANCEL_ORDER_CLOSE_TRADE,
    Move.CANCEL_TIMEOUT: EndReason.CANCEL_ORDER_CLOSE_TRADE,
    Move.CONFIRM_RECEIPT: EndReason.BUYER_ACCEPT_GOODS,
    Move.AUTO_CONFIRM: EndReason.BUYER_ACCEPT_GOODS_TIMEOUT,
    Move.REFUND_DISPUTE: EndReason.SELLER_ACCEPT_ISSUE_NO_GOODS_RETURN,
    Move.DISPUTE_TIMEOUT: EndReason.SELLER_RESPONSE_ISSUE_TIMEOUT,
    Move.SELLER_CANCELS: EndReason.SELLER_CANCEL_ORDER,
    Move.GROUP_FAILS: EndReason.GROUP_FAILED,
}

# FINISH says only that an order is over [C]. In these ends the goods arrived and the seller is paid.
RECEIVED: Final = frozenset({EndReason.BUYER_ACCEPT_GOODS, EndReason.BUYER_ACCEPT_GOODS_TIMEOUT})


class IllegalMove(ValueError):
    """The order's status has no such move; nothing has changed. `allowed` holds the moves it does have."""

    def __init__(self, status: Status | None, move: Move) -> None:
        self.status = status
        self.move = move
        self.allowed = moves_from(status)
        here = "an order not yet placed" if status is None else f"an order in {status}"
        moves = ", ".join(self.allowed) or "none, it has ended for good"
        homes = ", ".join("(not yet placed)" if home is None else home for home in statuses_with(move))
        super().__init__(f"{here} cannot make the move {move}; its moves are: {moves}; {move} is legal from: {homes}")

    # Exceptions are pickled by their message unless told otherwise; this one may come from a worker process.
    def __reduce__(self) -> tuple[type["IllegalMove"], tuple[Status | None, Move]]:
        return IllegalMove, (self.status, self.move)


def after(status: Status | None, move: Move, came_from: Status | None = None) -> Status:
    """The status that `move` leads to; `came_from` is the one held before this one, for moves that go back.

    Raises IllegalMove when the table has no such row, and ValueError when a move goes back and `came_from`
    isn't a status that leads here.
    """
    target = MOVES.get((status, move))
    if target is None:
        raise IllegalMove(status, move)
    if target is not BACK:
        return target
    origins = ways_into(status)
    if came_from is None or came_from not in origins:
        raise ValueError(
            f"{move} takes an order in {status} back to the status it held before, but that was given as "
            f"{came_from}; an order comes into {status} from: {', '.join(origins)}"
        )
    return came_from


@cache
def moves_from(status: Status | None) -> tuple[Move, ...]:
    """The moves an order in this status can make, in the table's order; `None` is an order not yet placed."""
    return tuple(move for home, move in MOVES if home is status)


@cache
def statuses_with(move: Move) -> tuple[Status | None, ...]:
    """The statuses from which this move is legal, in the table's order."""
    return tuple(home for home, its_move in MOVES if its_move is move)


@cache
def ways_into(status: Status | None) -> tuple[Status, ...]:
    """The statuses that lead straight into this one, leaving out moves that go back."""
    homes = (home for (home, _), target in MOVES.items() if target is status)
    return tuple(dict.fromkeys(home for home in homes if home is not None))

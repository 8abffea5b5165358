"""The status words that go out beside order_status: logistics, fund, issue and frozen.

They are derived from what has happened to the order and never stored, so they can't disagree with it. Knows
nothing of requests or fields. Mind the near-twins: a part-shipped order is SELLER_PART_SEND_GOODS as
order_status and SELLER_SEND_PART_GOODS as logistics_status [C].
"""

from enum import StrEnum

from fakemarket.rules.status import RECEIVED, EndReason, Status


class LogisticsStatus(StrEnum):
    """The platform's logistics_status [C]."""

    NO_LOGISTICS = "NO_LOGISTICS"
    WAIT_SELLER_SEND_GOODS = "WAIT_SELLER_SEND_GOODS"
    SELLER_SEND_PART_GOODS = "SELLER_SEND_PART_GOODS"
    SELLER_SEND_GOODS = "SELLER_SEND_GOODS"
    BUYER_ACCEPT_GOODS = "BUYER_ACCEPT_GOODS"


class FundStatus(StrEnum):
    """The platform's fund_status [C]."""

    NOT_PAY = "NOT_PAY"
    PAY_SUCCESS = "PAY_SUCCESS"
    WAIT_SELLER_CHECK = "WAIT_SELLER_CHECK"


class IssueStatus(StrEnum):
    """The platform's issue_status on orders and lines [C]; the dispute calls have other words."""

    NO_ISSUE = "NO_ISSUE"
    IN_ISSUE = "IN_ISSUE"
    END_ISSUE = "END_ISSUE"


class FrozenStatus(StrEnum):
    """The platform's frozen_status [C]."""

    NO_FROZEN = "NO_FROZEN"
    IN_FROZEN = "IN_FROZEN"


def logistics_status(
    status: Status, end_reason: EndReason | None, *, accepted: bool, any_sent: bool, all_sent: bool
) -> LogisticsStatus:
    """Where the goods are. `accepted`: the order has ever been ready to ship; the rest: what was declared.

    The statuses that hide it (frozen, in dispute, ended) keep showing what was true when they began [A].
    """
    if status is Status.FUND_PROCESSING or end_reason in RECEIVED:
        return LogisticsStatus.BUYER_ACCEPT_GOODS
    if all_sent:
        return LogisticsStatus.SELLER_SEND_GOODS
    if any_sent:
        return LogisticsStatus.SELLER_SEND_PART_GOODS
    return LogisticsStatus.WAIT_SELLER_SEND_GOODS if accepted else LogisticsStatus.NO_LOGISTICS


def fund_status(status: Status, *, paid: bool) -> FundStatus:
    """Where the money is. `paid` means the buyer's money is in, which comes before the review ends [C]."""
    if status is Status.WAIT_SELLER_EXAMINE_MONEY:
        return FundStatus.WAIT_SELLER_CHECK
    return FundStatus.PAY_SUCCESS if paid else FundStatus.NOT_PAY


def issue_status(status: Status, *, ever_disputed: bool) -> IssueStatus:
    """Whether a dispute is open, over, or never was."""
    if status is Status.IN_ISSUE:
        return IssueStatus.IN_ISSUE
    return IssueStatus.END_ISSUE if ever_disputed else IssueStatus.NO_ISSUE


def frozen_status(status: Status) -> FrozenStatus:
    """IN_FROZEN while the platform blocks the order, else NO_FROZEN."""
    return FrozenStatus.IN_FROZEN if status is Status.IN_FROZEN else FrozenStatus.NO_FROZEN

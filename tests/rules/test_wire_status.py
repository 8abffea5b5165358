"""The status words beside order_status."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.status import RECEIVED, EndReason, Status
from fakemarket.rules.wire_status import (
    FundStatus,
    LogisticsStatus,
    frozen_status,
    fund_status,
    issue_status,
    logistics_status,
)


def test_a_part_shipped_order_is_spelt_differently_in_the_two_fields() -> None:
    words = logistics_status(Status.SELLER_PART_SEND_GOODS, None, accepted=True, any_sent=True, all_sent=False)
    assert (Status.SELLER_PART_SEND_GOODS, words) == ("SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS")


@pytest.mark.parametrize(
    ("status", "end_reason", "accepted", "any_sent", "all_sent", "words"),
    [
        (Status.PLACE_ORDER_SUCCESS, None, False, False, False, "NO_LOGISTICS"),
        (Status.RISK_CONTROL, None, False, False, False, "NO_LOGISTICS"),
        (Status.WAIT_SELLER_SEND_GOODS, None, True, False, False, "WAIT_SELLER_SEND_GOODS"),
        (Status.IN_CANCEL, None, True, False, False, "WAIT_SELLER_SEND_GOODS"),
        (Status.WAIT_BUYER_ACCEPT_GOODS, None, True, True, True, "SELLER_SEND_GOODS"),
        (Status.IN_FROZEN, None, False, False, False, "NO_LOGISTICS"),
        (Status.IN_FROZEN, None, True, True, False, "SELLER_SEND_PART_GOODS"),
        (Status.IN_ISSUE, None, True, True, True, "SELLER_SEND_GOODS"),
        (Status.FUND_PROCESSING, None, True, True, True, "BUYER_ACCEPT_GOODS"),
        (Status.FINISH, EndReason.BUYER_ACCEPT_GOODS, True, True, True, "BUYER_ACCEPT_GOODS"),
        (Status.ARCHIVE, EndReason.BUYER_ACCEPT_GOODS_TIMEOUT, True, True, True, "BUYER_ACCEPT_GOODS"),
        (Status.FINISH, EndReason.BUYER_PAY_TIMEOUT, False, False, False, "NO_LOGISTICS"),
        (Status.FINISH, EndReason.SELLER_SEND_GOODS_TIMEOUT, True, False, False, "WAIT_SELLER_SEND_GOODS"),
        (Status.FINISH, EndReason.SELLER_SEND_GOODS_TIMEOUT, True, True, False, "SELLER_SEND_PART_GOODS"),
        (Status.FINISH, EndReason.SELLER_RESPONSE_ISSUE_TIMEOUT, True, True, True, "SELLER_SEND_GOODS"),
    ],
)
def test_logistics_status_tells_where_the_goods_are(
    status: Status, end_reason: EndReason | None, accepted: bool, any_sent: bool, all_sent: bool, words: str
) -> None:
    found = logistics_status(status, end_reason, accepted=accepted, any_sent=any_sent, all_sent=all_sent)
    assert found == words


@given(st.sampled_from(Status), st.sampled_from(EndReason), st.booleans(), st.booleans(), st.booleans())
def test_goods_count_as_received_only_by_a_receipt(
    status: Status, end_reason: EndReason, accepted: bool, any_sent: bool, all_sent: bool
) -> None:
    found = logistics_status(status, end_reason, accepted=accepted, any_sent=any_sent, all_sent=all_sent)
    received = status is Status.FUND_PROCESSING or end_reason in RECEIVED
    assert (found is LogisticsStatus.BUYER_ACCEPT_GOODS) == received


def test_the_money_is_in_before_the_review_ends() -> None:
    assert fund_status(Status.PLACE_ORDER_SUCCESS, paid=False) is FundStatus.NOT_PAY
    assert fund_status(Status.RISK_CONTROL, paid=True) is FundStatus.PAY_SUCCESS
    assert fund_status(Status.WAIT_SELLER_SEND_GOODS, paid=True) is FundStatus.PAY_SUCCESS


@pytest.mark.parametrize("paid", [False, True])
def test_an_offline_payment_waits_for_the_sellers_check(paid: bool) -> None:
    assert fund_status(Status.WAIT_SELLER_EXAMINE_MONEY, paid=paid) is FundStatus.WAIT_SELLER_CHECK


def test_an_issue_is_none_then_open_then_over() -> None:
    assert issue_status(Status.WAIT_BUYER_ACCEPT_GOODS, ever_disputed=False) == "NO_ISSUE"
    assert issue_status(Status.IN_ISSUE, ever_disputed=True) == "IN_ISSUE"
    assert issue_status(Status.WAIT_BUYER_ACCEPT_GOODS, ever_disputed=True) == "END_ISSUE"


def test_only_a_frozen_order_is_frozen() -> None:
    assert {status for status in Status if frozen_status(status) == "IN_FROZEN"} == {Status.IN_FROZEN}

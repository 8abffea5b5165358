"""How an order's facts are spelt wherever an order is shown: its status words and its money.

A list cannot tell money under way from a finished order: it shows both as FINISH, and asking for one gives both; the
detail tells the truth [1]. A line has its order's status, because a partial shipment doesn't say which lines went [C].
"""

from __future__ import annotations

from typing import Any

from fakemarket.rules.status import EndReason, Status
from fakemarket.rules.wire_status import fund_status, issue_status, logistics_status
from fakemarket.world.order import Order

LISTED_AS_FINISHED = frozenset({Status.FUND_PROCESSING, Status.FINISH})


def listed_status(order: Order) -> str:
    """The `order_status` of a list."""
    return Status.FINISH if order.status in LISTED_AS_FINISHED else order.status


def fund(order: Order) -> str:
    """`fund_status`. Money that was on its way and never came counts as not paid."""
    on_its_way = order.status in (Status.PAYMENT_PROCESSING, Status.WAIT_SELLER_EXAMINE_MONEY)
    never_came = order.end_reason is EndReason.BUYER_PAY_TIMEOUT
    return fund_status(order.status, paid=order.paid_at is not None and not on_its_way and not never_came)


def logistics(order: Order) -> str:
    """`logistics_status`."""
    return logistics_status(
        order.status,
        order.end_reason,
        accepted=order.accepted_at is not None,
        any_sent=bool(order.declarations),
        all_sent=order.sent_at is not None,
    )


def issue(order: Order) -> str:
    """`issue_status`."""
    return issue_status(order.status, ever_disputed=order.disputed is not None)


def amount(cents: int) -> str:
    """Money is a text with two decimals [C]."""
    return f"{cents // 100}.{cents % 100:02d}"


def money(cents: int, currency: str) -> dict[str, Any]:
    """Money in a list."""
    return {"amount": amount(cents), "currency_code": currency}


def full_money(cents: int, currency: str) -> dict[str, Any]:
    """Money in a detail; of its `currency` only the parts that the market knows."""
    return {
        "amount": amount(cents),
        "amount_str": amount(cents),
        "cent": cents,
        "cent_factor": 100,
        "currency_code": currency,
        "currency": {"currency_code": currency, "default_fraction_digits": 2},
    }

"""Paying, or failing to: attempts, giving up, the unpaid close, offline payments, the risk review."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import EndReason, Move, Status
from fakemarket.settings import Payments
from fakemarket.world.order import Order
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
Story = Callable[..., list[tuple[str, int]]]
DAY = 86_400
CLOSE = 480 * 3600


def test_an_order_is_paid_processed_reviewed_and_accepted_at_its_own_pace(
    open_world: Open, place: Place, story: Story
) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(90,), processing_seconds=40, review_seconds=500)
    world.advance_to(world.start_at + 2 * 3600)
    assert [step for step in story(world, order) if step[0] != "imported"][:5] == [
        ("place", 0),
        ("pay", 90),
        ("start_review", 130),
        ("pass_review", 630),
        ("countdown", 630),
    ]
    assert (order.paid_at, order.accepted_at) == (order.placed_at + 90, order.placed_at + 630)


def test_a_failed_attempt_is_followed_by_the_next_one(open_world: Open, place: Place, story: Story) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(60, 300, 1000))
    world.advance_to(world.start_at + 1361)
    assert [step for step in story(world, order) if step[0] != "imported"] == [
        ("place", 0),
        ("payment_fails", 60),
        ("payment_fails", 360),
        ("pay", 1360),
    ]
    assert [event.facts["attempt"] for event in world.ledger.named("payment_fails")] == [1, 2]


def test_a_buyer_whose_every_attempt_fails_leaves_the_order_unpaid(
    open_world: Open, place: Place, story: Story
) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(60, 300), pays=False)
    world.advance_to(world.start_at + DAY)
    assert [name for name, _ in story(world, order)].count("payment_fails") == 2
    assert order.status is Status.PLACE_ORDER_SUCCESS


@pytest.mark.parametrize("attempts", [(), (60, 300)])
@pytest.mark.parametrize(("later_seconds", "open_still"), [(-1, True), (0, False), (1, False)])
def test_an_unpaid_order_closes_on_the_second_whatever_was_tried(
    open_world: Open, place: Place, attempts: tuple[int, ...], later_seconds: int, open_still: bool
) -> None:
    world = open_world()
    order = place(world, pays=False, attempts_seconds=attempts)
    assert world.platform.times_out_at(order) == order.placed_at + CLOSE
    world.advance_to(world.start_at + CLOSE + later_seconds)
    assert (order.status is Status.PLACE_ORDER_SUCCESS) == open_still
    if not open_still:
        assert (order.end_reason, order.ended_at) == (EndReason.BUYER_PAY_TIMEOUT, order.placed_at + CLOSE)


def test_half_an_hour_to_pay_is_a_setting(open_world: Open, place: Place) -> None:
    world = open_world(payments=Payments(unpaid_close_hours=0.5))
    order = place(world, attempts_seconds=(1801,))
    world.advance_to(world.start_at + DAY)
    assert (order.end_reason, order.ended_at) == (EndReason.BUYER_PAY_TIMEOUT, order.placed_at + 1800)


def test_a_buyer_who_gives_up_cancels_on_the_second_fated(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, pays=False, attempts_seconds=(60,), gives_up_seconds=5000)
    world.advance_to(world.start_at + 4999)
    assert order.status is Status.PLACE_ORDER_SUCCESS
    world.advance_to(world.start_at + 5000)
    assert order.end_reason is EndReason.BUYER_CANCEL_NOTPAY_ORDER


def test_a_paid_order_is_neither_given_up_nor_closed_as_unpaid(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, gives_up_seconds=5000, out_of_stock=True, review_seconds=30 * DAY)
    world.advance_to(world.start_at + 25 * DAY)
    assert order.status is Status.RISK_CONTROL


def test_a_group_that_comes_about_late_is_paid_for_from_then_on(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, pays=False, attempts_seconds=(60,), gives_up_seconds=5000)
    grouped = world.place_by_hand(order.seller, lambda _: order.fate, "test", by=Move.PLACE_IN_GROUP)
    world.advance_to(world.start_at + DAY)
    assert grouped.status is Status.WAIT_GROUP_SUCCESS
    world.move(grouped, Move.GROUP_SUCCEEDS, "test")
    world.advance_to(world.start_at + 2 * DAY)
    assert (grouped.end_reason, grouped.ended_at) == (EndReason.BUYER_CANCEL_NOTPAY_ORDER, world.start_at + DAY + 5000)


def test_an_offline_payment_waits_for_the_seller_and_needs_no_review(
    open_world: Open, place: Place, story: Story
) -> None:
    world = open_world()
    order = place(world, pays_offline=True, confirm_money_seconds=7200)
    world.advance_to(world.start_at + 7259)
    assert order.status is Status.WAIT_SELLER_EXAMINE_MONEY
    world.advance_to(world.start_at + 7260)
    assert (order.status, order.accepted_at) == (Status.WAIT_SELLER_SEND_GOODS, order.placed_at + 7260)
    assert "start_review" not in dict(story(world, order))


VERDICTS: list[tuple[dict[str, Any], Status, EndReason | None]] = [
    ({}, Status.WAIT_SELLER_SEND_GOODS, None),
    ({"review_rejects": True}, Status.FINISH, EndReason.RISK_REJECT_CLOSED),
    ({"review_holds": True, "appeal_seconds": DAY}, Status.RISK_CONTROL_HOLD, None),
]


@pytest.mark.parametrize(("fate", "status", "reason"), VERDICTS)
def test_the_review_ends_on_the_second_with_the_verdict_fated(
    open_world: Open, place: Place, fate: dict[str, Any], status: Status, reason: EndReason | None
) -> None:
    world = open_world()
    order = place(world, review_seconds=5000, **fate)
    world.advance_to(world.start_at + 120 + 4999)
    assert order.status is Status.RISK_CONTROL
    world.advance_to(world.start_at + 120 + 5000)
    assert (order.status, order.end_reason) == (status, reason)


@pytest.mark.parametrize(
    ("passes", "status", "reason"),
    [(True, Status.WAIT_SELLER_SEND_GOODS, None), (False, Status.FINISH, EndReason.RISK_REJECT_CLOSED)],
)
def test_a_hold_ends_with_the_appeal(
    open_world: Open, place: Place, passes: bool, status: Status, reason: EndReason | None
) -> None:
    world = open_world()
    order = place(world, review_seconds=0, review_holds=True, appeal_passes=passes, appeal_seconds=3 * 3600)
    world.advance_to(world.start_at + 120 + 3 * 3600 - 1)
    assert order.status is Status.RISK_CONTROL_HOLD
    world.advance_to(world.start_at + 120 + 3 * 3600)
    assert (order.status, order.end_reason) == (status, reason)
    assert (order.ship_by_at is not None) == passes


def test_a_review_that_was_frozen_is_judged_after_the_freeze(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, review_seconds=3600, freeze_seconds=2 * 3600)
    world.advance_to(world.start_at + 200)
    world.move(order, Move.FREEZE, "test")
    world.advance_to(world.start_at + 200 + 2 * 3600)
    assert (order.status, order.accepted_at) == (Status.RISK_CONTROL, None)
    world.advance_to(world.start_at + 200 + 3 * 3600)
    assert order.status is Status.WAIT_SELLER_SEND_GOODS


@pytest.mark.parametrize(("later_seconds", "asking"), [(-1, True), (0, False), (1, False)])
def test_a_request_to_cancel_that_nobody_answers_is_granted_after_48_hours(
    open_world: Open, place: Place, later_seconds: int, asking: bool
) -> None:
    world = open_world()
    order = place(world, cancel_seconds=1000)
    asked_at = world.start_at + 720 + 1000
    world.advance_to(asked_at - 1)
    assert not world.ledger.named(Move.REQUEST_CANCEL)
    world.advance_to(asked_at)
    assert world.platform.times_out_at(order) == asked_at + 48 * 3600
    world.advance_to(asked_at + 48 * 3600 + later_seconds)
    assert (order.status is Status.IN_CANCEL) == asking
    if not asking:
        assert (order.end_reason, order.ended_at) == (EndReason.CANCEL_ORDER_CLOSE_TRADE, asked_at + 48 * 3600)
        assert not world.ledger.named("violation")


def test_an_answered_request_is_not_granted_later(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, cancel_seconds=1000, out_of_stock=True)
    world.advance_to(world.start_at + 720 + 1000 + 40 * 3600)
    world.move(order, Move.REFUSE_CANCEL, "test")
    world.advance_to(world.now + 3600)
    # Asked again, by hand: the clock of the first request must not end the second one.
    world.move(order, Move.REQUEST_CANCEL, "test")
    again_at = world.now
    world.advance_to(again_at + 48 * 3600 - 1)
    assert order.status is Status.IN_CANCEL
    world.advance_to(again_at + 48 * 3600)
    assert order.end_reason is EndReason.CANCEL_ORDER_CLOSE_TRADE


def test_nobody_asks_to_cancel_what_has_left(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, cancel_seconds=1000)
    world.advance_to(world.start_at + 1000)
    world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    world.advance_to(world.start_at + DAY)
    assert order.status is Status.WAIT_BUYER_ACCEPT_GOODS

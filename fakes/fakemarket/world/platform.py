"""What the marketplace itself does to an order: reviews, the countdown, closings, confirmations, violations.

Obligations are timeouts that look again when they come due: an order that moved on meanwhile is left alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from fakemarket.rules.deadlines import Anchor, CountdownRules, ship_by_at
from fakemarket.rules.penalties import PenaltyRules, ViolationKind, loss_cents, violation
from fakemarket.rules.status import END_REASONS, Move, Status

if TYPE_CHECKING:
    from fakemarket.world.order import Order
    from fakemarket.world.world import World

DAY = 86_400
HOUR = 3600
_UNPAID, _PAYING, _IN_REVIEW = Status.PLACE_ORDER_SUCCESS, Status.PAYMENT_PROCESSING, Status.RISK_CONTROL
_AWAITS_RECEIPT, _PAYING_OUT, _OVER = Status.WAIT_BUYER_ACCEPT_GOODS, Status.FUND_PROCESSING, Status.FINISH
_START_REVIEW, _PASS_REVIEW = Move.START_REVIEW, Move.PASS_REVIEW
_CANCELS = END_REASONS[Move.SELLER_CANCELS]
_CLOSED_BY_COUNTDOWN = (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS, Status.IN_CANCEL)


class Platform:
    """The marketplace's own clockwork."""

    def __init__(self, world: World, rules: CountdownRules) -> None:
        self._world = world
        self._clock = world.env
        self._rules = rules
        self._anchors_at_review = rules.anchor is Anchor.REVIEW_PASSED
        self._promised: dict[int, CountdownRules] = {}
        self._settings = world.settings
        self._grace_seconds = world.settings.countdown.grace_minutes * 60
        self._unpaid_seconds = int(world.settings.payments.unpaid_close_hours * HOUR)
        self._fund_seconds = int(world.settings.buyers.fund_hours * HOUR)
        self._receipt_seconds = int(world.settings.buyers.auto_confirm_days * DAY)
        self._archive_seconds = int(world.settings.buyers.archive_days * DAY)
        # Bound once: all that is to come holds these, and not a method bound anew for each order.
        self._then_close, self._then_start_review, self._then_judge = (
            self._close_unpaid,
            self._start_review,
            self._judge,
        )
        self._then_end_countdown, self._then_auto_confirm = self._end_countdown, self._auto_confirm
        self._then_finish, self._then_archive = self._finish, self._archive
        self._violations: Counter[str] = Counter()
        self._penalties = PenaltyRules(
            points_per_violation=world.settings.penalties.points_per_violation,
            seller_cancel_counts_as_violation=world.settings.penalties.seller_cancel_counts,
            penalty_cents=world.settings.penalties.penalty_cents,
        )

    def times_out_at(self, order: Order) -> int | None:
        """When the marketplace acts by itself on an order as it stands: the countdown that it shows.

        Payment, shipment, the answer to a cancellation and receipt have one [1]; a clock that rests is None, and so is
        every other status.
        """
        match order.status:
            case Status.PLACE_ORDER_SUCCESS:
                return order.placed_at + self._unpaid_seconds
            case Status.WAIT_SELLER_SEND_GOODS | Status.SELLER_PART_SEND_GOODS:
                return order.ship_by_at
            case Status.IN_CANCEL:
                return order.modified_at + int(self._settings.buyers.cancel_answer_hours * HOUR)
            case Status.WAIT_BUYER_ACCEPT_GOODS if order.sent_at is not None:
                return order.sent_at + self._receipt_seconds_of(order)
            case _:
                return None

    def _receipt_seconds_of(self, order: Order) -> int:
        if not order.receipt_extension_days:
            return self._receipt_seconds
        return int((self._settings.buyers.auto_confirm_days + order.receipt_extension_days) * DAY)

    def await_payment(self, order: Order) -> None:
        """Closes an unpaid order when its time is over; failed attempts don't give it more."""
        self._clock.at(max(order.placed_at + self._unpaid_seconds, self._clock.now), self._then_close, order)

    def _close_unpaid(self, order: Order) -> None:
        if order.status is _UNPAID:
            self._world.move(order, Move.UNPAID_TIMEOUT, "platform")

    def accept_payment(self, order: Order) -> None:
        """The buyer's payment went through and goes to the risk review."""
        self._clock.later(order.fate.processing_seconds, self._then_start_review, order)

    def _start_review(self, order: Order) -> None:
        if order.status is _PAYING:
            self._world.move(order, _START_REVIEW, "platform")

    def review(self, order: Order) -> None:
        """Judges in time; begins anew after a freeze, during which nobody judged."""
        self._clock.later(order.fate.review_seconds, self._then_judge, order)

    def _judge(self, order: Order) -> None:
        if order.status is not _IN_REVIEW:
            return
        if order.fate.review_rejects:
            verdict = Move.REJECT_REVIEW
        elif order.fate.review_holds:
            verdict = Move.HOLD_REVIEW
        else:
            verdict = _PASS_REVIEW
        self._world.move(order, verdict, "platform")

    def hold(self, order: Order) -> None:
        self._world.later(order.fate.appeal_seconds, self._hear_appeal, order)

    def _hear_appeal(self, order: Order) -> None:
        if order.status is Status.RISK_CONTROL_HOLD:
            passes = order.fate.appeal_passes
            self._world.move(order, Move.PASS_REVIEW if passes else Move.REJECT_REVIEW, "platform")

    def run_countdown(self, order: Order) -> None:
        """Starts the red clock, or goes on with it after a pause."""
        now = self._clock.now
        if order.ship_by_at is None:
            order.accepted_at = now
            anchor_at = now if self._anchors_at_review else self._anchor_at(order)
            order.ship_by_at = ship_by_at(anchor_at, self._rules_of(order))
        elif order.paused_at is not None:
            order.ship_by_at += now - order.paused_at
        else:
            return
        order.paused_at = None
        closes_at = order.ship_by_at + self._grace_seconds
        facts = {"ship_by_at": order.ship_by_at}
        if self._grace_seconds:
            facts["closes_at"] = closes_at
        self._world.tell((now, order.id, "countdown", facts, "platform"))
        self._clock.before_all(max(closes_at, now), self._then_end_countdown, order)

    def pause_countdown(self, order: Order) -> None:
        """Stops the red clock for a freeze or a dispute, and for a request to cancel if the settings say so."""
        pauses = order.status is not Status.IN_CANCEL or self._settings.countdown.pauses_in_cancel
        if pauses and order.sent_at is None and order.ship_by_at is not None:
            order.paused_at = self._clock.now

    def _rules_of(self, order: Order) -> CountdownRules:
        """The rules with the preparation time that was promised; kept, as they remember the days they worked out."""
        rules = self._promised.get(order.preparation_days)
        if rules is None:
            rules = replace(self._rules, preparation_days=order.preparation_days)
            self._promised[order.preparation_days] = rules
        return rules

    def _anchor_at(self, order: Order) -> int:
        match self._rules.anchor:
            case Anchor.REVIEW_PASSED:
                return self._clock.now
            case Anchor.PAID:
                return order.paid_at if order.paid_at is not None else self._clock.now
            case Anchor.ORDER_CREATED:
                return order.placed_at
            case _:
                assert_never(self._rules.anchor)

    def _end_countdown(self, order: Order) -> None:
        """Nobody declared in time: the order closes uncharged and the seller has a violation."""
        if order.ship_by_at is None or order.paused_at is not None:
            return
        closes_at = order.ship_by_at + self._grace_seconds
        if order.status in _CLOSED_BY_COUNTDOWN and self._clock.now >= closes_at:
            self.close_unshipped(order, "platform")

    def close_unshipped(self, order: Order, cause: str) -> None:
        self._world.move(order, Move.COUNTDOWN_ENDS, cause)
        self._blame(order, ViolationKind.NOT_SHIPPED)

    def blame_cancelling(self, order: Order) -> None:
        """A seller who cancels a paid order breaks the rules too, if the settings say so."""
        if order.end_reason is _CANCELS:
            self._blame(order, ViolationKind.SELLER_CANCELLED)

    def _blame(self, order: Order, kind: ViolationKind) -> None:
        """Books a breach of the platform's rules and what it costs."""
        blame = violation(kind, self._clock.now, self._violations[order.seller], self._penalties)
        if blame is None:
            return
        self._violations[order.seller] += 1
        lost_cents = loss_cents(
            order.total_cents,
            packed=self._world.warehouse.has_packed(order),
            goods_cents=int(order.total_cents * self._settings.penalties.goods_share),
            label_cents=self._settings.penalties.label_cents,
            rules=self._penalties,
        )
        facts = {"kind": kind, "points": blame.points, "lost_cents": lost_cents}
        self._world.note(order.id, "violation", facts, "platform")

    def await_cancel_answer(self, order: Order) -> None:
        asked_at = self._clock.now
        due_at = asked_at + int(self._settings.buyers.cancel_answer_hours * HOUR)
        self._world.at(due_at, self._grant_cancellation, (order, asked_at))

    def _grant_cancellation(self, request: tuple[Order, int]) -> None:
        order, asked_at = request
        if order.status is Status.IN_CANCEL and order.modified_at == asked_at:
            self._world.move(order, Move.CANCEL_TIMEOUT, "platform")

    def freeze_later(self, order: Order) -> None:
        if order.fate.freeze_after_seconds is not None and not order.came_back:
            self._world.later(order.fate.freeze_after_seconds, self._freeze, order)

    def _freeze(self, order: Order) -> None:
        if order.status in (Status.WAIT_SELLER_SEND_GOODS, Status.WAIT_BUYER_ACCEPT_GOODS):
            self._world.move(order, Move.FREEZE, "platform")

    def unfreeze_later(self, order: Order) -> None:
        self._world.later(order.fate.freeze_seconds, self._unfreeze, order)

    def _unfreeze(self, order: Order) -> None:
        if order.status is Status.IN_FROZEN:
            self._world.move(order, Move.UNFREEZE, "platform")

    def await_receipt(self, order: Order) -> None:
        """Takes receipt as confirmed when the buyer says nothing for long enough. Elapsed time, not calendar days."""
        assert order.sent_at is not None
        at = order.sent_at + self._receipt_seconds_of(order)
        self._clock.at(max(at, self._clock.now), self._then_auto_confirm, order)

    def _auto_confirm(self, order: Order) -> None:
        if order.status is not _AWAITS_RECEIPT or order.sent_at is None:
            return
        if self._clock.now >= order.sent_at + self._receipt_seconds_of(order):
            self._world.move(order, Move.AUTO_CONFIRM, "platform")

    def release_funds(self, order: Order) -> None:
        self._clock.later(self._fund_seconds, self._then_finish, order)

    def _finish(self, order: Order) -> None:
        if order.status is _PAYING_OUT:
            self._world.move(order, Move.RELEASE_FUNDS, "platform")

    def archive_later(self, order: Order) -> None:
        self._clock.later(self._archive_seconds, self._then_archive, order)

    def _archive(self, order: Order) -> None:
        if order.status is _OVER:
            self._world.move(order, Move.ARCHIVE, "platform")

"""What buyers do: order, pay or fail to, ask to cancel, confirm, dispute, rate."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fakemarket.rules.status import RECEIVED, Move, Status
from fakemarket.rules.zones import instant_at, local_date
from fakemarket.value import Shown

if TYPE_CHECKING:
    from fakemarket.world.fate import Fate, FateBook
    from fakemarket.world.order import Order
    from fakemarket.world.world import World

DAY = 86_400
_UNPAID, _TO_BE_SENT = Status.PLACE_ORDER_SUCCESS, Status.WAIT_SELLER_SEND_GOODS
_AWAITS_RECEIPT = Status.WAIT_BUYER_ACCEPT_GOODS
_PAY = Move.PAY


@dataclass(slots=True, eq=False, repr=False)
class _Arrivals(Shown):
    """The orders that are still to come to a seller on a day."""

    seller: str
    book: FateBook
    day: date
    fates: deque[Fate] = field(default_factory=deque)


class Buyers:
    """The buyers of every seller in the market."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clock = world.env
        self._settings = world.settings
        # Bound once: all that is to come holds these, and not a method bound anew for each order.
        self._then_arrive, self._then_try, self._then_give_up = self._arrival, self._attempt, self._give_up
        self._then_confirm, self._then_rate = self._confirm, self._feedback
        self.pays_back: Callable[[Order], None] | None = None
        """Told of each order once its payment is accepted, if a part of it may be paid back."""

    def arrive(self, seller: str, book: FateBook) -> None:
        """Places a seller's orders from now on, one day after another."""
        self._begin_day(_Arrivals(seller, book, local_date(self._clock.now, self._settings.demand.zone)))

    def _begin_day(self, coming: _Arrivals) -> None:
        now = self._clock.now
        coming.fates.extend(fate for fate in coming.book.arrivals(coming.day) if fate.placed_at >= now)
        self._await_next(coming)

    def _await_next(self, coming: _Arrivals) -> None:
        fates = coming.fates
        if not fates:
            # A day may bring no order, so the next one is waited for, not run ahead to.
            coming.day += timedelta(days=1)
            self._clock.at(instant_at(coming.day, 0, self._settings.demand.zone), self._begin_day, coming)
        elif fates[0].placed_at < self._world.orders_until_at:
            self._clock.at(fates[0].placed_at, self._then_arrive, coming)

    def _arrival(self, coming: _Arrivals) -> None:
        self._world.place(coming.seller, coming.fates.popleft(), "buyer")
        self._await_next(coming)

    def pay(self, order: Order) -> None:
        """The first payment attempt, or giving up without one."""
        fate = order.fate
        if fate.attempts_seconds:
            self._clock.later(fate.attempts_seconds[0], self._then_try, (order, 1))
        if fate.gives_up_seconds is not None:
            self._clock.later(fate.gives_up_seconds, self._then_give_up, order)

    def _attempt(self, which: tuple[Order, int]) -> None:
        order, tried = which
        if order.status is not _UNPAID:
            return
        fate, world = order.fate, self._world
        tries = fate.attempts_seconds
        if tried == len(tries) and fate.pays:
            world.move(order, Move.PAY_OFFLINE if fate.pays_offline else _PAY, "buyer")
            return
        world.move(order, Move.PAYMENT_FAILS, "payment provider", {"attempt": tried})
        if tried < len(tries):
            world.later(tries[tried], self._then_try, (order, tried + 1))

    def _give_up(self, order: Order) -> None:
        if order.status is _UNPAID:
            self._world.move(order, Move.BUYER_CANCELS_UNPAID, "buyer")

    def confirm_money(self, order: Order) -> None:
        """The seller sees an offline payment on the account and says so."""
        self._world.later(order.fate.confirm_money_seconds, self._money_seen, order)

    def _money_seen(self, order: Order) -> None:
        if order.status is Status.WAIT_SELLER_EXAMINE_MONEY:
            self._world.move(order, Move.CONFIRM_MONEY, "seller")

    def may_cancel(self, order: Order) -> None:
        """Asks once to cancel, if that is the order's fate and it has not left."""
        if order.fate.cancel_seconds is not None and not order.came_back:
            self._world.later(order.fate.cancel_seconds, self._ask_to_cancel, order)

    def _ask_to_cancel(self, order: Order) -> None:
        if order.status is _TO_BE_SENT:
            self._world.move(order, Move.REQUEST_CANCEL, "buyer")

    def may_get_back(self, order: Order) -> None:
        """Lets a part be paid back before the order is sent, where a fault will have it."""
        if self.pays_back is not None and not order.came_back:
            self.pays_back(order)

    def receive(self, order: Order) -> None:
        """The last parcel is at the door: confirm, dispute once, or say nothing."""
        fate = order.fate
        if fate.dispute_seconds is not None and order.disputed is None:
            self._clock.later(fate.dispute_seconds, self._dispute, order)
        elif fate.confirm_seconds is not None:
            self._clock.later(fate.confirm_seconds, self._then_confirm, order)

    def _confirm(self, order: Order) -> None:
        if order.status is _AWAITS_RECEIPT:
            self._world.move(order, Move.CONFIRM_RECEIPT, "buyer")

    def _dispute(self, order: Order) -> None:
        if order.status is _AWAITS_RECEIPT and order.disputed is None:
            self._world.move(order, Move.OPEN_DISPUTE, "buyer")

    def end_dispute(self, order: Order) -> None:
        """A dispute ends in a refund or a settlement; its length is the order's fate."""
        open_seconds = order.fate.dispute_open_seconds or int(self._settings.buyers.cancel_answer_hours * 3600)
        self._world.later(open_seconds, self._settle, order)

    def _settle(self, order: Order) -> None:
        if order.status is not Status.IN_ISSUE:
            return
        self._world.move(order, Move.REFUND_DISPUTE if order.fate.dispute_refunds else Move.SETTLE_DISPUTE, "buyer")

    def rate(self, order: Order) -> None:
        """Leaves feedback on an order that ended well."""
        if order.fate.feedback_seconds is not None and order.end_reason in RECEIVED:
            self._clock.later(order.fate.feedback_seconds, self._then_rate, order)

    def _feedback(self, order: Order) -> None:
        order.buyer_feedback_at = self._clock.now
        self._world.note(order.id, "buyer_feedback", {}, "buyer")

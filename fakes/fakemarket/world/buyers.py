"""What buyers do: order, pay or fail to, ask to cancel, confirm, dispute, rate."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fakemarket.rules.status import RECEIVED, Move, Status
from fakemarket.rules.zones import instant_at, local_date

if TYPE_CHECKING:
    from fakemarket.world.fate import Fate, FateBook
    from fakemarket.world.order import Order
    from fakemarket.world.world import World

DAY = 86_400


@dataclass(slots=True, eq=False)
class _Arrivals:
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
        world, fates = self._world, coming.fates
        if not fates:
            # A day may bring no order, so the next one is waited for, not run ahead to.
            coming.day += timedelta(days=1)
            world.at(instant_at(coming.day, 0, self._settings.demand.zone), self._begin_day, coming)
        elif fates[0].placed_at < world.orders_until_at:
            world.at(fates[0].placed_at, self._arrival, coming)

    def _arrival(self, coming: _Arrivals) -> None:
        self._world.place(coming.seller, coming.fates.popleft(), "buyer")
        self._await_next(coming)

    def pay(self, order: Order) -> None:
        """The first payment attempt, or giving up without one."""
        fate = order.fate
        if fate.attempts_seconds:
            self._world.later(fate.attempts_seconds[0], self._attempt, (order, 1))
        if fate.gives_up_seconds is not None:
            self._world.later(fate.gives_up_seconds, self._give_up, order)

    def _attempt(self, which: tuple[Order, int]) -> None:
        order, tried = which
        if order.status is not Status.PLACE_ORDER_SUCCESS:
            return
        fate, world = order.fate, self._world
        if fate.pays and tried == len(fate.attempts_seconds):
            world.move(order, Move.PAY_OFFLINE if fate.pays_offline else Move.PAY, "buyer")
            return
        world.move(order, Move.PAYMENT_FAILS, "payment provider", attempt=tried)
        if tried < len(fate.attempts_seconds):
            world.later(fate.attempts_seconds[tried], self._attempt, (order, tried + 1))

    def _give_up(self, order: Order) -> None:
        if order.status is Status.PLACE_ORDER_SUCCESS:
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
        if order.status is Status.WAIT_SELLER_SEND_GOODS:
            self._world.move(order, Move.REQUEST_CANCEL, "buyer")

    def may_get_back(self, order: Order) -> None:
        """Lets a part be paid back before the order is sent, where a fault will have it."""
        if self.pays_back is not None and not order.came_back:
            self.pays_back(order)

    def receive(self, order: Order) -> None:
        """The last parcel is at the door: confirm, dispute once, or say nothing."""
        fate, world = order.fate, self._world
        if fate.dispute_seconds is not None and order.disputed is None:
            world.later(fate.dispute_seconds, self._dispute, order)
        elif fate.confirm_seconds is not None:
            world.later(fate.confirm_seconds, self._confirm, order)

    def _confirm(self, order: Order) -> None:
        if order.status is Status.WAIT_BUYER_ACCEPT_GOODS:
            self._world.move(order, Move.CONFIRM_RECEIPT, "buyer")

    def _dispute(self, order: Order) -> None:
        if order.status is Status.WAIT_BUYER_ACCEPT_GOODS and order.disputed is None:
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
            self._world.later(order.fate.feedback_seconds, self._feedback, order)

    def _feedback(self, order: Order) -> None:
        order.buyer_feedback_at = self._clock.now
        self._world.note(order.id, "buyer_feedback", {}, "buyer")
